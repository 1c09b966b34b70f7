"""Hankel singular values: how much of the past the future of the output depends on."""

import sympy
from sympy import EXRAW, sqrt
from sympy.polys.matrices import DomainMatrix

from .equivalence import equivalent_layer
from .fields import Field
from .polynomials import roots
from .stacks import require_stack, require_stationary

MOST_SYMBOLIC = 2
"""States with symbols for which the singular values have a closed form."""

MOST_STATES = 9
"""States for which the roots of an exact characteristic polynomial are isolated: each further one doubles the time."""


def hankel_singular_values(stack):
    r"""The singular values of the map from past inputs (s < t) to future outputs (s ≥ t).

    .. math:: \sigma_i = \sqrt{\mathrm{eig}_i(W_o W_c)}, \qquad
              \text{one layer: } \sigma = \frac{|g|}{1-|\lambda|^2}
              \ (\text{delayed}), \quad \frac{|\lambda g|}{1-|\lambda|^2}\ (\text{current})

    Parameters
    ----------
    stack : Stack
        Up to nine states with numbers, or two with symbols.

    Returns
    -------
    tuple of S Expr
        S = ΣN, layers with real=True closed under conjugation; falling where they are numbers.

    Raises
    ------
    ValueError
        A pole on or outside the unit circle; no closed form is known.

    Notes
    -----
    They belong to the input–output map: deep and equivalent wide stacks have the same ones. The value h_0, at once, is
    no memory and does not count; hence the factor λ in current timing. Moore, IEEE Trans. Automatic Control 26:17,
    1981; Antoulas, Approximation of Large-Scale Dynamical Systems, 2005.
    """
    require_stack(stack)
    require_stationary(stack, "hankel_singular_values")
    S = sum(layer.width for layer in stack.closed())
    if S > (MOST_SYMBOLIC if stack.free_symbols else MOST_STATES):
        raise ValueError(f"hankel_singular_values: expected at most {MOST_STATES} states, {MOST_SYMBOLIC} with "
                         f"symbols, got {S} states; give values to the symbols, or use the numeric floor")
    squares = _eigenvalues(*_product(stack))
    if all(square.is_number for square in squares):
        squares = sorted(squares, key=lambda square: -sympy.re(sympy.N(square, 30)))
    return tuple(sqrt(square) for square in squares)


def _product(stack):
    """The field, and W_o W_c in it; what is seen of the states a step later is C A in current timing, C in delayed."""
    A, B, C, _ = equivalent_layer(stack)
    field = Field.holding((*A, *B, *C))
    A, B, C = map(field.dense, (A, B, C))
    if stack.timing == "current":
        C = C * A
    order = range(A.shape[0])
    return field, _gramian(field.adjoint(A), field.adjoint(C), field, order[::-1]) * _gramian(A, B, field, order)


def _gramian(A, B, field, order):
    """W = A W A* + B B* for A triangular in the given order of the states: entry by entry, from those before."""
    noise, zero = B * field.adjoint(B), field.domain.zero
    A, noise = A.to_list(), noise.to_list()
    W = [[zero] * len(A) for _ in A]  # what is not known yet, or the entry itself, adds 0
    for step, i in enumerate(order):
        for j in order[: step + 1]:
            known = ((a, b) for a in order[: step + 1] for b in order[: step + 1])
            total = sum((A[i][a] * W[a][b] * field.adjoint(A[j][b]) for a, b in known), noise[i][j])
            W[i][j] = total / (field.domain.one - A[i][i] * field.adjoint(A[j][j]))
            W[j][i] = field.adjoint(W[i][j])
    return DomainMatrix(W, (len(W), len(W)), field.domain)


def _eigenvalues(field, matrix):
    """Of a product of two positive semidefinite matrices, by its characteristic polynomial."""
    S = matrix.shape[0]
    if field.domain == EXRAW and S <= MOST_SYMBOLIC:
        return _of_two(*field.expression(matrix)) if S == 2 else list(field.expression(matrix))
    found = None
    if field.domain != EXRAW:
        found = roots([field.expression(coefficient) for coefficient in matrix.to_field().charpoly()])
    if found is None:
        raise ValueError("hankel_singular_values: expected rational poles and gains for more than two states, got "
                         "others; use the numeric floor")
    return found


def _of_two(a, b, c, d):
    """Eigenvalues of ((a, b), (c, d))."""
    middle, spread = (a + d) / 2, sqrt((a - d) ** 2 / 4 + b * c)
    return [middle + spread, middle - spread]
