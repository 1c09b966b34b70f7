"""Figures 4 and 6: stacks of LRU layers at equal parameters, one to twelve layers, identify a linear system."""

from dataclasses import asdict, dataclass, replace

import numpy as np

from ..claims import Claim, Curve, Panel, Result
from ..learning import horizons
from ..learning.horizons import LRU
from ..learning.optimizers import Adam
from ..learning.tasks import Sampled
from ..learning.teachers import zucchet
from .montecarlo import estimate

FULL_MINUTES = 62
PROTOCOL = 10_000  # steps
PUBLISHED = {0.36: 5e-8, 0.98: 4.5e-5}  # LRU, N = 64; read off a figure, ±30 %
FINAL_RATE = 1e-7
ROWS = 12  # runs side by side: what they need stays in the cache
MARKS = 40  # points of a learning curve
CLOSE = 1e-6  # loss: poles that allow for less need not move


@dataclass(frozen=True)
class Config:
    """Zucchet & Orvieto's identification of a dense system of ten states; white input from rest."""

    nu0: tuple[float, ...] = (0.36, 0.98)
    students: tuple[tuple[int, int], ...] = ((1, 64), (3, 21), (12, 5))  # layers and states of each
    rates: tuple[float, ...] = (0.1, 0.032, 0.01, 0.0032, 0.001)
    seeds: int = 10
    steps: int = 100
    sampled: bool = False  # fresh batches; else the loss that they have on average
    length: int = 300
    batch: int = 128
    check: tuple[float, float, int] = (0.36, 0.032, 150)  # ν₀, rate and steps of batches against expectation
    draws: int = 8  # batches that estimate the loss at the start
    starts: int = 6000  # stacks whose power is averaged

    @classmethod
    def full(cls):
        """The protocol: fresh batches, the same for all runs, 10,000 steps, every memory, student and rate."""
        return replace(cls(), nu0=(0.36, 0.68, 0.84, 0.92, 0.96, 0.98, 0.99), rates=(0.32, 0.1, 0.032, 0.01, 0.0032),
                       students=((1, 64), (2, 32), (3, 21), (4, 16), (6, 11), (12, 5)), steps=PROTOCOL, sampled=True)


def run(config, progress):
    """Every student at every rate from every seed; the best rate of each, and what decides between them."""
    race = _race(config, lambda fraction: progress(0.5 * fraction))
    skip = _race(_deep(config), lambda fraction: progress(0.5 + 0.1 * fraction), skip=True)
    anchor = race if config.sampled and config.steps == PROTOCOL else _race(
        replace(config, nu0=(0.36,), students=config.students[:1], rates=(0.1,), steps=PROTOCOL, sampled=False),
        lambda fraction: progress(0.6 + 0.3 * fraction))  # fmt: skip
    floors = np.array([_floors(config, nu0) for nu0 in config.nu0])
    return Result(
        name="identification",
        title="LRU stacks of equal parameters identify a linear system",
        summary=_summary(config, race, skip),
        config=asdict(config),
        arrays={
            "nu0": np.array(config.nu0), "layers": np.array([layers for layers, _ in config.students]),
            "parameters": np.array([LRU(*shape).size for shape in config.students]),
            "loss": race.loss, "best_rate": race.rate, "diverged": race.diverged, "floor": floors,
            "skip_loss": skip.loss, "protocol_nu0": np.array(anchor.nu0), "protocol_loss": anchor.loss[:, 0],
            "mark": race.marks, "curve": race.curve,
        },
        panels=(_memory_panel(config, race, anchor, floors), _depth_panel(config, race),
                _curve_panel(config, race, skip)),
        claims=(_expected_claim(config), _batches_claim(config), _published_claim(config, anchor),
                _memory_claim(config, race), _depth_claim(config, race), _start_claim(config),
                _basis_claim(config, race, floors)),
        formulas=(
            ("The loss over $T$ samples of white input from rest, on average and for a batch; Δ: the difference of the "
             "impulse responses",
             r"E L = \tfrac12 \sum_{s<T} \left(1-\tfrac sT\right) \Delta_s^2, \qquad "
             r"L = \tfrac12\,\Delta^{\mathsf T} G \Delta, \qquad "
             r"G_{ss'} = \tfrac1T\,\overline{\sum_{t<T} u_{t-s} u_{t-s'}}"),
            ("A student of $K$ layers", r"h = h^{(1)} * \dots * h^{(K)}, \qquad h^{(k)}_s = \mathrm{Re} \sum_{n \le N} "
             r"c_n \gamma_n b_n \lambda_n^s + d\,\delta_s, \qquad K(7N+1) \approx 449"),
        ),
    )  # fmt: skip


# --- Training -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Race:
    """Losses of the last epoch at the best rate of each ν₀ and student: least mean over seeds, as published."""

    nu0: tuple
    loss: np.ndarray  # (ν₀, students, seeds)
    rate: np.ndarray  # (ν₀, students)
    diverged: np.ndarray  # runs of all rates, (ν₀, students)
    marks: np.ndarray  # steps
    curve: np.ndarray  # median over seeds at the best rate, (ν₀, students, marks)


def _race(config, progress, skip=False):
    """All runs at once, step by step, on the same batches."""
    shapes = [(nu0, shape) for nu0 in config.nu0 for shape in config.students]
    fits = [[_fit(*rows, config.steps) for rows in _blocks(config, nu0, LRU(*shape), skip)] for nu0, shape in shapes]
    marks = np.unique(np.geomspace(1, config.steps, MARKS).astype(int)) - 1
    count, epoch, rng = len(config.rates) * config.seeds, max(1, config.steps // 100), np.random.default_rng(2)
    last, curve = np.zeros((len(fits), count)), np.zeros((len(marks), len(fits), count))
    G = horizons.expected_gram(config.length)
    for step in range(config.steps):
        if config.sampled:
            G = horizons.gram(rng.standard_normal((config.batch, config.length)))
        losses = np.array([np.concatenate([fit.send(G) for fit in blocks]) for blocks in fits])
        last += losses / epoch if step >= config.steps - epoch else 0.0
        curve[marks == step] = losses
        if step % 20 == 0:
            progress(step / config.steps)
    grid = len(config.nu0), len(config.students), len(config.rates), config.seeds
    return _at_best(config, last.reshape(grid), marks, curve.reshape(len(marks), *grid))


def _at_best(config, last, marks, curve):
    best = last.mean(axis=3).argmin(axis=2)
    pick = best[:, :, None, None]
    loss = np.take_along_axis(last, pick, axis=2)[:, :, 0]
    curve = np.median(np.take_along_axis(curve, pick[None], axis=3)[:, :, :, 0], axis=3)
    return Race(config.nu0, loss, np.array(config.rates)[best], np.isinf(last).sum(axis=(2, 3)), marks + 1,
                np.moveaxis(curve, 0, -1))


def _blocks(config, nu0, student, skip):
    """(student, starting points, responses of the teachers, rates) of a few runs each."""
    starts = starting_points(student, config, nu0, skip)
    x, g = (np.tile(rows, (len(config.rates), 1)) for rows in (starts, teachers(config, nu0)))
    rates = np.repeat(config.rates, config.seeds)
    for rows in np.array_split(np.arange(len(x)), -(-len(x) // ROWS)):
        yield student, x[rows], g[rows], rates[rows]


def starting_points(student, config, nu0, skip=False):
    """(seeds, parameters); with `skip` every layer starts with d = 1."""
    x = np.stack([student.start(np.random.default_rng([1, student.layers, seed]), nu0) for seed in range(config.seeds)])
    if skip:
        x.reshape(config.seeds, student.layers, -1)[:, :, -1] = 1.0
    return x


def teachers(config, nu0):
    """Their impulse responses, (seeds, T): the same random matrices for every ν₀."""
    return np.stack([horizons.target(zucchet(nu0, np.random.default_rng([0, seed])), config.length)
                     for seed in range(config.seeds)])


def _fit(student, x, g, rates, steps):
    """Adam with a cosine to 10⁻⁷, as a coroutine ready for the first G: takes G, gives the losses, then steps."""
    fit = _steps(student, x, g, rates, steps)
    next(fit)
    return fit


def _steps(student, x, g, rates, steps):
    adam, m, v = Adam(1.0, final_rate=FINAL_RATE), np.zeros_like(x), np.zeros_like(x)
    (beta1, beta2), losses = adam.betas, None
    alive = np.ones(len(x), dtype=bool)
    for step in range(steps):
        G = yield losses
        with np.errstate(all="ignore"):
            h, gradient = student.gradient(x, g.shape[1], lambda h: _force(h - g, G))  # noqa: B023
            losses = _loss(h - g, G)
            alive &= np.isfinite(losses) & np.isfinite(gradient).all(axis=1)
            losses = np.where(alive, losses, np.inf)
            gradient[~alive] = 0.0
            m += (1 - beta1) * (gradient - m)
            v += (1 - beta2) * (gradient**2 - v)
            move = (m / (1 - beta1 ** (step + 1))) / (np.sqrt(v / (1 - beta2 ** (step + 1))) + adam.eps)
            x = x - adam.scheduled(rates, step, steps)[:, None] * move
    yield losses


def _force(difference, G):
    """∂L/∂h = GΔ; of the expected G only the diagonal is given."""
    return difference * G if G.ndim == 1 else difference @ G


def _loss(difference, G):
    return 0.5 * np.einsum("rs,rs->r", difference, _force(difference, G))


def _deep(config):
    """The deepest student at ν₀ = 0.98; its best rate lies inside of these."""
    return replace(config, nu0=(0.98,), students=config.students[-1:], rates=(0.1, 0.032, 0.01))


def _floors(config, nu0):
    """The least loss of a one-layer student whose poles stay where they start: linear least squares, (seeds,)."""
    s, student = np.arange(config.length), LRU(*config.students[0])
    weights = np.sqrt(horizons.expected_gram(config.length))
    floors = []
    for x, g in zip(starting_points(student, config, nu0), teachers(config, nu0), strict=True):
        powers = student.build(x)[0].poles ** s[:, None]
        A = weights[:, None] * np.column_stack([powers.real, powers.imag, s == 0])
        y = weights * g
        floors.append(0.5 * np.sum((A @ np.linalg.lstsq(A, y)[0] - y) ** 2))
    return floors


# --- Claims ---------------------------------------------------------------------------------------------------------


def _expected_claim(config):
    predicted, samples = [], []
    for nu0 in (config.nu0[0], config.nu0[-1]):
        student, teacher = LRU(*config.students[1]), zucchet(nu0, np.random.default_rng([0, 0]))
        x = starting_points(student, config, nu0)[0]
        task, rng = Sampled(teacher, None, config.batch, config.length), np.random.default_rng(3)
        difference = student.responses(x[None], config.length) - horizons.target(teacher, config.length)
        predicted.append(_loss(difference, horizons.expected_gram(config.length))[0])
        samples.append([task.loss(student.build(x), rng) for _ in range(config.draws)])
    found = estimate(np.array(samples).T)
    return Claim(
        id="identification/expected-loss",
        statement=rf"The loss of the protocol needs no samples: over $T = {config.length}$ samples of white input from "
                  r"rest it is $\frac12 \sum_s (1-s/T)\,\Delta_s^2$ on average (a student of "
                  rf"{config.students[1][0]} layers at the start, $\nu_0 = {config.nu0[0]:g}$ and "
                  rf"${config.nu0[-1]:g}$, against simulated batches of {config.batch}).",
        source="new here",
        predicted=predicted,
        measured=found.mean,
        tolerance=found.tolerance(predicted),
        reason=found.reason,
    )


def _batches_claim(config):
    nu0, rate, steps = config.check
    one = replace(config, nu0=(nu0,), students=config.students[:1], rates=(rate,), steps=steps)
    exact, sampled = (_race(replace(one, sampled=fresh), lambda fraction: None).loss[0, 0] for fresh in (False, True))
    found = estimate(np.log10(sampled / exact))
    return Claim(
        id="identification/fresh-batches",
        statement=f"Fresh batches of {config.batch} end where the expected loss ends: the mean of "
                  rf"$\log_{{10}}$ of the ratio of the final losses after {steps} steps is zero (one layer, "
                  rf"$\nu_0 = {nu0:g}$, {config.seeds} seeds).",
        source="new here",
        predicted=0.0,
        measured=found.mean,
        tolerance=5 * float(found.error),
        floor=1.0,
        reason="five standard errors of the mean over seeds, in decades",
    )


def _published_claim(config, anchor):
    """Against every published value that was run: short memory alone by default, both in the full setting."""
    whole = config.sampled and config.steps == PROTOCOL
    nu0 = [value for value in PUBLISHED if value in anchor.nu0]
    return Claim(
        id="identification/published",
        statement=r"One LRU layer of 64 states ends at the published loss after 10,000 steps: $\log_{10}$ of the mean "
                  rf"over {config.seeds} seeds at $\nu_0 = {_listed(nu0)}$.",
        source="Zucchet & Orvieto, arXiv 2405.21064: linear system identification",
        predicted=np.log10([PUBLISHED[value] for value in nu0]),
        measured=np.log10([anchor.loss[anchor.nu0.index(value), 0].mean() for value in nu0]),
        tolerance=0.05,
        reason="0.37 decades at short memory, 0.22 at long: read off a figure to 30 %, and the standard error of the "
               "mean of ten losses that differ tenfold",
        condition="" if whole else "short memory alone, the expected loss in place of batches, and one learning rate, "
                                   "chosen beforehand as the best of three",
    )


def _memory_claim(config, race):
    shorter, longer = race.loss[0], race.loss[config.nu0.index(0.98)]
    return Claim(
        id="identification/memory",
        statement=rf"Longer memory is harder to identify at every depth: share of the seeds whose loss is larger at "
                  rf"$\nu_0 = 0.98$ than at ${config.nu0[0]:g}$, for "
                  f"{_listed(layers for layers, _ in config.students)} layers.",
        source="Zucchet & Orvieto, arXiv 2405.21064; paper: Figures 4 and 6",
        predicted=np.ones(len(config.students)),
        measured=(longer > shorter).mean(axis=1),
        tolerance=0.2,
        reason="two seeds of ten",
    )


def _depth_claim(config, race):
    deepest = config.students[-1][0]
    return Claim(
        id="identification/depth",
        statement=f"At equal parameters {deepest} LRU layers identify better than one: share of the seeds, at "
                  rf"$\nu_0 = {_listed(config.nu0)}$.",
        source="paper: Figures 4 and 6",
        predicted=np.ones(len(config.nu0)),
        measured=(race.loss[:, -1] < race.loss[:, 0]).mean(axis=1),
        tolerance=0.2,
        reason="two seeds of ten",
        law="one layer identifies better from nearly every seed: its response is linear in its residues, that of a "
            "stack is a product",
        law_value=np.zeros(len(config.nu0)),
    )


def layer_powers(states, nu0, shape, rng):
    """|H|² of random layers at the start, at one random frequency each."""
    count = int(np.prod(shape))
    wide = LRU(1, states * count)
    nu, theta, log_gamma, b, bi, c, ci = wide.start(rng, nu0)[:-1].reshape(7, count, states)
    poles, residues = np.exp(-np.exp(nu) + 1j * theta), (c + 1j * ci) * np.exp(log_gamma) * (b + 1j * bi)
    z = np.exp(-1j * rng.uniform(0, 2 * np.pi, count))[:, None]
    modes = 0.5 * (residues / (1 - poles * z) + residues.conj() / (1 - poles.conj() * z)).sum(axis=1)
    return np.abs(rng.standard_normal(count) + modes).reshape(shape) ** 2


def _start_claim(config):
    layers, states = config.students[-1]
    powers = layer_powers(states, 0.98, (config.starts, layers), np.random.default_rng(4))
    single = layer_powers(states, 0.98, (config.starts * layers,), np.random.default_rng(5))
    found = estimate(np.log10(powers).sum(axis=1))
    return Claim(
        id="identification/start",
        statement=rf"$\gamma = \sqrt{{1-|\lambda|^2}}$ lets a stack start with the power $(1 + N/32)^K$ at every "
                  rf"frequency, near one for ${layers}$ layers of ${states}$ states ($\log_{{10}}$ of the power, mean "
                  r"over frequencies and starts; $\nu_0 = 0.98$).",
        source="Orvieto et al., arXiv 2303.06349: normalization",
        predicted=layers * np.log10(1 + states / 32),
        measured=found.mean,
        tolerance=float(5 * found.error),
        floor=1.0,
        reason=found.reason,
        law="that mean is carried by rare loud stacks; the typical power is $K$ times the mean logarithm of a layer",
        law_value=layers * np.log10(single).mean(),
    )


def _basis_claim(config, race, floors):
    return Claim(
        id="identification/basis",
        statement=r"A ring of 64 random poles is a basis in which only residues are learned: no training beats least "
                  r"squares on the poles of the start (share of the seeds that do, at "
                  rf"$\nu_0 = {_listed(config.nu0)}$).",
        source="practice: random features",
        predicted=np.zeros(len(config.nu0)),
        measured=(race.loss[:, 0] < floors).mean(axis=1),
        tolerance=0.2,
        floor=1.0,
        reason="two seeds of ten",
        law=f"the poles move where their first places leave a loss above $10^{{{np.log10(CLOSE):.0f}}}$",
        law_value=(floors > CLOSE).mean(axis=1),
    )


def _listed(values):
    return ", ".join(f"{value:g}" for value in values)


def _summary(config, race, skip):
    means, at, deepest = race.loss.mean(axis=2), config.nu0.index(0.98), config.students[-1][0]
    costs = np.log10(means[:, -1] / means[:, 0])
    gain = np.log10(means[at, -1] / skip.loss.mean())
    return (
        f"Stacks of one to {deepest} LRU layers with about 449 parameters identify a dense system of ten states from "
        rf"white noise; $\nu_0$ sets its memory. One layer does best: after {config.steps} steps at the best rate of "
        rf"each, {deepest} layers end {costs[0]:.1f} decades above it at $\nu_0 = {config.nu0[0]:g}$ and "
        rf"{costs[at]:.1f} at $0.98$; a path past each layer, $d = 1$ at the start, wins back {gain:.1f} of these, as "
        "random $d$ multiply to almost nothing. Memory is hard at every depth: short memories are spanned by the "
        "random poles of the start, long ones need poles that move. White batches enter through their Gram matrix "
        "alone, so that the loss can be trained on its expectation, without samples. In practice: identify a linear "
        "system with one wide layer, start deep ones near the identity, and spend care on where poles start."
    )


# --- Panels ---------------------------------------------------------------------------------------------------------


def _name(shape):
    layers, states = shape
    return f"{layers} layer{'s' if layers > 1 else ''} × {states}"


def _memory_panel(config, race, anchor, floors):
    nu0 = 1 - np.array(config.nu0)
    curves = [Curve(nu0, np.median(race.loss[:, i], axis=1), _name(shape), "markers", race.loss[:, i].min(axis=1),
                    race.loss[:, i].max(axis=1), group=i) for i, shape in enumerate(config.students)]
    least = Curve(nu0, np.maximum(np.median(floors, axis=1), 1e-16), "1 layer, poles fixed", "dashed", group=0)
    whole = Curve(1 - np.array(anchor.nu0), anchor.loss[:, 0].mean(axis=1), "1 layer, 10,000 steps, mean", "markers",
                  anchor.loss[:, 0].min(axis=1), anchor.loss[:, 0].max(axis=1), group=5)
    published = Curve(1 - np.array(list(PUBLISHED)), np.array(list(PUBLISHED.values())), "published, 10,000 steps",
                      "markers", group=6)
    return Panel("Loss against memory", r"$1 - \nu_0$", "loss of the last epoch", (*curves, least, whole, published),
                 xscale="log", yscale="log", note=f"{config.steps} steps, median and range over {config.seeds} seeds")


def _depth_panel(config, race):
    layers = np.array([layers for layers, _ in config.students])
    return Panel("Loss against depth at equal parameters", "layers", "loss of the last epoch", tuple(
        Curve(layers, np.median(loss, axis=1), f"ν₀ = {nu0:g}", "line", loss.min(axis=1), loss.max(axis=1))
        for nu0, loss in zip(config.nu0, race.loss, strict=True)),
        xscale="log", yscale="log", note=f"{config.steps} steps, median and range over {config.seeds} seeds")


def _curve_panel(config, race, skip):
    at = config.nu0.index(0.98)
    curves = [Curve(race.marks, race.curve[at, i], _name(shape), group=i) for i, shape in enumerate(config.students)]
    repaired = Curve(skip.marks, skip.curve[0, 0], f"{_name(config.students[-1])}, d = 1", "dashed",
                     group=len(config.students) - 1)
    return Panel("Learning curves", "step", "loss", (*curves, repaired), xscale="log", yscale="log",
                 note="ν₀ = 0.98, the best rate of each, median over seeds")
