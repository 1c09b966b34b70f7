"""What a stack answers, from rest, to an impulse and to a step."""

import numpy as np

from ..kernels import wide
from ..system import validation
from . import cascades
from .reach import require_reachable
from .realization import drop_channels, real_if, realize, unscale


def impulse_response(stack, t):
    r"""The impulse response at the integers t: the answer to u_0 = 1, from rest.

    .. math:: h_t = g \sum_k \lambda_k^{t+K-1} / \prod_{j \ne k} (\lambda_k - \lambda_j)

    for a cascade of distinct poles in current timing; K samples later in delayed timing. Computed by running the
    cascade, so that equal poles are ordinary input.

    Parameters
    ----------
    stack : Stack
        Stable or not.
    t : int or array of int
        Samples; 0 for t < 0. The work grows with max(t).

    Returns
    -------
    float64 or complex128, shape of t then (H_out, H_in); the channel axes are dropped when both are 1.

    Raises
    ------
    ValueError
        Times so late that the run up to them takes over three minutes or 4 GB.

    See Also
    --------
    log_impulse_response : where values exceed float64.

    Notes
    -----
    Equal poles in delayed timing with b c = 1 − λ: the gamma memory of de Vries & Principe, Neural Networks 5:565.
    """
    return _answer(stack, t, 0.0, "impulse_response")


def step_response(stack, t):
    r"""The step response at the integers t: the answer to u_t = 1 for t ≥ 0, from rest.

    .. math:: s_t = \sum_{r=0}^{t} h_r

    Parameters, return value, errors and cost as in `impulse_response`.
    """
    return _answer(stack, t, 1.0, "step_response")


def _answer(stack, t, rest, what):
    """The answer to 1, `rest`, `rest`, … on one input channel after the other."""
    times = validation.integers(t, "t")
    flat = times.ravel()
    asked = np.unique(flat[flat >= 0])
    values = unscale(*scaled_response(stack, asked, rest, what), what)
    h = np.zeros((len(flat), *values.shape[1:]), dtype=np.complex128)
    h[flat >= 0] = values[np.searchsorted(asked, flat[flat >= 0])]
    h = real_if(stack.real_output, h.reshape(*times.shape, *h.shape[1:]))
    return drop_channels(h, stack.channels[-1], stack.channels[0])


def scaled_response(stack, times, rest, what):
    """The answer at sorted times ≥ 0 as mantissas (n, H, H), padded to H channels, and binary exponents (n, 1, 1)."""
    model, last = realize(stack, memory=False), times.max(initial=0)
    K, N, H = model.B.shape
    if model.is_cascade:
        require_reachable(last, what, seconds=5e-8 * K)
        mantissa, exponents = cascades.response(model, rest, times)
        return mantissa[:, None, None], (exponents + model.output_exponent)[:, None, None]
    require_reachable(last, what, seconds=K * H * (2e-8 + 4e-9 * N * H), size=32 * H**2)
    values = _run(model, times, rest) if len(times) else np.zeros((0, *model.D.shape[1:]), dtype=np.complex128)
    return values, np.full((len(times), 1, 1), model.output_exponent)


def _run(model, times, rest):
    """The responses of a stack with several states or channels, (n, H_out, H_in)."""
    K, N, H = model.B.shape
    T = times[-1] + 1
    u = np.zeros((H, T, H), dtype=np.complex128)
    u[:, 0] = np.eye(H)
    u[:, 1:] = rest * np.eye(H)[:, None, :]
    y = np.empty_like(u)
    state = np.zeros((H, K, N), dtype=np.complex128)
    wide.simulate(*model.sections, np.zeros(K, bool), False, u, state, y)
    return y.transpose(1, 2, 0)[times]
