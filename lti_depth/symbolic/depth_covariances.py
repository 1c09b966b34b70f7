r"""Second moments at arbitrary depth: scalar layers without feedthrough, white and AR(1) input and their sums.

Distinct poles: residues at λ_k, and at the pole ρ of the input. Equal poles λ: the residue of order K,

.. math:: \frac{1}{(K-1)!} \frac{d^{K-1}}{dz^{K-1}} \Big[ z^{\Delta+K-1} (1-\bar\lambda z)^{-K} \Big]_{z=\lambda}
          = \sum_{j<K} \binom{\Delta+K-1}{K-1-j} \binom{K-1+j}{j}
            \frac{\lambda^\Delta |\lambda|^{2j}}{(1-|\lambda|^2)^{K+j}},

by Leibniz' rule; all its terms have one sign, and at Δ = 0 it is a Legendre polynomial.
"""

import sympy
from sympy import Product, Sum, binomial, conjugate, legendre

from . import expressions
from .covariances import autocovariance, require_process
from .depth_responses import pole_sum, require_plain, require_whole
from .derivatives import Fields
from .sensitivities import sensitivity
from .towers import Tower, of_tower


@of_tower(autocovariance)
def _autocovariance(tower, lag, process=None, layer=None):
    """The sum over the independent parts of the input."""
    require_whole(layer)
    require_plain(tower, "autocovariance")
    process = require_process(tower.block, process, "autocovariance")
    lag = expressions.samples(lag, "lag")
    if expressions.is_backward(lag):
        return conjugate(_autocovariance(tower, -lag, process))
    gain = tower.product(_square(tower.block.B[0] * tower.block.C[0]))
    return gain * sympy.Add(*(part.variance * _unit(tower, sympy.sympify(lag), *_order_one(part))
                              for part in process.parts))


def _order_one(part):
    """() for white noise, (ρ,) for AR(1) of unit variance."""
    shape = part.shape
    if len(part.source) == 1 and shape is None:
        return ()
    if len(part.source) == 1 and shape.is_cascade and len(shape) == 1 and shape.D[0] == 0:
        return shape.poles
    raise ValueError("process: expected white noise, AR(1) or a sum of them at arbitrary depth, got another one; pass "
                     "tower.subs(depth, an int)")


def _square(value):
    return value**2 if value.is_real else value * conjugate(value)


def _unit(tower, lag, *rho):
    """R of unit gains, for an input of unit variance."""
    if not tower.equal_poles:
        return _distinct(tower, lag, *rho)
    if rho:
        return _equal_colored(tower, lag, *rho)
    return _equal_white(tower, lag)


def _distinct(tower, lag, *rho):
    """Residues at λ_k and ρ of z^{Δ−1} H(z) H̄(1/z) S_u(z), S_u = (1 − |ρ|²) z/((z − ρ)(1 − ρ̄z))."""
    K, j = tower.depth, expressions.fresh("j", tower.index, tower.depth, lag, *rho)
    other = tower.poles[j]

    def rest(z):
        return Product(1 - z * conjugate(other), (j, 1, K))

    if not rho:
        return pole_sum(tower, lambda p: p ** (lag + K - 1) / rest(p))
    (rho,) = rho
    energy, bar = 1 - _square(rho), conjugate(rho)
    own = pole_sum(tower, lambda p: p ** (lag + K) * energy / ((p - rho) * (1 - p * bar) * rest(p)))
    return own + rho ** (lag + K) / (Product(rho - other, (j, 1, K)) * rest(rho))


def _equal_white(tower, lag):
    pole, K = tower.block.poles[0], tower.depth
    x = _square(pole)
    if lag == 0:
        return (1 - x) ** -K * legendre(K - 1, (1 + x) / (1 - x))
    j = expressions.fresh("j", pole, K, lag, least=0)
    term = binomial(lag + K - 1, K - 1 - j) * binomial(K - 1 + j, j) * pole**lag * x**j / (1 - x) ** (K + j)
    return Sum(term, (j, 0, K - 1))


def _equal_colored(tower, lag, rho):
    r"""Residues at λ, of order K, and at ρ; for ρ = λ the input is one more layer.

    S_u = 1/(1 − ρ̄z) + ρ/(z − ρ), whose i-th Taylor coefficients at λ are ρ̄^i/(1 − ρ̄λ)^{i+1} and
    (−1)^i ρ/(λ − ρ)^{i+1}; the other factors as for white input.
    """
    pole, K = tower.block.poles[0], tower.depth
    if expressions.equal(pole, rho):
        return (1 - _square(rho)) * _equal_white(Tower(tower.block, K + 1, tower.index), lag)
    i = expressions.fresh("i", pole, K, lag, rho, least=0)
    j = expressions.fresh("j", pole, K, lag, rho, least=0)
    bar = conjugate(rho)
    source = bar**i / (1 - bar * pole) ** (i + 1) + (-1) ** i * rho / (pole - rho) ** (i + 1)
    x, chosen = _square(pole), binomial(lag + K - 1, K - 1 - i - j) * binomial(K - 1 + j, j)  # 0 for i + j ≥ K
    term = source * chosen * pole ** (lag + i) * x**j / (1 - x) ** (K + j)
    at_rho = rho ** (lag + K) / ((rho - pole) ** K * (1 - rho * conjugate(pole)) ** K)
    return Sum(term, (i, 0, K - 1), (j, 0, K - 1)) + at_rho


@of_tower(sensitivity)
def _sensitivity(tower, process=None):
    """Equal layers: E|∂y/∂λ|² is the variance one layer deeper, |bc|⁻² of it; the same for every layer."""
    require_plain(tower, "sensitivity")
    if not tower.equal:
        raise ValueError("sensitivity at arbitrary depth: expected equal layers (symbolic.repeat), got poles λ[k]; "
                         "pass tower.subs(depth, an int)")
    b, c = tower.block.B[0], tower.block.C[0]

    def variance(depth):
        return _autocovariance(Tower(tower.block, depth, tower.index), 0, process)

    V, deeper = variance(tower.depth), variance(tower.depth + 1)
    wire = variance(tower.depth - 1) if (tower.depth - 1).is_positive else None
    if wire is None:
        raise ValueError("sensitivity at arbitrary depth: expected a depth known to be at least 2, got "
                         f"{tower.depth}; pass {tower.depth} + 1")
    return Fields(deeper / _square(b * c), V / _square(b), V / _square(c), wire)
