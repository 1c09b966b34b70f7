"""Training of scalar cascades on the population loss: whole runs, compiled.

A point is a real vector: the coordinates of the poles, then b, then c; for complex cascades each of them takes two real
numbers, next to each other. A run evaluates the loss at a point, records it, and moves on.
"""

import math

import numpy as np

from . import circle, population
from .jit import jit

DIRECT, TANH, EXP_EXP, SOFTPLUS, STABLE, POLAR, ZOH = range(7)
MAX_STEPS, CONVERGED, DIVERGED, UNRESOLVED, RUNNING = range(5)
_KEPT = 2.0**-20  # of the digits of the recursion, where poles are negative; below it the circle is taken


@jit
def _sigmoid(x):
    """1/(1 + e^{−x})."""
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0


@jit
def real_pole(code, x):
    """λ and dλ/dx of the real coordinates of `lti_depth.parametrizations`."""
    if code == TANH:
        value = math.tanh(x)
        decay = math.exp(-2.0 * abs(x))
        return value, 4.0 * decay / (1.0 + decay) ** 2
    if code == EXP_EXP:
        value = math.exp(-math.exp(min(x, 700.0)))
        return value, -value * math.exp(min(x, 700.0))
    if code == SOFTPLUS:
        value = _sigmoid(-x)
        return value, -value * _sigmoid(x)
    if code == STABLE:
        return 1.0 - 1.0 / (x * x + 0.5), 2.0 * x / (x * x + 0.5) ** 2
    return x, 1.0


@jit
def complex_pole(code, x, y):
    """λ, ∂λ/∂x and ∂λ/∂y of the complex coordinates."""
    if code == POLAR:
        unit = complex(math.cos(y), math.sin(y))
        return x * unit, unit, complex(0.0, x) * unit
    if code == EXP_EXP or code == ZOH:
        rate = math.exp(min(x, 700.0))
        phase = math.exp(min(y, 700.0)) if code == EXP_EXP else y
        value = math.exp(-rate) * complex(math.cos(phase), math.sin(phase))
        return value, -rate * value, complex(0.0, phase if code == EXP_EXP else 1.0) * value
    return complex(x, y), complex(1.0, 0.0), complex(0.0, 1.0)


@jit
def _complex(values):
    return values.astype(np.complex128)


@jit
def real_loss(point, code, target, nodes, poles, gradient):
    """The loss and its gradient at a point; infinite where a pole is outside the circle. Fills `poles`."""
    poles_T, b_T, c_T, front, variance, delayed = target
    K = len(poles)
    slope, out, signed = np.empty(K), np.empty((4, K)), poles_T.min() < 0.0 or (len(front) and front.min() < 0.0)
    for k in range(K):
        poles[k], slope[k] = real_pole(code, point[k])
        if not abs(poles[k]) < 1.0:
            return np.inf
        signed = signed or poles[k] < 0.0
    b, c = point[K : 2 * K], point[2 * K :]
    aligned = not delayed or K == len(poles_T)
    loss, kept = np.inf, 0.0
    if aligned:
        loss, kept = population.gradient(poles, b, c, poles_T, b_T, c_T, front, variance, delayed, signed, out)
    if not kept >= _KEPT:
        sine, s = nodes
        turning = np.empty((3, K), np.complex128)
        loss = circle.gradient(_complex(poles), _complex(b), _complex(c), _complex(poles_T), _complex(b_T),
                               _complex(c_T), _complex(front), variance, K - len(poles_T) if delayed else 0, True,
                               sine, s, turning)
        out[:3] = turning.real
    for k in range(K):
        gradient[k], gradient[K + k], gradient[2 * K + k] = out[0, k] * slope[k], out[1, k], out[2, k]
    return loss


@jit
def complex_loss(point, code, target, nodes, poles, gradient):
    """The same for a complex cascade."""
    poles_T, b_T, c_T, front, variance, delayed = target
    sine, s = nodes
    K = len(poles)
    slope, out = np.empty((K, 2), np.complex128), np.empty((3, K), np.complex128)
    b, c = np.empty(K, np.complex128), np.empty(K, np.complex128)
    for k in range(K):
        poles[k], slope[k, 0], slope[k, 1] = complex_pole(code, point[2 * k], point[2 * k + 1])
        if not abs(poles[k]) < 1.0:
            return np.inf
        b[k] = complex(point[2 * (K + k)], point[2 * (K + k) + 1])
        c[k] = complex(point[2 * (2 * K + k)], point[2 * (2 * K + k) + 1])
    loss = circle.gradient(poles, b, c, poles_T, b_T, c_T, front, variance, K - len(poles_T) if delayed else 0, False,
                           sine, s, out)
    for k in range(K):
        gradient[2 * k] = (out[0, k] * slope[k, 0]).real
        gradient[2 * k + 1] = (out[0, k] * slope[k, 1]).real
        for part in (1, 2):
            gradient[2 * (part * K + k)] = out[part, k].real
            gradient[2 * (part * K + k) + 1] = -out[part, k].imag
    return loss


@jit
def advance(point, gradient, rates, rule, step, m, v):
    """One step of gradient descent or Adam, in place; coordinates of rate 0 stay."""
    adam, beta1, beta2, eps, decay, warmup, final_rate, end = rule
    if not adam:
        for j in range(len(point)):
            point[j] -= rates[j] * gradient[j]
        return
    first, second = 1.0 - beta1 ** (step + 1), 1.0 - beta2 ** (step + 1)
    rise, blend = 1.0, 1.0
    if step < warmup:
        rise = (step + 1) / warmup
    elif not math.isnan(final_rate):
        blend = (1.0 + math.cos(math.pi * min(1.0, (step - warmup) / max(1.0, end - warmup)))) / 2.0
    for j in range(len(point)):
        if rates[j] > 0.0:
            rate = rates[j] * rise
            if blend < 1.0:
                final = min(final_rate, rate)
                rate = final + (rate - final) * blend
            m[j] = beta1 * m[j] + (1.0 - beta1) * gradient[j]
            v[j] = beta2 * v[j] + (1.0 - beta2) * gradient[j] ** 2
            point[j] = (1.0 - rate * decay) * point[j] - rate * (m[j] / first) / (math.sqrt(v[j] / second) + eps)


@jit
def _note(step, loss, gradient, point, before, last, every, tolerance, levels, losses, points, crossings):
    """Record a loss at a point; what becomes of the run. `before` is the last point with a loss, `last` that loss."""
    if not (math.isfinite(loss) and np.isfinite(gradient).all()):
        point[:] = before
        return UNRESOLVED if math.isnan(loss) else DIVERGED
    before[:], last[0] = point, loss
    if step % every == 0:
        losses[step // every], points[step // every] = loss, point
    for n in range(len(levels)):
        if math.isnan(crossings[n]) and loss <= levels[n]:
            crossings[n] = step
    return CONVERGED if loss <= tolerance else RUNNING


@jit
def run_real(point, code, target, nodes, rates, rule, steps, every, tolerance, levels, losses, points, crossings):
    """Train one student: its status, the steps taken, the last loss. `point` ends where it was last defined.

    losses (n,), points (n, P): at the steps 0, `every`, 2·`every`, …; crossings: the first steps at which the loss was
    not above `levels`. What was never reached is left as it is.
    """
    gradient, m, v, before, last = np.zeros((5, len(point)))
    poles = np.empty(len(point) // 3)
    for step in range(steps + 1):
        loss = real_loss(point, code, target, nodes, poles, gradient)
        status = _note(step, loss, gradient, point, before, last, every, tolerance, levels, losses, points, crossings)
        if status != RUNNING:
            return status, step, last[0]
        if step < steps:
            advance(point, gradient, rates, rule, step, m, v)
    return MAX_STEPS, steps, last[0]


@jit
def run_complex(point, code, target, nodes, rates, rule, steps, every, tolerance, levels, losses, points, crossings):
    """`run_real` for a complex student."""
    gradient, m, v, before, last = np.zeros((5, len(point)))
    poles = np.empty(len(point) // 6, np.complex128)
    for step in range(steps + 1):
        loss = complex_loss(point, code, target, nodes, poles, gradient)
        status = _note(step, loss, gradient, point, before, last, every, tolerance, levels, losses, points, crossings)
        if status != RUNNING:
            return status, step, last[0]
        if step < steps:
            advance(point, gradient, rates, rule, step, m, v)
    return MAX_STEPS, steps, last[0]
