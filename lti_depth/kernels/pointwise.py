"""What the blocks of a network do at each time step apart: norms over the channels, activations; and their adjoints.

Rows of H channels, one a time step, lie in flat arrays from their positions on.
"""

import math

from .jit import jit

NONE, RMS, CENTERED = 0, 1, 2
LINEAR, RELU, TANH, ERF, GELU, GLU = range(6)
_SQRT_HALF = math.sqrt(0.5)
_NORMAL = 1.0 / math.sqrt(2.0 * math.pi)
_ERF_SLOPE = 2.0 / math.sqrt(math.pi)


@jit
def normalize(norm, parts, H, L, tape, p, n, spread):
    """n = p/σ, σ² the mean over channels of |p|² (centered before, if so asked); 0 where σ = 0."""
    zero, count = tape.dtype.type(0), H // parts
    for t in range(L):
        i, j = p + t * H, n + t * H
        for first in range(0, H, count):
            mean = zero
            if norm == CENTERED:
                for h in range(first, first + count):
                    mean += tape[i + h]
                mean /= tape.dtype.type(count)
            for h in range(first, first + count):
                tape[j + h] = tape[i + h] - mean
        largest = zero
        for h in range(H):
            largest = max(largest, abs(tape[j + h]))
        total = zero
        if largest > zero:
            for h in range(H):
                ratio = tape[j + h] / largest  # neither overflow nor underflow in the squares
                total += ratio * ratio
        sigma = largest * math.sqrt(total / tape.dtype.type(count))
        tape[spread + t] = sigma
        for h in range(H):
            tape[j + h] = tape[j + h] / sigma if sigma > zero else zero


@jit
def normalize_back(norm, parts, H, L, tape, n, spread, bars, g):
    """n̄ becomes p̄ = (n̄ − n·mean Re(n* n̄))/σ, centered if the norm is; 0 where σ = 0."""
    zero, count = tape.dtype.type(0), H // parts
    for t in range(L):
        i, j, sigma = n + t * H, g + t * H, tape[spread + t]
        along = zero
        for h in range(H):
            along += tape[i + h] * bars[j + h]
        along /= tape.dtype.type(count)
        for first in range(0, H, count):
            mean = zero
            for h in range(first, first + count):
                bars[j + h] = (bars[j + h] - tape[i + h] * along) / sigma if sigma > zero else zero
                mean += bars[j + h]
            if norm == CENTERED:
                mean /= tape.dtype.type(count)
                for h in range(first, first + count):
                    bars[j + h] -= mean


@jit
def activate(kind, A, L, tape, v, a):
    """a = φ(v); GLU reads rows of 2A entries."""
    one, half, root = tape.dtype.type(1), tape.dtype.type(0.5), tape.dtype.type(_SQRT_HALF)
    zero = tape.dtype.type(0)
    for t in range(L):
        i, j = v + t * (2 * A if kind == GLU else A), a + t * A
        for h in range(A):
            z = tape[i + h]
            if kind == RELU:
                tape[j + h] = max(z, zero)
            elif kind == TANH:
                tape[j + h] = math.tanh(z)
            elif kind == ERF:
                tape[j + h] = math.erf(z)
            elif kind == GELU:
                tape[j + h] = half * z * (one + math.erf(z * root))
            else:
                tape[j + h] = z / (one + math.exp(-tape[i + A + h]))


@jit
def activate_back(kind, A, L, tape, v, a, bars, g, g_v):
    """v̄ = φ'(v) ā, from position g of `bars` to g_v."""
    one, half, root = tape.dtype.type(1), tape.dtype.type(0.5), tape.dtype.type(_SQRT_HALF)
    zero = tape.dtype.type(0)
    normal, erf_slope = tape.dtype.type(_NORMAL), tape.dtype.type(_ERF_SLOPE)
    for t in range(L):
        width = 2 * A if kind == GLU else A
        i, j = v + t * width, g_v + t * width
        for h in range(A):
            z, bar = tape[i + h], bars[g + t * A + h]
            if kind == RELU:
                bars[j + h] = bar if z > zero else zero
            elif kind == TANH:
                bars[j + h] = bar * (one - tape[a + t * A + h] * tape[a + t * A + h])
            elif kind == ERF:
                bars[j + h] = bar * erf_slope * math.exp(-z * z)
            elif kind == GELU:
                bars[j + h] = bar * (half * (one + math.erf(z * root)) + z * normal * math.exp(-half * z * z))
            else:
                gate = one / (one + math.exp(-tape[i + A + h]))
                bars[j + h] = bar * gate
                bars[j + A + h] = bar * z * gate * (one - gate)
