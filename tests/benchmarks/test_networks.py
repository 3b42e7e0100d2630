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


def test_strides_leave_out_places() -> None:
    # Rows 0, 2, 4 and columns 0, 2 with zeros around; without, windows begin at row 0 and 2, column 0.
    assert Convolution(5, 4, 1, 1, 3, strides=2, same=True).forward == 2 * (3 * 2) * 9
    assert Convolution(5, 4, 1, 1, 3, strides=2).forward == 2 * (2 * 1) * 9


def test_words_for_the_program() -> None:
    assert Convolution(28, 28, 1, 32, 3, pooled=True, first=True).words == "conv 28 28 1 32 3 1 valid relu pooled first"
    assert Convolution(9, 8, 7, 6, 5, 2, same=True, relu=False).words == "conv 9 8 7 6 5 2 same linear plain inner"
    assert Dense(1600, 10).words == "dense 1600 10 128"
