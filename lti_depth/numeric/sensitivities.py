"""How strongly the output answers to each parameter: the diagonal and the whole of the Gauss–Newton matrix."""

from typing import NamedTuple

import numpy as np

from ..system import Layer, Stack
from ..system.fields import Fields
from ..system.limits import require_affordable
from ..system.processes import process_or_white, require_stationary
from . import derivatives, unbounded_covariances
from .autocovariances import part_autocovariance, part_scale
from .circle import expected_nodes
from .extended import leveled
from .moments import TINY
from .realization import real_if, realize, unscale
from .signals import signals, triangular


def sensitivity(stack, process=None):
    r"""The mean square of the output's derivative by each parameter.

    .. math:: E\Big|\frac{\partial y}{\partial \theta}\Big|^2, \qquad
              \frac{\partial H}{\partial \lambda_k} = \frac{z^{-1} H}{1 - \lambda_k z^{-1}}
              \text{ in a scalar cascade with } d = 0

    There the sensitivity to λ_k is the variance of the cascade with λ_k repeated once more: sensitivity at depth K is
    variance at depth K+1. Derivatives are Wirtinger's, ½(∂_Re − i ∂_Im): of an output that depends on θ and not on θ̄
    the complex derivative; of a layer with real=True, y = ½(C x + C̄ x̄) + D u, half of what C x alone has.

    Parameters
    ----------
    stack : Stack
    process : Process
        Of the input, one independent copy a channel; white noise of unit variance if None.

    Returns
    -------
    Fields
        poles, B, C, D in the shapes of the stack's own fields, float64; summed over the output channels.

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1; a stack so deep that it would take hours.

    See Also
    --------
    log_sensitivity : where values exceed float64.

    Notes
    -----
    Either timing. One layer, AR(1) input: Zucchet & Orvieto, arXiv 2405.21064; any depth: new here. Scalar cascades by
    the recursion for covariances, with its digits; other stacks by quadrature over the circle, where all terms are
    positive.
    """
    require_stationary(stack, "sensitivity")
    process = process_or_white(process)
    return _cascade_sensitivity(stack, process) if stack.is_cascade else _wide_sensitivity(stack, process)


def _cascade_sensitivity(stack, process):
    K = len(stack)
    require_affordable(len(stack), "sensitivity", 3, seconds=5e-8 * len(process.parts) * K**2 * (K + 1000),
                       instead="differentiate by few parameters, with variances of cascades in which their layers are "
                               "repeated")
    return Fields(*sum(unscale(*_cascade_squares(stack, part), "sensitivity") for part in process.parts))


def _cascade_squares(stack, part):
    """By poles, b, c and d, from the variances of other cascades: mantissas and binary exponents (4, K)."""
    one, wire, at_once = np.ones((1, 1)), Layer([0.0], [[0.0]], [[0.0]], [[1.0]]), np.zeros(1, np.int64)
    squares, exponents = np.empty((4, len(stack))), np.empty((4, len(stack)), np.int64)
    for k, layer in enumerate(stack):
        into, out = Layer(layer.poles, layer.B, one), Layer(layer.poles, one, layer.C)
        for field, instead in enumerate(((into, out), (out,), (into,), (wire,))):
            layers = (*stack.layers[:k], *instead, *stack.layers[k + 1 :])
            R, exponent = part_autocovariance(Stack(layers, timing=stack.timing), at_once, part)
            squares[field, k], exponents[field, k] = R[0, 0, 0].real, exponent[0, 0, 0]
    return squares, exponents


def _wide_sensitivity(stack, process):
    total = 0.0
    for part in process.parts:
        model = realize(stack, part.shape)
        squares = sum(derivatives.squares(stack, model, at) for at in signals(model, part.source))
        scale, exponent = part_scale(part)
        own = unscale(scale * squares, 2 * derivatives.exponents(stack, model) + exponent, "sensitivity")
        faint = (squares < TINY) & derivatives.felt(stack)  # beside gains so large that their squares left the range
        if faint.any():
            own = np.where(faint, leveled(unbounded_covariances.sensitivity(stack, part), 0.0), own)
        total = total + own
    return derivatives.as_fields(stack, total)


_ENTRIES = 2**22
"""Derivatives held at once."""


class GaussNewton(NamedTuple):
    """G = E[conj(∂_j y) ∂_k y], (P, P), and its rank."""

    matrix: np.ndarray
    rank: int


def gauss_newton(stack, process=None):
    r"""The Gauss–Newton matrix of the output, with its rank.

    .. math:: G_{jk} = E[\overline{\partial_j y}\, \partial_k y]
            = \frac{1}{2\pi} \int \mathrm{tr}\big[(\partial_j H)^* \partial_k H\big] S_u\, d\omega

    Parameters
    ----------
    stack : Stack
    process : Process
        Of the input, one independent copy a channel; white noise of unit variance if None.

    Returns
    -------
    GaussNewton
        matrix (P, P), float64 where stack and process are real, else complex128, in the order of `flat`: all poles, all
        B, all C, all D, by layer and then by state (row-major). rank: the number of singular values of the derivatives,
        each scaled to unit variance, above 8 P ε of the largest, ε = 2⁻⁵².

    Raises
    ------
    ValueError
        A pole with |λ| ≥ 1; a stack so deep that it would take hours.

    Notes
    -----
    Either timing; Wirtinger derivatives as in `sensitivity`. G is the Hessian of ½E|y − y_T|² where y = y_T. It is
    singular: gains of a scalar cascade without feedthrough enter through their product alone (their block has rank
    one), equal poles have equal derivatives. Condition numbers therefore are over the `rank` largest eigenvalues.
    The triangular factor R of the derivatives on the circle gives G = R*R; the rank comes from R, which resolves
    poles 1e−13 apart. Amari, Neural Computation 10:251, 1998; Martens, JMLR 21:146, 2020.
    """
    require_stationary(stack, "gauss_newton")
    process = process_or_white(process)
    factor, units = None, None
    for part in process.parts:
        model = realize(stack, part.shape)
        exponents = derivatives.exponents(stack, model)
        own, chunk = None, max(1, _ENTRIES // (len(exponents) * stack.channels[0]))
        _require_affordable(stack, model, len(exponents), chunk)
        for at in signals(model, part.source, chunk):
            own = triangular(own, derivatives.matrix(stack, model, at))
        scale, exponent = part_scale(part)
        units = exponents if units is None else units
        factor = triangular(factor, unscale(np.sqrt(scale) * own, exponents - units + exponent // 2, "gauss_newton"))
    matrix = unscale(factor.conj().T @ factor, units[:, None] + units, "gauss_newton")
    return GaussNewton(real_if(stack.dtype.kind == "f" and process.real, matrix), _rank(factor))


def _require_affordable(stack, model, P, chunk):
    """Chunks of the circle, each with a triangular factor of P columns."""
    nodes, rows = expected_nodes(model.poles), stack.channels[0] * stack.channels[-1]
    flops = 8 * P**2 * ((nodes / chunk + 1) * P + nodes * rows) + 40 * P**3
    require_affordable(len(stack), "gauss_newton", 4.5, seconds=1e-10 * flops,
                       instead=f"its matrix is {P} × {P}; sensitivity has its diagonal")


def _rank(factor):
    lengths = np.linalg.norm(factor, axis=0)
    scaled = factor / np.where(lengths > 0, lengths, 1)
    values = np.linalg.svd(scaled, compute_uv=False)
    return int((values > 8 * factor.shape[1] * np.finfo(float).eps * values[0]).sum())
