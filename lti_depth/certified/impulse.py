"""What a stack answers, from rest, to an impulse and to a step, enclosed."""

from dataclasses import replace

import numpy as np

from ..system import validation
from ..system.stacks import require_stack
from .balls import size
from .orbits import orbit, system
from .precision import array, drop_channels, enclose, real_if
from .sections import Section, chain_of


def impulse_response(stack, t, *, rtol=1e-15):
    r"""The impulse response at the integers t, enclosed: the answer to u_0 = 1, from rest.

    .. math:: h_t = F A^{t-1} B \; (t > 0), \qquad h_0 = E

    Parameters
    ----------
    stack : Stack
        Stable or not; its doubles are taken as exact.
    t : int or array of int
        Samples; 0 for t < 0. The work grows with log t.
    rtol : float

    Returns
    -------
    arb for a stack of real output, else acb; an object array in the shape of t, then (H_out, H_in), the channel axes
    dropped when both are 1. Every ball contains the truth. Its radius is at most `rtol` of its absolute value, or it
    contains 0 and its radius is below 2⁻¹⁰²⁴ of the largest state times the largest gain that reads it.

    Raises
    ------
    PrecisionError
        16384 bits do not suffice for rtol.

    Notes
    -----
    The whole stack as one system of `orbits`; sums of products of doubles, so that a value that is 0 is found to be 0.
    """
    return _answer(stack, t, "impulse_response", rtol, lambda chain: chain)


def step_response(stack, t, *, rtol=1e-15):
    r"""The step response at the integers t, enclosed: the answer to u_t = 1 for t ≥ 0, from rest.

    .. math:: s_t = \sum_{r=0}^{t} h_r

    Parameters, return value, cost and errors as in `impulse_response`, whose answer it is with a layer
    :math:`1/(1 - z^{-1})` in front.
    """
    return _answer(stack, t, "step_response", rtol, _summed)


def _answer(stack, t, what, rtol, prepared):
    require_stack(stack)
    times = validation.integers(t, "t")
    shape = (stack.channels[-1], stack.channels[0])

    def compute():
        A, B, F, E = system(prepared(chain_of(stack)))
        states, largest = orbit(A, B), size(F)
        values, scales = np.zeros((times.size, *shape), object), np.zeros((times.size, 1, 1), object)
        for n, time in enumerate(times.ravel().tolist()):
            h = E * 0 if time < 0 else E if time == 0 else F * states(time - 1)
            values[n] = array(h.entries(), shape)
            scales[n] = size(E) if time < 1 else largest * size(states(time - 1))
        return values, scales

    h = enclose(what, rtol, compute)
    return drop_channels(real_if(stack.real_output, h.reshape(*times.shape, *shape)))


def _summed(chain):
    """The chain behind ξ' = ξ + u, p = ξ + u on every channel."""
    one = chain.unit
    H = 1 if chain.is_scalar else one.nrows()
    summing = Section([chain.field.number(1)] * H, one, one, one, one)
    return replace(chain, sections=(summing, *chain.sections))
