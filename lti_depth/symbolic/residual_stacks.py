r"""Pre-norm residual stacks: u ← u + C·SSM(B·u/σ) with wide random B and C, σ the root mean square of u.

The spectrum grows by a factor, in the mean over B and C, that is the mean gain of the layer over the variance so far:

    S_{k+1} = S_k (1 + M/V_k),    V_k = (1/2π) ∫ S_k,    M(ω) = mean over the poles of γ²/|1 − λe^{−iω}|².

S_k is S_0 times a polynomial in M, so that V_k needs the moments (1/2π) ∫ M^j S_0 alone: sums of variances of cascades.
In continuous depth, dS/dk = S M/V; with da = dk/V it is S = S_0 e^{aM}.
"""

from itertools import combinations_with_replacement, pairwise
from math import comb, factorial, prod
from typing import Any, NamedTuple

import sympy
from sympy import Integral, Rational, besseli, exp, pi

from . import expressions
from .builders import scalar_cascade
from .covariances import autocovariance, process_covariance, require_process
from .expansions import expanded
from .frequency import power_spectrum, process_spectrum
from .normalizations import ARMS, gain
from .processes import white
from .stacks import require_stationary

MOST_MOMENTS = 500
"""Products of poles whose variances are derived."""

MOST_BLOCKS, MOST_SYMBOLIC_BLOCKS = 12, 6
"""V_k is a ratio of integers or polynomials whose size doubles with k."""


def mean_gain(poles, omega, arm="lru"):
    r"""M(ω), the factor by which a wide layer with random B and C multiplies a spectrum in the mean.

    .. math:: M(\omega) = \frac1N \sum_n \frac{\gamma_n^2}{|1 - \lambda_n e^{-i\omega}|^2}

    Parameters
    ----------
    poles : sequence of N expressions
        The distribution of λ in a layer. For real outputs M is even in ω: pass each complex pole with its conjugate.
    omega : real number or expression
        rad/sample.
    arm : {"none", "unit-dc", "l1", "lru"}
        γ as in `normalization`.

    Returns
    -------
    Expr

    Raises
    ------
    ValueError
        A pole on or outside the unit circle; another arm.

    Notes
    -----
    Independent zero-mean entries of B and C, scaled so that a wide layer with \|γ\|² = 1 − \|λ\|² keeps the variance of
    white input: for "lru" the mean of M over ω is 1. New here.
    """
    poles, gains = _layer(poles, arm)
    omega = expressions.frequency(omega)
    return sympy.Add(*(g * power_spectrum(scalar_cascade([p]), omega) for p, g in zip(poles, gains, strict=True))) / (
        len(poles))


def residual_variances(poles, K, arm="lru", process=None):
    r"""V_0, …, V_K of a pre-norm residual stack, exactly.

    .. math:: V_{k+1} = V_k + \frac{1}{V_k}\frac{1}{2\pi}\int M S_k\,d\omega, \qquad V_1 = 2 \text{ for LRU, white}

    Parameters
    ----------
    poles, arm
        As in `mean_gain`.
    K : int
        Blocks: at most 12, with symbols 6.
    process : Process
        Of the input; white noise of unit variance if None.

    Returns
    -------
    tuple of K+1 Expr
        With symbols in expanded form; numbers with thousands of digits for large K, to be read through sympy.N.

    Raises
    ------
    ValueError
        As `mean_gain`; more blocks, or more than 500 products of poles.

    Notes
    -----
    Growth is linear: V_{k+1} − V_k rises from the mean of M to its maximum, (1+λ)/(1−λ) for one pole. New here.
    """
    poles, gains = _layer(poles, arm)
    K = expressions.integer(K, "K", 0)
    process = _process(process)
    symbols = process.free_symbols | {symbol for pole in poles for symbol in pole.free_symbols}
    most = MOST_SYMBOLIC_BLOCKS if symbols else MOST_BLOCKS
    if K > most or comb(len(poles) + K, K) > MOST_MOMENTS:
        raise ValueError(f"K: expected at most {most} blocks and {MOST_MOMENTS} products of poles, got {K} and "
                         f"{comb(len(poles) + K, K)}; pass numbers and fewer poles, or see residual_flow")
    reduced = expanded if symbols else sympy.expand
    moments = [reduced(_moment(poles, gains, j, process)) for j in range(K + 1)]
    coefficients, variances = [sympy.Integer(1)], [moments[0]]  # of S_k/S_0 in powers of M
    for _ in range(K):
        raised = [0, *(reduced(c / variances[-1]) for c in coefficients)]
        coefficients = [reduced(c + r) for c, r in zip([*coefficients, 0], raised, strict=True)]
        variances.append(reduced(sum(c * m for c, m in zip(coefficients, moments, strict=False))))
    return tuple(variances)


def residual_spectrum(poles, K, omega, arm="lru", process=None):
    r"""The spectrum after K blocks of a pre-norm residual stack.

    .. math:: S_K(\omega) = S_u(\omega) \prod_{k<K} \Big(1 + \frac{M(\omega)}{V_k}\Big)

    Parameters
    ----------
    poles, K, arm, process
        As in `residual_variances`.
    omega : real number or expression
        rad/sample.

    Returns
    -------
    Expr
        Variance per (rad/sample)/2π.

    Raises
    ------
    ValueError
        As `residual_variances`.
    """
    variances = residual_variances(poles, K, arm, process)[:-1]
    M = mean_gain(poles, omega, arm)
    source = process_spectrum(_process(process), expressions.frequency(omega))
    return source * sympy.Mul(*(1 + M / V for V in variances))


class ContinuousDepth(NamedTuple):
    """A point of the curve (k(a), V(a)): depth and variance."""

    depth: Any
    variance: Any


def residual_flow(poles, a, arm="lru", process=None):
    r"""Depth and variance of a pre-norm residual stack of continuous depth, as functions of a parameter a.

    .. math:: k = \frac{1}{2\pi}\int S_u \frac{e^{aM} - 1}{M} d\omega, \qquad V = \frac{1}{2\pi}\int S_u e^{aM} d\omega

    For one pole and white input dθ = P dω with the Poisson kernel P = x + y cos θ turns this into

    .. math:: V = \Big(1 + \int_0^a m\, e^{msx} I_0(msy)\,ds\Big) V_0, \quad
              x = \frac{1+|\lambda|^2}{1-|\lambda|^2}, \quad y = \frac{2|\lambda|}{1-|\lambda|^2}, \quad
              m = \frac{\gamma^2}{1-|\lambda|^2}

    and k = ∫V da.

    Parameters
    ----------
    poles, arm, process
        As in `residual_variances`.
    a : number or expression
        0 at depth 0; any non-negative number.

    Returns
    -------
    ContinuousDepth
        Expressions with integrals; evalf, or sympy.N, gives their values for numbers.

    Raises
    ------
    ValueError
        As `mean_gain`.

    Notes
    -----
    dS/dk = S M/V, the limit of many blocks that each add little. New here.
    """
    poles, gains = _layer(poles, arm)
    a, process = expressions.exact(a, "a"), _process(process)
    if a.is_real is False or a.is_negative:
        raise ValueError(f"a: expected a number or expression that is not negative, got {expressions.describe(a)}")
    if len(set(poles)) == 1 and process == white(process.variance):
        return _of_one_pole(poles[0], gains[0], a, process.variance)
    omega = sympy.Dummy("omega", real=True)
    M, S = mean_gain(poles, omega, arm), process_spectrum(process, omega)
    peaks = {abs(sympy.arg(pole)) for pole in poles if pole.is_number and pole != 0}
    corners = sorted({sympy.Integer(0), pi, *peaks}, key=sympy.N)
    return ContinuousDepth(*(_mean(f, omega, corners) for f in (S * (exp(a * M) - 1) / M, S * exp(a * M))))


def _mean(function, omega, corners):
    """(1/2π) ∫ over the circle, both half circles in one; cut at its peaks, which quadratures see at the ends."""
    both = function + function.xreplace({omega: -omega})
    return sympy.Add(*(Integral(both, (omega, *ends)) for ends in pairwise(corners))) / (2 * pi)


def _of_one_pole(pole, square, a, variance):
    r = sympy.Abs(pole)
    s, m = sympy.Dummy("s", nonnegative=True), square / (1 - r**2)
    rise = m * exp(m * s * (1 + r**2) / (1 - r**2)) * besseli(0, 2 * m * s * r / (1 - r**2))
    return ContinuousDepth(variance * (a + Integral((a - s) * rise, (s, 0, a))),
                           variance * (1 + Integral(rise, (s, 0, a))))


def _layer(poles, arm):
    """λ and γ²."""
    poles = expressions.vector(poles, "poles")
    expressions.choice(arm, "arm", ARMS[:4])
    require_stationary(scalar_cascade(poles), "a mean gain", "move it inside the unit circle")
    return poles, [gain(pole, arm) ** 2 for pole in poles]


def _process(process):
    return require_process(scalar_cascade([0]), process, "a residual stack")


def _moment(poles, gains, j, process):
    """(1/2π) ∫ M^j S_u: M^j is a sum over all choices of j poles, in any order."""
    if j == 0:
        return process_covariance(process, 0)
    total = []
    for chosen in combinations_with_replacement(range(len(poles)), j):
        orders = factorial(j) // prod(factorial(chosen.count(n)) for n in set(chosen))
        V = autocovariance(scalar_cascade([poles[n] for n in chosen]), 0, process)
        total.append(orders * V * sympy.Mul(*(gains[n] for n in chosen)))
    return sympy.Add(*total) * Rational(1, len(poles) ** j)
