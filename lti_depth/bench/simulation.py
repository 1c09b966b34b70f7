"""Scalar cascades on signals: batches of rows, and one long sequence."""

from functools import partial

import numpy as np

from .. import numeric
from . import errors, jax_peers, limits, scipy_peers, torch_peers
from .job import Job, Runs, agreement, times_faster, within
from .runner import on_one_thread

ONE_THREAD, IN_DOUBLE = "one thread", "float64"


def noise(shape, dtype):
    """Standard normal, complex where the dtype is."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=shape)
    return (values + 1j * rng.normal(size=shape) if dtype[0] == "c" else values).astype(dtype)


def _bounds(poles, u, y, H):
    """Relative to max|y|: of recursions with one and two poles a section, and of FFTs; with their reasons."""
    # both sides round: twice; complex products round by √5 < 3 times as much (Higham 2002, lemma 3.5)
    unit = 2 * errors.unit(u.dtype) * (3 if np.iscomplexobj(u) else 1) / np.abs(y).max()
    one, two = (unit * errors.recursion(poles, order) * np.abs(u).max() for order in (1, 2))
    by_fft = one + unit * errors.transforms(H, 2 * u.shape[-1]) * np.linalg.norm(u, axis=-1).max()
    return ((one, "rounding of the recursions"), (two, "rounding of sections with two poles"),
            (by_fft, "rounding of two FFTs and of the recursion"))  # fmt: skip


def _circle(poles, n, dtype):
    """H at the n-th roots of unity, those of rfft for real signals."""
    H = numeric.frequency_response(numeric.cascade(poles), 2 * np.pi * np.arange(n) / n)
    return (H if dtype[0] == "c" else H[: n // 2 + 1]).astype("c8" if dtype in ("f4", "c8") else "c16")


def _batch(dtype):
    is_complex, single = dtype[0] == "c", dtype in ("f4", "c8")
    shape = (32, 50_000) if is_complex else (256, 10_000)
    poles = np.linspace(0.3, 0.95, 6) * np.exp(1j * np.arange(6)) if is_complex else np.linspace(0.3, 0.95, 12)
    u, stack = noise(shape, dtype), numeric.cascade(poles)
    y, double = np.empty_like(u), u.astype("c16" if is_complex else "f8") if single else u
    in_double = np.empty_like(double)
    expected, _ = numeric.simulate(stack, u)
    H = _circle(poles, 2 * shape[1], dtype)
    one, two, transforms = _bounds(poles, u, expected, H)
    peers = {"lfilter": scipy_peers.lfilter(poles, u, *one), "jax scan": jax_peers.scan(poles, u, *one),
             "jax FFT": jax_peers.fft(H, u, *transforms), "torch FFT": torch_peers.fft(H, u, *transforms)}  # fmt: skip
    if not is_complex:
        peers["sosfilt"] = scipy_peers.sosfilt(poles, u, *two)
    ours = partial(numeric.simulate, stack, u, out=y)
    others = {ONE_THREAD: on_one_thread(ours)}
    if single:
        others[IN_DOUBLE] = partial(numeric.simulate, stack, double, out=in_double)
    count = len(poles) * u.size * (4 if is_complex else 1)
    return Runs(ours, peers, limits.copy(u) | limits.multiply_adds(count, dtype), lambda: agreement(expected, peers),
                others)  # fmt: skip


def _sequence(K):
    u, poles = noise(10**6, "f8"), np.linspace(0.3, 0.9, K) if K > 1 else np.array([0.9])
    stack, y = numeric.cascade(poles), np.empty_like(u)
    expected, _ = numeric.simulate(stack, u)
    H = _circle(poles, 2 * len(u), "f8")
    one, two, transforms = _bounds(poles, u, expected, H)
    peers = {"sosfilt": scipy_peers.sosfilt(poles, u, *two), "lfilter": scipy_peers.lfilter(poles, u, *one),
             "oaconvolve": scipy_peers.oaconvolve(errors.impulse(poles), u, *transforms),
             "jax scan": jax_peers.scan(poles, u, *one), "torch FFT": torch_peers.fft(H, u, *transforms)}  # fmt: skip
    bounds = limits.copy(u) | limits.multiply_adds(K * len(u), cores=1)
    return Runs(partial(numeric.simulate, stack, u, out=y), peers, bounds, lambda: agreement(expected, peers))


_REAL, _COMPLEX = "12 real layers, 256 × 10⁴", "6 complex layers, 32 × 5·10⁴"
_BATCHES = {"f8": ("batch-f64", f"{_REAL}, float64"), "f4": ("batch-f32", f"{_REAL}, float32"),
            "c16": ("batch-c128", f"{_COMPLEX}, complex128"),
            "c8": ("batch-c64", f"{_COMPLEX}, complex64")}  # fmt: skip


def _goals(dtype):
    if dtype in ("f4", "c8"):
        return (times_faster(1.6, IN_DOUBLE),)
    return within(1.3, "np.copyto", ONE_THREAD), times_faster(9)


JOBS = (
    *(Job(name, f"{size}, into out=", _goals(dtype), partial(_batch, dtype))
      for dtype, (name, size) in _BATCHES.items()),
    *(Job(f"sequence-{K}", f"one sequence of 10⁶, K = {K}", (times_faster(factor),), partial(_sequence, K))
      for K, factor in ((1, 6), (12, 6), (64, 12))),
)  # fmt: skip
