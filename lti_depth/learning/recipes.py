"""What a configuration can name: teachers, students, processes, optimizers, runs.

The keyword-only arguments of a builder are the keys of its table, their annotations what is accepted, the first line
of its docstring what it is.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..parametrizations import PARAMETRIZATIONS
from ..system import Block, Network, ar1, arma, cascade, stack, validation, white
from ..system.networks import ACTIVATIONS, NORMS
from ..system.validation import TIMINGS
from . import initializations, optimizers, searches, teachers
from .assembly import FIELDS
from .charts import Chart
from .tasks import Population, Sampled

MAX_SERIES_BYTES = 1 << 26
COORDINATES = (*PARAMETRIZATIONS, "sections")
INITS = ("uniform", "equal_memory", "constant")


def _cascade_teacher(rng, *, poles: list, b: float = 1.0, c: float = 1.0, d: float = 0.0, timing: str = "current"):
    """A scalar cascade: one state and one channel a layer."""
    return cascade(poles, b, c, d, timing=timing)


def _planted(rng, *, layers: int, states: int = 1, channels: int = 1, r_min: float = 0.0, r_max: float = 0.95,
             phase: float = 0.0, timing: str = "current"):
    """A random stack of unit output variance, drawn anew for every seed."""
    layers, states, channels = _sizes(layers=layers, states=states, channels=channels)
    return teachers.planted(layers, rng, N=states, H=channels, r_min=r_min, r_max=r_max, phase=phase, timing=timing)


def _zucchet(rng, *, nu0: float):
    """The dense system of Zucchet & Orvieto (10 states), drawn anew for every seed."""
    return teachers.zucchet(nu0, rng)


def _delay(rng, *, delay: int):
    """The pure delay."""
    return teachers.delay(*_sizes(delay=delay))


def _pade_delay(rng, *, delay: float, order: int, timing: str = "current"):
    """The delay line of the Legendre memory unit."""
    return teachers.pade_delay(validation.real_number(delay, "delay", positive=True), order, timing=timing)


def _series(rng, *, file: str):
    """One-step prediction of a recorded series, which is the input too."""
    path = Path(file)
    if path.stat().st_size > MAX_SERIES_BYTES:
        raise ValueError(f"file: expected at most {MAX_SERIES_BYTES} bytes, got {path.stat().st_size} in {path}")
    return teachers.one_step(_numbers(path))


def _numbers(path):
    """The numbers in a text file; none in an empty one."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "loadtxt: input contained no data", UserWarning)
        try:
            return np.loadtxt(path, ndmin=1)
        except ValueError as error:
            raise ValueError(f"file: expected a number a line in {path}, got another text: {error}") from None


def _cascade_student(rng, *, layers: int, init: str = "uniform", low: float = 0.0, high: float = 0.95,
                     delay: float = 10.0, pole: float = 0.5, timing: str = "current", coordinates: str = "direct",
                     train: list | tuple = ("poles", "B"), gamma: bool = False):
    """A scalar cascade with b = 1 − |λ|, c = 1, d = 0 to start from."""
    (layers,) = _sizes(layers=layers)
    poles = {
        "uniform": lambda: initializations.uniform(layers, rng, low, high),
        "equal_memory": lambda: initializations.equal_memory(layers, delay),
        "constant": lambda: initializations.constant(layers, pole),
    }[validation.choice(init, "init", INITS)]()
    return _chart(cascade(poles, 1 - np.abs(poles), timing=timing), coordinates, train, gamma)


def _lru_student(rng, *, layers: int = 1, states: int = 64, channels: int = 1, r_min: float = 0.0, r_max: float = 1.0,
                 phase: float = 2 * np.pi, norm: str = "none", activation: str = "linear", residual: bool = False,
                 coordinates: str = "exp-exp", train: list | tuple = ("poles", "B", "C", "D"), gamma: bool = True):
    """Layers of the LRU, with random B, C, D."""
    layers, states, channels = _sizes(layers=layers, states=states, channels=channels)
    drawn = [initializations.lru(states, channels, rng, r_min=r_min, r_max=r_max, phase=(0.0, phase))
             for _ in range(layers)]
    if (norm, activation, residual) == ("none", "linear", False):
        return _chart(stack(drawn), coordinates, train, gamma)
    blocks = tuple(Block(layer, None if norm == "none" else norm, activation, residual=residual) for layer in drawn)
    return _chart(Network(blocks), coordinates, train, gamma)


def _sizes(**sizes):
    """Positive integers, called by their keys."""
    return tuple(validation.integer(size, name, 1) for name, size in sizes.items())


def _chart(model, coordinates, train, gamma):
    validation.choice(coordinates, "coordinates", COORDINATES)
    return Chart(model, coordinates, tuple(train), gamma)


def _white(*, variance: float = 1.0):
    """White noise."""
    return white(variance)


def _ar1(*, rho: float, variance: float = 1.0):
    """u_t = ρ u_{t−1} + noise."""
    return ar1(rho, variance)


def _arma(*, ar: list | tuple = (), ma: list | tuple = (), variance: float = 1.0):
    """u_t = Σ ar_i u_{t−i} + e_t + Σ ma_j e_{t−j}."""
    return arma(ar, ma, variance)


def _gradient_descent(*, rate: float | dict):
    """x ← x − rate·∇L."""
    return optimizers.GradientDescent(rate)


def _adam(*, rate: float | dict, betas: list | tuple = (0.9, 0.999), eps: float = 1e-8, weight_decay: float = 0.0,
          warmup: int = 0, final_rate: float | None = None):
    """Adam with decoupled weight decay, warm-up and a cosine."""
    return optimizers.Adam(rate, betas, eps, weight_decay, warmup, final_rate)


def _natural_gradient(*, rate: float = 1.0, damping: float = 1e-10):
    """Damped Gauss–Newton steps with backtracking."""
    return optimizers.NaturalGradient(rate, damping)


def _lbfgs(*, memory: int = 20):
    """L-BFGS of scipy.optimize."""
    return searches.LBFGS(memory)


def _least_squares():
    """The trust-region Gauss–Newton method of scipy.optimize."""
    return searches.LeastSquares()


def _gradient_flow(*, time: float, rtol: float = 1e-9, atol: float = 1e-12):
    """dx/dt = −∇L by a stiff integrator of scipy.integrate."""
    return searches.GradientFlow(time, rtol, atol)


def _population(*, steps: int, seeds: int | list = 1, every: int = 0, tolerance: float = 0.0):
    """The exact expected loss, for students without norm, activation and residual."""
    return Population


def _sampled(*, steps: int, seeds: int | list = 1, every: int = 0, tolerance: float = 0.0, batch: int = 32,
             length: int = 1000, washout: int = 0):
    """A fresh batch at every step."""
    return lambda teacher, process: Sampled(teacher, process, batch, length, washout)


@dataclass(frozen=True, eq=False)
class Table:
    """The builders of one table by the value of `key`, and what each of their keys means.

    Where the table may be left out the first builder is meant.
    """

    builders: dict[str, Callable]
    meanings: dict[str, str]
    key: str = "kind"
    needed: bool = True


def _either(names):
    return ", ".join(f'"{name}"' for name in names)


_TIMING = f"{_either(TIMINGS)}; student and teacher may have different ones"
_TEACHER = {
    "poles": "the pole λ of each layer, |λ| < 1",
    "b": "input gain of every layer", "c": "output gain of every layer", "d": "feedthrough of every layer",
    "timing": _TIMING,
    "layers": "number of layers", "states": "states of each layer", "channels": "channels of each layer",
    "r_min": "least |λ| (|λ|² is uniform)", "r_max": "largest |λ|",
    "phase": "phases of the poles are uniform on [−phase, phase]; 0: real poles",
    "nu0": "ν₀ in [0, 1): least modulus of the eigenvalues before the real part is taken",
    "delay": "samples", "order": "states, at most 12",
    "file": "a text file of numbers; its path is relative to the TOML file",
}  # fmt: skip
_STUDENT = {
    "layers": "number of layers", "states": "states of each layer",
    "channels": "channels of each layer, those of the teacher",
    "init": f"poles to start from: {_either(INITS)}",
    "low": "uniform: least pole", "high": "uniform: largest pole", "delay": "equal_memory: D in λ = D/(D + layers)",
    "pole": "constant: the pole", "timing": _TIMING,
    "r_min": "least |λ| to start from (|λ|² is uniform)", "r_max": "largest |λ|",
    "phase": "phases of the poles are uniform on [0, phase]",
    "norm": f"before each layer: {_either(['none', *filter(None, NORMS)])}",
    "activation": f"after each layer: {_either(ACTIVATIONS)}",
    "residual": "add each layer's input to its output",
    "coordinates": f"of the poles: {_either(COORDINATES)}",
    "train": f"the parameters to train, of {_either(FIELDS[:4])}",
    "gamma": "train log γ in B = γ B̂ too",
}
_PROCESS = {"variance": "of each channel", "rho": "ρ, |ρ| < 1", "ar": "coefficients ar_1, ar_2, …",
            "ma": "coefficients ma_1, ma_2, …"}  # fmt: skip
_OPTIMIZER = {
    "rate": "learning rate; by group: rate = {poles = 0.01, B = 0.02}, one for each trained group",
    "betas": "β₁ and β₂ in [0, 1)", "eps": "ε", "weight_decay": "decoupled weight decay",
    "warmup": "steps over which the rate rises", "final_rate": "to which the rate falls on a cosine over the run",
    "damping": "of eigenvalues of the Gauss–Newton matrix, relative to the largest",
    "memory": "corrections kept", "time": "length of the flow", "rtol": "relative tolerance, at least 2.3e-14",
    "atol": "absolute tolerance",
}  # fmt: skip
_RUN = {
    "steps": "steps of each seed", "seeds": "how many (0, 1, …), or a list of them",
    "every": "steps between two records; 0: about 200 records",
    "tolerance": "converged when the loss is not above it",
    "batch": "records at a step", "length": "samples of each record",
    "washout": "samples at its start that do not count",
}  # fmt: skip

TABLES = {
    "teacher": Table({"cascade": _cascade_teacher, "planted": _planted, "zucchet": _zucchet, "delay": _delay,
                      "pade_delay": _pade_delay, "series": _series}, _TEACHER),
    "student": Table({"cascade": _cascade_student, "lru": _lru_student}, _STUDENT),
    "process": Table({"white": _white, "ar1": _ar1, "arma": _arma}, _PROCESS, needed=False),
    "optimizer": Table({"gradient_descent": _gradient_descent, "adam": _adam, "natural_gradient": _natural_gradient,
                        "lbfgs": _lbfgs, "least_squares": _least_squares, "gradient_flow": _gradient_flow}, _OPTIMIZER),
    "run": Table({"population": _population, "sampled": _sampled}, _RUN, key="task", needed=False),
}  # fmt: skip
