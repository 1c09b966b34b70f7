"""Deep and wide students with activations: every seed at every rate, at once."""

from dataclasses import dataclass

import numpy as np

from .activated_students import Activated, train
from .student_settings import deep, gains, modal, setting
from .student_training import adam, clipped
from .students import packed


@dataclass(frozen=True, eq=False)
class End:
    """One arm at the rate with the least median error at the end; errors on records not trained on."""

    errors: np.ndarray  # at the start, half of the steps, and the end; over the energy of the teacher, (3, seeds)
    rate: float

    @property
    def first(self):
        """At the start."""
        return self.errors[0]

    @property
    def half(self):
        """After half of the steps."""
        return self.errors[1]

    @property
    def last(self):
        """At the end."""
        return self.errors[2]


@dataclass(frozen=True, eq=False)
class Task:
    """Teachers with an activation after every layer, and records: one seed a row."""

    where: object  # Setting
    activation: str
    u: np.ndarray  # to train on, (seeds, batch, period)
    v: np.ndarray  # to judge by
    target: np.ndarray
    aim: np.ndarray


def task(config, activation, layers):
    """Teachers of depth-aware gains on records of white noise."""
    where = setting(config, layers=layers)
    student, x = Activated(activation, True), packed(where.teachers, where.ones, where.ones)
    gamma = gains(where.teachers, "depth-aware")
    u, v = (_records(who, batch, config) for who, batch in ((7, config.batch), (4, config.judged)))
    return Task(where, activation, u, v, student(x, gamma, u), student(x, gamma, v))


def _records(who, batch, config):
    return np.stack([np.random.default_rng([who, seed]).standard_normal((batch, config.period))
                     for seed in range(config.seeds)])


def race(config, found, arms, optimizer="Adam"):
    """(side, arm) to End."""
    return {(side, arm): imitate(config, found, side, arm, optimizer) for side in ("deep", "wide") for arm in arms}


def imitate(config, found, side, arm, optimizer="Adam", copies=1):
    """Adam at every rate. `copies`: of the states of a wide student."""
    x, gamma = _start(found.where, side, arm, copies)
    student, n, seeds = Activated(found.activation, side == "deep"), len(config.rates), len(x)
    rule = adam(np.repeat(config.rates, seeds), config.steps)
    points = train(student, _each(x, n), _each(gamma, n), _each(found.u, n), _each(found.target, n),
                   clipped(rule) if optimizer == "clipped" else rule, (0, config.steps // 2, config.steps))
    energy = np.mean(found.aim**2, axis=(1, 2))
    errors = np.array([[_misfit(student, p, gamma, found) for p in np.split(at, n)] for at in points]) / energy
    best = int(np.argmin(np.median(errors[-1], axis=1)))
    return End(errors[:, best], config.rates[best])


def _each(array, n):
    return np.tile(array, (n,) + (1,) * (array.ndim - 1))


def _misfit(student, x, gamma, found):
    with np.errstate(all="ignore"):
        error = np.mean((student(x, gamma, found.v) - found.aim) ** 2, axis=(1, 2))
    return np.where(np.isfinite(error), error, np.finfo(float).max)


def _start(where, side, arm, copies):
    """Points and gains γ; a wide student of K·copies states has copies of every state, their ν up to ½ apart.

    Its readout is positive, as the gains of deep students are: both start on the same side of 0.
    """
    _, x, gamma = deep(where, arm) if side == "deep" else modal(where, arm)
    if side == "deep":
        return x, gamma
    nu, b, c = np.split(x, 3, axis=1)
    apart = np.repeat(np.linspace(-0.5, 0.5, copies) if copies > 1 else np.zeros(1), nu.shape[1])
    nu, b, c, gamma = (np.tile(part, copies) for part in (nu, b, np.abs(c) / copies, gamma))
    return np.concatenate([nu + apart, b, c], axis=1), gamma
