"""How strongly the output answers to the poles: against memory, depth, coordinates, and what learning makes of it."""

from dataclasses import asdict, dataclass, replace

import numpy as np

from .. import numeric
from ..claims import Claim, Curve, Panel, Result
from ..learning import ensembles, population
from ..learning.optimizers import Adam, GradientDescent
from ..parametrizations import parametrization
from . import exact
from .deep_wide import residues
from .montecarlo import ar1_noise, estimate
from .sensitivity_laws import (
    curvatures,
    deep_derivatives,
    equal_pole,
    flow_steps,
    layer_correlations,
    one_layer,
    phase_ratio,
    relative_sensitivity,
    speed,
    wide_derivatives,
)

EPS = np.finfo(float).eps
FULL_MINUTES = 3
COORDINATES = ("direct", "exp-exp")
NAMES = {"direct": "λ", "exp-exp": "exp–exp"}
ROUNDING = r"rounding of the poles, which $1-\lambda$ amplifies, and of the recursion"
BISECTIONS = 12
RATE_TOLERANCE = 1e-3 + 2.0 ** (2 - BISECTIONS)
RATE_REASON = f"{BISECTIONS} bisections of a factor of four, and the growth that half of the steps resolve"
GROWTH = 1e-5
STEPS = 400  # to see whether an optimum is left


@dataclass(frozen=True)
class Config:
    """Scalar cascades with b = c = 1 where nothing else is said; `delay` the total delay Σ λ/(1−λ) in samples."""

    rhos: tuple[float, ...] = (0.0, 0.5, 0.9, 0.99)
    poles: tuple[float, ...] = (0.5, 0.8, 0.9, 0.95, 0.99)
    batches: int = 400
    length: int = 1200
    discard: int = 600
    step: float = 1e-4
    mixed: tuple[float, ...] = (0.9, 0.5, -0.7, 0.97)
    radius: float = 0.9
    phases: tuple[float, ...] = (0.0, 0.01, 0.1, 0.5)
    delay: float = 100.0
    depths: tuple[int, ...] = (1, 2, 4)
    planted_depths: tuple[int, ...] = (1, 2, 3, 6)
    four: tuple[float, ...] = (0.94, 0.95, 0.96, 0.97)
    apart: tuple[float, ...] = (0.3, 0.6, 0.8, 0.95)
    dozen: float = 0.9
    shorter: float = 3.0
    jitter: float = 0.2
    rates: tuple[float, ...] = tuple((2.0 ** np.arange(-7, 2)).tolist())
    threshold: float = 1e-3
    share: float = 0.1
    steps: int = 4000
    seeds: int = 11
    seed: int = 6

    @classmethod
    def full(cls):
        """More records, more seeds, a finer grid of rates."""
        rates = tuple((2.0 ** np.arange(-7, 1.1, 0.5)).tolist())
        return replace(cls(), batches=4000, seeds=41, steps=10000, rates=rates)


def run(config, progress):
    """Closed forms and the circle against the numeric floor, finite differences and gradient descent."""
    rng = np.random.default_rng(config.seed)
    one, one_arrays = _one_layer(rng, config)
    progress(0.1)
    limits, limit_arrays = _rate_limits(config)
    progress(0.4)
    steps, step_arrays = _memory(rng, config)
    progress(0.9)
    claims = (
        *one, _repeated(config), *_curse(), *_phases(config), _coordinates(config), *limits, *steps, *_wide(config),
        *_readouts(config), _planted(config),
    )  # fmt: skip
    panels = (_ar1_panel(config, one_arrays), _coordinate_panel(config), _limit_panel(limit_arrays),
              _steps_panel(config, step_arrays, ("poles",), "Steps to learn a long memory, gains known"),
              _steps_panel(config, step_arrays, ("poles", "B", "C"), "Steps to learn a long memory, all parameters"),
              _spectrum_panel(config))  # fmt: skip
    return Result(
        name="sensitivity",
        title="Sensitivity: the curse of memory, with depth",
        summary=(
            r"The mean square of $\partial y/\partial\lambda$ at depth $K$ is the variance of the cascade in which "
            r"$\lambda$ is repeated once more: long memory makes it explode as $(1-\lambda)^{-(2K+1)}$, relative to "
            r"the output as $(1-\lambda)^{-2}$ at every depth. At a fixed total delay deeper stacks are less sensitive "
            r"in $\lambda$, and gradient descent then bears a larger learning rate, exactly $2/\lambda_{max}$ of "
            r"the Hessian. In the LRU's $\log(-\log\lambda)$ the factor $(1-\lambda)^2$ is gone already, and depth "
            r"raises the sensitivity to about $K - \frac12$. A larger rate is not faster learning: with the best rate "
            r"of each, deeper stacks take more steps to lengthen their memory, in either coordinates. For practice: "
            r"choose exp–exp coordinates rather than depth for long memory, and scale their rate as $1/(2K-1)$."
        ),
        config=asdict(config),
        arrays=one_arrays | limit_arrays | step_arrays,
        panels=panels,
        claims=claims,
        formulas=(
            ("A derivative is one more layer",
             r"\frac{\partial H}{\partial\lambda_k} = \frac{z^{-1}H}{1-\lambda_k z^{-1}}, \qquad "
             r"E\left|\frac{\partial y}{\partial\lambda_k}\right|^2 = V(\lambda_1, …, \lambda_K, \lambda_k)"),
            (r"One layer, AR(1) input", r"E\left(\frac{\partial x}{\partial\lambda}\right)^2 = "
             r"\frac{(1+\lambda^2)(1-\lambda^2\rho^2) + 2(1-\lambda^2)\lambda\rho}{(1-\lambda^2)^3(1-\lambda\rho)^2}"),
            (r"Equal layers of total delay $D$, $\lambda = D/(D+K)$, $D \to \infty$",
             r"\frac{\mathrm{tr}\,G}{V} = K\frac{V_{K+1}}{V_K} \sim \frac{K-\frac12}{(1-\lambda)^2}, \qquad "
             r"(\lambda\log\lambda)^2 \frac{\mathrm{tr}\,G}{V} \to K - \tfrac12"),
        ),
    )


# One layer and the identity -----------------------------------------------------------------------------------------


def _one_layer(rng, config):
    poles, rhos = np.array(config.poles), config.rhos
    law = np.array([[one_layer(pole, rho) for pole in poles] for rho in rhos])
    found = np.array([[numeric.sensitivity(numeric.cascade([pole]), numeric.ar1(rho)).poles[0] for pole in poles]
                      for rho in rhos])  # fmt: skip
    few = [n for n, pole in enumerate(poles) if pole < 0.96]  # the others need longer records
    sampled = _finite_differences(rng, config, poles[few])
    claims = (
        Claim(
            id="sensitivity/one-layer",
            statement=r"One layer, AR(1) input: $E(\partial x/\partial\lambda)^2 = "
                      r"\frac{(1+\lambda^2)(1-\lambda^2\rho^2) + "
                      rf"2(1-\lambda^2)\lambda\rho}}{{(1-\lambda^2)^3(1-\lambda\rho)^2}}$ for $\rho = "
                      rf"{', '.join(map(str, rhos))}$ and $\lambda = {', '.join(map(str, config.poles))}$.",
            source="Zucchet & Orvieto, arXiv 2405.21064, figure 1",
            predicted=law.ravel(),
            measured=found.ravel(),
            tolerance=float(16 * EPS / (1 - poles.max())),
            reason=ROUNDING,
        ),
        Claim(
            id="sensitivity/finite-differences",
            statement=rf"The same as the mean square of $[x(\lambda+h) - x(\lambda-h)]/2h$ on one record, $h = "
                      rf"{config.step:g}$, for $\lambda = {', '.join(map(str, poles[few]))}$.",
            source="Zucchet & Orvieto, arXiv 2405.21064, figure 1",
            predicted=law[:, few].ravel(),
            measured=sampled.mean,
            tolerance=sampled.tolerance(law[:, few].ravel()),
            reason=sampled.reason,
        ),
    )  # fmt: skip
    return claims, {
        "poles": poles, "rhos": np.array(rhos), "one_layer": found, "sampled_poles": poles[few],
        "sampled": sampled.mean.reshape(len(rhos), -1), "sampled_error": sampled.error.reshape(len(rhos), -1),
    }  # fmt: skip


def _finite_differences(rng, config, poles):
    samples = []
    for rho in config.rhos:
        u = ar1_noise(rng, rho, config.batches, config.length)
        for pole in poles:
            after, before = (numeric.simulate(numeric.cascade([pole + h]), u)[0] for h in (config.step, -config.step))
            slope = (after - before)[:, config.discard :] / (2 * config.step)
            samples.append((slope**2).mean(axis=1))
    return estimate(np.stack(samples, axis=1))


def _repeated(config):
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
    )  # fmt: skip


def _curse():
    depths, gaps = np.array([1, 2, 4, 8]), (1e-6, 1e-7)
    found, variance = np.zeros((2, len(depths), 2))
    for n, K in enumerate(depths):
        for m, gap in enumerate(gaps):
            stack = numeric.cascade([1 - gap] * K)
            found[n, m] = np.log10(numeric.sensitivity(stack).poles[0])
            variance[n, m] = np.log10(float(numeric.autocovariance(stack, 0)))
    tolerance, reason = 1e-4, r"the next term of the law, of relative size $K^2(1-\lambda)$, and rounding"
    yield Claim(
        id="sensitivity/curse",
        statement=r"Long memory makes the output sensitive as $(1-\lambda)^{-3}$, whatever the depth: the exponent for "
                  r"$K = 1, 2, 4, 8$ equal layers.",
        source="Zucchet & Orvieto, arXiv 2405.21064, for one layer; read for stacks",
        predicted=np.full(len(depths), 3.0),
        measured=found[:, 1] - found[:, 0],
        tolerance=tolerance,
        reason=reason,
        law=r"$\binom{2K}{K}(1-\lambda^2)^{-(2K+1)}$: each further layer adds 2 to the exponent",
        law_value=2.0 * depths + 1,
    )  # fmt: skip
    relative = found - variance
    yield Claim(
        id="sensitivity/relative-curse",
        statement=r"Relative to the output's variance it is $(1-\lambda)^{-2}$ at every depth ($K = 1, 2, 4, 8$).",
        source="new here",
        predicted=np.full(len(depths), 2.0),
        measured=relative[:, 1] - relative[:, 0],
        tolerance=tolerance,
        reason=reason,
    )


def _phases(config):
    """E[∂_j y ∂_k y] in (Re λ, Im λ), turned into (ν, θ)."""
    radius, phases = config.radius, np.array(config.phases)
    for real in (False, True):
        found = []
        for phase in phases:
            layer = numeric.Layer([radius * np.exp(1j * phase)], [[1.0]], [[1.0]], real=real)
            G = population.gauss_newton(numeric.stack([layer]))
            G = G[np.ix_([0, 4], [0, 4])]  # poles, B, C, D: all real parts, then all imaginary parts
            polar = np.array([[np.cos(phase), np.sin(phase)], [-radius * np.sin(phase), radius * np.cos(phase)]])
            along, across = np.diag(polar @ G @ polar.T)
            found.append(across / (radius**2 * along))
        if not real:
            yield Claim(
                id="sensitivity/phase",
                statement=r"In polar coordinates $\lambda = \nu e^{i\theta}$ the phase is as sensitive as the modulus: "
                          rf"$E|\partial_\theta y|^2 = \nu^2 E|\partial_\nu y|^2$ ($\nu = {radius}$, $\theta = "
                          rf"{', '.join(map(str, config.phases))}$; their ratio).",
                source="Zucchet & Orvieto, arXiv 2405.21064",
                predicted=np.ones(len(phases)),
                measured=found,
                tolerance=1e-10,
                reason=ROUNDING,
                condition="complex output",
            )  # fmt: skip
            continue
        yield Claim(
            id="sensitivity/phase-real-output",
            statement=r"The same for a real output $y = \mathrm{Re}\, x$, as in S4, S5 and the LRU.",
            source="practice: polar coordinates treated alike",
            predicted=np.ones(len(phases)),
            measured=found,
            tolerance=1e-10,
            reason=ROUNDING,
            law=r"$\frac{A-P}{A+P}$, $A = \frac{1+\nu^2}{(1-\nu^2)^3}$, $P = \mathrm{Re}\, e^{2i\theta} "
                r"\frac{1+\lambda^2}{(1-\lambda^2)^3}$: none at $\theta = 0$, more than the modulus' near "
                r"$\theta \approx 1-\nu$",
            law_value=[phase_ratio(radius, phase) for phase in phases],
        )  # fmt: skip


# Fixed delay: coordinates, rates, steps -------------------------------------------------------------------------------


def _coordinates(config):
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
                  rf"{', '.join(map(str, config.depths))}$: $\mathrm{{tr}}\,G/V = K V_{{K+1}}/V_K$ falls with depth in "
                  r"$\lambda$, from $5100.6$ to $2366.0$, and rises in $\log(-\log\lambda)$, from $0.495$ to $3.365$.",
        source="new here",
        predicted=(law * factors).ravel(),
        measured=(found * slopes**2).ravel(),
        tolerance=float(16 * max(config.depths) * config.delay * EPS),
        reason=ROUNDING,
    )  # fmt: skip


def _rate_limits(config):
    """Largest stable rates at a teacher of unit variance, poles trained: the Hessian has rank one, λ_max = tr G."""
    law = np.array([[2 / _curvature(K, config.delay, name) for K in config.depths] for name in COORDINATES])
    found = np.array([[largest_stable_rate(memory(K, config.delay), name, ("poles",)) for K in config.depths]
                      for name in COORDINATES])  # fmt: skip
    ratio, ratio_law = found / found[:, :1], law / law[:, :1]
    printed = ", ".join(map(str, config.depths))
    claims = (
        Claim(
            id="sensitivity/depth-in-lambda",
            statement=r"Depth makes long memory learnable, by lowering the sensitivity: at a fixed delay deeper stacks "
                      rf"bear a larger learning rate for $\lambda$ ($K = {printed}$, relative to one layer).",
            source="paper, as quoted in its reviews",
            predicted=ratio_law[0],
            measured=ratio[0],
            tolerance=2 * RATE_TOLERANCE,
            reason=RATE_REASON + ", twice",
            condition=r"poles learned as $\lambda$ itself, everything else known",
        ),
        Claim(
            id="sensitivity/depth-in-exp-exp",
            statement=r"Depth eases long memory in the coordinates of the LRU too, $\lambda = e^{-e^x}$: the largest "
                      r"stable rate does not "
                      rf"fall with depth ($K = {printed}$, relative to one layer, at least 1).",
            source="paper, as quoted in its reviews, read for exp–exp",
            predicted=np.maximum(ratio_law[1], 1),
            measured=ratio[1],
            tolerance=2 * RATE_TOLERANCE,
            reason=RATE_REASON + ", twice",
            law=r"it falls about as $1/(2K-1)$: $2/[(\lambda\log\lambda)^2 K V_{K+1}/V_K]$",
            law_value=ratio_law[1],
        ),
    )  # fmt: skip
    return claims, {"depths": np.array(config.depths), "rate_limits": found, "rate_limit_law": law}


def _curvature(K, delay, coordinates):
    """λ_max at the optimum of `memory`, the poles trained."""
    return relative_sensitivity(K, delay) * speed(coordinates, equal_pole(K, delay)) ** 2


def memory(K, delay):
    """The teacher: K equal layers of total delay D, unit output variance."""
    poles = np.full(K, equal_pole(K, delay))
    return numeric.cascade(poles, [*[1.0] * (K - 1), exact.autocovariance(poles, [0])[0] ** -0.5])


def largest_stable_rate(teacher, coordinates, train):
    """Bisection on the rate at which gradient descent leaves its optimum, the teacher, from 10⁻⁶ beside it.

    In every direction the deviation is multiplied by 1 − rate·λ_i a step, so that the loss only falls unless
    rate·λ_max > 2. It may fall again later, in a flatter minimum nearby; so all steps are looked at.
    """
    beside = 1e-6 * np.cos(np.arange(len(teacher)))
    start = teacher.poles + beside * (1 - teacher.poles)
    b, c = teacher.B, teacher.C
    if "B" in train:
        b, c = b * (1 + beside[::-1]), c * (1 - beside**2 + beside)

    def leaves(rate):
        with np.errstate(over="ignore"):  # exp(−e^x) where a run has diverged
            run = ensembles.descend(start[None], b, c, teacher, GradientDescent(rate), steps=STEPS, train=train,
                                    coordinates=coordinates)  # fmt: skip
        loss = run.losses[0]
        grows = loss.max() > loss[0] * (1 + GROWTH) or loss[STEPS] > max(loss[STEPS // 2], GROWTH * loss[0])
        return run.status[0].startswith("diverged") or grows

    high = 1e-6
    while not leaves(high):
        high *= 4
    low = high / 4
    for _ in range(BISECTIONS):
        middle = np.sqrt(low * high)
        low, high = (low, middle) if leaves(middle) else (middle, high)
    return np.sqrt(low * high)


def _planted(config):
    """All parameters: poles, b and c."""
    law, found = np.zeros((2, len(config.planted_depths)))
    for n, K in enumerate(config.planted_depths):
        poles, b, c = np.linspace(0.3, 0.8, K + 2)[1:-1], np.linspace(1.2, 0.8, K), np.linspace(0.7, 1.1, K)
        law[n] = 2 / curvatures(deep_derivatives(poles, b, c))[0]
        found[n] = largest_stable_rate(numeric.cascade(poles, b, c), "direct", ("poles", "B", "C"))
    return Claim(
        id="sensitivity/rate-limit",
        statement=r"At the optimum gradient descent is stable up to the rate $2/\lambda_{max}$ of the Gauss–Newton "
                  rf"matrix: planted teachers of {', '.join(map(str, config.planted_depths))} layers, poles and gains "
                  "trained.",
        source="classical; the Hessian at zero loss is the Gauss–Newton matrix",
        predicted=law,
        measured=found,
        tolerance=RATE_TOLERANCE,
        reason=RATE_REASON,
    )  # fmt: skip


ARMS = tuple((train, name, adam) for train in (("poles",), ("poles", "B", "C")) for name in COORDINATES
             for adam in (False, True))  # fmt: skip


def _memory(rng, config):
    """Steps to lengthen the memory at the best rate of each arm: (arms, depths, seeds)."""
    found = np.zeros((len(ARMS), len(config.depths), config.seeds))
    best = np.zeros((len(ARMS), len(config.depths)), dtype=int)
    for m, K in enumerate(config.depths):
        delays = config.delay / config.shorter / K * np.exp(config.jitter * rng.standard_normal((config.seeds, K)))
        for n, arm in enumerate(ARMS):
            grid = [_crossings(config, delays / (1 + delays), arm, rate) for rate in config.rates]
            best[n, m] = np.argmin(np.median(grid, axis=1))
            found[n, m] = grid[best[n, m]]
    return _step_claims(config, np.median(found, axis=2)), {
        "steps": np.where(np.isfinite(found), found, config.steps), "unfinished": (~np.isfinite(found)).sum(axis=2),
        "best_rate": np.array(config.rates)[best],
    }  # fmt: skip


def _crossings(config, poles, arm, rate):
    """(seeds,) steps until the loss has come down to `threshold` of that of no output; inf where it has not.

    Poles alone: the gains are the teacher's. All parameters: b = c, of unit output variance at start and teacher. The
    rate of gradient descent is in units of 2/λ_max for the poles alone, that of Adam in units of the change of x that
    changes log(1−λ) by 1.
    """
    (train, coordinates, adam), (_, K) = arm, poles.shape
    teacher, level = memory(K, config.delay), config.threshold / 2
    b, c = teacher.B, teacher.C
    if "B" in train:
        teacher = numeric.cascade(teacher.poles, *[_level_gain(teacher.poles)] * 2)
        b = c = np.array([[_level_gain(row)] for row in poles])
    if adam:
        optimizer = Adam(rate * speed("exp-exp", teacher.poles[0]) / speed(coordinates, teacher.poles[0]))
    else:
        optimizer = GradientDescent(rate * 2 / _curvature(K, config.delay, coordinates))
    with np.errstate(over="ignore"):  # exp(−e^x) where a run has diverged
        runs = ensembles.descend(poles, b, c, teacher, optimizer, steps=config.steps, train=train,
                                 coordinates=coordinates, every=config.steps, levels=(level,),
                                 tolerance=level)  # fmt: skip
    return np.where(np.isfinite(runs.crossings[:, 0]), runs.crossings[:, 0], np.inf)


def _level_gain(poles):
    """b = c of all layers for a unit variance."""
    return float(numeric.autocovariance(numeric.cascade(poles), 0)) ** (-0.25 / len(poles))


def _small_share(config, K, coordinates, share):
    """Steps times share from equal poles, the last step in part by the logarithm of the loss."""
    teacher, level = memory(K, config.delay), config.threshold / 2
    start = np.full((1, K), equal_pole(K, config.delay / config.shorter))
    rate = share * 2 / _curvature(K, config.delay, coordinates)
    run = ensembles.descend(start, teacher.B, teacher.C, teacher, GradientDescent(rate), train=("poles",),
                            coordinates=coordinates, steps=int(400 / share), levels=(level,),
                            tolerance=level)  # fmt: skip
    n = int(run.crossings[0, 0])
    before, after = np.log(run.losses[0, n - 1 : n + 1])
    return share * (n - (np.log(level) - after) / (before - after))


def _step_claims(config, medians):
    """`medians` (arms, depths)."""
    printed = ", ".join(map(str, config.depths))
    law = np.array([[flow_steps(K, config.delay, config.shorter, config.threshold, name) for K in config.depths]
                    for name in COORDINATES])  # fmt: skip
    coarse, fine = (np.array([[_small_share(config, K, name, share) for K in config.depths] for name in COORDINATES])
                    for share in (config.share, config.share / 2))  # fmt: skip
    steps = 2 * fine - coarse
    yield Claim(
        id="sensitivity/steps-at-a-share",
        statement=rf"To lengthen the memory from {config.delay / config.shorter:.0f} to {config.delay:g} samples at a "
                  r"given share of its largest stable rate, gradient descent takes more steps the deeper the stack, "
                  rf"in $\lambda$ and in exp–exp (steps times share, $K = {printed}$): half the sharpness times the "
                  "time of gradient flow.",
        source="new here",
        predicted=law.ravel(),
        measured=steps.ravel(),
        tolerance=float(np.max(np.abs(steps - fine) / steps)) / 4,
        reason="a quarter of what extrapolation to small steps moves; the rest is of the next order in the rate",
    )  # fmt: skip
    deeper = np.mean((medians[:, 1:] <= medians[:, :-1]) & np.isfinite(medians[:, 1:]))
    descents = [n for n, (_, _, adam) in enumerate(ARMS) if not adam]
    direct, exp_exp = ([n for n in descents if ARMS[n][1] == name] for name in COORDINATES)
    yield Claim(
        id="sensitivity/depth-saves-steps",
        statement="Depth makes long memory learnable: with the best rate of each, deeper stacks lengthen their memory "
                  rf"in no more steps (share of the comparisons of $K = {printed}$ in $\lambda$ and exp–exp, by "
                  rf"gradient descent and Adam, poles or all parameters trained; medians over {config.seeds} seeds).",
        source="paper, as quoted in its reviews",
        predicted=1.0,
        measured=deeper,
        tolerance=0.0,
        reason="one counter-example would refute it",
        law="in none: the larger rate does not make up for a longer way over a flatter loss",
        law_value=0.0,
    )  # fmt: skip
    yield Claim(
        id="sensitivity/exp-exp-saves-steps",
        statement=rf"Exp–exp coordinates do: fewer steps than in $\lambda$ at each depth of {printed}, by gradient "
                  "descent with the best rate of each, poles or all parameters trained (share of the comparisons).",
        source="Orvieto et al., arXiv 2303.06349; Zucchet & Orvieto, arXiv 2405.21064",
        predicted=1.0,
        measured=np.mean(medians[exp_exp] < medians[direct]),
        tolerance=0.0,
        reason="one counter-example would refute it",
    )  # fmt: skip


# Deep and wide --------------------------------------------------------------------------------------------------------


def _wide(config):
    """The equivalent wide layer: states with the same poles, b = 1, c the residues."""
    poles = np.array(config.four)
    r = np.array([float(value) for value in residues(config.four)])
    law = [sum(exact.autocovariance([*poles, pole], [0])[0] for pole in poles),
           float(np.sum(r**2 * (1 + poles**2) / ((1 - poles) * (1 + poles)) ** 3))]  # fmt: skip
    yield Claim(
        id="sensitivity/wide-poles",
        statement=r"Deep and wide forms of one transfer function are equally sensitive to their poles: tr of the pole "
                  rf"block, wide over deep, for the poles {', '.join(map(str, config.four))}.",
        source="paper: section 3.3, read for learning",
        predicted=1.0,
        measured=numeric.sensitivity(_wide_form(poles, 1.0, r)).poles[0].sum()
                 / numeric.sensitivity(numeric.cascade(poles)).poles.sum(),
        tolerance=1e-6,
        reason=r"rounding of the residues, which reach $4.4 \cdot 10^5$",
        law=r"the wide one more by its residues: $\sum_k r_k^2 \frac{1+\lambda_k^2}{(1-\lambda_k^2)^3}$ over "
            r"$\sum_k V(\lambda_1, …, \lambda_K, \lambda_k)$",
        law_value=law[1] / law[0],
    )  # fmt: skip
    spectra = spectrum_pairs(config.apart)
    conditions = [[values[0] / values[-1] for values in pair] for pair in spectra.values()]
    (deep_law, deep), *wide = conditions
    yield Claim(
        id="sensitivity/wide-conditioning",
        statement=r"They are equally well conditioned: nonzero eigenvalues of the Hessian at the optimum, largest over "
                  rf"smallest, wide over deep, for the poles {', '.join(map(str, config.apart))}, the wide one with "
                  r"$b = 1$ and with $|b| = |c|$.",
        source="paper: section 3.3, read for learning",
        predicted=np.ones(2),
        measured=[found / deep for _, found in wide],
        tolerance=1e-3,
        reason=r"rounding, amplified by the condition number of $5 \cdot 10^{10}$",
        law=r"the wide form has $2K$ directions, the deep one $K+1$, and those that move its zeros hardly move its "
            "output, with balanced gains as well: singular values of the derivatives on the circle",
        law_value=[exactly / deep_law for exactly, _ in wide],
    )  # fmt: skip


def spectrum_pairs(poles):
    """Nonzero Hessian eigenvalues at the optimum, poles, b and c trained: {form: (from the circle, numeric floor)}."""
    poles = np.array(poles)
    K = len(poles)
    r = np.array([float(value) for value in residues(poles)])
    root, ones = np.sqrt(np.abs(r)), np.ones(K)
    forms = {
        "deep": (deep_derivatives(poles, ones, ones), numeric.cascade(poles), K + 1),
        "wide, b = 1": (wide_derivatives(poles, ones, r), _wide_form(poles, ones, r), 2 * K),
        "wide, |b| = |c|": (wide_derivatives(poles, root, r / root), _wide_form(poles, root, r / root), 2 * K),
    }
    return {
        name: (curvatures(derivatives)[:rank],
               np.linalg.eigvalsh(numeric.gauss_newton(system).matrix[: 3 * K, : 3 * K])[::-1][:rank])
        for name, (derivatives, system, rank) in forms.items()
    }  # fmt: skip


def _wide_form(poles, b, c):
    return numeric.stack([numeric.Layer(poles, (b * np.ones(len(poles)))[:, None], c[None])])


def _readouts(config):
    """All states as features of a linear readout: its Hessian is their covariance."""
    stack = numeric.cascade([config.dozen] * 12)
    found = {arm: numeric.state_covariance(numeric.normalize(stack, arm)) for arm in ("depth-aware", "isometric")}
    condition = {arm: np.linalg.cond(W) for arm, W in found.items()}
    yield Claim(
        id="sensitivity/isometric-readout",
        statement=r"Gauss–Newton of a readout of all layers under white input has the condition number 1 at any depth, "
                  rf"if the layers are isometric ({len(stack)} layers, $\lambda = {config.dozen}$).",
        source="new here; Laguerre networks",
        predicted=1.0,
        measured=condition["isometric"],
        tolerance=1e-12,
        reason="rounding",
    )  # fmt: skip
    yield Claim(
        id="sensitivity/normalized-readout",
        statement="States of unit variance at every depth do as well: the condition number with depth-aware "
                  "normalization of the same cascade.",
        source="practice: normalize, and the problem is well conditioned",
        predicted=1.0,
        measured=condition["depth-aware"],
        tolerance=1e-3,
        reason=r"rounding of $2^{-53}$ an entry, amplified by the condition number of $4 \cdot 10^{10}$",
        law="the states of neighboring layers are all but equal: the condition number of their correlations",
        law_value=np.linalg.cond(layer_correlations(config.dozen, len(stack))),
    )  # fmt: skip


# Panels -------------------------------------------------------------------------------------------------------------


def _ar1_panel(config, arrays):
    poles = 1 - np.geomspace(0.5, 0.01, 60)
    curves = []
    for group, rho in enumerate(config.rhos):
        curves.append(Curve(1 - poles, one_layer(poles, rho), f"ρ = {rho}", group=group))
        curves.append(Curve(1 - arrays["poles"], arrays["one_layer"][group], style="markers", group=group))
        error = 5 * arrays["sampled_error"][group]
        curves.append(Curve(1 - arrays["sampled_poles"], arrays["sampled"][group], "", "markers",
                            arrays["sampled"][group] - error, arrays["sampled"][group] + error, group))  # fmt: skip
    return Panel("Sensitivity against memory, one layer", r"$1-\lambda$", r"$E(\partial x/\partial\lambda)^2$",
                 tuple(curves), "log", "log",
                 note="lines: closed form; markers: numeric floor, finite differences")  # fmt: skip


def _coordinate_panel(config):
    depths = np.arange(1, 13)
    poles = [equal_pole(int(K), config.delay) for K in depths]
    values = np.array([relative_sensitivity(int(K), config.delay) for K in depths])
    curves = [Curve(depths, values * [speed(name, pole) ** 2 for pole in poles], label, group=group) for
              group, (name, label) in enumerate((("direct", "λ"), ("tanh", "tanh"), ("exp-exp", "exp–exp")))]
    curves.append(Curve(depths, depths - 0.5, "$K-1/2$", "dashed", group=3))
    return Panel(f"Sensitivity at a delay of {config.delay:g}", "depth K", "$tr\\,G/V$", tuple(curves), yscale="log",
                 note="equal layers, white input, poles in three coordinates")  # fmt: skip


def _limit_panel(arrays):
    curves = []
    for group, name in enumerate(COORDINATES):
        curves.append(Curve(arrays["depths"], arrays["rate_limit_law"][group], f"{NAMES[name]}, law", group=group))
        curves.append(Curve(arrays["depths"], arrays["rate_limits"][group], f"{NAMES[name]}, measured", "markers",
                            group=group))  # fmt: skip
    return Panel("Largest stable learning rate", "depth K", r"rate, unit output variance", tuple(curves), yscale="log",
                 note=r"law: $2/\lambda_{max}$ of the Hessian; the same delay at each depth")  # fmt: skip


def _steps_panel(config, arrays, train, title):
    curves = []
    for n, (trained, name, adam) in enumerate(ARMS):
        if trained == train:
            low, median, high = np.quantile(arrays["steps"][n], [0.1, 0.5, 0.9], axis=1)
            group = n % 4
            depths = np.array(config.depths)
            curves += [Curve(depths, median, "", "markers", low, high, group),
                       Curve(depths, median, f"{NAMES[name]}, {'Adam' if adam else 'descent'}", group=group)]
    return Panel(title, "depth K", "steps at the best rate", tuple(curves), yscale="log",
                 note=f"medians and 10–90 % of the seeds; runs end at {config.steps} steps")


def _spectrum_panel(config):
    curves = []
    for group, (name, (law, found)) in enumerate(spectrum_pairs(config.apart).items()):
        index = np.arange(1, len(law) + 1)
        curves += [Curve(index, law / law[0], name, group=group),
                   Curve(index, found / found[0], "", "markers", group=group)]  # fmt: skip
    return Panel("Hessian at the optimum", "index", "eigenvalue over the largest", tuple(curves), yscale="log",
                 note="one system of four poles in three forms; nonzero eigenvalues")
