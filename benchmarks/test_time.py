"""Simulation and covariances against scipy, jax and numpy; agreement is asserted before anything is timed.

``python -m pytest benchmarks/test_time.py -n 0 -s`` prints each job: ours, the peers, and np.copyto of the same arrays.
The ratios asserted lie well below what a quiet machine shows.
"""

import tracemalloc

import numpy as np
import pytest
from races import race, report
from scipy import linalg, signal

from lti_depth import numeric, threads
from lti_depth.numeric import covariances, realization

try:
    import jax
except ImportError:
    jax = None
else:
    jax.config.update("jax_enable_x64", True)

RNG = np.random.default_rng(0)


def on_one_thread(run):
    def alone():
        count, threads.count = threads.count, lambda: 1
        try:
            run()
        finally:
            threads.count = count

    return alone


def sections(poles):
    return signal.zpk2sos(np.zeros(len(poles)), poles, 1.0)


def lfilter(poles, u):
    for pole in poles:
        u = signal.lfilter([1.0], np.array([1.0, -pole], u.dtype), u)
    return u


def by_jax(poles, u, unroll=8):
    """Compiled scan over time, all layers a step; the batch last, as its vectorizer likes best. None without jax."""
    if jax is None:
        return None
    jnp = jax.numpy
    given = [jnp.asarray(pole, u.dtype) for pole in poles]

    def one(states, p):
        out = []
        for pole, x in zip(given, states, strict=True):
            p = pole * x + p
            out.append(p)
        return tuple(out), p

    @jax.jit
    def run(u):
        return jax.lax.scan(one, (jnp.zeros(u.shape[1:], u.dtype),) * len(given), u, unroll=unroll)[1]

    on_device = jnp.asarray(np.ascontiguousarray(u.T))
    return lambda: jax.block_until_ready(run(on_device))


def close(found, expected, dtype):
    scale = np.abs(expected).max()
    np.testing.assert_allclose(found, expected, rtol=0, atol=(1e-4 if dtype in ("f4", "c8") else 1e-11) * scale)


@pytest.mark.parametrize("dtype", ["f8", "f4", "c16", "c8"])
def test_batch(dtype):
    """Twelve real layers on 256 × 10⁴, six complex ones on 32 × 5·10⁴, into `out=`."""
    is_complex = dtype[0] == "c"
    shape = (32, 50_000) if is_complex else (256, 10_000)
    u = (RNG.normal(size=shape) + (1j * RNG.normal(size=shape) if is_complex else 0)).astype(dtype)
    poles = np.linspace(0.3, 0.95, 6) * np.exp(1j * np.arange(6)) if is_complex else np.linspace(0.3, 0.95, 12)
    stack, y, copied = numeric.cascade(poles), np.empty_like(u), np.empty_like(u)
    runs = {"ours": lambda: numeric.simulate(stack, u, out=y), "np.copyto": lambda: np.copyto(copied, u)}
    runs |= {"one thread": on_one_thread(runs["ours"]), "lfilter": lambda: lfilter(poles, u)}
    if jax is not None:
        runs["jax scan"] = by_jax(poles, u)
        close(numeric.simulate(stack, u)[0], np.asarray(runs["jax scan"]()).T, dtype)
    close(numeric.simulate(stack, u)[0], lfilter(poles.astype(dtype), u), dtype)
    times = race(runs)
    size = f"{len(poles)} layers, {shape[0]} × {shape[1]}, {np.dtype(dtype)}"
    assert report(size, times, "one thread", ["lfilter", "jax scan"], "np.copyto") > 4


@pytest.mark.parametrize("K", [1, 12, 64])
@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_one_run(K, dtype):
    u, poles = RNG.normal(size=10**6).astype(dtype), np.linspace(0.3, 0.9, K) if K > 1 else np.array([0.9])
    stack, y, copied = numeric.cascade(poles), np.empty_like(u), np.empty_like(u)
    runs = {"ours": lambda: numeric.simulate(stack, u, out=y), "np.copyto": lambda: np.copyto(copied, u)}
    given = sections(poles).astype(dtype)
    runs["sosfilt"] = lambda: signal.sosfilt(given, u)
    if K == 1:
        runs["lfilter"] = lambda: lfilter(poles, u)
    if K < 64 and jax is not None:
        runs["jax scan"] = by_jax(poles, u)
        close(numeric.simulate(stack, u)[0], np.asarray(runs["jax scan"]()), dtype)
    close(numeric.simulate(stack, u)[0], signal.sosfilt(given, u), dtype)
    times = race(runs)
    size = f"one run of 10⁶, K = {K}, {np.dtype(dtype)}"
    assert report(size, times, "ours", ["sosfilt", "lfilter", "jax scan"], "np.copyto") > 1.2


def test_lru_stack_forward():
    lru = pytest.importorskip("test_sampled")
    H, K, rng = 64, 6, np.random.default_rng(2)

    def complex_normal(*shape):
        return (rng.normal(size=shape) + 1j * rng.normal(size=shape)) / 16

    layers = [numeric.Layer(0.9 * np.exp(1j * rng.uniform(0, np.pi, H)), complex_normal(H, H), complex_normal(H, H),
                            np.eye(H) + rng.normal(size=(H, H)) / 64, real=True) for _ in range(K)]  # fmt: skip
    stack, u = numeric.stack(layers), rng.normal(size=(32, 1024, H)).astype("f4")
    single = [tuple(jax.numpy.asarray(a, "c8" if np.iscomplexobj(a) else "f4")
                    for a in (layer.poles, layer.B, layer.C, layer.D)) for layer in layers]  # fmt: skip
    on_device = jax.numpy.asarray(u.transpose(1, 0, 2))
    A, B = rng.normal(size=(32 * 1024, H)).astype("f4"), rng.normal(size=(H, 5 * H)).astype("f4")
    product = np.empty((len(A), 5 * H), "f4")

    def sgemm():
        for _ in range(K):
            np.matmul(A, B, out=product)

    runs = {"ours": lambda: numeric.simulate(stack, u), "sgemm of as many operations": sgemm}
    for name, scan in lru.LRUS.items():
        forward = jax.jit(lru.lru(scan))
        np.testing.assert_allclose(numeric.simulate(stack, u)[0], np.asarray(forward(single, on_device)).swapaxes(0, 1),
                                   rtol=0, atol=1e-3)  # fmt: skip
        runs[name] = lambda forward=forward: jax.block_until_ready(forward(single, on_device))
    times = race(runs, 3.0)
    size = "LRU stack, N = H = 64, K = 6, 32 × 1024, float32"
    assert report(size, times, "ours", list(lru.LRUS), "sgemm of as many operations") > 1.5


def test_a_thousand_million_samples():
    """A stream in chunks of 2²⁰ through `state`: no more memory than for a few chunks."""
    stack, u = numeric.cascade(np.linspace(0.3, 0.9, 12)), RNG.normal(size=2**20)
    y, state = np.empty_like(u), None
    numeric.simulate(stack, u, state, y)
    tracemalloc.start()
    for _ in range(10**9 // len(u)):
        _, state = numeric.simulate(stack, u, state, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"\n10⁹ samples: a peak of {peak / 1e6:.2g} MB beside a chunk of {u.nbytes / 1e6:.2g} MB and its output")
    assert peak < 0.1 * (u.nbytes + y.nbytes)


def by_lyapunov(stack, lags):
    """Covariance from a Lyapunov equation of size K, then one matrix product a lag."""
    A, B, C, _ = numeric.equivalent_layer(stack)
    x = linalg.solve_discrete_lyapunov(A, B @ B.T) @ C.T
    out = np.empty(len(lags))
    for lag in lags:
        out[lag] = (C @ x).item()
        x = A @ x
    return out


def test_autocovariance():
    stack, lags = numeric.cascade(np.linspace(0.3, 0.8, 12)), np.arange(100_000)
    near = slice(200)  # where the decayed covariance is still above the peer's rounding
    np.testing.assert_allclose(numeric.autocovariance(stack, lags)[near], by_lyapunov(stack, lags)[near], rtol=1e-6)
    R, copied = numeric.autocovariance(stack, lags), np.empty(len(lags))
    times = race({"ours": lambda: numeric.autocovariance(stack, lags), "numpy": lambda: by_lyapunov(stack, lags),
                  "np.copyto": lambda: np.copyto(copied, R)})  # fmt: skip
    assert report("autocovariance at 10⁵ lags, K = 12", times, "ours", ["numpy"], "np.copyto") > 1


@pytest.mark.parametrize("K", [12, 256])
def test_covariance_of_a_cascade(K):
    """The kernel's time is reported apart from that of the call."""
    stack = numeric.cascade(np.linspace(0.1, 0.5, K), b=np.linspace(0.9, 0.5, K))
    A, B, _, _ = numeric.equivalent_layer(stack)
    np.testing.assert_allclose(numeric.state_covariance(stack), linalg.solve_discrete_lyapunov(A, B @ B.T), rtol=1e-6,
                               atol=1e-9 * np.abs(B).max())  # fmt: skip
    model, W, copied = realization.realize(stack), np.empty((K, K)), np.empty((K, K))
    times = race({"ours": lambda: numeric.state_covariance(stack), "kernel": lambda: covariances._white_states(model),
                  "scipy": lambda: linalg.solve_discrete_lyapunov(A, B @ B.T),
                  "np.copyto": lambda: np.copyto(copied, W)})  # fmt: skip
    report(f"state covariance of a cascade, K = {K}", times, "kernel", ["scipy", "slycot"], "np.copyto")


def test_covariance_of_blocks():
    rng = np.random.default_rng(3)
    layers = [numeric.Layer(0.9 * np.exp(1j * rng.uniform(-3, 3, 64)), *(rng.normal(size=(2, 64, 64)) / 64))
              for _ in range(6)]  # fmt: skip
    stack = numeric.stack(layers)
    A, B, _, _ = numeric.equivalent_layer(stack)
    W = linalg.solve_discrete_lyapunov(A, B @ B.conj().T, method="bilinear")
    np.testing.assert_allclose(numeric.state_covariance(stack), W, rtol=0, atol=1e-9 * np.abs(W).max())
    copied = np.empty_like(W)
    times = race({"ours": lambda: numeric.state_covariance(stack),
                  "scipy": lambda: linalg.solve_discrete_lyapunov(A, B @ B.conj().T, method="bilinear"),
                  "np.copyto": lambda: np.copyto(copied, W)})  # fmt: skip
    report("state covariance, 6 layers of 64 complex states", times, "ours", ["scipy"], "np.copyto")
