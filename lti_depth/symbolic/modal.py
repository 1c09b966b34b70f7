r"""The modes of a stack: what diagonalizes the wide layer that is equal to it, or brings it to Jordan's form.

Distinct poles. At the mode λ of state n in layer j all signals grow as λ^t. Layers before j are at rest, layer j puts
out C_j e_n, and a layer l behind it answers with H_l(λ): so column and row of that mode are

.. math:: P_{i} = (\lambda - \Lambda_i)^{-1} \lambda B_i H_{i-1}(\lambda) \cdots H_{j+1}(\lambda)\, C_j e_n,
          \quad i > j,

.. math:: (P^{-1})_{i} = e_n^{\mathsf T} B_j H_{j-1}(\lambda) \cdots H_{i+1}(\lambda)\, C_i \Lambda_i
          (\lambda - \Lambda_i)^{-1}, \quad i < j,

in delayed timing without the factors λ and Λ_i. Both are triangular with ones on the diagonal, so that the rows are
those of the inverse.

Equal poles. With N = A − λ, a vector p that N^m annihilates and N^{m−1} does not starts the chain p, Np, …, N^{m−1}p.
"""

from typing import NamedTuple

import sympy
from sympy.polys.matrices import DomainMatrix

from . import expressions
from .equivalence import equivalent_layer
from .fields import Field, scaled, times
from .frequency import section
from .stacks import require_stack


class Modal(NamedTuple):
    """P, P⁻¹, Λ = P⁻¹AP, P⁻¹B and CP of the equivalent layer (A, B, C, D)."""

    P: sympy.ImmutableMatrix
    P_inv: sympy.ImmutableMatrix
    Lambda: sympy.ImmutableMatrix
    B: sympy.ImmutableMatrix
    C: sympy.ImmutableMatrix


def modal(stack):
    r"""The modal form of the equivalent wide layer: A P = P Λ.

    A scalar cascade with distinct poles, a_k = b_k c_{k−1}, current timing:

    .. math:: P_{ij} = \prod_{l=j+1}^{i} \frac{a_l \lambda_j}{\lambda_j - \lambda_l}, \qquad
              (P^{-1}B)_k = b_1 \prod_{m=2}^{k} a_m \prod_{l<k} \frac{\lambda_k}{\lambda_k-\lambda_l}, \qquad
              (CP)_j = c_K \prod_{l>j} \frac{a_l \lambda_j}{\lambda_j-\lambda_l}

    and in delayed timing without the λ in the numerators; P is unit lower triangular.

    Parameters
    ----------
    stack : Stack
        Any layers; a layer with real=True is closed under conjugation: poles λ, then λ̄.

    Returns
    -------
    Modal
        P, P_inv, Lambda (S, S), B (S, H_in), C (H_out, S), S = ΣN. Lambda is diagonal where the poles are distinct, in
        the order of the layers; equal poles give Jordan blocks, with ones *below* the diagonal, where they are
        defective: one block for each pole of a scalar cascade whose gains are not 0, but a repeated pole 0 in current
        timing gives several.

    Notes
    -----
    The output is Σ of the modes' outputs: its residues are the products of CP and P⁻¹B. The paper, section 3.3,
    equations 6–9 (distinct poles); Jordan forms: new here.
    """
    require_stack(stack)
    closed = stack.closed()
    return _distinct(closed) if _are_distinct(closed) else _confluent(closed)


def residues(stack):
    r"""r_k of H(z) = D + Σ_k r_k/(1 − λ_k z⁻¹), in delayed timing D + Σ_k r_k z⁻¹/(1 − λ_k z⁻¹), layer by layer.

    Parameters
    ----------
    stack : Stack
        Distinct poles; layers with real=True count with λ and λ̄.

    Returns
    -------
    tuple of S Expr or ImmutableMatrix (H_out, H_in)

    Raises
    ------
    ValueError
        Equal poles, which give powers of 1/(1 − λz⁻¹): see `modal`.

    Notes
    -----
    Products of the modes' entries in CP and P⁻¹B: they belong to the input–output map, the entries do not. The paper,
    section 3.3.
    """
    require_stack(stack)
    closed = stack.closed()
    if not _are_distinct(closed):
        raise ValueError("residues: expected distinct poles, got equal ones; see modal for their Jordan blocks")
    form = _distinct(closed)
    return tuple(expressions.drop_channels(sympy.ImmutableMatrix(form.C[:, n] * form.B[n, :]))
                 for n in range(form.B.rows))


def _are_distinct(stack):
    poles = [pole for layer in stack.layers for pole in layer.poles]
    return not any(expressions.equal(p, q) for i, p in enumerate(poles) for q in poles[:i])


def _distinct(stack):
    """Mode by mode, from the responses of the layers at the mode."""
    field = Field.holding(stack.entries)
    starts = [sum(stack.widths[:j]) for j in range(len(stack) + 1)]
    S = starts[-1]
    P, P_inv = sympy.eye(S), sympy.eye(S)
    B, C = sympy.zeros(S, stack.channels[0]), sympy.zeros(stack.channels[-1], S)
    for j, layer in enumerate(stack.layers):
        for n in range(layer.width):
            column = starts[j] + n
            C[:, column], P[starts[j + 1] :, column] = _forward(stack, j, n, field)
            B[column, :], P_inv[column, : starts[j]] = _backward(stack, j, n, field)
    return Modal(*map(sympy.ImmutableMatrix, (P, P_inv, expressions.diagonal(
        [pole for layer in stack.layers for pole in layer.poles]), B, C)))


def _forward(stack, j, n, field):
    """What mode n of layer j makes of the output and of the states behind it, as columns."""
    pole, signal, rows = stack[j].poles[n], field.dense(stack[j].C[:, n]), []
    for layer in stack.layers[j + 1 :]:
        rows += _answers(layer, pole, field.dense(layer.B) * signal, stack.timing, field)
        signal = times(_response(layer, pole, stack.timing, field), signal)
    return field.expression(signal), sympy.Matrix(len(rows), 1, rows)


def _answers(layer, pole, driven, timing, field):
    """λ (λ − λ_m)⁻¹ of each driven state, in delayed timing without the λ."""
    at = field.element(pole)
    top = at if timing == "current" else field.domain.one
    return [field.expression(scaled(top / (at - field.element(own)), value))
            for own, value in zip(layer.poles, _entries(driven), strict=True)]


def _backward(stack, j, n, field):
    """What of the input and of the states before it reaches mode n of layer j, as rows."""
    pole, signal, blocks = stack[j].poles[n], field.dense(stack[j].B[n, :]), []
    for layer in reversed(stack.layers[:j]):
        read = field.dense(layer.C)
        if stack.timing == "current":
            read = read * field.dense(expressions.diagonal(layer.poles))
        at = field.element(pole)
        seen = _entries(signal * read)
        blocks.insert(0, [field.expression(scaled(field.domain.one / (at - field.element(own)), value))
                          for own, value in zip(layer.poles, seen, strict=True)])
        signal = times(signal, _response(layer, pole, stack.timing, field))
    row = [entry for block in blocks for entry in block]
    return field.expression(signal), sympy.Matrix(1, len(row), row)


def _response(layer, pole, timing, field):
    """H(λ) of a layer, an element or a matrix."""
    at, one = field.element(pole), field.domain.one
    return section(layer, field, at, one, at if timing == "current" else one)


def _entries(matrix):
    return [entry for row in matrix.to_list() for entry in row]


def _confluent(stack):
    """Jordan's form over the field of rational functions of the symbols, in which zero is decided exactly."""
    A, B, C, _ = equivalent_layer(stack)
    domain, A = _rational(A)
    S, columns, blocks = A.shape[0], [], []
    for pole in dict.fromkeys(A.to_Matrix()[i, i] for i in range(S)):
        shifted = A - DomainMatrix.eye(S, domain) * domain.from_sympy(pole)
        for chain in _chains(shifted.to_dense()):
            columns += chain
            blocks.append(_jordan_block(pole, len(chain)))
    P = columns[0].hstack(*columns[1:])
    P_inv = P.inv()
    P, P_inv = P.to_Matrix(), P_inv.to_Matrix()
    return Modal(*map(sympy.ImmutableMatrix, (P, P_inv, sympy.diag(*blocks), _factored(P_inv * B), _factored(C * P))))


def _rational(A):
    domain, elements = sympy.construct_domain(list(A), field=True, extension=True)
    rows = [elements[i * A.cols : (i + 1) * A.cols] for i in range(A.rows)]
    return domain, DomainMatrix(rows, A.shape, domain)


def _chains(N):
    """Chains p, Np, … of the generalized null space of N, the longest first, as columns."""
    powers, kernels = [N], [_kernel(N)]
    while True:
        power = powers[-1] * N
        kernel = _kernel(power)
        if len(kernel) == len(kernels[-1]):
            break
        powers.append(power)
        kernels.append(kernel)
    chains = []
    for m in range(len(kernels), 0, -1):
        lower = kernels[m - 2] if m > 1 else []
        taken = [chain[len(chain) - m] for chain in chains]  # of this height already
        for vector in kernels[m - 1]:
            if _independent([*lower, *taken, vector]):
                taken.append(vector)
                chains.append(_chain(N, vector, m))
    return chains


def _chain(N, vector, m):
    chain = [vector]
    for _ in range(m - 1):
        chain.append(N * chain[-1])
    return chain


def _kernel(N):
    """A basis of the null space, columns whose first entry other than 0 is 1."""
    rows = N.nullspace(divide_last=True).to_field()
    vectors = [rows.extract([i], range(rows.shape[1])) for i in range(rows.shape[0])]
    return sorted((_monic(vector) for vector in vectors), key=_first)


def _monic(row):
    lead = row.to_list()[0][_first(row)]
    return (row * (row.domain.one / lead)).transpose()


def _first(vector):
    """The place of the first entry other than 0."""
    return next(i for i, entry in enumerate(_entries(vector)) if entry)


def _independent(vectors):
    return vectors[0].hstack(*vectors[1:]).rank() == len(vectors)


def _jordan_block(pole, size):
    return sympy.Matrix(size, size, lambda i, j: pole if i == j else int(i == j + 1))


def _factored(matrix):
    return matrix.applyfunc(sympy.factor)
