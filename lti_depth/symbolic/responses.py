"""Impulse and step response, valid at every integer time."""

import sympy

from . import expressions
from .layers import Layer
from .residues import Chain, impulse
from .stacks import require_stack
from .towers import observable


@observable
def impulse_response(stack, t):
    r"""h_t, the output at time t for u = [t = 0].

    .. math:: h_t = g \sum_k \frac{\lambda_k^{t+K-1}}{\prod_{j\neq k}(\lambda_k-\lambda_j)}, \qquad
        h_t = g \binom{t+K-1}{K-1} \lambda^t

    for distinct poles and for equal ones (current timing, no feedthrough); in general Σ Res z^{t−1} H(z).

    Parameters
    ----------
    stack : Stack
        Any poles, unstable ones included.
    t : int, or expression
        In samples. A Symbol declared ``integer=True, nonnegative=True`` gives the formula, valid at t = 0 too.

    Returns
    -------
    Expr, or ImmutableMatrix of shape (H_out, H_in)
        0 for t < 0. Layers with real=True take a real input.

    Raises
    ------
    TypeError
        A time that is not an integer.

    Notes
    -----
    Either timing. For distinct poles the complete homogeneous symmetric polynomial of degree t in them.
    """
    require_stack(stack)
    return _response(stack, Chain.of(stack), t)


@observable
def step_response(stack, t):
    r"""s_t = Σ_{r≤t} h_r, the output at time t for u = [t ≥ 0].

    The impulse response of the stack behind a running sum, a layer with the pole 1; so poles at 1 are merged poles.

    Parameters
    ----------
    stack : Stack
        Any poles, unstable ones included.
    t : int, or expression
        In samples. A Symbol declared ``integer=True, nonnegative=True`` gives the formula.

    Returns
    -------
    Expr, or ImmutableMatrix of shape (H_out, H_in)
        0 for t < 0.

    Raises
    ------
    TypeError
        A time that is not an integer.

    Notes
    -----
    Either timing. For distinct poles the complete homogeneous symmetric polynomial of degree t in them.
    """
    require_stack(stack)
    running_sum = Chain(((Layer((1,), [[1]], [[1]]), "current"),))
    return _response(stack, running_sum + Chain.of(stack), t)


def _response(stack, chain, t):
    t = expressions.samples(t, "t")
    if isinstance(t, int) and t < 0:
        return expressions.drop_channels(sympy.zeros(stack.channels[-1], stack.channels[0]))
    if not isinstance(t, int) and not t.is_nonnegative:
        raise ValueError(f"t: expected a nonnegative expression, got {expressions.describe(t)}")
    return impulse(chain, t)
