"""Where gradient flow from random and from equal starts comes to rest."""

import numpy as np

from .. import numeric
from ..claims import Claim
from . import saddle_flows as flows
from .saddle_students import direction, generators, tied
from .wording import listed

PAPER = "paper: learning section (Fig. 3A, 5), as quoted in its reviews"
LATE = -8  # of the times: a third of the end


def study(config):
    """Claims and arrays of the ends."""
    times = np.geomspace(1e-5, config.random_time, 60)
    poles = {K: _sorted_poles(config, K, times) for K in config.random_depths}
    law = [1 - tied(config.teacher, K).pole for K in config.random_depths]
    claims = (_smaller_claim(config, poles, law), _plateau_claim(config, law), _end_claim(config, poles[2]),
              _deep_end_claim(config, poles, times), _degenerate_claim(config))
    return claims, {f"random_K{K}": values for K, values in poles.items()} | {"random_times": times}


def _sorted_poles(config, K, times):
    """(seeds, times, K) poles from random starts, ascending."""
    runs = [flows.flow(numeric.cascade([config.teacher]), rng.uniform(0, 1, K), times) for rng in generators(config, K)]
    return np.sort([found.poles for found in runs], axis=-1)


def _smaller_claim(config, poles, law):
    return Claim(
        id="saddle/smaller-eigenvalues",
        statement=r"Deep students learn smaller eigenvalues: the slowest pole of the trained student falls with "
                  rf"depth, to $1-\lambda$ = {', '.join(f'{x:.4f}' for x in law)} for "
                  rf"$K = {listed(config.random_depths)}$ ($\lambda^* = {config.teacher}$, median over random starts).",
        source=PAPER,
        predicted=law,
        measured=[np.median(1 - found[:, -1, -1]) for found in poles.values()],
        tolerance=1 / (config.teacher**2 * config.random_time),
        reason=r"what is left of the algebraic tail at the end, $\sum\mu^2 = 1/(\lambda^{*2}t)$",
        law=r"the slowest pole is the teacher's, $1-\lambda^*$, at every depth",
        law_value=[1 - config.teacher] * len(law),
    )


def _plateau_claim(config, law):
    return Claim(
        id="saddle/smaller-eigenvalues-on-the-plateau",
        statement=r"Deep students learn smaller eigenvalues: from equal starts (asymmetry $10^{-6}$) the poles "
                  rf"stand still at $1-\lambda$ of the tied optimum, $K = {listed(config.random_depths)}$.",
        source=PAPER,
        predicted=law,
        measured=[_visited(config, K) for K in config.random_depths],
        tolerance=1e-2,
        reason=r"read off where the gradient is smallest, where the rest of the approach (rate $h$) equals the "
               r"grown asymmetry (rate $\kappa$): $\delta^{h/(h+\kappa)}$ in units of $1-\lambda$, $\delta = "
               r"10^{-5} \ldots 10^{-4}$ after the way in, $h/\kappa \ge 1.4$",
        condition=r"on the plateau only, for times below $\ln(\delta_c/\delta_0)/\kappa$",
    )


def _visited(config, K):
    """1 − mean pole where the flow from λ = ½ with asymmetry 10⁻⁶ is slowest before the loss has halved."""
    best = tied(config.teacher, K)
    start = 0.5 + 1e-6 * direction(config, K)
    teacher = numeric.cascade([config.teacher])
    found = flows.flow(teacher, start, np.geomspace(1, 1e4, 1500) / best.kappa, level=best.loss / 2)
    at, arrived = flows.landscape(teacher), found.losses < 1.5 * best.loss
    speeds = [np.linalg.norm(flows.at_best_gain(at, poles)[1]) for poles in found.poles[arrived]]
    return 1 - found.poles[arrived][int(np.argmin(speeds))].mean()


def _end_claim(config, poles):
    return Claim(
        id="saddle/end",
        statement=r"Gradient flow ends at $(\lambda^*, 0)$, up to permutation: the largest $|\mu|$ of the second "
                  f"pole of two-layer students over {config.seeds} random starts is $0$.",
        source="new here",
        predicted=0.0,
        measured=np.abs(poles[:, -1, 0]).max(),
        tolerance=1e-8,
        reason="the integrator's tolerance",
        floor=1.0,
    )


def _deep_end_claim(config, poles, times):
    deep, growth = [K for K in config.random_depths if K > 2], []
    for K in deep:
        squares = 1 / np.sum(poles[K][:, [LATE, -1], :-1] ** 2, axis=-1)
        growth.append(np.median(squares[:, 1] - squares[:, 0]) / (config.teacher**2 * (times[-1] - times[LATE])))
    return Claim(
        id="saddle/end-deep",
        statement=r"Deeper students end at $(\lambda^*, 0, \ldots, 0)$ algebraically slowly, "
                  r"$1/\sum_k\mu_k^2$ growing as $\lambda^{*2}t$: its growth over the last two thirds of the run, "
                  rf"to $t = {config.random_time:g}$, median over random starts, $K = {listed(deep)}$.",
        source="new here",
        predicted=np.ones(len(deep)),
        measured=growth,
        tolerance=2 * config.random_time**-0.5,
        reason=r"corrections of relative order $\mu \approx t^{-1/2}$, twice",
    )


def _degenerate_claim(config):
    deep = [K for K in config.depths if K > 1]
    return Claim(
        id="saddle/degenerate",
        statement=r"The minimum of a deep student is degenerate: the Hessian in $(\lambda, g)$ at "
                  r"$(\lambda^*, 0, \ldots, 0)$ has $K-2$ zero eigenvalues, "
                  rf"$K = {listed(deep)}$.",
        source="new here",
        predicted=[K - 2 for K in deep],
        measured=[_flat_directions(config.teacher, K) for K in deep],
        tolerance=0.0,
        floor=1.0,
        reason=r"a count of eigenvalues below $10^{-8}$ of the next larger one",
    )


def _flat_directions(pole, K):
    """Eigenvalues of the Hessian at (λ*, 0, …, 0) that vanish."""
    poles = np.zeros(K)
    poles[0] = pole
    eigenvalues = np.abs(np.linalg.eigvalsh(flows.hessian(numeric.cascade([pole]), poles, 1.0)))
    return int((eigenvalues < 1e-8).sum())
