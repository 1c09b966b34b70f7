"""The recurrence x_t = Λ x_{t−1} + q_t of a diagonal layer and its adjoint, in place on a stretch of time.

N states, a multiple of the lanes of a vector; planar states are N real parts, then N imaginary ones. `path` holds one
row of them for each time step from position o, `poles` and the states between stretches lie at l and s of flat arrays.
"""

from .jit import jit
from .vectors import broadcast, fma, load, multiply, store


@jit
def forward(poles, l, N, planar, current, state, s, path, o, L):
    """`path`, the drive q, becomes the states that the output reads: after the input (current) or before it."""
    lanes = 64 // path.itemsize
    if planar:
        for n in range(0, N, lanes):
            _complex(poles, l + n, N, current, state, s + n, path, o + n, L)
    else:
        for n in range(0, N, lanes):
            _real(poles, l + n, N, current, state, s + n, path, o + n, L)


@jit
def _complex(poles, l, N, current, state, s, path, o, L):
    a, b = load(poles, l), load(poles, l + N)
    minus_b = multiply(broadcast(path.dtype.type(-1)), b)
    x, y = load(state, s), load(state, s + N)
    for i in range(o, o + L * 2 * N, 2 * N):
        re = fma(minus_b, y, fma(a, x, load(path, i)))
        im = fma(b, x, fma(a, y, load(path, i + N)))
        store(path, i, re if current else x)
        store(path, i + N, im if current else y)
        x, y = re, im
    store(state, s, x)
    store(state, s + N, y)


@jit
def _real(poles, l, N, current, state, s, path, o, L):
    a, x = load(poles, l), load(state, s)
    for i in range(o, o + L * N, N):
        re = fma(a, x, load(path, i))
        store(path, i, re if current else x)
        x = re
    store(state, s, x)


@jit
def backward(poles, l, N, planar, current, before, f, path, o, L, state_bar, s, bar, g, gradient):
    """`bar`, from position g on: the derivatives by the states that the output reads become those by the drive.

    With x̄_t the derivative by the state x_t, all later times included: x̄_t = (from the output) + λ̄ x̄_{t+1}, the drive
    that makes x_t gets x̄_t, and the pole Σ x̄_t conj(x_{t−1}). `before`, at f, is the state before the stretch;
    `state_bar` is carried from later stretches to earlier ones.
    """
    lanes = 64 // path.itemsize
    W = N * (1 + planar)
    for n in range(0, N, lanes):
        last = load(before, f + n)
        if planar:
            x, y = load(state_bar, s + n), load(state_bar, s + N + n)
            a, b = load(poles, l + n), load(poles, l + N + n)
            minus_b = multiply(broadcast(path.dtype.type(-1)), b)
            da, db = load(gradient, l + n), load(gradient, l + N + n)
            last_y = load(before, f + N + n)
            for t in range(L - 1, -1, -1):
                i, j = g + t * W + n, o + t * W + n
                re = fma(b, y, fma(a, x, load(bar, i)))
                im = fma(minus_b, x, fma(a, y, load(bar, i + N)))
                if current:
                    x, y = re, im
                    j -= W
                u, v = (load(path, j), load(path, j + N)) if t > 0 or not current else (last, last_y)
                store(bar, i, x)
                store(bar, i + N, y)
                da = fma(y, v, fma(x, u, da))
                db = fma(y, u, db)
                minus_x = multiply(broadcast(path.dtype.type(-1)), x)
                db = fma(minus_x, v, db)
                x, y = re, im
            store(state_bar, s + n, x)
            store(state_bar, s + N + n, y)
            store(gradient, l + n, da)
            store(gradient, l + N + n, db)
        else:
            a, x, da = load(poles, l + n), load(state_bar, s + n), load(gradient, l + n)
            for t in range(L - 1, -1, -1):
                i, j = g + t * W + n, o + t * W + n
                re = fma(a, x, load(bar, i))
                if current:
                    x = re
                    j -= W
                u = load(path, j) if t > 0 or not current else last
                store(bar, i, x)
                da = fma(x, u, da)
                x = re
            store(state_bar, s + n, x)
            store(gradient, l + n, da)
