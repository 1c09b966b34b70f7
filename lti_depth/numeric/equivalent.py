"""Deep to wide: one layer with the states of all."""

import numpy as np

from ..system.stacks import require_stack


def equivalent_layer(stack):
    r"""The stack as one layer with S = ΣN states and a dense state matrix.

    .. math:: A_{ij} = B_i E_{i-1} \cdots E_{j+1} C_j \Lambda_j \; (j < i), \quad A_{ii} = \Lambda_i, \quad
              B'_i = B_i E_{i-1} \cdots E_1, \quad C'_j = D_K \cdots D_{j+1} C_j, \quad D' = D_K \cdots D_1

    with E_k = D_k + C_k B_k; in delayed timing E_k = D_k and A_ij has no Λ_j at its end. The eigenvalues of A are the
    poles of the layers.

    Parameters
    ----------
    stack : Stack
        A layer with real=True is closed under conjugation: 2N states, poles λ and λ̄.

    Returns
    -------
    A (S, S), B (S, H_in), C (H_out, S), D (H_out, H_in), in the timing of the stack.

    Notes
    -----
    The paper, section 3.3, equations 6–9, there for scalar layers in current timing.
    """
    layers = require_stack(stack).closed().layers
    current = stack.timing == "current"
    dtype = np.result_type(*(layer.dtype for layer in layers))
    S = sum(layer.width for layer in layers)
    h_in = stack.channels[0]
    A, B = np.zeros((S, S), dtype), np.zeros((S, h_in), dtype)
    past, now = np.zeros((h_in, S), dtype), np.eye(h_in, dtype=dtype)  # layer k's input = past·x_{t−1} + now·u_t
    C, D = np.zeros((h_in, S), dtype), np.eye(h_in, dtype=dtype)  # the same signal = C·x_t + D·u_t
    start = 0
    for layer in layers:
        rows = slice(start, start + layer.width)
        A[rows] = layer.B @ past
        A[rows, rows] = np.diag(layer.poles)
        B[rows] = layer.B @ now
        read, through = (layer.C * layer.poles, layer.D + layer.C @ layer.B) if current else (layer.C, layer.D)
        past, now = through @ past, through @ now
        past[:, rows] = read
        C, D = layer.D @ C, layer.D @ D
        C[:, rows] = layer.C
        start += layer.width
    return A, B, C, D
