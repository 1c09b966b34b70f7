"""The eigenvalues that a deep student learns: a plateau at a saddle, the escape from it, and where it ends."""

from dataclasses import asdict, dataclass, replace

import numpy as np
from scipy.integrate import solve_ivp

from .. import numeric
from ..claims import Claim, Curve, Panel, Result
from ..kernels import population as kernel
from . import saddle_flows as flows
from . import saddle_laws as laws
from . import saddle_natural as natural

FULL_MINUTES = 2
PAPER = "paper: learning section (Fig. 3A, 5), as quoted in its reviews"
INTEGRATOR = r"the integrator's tolerance of $10^{-8}$ a step, over some hundred steps, in units of $1/\kappa$"


@dataclass(frozen=True)
class Config:
    """One-layer teachers 1/(1 − λ*z⁻¹), students g/Π(1 − λ_k z⁻¹) of K layers; white input, L = ½E|y_S − y_T|²."""

    teachers: tuple[float, ...] = (0.9, 0.99, 0.999)
    depths: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 12)
    teacher: float = 0.99
    escape_depths: tuple[int, ...] = (2, 3, 6, 12)
    asymmetries: tuple[float, ...] = (1e-3, 1e-5)
    slow_teachers: tuple[float, ...] = (1 - 1e-3, 1 - 1e-4)
    random_depths: tuple[int, ...] = (2, 3, 6)
    random_time: float = 300.0
    tail_teacher: float = 0.9
    tail_depths: tuple[int, ...] = (3, 4, 6)
    tail_time: float = 1e5
    natural: tuple[float, ...] = (1e-3, 1e-4, 1e-5)
    descent_depths: tuple[int, ...] = (2, 3, 4)
    gains_depth: int = 3
    seeds: int = 10
    seed: int = 4

    @classmethod
    def full(cls):
        """More seeds, smaller asymmetries, deeper students."""
        return replace(cls(), seeds=40, asymmetries=(1e-3, 1e-4, 1e-5, 1e-6), random_depths=(2, 3, 4, 5, 6, 12),
                       descent_depths=(2, 3, 4, 5, 6), natural=(1e-3, 3e-4, 1e-4, 3e-5, 1e-5), tail_time=1e6,
                       tail_depths=(3, 4, 5, 6))  # fmt: skip


def run(config, progress):
    """Closed forms of the tied saddle against the population loss, its Hessian and its flows."""
    saddle, saddle_arrays = _saddle(config)
    progress(0.1)
    escape, escape_arrays = _escape(config)
    progress(0.5)
    ends, ends_arrays = _ends(config)
    progress(0.65)
    tail, tail_arrays = _tail(config)
    progress(0.75)
    metric, metric_arrays = _natural(config)
    descent, descent_arrays = _descent(config)
    progress(0.95)
    trained, trained_arrays = _trained_gains(config)
    arrays = (saddle_arrays | escape_arrays | ends_arrays | tail_arrays | metric_arrays | descent_arrays
              | trained_arrays)  # fmt: skip
    return Result(
        name="saddle",
        title="Which eigenvalues does a deep student learn? A saddle, and what it costs",
        summary=(
            r"Equal poles are a trap of measure zero but of real cost: the best student with $K$ equal poles has "
            r"$1-\lambda = (2K-1)(1-\lambda^*)$, and there the loss is a saddle with $K-1$ ways out, all of them "
            r"at the same rate $\kappa$. Gradient flow leaves after $\ln(\delta_c/\delta_0)/\kappa$, $\delta_0$ the "
            r"asymmetry of the start, and ends at $(\lambda^*, 0, \ldots, 0)$: what deep students learn is the "
            r"teacher's eigenvalue, and the smaller eigenvalues are seen on the plateau only. "
            "For practice: start layers at different poles, do not stop at the first flat stretch of the loss, and "
            r"expect a plateau that grows as $K^3$ steps at a fixed stable learning rate; natural gradient passes it "
            "at no cost. From three layers on the minimum is degenerate, so the loss falls only as $1/t^2$."
        ),
        config=asdict(config),
        arrays=arrays,
        panels=_panels(config, arrays),
        claims=(*saddle, *escape, *ends, *tail, *metric, *descent, *trained),
        formulas=(
            ("The tied optimum of a slow teacher", r"1-\lambda \to (2K-1)(1-\lambda^*), \quad \lambda^* \to 1"),
            ("Its Hessian where the mean of the poles stays", r"-\kappa I, \quad \kappa = -\langle E, H w^2\rangle, "
             r"\quad w = \frac{z^{-1}}{1-\lambda z^{-1}}"),
            ("The escape", r"t = \frac{1}{\kappa}\ln\frac{\delta_c}{\delta_0}"),
            ("The end, three layers or more", r"L \to \frac{1}{8\lambda^{*2}t^2}"),
            ("Curvature along equal poles", r"\frac{h}{\kappa} \to \frac{K+1}{K-1}, \quad \lambda^* \to 1"),
            ("Steps for an e-fold of asymmetry, at a step of one over the sharpness of the minimum",
             r"\frac{K^2(K+1)(2K-1)}{(K-1)\,c_K}, \quad c_K = \frac{2(K-1)!^2(4K-2)^{2K-1}}{(2K)^{2K}(2K-2)!}"),
        ),
    )  # fmt: skip


def one_layer(pole):
    """The teacher as a numeric stack."""
    return numeric.cascade([pole])


def _seeds(config, K):
    return [np.random.default_rng([config.seed, K, n]) for n in range(config.seeds)]


# --- The plateau and its Hessian ------------------------------------------------------------------------------------


def _saddle(config):
    deep = [K for K in config.depths if K > 1]
    cases = [(pole, K) for pole in config.teachers for K in deep]
    law = [laws.tied(laws.one_layer(pole), K) for pole, K in cases]
    found = [flows.tied_plateau(one_layer(pole), K) for pole, K in cases]
    spectra = [np.linalg.eigvalsh(flows.hessian(one_layer(pole), np.full(K, best.pole), best.gain))
               for (pole, K), best in zip(cases, law, strict=True)]
    kappas = [flows.parting_rates(one_layer(pole), np.full(K, best.pole), best.gain)
              for (pole, K), best in zip(cases, law, strict=True)]
    slow = {pole: [flows.tied_plateau(one_layer(pole), K)[0] for K in deep] for pole in config.slow_teachers}
    ratios = np.array([[(1 - x) / (1 - pole) for x in slow[pole]] for pole in config.slow_teachers])
    limit, change = _limit(ratios, [1 - pole for pole in config.slow_teachers])
    rates = np.array([[laws.tied(laws.one_layer(pole), K).kappa / laws.kappa_limit(pole, K) for K in deep]
                      for pole in config.slow_teachers])
    measured = np.array([_hessian_rate(config.slow_teachers[-1], K) for K in deep])
    claims = (
        Claim(
            id="saddle/plateau",
            statement=r"The best student with $K$ equal poles is at the $\lambda$ and the loss of the closed form, for "
                      rf"teachers $\lambda^* = {_list(config.teachers)}$ and $K = {_list(deep)}$: $1-\lambda$, $L$.",
            source="new here",
            predicted=[x for best in law for x in (1 - best.pole, best.loss)],
            measured=[x for pole, _, loss in found for x in (1 - pole, loss)],
            tolerance=1e-8,
            reason=r"a root found to $10^{-14}$ by a gradient whose terms are $10^4$ times larger than itself",
        ),
        Claim(
            id="saddle/plateau-law",
            statement=r"The plateau of a slow teacher is at $1-\lambda \to (2K-1)(1-\lambda^*)$ as $\lambda^* \to 1$, "
                      rf"for $K = {_list(deep)}$.",
            source="new here",
            predicted=[2 * K - 1 for K in deep],
            measured=limit,
            tolerance=float(np.max(np.abs(change) / limit)),
            reason=r"the correction of the extrapolation in $1-\lambda^*$; what is left is its square",
            condition=r"$\lambda^* \to 1$, $K(1-\lambda^*) \ll 1$, white input",
        ),
        Claim(
            id="saddle/index",
            statement=r"Equal poles are a local minimum: the Hessian in $(\lambda_1, \ldots, \lambda_K, g)$ has no "
                      rf"negative eigenvalue at the tied optimum, at each teacher and $K = {_list(deep)}$.",
            source="practitioner: a flat loss is taken for convergence",
            predicted=[0 for _ in cases],
            measured=[int((spectrum < 0).sum()) for spectrum in spectra],
            tolerance=0.0,
            floor=1.0,
            reason="a count",
            law=r"a saddle of index $K-1$ at every depth",
            law_value=[K - 1 for _, K in cases],
        ),
        Claim(
            id="saddle/kappa",
            statement=r"All $K-1$ negative eigenvalues are equal, $-\kappa$ with $\kappa = -\langle E, H w^2 \rangle$: "
                      "the smallest and the largest of them, at each teacher and depth.",
            source="new here",
            predicted=[best.kappa for best in law for _ in range(2)],
            measured=[x for values in kappas for x in (values.min(), values.max())],
            tolerance=1e-8,
            reason=r"rounding of the Hessian at fixed gain, whose largest eigenvalue is up to $10^6\kappa$",
        ),
        Claim(
            id="saddle/kappa-law",
            statement=r"As $\lambda^* \to 1$, $\kappa \to c_K \|H_T\|^2 \frac{K-1}{4K^2(K+1)(2K-1)(1-\lambda^*)^2}$: "
                      rf"the ratio at $1-\lambda^* = {1 - config.slow_teachers[-1]:.0e}$, $K = {_list(deep)}$.",
            source="new here",
            predicted=np.ones(len(deep)),
            measured=measured / [laws.kappa_limit(config.slow_teachers[-1], K) for K in deep],
            tolerance=float(np.max(np.abs(rates[0] - rates[1]))) / 4,
            reason=r"the closed form moves by this between the two slowest teachers, ten times apart; a ninth of it is "
                   "left, and half as much again for the next order",
            condition=r"$\lambda^* \to 1$, $K(1-\lambda^*) \ll 1$, white input",
        ),
    )  # fmt: skip
    arrays = {"teachers": np.array(config.teachers), "depths": np.array(deep),
              "plateau": np.array([x for x, _, _ in found]).reshape(len(config.teachers), -1),
              "kappa": np.array([values.mean() for values in kappas]).reshape(len(config.teachers), -1)}  # fmt: skip
    return claims, arrays


def _hessian_rate(pole, K):
    best = laws.tied(laws.one_layer(pole), K)
    return flows.parting_rates(one_layer(pole), np.full(K, best.pole), best.gain).mean()


def _limit(values, steps):
    """The limit at step 0 of v + a·step from two steps, and what the extrapolation added to the finer value."""
    coarse, fine = values
    change = (fine - coarse) * steps[1] / (steps[0] - steps[1])
    return fine + change, change


def _list(values):
    return ", ".join(f"{value:g}" for value in values)


# --- The escape -----------------------------------------------------------------------------------------------------


def _escape(config):
    teacher, pole = one_layer(config.teacher), config.teacher
    times, spreads = {}, []
    for K in config.escape_depths:
        best = laws.tied(laws.one_layer(pole), K)
        starts = [best.pole + size * direction for direction in (flows.balanced(rng, K) for rng in _seeds(config, K))
                  for size in config.asymmetries]
        found = flows.half_times(teacher, starts, best.loss / 2, 80 / best.kappa)
        times[K] = found.reshape(config.seeds, -1)
    decades = np.log10(config.asymmetries[0] / config.asymmetries[-1])
    slopes = {K: (t[:, -1] - t[:, 0]) / decades for K, t in times.items()}
    predicted = np.array([np.log(10) / laws.tied(laws.one_layer(pole), K).kappa for K in config.escape_depths])
    spreads = [np.ptp(slopes[K]) / np.median(slopes[K]) for K in config.escape_depths]
    second_order = config.asymmetries[0] / (1 - laws.tied(laws.one_layer(pole), config.escape_depths[0]).pole)
    claims = (
        Claim(
            id="saddle/escape",
            statement=r"Ten times less asymmetry $\delta_0$ costs $\ln 10/\kappa$ more time, whatever the direction: "
                      rf"median over {config.seeds} random directions, $\lambda^* = {pole}$, "
                      rf"$K = {_list(config.escape_depths)}$.",
            source="new here",
            predicted=predicted,
            measured=[np.median(slopes[K]) for K in config.escape_depths],
            tolerance=second_order,
            reason=r"the largest $\delta_0$ in units of the plateau's $1-\lambda$: so far the linear regime holds",
        ),
        Claim(
            id="saddle/escape-spread",
            statement="All directions out of the saddle are alike: the slowest and the fastest of the random "
                      r"directions pay the same per decade; their difference relative to the median is $0$.",
            source="new here",
            predicted=np.zeros(len(spreads)),
            measured=spreads,
            tolerance=2 * second_order,
            reason=r"twice the largest $\delta_0$ in units of the plateau's $1-\lambda$",
            floor=1.0,
        ),
        Claim(
            id="saddle/patience",
            statement="Waiting longer helps in proportion: a start a hundred times more symmetric stays on the plateau "
                      rf"a hundred times as long (ratio of median times, $K = {_list(config.escape_depths)}$).",
            source="practitioner",
            predicted=np.full(len(times), 10**decades),
            measured=[np.median(t[:, -1]) / np.median(t[:, 0]) for t in times.values()],
            tolerance=second_order,
            reason=r"as for the slope",
            law=r"only $\ln(100)/\kappa$ longer: $1 + \ln(100)/(\kappa t_1)$",
            law_value=[1 + decades * p / np.median(t[:, 0]) for p, t in zip(predicted, times.values(), strict=True)],
        ),
    )  # fmt: skip
    return claims, {f"escape_K{K}": t for K, t in times.items()} | {"asymmetries": np.array(config.asymmetries)}


# --- Where it ends --------------------------------------------------------------------------------------------------


def _ends(config):
    teacher, pole, arrays, slowest, left = one_layer(config.teacher), config.teacher, {}, [], []
    times = np.geomspace(1e-5, config.random_time, 60)
    late = -8  # a third of the end
    for K in config.random_depths:
        runs = [flows.flow(teacher, rng.uniform(0, 1, K), times) for rng in _seeds(config, K)]
        poles = np.sort([found.poles for found in runs], axis=-1)
        arrays[f"random_K{K}"] = poles
        slowest.append(np.median(1 - poles[:, -1, -1]))
        if K > 2:
            squares = 1 / np.sum(poles[:, [late, -1], :-1] ** 2, axis=-1)
            left.append(np.median(squares[:, 1] - squares[:, 0]) / (pole**2 * (times[-1] - times[late])))
        else:
            pair = np.abs(poles[:, -1, 0]).max()
    tied = [1 - laws.tied(laws.one_layer(pole), K).pole for K in config.random_depths]
    visited = [_visited(config, K) for K in config.random_depths]
    zeros = [_flat_directions(pole, K) for K in config.depths if K > 1]
    deep = [K for K in config.random_depths if K > 2]
    claims = (
        Claim(
            id="saddle/smaller-eigenvalues",
            statement=r"Deep students learn smaller eigenvalues: the slowest pole of the trained student falls with "
                      rf"depth, to $1-\lambda$ = {', '.join(f'{x:.4f}' for x in tied)} for "
                      rf"$K = {_list(config.random_depths)}$ ($\lambda^* = {pole}$, median over random starts).",
            source=PAPER,
            predicted=tied,
            measured=slowest,
            tolerance=1 / (pole**2 * config.random_time),
            reason=r"what is left of the algebraic tail at the end, $\sum\mu^2 = 1/(\lambda^{*2}t)$",
            law=r"the slowest pole is the teacher's, $1-\lambda^*$, at every depth",
            law_value=[1 - pole] * len(tied),
        ),
        Claim(
            id="saddle/smaller-eigenvalues-on-the-plateau",
            statement=r"Deep students learn smaller eigenvalues: from equal starts (asymmetry $10^{-6}$) the poles "
                      rf"stand still at $1-\lambda$ of the tied optimum, $K = {_list(config.random_depths)}$.",
            source=PAPER,
            predicted=tied,
            measured=visited,
            tolerance=1e-2,
            reason=r"read off where the gradient is smallest, where the rest of the approach (rate $h$) equals the "
                   r"grown asymmetry (rate $\kappa$): $\delta^{h/(h+\kappa)}$ in units of $1-\lambda$, $\delta = "
                   r"10^{-5} \ldots 10^{-4}$ after the way in, $h/\kappa \ge 1.4$",
            condition=r"on the plateau only, for times below $\ln(\delta_c/\delta_0)/\kappa$",
        ),
        Claim(
            id="saddle/end",
            statement=r"Gradient flow ends at $(\lambda^*, 0)$, up to permutation: the largest $|\mu|$ of the second "
                      f"pole of two-layer students over {config.seeds} random starts is $0$.",
            source="new here",
            predicted=0.0,
            measured=pair,
            tolerance=1e-8,
            reason="the integrator's tolerance",
            floor=1.0,
        ),
        Claim(
            id="saddle/end-deep",
            statement=r"Deeper students end at $(\lambda^*, 0, \ldots, 0)$ algebraically slowly, "
                      r"$1/\sum_k\mu_k^2$ growing as $\lambda^{*2}t$: its growth over the last two thirds of the run, "
                      rf"to $t = {config.random_time:g}$, median over random starts, $K = {_list(deep)}$.",
            source="new here",
            predicted=np.ones(len(deep)),
            measured=left,
            tolerance=2 * config.random_time**-0.5,
            reason=r"corrections of relative order $\mu \approx t^{-1/2}$, twice",
        ),
        Claim(
            id="saddle/degenerate",
            statement=r"The minimum of a deep student is degenerate: the Hessian in $(\lambda, g)$ at "
                      r"$(\lambda^*, 0, \ldots, 0)$ has $K-2$ zero eigenvalues, "
                      rf"$K = {_list([K for K in config.depths if K > 1])}$.",
            source="new here",
            predicted=[K - 2 for K in config.depths if K > 1],
            measured=zeros,
            tolerance=0.0,
            floor=1.0,
            reason=r"a count of eigenvalues below $10^{-8}$ of the next larger one",
        ),
    )  # fmt: skip
    return claims, arrays | {"random_times": times}


def _visited(config, K):
    """1 − mean pole where the flow from λ = ½ with asymmetry 10⁻⁶ is slowest before the loss has halved."""
    best = laws.tied(laws.one_layer(config.teacher), K)
    start = 0.5 + 1e-6 * flows.balanced(np.random.default_rng([config.seed, K]), K)
    teacher = one_layer(config.teacher)
    found = flows.flow(teacher, start, np.geomspace(1, 1e4, 1500) / best.kappa, level=best.loss / 2)
    at, arrived = flows.landscape(teacher), found.losses < 1.5 * best.loss
    speeds = [np.linalg.norm(flows.at_best_gain(at, poles)[1]) for poles in found.poles[arrived]]
    return 1 - found.poles[arrived][int(np.argmin(speeds))].mean()


def _flat_directions(pole, K):
    """Eigenvalues of the Hessian at (λ*, 0, …, 0) that vanish."""
    poles = np.zeros(K)
    poles[0] = pole
    eigenvalues = np.abs(np.linalg.eigvalsh(flows.hessian(one_layer(pole), poles, 1.0)))
    return int((eigenvalues < 1e-8).sum())


def _tail(config):
    pole, arrays, measured, moved = config.tail_teacher, {}, [], []
    times = np.geomspace(1e1, config.tail_time, 4 * int(np.log10(config.tail_time) - 1) + 1)
    for K in config.tail_depths:
        starts = [np.append(0.95 * pole, rng.uniform(-0.3, 0.3, K - 1)) for rng in _seeds(config, K)]
        losses = np.array([flows.flow(one_layer(pole), start, times).losses for start in starts])
        arrays[f"tail_K{K}"] = losses
        ratio = np.median(losses / laws.algebraic_tail(pole, times, 2), axis=0)
        measured.append(ratio[-1])
        moved.append(abs(ratio[-1] - ratio[-5]))
    claim = Claim(
        id="saddle/algebraic-tail",
        statement=r"Near the end the loss falls exponentially, as at any minimum: from the last tenth of the run to "
                  r"its end, relative to $1/(8\lambda^{*2}t^2)$, nothing is left of it "
                  rf"($K = {_list(config.tail_depths)}$, medians of {config.seeds} starts).",
        source="practitioner",
        predicted=np.zeros(len(measured)),
        measured=measured,
        tolerance=max(moved),
        reason="the change of the ratio over the last tenfold of time; what is left falls at least as $t^{-1/2}$, so "
               "it is less than half of that",
        floor=1.0,
        law=r"from three layers on the minimum is degenerate: $L \to 1/(8\lambda^{*2}t^2)$, a ratio of $1$",
        law_value=np.ones(len(measured)),
    )  # fmt: skip
    return (claim,), arrays | {"tail_times": times}


# --- Natural gradient, steps, trained gains -------------------------------------------------------------------------


def _natural(config):
    predicted = natural.time_from_tied(config.teacher, 0.5)
    measured = [natural.time_from_asymmetry(one_layer(config.teacher), size, 0.5) for size in config.natural]
    claim = Claim(
        id="saddle/natural-gradient",
        statement=r"Natural gradient pays no logarithm: the time to halve the plateau's loss is the same for "
                  rf"asymmetries $\delta_0 = {_list(config.natural)}$: that of the flow in section coefficients from "
                  "the tied point itself.",
        source="new here",
        predicted=np.full(len(measured), predicted),
        measured=measured,
        tolerance=1e-3,
        reason=r"$\delta_0^2$ in units of the $(1-\lambda)^2$ over which the poles part: $10^{-3}$ at most",
    )  # fmt: skip
    return (claim,), {"natural_asymmetries": np.array(config.natural), "natural_times": np.array(measured)}


def _descent(config):
    """Gradient descent at a step of one over the sharpness of the minimum, which is what a fixed step must respect."""
    pole, measured, predicted = config.teacher, [], []
    for K in config.descent_depths:
        teacher, best = laws.one_layer(pole), laws.tied(laws.one_layer(pole), K)
        rate = (1 - pole**2) ** 3
        direction = flows.balanced(np.random.default_rng([config.seed, K]), K)
        steps = [_steps(pole, best, size * direction, rate) for size in (1e-3, 1e-4)]
        measured.append(steps[1] - steps[0])
        predicted.append(np.log(10) / np.log1p(rate * laws.parting(teacher, best.pole, best.gain, K)))
    depths = (2, 3, 6, 12)
    limit = [((K + 1) / (K - 1)) for K in depths]
    slow = config.slow_teachers[-1]
    ratio = [_tied_curvature(slow, K) / _hessian_rate(slow, K) for K in depths]
    coarse = [laws.tied_curvature(laws.one_layer(config.slow_teachers[0]), K)
              / laws.tied(laws.one_layer(config.slow_teachers[0]), K).kappa for K in depths]
    claims = (
        Claim(
            id="saddle/steps-per-decade",
            statement=r"With a step of one over the sharpness $(1-\lambda^{*2})^{-3}$ of the minimum, ten times less "
                      r"asymmetry costs $\ln 10/\ln(1+\eta\kappa)$ more steps of gradient descent, "
                      rf"$\lambda^* = {pole}$, $K = {_list(config.descent_depths)}$.",
            source="new here",
            predicted=predicted,
            measured=measured,
            tolerance=max(1e-3 / (1 - laws.tied(laws.one_layer(pole), 2).pole), 2 / min(predicted)),
            reason=r"a count is exact to two steps, and the linear regime to $\delta_0$ in units of the plateau's "
                   r"$1-\lambda$",
        ),
        Claim(
            id="saddle/slow-teachers-cost-more",
            statement="The slower the teacher, the stiffer the plateau: the ratio of the curvature along equal poles "
                      r"to $\kappa$ grows as $1/(1-\lambda^*)$, tenfold from $0.9$ to $0.99$ and so on "
                      rf"(ratio at $1-\lambda^* = {1 - slow:.0e}$ over the limit law, $K = {_list(depths)}$).",
            source="practitioner",
            predicted=[0.1 / (1 - slow)] * len(depths),
            measured=np.array(ratio) / limit,
            tolerance=float(np.max(np.abs(np.array(coarse) / limit - 1))),
            reason=r"how far the closed form is from its limit at ten times the $1-\lambda^*$",
            law=r"it does not depend on the teacher: $h/\kappa \to (K+1)/(K-1)$, so at its best step the plateau "
                "itself costs a few steps an e-fold at any time scale",
            law_value=np.ones(len(depths)),
        ),
    )  # fmt: skip
    return claims, {"steps_per_decade": np.array(measured), "steps_law": np.array(predicted)}


def _steps(pole, best, offset, rate):
    """Steps of gradient descent at the best gain until the loss has halved."""
    at, poles = flows.landscape(one_layer(pole)), best.pole + offset
    step = 0
    while True:
        loss, gradient, _ = flows.at_best_gain(at, poles)
        if loss <= best.loss / 2:
            return step
        poles = poles - rate * gradient
        step += 1


def _tied_curvature(pole, K):
    """Along (1, …, 1)/√K at the tied optimum, the gain following: a difference quotient of the engine's gradient."""
    at, best = flows.landscape(one_layer(pole)), laws.tied(laws.one_layer(pole), K)
    step = 1e-4 * (1 - best.pole)
    high, low = (np.mean(flows.at_best_gain(at, np.full(K, best.pole + sign * step))[1]) for sign in (1, -1))
    return (high - low) / (2 * step)


def _trained_gains(config):
    """All of λ, b, c trained at one rate from b = c = 1, equal layers but for δ_0 = 1e-9."""
    pole, K, size = config.teacher, config.gains_depth, 1e-9
    teacher, start, end = laws.one_layer(pole), 0.5, 0.3

    def tied_velocity(_, state):
        """λ, β with g = β^{2K}, and ∫κ."""
        x, beta, _ = state
        gain = beta ** (2 * K)
        energy = laws.energy(x, K)
        by_pole = gain**2 * energy * laws.energy_slope(x, K) / (2 * K) - gain * teacher.overlap(x, K + 1, lag=1)
        by_gain = gain * energy - teacher.overlap(x, K)
        return [-by_pole, -by_gain * gain / beta, laws.parting(teacher, x, gain, K)]

    path = solve_ivp(tied_velocity, (0, end), [start, 1.0, 0.0], "LSODA", rtol=1e-10, atol=1e-12, dense_output=True)
    times = np.interp(np.arange(1, 9), path.y[2], path.t)
    law = path.sol(times)
    direction = flows.balanced(np.random.default_rng(config.seed), K)
    target = tuple(np.array(part) for part in ([pole], [1.0], [1.0], []))

    def velocity(_, state):
        out = np.empty((4, K))
        kernel.gradient(*(np.array(part) for part in np.split(state, 3)), *target, 1.0, False, False, out)
        return -out[:3].ravel()

    initial = np.concatenate([start + size * direction, np.ones(2 * K)])
    found = solve_ivp(velocity, (0, times[-1]), initial, "LSODA", times, rtol=1e-11, atol=1e-16).y
    growth = np.log(np.std(found[:K], axis=0) / np.std(size * direction))
    claim = Claim(
        id="saddle/trained-gains",
        statement=r"With the gains $b$, $c$ trained along, from $b = c = 1$, the law holds on the way: "
                  r"$\ln(\delta/\delta_0) = \int \kappa\,dt$ along the path of equal poles, at "
                  rf"$t = {times[0]:.3f} \ldots {times[-1]:.3f}$, $K = {K}$, $\lambda^* = {pole}$.",
        source="new here",
        predicted=law[2],
        measured=growth,
        tolerance=1e-4,
        reason=r"the integrator's relative tolerance of $10^{-11}$ of a pole against an asymmetry of $10^{-9}$ that "
               r"has grown, and $\delta/\delta_0$ still linear",
        floor=1.0,
    )  # fmt: skip
    return (claim,), {"gains_times": times, "gains_growth": growth, "gains_law": law[2], "gains_poles": law[0]}


# --- Panels ---------------------------------------------------------------------------------------------------------


def _panels(config, arrays):
    return (_trajectories(config), _escape_panel(config, arrays), _random_panel(config, arrays),
            _tail_panel(config, arrays), _kappa_panel(config, arrays))  # fmt: skip


def _trajectories(config):
    """Slowest pole from almost equal starts, twice as far from 1 as the tied optimum."""
    curves, pole = [], config.teacher
    times = np.linspace(0.05, 24, 200)
    for group, K in enumerate((2, 4, 6)):
        best = laws.tied(laws.one_layer(pole), K)
        start = 2 * best.pole - 1 + 1e-6 * flows.balanced(np.random.default_rng([config.seed, K]), K)
        found = flows.flow(one_layer(pole), start, times / best.kappa)
        curves += [Curve(times, 1 - found.poles.max(axis=1), f"K = {K}", group=group),
                   Curve(times[[0, -1]], np.full(2, 1 - best.pole), style="dashed", group=group)]
    return Panel("A plateau at smaller eigenvalues, then the teacher's", r"time $\times\,\kappa$",
                 r"$1 - \max_k \lambda_k$", tuple(curves), "linear", "log",
                 note=f"λ* = {pole}, poles equal to 1e-6 at the start; dashed: tied optima")  # fmt: skip


def _escape_panel(config, arrays):
    curves, sizes = [], np.array(config.asymmetries)
    fine = np.geomspace(sizes.min(), sizes.max(), 50)
    for group, K in enumerate(config.escape_depths):
        kappa = laws.tied(laws.one_layer(config.teacher), K).kappa
        t = arrays[f"escape_K{K}"] * kappa
        middle = np.median(t, axis=0)
        curves += [Curve(fine, middle[0] + np.log(sizes[0] / fine), f"K = {K}", group=group),
                   Curve(sizes, middle, "", "markers", t.min(axis=0), t.max(axis=0), group=group)]
    return Panel("The price of symmetry", r"asymmetry of the start $\delta_0$",
                 r"time to halve the loss $\times\,\kappa$", tuple(curves), "log",
                 note=f"λ* = {config.teacher}; lines: one e-fold costs 1/κ; markers: all directions")  # fmt: skip


def _random_panel(config, arrays):
    curves, times = [], arrays["random_times"]
    for group, K in enumerate(config.random_depths):
        slowest = 1 - arrays[f"random_K{K}"][:, :, -1]
        low, middle, high = np.quantile(slowest, [0.1, 0.5, 0.9], axis=0)
        curves.append(Curve(times, middle, f"K = {K}", "line", low, high, group=group))
    curves.append(Curve(times[[0, -1]], np.full(2, 1 - config.teacher), "teacher", "dashed", group=6))
    return Panel("Random starts: the slowest pole", "time (gradient flow)", r"$1 - \max_k \lambda_k$", tuple(curves),
                 "log", "log", note=f"{config.seeds} seeds: median and 10–90 %")  # fmt: skip


def _tail_panel(config, arrays):
    curves, times = [], arrays["tail_times"]
    for group, K in enumerate(config.tail_depths):
        low, middle, high = np.quantile(arrays[f"tail_K{K}"], [0.1, 0.5, 0.9], axis=0)
        curves.append(Curve(times, middle, f"K = {K}", "markers", low, high, group=group))
    law = laws.algebraic_tail(config.tail_teacher, times, 2)
    curves.append(Curve(times, law, r"$1/(8\lambda^{*2}t^2)$", group=6))
    return Panel("The end is degenerate", "time (gradient flow)", "loss", tuple(curves), "log", "log",
                 note=f"λ* = {config.tail_teacher}")  # fmt: skip


def _kappa_panel(config, arrays):
    curves, depths = [], arrays["depths"]
    for group, (pole, kappa) in enumerate(zip(config.teachers, arrays["kappa"], strict=True)):
        law = [laws.tied(laws.one_layer(pole), K).kappa for K in depths.tolist()]
        scale = (1 - pole) ** 3
        curves += [Curve(depths, np.array(law) * scale, f"λ* = {pole}", group=group),
                   Curve(depths, kappa * scale, "", "markers", group=group)]
    return Panel("The rate of escape", "depth K", r"$\kappa\,(1-\lambda^*)^3$", tuple(curves), "log", "log",
                 note="lines: closed form, markers: eigenvalues of the Hessian")  # fmt: skip
