"""The layers of a network: configuration and shapes. The engine computes them.

`get`, `serialize` and `deserialize` go through the closed list below.
"""

from __future__ import annotations

from figurate.layers.activation import Activation
from figurate.layers.augment import Augment
from figurate.layers.base import Layer, WeightSpec
from figurate.layers.conv2d import Conv2D
from figurate.layers.dense import Dense
from figurate.layers.depthwise_conv2d import DepthwiseConv2D
from figurate.layers.dropout import Dropout
from figurate.layers.flatten import Flatten
from figurate.layers.global_pooling import (
    GlobalAveragePooling2D,
    GlobalAvgPool2D,
    GlobalMaxPool2D,
    GlobalMaxPooling2D,
)
from figurate.layers.input import Input, InputLayer
from figurate.layers.normalization import BatchNormalization, LayerNormalization
from figurate.layers.pooling import AveragePooling2D, AvgPool2D, MaxPool2D, MaxPooling2D
from figurate.layers.random_elastic_transform import RandomElasticTransform
from figurate.layers.random_moves import (
    RandomFlip,
    RandomRotation,
    RandomShear,
    RandomTranslation,
    RandomZoom,
)
from figurate.layers.random_tones import RandomBrightness, RandomContrast, RandomErasing, RandomInvert
from figurate.layers.relu import ReLU
from figurate.layers.rescaling import Rescaling
from figurate.layers.reshape import Reshape
from figurate.layers.residual import Residual
from figurate.layers.separable_conv2d import SeparableConv2D
from figurate.layers.softmax import Softmax
from figurate.layers.spatial_dropout2d import SpatialDropout2D
from figurate.layers.zero_padding2d import ZeroPadding2D
from figurate.registry import Registry

__all__ = [
    "Activation",
    "Augment",
    "AveragePooling2D",
    "AvgPool2D",
    "BatchNormalization",
    "Conv2D",
    "Dense",
    "DepthwiseConv2D",
    "Dropout",
    "Flatten",
    "GlobalAveragePooling2D",
    "GlobalAvgPool2D",
    "GlobalMaxPool2D",
    "GlobalMaxPooling2D",
    "Input",
    "InputLayer",
    "Layer",
    "LayerNormalization",
    "MaxPool2D",
    "MaxPooling2D",
    "RandomBrightness",
    "RandomContrast",
    "RandomElasticTransform",
    "RandomErasing",
    "RandomFlip",
    "RandomInvert",
    "RandomRotation",
    "RandomShear",
    "RandomTranslation",
    "RandomZoom",
    "ReLU",
    "Rescaling",
    "Reshape",
    "Residual",
    "SeparableConv2D",
    "Softmax",
    "SpatialDropout2D",
    "WeightSpec",
    "ZeroPadding2D",
    "deserialize",
    "get",
    "serialize",
]

_REGISTRY: Registry[Layer] = Registry(
    "layer",
    (
        Activation,
        Augment,
        AveragePooling2D,
        BatchNormalization,
        Conv2D,
        Dense,
        DepthwiseConv2D,
        Dropout,
        Flatten,
        GlobalAveragePooling2D,
        GlobalMaxPooling2D,
        InputLayer,
        LayerNormalization,
        MaxPooling2D,
        RandomBrightness,
        RandomContrast,
        RandomElasticTransform,
        RandomErasing,
        RandomFlip,
        RandomInvert,
        RandomRotation,
        RandomShear,
        RandomTranslation,
        RandomZoom,
        ReLU,
        Rescaling,
        Reshape,
        Residual,
        SeparableConv2D,
        Softmax,
        SpatialDropout2D,
        ZeroPadding2D,
    ),
)

get = _REGISTRY.get
serialize = _REGISTRY.serialize
deserialize = _REGISTRY.deserialize
