"""The same jobs in scipy.signal and scipy.linalg, each in the forms that their documentation offers."""

import warnings

import numpy as np
from scipy import linalg, signal

from .job import Peer


def sections(poles):
    """Second-order sections of real poles, for sosfilt and freqz_sos."""
    return signal.zpk2sos(np.zeros(len(poles)), poles, 1.0)


def lfilter(poles, u, bound, reason):
    """One filter after the other."""
    factors = [np.array([1.0, -pole], u.dtype) for pole in poles]
    one = np.ones(1, u.dtype)

    def run():
        y = u
        for factor in factors:
            y = signal.lfilter(one, factor, y)
        return y

    return Peer(run, bound, reason)


def sosfilt(poles, u, bound, reason):
    given = sections(poles).astype(u.dtype)
    return Peer(lambda: signal.sosfilt(given, u), bound, reason)


def oaconvolve(h, u, bound, reason):
    """The impulse response, given and cut where it has fallen below rounding: no state is kept."""
    length = int(np.flatnonzero(np.abs(h) > np.finfo(u.dtype).eps / 4 * np.abs(h).max())[-1]) + 1
    kernel = h[:length].astype(u.dtype)
    return Peer(lambda: signal.oaconvolve(u, kernel)[: len(u)], bound, reason)


def group_delay(poles, omega, bound, reason):
    """Of polynomials: in scipy there is no other form. They are given, where K is not too large for them."""
    coefficients = np.poly(poles)

    def run():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # singular where it has lost its digits
            return signal.group_delay(([1.0], coefficients), omega)[1]

    return Peer(run, bound, reason)


def freqz_zpk(poles, omega, bound, reason):
    zeros = np.zeros(len(poles))
    return Peer(lambda: signal.freqz_zpk(zeros, poles, 1.0, omega), bound, reason, lambda found: found[1])


def freqz_sos(poles, omega, bound, reason):
    given = sections(poles)
    return Peer(lambda: signal.freqz_sos(given, omega), bound, reason, lambda found: found[1])


def lyapunov(A, Q, method, bound, reason):
    """W = A W A* + Q by `method`: "direct" or "bilinear"."""
    return Peer(lambda: linalg.solve_discrete_lyapunov(A, Q, method=method), bound, reason)


def matvec_autocovariance(stack_form, lags, bound, reason):
    """The covariance from a Lyapunov equation, then one product of matrix and vector a lag."""
    A, B, C, _ = stack_form

    def run():
        x = linalg.solve_discrete_lyapunov(A, B @ B.T) @ C.T
        out = np.empty(lags)
        for lag in range(lags):
            out[lag] = (C @ x).item()
            x = A @ x
        return out

    return Peer(run, bound, reason)


def cascade_gradient(poles, gain, u, target, bound, reason):
    return Peer(lambda: _slopes(poles, gain, u, target), bound, reason)


def one_by_one(poles, gains, u, target, bound, reason):
    """`cascade_gradient` of many cascades."""
    return Peer(lambda: [_slopes(row, gain, u, target) for row, gain in zip(poles, gains, strict=True)], bound, reason)


def _slopes(poles, gain, u, target):
    """∂y/∂λ_k is y through one more section, a sample later."""
    y = gain * u
    for pole in poles:
        y = signal.lfilter([1.0], [1.0, -pole], y)
    e = (y - target) / u.size
    return np.array([np.vdot(e, signal.lfilter([0.0, 1.0], [1.0, -pole], y)) for pole in poles])


def population_gradient(student, teacher, T, bound, reason):
    """Loss and ∂L/∂λ_k from sums over time; ∂h_S/∂λ_k is h_S through one more section, a sample later."""

    def run():
        h, target = (_impulse(stack, T) for stack in (student, teacher))
        e = h - target
        slopes = [e @ signal.lfilter([0.0, 1.0], [1.0, -pole], h) for pole in student.poles]
        return e @ e / 2, np.array(slopes)

    return Peer(run, bound, reason, lambda found: found[1])


def _impulse(stack, T):
    h = np.eye(1, T)[0] * np.prod(stack.B * stack.C)
    for pole in stack.poles:
        h = signal.lfilter([1.0], [1.0, -pole], h)
    return h
