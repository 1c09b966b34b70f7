"""What no stack can do: the least loss of recalling a past input."""

import sympy

from . import expressions


def delay_bound(states, delay, timing="current", feedthrough=False):
    r"""The least E\|y_t − u_{t−D}\|²/E\|u\|² of any stack with S states in all, white input.

    .. math:: 1 - \frac{S}{D+1} \quad \text{(current timing, } \textstyle\prod_k D_k = 0), \qquad
              1 - \frac{S}{D} \quad \text{otherwise}

    and 0 where S reaches the denominator.

    Parameters
    ----------
    states : int, or positive integer expression
        S = ΣN over all layers; a layer with real=True counts 2N.
    delay : int, or positive integer expression
        D in samples.
    timing : {"current", "delayed"}
    feedthrough : bool
        Whether the product of all layers' D is not 0.

    Returns
    -------
    Expr
        No ½ in the loss.

    Raises
    ------
    ValueError
        Less than one state or one sample.

    Notes
    -----
    Any depth, width and parameters: the impulse response differs from the target's on a block of the Hankel matrix,
    whose rank is at most S (Eckart and Young). Shift registers, S = D poles 0 in delayed timing, reach it. François,
    Orvieto & Bach, arXiv 2502.09287, Theorem 2, for one layer.
    """
    S, D = expressions.depth(states, "states"), expressions.depth(delay, "delay")
    expressions.choice(timing, "timing", expressions.TIMINGS)
    expressions.boolean(feedthrough, "feedthrough")
    targets = D + int(timing == "current" and not feedthrough)
    return sympy.Max(0, 1 - sympy.sympify(S) / targets)
