"""Optimizers that scipy drives from start to end: L-BFGS, least squares, gradient flow.

Each is a frozen record of its settings, refused at construction where they make no sense, with
``search(problem, point, origin, start, steps, tolerance, record) -> (status, crossings)``, where `origin` is the time
and `start` the number of steps before; ``record(time, loss, point, step)`` is called after each accepted step.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..system import validation
from .optimizers import not_negative, real_numbers, settle, within_rounding

CONVERGED, EXHAUSTED = "converged", "max steps"


class _Reached(Exception):
    """The loss has come down to the tolerance."""


@dataclass(frozen=True)
class LBFGS:
    """L-BFGS-B of scipy.optimize, without bounds, for exact losses.

    Where the loss does not exist (an unstable pole) the line search sees ten times the loss of the start.

    Parameters
    ----------
    memory : int
        Corrections kept.
    gradient_tolerance : float
        Converged when no component of the gradient is larger, or where the line search ends and the quadratic model
        promises no decrease beyond rounding.
    """

    memory: int = 20
    gradient_tolerance: float = 1e-12

    def __post_init__(self):
        settle(self, memory=validation.integer(self.memory, "memory", 1),
               gradient_tolerance=not_negative(self.gradient_tolerance, "gradient_tolerance"))

    def search(self, problem, point, origin, start, steps, tolerance, record):
        """See the module."""
        from scipy.optimize import minimize

        wall = 1 + 10 * problem.gradient(point)[0]
        count = start

        def objective(x):
            loss, gradient = problem.gradient(x)
            return (loss, gradient) if np.isfinite(loss) else (wall, np.zeros_like(x))

        def callback(intermediate_result):
            nonlocal count
            count += 1
            record(count, float(intermediate_result.fun), intermediate_result.x.copy(), count)
            if intermediate_result.fun <= tolerance:
                raise StopIteration

        options = {"maxiter": steps - start, "maxfun": 50 * steps, "maxcor": self.memory,
                   "ftol": 0.0, "gtol": self.gradient_tolerance}
        found = minimize(objective, point, jac=True, method="L-BFGS-B", callback=callback, options=options)
        loss, gradient = problem.gradient(found.x)
        promise = gradient @ (found.hess_inv @ gradient) / 2
        if found.success or loss <= tolerance or within_rounding(promise, found.x, loss, gradient):
            return CONVERGED, ()
        return EXHAUSTED if count >= steps else f"stalled at step {count}", ()


@dataclass(frozen=True)
class LeastSquares:
    r"""The trust-region Gauss–Newton method of scipy.optimize.least_squares, for Population tasks.

    The residual lives in the Hilbert space of outputs, e = y_S − y_T. Only its inner products enter the method, so at
    each point any isometric image of e and of the derivatives ∂y serves: with the Gauss–Newton matrix
    :math:`G = V \mathrm{diag}(w) V^*`, the Jacobian :math:`J = \mathrm{diag}(\sqrt w) V^*` and, along it, the residual
    :math:`r = \mathrm{diag}(1/\sqrt w) V^* \nabla L`; one more entry holds what of e no derivative sees. Then
    ½|r|² = L, Jᵀr = ∇L and JᵀJ = G without samples or truncation.

    Parameters
    ----------
    xtol, gtol : float
        Converged when the step falls below `xtol` relative to the point, or the gradient below `gtol`. One of them
        not below ε = 2⁻⁵²; a smaller one is not reached.
    """

    xtol: float = 1e-14
    gtol: float = 1e-14

    def __post_init__(self):
        settle(self, xtol=not_negative(self.xtol, "xtol"), gtol=not_negative(self.gtol, "gtol"))
        if max(self.xtol, self.gtol) < np.finfo(float).eps:
            raise ValueError(f"xtol, gtol: expected one of them of at least {np.finfo(float).eps:.3g}, the relative "
                             f"precision of a double, got {self.xtol} and {self.gtol}")

    def search(self, problem, point, origin, start, steps, tolerance, record):
        """See the module."""
        from scipy.optimize import least_squares

        count = start
        best = point

        def residual(x):
            if not problem.admissible(x):
                return np.full(len(x) + 1, np.nan)  # scipy shrinks the trust region
            return isometric_residual(*problem.gradient(x), problem.gauss_newton(x))[0]

        def jacobian(x):
            nonlocal count, best
            loss, gradient = problem.gradient(x)
            if count > start:
                record(count, loss, x.copy(), count)
            best = x.copy()
            if loss <= tolerance:
                raise _Reached
            count += 1
            return isometric_residual(loss, gradient, problem.gauss_newton(x))[1]

        try:
            found = least_squares(residual, point, jac=jacobian, method="trf", x_scale="jac", ftol=None,
                                  xtol=self.xtol, gtol=self.gtol, max_nfev=max(1, steps - start))
        except _Reached:
            return CONVERGED, ()
        if not np.array_equal(found.x, best):
            record(count, problem.loss(found.x), found.x, count)
        return CONVERGED if found.success else EXHAUSTED, ()


def isometric_residual(loss, gradient, metric):
    """(r, J): ½|r|² = loss, Jᵀr = gradient, JᵀJ = metric; r has one entry more than there are parameters."""
    eigenvalues, vectors = np.linalg.eigh(metric)
    floor = len(metric) * np.finfo(float).eps * max(eigenvalues[-1], 0.0)
    roots = np.sqrt(np.where(eigenvalues > floor, eigenvalues, 0.0))
    seen = np.divide(vectors.T @ gradient, roots, out=np.zeros_like(roots), where=roots > 0)
    seen *= min(1.0, np.sqrt(2 * loss) / max(np.linalg.norm(seen), np.finfo(float).tiny))
    unseen = np.sqrt(max(2 * loss - seen @ seen, 0.0))
    jacobian = np.vstack([roots[:, None] * vectors.T, np.zeros(len(metric))])
    return np.append(seen, unseen), jacobian


@dataclass(frozen=True)
class GradientFlow:
    """dx/dt = −∇L, by a stiff integrator of scipy.integrate, for exact losses.

    Parameters
    ----------
    time : float
        Length of the flow.
    rtol, atol : float
        Tolerances of the integrator, rtol at least 100 ε = 2.2e-14.
    at : None or increasing sequence of float
        Times to record, in [0, time], from the dense output; None: the integrator's own steps.
    levels : sequence of float
        Losses whose first crossing is located in time, to the integrator's accuracy: `Fit.crossings`.
    method : {"Radau", "BDF", "LSODA", "DOP853"}
    """

    time: float
    rtol: float = 1e-9
    atol: float = 1e-12
    at: Any = None
    levels: Any = ()
    method: str = "Radau"
    extended: ClassVar[tuple[str, ...]] = ("time", "at", "levels")  # may be others where a fit goes on

    def __post_init__(self):
        validation.choice(self.method, "method", ("Radau", "BDF", "LSODA", "DOP853"))
        least = 100 * np.finfo(float).eps
        settle(self, time=validation.real_number(self.time, "time", positive=True),
               rtol=validation.real_number(self.rtol, "rtol"), atol=not_negative(self.atol, "atol"),
               levels=tuple(real_numbers(self.levels, "levels").tolist()))
        if self.rtol < least:
            raise ValueError(f"rtol: expected at least {least:.3g}, as the integrators keep no more, got {self.rtol}")
        if self.at is not None:
            at = real_numbers(self.at, "at")
            if (np.diff(at) <= 0).any() or (len(at) and not (0 <= at[0] and at[-1] <= self.time)):
                raise ValueError(f"at: expected increasing times from 0 to {self.time}, got "
                                 f"{validation.describe(self.at)}")
            settle(self, at=tuple(at.tolist()))

    def search(self, problem, point, origin, start, steps, tolerance, record):
        """See the module."""
        from scipy import integrate

        if not self.time > origin:
            raise ValueError(f"time: expected more than the {origin} flowed before, got {self.time}; time counts all")

        def velocity(t, x):
            gradient = problem.gradient(x)[1]
            return np.full(len(x), np.nan) if gradient is None else -gradient

        stiff = {"jac": _flow_jacobian(problem)} if self.method in ("Radau", "BDF") else {}
        solver = getattr(integrate, self.method)(velocity, float(origin), point, self.time,
                                                  rtol=self.rtol, atol=self.atol, **stiff)
        wanted = None if self.at is None else [t for t in self.at if t > origin]
        crossings = np.full(len(self.levels), np.nan)
        loss = problem.loss(point)
        crossings[np.array(self.levels) >= loss] = origin
        for count in range(start + 1, steps + 1):
            solver.step()
            if solver.status == "failed":
                return f"diverged at step {count}", crossings
            dense = solver.dense_output()
            previous, loss = loss, problem.loss(solver.y)
            for index, level in enumerate(self.levels):
                if np.isnan(crossings[index]) and loss <= level < previous:
                    crossings[index] = _crossing(problem, dense, level, solver.t_old, solver.t)
            while wanted and wanted[0] <= solver.t:
                t = wanted.pop(0)
                record(t, problem.loss(dense(t)), dense(t), None)
            record(solver.t, loss, solver.y.copy(), count, wanted is None)
            if loss <= tolerance or solver.status == "finished":
                return CONVERGED if loss <= tolerance else EXHAUSTED, crossings
        return EXHAUSTED, crossings


def _flow_jacobian(problem):
    """−∇²L where coordinates are affine and the Hessian is known; else None: finite differences."""
    if not (problem.chart.linear and hasattr(problem.task, "hessian")):
        return None

    def jacobian(t, x):
        inner = problem.chart.jacobian(x)
        return -inner.T @ problem.task.hessian(problem.chart.build(x)) @ inner

    return jacobian


def _crossing(problem, dense, level, first, last):
    from scipy.optimize import brentq

    return brentq(lambda t: problem.loss(dense(t)) - level, first, last, xtol=1e-12 * last, rtol=1e-14)
