"""fit: a student, a task and an optimizer → a Fit. Same seed, same bits; divergence is a status, not an exception."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..system import validation
from .charts import Chart
from .optimizers import not_negative
from .problems import Problem
from .resumption import require_same_run
from .tasks import Population, Recorded, Sampled


@dataclass(frozen=True, eq=False, repr=False)
class Fit:
    r"""What a fit found, and all that is needed to go on.

    Attributes
    ----------
    model : Stack or Network
        At the last point.
    times, losses : (n,) array
        Step numbers (in a gradient flow: times), and the loss at each, before the step is taken.
    trajectory : (n, p) array
        The points of the chart at `times`; `model_at(i)` builds the model.
    status : str
        "converged": the loss came down to the tolerance, scipy's own criterion was met, or the optimizer found no way
        down where its quadratic model promises none beyond rounding, ½ gᵀH⁻¹g ≤ ε (p L + \|g\|ᵀ\|x\|).
        "stalled at step n": it found no way down though there should be one. "max steps": the steps, or the time of a
        flow, are used up. "diverged at step n": after n steps the loss was infinite, or did not exist because of an
        unstable pole; the last point is the one before.
    seed : int
    crossings : (m,) array
        In a gradient flow with `levels`: the times at which the loss first fell to them, or nan.
    chart : Chart
    task : Population, Sampled or Recorded
    optimizer
    point : (p,) array
        The last point.
    step : int
        Steps taken in all.
    state : dict of str to array
        The optimizer's memory.
    rng_state : dict
        Of the generator, plain numbers and strings.
    """

    chart: Chart
    task: Any
    optimizer: Any
    times: np.ndarray
    losses: np.ndarray
    trajectory: np.ndarray
    status: str
    seed: int
    point: np.ndarray
    step: int
    state: dict[str, np.ndarray]
    rng_state: dict[str, Any]
    crossings: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def __repr__(self):
        return (f"Fit({type(self.optimizer).__name__}, {len(self.chart)} parameters, {self.step} steps, "
                f"{self.status}, loss {self.losses[0]:.4g} → {self.loss:.4g})")

    def __setstate__(self, state):
        """Of a copy or a pickle, whose arrays come back writable."""
        for name, value in state.items():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
            object.__setattr__(self, name, value)

    @property
    def model(self):
        """The model at the last point."""
        return self.chart.build(self.point)

    @property
    def loss(self):
        """The last loss on record."""
        return float(self.losses[-1])

    def model_at(self, index):
        """The model at `times[index]`."""
        return self.chart.build(self.trajectory[index])


def fit(model, task, optimizer, *, steps, seed=0, every=1, tolerance=0.0, resume=None, progress=None):
    """Train a model.

    Parameters
    ----------
    model : Stack, Network or Chart
        A model is trained in the coordinates ``Chart(model)``.
    task : Population, Sampled or Recorded
    optimizer : GradientDescent, Adam, NaturalGradient, LBFGS, LeastSquares or GradientFlow
        The last three take no fresh samples: give them a Population or Recorded task.
    steps : int
        Steps in all, those before `resume` included; for scipy's optimizers iterations (least squares: evaluations).
    seed : int
        Of the samples; with `resume` that of the earlier fit is kept.
    every : int
        Every how many steps to record; the first and the last point are always on record.
    tolerance : float
        Converged when the loss is not above it.
    resume : Fit or None
        Go on from there, with the same chart (from whatever trained parameters it starts), task and optimizer (a
        gradient flow may go on to a later time, and record others): the same bits as one longer run. scipy's optimizers
        start again at its point, with a fresh memory. An `Adam` whose cosine ends with the fit needs its `horizon`.
    progress : callable or None
        Called now and then with the fraction done.

    Returns
    -------
    Fit

    Raises
    ------
    ValueError
        The loss does not exist at the start, a setting makes no sense, or `resume` is not of the same run.
    """
    chart = model if isinstance(model, Chart) else Chart(model)
    steps, every = validation.integer(steps, "steps", 1), validation.integer(every, "every", 1)
    seed = validation.integer(seed, "seed", 0)
    tolerance = not_negative(tolerance, "tolerance")
    if not isinstance(task, (Population, Sampled, Recorded)):
        raise TypeError(f"task: expected Population, Sampled or Recorded, got {validation.describe(task)}")
    if isinstance(optimizer, type) or not (hasattr(optimizer, "prepare") or hasattr(optimizer, "search")):
        raise TypeError("optimizer: expected GradientDescent, Adam, NaturalGradient, LBFGS, LeastSquares or "
                        f"GradientFlow of lti_depth.learning, got {validation.describe(optimizer)}")
    if progress is not None:
        validation.callback(progress, "progress")
    problem = Problem(chart, task)
    run = _Run(chart, task, optimizer, seed, every)
    if resume is not None:
        run.go_on_from(resume, steps)
    if not problem.admissible(run.point):
        raise ValueError("model: expected poles inside the unit circle and finite parameters to start from; "
                         "a stationary loss does not exist elsewhere")
    drive = _stepwise if hasattr(optimizer, "prepare") else _searched
    return drive(problem, optimizer, run, steps, tolerance, progress or (lambda fraction: None))


def _stepwise(problem, optimizer, run, steps, tolerance, progress):
    """A loop of gradient and advance; a point counts as reached once its loss and gradient are known."""
    advance = optimizer.prepare(problem, steps)
    point, state = run.point, run.state
    before = run.rng.bit_generator.state
    for step in range(run.step, steps + 1):
        if problem.task.fresh:
            before = run.rng.bit_generator.state
        loss, gradient = problem.gradient(point, run.rng)
        if gradient is None:
            return run.finished(f"diverged at step {step}")
        run.reach(step, point, state, before)
        run.note(step, loss, point, step % run.every == 0)
        if loss <= tolerance:
            return run.finished("converged")
        if step == steps:
            return run.finished("max steps")
        point, state = advance(step, point, loss, gradient, state)
        if point is run.point:
            optimal = optimizer.optimal(problem, point, loss, gradient)
            return run.finished("converged" if optimal else f"stalled at step {step}")
        if 100 * step // steps != 100 * (step + 1) // steps:  # at most a hundred times
            progress((step + 1) / steps)


def _searched(problem, optimizer, run, steps, tolerance, progress):
    """scipy goes its own way and reports each accepted point."""
    if problem.task.fresh:
        raise ValueError(f"optimizer: {type(optimizer).__name__} needs a loss without fresh samples, got a Sampled "
                         "task; pass Population or Recorded, or another optimizer")
    origin, loss = run.time, problem.loss(run.point)
    run.note(origin, loss, run.point, True)
    if loss <= tolerance:
        return run.finished("converged")

    def record(time, loss, point, step, keep=True):
        if step is not None:
            run.reach(step, point, run.state, run.rng_state)
            progress(min(1.0, step / steps))
        run.note(time, loss, point, keep and (step is None or step % run.every == 0))

    status, crossings = optimizer.search(problem, run.point, origin, run.step, steps, tolerance, record)
    return run.finished(status, crossings)


class _Run:
    """A fit under way: the last point reached, with what the optimizer and the generator held there, and the record."""

    def __init__(self, chart, task, optimizer, seed, every):
        self.chart, self.task, self.optimizer, self.seed, self.every = chart, task, optimizer, seed, every
        self.rng = np.random.default_rng(seed)
        self.step, self.time, self.point, self.state = 0, 0, chart.point, {}
        self.rng_state = self.rng.bit_generator.state
        self.record, self.last = [], None

    def go_on_from(self, before, steps):
        """Take over from a Fit; its last point is met again as the first one here."""
        if not isinstance(before, Fit):
            raise TypeError(f"resume: expected a Fit, got {validation.describe(before)}")
        require_same_run(before, self.chart, self.task, self.optimizer)
        if before.step > steps:
            raise ValueError(f"steps: expected at least the {before.step} taken before, got {steps}; steps counts all")
        if getattr(self.optimizer, "final_rate", None) is not None and self.optimizer.horizon is None:
            raise ValueError("optimizer: expected an Adam whose cosine has a horizon, to go on from another fit; pass "
                             "horizon=, the steps of the whole run, to both")
        self.step, self.time, self.point, self.state = before.step, before.times[-1], before.point, before.state
        self.seed, self.rng_state = before.seed, before.rng_state
        self.rng.bit_generator.state = before.rng_state
        self.record = list(zip(before.times[:-1], before.losses, before.trajectory, strict=False))

    def reach(self, step, point, state, rng_state):
        self.step, self.point, self.state, self.rng_state = step, point, state, rng_state

    def note(self, time, loss, point, keep):
        self.last = None if keep else (time, loss, point)
        if keep:
            self.record.append((time, loss, point))

    def finished(self, status, crossings=()):
        record = self.record
        if self.last and (not record or self.last[0] > record[-1][0]):
            record = [*record, self.last]
        record = record or [(self.step, np.inf, self.point)]
        times, losses, trajectory = (_frozen(column) for column in zip(*record, strict=True))
        return Fit(self.chart, self.task, self.optimizer, times, losses, trajectory, status, self.seed,
                   _frozen(self.point), self.step, self.state, self.rng_state, _frozen(crossings))


def _frozen(values):
    array = np.array(values, dtype=float)
    array.flags.writeable = False
    return array
