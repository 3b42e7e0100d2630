"""The activations under the name that TensorFlow's lessons use: `nn.relu` is `activations.relu`.

Nothing of its own: see `figurate.activations`.
"""

from figurate.activations import elu, gelu, leaky_relu, relu, sigmoid, silu, softmax, swish, tanh

__all__ = ["elu", "gelu", "leaky_relu", "relu", "sigmoid", "silu", "softmax", "swish", "tanh"]
