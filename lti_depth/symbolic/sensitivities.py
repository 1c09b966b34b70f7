"""How strongly the output answers to each parameter."""

from typing import Any, NamedTuple

import sympy

from .covariances import autocovariance, require_process
from .layers import Layer
from .stacks import Stack, require_stack
from .towers import observable


class Fields(NamedTuple):
    """One expression for each parameter of a stack, in the form of its fields `poles`, `B`, `C`, `D`."""

    poles: Any
    B: Any
    C: Any
    D: Any


@observable
def sensitivity(stack, process=None):
    r"""E|∂y/∂θ|² for each parameter θ, summed over the output channels.

    .. math:: \frac{\partial H}{\partial \lambda_k} = \frac{z^{-1} H}{1 - \lambda_k z^{-1}}, \qquad
              E\Big|\frac{\partial y}{\partial \lambda_k}\Big|^2 = V(\lambda_1, \dots, \lambda_K, \lambda_k)

    in a scalar cascade without feedthrough: the sensitivity at depth K is the variance at depth K+1. Derivatives are
    Wirtinger's; of a layer with real=True, y = ½(C x + C̄ x̄) + D u, half of what C x alone has.

    Parameters
    ----------
    stack : Stack
    process : Process
        Of the input, independent on each channel; white noise of unit variance if None.

    Returns
    -------
    Fields
        poles, B, C, D in the shapes of the stack's own fields.

    Raises
    ------
    ValueError
        A pole on or outside the unit circle.

    Notes
    -----
    Either timing. Every derivative is the output of a longer stack: that of a state by its pole is the state sent
    through its own pole once more, a sample later. One layer, AR(1) input: Zucchet & Orvieto, arXiv 2405.21064; any
    depth: new here.
    """
    require_stack(stack)
    process = require_process(stack, process, "sensitivity")
    fields = Fields([], [], [], [])
    for k, layer in enumerate(stack.layers):
        for entries, field in zip(_of_layer(stack.closed(), k, layer, process), fields, strict=True):
            field.append(entries)
    if stack.is_cascade:
        return Fields(*(tuple(entry[0] for entry in field) for field in fields))
    return Fields(*map(tuple, fields))


def _of_layer(closed, k, layer, process):
    """The sensitivities to λ, B, C, D of layer k: a tuple and three matrices."""
    full, states = closed[k], range(layer.width)
    h_in, h_out = layer.channels

    def power(*instead):
        stack = Stack((*closed.layers[:k], *instead, *closed.layers[k + 1 :]), timing=closed.timing)
        R = autocovariance(stack, 0, process)
        return R.trace() if isinstance(R, sympy.MatrixBase) else R

    def unit(i, size):
        return sympy.Matrix(size, 1, lambda row, _: int(row == i))

    def state(n, B, C):
        return Layer([full.poles[n]], B, C)

    one, part = sympy.ones(1, 1), sympy.Rational(1, 4) if layer.real else 1
    rows, columns = [full.B[n, :] for n in states], [full.C[:, n] for n in states]
    wires = [[Layer([0], sympy.zeros(1, h_in), sympy.zeros(h_out, 1), unit(i, h_out) * unit(j, h_in).T)
              for j in range(h_in)] for i in range(h_out)]
    return (
        tuple(power(state(n, rows[n], one), state(n, one, columns[n])) for n in states),
        sympy.ImmutableMatrix([[power(state(n, unit(j, h_in).T, columns[n])) for j in range(h_in)] for n in states]),
        sympy.ImmutableMatrix([[part * power(state(n, rows[n], unit(i, h_out))) for n in states]
                               for i in range(h_out)]),
        sympy.ImmutableMatrix([[power(wire) for wire in row] for row in wires]),
    )  # fmt: skip
