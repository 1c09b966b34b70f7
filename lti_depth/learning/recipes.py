"""What a configuration can name: teachers, students, processes, optimizers, runs.

The keyword-only arguments of a builder are the keys of its table, their annotations what is accepted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..system import Block, Network, ar1, arma, cascade, stack, validation, white
from . import initializations, optimizers, searches, teachers
from .charts import Chart
from .tasks import Population, Sampled

MAX_SERIES_BYTES = 1 << 26


def _cascade_teacher(rng, *, poles: list, b: float = 1.0, c: float = 1.0, d: float = 0.0, timing: str = "current"):
    return cascade(poles, b, c, d, timing=timing)


def _planted(rng, *, layers: int, states: int = 1, channels: int = 1, r_min: float = 0.0, r_max: float = 0.95,
             phase: float = 0.0, timing: str = "current"):
    return teachers.planted(layers, rng, N=states, H=channels, r_min=r_min, r_max=r_max, phase=phase, timing=timing)


def _zucchet(rng, *, nu0: float):
    return teachers.zucchet(nu0, rng)


def _delay(rng, *, delay: int):
    return teachers.delay(delay)


def _pade_delay(rng, *, delay: float, order: int, timing: str = "current"):
    return teachers.pade_delay(delay, order, timing=timing)


def _series(rng, *, file: str):
    path = Path(file)
    if path.stat().st_size > MAX_SERIES_BYTES:
        raise ValueError(f"file: expected at most {MAX_SERIES_BYTES} bytes, got {path.stat().st_size} in {path}")
    return teachers.one_step(np.loadtxt(path, ndmin=1))


def _cascade_student(rng, *, layers: int, init: str = "uniform", low: float = 0.0, high: float = 0.95,
                     delay: float = 10.0, pole: float = 0.5, timing: str = "current", coordinates: str = "direct",
                     train: list | tuple = ("poles", "B"), gamma: bool = False):
    poles = {
        "uniform": lambda: initializations.uniform(layers, rng, low, high),
        "equal_memory": lambda: initializations.equal_memory(layers, delay),
        "constant": lambda: initializations.constant(layers, pole),
    }[validation.choice(init, "init", ("uniform", "equal_memory", "constant"))]()
    return Chart(cascade(poles, 1 - np.abs(poles), timing=timing), coordinates, tuple(train), gamma)


def _lru_student(rng, *, layers: int = 1, states: int = 64, channels: int = 1, r_min: float = 0.0, r_max: float = 1.0,
                 phase: float = 2 * np.pi, norm: str = "none", activation: str = "linear", residual: bool = False,
                 coordinates: str = "exp-exp", train: list | tuple = ("poles", "B", "C", "D"), gamma: bool = True):
    drawn = [initializations.lru(states, channels, rng, r_min=r_min, r_max=r_max, phase=(0.0, phase))
             for _ in range(layers)]
    if (norm, activation, residual) == ("none", "linear", False):
        return Chart(stack(drawn), coordinates, tuple(train), gamma)
    blocks = tuple(Block(layer, None if norm == "none" else norm, activation, residual=residual) for layer in drawn)
    return Chart(Network(blocks), coordinates, tuple(train), gamma)


def _white(*, variance: float = 1.0):
    return white(variance)


def _ar1(*, rho: float, variance: float = 1.0):
    return ar1(rho, variance)


def _arma(*, ar: list | tuple = (), ma: list | tuple = (), variance: float = 1.0):
    return arma(ar, ma, variance)


def _gradient_descent(*, rate: float | dict):
    return optimizers.GradientDescent(rate)


def _adam(*, rate: float | dict, betas: list | tuple = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0.0,
          warmup: int = 0, final_rate: float | None = None):
    beta1, beta2 = betas
    return optimizers.Adam(rate, (beta1, beta2), eps, weight_decay, warmup, final_rate)


def _natural_gradient(*, rate: float = 1.0, damping: float = 1e-10):
    return optimizers.NaturalGradient(rate, damping)


def _lbfgs(*, memory: int = 20):
    return searches.LBFGS(memory)


def _least_squares():
    return searches.LeastSquares()


def _gradient_flow(*, time: float, rtol: float = 1e-9, atol: float = 1e-12):
    return searches.GradientFlow(time, rtol, atol)


def _population(*, steps: int, seeds: int | list = 1, every: int = 0, tolerance: float = 0.0):
    return Population


def _sampled(*, steps: int, seeds: int | list = 1, every: int = 0, tolerance: float = 0.0, batch: int = 32,
             length: int = 1000, washout: int = 0):
    return lambda teacher, process: Sampled(teacher, process, batch, length, washout)


@dataclass(frozen=True, eq=False)
class Table:
    """The builders of one table by the value of `key`; where the table may be left out the first one is meant."""

    builders: dict[str, Callable]
    key: str = "kind"
    needed: bool = True


TABLES = {
    "teacher": Table({"cascade": _cascade_teacher, "planted": _planted, "zucchet": _zucchet, "delay": _delay,
                      "pade_delay": _pade_delay, "series": _series}),
    "student": Table({"cascade": _cascade_student, "lru": _lru_student}),
    "process": Table({"white": _white, "ar1": _ar1, "arma": _arma}, needed=False),
    "optimizer": Table({"gradient_descent": _gradient_descent, "adam": _adam, "natural_gradient": _natural_gradient,
                        "lbfgs": _lbfgs, "least_squares": _least_squares, "gradient_flow": _gradient_flow}),
    "run": Table({"population": _population, "sampled": _sampled}, key="task", needed=False),
}  # fmt: skip
