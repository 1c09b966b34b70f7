"""Memory: how much of each past input the states of a stack hold."""

import sympy
from sympy import conjugate

from . import expressions
from .covariances import state_covariance
from .equivalence import equivalent_layer
from .fields import Field
from .layers import Layer
from .responses import impulse_response
from .stacks import Stack, require_stack, require_stationary


def memory_function(stack, lag):
    r"""The part of the variance of u[t − τ] that the best linear readout of all states x_t explains.

    .. math:: \mathrm{MF}(\tau) = (A^\tau B)^* W^{-1} A^\tau B = \sum_k |\varphi_k(\tau)|^2, \qquad
              \varphi_k(z) = \frac{\sqrt{1-|\lambda_k|^2}}{1-\lambda_k z^{-1}}
              \prod_{m<k} \frac{z^{-1}-\bar\lambda_m}{1-\lambda_m z^{-1}}

    for white input: in a scalar cascade whose gains are not 0 by the orthonormal functions of Takenaka and Malmquist,
    without its zero poles after the first layer in current timing, which only copy; in delayed timing the answer comes
    one sample later. Σ MF is the number of controllable states.

    Parameters
    ----------
    stack : Stack
        One input channel.
    lag : int, or expression
        τ in samples; a Symbol declared ``integer=True, nonnegative=True`` gives the formula for scalar cascades.

    Returns
    -------
    Expr
        0 for negative lags.

    Raises
    ------
    ValueError
        Several channels, a pole on or outside the circle, or a symbolic lag for other stacks than scalar cascades.

    Notes
    -----
    Jaeger, GMD report 152, 2001; Ninness & Gustafsson, IEEE Trans. Automatic Control 42:521, 1997.
    """
    require_stack(stack)
    require_stationary(stack, "memory_function")
    if stack.channels[0] != 1 or stack.channels[-1] != 1:
        raise ValueError(f"stack: expected one channel at input and output, got {stack.channels[0]} and "
                         f"{stack.channels[-1]}; memory is defined for one input signal")
    lag = expressions.samples(lag, "lag")
    if expressions.is_backward(lag):
        return sympy.Integer(0)
    plain = stack.is_cascade and not any(stack.D) and all(stack.B) and all(stack.C[:-1])
    if plain:
        return sympy.Add(*(scale * _squared(phi) for scale, phi in _orthogonal(stack, lag)))
    if not isinstance(lag, int):
        raise ValueError("lag: expected an int for a stack that is not a scalar cascade without feedthrough, got "
                         f"{expressions.describe(lag)}")
    return _of_states(stack, lag)


def _orthogonal(stack, lag):
    """1 − |λ_k|² and φ_k(τ) over its root, so that rational poles give rational numbers.

    With all layers delayed φ_k comes a sample late, its all-pass factors −λ̄ + (1−|λ|²) z⁻¹/(1 − λz⁻¹).
    """
    current, before = stack.timing == "current", []
    for k, pole in enumerate(stack.poles):
        if current and k and pole == 0:
            continue
        scale = 1 - pole * conjugate(pole)
        last = Layer([pole], [[1]], [[1]])
        yield scale, impulse_response(Stack((*before, last), timing="delayed"), lag + int(current))
        before.append(Layer([pole], [[scale]], [[1]], [[-conjugate(pole)]]))


def _squared(value):
    return value**2 if value.is_real else value * conjugate(value)


def _of_states(stack, lag):
    """Through the covariance of a largest set of independent states."""
    A, B, _, _ = equivalent_layer(stack)
    delay = int(stack.timing == "delayed")
    if lag < delay:
        return sympy.Integer(0)
    W = state_covariance(stack)
    field = Field.holding((*W, *A, *B))
    W, A, h = (field.dense(M).to_field() for M in (W, A, B))
    for _ in range(lag - delay):
        h = A * h
    _, kept = W.rref()
    if not kept:
        return sympy.Integer(0)
    W, h = W.extract(list(kept), list(kept)), h.extract(list(kept), [0])
    adjoint = h.transpose().applyfunc(field.adjoint)
    return expressions.drop_channels(field.expression(adjoint * W.lu_solve(h)))
