"""Prediction in ONNX Runtime, in batches of the fastest size of a few.

The file is made here, of operators as PyTorch's exporter would choose them: figures (n, 28, 28, 1) become
(n, 1, 28, 28) by a Reshape that moves nothing, since there is one channel, and the dense layer's weights stand in the
order of (channels, height, width), so that nothing is transposed on the way.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper

from benchmarks.competitor import Job, main, versions
from benchmarks.mnist_convnet.figures import channels_first, fastest_batch, load, timed, weights


def network(arrays: list[np.ndarray]) -> ModelProto:
    """The network as an ONNX model; `arrays` are its weights, channels first."""
    names = ["first", "first_bias", "second", "second_bias", "dense", "dense_bias"]
    constants = dict(zip(names, arrays, strict=True)) | {"shape": np.array([-1, 1, 28, 28], np.int64)}
    pool = {"kernel_shape": [2, 2], "strides": [2, 2]}
    nodes = [
        helper.make_node("Reshape", ["figures", "shape"], ["x"]),
        helper.make_node("Conv", ["x", "first", "first_bias"], ["c1"], kernel_shape=[3, 3]),
        helper.make_node("Relu", ["c1"], ["r1"]),
        helper.make_node("MaxPool", ["r1"], ["p1"], **pool),
        helper.make_node("Conv", ["p1", "second", "second_bias"], ["c2"], kernel_shape=[3, 3]),
        helper.make_node("Relu", ["c2"], ["r2"]),
        helper.make_node("MaxPool", ["r2"], ["p2"], **pool),
        helper.make_node("Flatten", ["p2"], ["flat"]),
        helper.make_node("Gemm", ["flat", "dense", "dense_bias"], ["logits"], transB=1),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "mnist_convnet",
        [helper.make_tensor_value_info("figures", TensorProto.FLOAT, ["n", 28, 28, 1])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 10])],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    return model


def run(job: Job) -> dict[str, Any]:
    _, (xv, yv) = load(job)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = job.threads, 1
    model = network(channels_first(weights())).SerializeToString()
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def predict(batch: int) -> np.ndarray:
        parts = [session.run(None, {"figures": xv[i : i + batch]})[0] for i in range(0, len(xv), batch)]
        return np.concatenate(parts)

    batch = fastest_batch(predict)
    return {**timed(job, lambda: predict(batch), yv), "batch": batch, "versions": versions("onnxruntime", "numpy")}


if __name__ == "__main__":
    main(run)
