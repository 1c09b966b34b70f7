"""Hankel singular values: how much of the past the future of the output depends on."""

import numpy as np

from ..system.limits import require_affordable
from ..system.processes import require_stationary
from .circle import expected_nodes
from .realization import realize, unscale
from .signals import signals, triangular

_WHITE = np.ones(1)


def hankel_singular_values(stack):
    r"""The singular values of the map from past inputs (s < t) to future outputs (s ≥ t).

    .. math:: \sigma_i = \sqrt{\mathrm{eig}_i(W_o W_c)}, \qquad
              \Gamma = \begin{pmatrix} h_1 & h_2 & \cdots \\ h_2 & h_3 & \\ \vdots & & \ddots \end{pmatrix}

    They belong to the input–output map, whatever its realization: deep and equivalent wide stacks have the same ones.
    The value h_0, at once, is no memory and does not count; hence a pole 0 in current timing contributes 0.

    Parameters
    ----------
    stack : Stack

    Returns
    -------
    (S,) float64, falling
        S = ΣN, layers with real=True closed under conjugation.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1; a stack so deep that they would take hours.

    Notes
    -----
    The singular values of R_o R_cᵀ, with triangular factors R*R of the two Gramians taken from orthogonal
    decompositions: neither Gramian nor their product is formed, and the error is some roundings of the largest value.
    Moore, IEEE Trans. Automatic Control 26:17, 1981; Antoulas, Approximation of Large-Scale Dynamical Systems, 2005.
    """
    require_stationary(stack, "hankel_singular_values")
    model = realize(stack)
    S, H = model.poles.size, model.B.shape[2]
    flops = 16 * S**2 * (S + H * expected_nodes(model.poles)) + 40 * S**3
    require_affordable(len(stack), "hankel_singular_values", 3, seconds=1e-10 * flops,
                       instead="ask for the impulse response, whose Hankel matrix they belong to")
    reached, observed = None, None
    for at in signals(model, _WHITE):
        reached = triangular(reached, states(model, at))
        observed = triangular(observed, _readouts(model, at))
    values = np.linalg.svd(observed @ reached.T, compute_uv=False)
    S = sum(stack.closed().widths)
    values = np.concatenate([values, np.zeros(max(S - len(values), 0))])[:S]
    return unscale(values, model.output_exponent, "hankel_singular_values")


def states(model, at):
    """√density · E x from each input channel, rows (frequency, channel), columns the states (K·N)."""
    x = (model.B @ at.before) * (at.w[:, None, None] * at.pole)[..., None]  # (n, K, N, H)
    x *= np.sqrt(at.density)[:, None, None, None]
    return x.transpose(0, 3, 1, 2).reshape(-1, model.poles.size)


def _readouts(model, at):
    """√density · the output's free response to each state, rows (frequency, output channel), columns the states."""
    _, _, F, _ = model.sections
    y = (at.after @ F) * at.pole[:, :, None, :]  # (n, K, H, N)
    y *= np.sqrt(at.density)[:, None, None, None]
    return y.transpose(0, 2, 1, 3).reshape(-1, model.poles.size)
