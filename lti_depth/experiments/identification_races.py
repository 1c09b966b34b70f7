"""Training of the students of `identification`: all memories, layers, rates and seeds at once, on the same batches."""

from dataclasses import dataclass

import numpy as np

from ..learning import horizons
from ..learning.horizons import LRU
from ..learning.optimizers import Adam
from ..learning.teachers import zucchet

FINAL_RATE = 1e-7
MARKS = 40  # points of a learning curve
HEAP = 30 * 2**20  # bytes: above the temporary arrays of a step


@dataclass(frozen=True, eq=False)
class Race:
    """Losses of the last epoch (a hundredth of the steps); of a run that was lost on the way, inf.

    As published, the best rate is that of the least mean over the seeds that were not lost.
    """

    nu0: tuple
    rates: np.ndarray
    losses: np.ndarray  # (ν₀, students, rates, seeds)
    marks: np.ndarray  # steps
    curves: np.ndarray  # median over seeds, (ν₀, students, rates, marks)

    @property
    def best(self):
        """Index of the best rate, (ν₀, students)."""
        return mean(self.losses).argmin(axis=2)

    @property
    def rate(self):
        """The best rate, (ν₀, students)."""
        return self.rates[self.best]

    @property
    def loss(self):
        """At the best rate, (ν₀, students, seeds)."""
        return np.take_along_axis(self.losses, self.best[:, :, None, None], axis=2)[:, :, 0]

    @property
    def curve(self):
        """At the best rate, (ν₀, students, marks)."""
        return np.take_along_axis(self.curves, self.best[:, :, None, None], axis=2)[:, :, 0]

    @property
    def lost(self):
        """Runs of all rates that were lost, (ν₀, students)."""
        return np.isinf(self.losses).sum(axis=(2, 3))


def mean(losses):
    """The mean over seeds (last axis), lost runs left out; inf where all were lost."""
    kept = np.isfinite(losses)
    total, count = np.where(kept, losses, 0.0).sum(axis=-1), kept.sum(axis=-1)
    return np.divide(total, count, out=np.full(total.shape, np.inf), where=count > 0)


def race(config, progress=lambda fraction: None, skip=False):
    """Adam from every start at every rate; `skip`: every layer starts with d = 1."""
    _keep_freed_memory()
    fits = [_fit(LRU(*shape), config, nu0, skip) for nu0 in config.nu0 for shape in config.students]
    marks = np.unique(np.geomspace(1, config.steps, MARKS).astype(int)) - 1
    grid = len(config.nu0), len(config.students), len(config.rates), config.seeds
    epoch, batches = max(1, config.steps // 100), _batches(config)
    last, curves = np.zeros(grid), np.zeros((*grid[:3], len(marks)))
    for step in range(config.steps):
        G = next(batches)
        losses = np.stack([fit.send(G) for fit in fits]).reshape(grid)
        last += losses / epoch if step >= config.steps - epoch else 0.0
        curves[..., marks == step] = np.median(losses, axis=3)[..., None]
        if step % 20 == 0:
            progress(step / config.steps)
    return Race(config.nu0, np.array(config.rates), last, marks + 1, curves)


def _keep_freed_memory():
    """From a large block once freed, glibc learns to keep freed memory; without, page faults double the time."""
    np.empty(HEAP, np.uint8)


def _batches(config):
    """The Gram matrix of each step."""
    rng = np.random.default_rng(2)
    while True:
        yield (horizons.gram(rng.standard_normal((config.batch, config.length))) if config.sampled
               else horizons.expected_gram(config.length))  # fmt: skip


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


def _fit(student, config, nu0, skip):
    """Every rate from every seed, as a coroutine ready for the first G: takes G, gives the losses, then steps."""
    starts = starting_points(student, config, nu0, skip)
    x, g = (np.tile(rows, (len(config.rates), 1)) for rows in (starts, teachers(config, nu0)))
    fit = _steps(student, x, g, np.repeat(config.rates, config.seeds), config.steps)
    next(fit)
    return fit


def _steps(student, x, g, rates, steps):
    """Adam with a cosine from the rates to `FINAL_RATE`; a run is lost where loss or gradient is not finite."""
    adam, m, v = Adam(1.0, final_rate=FINAL_RATE), np.zeros_like(x), np.zeros_like(x)
    (beta1, beta2), losses = adam.betas, None
    alive = np.ones(len(x), dtype=bool)
    for step in range(steps):
        G = yield losses
        with np.errstate(all="ignore"):
            h, gradient = student.gradient(x, g.shape[1], lambda h: _force(h - g, G))  # noqa: B023
            losses = loss(h - g, G)
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


def loss(difference, G):
    """½ Δᵀ G Δ for each row."""
    return 0.5 * np.einsum("rs,rs->r", difference, _force(difference, G))


def floors(config, nu0):
    """The least loss of a one-layer student whose poles stay where they start: linear least squares, (seeds,)."""
    s, student = np.arange(config.length), LRU(*config.students[0])
    weights = np.sqrt(horizons.expected_gram(config.length))
    least = []
    for x, g in zip(starting_points(student, config, nu0), teachers(config, nu0), strict=True):
        powers = student.build(x)[0].poles ** s[:, None]
        A = weights[:, None] * np.column_stack([powers.real, powers.imag, s == 0])
        y = weights * g
        least.append(0.5 * np.sum((A @ np.linalg.lstsq(A, y)[0] - y) ** 2))
    return np.array(least)
