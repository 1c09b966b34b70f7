"""Deep to wide: a stack as one dense layer."""

import sympy

from . import expressions
from .fields import Field
from .stacks import require_stack
from .towers import observable


@observable
def equivalent_layer(stack):
    r"""(A, B, C, D) of one layer with S = ΣN states and the same output and states as the stack.

    With E_k = D_k + C_k B_k, in current timing

    .. math:: A_{ij} = B_i E_{i-1}\cdots E_{j+1} C_j \Lambda_j \ (j<i), \quad A_{ii} = \Lambda_i, \quad
        B'_i = B_i E_{i-1}\cdots E_1,

    in delayed timing with E_k = D_k and no trailing Λ_j; in both :math:`C'_j = D_K\cdots D_{j+1} C_j` and
    :math:`D = D_K\cdots D_1`.

    Parameters
    ----------
    stack : Stack
        Layers with real=True are closed under conjugation: 2N states, poles λ, then λ̄.

    Returns
    -------
    A, B, C, D : ImmutableMatrix
        (S, S), (S, H_in), (H_out, S), (H_out, H_in); the timing is the stack's.

    Notes
    -----
    The eigenvalues of A are the poles of the stack, whatever the gains. The paper, section 3.3, equations 6–9.
    """
    require_stack(stack)
    layers, current = stack.closed().layers, stack.timing == "current"
    field = Field.holding(stack.closed().entries)
    identity = field.dense(sympy.eye(stack.channels[0]))
    from_states, from_input = [], identity  # of the signal that reaches the next layer one step later
    C, D = [], identity
    A, B = [], []
    for layer in layers:
        diagonal = field.dense(expressions.diagonal(layer.poles))
        B_k, C_k, D_k = (field.dense(M) for M in (layer.B, layer.C, layer.D))
        A.append([*(B_k * block for block in from_states), diagonal])
        B.append(B_k * from_input)
        E_k, readout = (D_k + C_k * B_k, C_k * diagonal) if current else (D_k, C_k)
        from_states, from_input = [*(E_k * block for block in from_states), readout], E_k * from_input
        C, D = [*(D_k * block for block in C), C_k], D_k * D
    return (_lower_triangular([[field.expression(block) for block in row] for row in A]),
            *(sympy.ImmutableMatrix(stack_blocks(*map(field.expression, blocks))) for stack_blocks, blocks in (
                (sympy.Matrix.vstack, B), (sympy.Matrix.hstack, C), (sympy.Matrix.hstack, [D]))))


def _lower_triangular(rows):
    """Rows of blocks, the last of each on the diagonal, padded with zeros."""
    size = sum(row[-1].cols for row in rows)
    padded = (sympy.Matrix.hstack(*row, sympy.zeros(row[-1].rows, size - sum(block.cols for block in row)))
              for row in rows)
    return sympy.ImmutableMatrix(sympy.Matrix.vstack(*padded))
