"""What is claimed of the sensitivity of the output to the poles, in closed form."""

import numpy as np

from .. import numeric
from ..claims import Claim
from ..learning import population
from ..parametrizations import parametrization
from . import exact
from .sensitivity_laws import equal_pole, one_layer, phase_ratio, relative_sensitivity, speed
from .sensitivity_rates import COORDINATES
from .wording import listed

EPS = np.finfo(float).eps
ROUNDING = r"rounding of the poles, which $1-\lambda$ amplifies, and of the recursion"
DEPTHS, GAPS = np.array([1, 2, 4, 8]), (1e-6, 1e-7)  # 1−λ between which exponents are read off
NEXT_TERM = r"the next term of the law, of relative size $K^2(1-\lambda)$, and rounding"


def claims(config, one, sampled):
    """All claims in closed form: `one` the arrays of one layer, `sampled` the Estimate from its records."""
    return (
        _one_layer_claim(config, one), _differences_claim(config, one, sampled), _repeated_claim(config),
        *_curse_claims(), _phase_claim(config), _real_phase_claim(config), _delay_claim(config),
    )  # fmt: skip


def _one_layer_law(rhos, poles):
    """(rhos × poles,)."""
    return np.ravel([[one_layer(pole, rho) for pole in poles] for rho in rhos])


def _one_layer_claim(config, one):
    return Claim(
        id="sensitivity/one-layer",
        statement=r"One layer, AR(1) input: $E(\partial x/\partial\lambda)^2 = "
                  r"\frac{(1+\lambda^2)(1-\lambda^2\rho^2) + "
                  rf"2(1-\lambda^2)\lambda\rho}}{{(1-\lambda^2)^3(1-\lambda\rho)^2}}$ for $\rho = "
                  rf"{listed(config.rhos)}$ and $\lambda = {listed(config.poles)}$.",
        source="Zucchet & Orvieto, arXiv 2405.21064, figure 1",
        predicted=_one_layer_law(one["rhos"], one["poles"]),
        measured=one["one_layer"].ravel(),
        tolerance=float(16 * EPS / (1 - one["poles"].max())),
        reason=ROUNDING,
    )


def _differences_claim(config, one, sampled):
    law = _one_layer_law(one["rhos"], one["sampled_poles"])
    return Claim(
        id="sensitivity/finite-differences",
        statement=rf"The same as the mean square of $[x(\lambda+h) - x(\lambda-h)]/2h$ on one record, $h = "
                  rf"{config.step:g}$, for $\lambda = {listed(one['sampled_poles'])}$.",
        source="Zucchet & Orvieto, arXiv 2405.21064, figure 1",
        predicted=law,
        measured=sampled.mean,
        tolerance=sampled.tolerance(law),
        reason=sampled.reason,
    )


def _repeated_claim(config):
    stacks = [config.mixed, [0.9] * 3, [0.99] * 6]
    return Claim(
        id="sensitivity/one-more-layer",
        statement=r"Sensitivity at depth $K$ is variance at depth $K+1$: $E|\partial y/\partial\lambda_k|^2 = "
                  r"V(\lambda_1, …, \lambda_K, \lambda_k)$ (four different poles, three at $0.9$, six at $0.99$).",
        source="new here",
        predicted=np.concatenate([[exact.autocovariance([*p, pole], [0])[0] for pole in p] for p in stacks]),
        measured=np.concatenate([numeric.gauss_newton(numeric.cascade(p)).matrix.diagonal()[: len(p)] for p in stacks]),
        tolerance=1e-12,
        reason=ROUNDING + r"; $\partial y/\partial\lambda$ by quadrature on the circle",
    )


def _curse_claims():
    """Exponents of 1−λ for E|∂y/∂λ|² and for its ratio to the output's variance."""
    stacks = [[numeric.cascade([1 - gap] * K) for gap in GAPS] for K in DEPTHS]
    found = np.array([[np.log10(numeric.sensitivity(stack).poles[0]) for stack in row] for row in stacks])
    variance = np.array([[np.log10(float(numeric.autocovariance(stack, 0))) for stack in row] for row in stacks])
    return _curse_claim(found), _relative_claim(found - variance)


def _curse_claim(found):
    return Claim(
        id="sensitivity/curse",
        statement=r"Long memory makes the output sensitive as $(1-\lambda)^{-3}$, whatever the depth: the exponent for "
                  r"$K = 1, 2, 4, 8$ equal layers.",
        source="Zucchet & Orvieto, arXiv 2405.21064, for one layer; read for stacks",
        predicted=np.full(len(DEPTHS), 3.0),
        measured=found[:, 1] - found[:, 0],
        tolerance=1e-4,
        reason=NEXT_TERM,
        law=r"$\binom{2K}{K}(1-\lambda^2)^{-(2K+1)}$: each further layer adds 2 to the exponent",
        law_value=2.0 * DEPTHS + 1,
    )


def _relative_claim(relative):
    return Claim(
        id="sensitivity/relative-curse",
        statement=r"Relative to the output's variance it is $(1-\lambda)^{-2}$ at every depth ($K = 1, 2, 4, 8$).",
        source="new here",
        predicted=np.full(len(DEPTHS), 2.0),
        measured=relative[:, 1] - relative[:, 0],
        tolerance=1e-4,
        reason=NEXT_TERM,
    )


def _phase_ratios(config, real):
    """E|∂_θ y|²/(ν² E|∂_ν y|²) by phase, from E[∂_j y ∂_k y] in (Re λ, Im λ), turned into (ν, θ)."""
    radius, found = config.radius, []
    for phase in config.phases:
        layer = numeric.Layer([radius * np.exp(1j * phase)], [[1.0]], [[1.0]], real=real)
        G = population.gauss_newton(numeric.stack([layer]))
        G = G[np.ix_([0, 4], [0, 4])]  # poles, B, C, D: all real parts, then all imaginary parts
        polar = np.array([[np.cos(phase), np.sin(phase)], [-radius * np.sin(phase), radius * np.cos(phase)]])
        along, across = np.diag(polar @ G @ polar.T)
        found.append(across / (radius**2 * along))
    return found


def _phase_claim(config):
    return Claim(
        id="sensitivity/phase",
        statement=r"In polar coordinates $\lambda = \nu e^{i\theta}$ the phase is as sensitive as the modulus: "
                  rf"$E|\partial_\theta y|^2 = \nu^2 E|\partial_\nu y|^2$ ($\nu = {config.radius}$, $\theta = "
                  rf"{listed(config.phases)}$; their ratio).",
        source="Zucchet & Orvieto, arXiv 2405.21064",
        predicted=np.ones(len(config.phases)),
        measured=_phase_ratios(config, real=False),
        tolerance=1e-10,
        reason=ROUNDING,
        condition="complex output",
    )


def _real_phase_claim(config):
    return Claim(
        id="sensitivity/phase-real-output",
        statement=r"The same for a real output $y = \mathrm{Re}\, x$, as in S4, S5 and the LRU.",
        source="practice: polar coordinates treated alike",
        predicted=np.ones(len(config.phases)),
        measured=_phase_ratios(config, real=True),
        tolerance=1e-10,
        reason=ROUNDING,
        law=r"$\frac{A-P}{A+P}$, $A = \frac{1+\nu^2}{(1-\nu^2)^3}$, $P = \mathrm{Re}\, e^{2i\theta} "
            r"\frac{1+\lambda^2}{(1-\lambda^2)^3}$: none at $\theta = 0$, more than the modulus' near "
            r"$\theta \approx 1-\nu$",
        law_value=[phase_ratio(config.radius, phase) for phase in config.phases],
    )


def _delay_claim(config):
    poles = np.array([equal_pole(K, config.delay) for K in config.depths])
    stacks = [numeric.cascade([pole] * K) for pole, K in zip(poles, config.depths, strict=True)]
    found = np.array([numeric.sensitivity(s).poles.sum() / float(numeric.autocovariance(s, 0)) for s in stacks])
    law = np.array([relative_sensitivity(K, config.delay) for K in config.depths])
    factors = np.array([[speed(name, pole) ** 2 for pole in poles] for name in COORDINATES])
    charts = [parametrization(name) for name in COORDINATES]
    slopes = np.array([chart.derivative(chart.inverse(poles)) for chart in charts])
    return Claim(
        id="sensitivity/fixed-delay",
        statement=rf"At a total delay of {config.delay:g} samples, equal layers, $K = "
                  rf"{listed(config.depths)}$: $\mathrm{{tr}}\,G/V = K V_{{K+1}}/V_K$ falls with depth in "
                  r"$\lambda$, from $5100.6$ to $2366.0$, and rises in $\log(-\log\lambda)$, from $0.495$ to $3.365$.",
        source="new here",
        predicted=(law * factors).ravel(),
        measured=(found * slopes**2).ravel(),
        tolerance=float(16 * max(config.depths) * config.delay * EPS),
        reason=ROUNDING,
    )
