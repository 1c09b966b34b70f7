"""Delays and responses at 10⁴ frequencies against scipy.signal, each form of it that its documentation offers.

``python -m pytest benchmarks/test_frequency.py -n 0 -s`` prints the races. Agreement is asserted first, where the peer
is right: polynomial coefficients lose all digits at K = 100, so that there ours is held against the sum over poles.
"""

import warnings

import numpy as np
import pytest
from races import race, report
from scipy import signal

from lti_depth import numeric

OMEGA = np.linspace(0.001, 3.14, 10_000)


def cascade(K):
    return numeric.cascade(np.random.default_rng(K).uniform(0, 0.95, K))


def by_polynomials(stack):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # singular where it has lost its digits
        return signal.group_delay(([1.0], np.poly(stack.poles)), OMEGA)[1]


def test_group_delay_agrees_where_polynomials_hold():
    stack = cascade(8)
    np.testing.assert_allclose(numeric.group_delay(stack, OMEGA), by_polynomials(stack), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("K", [100, 1000])
def test_group_delay(K):
    stack, copied, given = cascade(K), np.empty_like(OMEGA), np.poly(cascade(K).poles)
    exact = sum((lam * np.cos(OMEGA) - lam**2) / (1 - 2 * lam * np.cos(OMEGA) + lam**2) for lam in stack.poles)
    np.testing.assert_allclose(numeric.group_delay(stack, OMEGA), exact, rtol=0, atol=1e-11 * K)
    runs = {"ours": lambda: numeric.group_delay(stack, OMEGA), "np.copyto": lambda: np.copyto(copied, OMEGA),
            "scipy, polynomials given": lambda: signal.group_delay(([1.0], given), OMEGA),
            "scipy": lambda: by_polynomials(stack)}  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        times = race(runs)
    print(f"\nlargest error of scipy: {np.abs(by_polynomials(stack) - exact).max():.2g} of {np.abs(exact).max():.3g}")
    report(f"group delay, 10⁴ frequencies, K = {K}", times, "ours", ["scipy"], "np.copyto")


@pytest.mark.parametrize("K", [100, 1000])
def test_frequency_response(K):
    stack = numeric.cascade(np.random.default_rng(K).uniform(-0.6, 0.6, K))  # responses within the range of doubles
    copied, zeros, gain = np.empty(len(OMEGA), complex), np.zeros(K), 1.0
    sos = signal.zpk2sos(zeros, stack.poles, gain)
    H = numeric.frequency_response(stack, OMEGA)
    np.testing.assert_allclose(H, signal.freqz_sos(sos, OMEGA)[1], rtol=1e-9)
    runs = {"ours": lambda: numeric.frequency_response(stack, OMEGA), "np.copyto": lambda: np.copyto(copied, H),
            "freqz_zpk": lambda: signal.freqz_zpk(zeros, stack.poles, gain, OMEGA),
            "freqz_sos": lambda: signal.freqz_sos(sos, OMEGA)}  # fmt: skip
    times = race(runs)
    size = f"frequency response, 10⁴ frequencies, K = {K}"
    assert report(size, times, "ours", ["freqz_zpk"], "np.copyto") > 1.2
    assert report(size, times, "ours", ["freqz_sos"], "np.copyto") > 5
