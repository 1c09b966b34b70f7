r"""Optimizers that go step by step: gradient descent, Adam, natural gradient.

Each is a frozen record of its settings, refused at construction where they make no sense. ``prepare(problem, steps)``
checks them against a problem and returns ``advance(step, point, loss, gradient, state) -> (point, state)``, a pure
function: `state` is a dict of arrays, empty at the start, and all that the optimizer remembers. One that may find no
way down returns the point that it was given, and has ``optimal(problem, point, loss, gradient)``: whether there is
none. A rate is a positive number, or a dict from each group of the chart to one, 0 for a group that stays where it is.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..system import validation


@dataclass(frozen=True)
class GradientDescent:
    """x ← x − rate·∇L."""

    rate: Any

    def __post_init__(self):
        settle(self, rate=_rate(self.rate))

    def prepare(self, problem, steps):
        """See the module."""
        rate = by_coordinate(self.rate, problem.chart)

        def advance(step, point, loss, gradient, state):
            return point - rate * gradient, state

        return advance


@dataclass(frozen=True)
class Adam:
    r"""Adam with bias correction [Kingma & Ba, arXiv 1412.6980], decoupled weight decay [Loshchilov & Hutter,
    arXiv 1711.05101].

    .. math:: m ← β_1 m + (1-β_1) g, \quad v ← β_2 v + (1-β_2) g^2, \quad
              x ← (1 - η w) x - η \frac{m/(1-β_1^t)}{\sqrt{v/(1-β_2^t)} + ε}

    Parameters
    ----------
    rate : float or dict of str to float
        η, the same for all coordinates or by group.
    betas : (float, float)
        β₁ and β₂, each in [0, 1).
    eps : float
        ε > 0.
    weight_decay : float
        w ≥ 0.
    warmup : int
        Steps over which η rises linearly.
    final_rate : float or None
        η then falls to it on a half cosine, except where it is no higher to begin with; None: η stays.
    horizon : int or None
        The step at which the cosine ends, after the warm-up; None: at the steps of the fit.

    Raises
    ------
    ValueError, TypeError
        A setting outside these bounds; a final rate above every rate.
    """

    rate: Any
    betas: Any = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.0
    warmup: int = 0
    final_rate: float | None = None
    horizon: int | None = field(default=None, kw_only=True)

    def __post_init__(self):
        settle(self, rate=_rate(self.rate), betas=_betas(self.betas),
               eps=validation.real_number(self.eps, "eps", positive=True),
               weight_decay=not_negative(self.weight_decay, "weight_decay"),
               warmup=validation.integer(self.warmup, "warmup", 0))
        if self.horizon is not None:
            settle(self, horizon=validation.integer(self.horizon, "horizon", self.warmup + 1))
        if self.final_rate is not None:
            settle(self, final_rate=not_negative(self.final_rate, "final_rate"))
            highest = max(self.rate.values()) if isinstance(self.rate, dict) else self.rate
            if self.final_rate > highest:
                raise ValueError(f"final_rate: expected at most the rate {highest}, from which it is reached, got "
                                 f"{self.final_rate}")

    def prepare(self, problem, steps):
        """See the module."""
        peak, (beta1, beta2) = by_coordinate(self.rate, problem.chart), self.betas
        end = steps if self.horizon is None else self.horizon

        def advance(step, point, loss, gradient, state):
            m = beta1 * state.get("m", 0.0) + (1 - beta1) * gradient
            v = beta2 * state.get("v", 0.0) + (1 - beta2) * gradient**2
            corrected = m / (1 - beta1 ** (step + 1)), v / (1 - beta2 ** (step + 1))
            rate = self.scheduled(peak, step, end)
            move = corrected[0] / (np.sqrt(corrected[1]) + self.eps)
            return (1 - rate * self.weight_decay) * point - rate * move, {"m": m, "v": v}

        return advance

    def scheduled(self, peak, step, end):
        """η at `step` = 0, 1, …: up to `peak` in `warmup` steps, then along the cosine to `final_rate` at `end`."""
        if step < self.warmup:
            return peak * (step + 1) / self.warmup
        if self.final_rate is None:
            return peak
        fraction = min(1.0, (step - self.warmup) / max(1, end - self.warmup))
        final = np.minimum(self.final_rate, peak)
        return final + (peak - final) * (1 + np.cos(np.pi * fraction)) / 2


@dataclass(frozen=True)
class NaturalGradient:
    r"""x ← x − rate·(G + δ·‖G‖·1)⁻¹∇L with the Gauss–Newton matrix G of a Population task, and backtracking.

    Eigenvalues of G below `damping` times the largest one are damped; those that rounding makes negative count as 0.
    With `damping` = 0 directions without curvature are left alone (pseudo-inverse). The step is halved until the loss
    does not grow; where 40 halvings do not help, or the step is below the rounding of the point, the fit ends.

    Amari, Neural Computation 10:251, 1998.
    """

    rate: float = 1.0
    damping: float = 1e-10

    def __post_init__(self):
        settle(self, rate=validation.real_number(self.rate, "rate", positive=True),
               damping=not_negative(self.damping, "damping"))

    def prepare(self, problem, steps):
        """See the module."""
        rate, damping = self.rate, self.damping

        def advance(step, point, loss, gradient, state):
            direction = natural_direction(problem.gauss_newton(point), gradient, damping)
            for halving in range(41):
                trial = point - rate * 0.5**halving * direction
                if np.array_equal(trial, point):
                    break
                if problem.loss(trial) <= loss:
                    return trial, state
            return point, state

        return advance

    def optimal(self, problem, point, loss, gradient):
        """Whether not even the least damped step promises anything beyond rounding."""
        damping = len(point) * np.finfo(float).eps
        promise = gradient @ natural_direction(problem.gauss_newton(point), gradient, damping) / 2
        return within_rounding(promise, point, loss, gradient)


def natural_direction(metric, gradient, damping):
    """(G + δ‖G‖)⁻¹ g by eigenvalues; below the rounding of G (p·u·‖G‖) an undamped eigenvalue counts as none."""
    eigenvalues, vectors = np.linalg.eigh(metric)
    largest = max(eigenvalues[-1], 0.0)
    floor = len(metric) * np.finfo(float).eps * largest
    kept = np.where(eigenvalues > floor, eigenvalues, 0.0) + damping * largest
    inverse = np.divide(1.0, kept, out=np.zeros_like(kept), where=kept > 0)
    return vectors @ (inverse * (vectors.T @ gradient))


def within_rounding(promise, point, loss, gradient):
    r"""Whether the decrease of the loss that a quadratic model promises cannot be told from rounding.

    The model L + gᵀd + ½ dᵀHd promises ½ gᵀH⁻¹g. Rounding of the p coordinates, |δx_j| ≤ ε|x_j|, changes the loss by
    up to ε |g|ᵀ|x|, and the loss, a sum, is known to p ε L:

    .. math:: \tfrac12 g^T H^{-1} g \le ε\,(p L + |g|^T |x|)
    """
    return promise <= np.finfo(float).eps * (len(point) * loss + np.abs(gradient) @ np.abs(point))


def by_coordinate(rate, chart):
    """A rate for all coordinates, or one for each from a dict that names every group."""
    if not isinstance(rate, dict):
        return rate
    if set(rate) != set(chart.groups):
        raise ValueError(f"rate: expected one number, or one for each of {', '.join(map(repr, chart.groups))}, got "
                         f"{rate!r}")
    rates = np.zeros(len(chart))
    for name, value in rate.items():
        rates[chart.groups[name]] = value
    return rates


def settle(record, **values):
    """Put checked values in the place of what a frozen record was made with."""
    for name, value in values.items():
        object.__setattr__(record, name, value)


def not_negative(value, name):
    """`value` as a float ≥ 0."""
    number = validation.real_number(value, name)
    if number < 0:
        raise ValueError(f"{name}: expected a number of at least 0, got {number}")
    return number


def real_numbers(values, name):
    """`values` as a float vector."""
    array = validation.numbers(values, name)
    if array.ndim != 1 or array.dtype.kind == "c":
        raise ValueError(f"{name}: expected a sequence of real numbers, got {validation.describe(values)}")
    return array


def _rate(rate):
    """A positive float, or a new dict of floats ≥ 0, not all 0."""
    if not isinstance(rate, dict):
        return validation.real_number(rate, "rate", positive=True)
    rates = {name: not_negative(value, f"rate[{name!r}]") for name, value in rate.items()}
    if not any(rates.values()):
        raise ValueError(f"rate: expected a positive number for some group, got {rate!r}")
    return rates


def _betas(betas):
    pair = validation.shaped(betas, "betas", (2,), ("two",))
    if pair.dtype.kind == "c" or not ((pair >= 0) & (pair < 1)).all():
        raise ValueError(f"betas: expected two numbers in [0, 1), got {betas}")
    return tuple(pair.tolist())
