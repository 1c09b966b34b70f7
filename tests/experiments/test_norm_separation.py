"""The trust-region problems of norm separation, against high precision, and its Mellin law against definitions."""

import mpmath
import numpy as np
import pytest
from scipy.optimize import brentq

from lti_depth import numeric
from lti_depth.experiments import least_norms as problems
from lti_depth.experiments import norm_separation_claims as claims
from lti_depth.experiments import norm_separation_laws as laws
from tests.theory.digits import agrees

REAL = 1 - np.geomspace(1e-3, 1, 12)
COMPLEX = np.array([0.9, 0.9 * np.exp(0.2j), 0.9 * np.exp(-0.2j), 0.6 + 0.3j, 0.6 - 0.3j])


def unit_atoms(poles, length=3000):
    return np.sqrt(1 - np.abs(poles) ** 2) * poles ** np.arange(length)[:, None]


def test_targets():
    pole = 10 / 13
    h = problems.pulses([3], 10)[:, 0]
    naive = np.array([(t + 1) * (t + 2) / 2 * pole**t for t in range(200)])
    np.testing.assert_allclose(h, naive / np.linalg.norm(naive), rtol=1e-12)


@pytest.mark.parametrize("poles", [REAL, COMPLEX], ids=["real", "complex"])
def test_root_of_the_gram_matrix(poles):
    atoms, R = unit_atoms(poles, 20000), problems.root(poles)
    np.testing.assert_allclose(R @ R.conj().T, atoms.conj().T @ atoms, atol=1e-12)


@pytest.mark.parametrize("poles", [REAL, COMPLEX], ids=["real", "complex"])
def test_projections(poles):
    """R ⟨χ, h⟩ is ⟨φ, h⟩."""
    h = np.random.default_rng(0).standard_normal((40, 2))
    found = problems.root(poles) @ problems.projections(poles, h)
    np.testing.assert_allclose(found, unit_atoms(poles, 40).conj().T @ h, atol=1e-12)


def precise_norm(poles, depth, delay, error):
    """√N‖c‖ by (G + μ)c = ⟨φ, h⟩ in 60 digits, μ by bisection of the error 1 − 2c·b + c·Gc."""
    with mpmath.workdps(60):
        lam = [mpmath.mpf(float(pole)) for pole in poles]
        scale = [mpmath.sqrt(1 - a * a) for a in lam]
        N, p = len(lam), mpmath.mpf(delay) / (delay + depth)
        G = mpmath.matrix(N, N)
        for i in range(N):
            for j in range(N):
                G[i, j] = scale[i] * scale[j] / (1 - lam[i] * lam[j])
        energy = mpmath.nsum(lambda t: mpmath.binomial(t + depth - 1, depth - 1) ** 2 * p ** (2 * t), [0, mpmath.inf])
        b = mpmath.matrix([s / (1 - p * a) ** depth / mpmath.sqrt(energy) for s, a in zip(scale, lam, strict=True)])

        def solution(mu):
            c = mpmath.lu_solve(G + mu * mpmath.eye(N), b)
            return 1 - 2 * mpmath.fdot(c, b) + mpmath.fdot(c, G * c), c

        low, high = mpmath.mpf(10) ** -25, mpmath.mpf(10) ** 3
        for _ in range(60):
            middle = mpmath.sqrt(low * high)
            low, high = (middle, high) if solution(middle)[0] < error else (low, middle)
        return float(mpmath.sqrt(N) * mpmath.norm(solution(low)[1]))


@pytest.mark.parametrize(("depth", "error"), [(1, 0.01), (3, 0.1), (3, 0.01)])
def test_least_norms_to_full_precision(depth, error):
    targets = problems.pulses([depth], 20)
    found = problems.least_norms(REAL, targets, error)[0]
    assert found == pytest.approx(precise_norm(REAL, depth, 20, error), rel=1e-9)


def test_coefficients_exhaust_the_error_and_satisfy_the_normal_equations():
    targets = problems.pulses([2, 4], 20)
    c = problems.least_coefficients(REAL, targets, 0.01)
    residual = targets - unit_atoms(REAL, len(targets)) @ c
    tail = np.linalg.norm(unit_atoms(REAL, 40000)[len(targets) :] @ c, axis=0) ** 2
    np.testing.assert_allclose(np.sum(residual**2, axis=0) + tail, 0.01, rtol=1e-8)


def test_pairs_are_complex_atoms():
    """Of one set of poles closed under conjugation both solvers give one norm."""
    half = problems.pairs(problems.log_spaced(3, 0.02, 0.2), 6, 0.3)
    targets = problems.pulses([1, 2], 10)
    whole = problems.least_norms(np.concatenate([half, half.conj()]), targets, 0.05)
    np.testing.assert_allclose(problems.least_norms_of_pairs(half, targets, 0.05), whole, rtol=1e-6)


def test_numbers_of_the_theory():
    real = problems.least_norms(problems.log_spaced(24, 1e-3), problems.pulses([1, 2, 4, 8], 100), 0.01)
    assert all(map(agrees, real, claims.STATED_REAL))


def test_numbers_of_the_theory_with_phases():
    """16 moduli, 1−|λ| from 10⁻³ to 10⁻¹, and 96 phases in ±π/10."""
    half = problems.pairs(problems.log_spaced(16, 1e-3, 0.1), 96, np.pi / 10)
    found = problems.least_norms_of_pairs(half, problems.pulses([1, 2, 4, 8], 100), 0.01)
    assert all(map(agrees, found, claims.STATED_PHASES))


@pytest.fixture(scope="module")
def continuous_atoms():
    """√(2s)e^{−st} with log s at midpoints of seven decades around 1: s, and the eigenpairs of the Gram matrix."""
    with mpmath.workdps(30):
        count, decades = 42, 7
        s = [mpmath.mpf(10) ** (decades * ((i + mpmath.mpf(0.5)) / count - mpmath.mpf(0.5))) for i in range(count)]
        G = mpmath.matrix([[2 * mpmath.sqrt(a * b) / (a + b) for b in s] for a in s])
        return s, *mpmath.eigsy(G), decades * np.log(10)


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_mellin_law_in_continuous_time(continuous_atoms, depth):
    """The target t^{K−1}e^{−t} has inner products √(2s) Γ(K)/(1+s)^K; the ends of seven decades cost below 1e-3."""
    s, values, vectors, width = continuous_atoms
    with mpmath.workdps(30):
        energy = mpmath.gamma(2 * depth - 1) / mpmath.mpf(2) ** (2 * depth - 1)
        b = [mpmath.sqrt(2 * a / energy) * mpmath.gamma(depth) / (1 + a) ** depth for a in s]
        along = np.array([float(v) for v in vectors.T * mpmath.matrix(b)])
        values = np.array([float(v) for v in values])

    def missed(log_mu):
        mu = np.exp(log_mu)
        return 1 - np.sum(along**2 * (values + 2 * mu) / (values + mu) ** 2) - 0.01

    mu = np.exp(brentq(missed, -20, 10, xtol=1e-12))
    found = np.linalg.norm(along / (values + mu)) * np.sqrt(len(s) / width)
    assert laws.mellin_norm(depth, 0.01, 1.0) == pytest.approx(found, rel=1e-3)


def test_bounded_gains():
    claim = claims.gain_claim()
    assert claim.verdict == "confirmed"
    assert numeric.impulse_response(numeric.cascade([0.5] * 3, 1.5, 1.5), 0) == 1.5**6
