"""How variance grows with depth: what is left of the laws when layers are many, or slow."""

import sympy
from sympy import Abs, arg, binomial, pi, sqrt

from . import expressions
from .covariances import require_process
from .depth_responses import require_plain
from .frequency import process_spectrum
from .normalizations import ARMS, gain
from .stacks import require_stationary
from .towers import Tower


def asymptotic_variance(tower, limit, process=None):
    r"""The leading term of the variance R(0) of the output of K equal layers, g = bc.

    .. math:: \text{“slow”, } |\lambda| \to 1: \quad |g|^{2K} \binom{2K-2}{K-1} (1-|\lambda|^2)^{1-2K} S_u(\arg\lambda)

    .. math:: \text{“deep”, } K \to \infty: \quad \Big(\frac{|g|}{1-|\lambda|}\Big)^{2K}
              \frac{1-|\lambda|}{\sqrt{4\pi|\lambda|K}}\, S_u(\arg\lambda)

    Each further slow layer costs (1−\|λ\|²)⁻², not (1−\|λ\|²)⁻¹: that is what the correlation of its input does.

    Parameters
    ----------
    tower : Tower
        Equal scalar layers without feedthrough, as ``repeat(scalar_cascade([pole]), K)`` makes them.
    limit : {"slow", "deep"}
    process : Process
        Of the input, with a spectrum S_u that is continuous and positive at arg λ; white noise of unit variance if
        None.

    Returns
    -------
    Expr

    Raises
    ------
    ValueError
        Layers that differ, that have feedthrough or several states; a pole 0, or not inside the circle; another limit.

    Notes
    -----
    Either timing. Of \|H\|² = Π 1/\|1 − λe^{−iω}\|² only the peak at arg λ counts: Laplace's method for “deep”, whose
    relative error for white input is (3/8)(1 + (1−\|λ\|)²/(6\|λ\|))/K + O(K⁻²); the last term of the Legendre form for
    “slow”, with the relative error O(1 − \|λ\|). New here.
    """
    pole, g = _equal_layer(tower, "asymptotic_variance")
    expressions.choice(limit, "limit", ("slow", "deep"))
    process = require_process(tower.block, process, "asymptotic_variance")
    K, r = tower.depth, Abs(pole)
    at_peak = process_spectrum(process, arg(pole))
    if limit == "slow":
        return Abs(g) ** (2 * K) * binomial(2 * K - 2, K - 1) * (1 - r**2) ** (1 - 2 * K) * at_peak
    return (Abs(g) / (1 - r)) ** (2 * K) * (1 - r) / sqrt(4 * pi * r * K) * at_peak


def growth_per_layer(tower, arm="none"):
    r"""The factor by which each further equal layer multiplies the variance, at great depth.

    .. math:: \lim_{K\to\infty} \frac{V_{K+1}}{V_K} = \max_\omega |\gamma H_k(e^{i\omega})|^2
              = \frac{|\gamma g|^2}{(1-|\lambda|)^2}

    with γ = 1 ("none"), \|1−λ\|, 1−\|λ\|, √(1−\|λ\|²) ("lru": (1+\|λ\|)/(1−\|λ\|) for g = 1); depth-aware gains and
    all-pass layers keep the variance: 1.

    Parameters
    ----------
    tower : Tower
        Equal scalar layers without feedthrough.
    arm : {"none", "unit-dc", "l1", "lru", "depth-aware", "isometric"}

    Returns
    -------
    Expr

    Raises
    ------
    ValueError
        Layers that differ, that have feedthrough or several states; a pole 0, or not inside the circle; another arm.

    Notes
    -----
    Either timing, any input with a spectrum that is continuous and positive at arg λ. The norm ‖H‖∞ of a layer, as
    V_K^{1/K} → ‖H‖∞² for every such input. New here.
    """
    pole, g = _equal_layer(tower, "growth_per_layer")
    if expressions.choice(arm, "arm", ARMS) in ("depth-aware", "isometric"):
        return sympy.Integer(1)
    return Abs(g * gain(pole, arm)) ** 2 / (1 - Abs(pole)) ** 2


def _equal_layer(tower, what):
    """(λ, bc) of the layers."""
    if not isinstance(tower, Tower):
        raise TypeError(f"tower: expected a symbolic Tower, got {expressions.describe(tower)}; see symbolic.repeat, "
                        'with n = Symbol("K", integer=True, positive=True)')
    require_plain(tower, what)
    if not tower.equal:
        raise ValueError(f"{what}: expected equal layers, got poles {tower.poles[tower.index]}; see symbolic.repeat")
    require_stationary(tower.block, what)
    if tower.block.poles[0] == 0:
        raise ValueError(f"{what}: expected a pole other than 0, got 0; such layers only scale their input")
    return tower.block.poles[0], tower.block.B[0] * tower.block.C[0]
