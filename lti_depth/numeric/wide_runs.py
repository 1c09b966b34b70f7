"""Runs of layers with several states and channels, in real arithmetic: the kernels of networks (`kernels.networks`)."""

from itertools import pairwise

import numpy as np

from .. import threads
from ..kernels import networks, wide
from ..kernels.vectors import BITS
from ..system import Block, Network
from . import planar

_CHUNK = 2**15  # entries of all rows, where complex signals become planar
_WORK = 2**18  # multiply-adds that outlast handing them to another thread


def run(stack, u, y, x):
    """y (batch, T, H_out) from u (batch, T, H_in), all of it if they share memory; x (batch, K, N) in place."""
    real, parts = y.real.dtype, 2 if y.dtype.kind == "c" else 1
    network = Network(tuple(Block(layer) for layer in stack), timing=stack.timing)
    plan = planar.plan(network, parts, BITS // 8 // real.itemsize)
    if (parts == 2 and any(layer.real for layer in stack)) or _beyond(plan, x):
        return run_plainly(stack, u, y, x)
    given, _ = planar.parameters(network, plan, real)
    states = np.zeros((len(x), int(plan[-1]["state"])), real)
    for planar_state, state in _pairs(plan, stack, states, x):
        planar_state[...] = state
    if parts == 1:
        _apply(plan, given, stack, u.astype(real, copy=False), states, y)
    else:
        _in_chunks(plan, given, stack, u, states, y)
    for planar_state, state in _pairs(plan, stack, states, x):
        state[...] = planar_state


def run_plainly(stack, u, y, x):
    """The same by complex matrix products, also where a layer with real=True comes before complex ones."""
    padded = _padded(stack, x.dtype)
    signal = np.zeros((*u.shape[:2], padded[1].shape[2]), x.dtype)
    signal[..., : u.shape[2]] = u
    real = np.array([layer.real for layer in stack])
    wide.simulate(*padded, real, stack.timing == "current", signal, x, signal)
    result = signal[..., : y.shape[2]]
    y[...] = result if y.dtype.kind == "c" else result.real


def _beyond(plan, x):
    """Whether a layer of real states was given complex ones."""
    return x.dtype.kind == "c" and any(x[:, k].imag.any() for k, row in enumerate(plan[:-1]) if not row["planar"])


def _pairs(plan, stack, states, x):
    """The real parts and the imaginary ones of every layer's states: (in the planar array, in x), as views."""
    for k, (row, layer) in enumerate(zip(plan, stack, strict=False)):
        own, first = x[:, k, : layer.width], int(row["state"])
        yield states[:, first : first + layer.width], own.real
        if row["planar"]:
            first += int(row["states"])
            yield states[:, first : first + layer.width], own.imag


def _in_chunks(plan, given, stack, u, states, y):
    width = max(_CHUNK // (u.shape[0] * u.shape[2]), networks.TILE)
    for start in range(0, u.shape[1], width):
        piece = planar.split(u[:, start : start + width], 2).astype(states.dtype, copy=False)
        out = np.empty((*piece.shape[:2], 2 * y.shape[2]), states.dtype)
        _apply(plan, given, stack, piece, states, out)
        y[:, start : start + width] = planar.joined(out, 2)


def _apply(plan, given, stack, u, states, y):
    """Real signals; rows of the batch on all threads where that pays."""
    batch = len(u)
    flat, out = u.reshape(batch, -1), y.reshape(batch, -1)
    flat.flags.writeable = False  # a view: as most come, one compilation for each dtype

    def rows(span):
        networks.apply(plan, given, stack.timing == "current", networks.TILE, flat[span], states[span], out[span])

    count = min(threads.count(), batch) if u.shape[1] * batch * len(given) > _WORK else 1
    edges = [batch * n // count for n in range(count + 1)]
    threads.run(rows, [slice(first, last) for first, last in pairwise(edges)])


def _padded(stack, dtype):
    """poles (K, N), B (K, N, H), C (K, H, N), D (K, H, H)."""
    K, N, H = len(stack), max(stack.widths), max(stack.channels)
    arrays = tuple(np.zeros(shape, dtype) for shape in ((K, N), (K, N, H), (K, H, N), (K, H, H)))
    for k, layer in enumerate(stack):
        for padded, value in zip(arrays, (layer.poles, layer.B, layer.C, layer.D), strict=True):
            padded[(k, *(slice(size) for size in value.shape))] = value
    return arrays
