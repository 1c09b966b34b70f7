r"""Tasks: what a student is trained on. A task knows its loss, the exact gradient, and where both are defined.

Every task has ``loss(student, rng=None)`` and ``gradient(student, rng=None) -> (loss, Fields or NetworkFields)``, the
gradient being (∂_Re + i ∂_Im) L for complex parameters; and ``stationary``: whether the loss exists only for stable
students; `fresh`: whether each call draws its own samples.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from ..numeric import simulate
from ..system import Network, Process, Stack, validation
from ..system.processes import process_or_white
from ..system.stacks import require_stack
from . import networks, population, sampled, sampling, sections
from .optimizers import settle
from .signals import signals


@dataclass(frozen=True, eq=False)
class Population:
    r"""Identification without samples: :math:`L = \tfrac12 E|y_S - y_T|^2` in the stationary state, exact.

    Parameters
    ----------
    teacher : Stack
    process : Process or None
        The input on each channel; None: white noise of unit variance.
    """

    teacher: Stack
    process: Process | None = None
    stationary: ClassVar[bool] = True
    fresh: ClassVar[bool] = False

    def __post_init__(self):
        require_stack(self.teacher, "teacher")
        settle(self, process=process_or_white(self.process))

    def loss(self, student, rng=None):
        """½E|y_S − y_T|²."""
        return population.loss(student, self.teacher, self.process)

    def gradient(self, student, rng=None):
        """(loss, Fields)."""
        return population.gradient(student, self.teacher, self.process)

    def recursion(self, student):
        """The function of poles, b and c of real scalar cascades of the student's depth, as `population.recursion`."""
        return population.recursion(student, self.teacher, self.process)

    def section_gradient(self, student):
        """(loss, ∂L/∂(a₁, a₂) of each second-order section, ∂L/∂g): smooth where the poles of a section coincide."""
        return sections.section_gradient(student, self.teacher, self.process)

    def gauss_newton(self, student):
        """E[∂y ∂yᵀ] in full real coordinates: (P, P) in flat order, complex stacks (2P, 2P), all Re, then all Im."""
        return population.gauss_newton(student, self.process)

    def hessian(self, student):
        """The second derivatives of the loss in full real coordinates, shaped as `gauss_newton`."""
        return population.hessian(student, self.teacher, self.process)


@dataclass(frozen=True, eq=False)
class Sampled:
    r"""Identification from samples: a fresh batch at every step, from the zero state.

    .. math:: L = \frac{1}{2\,\text{batch}\,(T - \text{washout})} \sum_{\text{batch}}
              \sum_{t \ge \text{washout}} |y_S - y_T|^2

    Parameters
    ----------
    teacher : Stack or Network
    process : Process or None
        The input on each channel; None: white noise of unit variance.
    batch, length : int
        Records at a step, and T, the samples of each.
    washout : int
        Samples at the start that do not count.
    """

    teacher: Stack | Network
    process: Process | None = None
    batch: int = 32
    length: int = 1000
    washout: int = 0
    stationary: ClassVar[bool] = False
    fresh: ClassVar[bool] = True

    def __post_init__(self):
        if not isinstance(self.teacher, (Stack, Network)):
            raise TypeError(f"teacher: expected a Stack or a Network, got {validation.describe(self.teacher)}")
        settle(self, process=process_or_white(self.process), batch=validation.integer(self.batch, "batch", 1),
               length=validation.integer(self.length, "length", 1),
               washout=validation.integer(self.washout, "washout", 0))
        if self.washout >= self.length:
            raise ValueError(f"washout: expected fewer samples than the length {self.length}, got {self.washout}")

    @property
    def weights(self):
        """(T,) weights over time, of sum 1."""
        weights = np.zeros(self.length)
        weights[self.washout :] = 1 / (self.length - self.washout)
        return weights

    def draw(self, rng):
        """(u, target): (batch, T) for one channel, else (batch, T, H)."""
        channels, _ = _channels(self.teacher)
        u = sampling.draw(self.process, rng, (self.batch * channels, self.length))
        if channels > 1:
            u = np.ascontiguousarray(u.reshape(self.batch, channels, self.length).transpose(0, 2, 1))
        return u, _outputs(self.teacher, u)

    def loss(self, student, rng):
        """Of one fresh batch."""
        self._require_channels(student)
        return _engine(student).loss(student, *self.draw(rng), self.weights)

    def gradient(self, student, rng):
        """(loss, fields) of one fresh batch."""
        self._require_channels(student)
        return _engine(student).gradient(student, *self.draw(rng), self.weights)

    def _require_channels(self, student):
        own, wanted = _channels(student), _channels(self.teacher)
        if own != wanted:
            raise ValueError(f"student: expected {wanted[0]} input and {wanted[1]} output channels as the teacher has, "
                             f"got {own[0]} and {own[1]}")


@dataclass(frozen=True, eq=False)
class Recorded:
    """Given data: L = ½ mean over the batch of Σ_t w_t |y_t − target_t|², summed over channels; from the zero state.

    Parameters
    ----------
    u, target : (T,), (batch, T) or (batch, T, H) array
    weights : (T,) array or None
        w_t; None: 1/T each.
    """

    u: Any
    target: Any
    weights: Any = None
    stationary: ClassVar[bool] = False
    fresh: ClassVar[bool] = False

    def __post_init__(self):
        u, target = validation.numbers(self.u, "u"), validation.numbers(self.target, "target")
        if not 1 <= u.ndim <= 3 or u.ndim != target.ndim or u.shape[:2] != target.shape[:2] or not u.size:
            raise ValueError(f"target: expected as many records and samples as u {u.shape}, got {target.shape}; pass "
                             "(T,), (batch, T) or (batch, T, H) for both")
        length = u.shape[0] if u.ndim == 1 else u.shape[1]
        weights = np.full(length, 1 / length) if self.weights is None else self.weights
        weights = validation.vector(weights, "weights", length, "T")
        if weights.dtype.kind == "c" or (weights < 0).any():
            raise ValueError("weights: expected non-negative numbers over time, got "
                             f"{validation.describe(self.weights)}")
        settle(self, u=u, target=target, weights=weights)

    def loss(self, student, rng=None):
        """Over all of the data."""
        return _engine(student).loss(student, self.u, self.target, self.weights)

    def gradient(self, student, rng=None):
        """(loss, fields) over all of the data."""
        forward = isinstance(student, Stack) and self._signals is not None
        found = sampled.forward_gradient(student, self._signals) if forward else None
        return found or _engine(student).gradient(student, self.u, self.target, self.weights)

    @cached_property
    def _signals(self):
        """The data as scalar cascades take them; None where they are complex or of several channels."""
        several = self.u.ndim == 3 and (self.u.shape[2] > 1 or self.target.shape[2] > 1)
        if several or np.iscomplexobj(self.u) or np.iscomplexobj(self.target):
            return None
        return signals(self.u, self.target, self.weights)


def _engine(student):
    return sampled if isinstance(student, Stack) else networks


def _channels(model):
    """(H_in, H_out)."""
    parts = model.layers if isinstance(model, Stack) else model.blocks
    return parts[0].channels[0], parts[-1].channels[1]


def _outputs(model, u):
    return simulate(model, u)[0] if isinstance(model, Stack) else networks.apply(model, u)
