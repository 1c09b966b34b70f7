"""Scalar cascades in integers against exact fractions and against sums over time."""

from fractions import Fraction

import numpy as np
import pytest
from impulses import run_of_layers

from lti_depth.numeric import integers

REAL = np.array([[0.6, 0.3, -0.5], [0.7, 1.2, -0.8], [1.1, -0.9, 0.4], [0.5, -0.3, 1.0]])
COMPLEX = REAL * np.array([[1, 1j, 0.8 + 0.6j], [1j, 1, 0.6 - 0.8j], [1, 1j, -1j], [1, 1 - 1j, 1j]])
TIMINGS = np.array([[True, False, True], [False, True, False]])


def exact_response(layers, current, inputs):
    """Of real layers, in fractions."""
    signal = [Fraction(u) for u in inputs]
    for layer, now in zip(layers.T, current, strict=True):
        pole, b, c, d = (Fraction(value) for value in layer.tolist())
        state = Fraction(0)
        for t, u in enumerate(signal):
            advanced = pole * state + b * u
            signal[t], state = c * (advanced if now else state) + d * u, advanced
    return signal


def doubles(pair):
    values, exponents = pair
    return np.ldexp(values.real, exponents) + 1j * np.ldexp(values.imag, exponents)


@pytest.mark.parametrize("layers", [REAL, COMPLEX], ids=["real", "complex"])
@pytest.mark.parametrize("current", TIMINGS, ids=str)
def test_against_sums_over_time(layers, current):
    states, y = run_of_layers(layers, current, np.eye(1, 400)[0])
    at = np.array([0, 0, 1, 4, 70])
    np.testing.assert_allclose(doubles(integers.response(layers, current, 1, 0, at)), y[at], rtol=1e-12, atol=1e-30)
    steps = np.cumsum(y)[at]
    np.testing.assert_allclose(doubles(integers.response(layers, current, 1, 1, at)), steps, rtol=1e-12)
    R = [y[lag:] @ y[: len(y) - lag].conj() for lag in at]
    np.testing.assert_allclose(doubles(integers.autocovariance(layers, current, at)), R, rtol=1e-12, atol=1e-17)
    W = doubles(integers.state_covariance(layers, current))
    np.testing.assert_allclose(W, states @ states.conj().T, rtol=1e-12, atol=1e-17)


def test_responses_round_the_exact_value_once():
    """Four zeros at 1 hide two slow poles: 40 digits of the response cancel, and the fractions keep them all."""
    slow = 1 - 2.0**-40
    layers = np.array([[slow, slow, 0.5, 0.25], [1.0] * 4, [slow - 1, slow - 1, -0.5, -0.75], [1.0] * 4])
    current, at = np.zeros(4, bool), np.array([0, 1, 5, 200, 300])
    truth = exact_response(layers, current, np.eye(1, 301)[0])
    values, exponents = integers.response(layers, current, 1, 0, at)
    assert [float(truth[t]) for t in at] == np.ldexp(values, exponents).tolist() and abs(truth[300]) < 1e-20


@pytest.mark.parametrize("current", [True, False])
def test_what_cancels_exactly_is_zero(current):
    """Poles λ and −λ in equal numbers: every other sample is 0, though neither gains nor poles are few bits."""
    layers = np.array([[0.3, -0.3, 0.7, -0.7], [0.1, 1e20, 3e-9, 1 / 3], [0.7, 0.9, 1e30, 0.1], [0.0] * 4])
    now, first = np.full(4, current), 0 if current else 4
    assert not integers.response(layers, now, 1, 0, first + np.array([1, 3, 101]))[0].any()
    assert integers.response(layers, now, 1, 0, first + np.array([0, 2, 100]))[0].all()
    assert not integers.autocovariance(layers, now, np.array([1, 7]))[0].any()


def test_far_below_the_first_bits():
    """λ^t of a pole near the end of the range; and behind a layer that stops all but 2^−800 of what it meets."""
    layers = np.array([[2.0**-300], [1.0], [1.0], [0.0]])
    values, exponents = integers.response(layers, np.array([True]), 1, 0, np.array([2, 5]))
    assert values.tolist() == [0.5, 0.5] and exponents.tolist() == [-599, -1499]
    values, exponents = integers.autocovariance(layers, np.array([True]), np.array([1, 3]))
    assert values.tolist() == [0.5, 0.5] and exponents.tolist() == [-299, -899]
    passed = np.array([[0.5, 0.5], [1.0, 1.0], [2.0**-400, 1.0], [0.0, 0.0]])
    values, exponents = integers.state_covariance(passed, np.zeros(2, bool))
    np.testing.assert_allclose(np.ldexp(values, exponents + np.array([[0, 400], [400, 800]])),
                               [[4 / 3, 8 / 9], [8 / 9, 80 / 27]])


def test_states_are_shifted_with_what_they_grow_and_fade():
    """(t + 1) λ^t beyond the bits that they begin with."""
    for pole, step in ((16.0, 4), (0.0625, -4)):
        layers = np.array([[pole, pole], [1.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
        at = np.array([63, 64, 127, 3000])
        values, exponents = integers.response(layers, np.array([True, True]), 1, 0, at)
        fraction, power = np.frexp(at + 1.0)
        assert values.tolist() == fraction.tolist() and (exponents == power + step * at).all()


def test_gaussian_integers():
    a, b = integers.Gaussian(7, -3), integers.Gaussian(-2, 5)
    assert a + b == integers.Gaussian(5, 2) and a * b == integers.Gaussian(1, 41) and 2 * a == a * 2 == a + a
    assert 1 + a == integers.Gaussian(8, -3) and 1 - a == integers.Gaussian(-6, 3)
    assert a.conjugate() == integers.Gaussian(7, 3) and a << 2 == 4 * a
    assert b >> 1 == integers.Gaussian(-1, 2) and b // 2 == b >> 1


def test_later_than_three_minutes():
    with pytest.raises(ValueError, match="samples like these"):
        integers.response(REAL, np.zeros(3, bool), 1, 0, np.array([10**9]))
