"""Pre-norm residual stacks against their definition: spectra on a grid of frequencies, multiplied block by block."""

from itertools import pairwise

import mpmath
import numpy as np
import pytest
import sympy
from sympy import I, Rational, Symbol

from lti_depth import symbolic as lti

POLE, OMEGA = sympy.symbols("lambda omega", real=True)
GRID = 2 * np.pi * np.arange(4096) / 4096  # sums over it are integrals but for |λ|^4096
PAIR = [Rational(2, 5) + Rational(3, 5) * I, Rational(2, 5) - Rational(3, 5) * I]
GAINS = {"none": lambda p: 1, "unit-dc": lambda p: abs(1 - p) ** 2, "l1": lambda p: (1 - abs(p)) ** 2,
         "lru": lambda p: 1 - abs(p) ** 2}  # fmt: skip


def gain_on_grid(poles, arm):
    values = [complex(pole) for pole in poles]
    return np.mean([GAINS[arm](p) / abs(1 - p * np.exp(-1j * GRID)) ** 2 for p in values], axis=0)


def ar1_on_grid(rho):
    return (1 - rho**2) / abs(1 - rho * np.exp(-1j * GRID)) ** 2


@pytest.mark.parametrize("arm", GAINS)
@pytest.mark.parametrize("poles", [[Rational(9, 10)], [Rational(3, 4), Rational(-1, 2)], PAIR])
@pytest.mark.parametrize("rho", [0, 0.5])
def test_recursion_on_a_grid(poles, arm, rho):
    process = lti.ar1(Rational(rho)) if rho else None
    M, S, truth = gain_on_grid(poles, arm), ar1_on_grid(rho), []
    for _ in range(5):
        truth.append(S.mean())
        S = S * (1 + M / S.mean())
    law = [complex(V) for V in lti.residual_variances(poles, 4, arm, process)]
    assert np.allclose(law, truth, rtol=1e-11)  # residues at real and complex poles, 10⁻¹⁵ each
    spectrum = lti.residual_spectrum(poles, 3, OMEGA, arm, process)
    at = [0, 1000, 3000]
    found = [complex(sympy.N(spectrum.xreplace({OMEGA: sympy.Float(GRID[i], 30)}))) for i in at]
    assert np.allclose(found, (S / (1 + M / truth[4]) / (1 + M / truth[3]))[at], rtol=1e-11)
    assert np.allclose([complex(sympy.N(lti.mean_gain(poles, Rational(GRID[i]), arm))) for i in at], M[at], rtol=1e-11)


def test_printed_numbers():
    """λ = .9, LRU gains, white input: V = 2, 7.263, 32.62, 94.47 after 1, 2, 4, 8 blocks."""
    V = lti.residual_variances([Rational(9, 10)], 8)
    assert [float(f"{float(V[k]):.4g}") for k in (1, 2, 4, 8)] == [2, 7.263, 32.62, 94.47]
    assert V[2] == Rational(5, 2) + Rational(181, 19) / 2  # 1 + 1 + (1 + P_1(x))/2


def test_law_for_one_pole():
    V = lti.residual_variances([POLE], 3)
    assert V[:2] == (1, 2) and lti.expanded(V[2] - (3 - 2 * POLE**2) / (1 - POLE**2)) == 0
    point = {POLE: Rational(9, 10)}
    assert [v.xreplace(point) for v in V] == list(lti.residual_variances([Rational(9, 10)], 3))


def test_linear_growth():
    """Increments rise from the mean of M to below M(0) = (1+λ)/(1−λ); uniform phases, λ = 0: V_k = 1 + k."""
    V = lti.residual_variances([Rational(9, 10)], 12)
    steps = [float(b - a) for a, b in pairwise(V)]
    assert steps == sorted(steps) and steps[0] == 1 and 14 < steps[-1] < 19
    assert lti.expanded(lti.mean_gain([POLE], 0) - (1 + POLE) / (1 - POLE)) == 0
    assert lti.residual_variances([0], 5) == (1, 2, 3, 4, 5, 6)


@pytest.mark.parametrize(("poles", "rho"), [([Rational(9, 10)], 0), ([Rational(9, 10)], 0.5), (PAIR, 0),
                                            ([Rational(3, 4), Rational(1, 2)], 0)])
def test_continuous_depth(poles, rho):
    """k and V along the curve against sums over the grid."""
    a = Rational(1, 2)
    found = lti.residual_flow(poles, a, process=lti.ar1(Rational(rho)) if rho else None)
    M, S = gain_on_grid(poles, "lru"), ar1_on_grid(rho)
    truth = (S * np.expm1(M / 2) / M).mean(), (S * np.exp(M / 2)).mean()
    assert [complex(sympy.N(value)) for value in found] == pytest.approx(truth, rel=1e-10)


def test_one_pole_has_a_bessel_function():
    """The integral over ω and the one over s are the same numbers, for any arm; dk/da = V."""
    a = Symbol("a", positive=True)
    for arm in GAINS:
        k, V = lti.residual_flow([POLE], a, arm)
        assert V.has(sympy.besseli) and not V.has(sympy.Symbol("omega"))
        M = gain_on_grid([0.6], arm)
        point = {POLE: Rational(3, 5), a: Rational(3, 4)}
        assert float(V.xreplace(point).evalf()) == pytest.approx(np.exp(0.75 * M).mean(), rel=1e-10)
        with mpmath.workdps(20):
            depth = [k.xreplace({POLE: Rational(3, 5), a: Rational(3, 4) + d}).evalf(20)
                     for d in (-Rational(1, 10**4), Rational(1, 10**4))]
        slope = (depth[1] - depth[0]) * 5000  # to 10⁻⁸ V''/6
        assert float(slope) == pytest.approx(np.exp(0.75 * M).mean(), rel=1e-6)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: lti.residual_variances([POLE], 7), "at most 6 blocks"),
    (lambda: lti.residual_variances([Rational(1, 2)], 13), "at most 12 blocks"),
    (lambda: lti.residual_variances([Rational(1, n) for n in range(2, 10)], 8), "500 products"),
    (lambda: lti.residual_variances([1], 2), "the pole 1"),
    (lambda: lti.residual_variances([], 2), "at least one"),
    (lambda: lti.residual_variances([0], -1), "at least 0"),
    (lambda: lti.mean_gain([0], 0, "isometric"), "one of 'none'"),
    (lambda: lti.residual_flow([2], 1), "the pole 2"),
])  # fmt: skip
def test_refusals(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
