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
        tape[x : x + L * W] = 0
        accumulate(L, H, W, tape, n, False, parameters, b.B, tape, x)
        scans.forward(parameters, b.poles, N, b.planar, current, state, b.state, tape, x, L)
        tape[v : v + L * V] = 0
        accumulate(L, W, V, tape, x, False, parameters, b.C, tape, v)
        accumulate(L, H, V, tape, n, False, parameters, b.D, tape, v)
        if b.activation:
            pointwise.activate(b.activation, A, L, tape, v, a)
        if b.mixes:
            tape[out : out + L * b.outputs] = 0
            accumulate(L, A, b.outputs, tape, a, False, parameters, b.mix, tape, out)
        else:
            tape[out : out + L * A] = tape[a : a + L * A]
        if b.residual:
            tape[out : out + L * H] += tape[p : p + L * H]


@jit
def _backward(plan, parameters, transposed, current, start, state_bar, tape, S, t, L, bars, gradient):
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
            bars[bar : bar + L * A] = 0
            accumulate(L, b.outputs, A, bars, above, False, transposed, b.mix, bars, bar)
        if b.activation:
            pointwise.activate_back(b.activation, A, L, tape, v, a, bars, bar, v_bar)
            bar = v_bar
        accumulate(W, L, V, tape, x, True, bars, bar, gradient, b.C)
        accumulate(H, L, V, tape, n, True, bars, bar, gradient, b.D)
        bars[x_bar : x_bar + L * W] = 0
        accumulate(L, V, W, bars, bar, False, transposed, b.C, bars, x_bar)
        before, f = (tape, x - W) if t > 0 else (start, b.state)
        scans.backward(parameters, b.poles, N, b.planar, current, before, f, tape, x, L, state_bar, b.state, bars,
                       x_bar, gradient)
        accumulate(H, L, W, tape, n, True, bars, x_bar, gradient, b.B)
        bars[below : below + L * H] = 0
        accumulate(L, V, H, bars, bar, False, transposed, b.D, bars, below)
        accumulate(L, W, H, bars, x_bar, False, transposed, b.B, bars, below)
        if b.norm:
            pointwise.normalize_back(b.norm, b.parts, H, L, tape, n, b.spread * S + t, bars, below)
        if b.residual:
            bars[below : below + L * H] += bars[above : above + L * H]
        above, below = below, above


@jit
def apply(plan, parameters, current, S, u, y):
    """y (batch, T, H_out) from u (batch, T, H_in), from rest, in segments of S ≤ `TILE` steps."""
    H, last = plan[0].inputs, plan[-1]
    state, tape = np.zeros(last.state, u.dtype), np.empty(S * (last.signal + last.inputs), u.dtype)
    out = last.signal * S
    for row in range(len(u)):
        state[:] = 0
        for start in range(0, u.shape[1], S):
            L = min(S, u.shape[1] - start)
            tape[: L * H] = u[row, start : start + L].reshape(L * H)
            _forward(plan, parameters, current, state, tape, S, start - start, L)
            y[row, start : start + L] = tape[out : out + L * last.inputs].reshape(L, last.inputs)


@jit
def gradient(plan, parameters, transposed, current, S, u, target, weights, gradient):
    """½ Σ weights_t |y − target|² over the rows of u; `gradient` collects its derivative by the parameters.

    One pass keeps the states at the start of every segment of S steps; the next goes back from segment to segment,
    each computed again (the last one, or the only one, just once).
    """
    last = plan[-1]
    H, T = last.inputs, u.shape[1]
    segments = (T + S - 1) // S
    starts = np.zeros((segments, last.state), u.dtype)
    state, state_bar = np.zeros(last.state, u.dtype), np.zeros(last.state, u.dtype)
    tape, bars = np.empty(S * (last.signal + H), u.dtype), np.empty(5 * TILE * last.outputs, u.dtype)
    loss = 0.0
    for row in range(len(u)):
        state[:] = 0
        state_bar[:] = 0
        for visit in range(2 * segments - 1):
            back = visit >= segments - 1
            i = 2 * (segments - 1) - visit if back else visit
            L = min(S, T - i * S)
            if back:
                state[:] = starts[i]
            tape[: L * plan[0].inputs] = u[row, i * S : i * S + L].reshape(L * plan[0].inputs)
            for t in range(0, L, TILE):
                _forward(plan, parameters, current, state, tape, S, t, min(TILE, L - t))
            if not back:
                starts[i + 1] = state
                continue
            for t in range((L - 1) // TILE * TILE, -1, -TILE):
                n, first = min(TILE, L - t), i * S + t
                y = tape[last.signal * S + t * H : last.signal * S + (t + n) * H].reshape(n, H)
                loss += _error(y, target[row, first : first + n], weights[first : first + n], bars)
                _backward(plan, parameters, transposed, current, starts[i], state_bar, tape, S, t, n, bars, gradient)
    return loss


@jit
def _error(y, target, weights, bars):
    """½ Σ_t w_t |y − target|²; its derivative by y becomes the head of `bars`."""
    loss, H = 0.0, y.shape[1]
    for t in range(len(y)):
        squares = 0.0
        for h in range(H):
            e = y[t, h] - target[t, h]
            squares += e * e
            bars[t * H + h] = weights[t] * e
        loss += 0.5 * weights[t] * squares
    return loss
