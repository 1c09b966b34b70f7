"""Numbers of the theory that follow from a law by a quadrature, a root or an eigenvalue."""

import numpy as np
import pytest

from lti_depth.theorems.arithmetic import mp
from lti_depth.theorems.bounds import coloured_memory
from lti_depth.theorems.learning import depth_saxe, polar_sensitivity


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


def test_coloured_memory_of_a_slow_input():
    """AR(1), ρ = 0.99, D = 100, S = 4; the covariance is regular enough for doubles: 1 − ρ = 0.01."""
    rho, D = 0.99, 100
    covariance, counted = coloured_memory.law(4, D + 1, D, lambda d: rho**d)
    eigenvalues = np.linalg.eigvalsh(np.array(covariance))
    assert eigenvalues[:counted].sum() / (D + 1) == pytest.approx(0.0513, abs=5e-5)
