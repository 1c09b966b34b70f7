"""Second moments of outputs and states under stationary input."""

from math import comb

import sympy

from . import expressions
from .equivalence import equivalent_layer
from .fields import Field, scaled
from .layers import Layer
from .processes import Process, white
from .residues import Chain, covariance
from .stacks import require_stack, require_stationary
from .towers import observable

MOST_PATHS = 2_000
"""Ways through the states within a horizon, each a term of a formula with symbols."""


@observable
def autocovariance(stack, lag, process=None, layer=None):
    r"""R(Δ) = E[y_{t+Δ} y_t*] of the output of one layer, by residues at the poles.

    .. math:: R(\Delta) = |g|^2 \sum_k \frac{\lambda_k^{\Delta+K-1}}
        {\prod_{j\neq k}(\lambda_k-\lambda_j)\,\prod_j (1-\lambda_k\bar\lambda_j)}

    for white unit input, distinct poles and Δ ≥ 0; merged poles give the confluent form.

    Parameters
    ----------
    stack : Stack
        Poles inside the unit circle; symbols are taken to be inside, and symbols that are not the same expression to
        be distinct.
    lag : int, or expression
        In samples. A Symbol declared ``integer=True, nonnegative=True`` gives the formula.
    process : Process
        Of the input, independent on each channel; white noise of unit variance if None.
    layer : int or None
        0-based, negative from the end; None for the last.

    Returns
    -------
    Expr, or ImmutableMatrix of shape (H_out, H_out)

    Raises
    ------
    ValueError
        A pole on or outside the unit circle; a `layer` that the stack does not have.
    TypeError
        A lag that is not an integer.

    Notes
    -----
    Either timing. The paper, Proposition 1; Brockwell & Davis, Time Series: Theory and Methods.
    """
    require_stack(stack)
    lag = expressions.samples(lag, "lag")
    process = require_process(stack, process, "autocovariance")
    chain = Chain.of(through(stack, layer))
    if expressions.is_backward(lag):
        return _adjoint(response(chain, chain, process, -lag))
    return response(chain, chain, process, lag)


def state_variance(stack, process=None, horizon=None):
    r"""E|x|² of every state.

    .. math:: E|x^{(k)}_n|^2 = \frac{1}{2\pi}\int \frac{b_n S^{(k)}(\omega)\, b_n^*}{|1-\lambda_{k,n}e^{-i\omega}|^2}
        \,d\omega

    with b_n row n of layer k's B and S⁽ᵏ⁾ the spectrum of its input.

    Parameters
    ----------
    stack : Stack
    process : Process
        Of the input; white noise of unit variance if None.
    horizon : int or None
        T: after T steps from rest, Σ_{s,s'<T} h_s R(s'−s) h_{s'}* with h_s the state's response; any poles.

    Returns
    -------
    ImmutableMatrix, (K, N_max)
        Zero in the padding of narrower layers.

    Raises
    ------
    ValueError
        A pole on or outside the unit circle, without a horizon; symbols for many states and a long horizon.

    Notes
    -----
    The same in both timings for one layer. The paper, Lemma 1, for the first layer.
    """
    require_stack(stack)
    if horizon is not None:
        return _variance_after(stack, process, expressions.integer(horizon, "horizon", 1))
    process = require_process(stack, process, "state_variance")
    return _padded([layer_variances(stack, k, process) for k in range(len(stack))])


def state_covariance(stack, process=None):
    """E[x x*] of all states at one time, in the order and basis of `equivalent_layer`.

    Parameters
    ----------
    stack : Stack
    process : Process
        Of the input; white noise of unit variance if None.

    Returns
    -------
    ImmutableMatrix, (S, S)
        S = ΣN, layer by layer; a layer with real=True has 2N states there (poles λ, then λ̄).

    Raises
    ------
    ValueError
        A pole on or outside the unit circle.

    Notes
    -----
    Off-diagonal blocks differ between the timings.
    """
    require_stack(stack)
    process = require_process(stack, process, "state_covariance")
    closed = stack.closed()
    chains = [_before(closed, k) + _readout(closed[k], range(closed[k].width), stack.timing) for k in range(len(stack))]
    blocks = [[_matrix(response(left, right, process, 0)) for right in chains[: i + 1]]
              for i, left in enumerate(chains)]
    K = range(len(stack))
    rows = (sympy.Matrix.hstack(*(blocks[i][j] if j <= i else blocks[j][i].H for j in K)) for i in K)
    return sympy.ImmutableMatrix(sympy.Matrix.vstack(*rows))


def layer_variances(stack, k, process):
    """E|x|² of the states of layer k."""
    readouts = (_before(stack, k) + _readout(stack[k], [n], stack.timing) for n in range(stack[k].width))
    return [response(chain, chain, process, 0) for chain in readouts]


def response(left, right, process, lag):
    """E[y(t + lag) v(t)*], lag ≥ 0, for the outputs of two chains with the same input."""
    parts = []
    for part in process.parts:
        shape = Chain.of(part.shape)
        parts.append(covariance(shape + left, shape + right, part.source, lag) * part_scale(part))
    return sum(parts[1:], parts[0])


def part_scale(part):
    """variance / R(0) of the source through the shaping filter."""
    shape = Chain.of(part.shape)
    return part.variance / covariance(shape, shape, part.source, 0)


def process_covariance(process, lag):
    """R(lag) of the process itself."""
    if expressions.is_backward(lag):
        return sympy.conjugate(process_covariance(process, -lag))
    return response(Chain(), Chain(), process, lag)


def _before(stack, k):
    return Chain.of(stack[:k]) if k else Chain()


def _readout(layer, states, timing):
    """From a layer's input to some of its states."""
    states = list(states)
    poles, B = [layer.poles[n] for n in states], layer.B.extract(states, list(range(layer.B.cols)))
    return Chain(((Layer(poles, B, sympy.eye(len(states))), timing),))


def _matrix(value):
    return value if isinstance(value, sympy.MatrixBase) else sympy.Matrix([[value]])


def _variance_after(stack, process, T):
    """From rest, x after T steps is Σ_{s<T} A^s B u, in the dense form of the stack and in either timing."""
    process = require_process(stack, process, None)
    A, B, _, _ = equivalent_layer(stack)
    if any(not entry.is_number for entry in (*A, *B)) and comb(T + A.rows, T) > MOST_PATHS:
        raise ValueError(f"horizon: expected numbers for {A.rows} states after {T} steps, got symbols, with too long a "
                         "formula; give them values with xreplace")
    R = [process_covariance(process, m) for m in range(T)]
    field = Field.holding((*A, *B, *R))
    A, state = (field.dense(M) for M in (A, B))
    responses = [state]
    for _ in range(T - 1):
        responses.append(A * responses[-1])
    R = [field.element(value) for value in R]
    total = field.zeros((A.shape[0], A.shape[0]))
    for s, first in enumerate(responses):
        for r, second in enumerate(responses):
            if weight := R[r - s] if r >= s else field.adjoint(R[s - r]):
                total = total + scaled(weight, first * field.adjoint(second))
    variances = iter(field.expression(total).diagonal())
    rows = []
    for layer in stack.layers:
        states = [next(variances) for _ in range(layer.closed().width)]
        rows.append(states[: layer.width])
    return _padded(rows)


def _padded(rows):
    width = max(map(len, rows))
    return sympy.ImmutableMatrix([row + [0] * (width - len(row)) for row in rows])


def through(stack, layer):
    """The stack up to and including `layer`."""
    if layer is None:
        return stack
    k = expressions.integer(layer, "layer", -len(stack))
    if k >= len(stack):
        raise ValueError(f"layer: expected an integer from {-len(stack)} to {len(stack) - 1}, got {k}")
    return stack[: k % len(stack) + 1]


def _adjoint(value):
    return sympy.ImmutableMatrix(value.H) if isinstance(value, sympy.MatrixBase) else sympy.conjugate(value)


def require_process(stack, process, what):
    """A symbolic Process that the stack can take, white for None; stationary poles unless `what` is None."""
    process = white() if process is None else process
    if not isinstance(process, Process):
        raise TypeError(f"process: expected a symbolic Process, got {expressions.describe(process)}; see white, ar1, "
                        "arma, shaped, sampled")
    if not process.real and any(layer.real for layer in stack.layers):
        raise ValueError("process: expected a real-valued process for a stack with real=True layers, got one that may "
                         "be complex; declare its symbols with real=True")
    if what is not None:
        require_stationary(stack, what)
    return process
