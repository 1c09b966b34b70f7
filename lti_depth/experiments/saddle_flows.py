"""Gradient flow of the poles of a cascade at its best gain, by the exact population loss."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from .. import numeric
from ..kernels import population as kernel
from ..learning import population

_EDGE = 1 - 1e-6  # a trial step of the integrator may leave the disc; the flow itself never does


@dataclass(frozen=True, eq=False)
class Flow:
    """Poles (n, K) and losses (n,) at the times (n,); `reached` is when the loss fell to the level asked, or inf."""

    times: np.ndarray
    poles: np.ndarray
    losses: np.ndarray
    reached: float


def with_gain(poles, gain):
    """The cascade g/Π(1 − λ_k z⁻¹), the whole gain in the first layer."""
    return numeric.cascade(poles, b=np.concatenate([[gain], np.ones(len(poles) - 1)]))


@dataclass(frozen=True, eq=False)
class Landscape:
    """``at(poles, gain) -> (loss, ∂L/∂poles, ∂L/∂gain)`` of the students `with_gain`; the loss at rest is ½‖H_T‖²."""

    at: Callable
    rest: float
    peak: float  # about the largest gain of the teacher at any frequency


def landscape(teacher, process=None):
    """The Landscape of a teacher.

    Real poles against a real cascade under white or AR(1) input go straight to the kernel: an integrator calls it
    hundreds of times.
    """
    rest = population.loss(numeric.cascade([0.0], b=0.0), teacher, process)
    peak = float(np.prod(1 / (1 - np.abs(teacher.poles))))
    front = population.color(process)

    def general(poles, gain):
        loss, gradient = population.gradient(with_gain(poles, gain), teacher, process)
        return loss, gradient.poles, gradient.B[0]

    if front is None or teacher.dtype.kind == "c":
        return Landscape(general, rest, peak)
    target = *(np.array(part) for part in (teacher.poles, teacher.B, teacher.C, front[0])), float(front[1]), False

    def real(poles, gain):
        out, ones = np.empty((4, len(poles))), np.ones(len(poles))
        b = ones.copy()
        b[0] = gain
        loss, _ = kernel.gradient(poles, b, ones, *target, False, out)
        return loss, out[0], out[1, 0]

    return Landscape(lambda poles, gain: (general if np.iscomplexobj(poles) else real)(poles, gain), rest, peak)


def at_best_gain(landscape, poles):
    """Loss, its gradient in the poles, and the best gain.

    The loss is ½‖H‖²g² − ⟨H, H_T⟩g + ½‖H_T‖², so its value and slope at one trial gain t give the best one:
    ½‖H‖²t² = ½‖H_T‖² + t·slope − L. There the gradient in the poles at fixed gain is the whole gradient.
    """
    trial = landscape.peak * np.prod(1 - np.abs(poles))
    loss, _, slope = landscape.at(poles, trial)
    energy = 2 * (landscape.rest + trial * np.real(slope) - loss) / trial**2
    gain = trial - slope / energy
    loss, by_poles, _ = landscape.at(poles, gain)
    return loss, by_poles, gain


def inside(poles):
    """The poles, those on or beyond the circle drawn back just inside it."""
    return poles * np.minimum(1, _EDGE / np.maximum(np.abs(poles), 1e-300))


def flow(teacher, poles, times, *, process=None, level=None, horizon=None, rtol=1e-8):
    """dλ/dt = −∂L/∂λ from `poles`, real or complex, reported at `times`, all > 0; g is the best gain throughout.

    level : the flow ends where the loss falls to it, or else at `horizon` (None: the last of `times`).
    """
    at, poles = landscape(teacher, process), np.array(poles)
    is_complex = poles.dtype.kind == "c"

    def assembled(x):
        return inside(x[: len(poles)] + 1j * x[len(poles) :] if is_complex else x)

    def velocity(_, x):
        down = -at_best_gain(at, assembled(x))[1]
        return np.concatenate([down.real, down.imag]) if is_complex else down

    def above(_, x):
        return at_best_gain(at, assembled(x))[0] - level

    above.terminal = True
    start = np.concatenate([poles.real, poles.imag]) if is_complex else poles
    end = times[-1] if horizon is None else horizon
    found = solve_ivp(velocity, (0, end), start, "LSODA", times, rtol=rtol, atol=1e-5 * rtol,
                      events=None if level is None else above)  # fmt: skip
    path = np.array([assembled(x) for x in np.transpose(found.y)]).reshape(-1, len(poles))
    losses = np.array([at_best_gain(at, point)[0] for point in path])
    reached = found.t_events[0] if level is not None else []
    return Flow(found.t, path, losses, float(reached[0]) if len(reached) else np.inf)


def tied_plateau(teacher, K, process=None):
    """Pole, gain and loss of the best student with K equal poles in (0, λ*), λ* the slowest pole of the teacher."""
    at = landscape(teacher, process)

    def slope(gap):
        return float(np.sum(at_best_gain(at, np.full(K, 1 - np.exp(gap)))[1]))

    gaps = np.linspace(np.log(1 - np.abs(teacher.poles).max()), np.log(0.999), 17)
    best = int(np.argmin([at_best_gain(at, np.full(K, 1 - gap))[0] for gap in np.exp(gaps)]))
    pole = 1 - np.exp(brentq(slope, gaps[max(best - 1, 0)], gaps[best + 1], xtol=1e-14, rtol=1e-14))
    loss, _, gain = at_best_gain(at, np.full(K, pole))
    return pole, gain, loss


def hessian(teacher, poles, gain, process=None):
    """The Hessian of the loss in (λ_1, …, λ_K, log g), of a real student whose gain is the best one: (K+1, K+1)."""
    K = len(poles)
    scale = np.append(np.ones(K), gain)
    return population.hessian(with_gain(poles, gain), teacher, process)[: K + 1, : K + 1] * np.outer(scale, scale)


def parting_rates(teacher, poles, gain, process=None):
    """The eigenvalues of minus the Hessian on the moves of the poles that keep their mean: (K−1,), ascending."""
    K = len(poles)
    across = _mean_free(K)
    return np.linalg.eigvalsh(-across.T @ hessian(teacher, poles, gain, process)[:K, :K] @ across)


def half_times(teacher, starts, level, horizon, process=None, rtol=1e-8):
    """When the flows from `starts` reach the loss `level`, inf where not before `horizon`: (len(starts),)."""
    runs = (flow(teacher, x, (), process=process, level=level, horizon=horizon, rtol=rtol) for x in starts)
    return np.array([found.reached for found in runs])


def balanced(rng, K):
    """A random direction of unit norm that leaves the mean of K poles where it is."""
    direction = rng.standard_normal(K)
    direction -= direction.mean()
    return direction / np.linalg.norm(direction)


def complex_parting_rates(teacher, poles, gain):
    """The eigenvalues of minus the Hessian on complex moves of the poles that keep their mean: (2K−2,), ascending."""
    K = len(poles)
    H = population.hessian(with_gain(poles, gain), teacher)
    index = np.concatenate([np.arange(K), 4 * K + np.arange(K)])  # real parts of all parameters, then imaginary ones
    across = np.kron(np.eye(2), _mean_free(K))
    return np.linalg.eigvalsh(-across.T @ H[np.ix_(index, index)] @ across)


def _mean_free(K):
    """An orthonormal basis of the moves of K poles that keep their mean: (K, K−1)."""
    return np.linalg.qr(np.column_stack([np.ones(K), np.eye(K)[:, 1:]]))[0][:, 1:]
