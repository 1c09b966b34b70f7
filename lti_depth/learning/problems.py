"""A chart and a task together: a real function of a real vector, infinite where the loss does not exist."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..system import Stack
from .assembly import FIELDS
from .charts import Chart


@dataclass(frozen=True, eq=False)
class Problem:
    """The loss of a task in the coordinates of a chart.

    Where a parameter overflows, or a pole leaves the unit circle under a stationary loss, the loss is infinite.
    """

    chart: Chart
    task: Any
    _recursion: Any = field(init=False, repr=False)  # of poles, b, c: no model needs to be built

    def __post_init__(self):
        plain = hasattr(self.task, "recursion") and "D" not in self.chart.groups and self.chart.poles != "sections"
        model = self.chart.model
        found = self.task.recursion(model) if plain and isinstance(model, Stack) else None
        object.__setattr__(self, "_recursion", found)

    def admissible(self, point):
        """Whether the loss exists at `point`."""
        return self.chart.admissible(point, stable=self.task.stationary)

    def loss(self, point, rng=None):
        """The loss, or inf."""
        values = self.chart.admitted(point, stable=self.task.stationary)
        if values is None:
            return np.inf
        with np.errstate(over="ignore", invalid="ignore"):
            found = self._by_recursion(values)
            loss = float(self.task.loss(self.chart.assembled(values), rng) if found is None else found[0])
        return loss if np.isfinite(loss) else np.inf

    def gradient(self, point, rng=None):
        """(loss, gradient), or (inf, None)."""
        values = self.chart.admitted(point, stable=self.task.stationary)
        if values is None:
            return np.inf, None
        with np.errstate(over="ignore", invalid="ignore"):
            loss, gradient = self._gradient(point, values, rng)
        if not np.isfinite(loss) or not np.isfinite(gradient).all():
            return np.inf, None
        return float(loss), gradient

    def _by_recursion(self, values):
        return self._recursion(values["poles"], values["B"], values["C"]) if self._recursion else None

    def _gradient(self, point, values, rng):
        found = self._by_recursion(values)
        if found is not None:
            return found[0], self.chart.pulled(point, dict(zip(FIELDS, found[1], strict=False)))
        student = self.chart.assembled(values)
        if self.chart.by_sections and hasattr(self.task, "section_gradient"):
            loss, sections, gain = self.task.section_gradient(student)
            return loss, self.chart.pullback_of_sections(point, sections, gain)
        loss, fields = self.task.gradient(student, rng)
        return loss, self.chart.pullback(point, fields)

    def gauss_newton(self, point):
        """JᵀGJ, (p, p). In sections J is infinite where the two poles of one coincide: ValueError."""
        if not hasattr(self.task, "gauss_newton"):
            raise ValueError(f"task: expected one with a Gauss–Newton matrix, as Population, got "
                             f"{type(self.task).__name__}; take another optimizer")
        jacobian = self.chart.jacobian(point)
        if not np.isfinite(jacobian).all():
            raise ValueError("poles: expected sections of two different poles, where the Gauss–Newton matrix is known, "
                             "got equal ones; move them apart, or take another optimizer")
        return jacobian.T @ self.task.gauss_newton(self.chart.build(point)) @ jacobian
