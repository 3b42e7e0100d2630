"""The operations that the benchmarks divide by are those of the plain sums."""

from benchmarks import networks
from benchmarks.networks import Convolution, Dense


def test_operations_of_a_convolution_worked_by_hand() -> None:
    # 2 x 3 places, 4 filters, windows of 3 x 3 pixels of 5 channels; a multiplication and an addition each.
    layer = Convolution(4, 5, 5, 4, 3)
    assert layer.forward == 2 * (2 * 3) * 4 * (3 * 3 * 5)
    assert layer.training == 3 * layer.forward
    assert Convolution(4, 5, 5, 4, 3, same=True).forward == 2 * (4 * 5) * 4 * (3 * 3 * 5)
    assert Convolution(4, 5, 5, 4, 3, first=True).training == 2 * layer.forward


def test_the_simple_convnet_takes_14_million_operations_a_figure() -> None:
    first, second, last = networks.SIMPLE_CONVNET
    assert (first.forward, second.forward, last.forward) == (389_376, 4_460_544, 32_000)
    assert networks.training_operations(networks.SIMPLE_CONVNET) == 14_256_384


def test_layers_fit_on_each_other() -> None:
    for network in networks.NETWORKS.values():
        for layer, following in zip(network, network[1:], strict=False):
            if isinstance(layer, Convolution) and isinstance(following, Convolution):
                lost = 0 if layer.same else layer.window - 1
                size = (layer.height - lost) // (2 if layer.pooled else 1)
                assert (following.height, following.channels) == (size, layer.filters)
            if isinstance(layer, Dense) and isinstance(following, Dense):
                assert following.inputs == layer.units


def test_words_for_the_program() -> None:
    assert Convolution(28, 28, 1, 32, 3, pooled=True, first=True).words == "conv 28 28 1 32 3 valid pooled first"
    assert Dense(1600, 10).words == "dense 1600 10 128"
