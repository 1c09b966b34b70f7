"""How strongly the output answers to each parameter: the diagonal and the whole of the Gauss–Newton matrix."""

from random import Random
from typing import NamedTuple

import sympy
from sympy import Rational

from .covariances import require_process, response
from .derivatives import Fields, derivatives, mapped
from .fields import Field
from .residues import Chain
from .stacks import require_stack
from .towers import observable


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
    Either timing. One layer, AR(1) input: Zucchet & Orvieto, arXiv 2405.21064; any depth: new here.
    """
    require_stack(stack)
    process = require_process(stack, process, "sensitivity")
    poles, B, C, D = (mapped(field, lambda chain: inner(chain, chain, process)) for field in derivatives(stack))
    if stack.is_cascade:
        return Fields(tuple(own for (own,) in poles), *(tuple(M[0][0] for M in field) for field in (B, C, D)))
    return Fields(tuple(map(tuple, poles)), *(tuple(map(sympy.ImmutableMatrix, field)) for field in (B, C, D)))


class GaussNewton(NamedTuple):
    """G = E[conj(∂_j y) ∂_k y], (P, P), and its rank."""

    matrix: sympy.ImmutableMatrix
    rank: int


MOST_DERIVATIVES = 24
"""Parameters of a Gauss–Newton matrix: P(P+1)/2 covariances are derived."""


def gauss_newton(stack, process=None):
    r"""The Gauss–Newton matrix of the output, with its rank.

    .. math:: G_{jk} = E[\overline{\partial_j y}\, \partial_k y]
            = \frac{1}{2\pi} \int \mathrm{tr}\big[(\partial_j H)^* \partial_k H\big] S_u\, d\omega

    Parameters
    ----------
    stack : Stack
    process : Process
        Of the input, independent on each channel; white noise of unit variance if None.

    Returns
    -------
    GaussNewton
        matrix, in the order all poles, all B, all C, all D, by layer and then by state (row-major). rank: exact for
        numbers; with symbols that at rational values drawn for them, which is the generic one but for chance.

    Raises
    ------
    ValueError
        A pole on or outside the unit circle; more than 24 parameters.

    Notes
    -----
    Either timing; Wirtinger derivatives as in `sensitivity`, which is the diagonal. G is the Hessian of ½E\|y − y_T\|²
    where y = y_T. Gains of a scalar cascade without feedthrough enter through their product alone: their block has
    rank one; equal poles have equal derivatives. Amari, Neural Computation 10:251, 1998.
    """
    require_stack(stack)
    process = require_process(stack, process, "gauss_newton")
    chains = flat(derivatives(stack))
    P = len(chains)
    if P > MOST_DERIVATIVES:
        raise ValueError(f"gauss_newton: expected at most {MOST_DERIVATIVES} parameters, got {P}; use the numeric "
                         "floor, or sensitivity for the diagonal")
    upper = {(j, k): inner(chains[j], chains[k], process) for j in range(P) for k in range(j, P)}
    G = sympy.ImmutableMatrix(P, P, lambda j, k: upper[j, k] if j <= k else sympy.conjugate(upper[k, j]))
    return GaussNewton(G, _rank(stack, process, G))


def flat(nested):
    """Of nested lists, in the order all poles, all B, all C, all D, by layer, row-major."""
    return [nested] if not isinstance(nested, (list, tuple)) or isinstance(nested, Chain) else [
        entry for part in nested for entry in flat(part)]


def inner(first, second, process):
    """E[conj(first) second], summed over the output channels."""
    value = response(second, first, process, 0)
    return value.trace() if isinstance(value, sympy.MatrixBase) else value


def _rank(stack, process, G):
    symbols = sorted(stack.free_symbols | process.free_symbols, key=str)
    if not symbols:
        return Field.holding(tuple(G)).dense(G).to_field().rank()
    values = Random(0).sample(range(1, 1009), len(symbols))  # all different, so that no two poles are equal
    point = {symbol: Rational(value, 1009) for symbol, value in zip(symbols, values, strict=True)}
    return gauss_newton(stack.xreplace(point), process.xreplace(point)).rank
