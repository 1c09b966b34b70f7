"""Responses and covariances of scalar cascades that plain double-doubles lose, against balls."""

from fractions import Fraction

import numpy as np
import pytest
from mpmath import mp

from lti_depth import certified, numeric
from lti_depth.numeric import integers

LAGS = np.array([0, 1, 17, 100, 300])
GAP = 10.0 ** np.linspace(-9, -5, 12)


def hidden(sign):
    """Twenty-four zeros at ±1 beside twelve slow poles there and twelve fast ones; some layers let nothing slow by."""
    poles = sign * np.concatenate([1 - GAP, np.full(12, 0.5)])[np.arange(24) * 7 % 24]
    return numeric.cascade(poles, c=poles - sign, d=1.0, timing="delayed")


def agree(values, balls, rtol=1e-12):
    truth = [complex(float(ball.real.mid()), float(ball.imag.mid())) for ball in np.ravel(balls)]
    np.testing.assert_allclose(np.ravel(values), truth, rtol=rtol, atol=0)


@pytest.mark.parametrize("sign", [1, -1])
def test_slow_poles_behind_zeros(sign):
    stack, times = hidden(sign), np.array([0, 1, 5, 100, 1000, 3000])
    agree(numeric.impulse_response(stack, times), certified.impulse_response(stack, times))
    agree(numeric.autocovariance(stack, LAGS), certified.autocovariance(stack, LAGS))
    agree(numeric.state_variance(stack), certified.state_variance(stack))


def exact_steps(stack, n):
    """In fractions: the first n samples of the answer to a constant, all layers in delayed timing."""
    layers = [[Fraction(part) for part in layer] for layer in zip(stack.poles, stack.B, stack.C, stack.D, strict=True)]
    states, out = [Fraction(0)] * len(layers), []
    for _ in range(n):
        p = Fraction(1)
        for k, (pole, b, c, d) in enumerate(layers):
            states[k], p = pole * states[k] + b * p, c * states[k] + d * p
        out.append(p)
    return out


@pytest.mark.parametrize(("pole", "K"), [(0.0036711, 3), (-0.25, 4)])
def test_constants_that_settle_where_nothing_of_them_is_let_through(pole, K):
    """There the roundings of plain doubles are constant, and let through as little, before those of more digits are."""
    stack, times = numeric.cascade([pole] * K, d=-1 / (1 - pole) * (1 + 2.0**-28), timing="delayed"), np.arange(60)
    truth = exact_steps(stack, 60)
    sign, logabs = numeric.log_step_response(stack, times)
    values = numeric.step_response(stack, times)
    errors = [abs(Fraction(value) / exact - 1) for value, exact in zip(values, truth, strict=True)]
    assert max(errors) < 1e-15
    np.testing.assert_array_equal(sign, [1 if exact > 0 else -1 for exact in truth])
    logs = [float(mp.log(mp.mpf(abs(exact).numerator) / exact.denominator)) for exact in truth]
    np.testing.assert_allclose(logabs, logs, rtol=2e-16, atol=1e-15)


def test_logarithms_beyond_the_range_keep_the_digits_that_cancel():
    """Zeros beside slow poles, with gains whose product no double holds: powers of two, which change no digit."""
    stack, times = hidden(1), np.array([0, 1, 5, 100, 1000, 3000])
    scaled = numeric.cascade(stack.poles, 2.0**-80, c=stack.poles - 1, d=2.0**-80, timing="delayed")
    truth = certified.impulse_response(stack, times)
    _, logabs = numeric.log_impulse_response(scaled, times)
    expected = [float(mp.log(abs(mp.mpf(str(float(ball.real.mid()))))) - 24 * 80 * mp.log(2)) for ball in truth]
    np.testing.assert_allclose(logabs, expected, rtol=4e-16, atol=1e-12)


@pytest.mark.parametrize("phi", [1 - 5e-8, -0.9, 0.5])
def test_lags_at_which_only_a_slow_input_is_left(phi):
    stack, process = numeric.cascade([-0.9] * 24, timing="delayed"), numeric.ar1(phi)
    agree(numeric.autocovariance(stack, LAGS, process), certified.autocovariance(stack, LAGS, process))
    agree(numeric.autocovariance(stack, 300, process), certified.autocovariance(stack, 300, process))


@pytest.mark.parametrize("turn", [1, 1j])
def test_variances_below_the_range_between_the_layers(turn):
    """Slow layers at ±1 in turn, each of which stops what the one before lets through."""
    poles = turn * np.array([1 - 2.0**-30, 2.0**-30 - 1] * 16)
    stack = numeric.cascade(poles, b=2.0**-15, timing="delayed")
    agree(numeric.state_variance(stack), certified.state_variance(stack))
    agree(numeric.autocovariance(stack, LAGS), certified.autocovariance(stack, LAGS))


def test_a_state_that_nothing_reads_sets_no_scale():
    """3^3000 is 2^5200 times what is left of the state that is read."""
    stack, t = numeric.cascade([3.0, -0.9], c=[0.0, 1.0], d=[1.0, 0.0], timing="delayed"), np.array([2999, 3000])
    np.testing.assert_allclose(numeric.impulse_response(stack, t), (-0.9) ** (t - 1.0), rtol=1e-12)


def test_states_that_round_to_nothing():
    """Layers without poles and zeros at ±1 leave states of few bits: what becomes of their rounding has to be seen."""
    stack = numeric.cascade(
        [0.9, 0.7, 0.99999846, 0, 0.9, 0.99999998, -0.8, -0.9, -0.9, -0.9, -0.9, -0.9999999999966876, -0.2, -0.7, 0,
         0.17, -0.5, 0.9, 0, 0, 0, 0.9999999999975785, 0.9],
        c=[2, 0.04, 0.5, -1, 0.008, 2, 4, -2, 0.02, -1.9, 100, -2, 0.8, -1.7, 0.69, 0.0032, -24, 2, -0.0032574636, -10,
           -0.003, 0.0005, 2],
        d=[1, 0.03, 1, 1, 0.004, 1, 20, 1, -0.01, 1, -57, 1, 1, 1, -0.69, -0.00384, -50, 1, 0.0032574636, -13, -0.002,
           1, 1], timing="delayed")  # fmt: skip
    lags = np.array([0, 100, 1000])
    agree(numeric.autocovariance(stack, lags), certified.autocovariance(stack, lags))


@pytest.mark.parametrize("sign", [1, -1])
def test_few_powers_of_small_poles(sign):
    """Correlations of delays by what such poles leave of the samples before, which large gains bring back."""
    stack, lags = numeric.cascade([sign * 1e-100] * 8, 1e18, timing="delayed"), np.array([0, 1, 3, 4])
    agree(numeric.autocovariance(stack, lags), certified.autocovariance(stack, lags))


def test_every_other_sample_is_zero():
    """λ and −λ in equal numbers, with gains of which no sum cancels in so many words."""
    stack = numeric.cascade([0.9, -0.9, 0.3, -0.3] * 4, np.linspace(0.1, 7, 16), timing="delayed")
    times = np.array([16, 17, 18, 19, 101])
    agree(numeric.impulse_response(stack, times), certified.impulse_response(stack, times))
    assert not numeric.impulse_response(stack, times[1::2]).any() and not numeric.autocovariance(stack, [1, 7]).any()


def test_resonances_all_round_the_circle():
    """x^8 = −m^8, where errors of plain doubles cancel and those of double-doubles do not."""
    above = np.array([0.9232776368219295 + 0.38243411900742413j, 0.3824341190074242 + 0.9232776368219295j,
                      -0.3824341190074241 + 0.9232776368219295j, -0.9232776368219295 + 0.38243411900742424j])
    poles = np.stack([above, above.conj()], 1).ravel()
    stack = numeric.cascade(poles, [1 - abs(pole) for pole in poles.tolist()], timing="delayed")
    truth = certified.autocovariance(stack, LAGS, numeric.ar1(0.9))
    agree(numeric.autocovariance(stack, LAGS, numeric.ar1(0.9)), truth, rtol=1e-11)


def test_ordinary_cascades_take_no_integers(monkeypatch):
    """Resonances, alternating signs and slow layers, at early and late times."""
    monkeypatch.setattr(integers, "_settled", None)
    ring = 0.9 * np.exp(1j * np.arange(6))
    for poles in (ring, -np.linspace(0.1, 0.95, 12), [0.9, -0.8] * 6, 1 - GAP):
        stack = numeric.cascade(poles, timing="delayed")
        numeric.impulse_response(stack, np.arange(1000))
        numeric.step_response(stack, np.arange(1000))
        numeric.log_impulse_response(stack, np.arange(50))
        numeric.autocovariance(stack, np.arange(1000))
        numeric.state_variance(stack, numeric.ar1(0.5))
