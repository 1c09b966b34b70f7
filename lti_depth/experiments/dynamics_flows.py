"""Gradient flow of the gains of a layer or a cascade at fixed poles, by the exact loss."""

from functools import partial

import numpy as np
from scipy.integrate import solve_ivp

from .. import numeric
from ..claims import Claim
from ..learning import population
from . import exact
from .dynamics_laws import unbalanced_time

RTOL = 1e-7  # of the integrator, a step
FLOW = r"the integrator's tolerance of $10^{-7}$ a step, over at most a hundred steps"
FLOW_TOLERANCE = 1e-5

flow_claim = partial(Claim, tolerance=FLOW_TOLERANCE, reason=FLOW)


def flow(velocity, start, times):
    """The solution of ẋ = velocity(x) at `times`: (times, parameters)."""
    return _solve(velocity, start, (0.0, float(times[-1])), t_eval=times).y.T


def arrival(velocity, start, reached, horizon):
    """When the solution crosses reached(x) = 0, at most `horizon`."""

    def event(t, x):
        return reached(x)

    event.terminal = True
    return float(_solve(velocity, start, (0.0, horizon), events=event).t_events[0][0])


def _solve(velocity, start, span, **options):
    return solve_ivp(lambda t, x: velocity(x), span, np.asarray(start, dtype=float), method="DOP853", rtol=RTOL,
                     atol=1e-3 * RTOL, **options)  # fmt: skip


def shared(poles, teacher, process=None):
    """The velocity of (b, c), shared by all states of one layer."""

    def velocity(x):
        B, C = _gradient(np.full(len(poles), x[0]), np.full(len(poles), x[1]), poles, teacher, process)
        return -np.array([B.sum(), C.sum()])

    return velocity


def unshared(poles, teacher, process=None):
    """The velocity of (b_1…b_N, c_1…c_N)."""

    def velocity(x):
        return -np.concatenate(_gradient(*np.split(x, 2), poles, teacher, process))

    return velocity


def _gradient(b, c, poles, teacher, process):
    student = numeric.stack([numeric.Layer(poles, b[:, None], c[None, :])])
    _, fields = population.gradient(student, teacher, process)
    return np.ravel(fields.B[0]), np.ravel(fields.C[0])


def deep(poles):
    """The velocity of (b_1…b_K, c_1…c_K) of a cascade, the teacher of unit gains; time in units of 1/V."""
    poles = np.asarray(poles, dtype=float)
    teacher = numeric.cascade(poles)
    V = exact.autocovariance(poles, [0])[0]

    def velocity(x):
        _, fields = population.gradient(numeric.cascade(poles, *np.split(x, 2)), teacher, None)
        return -np.concatenate([np.ravel(fields.B), np.ravel(fields.C)]) / V

    return velocity


def spread_poles(K):
    """K different poles in [.3, .6]: only their common variance enters."""
    return np.linspace(0.3, 0.6, K) if K > 1 else np.array([0.6])


def gain_time(velocity, start):
    """When the product of the gains of a cascade comes to ½."""
    return arrival(velocity, start, lambda x: np.prod(x) - 0.5, 2 * unbalanced_time(start))
