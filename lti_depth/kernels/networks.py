"""Networks of blocks in real arithmetic: forward, and the exact gradient by the adjoint, stretch by stretch of time.

A block takes p to  norm: n = p/σ;  states: x_t = Λ x_{t−1} + B n_t;  layer: v = C x + D n;  activation: a = φ(v);
mixing and residual sum: M a + p. Complex states (and signals, in complex networks) are planar: all real parts, then all
imaginary parts, so that every product is a real one. `parameters` holds poles, B^T, C^T, D^T and M^T of every block,
one after the other, `transposed` their transposes at the same places; `plan` says where, and how large (`PLAN`). The
tape holds what the adjoint needs of one segment of time; within it work goes on in tiles. A bar is the derivative of
the loss.
"""

import numpy as np

from . import pointwise, scans
from .jit import jit
from .products import accumulate

PLAN = np.dtype(
    [(name, np.int64) for name in (
        "inputs", "states", "planar", "layer", "activated", "outputs",  # sizes; (1 + planar) columns for each state
        "norm", "parts", "activation", "mixes", "residual",             # `parts`: 2 for planar signals, else 1
        "poles", "B", "C", "D", "mix",                                  # offsets in the parameters
        "state",                                                        # offset in the state
        "signal", "normed", "spread", "path", "before", "after",        # offsets on the tape, for each time step
    )]
)  # fmt: skip
TILE = 128


@jit
def _clear(out, o, n):
    out[o : o + n] = 0


@jit
def _copy(source, i, out, o, n):
    a, b = source[i : i + n], out[o : o + n]
    for m in range(n):
        b[m] = a[m]


@jit
def _add(source, i, out, o, n):
    a, b = source[i : i + n], out[o : o + n]
    for m in range(n):
        b[m] += a[m]


@jit
def _forward(plan, parameters, current, state, tape, S, t, L):
    """A tile of L steps from step t of a segment of S, from the signal at the head of the tape through all blocks."""
    for k in range(len(plan) - 1):
        b = plan[k]
        H, N, V, A = b.inputs, b.states, b.layer, b.activated
        W = N * (1 + b.planar)
        p, n, x, v = b.signal * S + t * H, b.normed * S + t * H, b.path * S + t * W, b.before * S + t * V
        a, out = b.after * S + t * A, plan[k + 1].signal * S + t * b.outputs
        if b.norm:
            pointwise.normalize(b.norm, b.parts, H, L, tape, p, n, b.spread * S + t)
        _clear(tape, x, L * W)
        accumulate(L, H, W, tape, n, False, parameters, b.B, tape, x)
        scans.forward(parameters, b.poles, N, b.planar, current, state, b.state, tape, x, L)
        _clear(tape, v, L * V)
        accumulate(L, W, V, tape, x, False, parameters, b.C, tape, v)
        accumulate(L, H, V, tape, n, False, parameters, b.D, tape, v)
        if b.activation:
            pointwise.activate(b.activation, A, L, tape, v, a)
        if b.mixes:
            _clear(tape, out, L * b.outputs)
            accumulate(L, A, b.outputs, tape, a, False, parameters, b.mix, tape, out)
        elif b.activation:
            _copy(tape, a, tape, out, L * A)
        if b.residual:
            _add(tape, p, tape, out, L * H)


@jit
def _backward(plan, parameters, transposed, current, starts, first, state_bar, tape, S, t, L, bars, gradient):
    """From the head of `bars`, the derivative by the output of a tile, to `gradient`, that by the parameters."""
    size = len(bars) // 5
    above, below, a_bar, v_bar, x_bar = 0 * size, size, 2 * size, 3 * size, 4 * size
    for k in range(len(plan) - 2, -1, -1):
        b = plan[k]
        H, N, V, A = b.inputs, b.states, b.layer, b.activated
        W = N * (1 + b.planar)
        n, x, v, a = b.normed * S + t * H, b.path * S + t * W, b.before * S + t * V, b.after * S + t * A
        bar = above
        if b.mixes:
            accumulate(A, L, b.outputs, tape, a, True, bars, above, gradient, b.mix)
            bar = a_bar
            _clear(bars, bar, L * A)
            accumulate(L, b.outputs, A, bars, above, False, transposed, b.mix, bars, bar)
        if b.activation:
            pointwise.activate_back(b.activation, A, L, tape, v, a, bars, bar, v_bar)
            bar = v_bar
        accumulate(W, L, V, tape, x, True, bars, bar, gradient, b.C)
        accumulate(H, L, V, tape, n, True, bars, bar, gradient, b.D)
        _clear(bars, x_bar, L * W)
        accumulate(L, V, W, bars, bar, False, transposed, b.C, bars, x_bar)
        before, f = (tape, x - W) if t > 0 else (starts, first + b.state)
        scans.backward(parameters, b.poles, N, b.planar, current, before, f, tape, x, L, state_bar, b.state, bars,
                       x_bar, gradient)
        accumulate(H, L, W, tape, n, True, bars, x_bar, gradient, b.B)
        _clear(bars, below, L * H)
        accumulate(L, V, H, bars, bar, False, transposed, b.D, bars, below)
        accumulate(L, W, H, bars, x_bar, False, transposed, b.B, bars, below)
        if b.norm:
            pointwise.normalize_back(b.norm, b.parts, H, L, tape, n, b.spread * S + t, bars, below)
        if b.residual:
            _add(bars, above, bars, below, L * H)
        above, below = below, above


@jit
def apply(plan, parameters, current, S, u, state, y):
    """y (batch, T·H_out) from u (batch, T·H_in), in segments of S ≤ `TILE` steps; state (batch, ·) in place."""
    H, last = plan[0].inputs, plan[-1]
    T = u.shape[1] // H
    tape = np.empty(S * (last.signal + last.inputs), u.dtype)
    begin = plan[0].signal  # 0
    for row in range(len(u)):
        for start in range(0, T, S):
            L = min(S, T - start)
            _copy(u[row], start * H, tape, begin, L * H)
            _forward(plan, parameters, current, state[row], tape, S, begin, L)
            _copy(tape, last.signal * S, y[row], start * last.inputs, L * last.inputs)


@jit
def gradient(plan, parameters, transposed, current, S, u, target, weights, gradient):
    """½ Σ weights_t |y − target|² over the rows of u; `gradient` collects its derivative by the parameters.

    u (batch, T·H_in), target (batch, T·H_out). One pass keeps the states at the start of every segment of S steps; the
    next goes back from segment to segment, each computed again (the last one, or the only one, just once).
    """
    last = plan[-1]
    H_in, H, T = plan[0].inputs, last.inputs, len(weights)
    segments = (T + S - 1) // S
    starts = np.zeros(segments * last.state, u.dtype)
    state, state_bar = np.zeros(last.state, u.dtype), np.zeros(last.state, u.dtype)
    tape, bars = np.empty(S * (last.signal + H), u.dtype), np.empty(5 * TILE * last.outputs, u.dtype)
    begin = plan[0].signal  # 0
    loss = 0.0
    for row in range(len(u)):
        _clear(state, begin, last.state)
        _clear(state_bar, begin, last.state)
        for visit in range(2 * segments - 1):
            back = visit >= segments - 1
            i = 2 * (segments - 1) - visit if back else visit
            L = min(S, T - i * S)
            if back:
                _copy(starts, i * last.state, state, begin, last.state)
            _copy(u[row], i * S * H_in, tape, begin, L * H_in)
            for t in range(0, L, TILE):
                _forward(plan, parameters, current, state, tape, S, t, min(TILE, L - t))
            if not back:
                _copy(state, begin, starts, (i + 1) * last.state, last.state)
                continue
            for t in range((L - 1) // TILE * TILE, -1, -TILE):
                n = min(TILE, L - t)
                loss += _error(n, H, tape, last.signal * S + t * H, target[row], weights, i * S + t, bars)
                _backward(plan, parameters, transposed, current, starts, i * last.state, state_bar, tape, S, t, n, bars,
                          gradient)
    return loss


@jit
def _error(L, H, tape, y, target, weights, start, bars):
    """½ Σ_t w_t |y − target|² of L steps from `start`; its derivative by y becomes the head of `bars`."""
    loss = 0.0
    for t in range(L):
        squares = 0.0
        for h in range(H):
            e = tape[y + t * H + h] - target[(start + t) * H + h]
            squares += e * e
            bars[t * H + h] = weights[start + t] * e
        loss += 0.5 * weights[start + t] * squares
    return loss
