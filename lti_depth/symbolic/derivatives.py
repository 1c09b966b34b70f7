r"""From the input to the derivative of the output by each parameter: every one of them is a longer stack.

.. math:: \frac{\partial}{\partial\lambda} \frac{c\,b}{1-\lambda z^{-1}}
          = \frac{c\,z^{-1}}{1-\lambda z^{-1}} \cdot \frac{b}{1-\lambda z^{-1}}

the state of a pole goes through the same pole once more, a sample later, in either timing. Derivatives are
Wirtinger's; of a layer with real=True, y = ½(C x + C̄ x̄) + D u, half of what C x alone has.
"""

from typing import Any, NamedTuple

import sympy
from sympy import Integer, Rational

from .layers import Layer
from .residues import Chain


class Fields(NamedTuple):
    """One value for each parameter of a stack, in the form of its fields `poles`, `B`, `C`, `D`."""

    poles: Any
    B: Any
    C: Any
    D: Any


def derivatives(stack):
    """Fields with a list a layer: of N Chains, and of matrices of Chains as nested lists."""
    closed, fields = stack.closed(), Fields([], [], [], [])
    for k, layer in enumerate(stack.layers):
        before = Chain.of(closed[:k]) if k else Chain()
        after = Chain.of(closed[k + 1 :]) if k + 1 < len(closed) else Chain()
        for field, own in zip(fields, _of_parameters(closed[k], layer, closed.timing), strict=True):
            field.append(mapped(own, lambda chain, before=before, after=after: before + chain + after))
    return fields


def mapped(nested, function):
    """A function of every Chain in nested lists."""
    if isinstance(nested, list):
        return [mapped(entry, function) for entry in nested]
    return function(nested)


def _of_parameters(full, layer, timing):
    """From the input of a layer to the derivatives of its output by λ, B, C, D; `full` is closed, `layer` as given."""
    (h_in, h_out), states = layer.channels, range(layer.width)
    half, one = Rational(1, 2) if layer.real else Integer(1), sympy.ones(1, 1)

    def unit(i, size):
        return sympy.Matrix(size, 1, lambda row, _: int(row == i))

    def state(n, B, C, timing=timing):
        return Chain(((Layer([full.poles[n]], B, C), timing),))

    def wire(i, j):
        return Chain(((Layer([0], sympy.zeros(1, h_in), sympy.zeros(h_out, 1), unit(i, h_out) * unit(j, h_in).T),
                       timing),))

    return (
        [state(n, full.B[n, :], one) + state(n, one, full.C[:, n], "delayed") for n in states],
        [[state(n, unit(j, h_in).T, full.C[:, n]) for j in range(h_in)] for n in states],
        [[state(n, full.B[n, :], half * unit(i, h_out)) for n in states] for i in range(h_out)],
        [[wire(i, j) for j in range(h_in)] for i in range(h_out)],
    )
