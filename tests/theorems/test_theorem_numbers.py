"""Numbers of the theory that follow from a law by a quadrature, a root or an eigenvalue."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lti_depth.theorems.arithmetic import mp
from lti_depth.theorems.bounds import colored_memory
from lti_depth.theorems.learning import depth_saxe, escape_rate, polar_sensitivity
from lti_depth.theorems.learning.tied_stationary_point import optimum
from lti_depth.theorems.moments import LATE, cascade, moment


@pytest.mark.parametrize(("K", "time"), [(1, 2.30), (2, 4.68), (3, 5.35), (6, 4.72)])
def test_time_to_learn_the_gains(K, time):
    """From 0.01 to ½, in the factor f = g^{1/2K}: dt = 2K f^{2K−1} df/ġ."""
    low, high = (mp.mpf(gain) ** (mp.one / (2 * K)) for gain in ("0.01", "0.5"))
    found = mp.quad(lambda f: 2 * K * f ** (2 * K - 1) / depth_saxe.law(K, f), [low, high])
    assert float(found) == pytest.approx(time, abs=0.005)


@pytest.mark.parametrize(("phase", "ratio", "half"), [("0.01", 0.027, 5e-4), ("0.1", 1.66, 5e-3), ("0.5", 1.01, 5e-4)])
def test_radius_and_phase(phase, ratio, half):
    by_radius, by_phase = polar_sensitivity.law(mp.mpf("0.9"), mp.expj(mp.mpf(phase)))
    assert float((by_phase / (mp.mpf("0.9") ** 2 * by_radius)).real) == pytest.approx(ratio, abs=half)


def test_colored_memory_of_a_slow_input():
    """AR(1), ρ = 0.99, D = 100, S = 4; the covariance is regular enough for doubles: 1 − ρ = 0.01."""
    rho, D = 0.99, 100
    covariance, counted = colored_memory.law(4, D + 1, D, lambda d: rho**d)
    eigenvalues = np.linalg.eigvalsh(np.array(covariance))
    assert eigenvalues[:counted].sum() / (D + 1) == pytest.approx(0.0513, abs=5e-5)


def _escape(pole, gain, asymmetry, until):
    """The time in which gradient flow of two poles and the gain takes λ_1 − λ_2 to `until`; teacher 1/(1 − 0.99z⁻¹)."""
    T = cascade([0.99])

    def flow(t, state):
        mean, apart, g = map(float, state)  # the difference in a coordinate of its own keeps its digits
        poles = [mean + apart / 2, mean - apart / 2]
        H = cascade(poles)
        slopes = [[LATE, *cascade([*poles, p])] for p in poles]
        first, second = (g * moment(slope, T) - g**2 * moment(slope, H) for slope in slopes)
        return [(first + second) / 2, first - second, moment(H, T) - g * moment(H, H)]

    def reached(t, state):
        return state[1] - until

    reached.terminal = True
    found = solve_ivp(flow, (0, 1), [pole, asymmetry, gain], method="LSODA", rtol=1e-9, atol=1e-16, events=reached)
    return found.t_events[0][0]


def test_ten_times_less_asymmetry():
    """From δ_0 and δ_0/10 to δ_c = 1e-4: ln 10/κ more, up to (δ_c/(1−λ))² ≈ 1e-5 of it; the theory, section 10."""
    pole, gain = map(float, optimum(2, Fraction(99, 100)))
    kappa = escape_rate.law([pole, pole], 0, 1, gain, [0.99])
    first, second = (_escape(pole, gain, asymmetry, 1e-4) for asymmetry in (1e-5, 1e-6))
    assert np.log(10) / kappa == pytest.approx(7.3656e-4, rel=1e-5)
    assert second - first == pytest.approx(np.log(10) / kappa, rel=2e-5)
    assert first == pytest.approx(np.log(10) / kappa, rel=2e-5)
