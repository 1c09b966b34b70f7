"""The loss on the circle against sums over time, and the count of nodes that it takes."""

from fractions import Fraction

import numpy as np
import pytest
from impulses import energy, later, pulse, through

from lti_depth.kernels import circle

ANGLES = 2 * np.pi * np.arange(512) / 512
SINE, S = np.sin(ANGLES), 2 * np.sin(ANGLES / 2) ** 2


def complex_array(*values):
    return np.array(values, complex)


REAL = complex_array(0.5, -0.6), complex_array(0.7, -1.2), complex_array(1.1, 0.9)
PAIR = complex_array(0.3 + 0.5j, 0.3 - 0.5j), complex_array(0.7, 0.7), complex_array(1.0 + 2.0j, 1.0 - 2.0j)
COMPLEX = complex_array(0.4j, -0.5 + 0.2j, 0.0), complex_array(0.7, 1.0j, 0.4), complex_array(1.0 - 0.3j, 2.0, 1.5)
WHITE, FRONT, CONJUGATES = complex_array(), complex_array(0.45), complex_array(0.2 + 0.4j, 0.2 - 0.4j)


@pytest.mark.parametrize("student, teacher, front, half", [
    (REAL, PAIR, WHITE, True), (PAIR, REAL, FRONT, True), (REAL, REAL[:1] + PAIR[1:], CONJUGATES, False),
    (COMPLEX, REAL, FRONT, False), (PAIR, COMPLEX, CONJUGATES, False), (COMPLEX, COMPLEX, WHITE, False),
])  # fmt: skip
@pytest.mark.parametrize("lag", [0, 1, -2])
def test_loss_and_gradient(student, teacher, front, half, lag):
    """Sums over time of the responses, colored as the input; what the nodes alias is e^−40 of them.

    Half the circle gives the real parts of derivatives by what is real.
    """
    (poles, b, c), variance, start = student, 1.7, later(pulse(), 5)
    color = through(front, start)
    unit = later(through(poles, color), lag)
    error = np.prod(b * c) * unit - np.prod(teacher[1] * teacher[2]) * through(teacher[0], color)
    scale = variance / energy(color, color).real
    out = np.empty((3, len(poles)), complex)
    loss = circle.gradient(poles, b, c, *teacher, front, variance, lag, half, SINE, S, out)
    np.testing.assert_allclose(loss, 0.5 * scale * energy(error, error).real, rtol=1e-13, atol=1e-14)
    for k in range(len(poles)):
        if half and poles[k].imag != 0.0:
            continue
        others = np.prod(np.delete(b * c, k))
        slope = np.prod(b * c) * later(through([poles[k]], unit))
        expected = [energy(error, part) for part in (slope, others * c[k] * unit, others * b[k] * unit)]
        found = out[:, k].real if half else out[:, k]
        np.testing.assert_allclose(found, scale * np.array(expected), rtol=1e-12, atol=1e-13)


def test_no_loss_without_enough_nodes():
    out = np.full((3, 1), 7.0 + 0j)
    slow = complex_array(0.99), complex_array(1.0), complex_array(1.0)
    assert np.isnan(circle.gradient(*slow, *REAL, WHITE, 1.0, 0, True, SINE, S, out))


def test_one_section():
    """Three roundings of each of the two terms of a part, two in the inverse; in 1 − λ w nothing cancels."""
    rng = np.random.default_rng(0)
    near = np.exp(-(2.0 ** -rng.integers(1, 40, 40)))
    for size, sign in zip(near, rng.choice([-1.0, 1.0], 40), strict=True):
        for pole in (complex(sign * size), complex(0.6 * sign * size, 0.7 * size), complex(0.0, size)):
            for angle in (0.0, 1e-6, 2.0, np.pi - 1e-6, np.pi, -1.0):
                sine, s = np.sin(angle), 2 * np.sin(angle / 2) ** 2
                re, im = Fraction(pole.real), Fraction(pole.imag)
                cosine, turn = 1 - Fraction(s), Fraction(sine)
                gap_re, gap_im = 1 - re * cosine - im * turn, re * turn - im * cosine
                found = circle._section(pole, sine, s)
                truth = complex(1 / complex(gap_re, gap_im))
                lost = 1.0 if pole.imag == 0.0 else 4 / abs(complex(gap_re, gap_im))
                assert abs(found - truth) <= 10 * np.finfo(float).eps * lost * abs(truth)


@pytest.mark.parametrize("rates", [(1.0,), (1.0, 2.0), (4.0, 1.0, 1.5), (1.0, np.inf, np.inf)])
@pytest.mark.parametrize("count", [64, 256])
def test_nodes(rates, count):
    """40 memories of the slowest pole, 3 of each one, 2 nodes a pole and 2 more; a pole at 0 has no memory."""
    memories = 1 / np.array(rates)
    unit = (count - 2 * len(rates) - 2) / (40 * memories.max() + 3 * memories.sum())
    for step, expected in ((1e-9, count), (-1e-9, 2 * count)):
        poles = np.exp(-np.array(rates) * (1 + step) / unit) * np.exp(1j * np.arange(len(rates)))
        assert circle.nodes_needed(poles, 10**6) == expected
        assert circle.nodes_needed(poles, expected) == expected
        assert circle.nodes_needed(poles, expected - 1) == 0


def test_fewest_nodes():
    assert circle.nodes_needed(complex_array(1e-9), 512) == 16
    assert circle.nodes_needed(np.zeros(7, complex), 512) == 16 == 2 * 7 + 2
    assert circle.nodes_needed(complex_array(1e-9), 15) == 0
