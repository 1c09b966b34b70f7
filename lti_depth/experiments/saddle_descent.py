"""The plateau in steps: natural gradient passes it at no cost, gradient descent at a cost that no teacher changes."""

import numpy as np

from .. import numeric
from ..claims import Claim
from . import saddle_flows as flows
from . import saddle_laws as laws
from . import saddle_natural as natural
from .saddle_plateau import parting_rates
from .saddle_students import direction, tied
from .wording import listed


def study(config):
    """Claims and arrays of natural gradient and of gradient descent."""
    times = [natural.time_from_asymmetry(numeric.cascade([config.teacher]), size, 0.5) for size in config.natural]
    steps, law = map(np.array, zip(*(_steps_per_decade(config, K) for K in config.descent_depths), strict=True))
    claims = _natural_claim(config, times), _steps_claim(config, steps, law), _stiffness_claim(config)
    return claims, {
        "natural_asymmetries": np.array(config.natural), "natural_times": np.array(times),
        "steps_per_decade": steps, "steps_law": law,
    }  # fmt: skip


def _natural_claim(config, times):
    return Claim(
        id="saddle/natural-gradient",
        statement=r"Natural gradient pays no logarithm: the time to halve the plateau's loss is the same for "
                  rf"asymmetries $\delta_0 = {listed(config.natural)}$: that of the flow in section coefficients from "
                  "the tied point itself.",
        source="new here",
        predicted=np.full(len(times), natural.time_from_tied(config.teacher, 0.5)),
        measured=times,
        tolerance=1e-3,
        reason=r"$\delta_0^2$ in units of the $(1-\lambda)^2$ over which the poles part: $10^{-3}$ at most",
    )


def _steps_per_decade(config, K):
    """Steps that ten times less asymmetry costs, counted and by law.

    At a rate of one over the sharpness of the minimum, which is what a fixed step must respect.
    """
    pole, best = config.teacher, tied(config.teacher, K)
    rate = (1 - pole**2) ** 3
    many, more = (_steps(pole, best, size * direction(config, K), rate) for size in (1e-3, 1e-4))
    law = np.log(10) / np.log1p(rate * laws.parting(laws.one_layer(pole), best.pole, best.gain, K))
    return more - many, law


def _steps(pole, best, offset, rate):
    """Steps of gradient descent at the best gain until the loss has halved."""
    at, poles = flows.landscape(numeric.cascade([pole])), best.pole + offset
    step = 0
    while True:
        loss, gradient, _ = flows.at_best_gain(at, poles)
        if loss <= best.loss / 2:
            return step
        poles = poles - rate * gradient
        step += 1


def _steps_claim(config, steps, law):
    return Claim(
        id="saddle/steps-per-decade",
        statement=r"With a step of one over the sharpness $(1-\lambda^{*2})^{-3}$ of the minimum, ten times less "
                  r"asymmetry costs $\ln 10/\ln(1+\eta\kappa)$ more steps of gradient descent, "
                  rf"$\lambda^* = {config.teacher}$, $K = {listed(config.descent_depths)}$.",
        source="new here",
        predicted=law,
        measured=steps,
        tolerance=max(1e-3 / (1 - tied(config.teacher, 2).pole), 2 / min(law)),
        reason=r"a count is exact to two steps, and the linear regime to $\delta_0$ in units of the plateau's "
               r"$1-\lambda$",
    )


def _stiffness_claim(config):
    depths, slow, teacher = (2, 3, 6, 12), config.slow_teachers[-1], laws.one_layer(config.slow_teachers[0])
    limit = [(K + 1) / (K - 1) for K in depths]
    ratio = np.array([_tied_curvature(slow, K) / parting_rates(slow, K).mean() for K in depths])
    coarse = np.array([laws.tied_curvature(teacher, K) / laws.tied(teacher, K).kappa for K in depths])
    return Claim(
        id="saddle/slow-teachers-cost-more",
        statement="The slower the teacher, the stiffer the plateau: the ratio of the curvature along equal poles "
                  r"to $\kappa$ grows as $1/(1-\lambda^*)$, tenfold from $0.9$ to $0.99$ and so on "
                  rf"(ratio at $1-\lambda^* = {1 - slow:.0e}$ over the limit law, $K = {listed(depths)}$).",
        source="practitioner",
        predicted=[0.1 / (1 - slow)] * len(depths),
        measured=ratio / limit,
        tolerance=float(np.max(np.abs(coarse / limit - 1))),
        reason=r"how far the closed form is from its limit at ten times the $1-\lambda^*$",
        law=r"it does not depend on the teacher: $h/\kappa \to (K+1)/(K-1)$, so at its best step the plateau "
            "itself costs a few steps an e-fold at any time scale",
        law_value=np.ones(len(depths)),
    )


def _tied_curvature(pole, K):
    """Along (1, …, 1)/√K at the tied optimum, the gain following: a difference quotient of the engine's gradient."""
    at, best = flows.landscape(numeric.cascade([pole])), tied(pole, K)
    step = 1e-4 * (1 - best.pole)
    high, low = (np.mean(flows.at_best_gain(at, np.full(K, best.pole + sign * step))[1]) for sign in (1, -1))
    return (high - low) / (2 * step)
