r"""Sensitivity and Gauss–Newton matrix in coordinates: every parameter of a stack is a function of them.

.. math:: \partial_j y = \sum_p \frac{\partial p}{\partial\theta_j} \frac{\partial y}{\partial p}

over the entries p of the stack closed under conjugation, of which y is a holomorphic function: real coordinates move a
complex parameter and its conjugate at once, and a layer with real=True has both.
"""

from collections.abc import Mapping

import sympy

from . import expressions
from .covariances import require_process
from .derivatives import derivatives
from .sensitivities import flat, inner
from .stacks import require_stack

MOST_MOVED = 24
"""Parameters that the coordinates move: a covariance is derived for each pair."""


def sensitivity_in(stack, coordinates, process=None):
    r"""E\|∂y/∂θ\|² for each coordinate θ, summed over the output channels.

    .. math:: E|\partial_x y|^2 = |\lambda'(x)|^2\, E|\partial_\lambda y|^2

    where a coordinate x moves the pole of one layer alone and the layers have complex outputs, so that in polar
    coordinates :math:`E|\partial_\theta y|^2 = \nu^2 E|\partial_\nu y|^2`. Not so for real outputs.

    Parameters
    ----------
    stack : Stack
        Its parameters are expressions of the coordinates, such as ``parametrization("exp-exp").map(x)``; layers may
        share a coordinate, and B, C, D may depend on them as well as poles.
    coordinates : sequence of P Symbols, or mapping of P Symbols to values
        Declared with real=True. With values the law is derived there, with poles that meet at them taken as equal.
    process : Process
        Of the input, independent on each channel; white noise of unit variance if None.

    Returns
    -------
    tuple of P Expr

    Raises
    ------
    ValueError
        A pole on or outside the unit circle; a coordinate or value that is not real, a coordinate that is not in the
        stack; more than 24 parameters that depend on them.

    Notes
    -----
    Either timing; give values with xreplace. Zucchet & Orvieto, arXiv 2405.21064, for one layer; the chain rule.
    """
    moved, response_of = _moved(stack, coordinates, process, "sensitivity_in")
    return tuple(_pulled_back(weights, weights, response_of) for weights in moved)


def gauss_newton_in(stack, coordinates, process=None):
    r"""The Gauss–Newton matrix in real coordinates.

    .. math:: G_{jk} = \mathrm{Re}\, E[\overline{\partial_j y}\, \partial_k y]

    Parameters
    ----------
    stack, coordinates, process
        As in `sensitivity_in`, which is the diagonal.

    Returns
    -------
    ImmutableMatrix, (P, P)
        Symmetric. Its rank is that of the parameters' own matrix where the coordinates reach all directions of them.

    Raises
    ------
    ValueError
        As `sensitivity_in`.

    Notes
    -----
    The Hessian of ½E\|y − y_T\|² in these coordinates where y = y_T.
    """
    moved, response_of = _moved(stack, coordinates, process, "gauss_newton_in")
    plain = stack.real_output and not any(layer.real for layer in stack.layers)
    P = range(len(moved))
    E = {(j, k): _pulled_back(moved[j], moved[k], response_of) for j in P for k in P if j <= k or not plain}

    def entry(j, k):
        j, k = min(j, k), max(j, k)
        return E[j, k] if j == k or plain else (E[j, k] + E[k, j]) / 2

    return sympy.ImmutableMatrix(len(moved), len(moved), entry)


def _moved(stack, coordinates, process, what):
    """For each coordinate its weight ∂p/∂θ in every parameter that it moves, and E[conj(∂_p y) ∂_q y]."""
    require_stack(stack)
    coordinates, point = _coordinates(stack, coordinates)
    closed = stack.closed()
    fields = [getattr(layer, field) for field in ("poles", "B", "C", "D") for layer in closed.layers]
    entries = [entry for field in fields for entry in field]
    slopes = [[sympy.diff(entry, x).xreplace(point) for entry in entries] for x in coordinates]
    closed = closed.xreplace(point)
    process = require_process(closed, process, what)
    chains = flat(derivatives(closed))
    moved = [{p: slope for p, slope in enumerate(row) if slope != 0} for row in slopes]
    used = {p for weights in moved for p in weights}
    if len(used) > MOST_MOVED:
        raise ValueError(f"{what}: expected coordinates that move at most {MOST_MOVED} parameters, got {len(used)}; "
                         "pass fewer of them, or use the numeric floor")
    known = {}

    def response_of(p, q):
        if (p, q) not in known:
            known[p, q] = inner(chains[p], chains[q], process)
        return known[p, q]

    return moved, response_of


def _coordinates(stack, coordinates):
    """The symbols, and the values given for them."""
    point = {}
    if isinstance(coordinates, Mapping):
        point = {x: expressions.exact(value, str(x)) for x, value in coordinates.items()}
        coordinates = list(point)
    found = expressions.vector(coordinates, "coordinates")
    for x in found:
        if not (x.is_Symbol or isinstance(x, sympy.Indexed)) or not x.is_real:
            raise ValueError(f"coordinates: expected Symbols declared with real=True, got {expressions.describe(x)}")
        if x not in stack.free_symbols:
            raise ValueError(f"coordinates: expected symbols of the stack, got {x}, on which no parameter depends")
    for x, value in point.items():
        if not value.is_real:
            raise ValueError(f"coordinates: expected real values, got {expressions.describe(value)} for {x}")
    return found, point


def _pulled_back(first, second, response_of):
    """E[conj(∂_j y) ∂_k y] from the weights of two coordinates."""
    return sympy.Add(*(sympy.conjugate(v) * w * response_of(p, q) for p, v in first.items() for q, w in second.items()))
