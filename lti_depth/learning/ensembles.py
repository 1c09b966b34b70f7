"""Many students at once: whole training runs of scalar cascades on the population loss, compiled."""

from dataclasses import dataclass

import numpy as np

from .. import threads
from ..kernels import descent
from ..parametrizations import named
from ..system import Stack, validation
from ..system.processes import require_stationary
from .optimizers import Adam, GradientDescent, not_negative, real_numbers
from .population import color

GROUPS = ("poles", "B", "C")
CODES = {"direct": descent.DIRECT, "tanh": descent.TANH, "exp-exp": descent.EXP_EXP, "softplus": descent.SOFTPLUS,
         "stable": descent.STABLE, "polar": descent.POLAR, "zoh": descent.ZOH}  # fmt: skip
_NODES = 2**17


@dataclass(frozen=True, eq=False)
class Descents:
    """S training runs of students with K layers.

    Attributes
    ----------
    poles, b, c : (S, K) array
        At the last point of each run.
    loss : (S,) array
        There.
    status : tuple of str
        "converged", "max steps" or "diverged at step n", as in `Fit`, or "not resolved at step n".
    steps : (S,) int array
        Steps taken.
    times : (n,) int array
        0, every, 2·every, …
    losses : (S, n) array
        Losses at `times`; nan after the end of a run.
    pole_paths, b_paths, c_paths : (S, n, K) array
        Poles and gains at `times`; nan after the end of a run.
    crossings : (S, m) array
        The first steps at which the loss had come down to each of the levels, or nan.
    """

    poles: np.ndarray
    b: np.ndarray
    c: np.ndarray
    loss: np.ndarray
    status: tuple[str, ...]
    steps: np.ndarray
    times: np.ndarray
    losses: np.ndarray
    pole_paths: np.ndarray
    b_paths: np.ndarray
    c_paths: np.ndarray
    crossings: np.ndarray


def descend(poles, b, c, teacher, optimizer, *, steps, process=None, coordinates="direct", train=GROUPS, every=1,
            levels=(), tolerance=0.0):  # fmt: skip
    r"""Train S scalar cascades without feedthrough to imitate a teacher, by ½E|y_S − y_T|².

    Parameters
    ----------
    poles : (S, K) array
        One student a row. Complex where poles, gains or teacher are: then every parameter is complex.
    b, c : array that broadcasts to (S, K)
    teacher : Stack
        A scalar cascade without feedthrough, of any depth; the students have its timing.
    optimizer : GradientDescent or Adam
        The rate is one number, or a dict with one for each trained group.
    steps : int
    process : Process or None
        White noise (None: of unit variance), or white noise through poles alone, such as AR(1).
    coordinates : str
        A name of `lti_depth.parametrizations`.
    train : tuple of str
        Of "poles", "B", "C"; the rest stays as it is.
    every : int
        Every how many steps to record.
    levels : sequence of float
        Losses whose first step is asked for.
    tolerance : float
        Converged when the loss is not above it.

    Returns
    -------
    Descents
        The same bits for any number of threads.

    Raises
    ------
    ValueError
        A student or teacher that is not stable to begin with, or has feedthrough; a process of another kind; a pole
        that the coordinates do not cover; rates for other groups than the trained ones.

    Notes
    -----
    New here. Students with real poles go by the covariance recursion of `kernels.population`. Where poles are negative
    and it keeps fewer than about 9 digits, in delayed timing at unequal depths, and for complex poles, the loss is a
    mean over 16 to 131072 equally spaced frequencies, as many as the slowest pole needs (up to |λ| ≈ .9995); where more
    were needed the run ends as not resolved.
    """
    poles, b, c, teacher, process = _checked(poles, b, c, teacher, process)
    pairs = poles.dtype.kind == "c"
    S = len(poles)
    chart = named(coordinates, "coordinates")
    code = CODES[validation.choice(chart.name, "coordinates", tuple(CODES))]
    start = np.stack([chart.inverse(row).ravel() for row in poles])
    points = np.concatenate([start, _real(b), _real(c)], axis=1)
    steps, every = validation.integer(steps, "steps", 0), validation.integer(every, "every", 1)
    rates, rule = _settings(optimizer, train, points.shape[1] // 3, steps)
    target, nodes = _target(teacher, process, poles.dtype), _nodes()
    times = np.arange(0, steps + 1, every)
    levels, tolerance = real_numbers(levels, "levels"), not_negative(tolerance, "tolerance")
    losses, crossings = np.full((S, len(times)), np.nan), np.full((S, len(levels)), np.nan)
    paths = np.full((S, len(times), points.shape[1]), np.nan)
    kernel = descent.run_complex if pairs else descent.run_real

    def run(n):
        return kernel(points[n], code, target, nodes, rates, rule, steps, every, tolerance, levels,
                      losses[n], paths[n], crossings[n])

    ends = threads.run(run, list(range(S)))
    status = tuple(("max steps", "converged", f"diverged at step {step}", f"not resolved at step {step}")[code]
                   for code, step, _ in ends)
    final = _parts(points, chart, pairs)
    return Descents(*final, np.array([loss for *_, loss in ends]), status, np.array([step for _, step, _ in ends]),
                    times, losses, *_parts(paths, chart, pairs), crossings)


def _checked(poles, b, c, teacher, process):
    """Students as (S, K) arrays of one dtype, and what they learn from."""
    poles = validation.shaped(poles, "poles", (None, None), ("S", "K"))
    if not isinstance(teacher, Stack) or not teacher.is_cascade or teacher.D.any():
        raise ValueError("teacher: expected a scalar cascade without feedthrough, got "
                         f"{validation.describe(teacher)}; for other teachers use fit with a Population task")
    require_stationary(teacher, "a population loss")
    front = color(process)
    if front is None:
        raise ValueError("process: expected white noise or white noise through poles alone, such as ar1(0.9), got "
                         f"{validation.describe(process)}; for other processes use fit with a Population task")
    gains = [_broadcast(value, name, poles.shape) for value, name in ((b, "b"), (c, "c"))]
    dtype = np.result_type(poles, *gains, teacher.dtype, front[0])
    if np.any(np.abs(poles) >= 1):
        raise ValueError(f"poles: expected |λ| < 1 to start from, got {np.abs(poles).max()}")
    return *(np.array(values, dtype=dtype, order="C") for values in (poles, *gains)), teacher, front


def _broadcast(value, name, shape):
    gains = validation.numbers(value, name)
    try:
        return np.broadcast_to(gains, shape)
    except ValueError:
        raise ValueError(f"{name}: expected gains that broadcast to the shape {shape} of the poles, got "
                         f"{validation.describe(gains)}") from None


def _real(values):
    """(S, K) complex as (S, 2K) real, Re and Im next to each other."""
    return values.view(float) if values.dtype.kind == "c" else values


def _parts(points, chart, pairs):
    """Poles, b and c at points (…, 3K) or (…, 6K); nan where a run had ended."""
    coordinates, b, c = np.split(points, 3, axis=-1)
    x = coordinates.reshape(-1, 2) if pairs else coordinates.ravel()
    reached = np.isfinite(x).all(axis=1) if pairs else np.isfinite(x)
    poles = np.full(len(x), np.nan, dtype=complex if pairs else float)
    with np.errstate(over="ignore"):  # where a diverged run has ended
        poles[reached] = chart.map(x[reached])
    if not pairs:
        return poles.reshape(b.shape), b, c
    b, c = (np.ascontiguousarray(part).view(complex) for part in (b, c))
    return poles.reshape(b.shape), b, c


def _settings(optimizer, train, size, steps):
    """Rates by coordinate, 0 where nothing is trained, and the rule of `kernels.descent.advance`."""
    if not isinstance(optimizer, (Adam, GradientDescent)):
        raise TypeError(f"optimizer: expected GradientDescent or Adam, got {validation.describe(optimizer)}")
    for name in validation.names(train, "train"):
        validation.choice(name, "train", GROUPS)
    rate = optimizer.rate if isinstance(optimizer.rate, dict) else dict.fromkeys(train, optimizer.rate)
    if set(rate) != set(train):
        raise ValueError(f"rate: expected one number, or one for each of {', '.join(map(repr, train))}, got {rate!r}")
    rates = np.repeat([rate.get(name, 0.0) for name in GROUPS], size)
    if isinstance(optimizer, GradientDescent):
        return rates, (False, 0.0, 0.0, 0.0, 0.0, 0, np.nan, steps)
    final = np.nan if optimizer.final_rate is None else float(optimizer.final_rate)
    end = steps if optimizer.horizon is None else optimizer.horizon
    return rates, (True, *optimizer.betas, float(optimizer.eps), float(optimizer.weight_decay),
                   int(optimizer.warmup), final, int(end))  # fmt: skip


def _target(teacher, front, dtype):
    arrays = (np.array(a, dtype=dtype) for a in (teacher.poles, teacher.B, teacher.C, front[0]))
    return *arrays, float(front[1]), teacher.timing == "delayed"


def _nodes():
    """sin ω and 1 − cos ω at equally spaced ω."""
    omega = np.arange(_NODES) * (2 * np.pi / _NODES)
    return np.sin(omega), 2 * np.sin(omega / 2) ** 2
