"""Stacks of LRU layers, y = Re(C x) + D u, on a batch in single precision: forward, and with the gradient."""

from functools import partial

import numpy as np

from .. import numeric, threads
from ..learning import networks
from . import errors, jax_peers, limits, torch_peers
from .job import Check, Job, Runs, agreement, deviation, times_faster, within

H, K, BATCH, T = 64, 6, 32, 1024
SIZE = f"LRU stack, N = H = {H}, K = {K}, batch {BATCH}, T = {T}, float32"
SGEMM = "sgemm of its products"
# Independent roundings pass on in quadrature: of K layers, with 4 H products and sums of 1/(1 − |λ|²) terms each, and
# of ten million entries none lies beyond eight standard deviations of such a sum, relative to the largest entry.
BOUND = 8 * errors.SINGLE * np.sqrt(K * (4 * H + 1 / (1 - 0.9**2)))
REASON = "eight standard deviations of the roundings on the way"


def _stack():
    rng = np.random.default_rng(2)

    def complex_normal(*shape):
        return (rng.normal(size=shape) + 1j * rng.normal(size=shape)) / 16

    layers = [numeric.Layer(0.9 * np.exp(1j * rng.uniform(0, np.pi, H)), complex_normal(H, H), complex_normal(H, H),
                            np.eye(H) + rng.normal(size=(H, H)) / 64, real=True) for _ in range(K)]  # fmt: skip
    return layers, rng.normal(size=(2, BATCH, T, H)).astype(np.float32)


def by_loops(values, u):
    """The definition in doubles, one time step after the other; `values`: (poles, B, C, D) of each layer."""
    for poles, B, C, D in values:
        x, y = np.zeros((len(u), len(poles)), complex), np.empty((*u.shape[:2], len(C)))
        for t in range(u.shape[1]):
            x = poles * x + u[:, t] @ B.T
            y[:, t] = (x @ C.T).real + u[:, t] @ D.T
        u = y
    return u


def _values(layers):
    return [(layer.poles, layer.B, layer.C, layer.D) for layer in layers]


def _forward():
    layers, (u, _) = _stack()
    stack = numeric.stack(layers)
    ours = partial(numeric.simulate, stack, u)
    expected, _ = ours()
    peers = {form: jax_peers.stack_forward(form, layers, u, 2 * BOUND, REASON) for form in jax_peers.STACKS}
    peers["torch, step by step"] = torch_peers.stack_forward(layers, u, 2 * BOUND, REASON)

    def agree():
        truth = by_loops(_values(layers), u.astype(float))
        return [Check("ours, from the definition in doubles", deviation(expected, truth), BOUND, REASON),
                *agreement(expected, peers)]  # fmt: skip

    return Runs(ours, peers, limits.products(SGEMM, K, BATCH * T, H, 5 * H, "f4"), agree)


def _slope(layers, gradient, u, target):
    """Along the gradient itself: its squared norm, and the central difference of the loss in doubles.

    The step h leaves an error of h² relative (1e-8) and a rounding of 1e-16/h relative to the loss (1e-12).
    """
    wide = {True: complex, False: float}
    directions = [tuple(np.asarray(bar, wide[np.iscomplexobj(bar)]) for bar in bars) for bars in gradient]
    squared = sum((np.abs(bar) ** 2).sum() for bars in directions for bar in bars)
    h = 1e-4 / np.sqrt(squared)

    def loss(step):
        moved = [tuple(value + step * bar for value, bar in zip(values, bars, strict=True))
                 for values, bars in zip(_values(layers), directions, strict=True)]  # fmt: skip
        return 0.5 * ((by_loops(moved, u.astype(float)) - target) ** 2).sum(axis=2).mean()

    return squared, (loss(h) - loss(-h)) / (2 * h)


def _flat(bars):
    return np.concatenate([bar.ravel() for part in bars for bar in part])


def _gradient():
    layers, (u, target) = _stack()
    stack = numeric.stack(layers)
    ours = partial(networks.gradient, stack, u, target)
    _, fields = ours()
    mine = list(zip(fields.poles, fields.B, fields.C, fields.D, strict=True))
    back = BOUND * np.sqrt(3)  # forward, backward, and the sums of the products of both
    expected = _flat(mine)
    work = (layers, u, target, 2 * back, REASON, _flat)
    peers = {form: jax_peers.stack_gradient(form, *work) for form in jax_peers.STACKS}
    peers["torch, step by step"] = torch_peers.stack_gradient(*work)

    def agree():
        squared, slope = _slope(layers, mine, u, target)
        return [Check("ours along itself, from differences in doubles", float(abs(slope / squared - 1)), back, REASON),
                *agreement(expected, peers)]  # fmt: skip

    count = 3 * K * BATCH * T * 5 * H * H  # three products with each matrix: B and C in two parts, and D
    return Runs(ours, peers, limits.multiply_adds(count, "f4", threads.count()), agree)


JOBS = (
    Job("lru-forward", f"{SIZE}, forward", (times_faster(3), within(1 / 0.9, SGEMM)), _forward),
    Job("lru-gradient", f"{SIZE}, loss and gradient", (times_faster(3),), _gradient),
)
