"""Claims with verdicts, and the results that carry them: the ground on which experiments and report stand."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np


class Verdict(StrEnum):
    """What the numbers say of a claim."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    CONDITIONAL = "conditional"


@dataclass(frozen=True, eq=False)
class Claim:
    """A statement with a predicted and a measured value, and the verdict that follows from them.

    Parameters
    ----------
    id : str
        Unique, as "universality/gaussian".
    statement : str
        One sentence; formulas between $…$.
    source : str
        A section of the paper, a reviewer, a textbook, or "new here".
    predicted, measured : float or sequence of float
        What the statement says, and what was found by a road that shares no code with it.
    tolerance : float
        Allowed deviation: |measured − predicted| ≤ tolerance·max(|predicted|, floor), entry by entry.
    reason : str
        Why that tolerance.
    floor : float
        The size below which the tolerance is absolute (in units of the values).
    condition : str
        Not empty: the statement holds only under this condition, and the verdict is conditional.
    law : str
        Beside a refuted statement: the law that is right.
    law_value : float or sequence of float
        What that law predicts; it must agree with `measured` within `tolerance`.
    """

    id: str
    statement: str
    source: str
    predicted: object
    measured: object
    tolerance: float
    reason: str
    floor: float = 0.0
    condition: str = ""
    law: str = ""
    law_value: object = None

    def __post_init__(self):
        predicted, measured = _values(self.predicted), _values(self.measured)
        if predicted.shape != measured.shape:
            raise ValueError(f"{self.id}: expected as many measured as predicted values, got {measured.shape} and "
                             f"{predicted.shape}")
        if self.law and self.law_value is None:
            raise ValueError(f"{self.id}: expected a law_value beside the law; pass what the law predicts")

    @property
    def deviation(self):
        """The largest |measured − predicted| / max(|predicted|, floor)."""
        return _deviation(self.predicted, self.measured, self.floor)

    @property
    def verdict(self):
        """Refuted when a value misses; otherwise conditional where a condition is named, else confirmed."""
        if not self.deviation <= self.tolerance:
            return Verdict.REFUTED
        return Verdict.CONDITIONAL if self.condition else Verdict.CONFIRMED

    @property
    def law_holds(self):
        """Whether the law beside a refuted statement agrees with the measurement; True where none is given."""
        return self.law_value is None or _deviation(self.law_value, self.measured, self.floor) <= float(self.tolerance)

    def record(self):
        """As a JSON object."""
        plain = {
            name: getattr(self, name)
            for name in ("id", "statement", "source", "reason", "condition", "law")
        }
        numbers = ("predicted", "measured", "law_value", "tolerance", "floor")
        values = {name: _plain(getattr(self, name)) for name in numbers}
        return plain | values | {
            "deviation": _plain(self.deviation), "verdict": str(self.verdict), "law_holds": self.law_holds
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Curve:
    """One line, set of markers or bars of a panel; `low`, `high` a band around it."""

    x: np.ndarray
    y: np.ndarray
    label: str = ""
    style: str = "line"  # line, dashed, markers, bars
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    group: int | None = None  # curves of one group share a color: a law and its measurement


@dataclass(frozen=True, eq=False)
class Panel:
    """What to draw on one pair of axes: curves, labels with units, scales. Holds data, draws nothing."""

    title: str
    xlabel: str
    ylabel: str
    curves: tuple[Curve, ...]
    xscale: str = "linear"
    yscale: str = "linear"
    note: str = ""


@dataclass(frozen=True, eq=False)
class Result:
    """What an experiment found: its configuration, arrays, panels and claims."""

    name: str
    title: str
    summary: str
    config: dict
    arrays: dict[str, np.ndarray]
    panels: tuple[Panel, ...]
    claims: tuple[Claim, ...]
    formulas: tuple[tuple[str, str], ...] = field(default=())  # (caption, LaTeX)


def _values(value):
    return np.atleast_1d(np.asarray(value, dtype=float))


def _deviation(predicted, measured, floor):
    predicted, measured = _values(predicted), _values(measured)
    scale = np.maximum(np.abs(predicted), floor)
    difference = np.abs(measured - predicted)
    return float(np.max(np.divide(difference, scale, out=np.where(difference == 0, 0.0, np.inf), where=scale > 0)))


def _plain(value):
    """Floats and lists of floats; infinities and NaN, which strict JSON lacks, as strings."""
    if value is None:
        return None
    array = np.asarray(value, dtype=float)
    if array.ndim:
        return [_plain(entry) for entry in array]
    return float(array) if np.isfinite(array) else str(float(array))
