"""Gradients on samples against jax: every form of the same loss that jax can be given, the best of them counts.

Needs jax (``pip install jax``). Agreement is asserted first; then both are timed in turns, and with them a core's bare
vector multiply-adds: the bound is their time for the count that the job cannot do without. The ratio is printed (``-s``
shows it) and asserted to be at least `least`, well below what quiet machines show.
"""

import time

import numpy as np
import pytest

from lti_depth import numeric, threads
from lti_depth.kernels.jit import jit
from lti_depth.kernels.vectors import broadcast, fma_each, load_each, store_each
from lti_depth.learning import networks, sampled

jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy


def cascade_by_fft(poles, gain, u):
    """The response at 2T frequencies: circular, hence exact only where the impulse response ends within T."""
    n = 2 * u.shape[1]
    w = jnp.exp(-2j * jnp.pi * jnp.arange(n // 2 + 1) / n)
    H = gain / jnp.prod(1 - poles[:, None] * w, axis=0)
    return jnp.fft.irfft(jnp.fft.rfft(u, n) * H, n)[:, : u.shape[1]]


def one_step(poles, states, p):
    out = []
    for pole, x in zip(poles, states, strict=True):
        p = pole * x + p
        out.append(p)
    return tuple(out), p


def cascade_by_scan(poles, gain, u):
    rest = (jnp.zeros(u.shape[0]),) * len(poles)
    _, y = jax.lax.scan(lambda x, p: one_step(poles, x, p), rest, gain * u.T, unroll=8)
    return y.T


def cascade_by_convolution(poles, gain, u):
    T = u.shape[1]
    impulse = jnp.zeros(T).at[0].set(gain)
    _, h = jax.lax.scan(lambda x, p: one_step(poles, x, p), (jnp.zeros(()),) * len(poles), impulse, unroll=8)
    return jnp.fft.irfft(jnp.fft.rfft(u, 2 * T) * jnp.fft.rfft(h, 2 * T), 2 * T)[:, :T]


def cascade_by_associative_scan(poles, gain, u):
    y = gain * u
    for pole in poles:
        _, y = jax.lax.associative_scan(joined, (jnp.full_like(y, pole), y), axis=1)
    return y


def joined(first, second):
    return first[0] * second[0], second[0] * first[1] + second[1]


CASCADES = [cascade_by_fft, cascade_by_scan, cascade_by_convolution, cascade_by_associative_scan]


def mean_square(form):
    return lambda poles, gain, u, target: 0.5 * jnp.mean((form(poles, gain, u) - target) ** 2)


_TWELVE, _ROUNDS = (0,) * 12, 10_000


@jit
def multiply_add(memory):
    """Twelve independent chains: enough to keep the units of a core busy."""
    x, one = load_each(memory, 0, _TWELVE), broadcast(1.0)
    for _ in range(_ROUNDS):
        x = fma_each(one, x, x)
    store_each(memory, 0, x)


def race(ours, theirs, rounds=20):
    """The least times, in turns of at least 10 ms: (ours, {name: theirs}, one vector multiply-add)."""
    memory = np.zeros(12 * 8)
    runs = {"ours": ours, "bare": lambda: multiply_add(memory), **theirs}
    best = dict.fromkeys(runs, np.inf)
    for name, run in [*runs.items()] * rounds:
        turn = time.perf_counter()
        while time.perf_counter() < turn + 0.01:
            began = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - began)
    return best.pop("ours"), best, best.pop("bare") / (12 * _ROUNDS)


def report(case, times, count, cores, least):
    """`count`: the vector multiply-adds of the job."""
    mine, others, pace = times
    name, bound = min(others, key=others.get), count * pace / cores
    ratio = others[name] / mine
    listed = ", ".join(f"{key} {value * 1e3:.3g} ms" for key, value in others.items())
    print(f"\n{case}: ours {mine * 1e3:.3g} ms, bound {bound * 1e3:.3g} ms on {cores} core{'s' * (cores > 1)}; "
          f"jax: {listed}; {ratio:.1f} × the best ({name}), of at most {others[name] / bound:.1f}")
    assert ratio > least


@pytest.mark.parametrize(("K", "least"), [(1, 10), (2, 15), (6, 15), (12, 10)])
def test_scalar_cascade(K, least):
    rng = np.random.default_rng(0)
    poles, gain = np.linspace(0.3, 0.6, K), np.array([0.5])
    u, target = rng.normal(size=(2, 32, 1000))
    given = sampled.signals(u, target)  # as jax's: on the device, in its layout
    losses, by_poles, by_gain = sampled.gradients(poles[None], gain, given)
    on_device = (jnp.asarray(poles), jnp.asarray(0.5), jnp.asarray(u), jnp.asarray(target))
    theirs = {}
    for form in CASCADES:
        compiled = jax.jit(jax.value_and_grad(mean_square(form), (0, 1)))
        value, (bars, bar) = compiled(*on_device)
        np.testing.assert_allclose(losses[0], value, rtol=1e-12)
        np.testing.assert_allclose(by_poles[0], bars, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(by_gain[0], bar, rtol=1e-9)
        theirs[form.__name__] = lambda compiled=compiled: jax.block_until_ready(compiled(*on_device))
    times = race(lambda: sampled.gradients(poles[None], gain, given), theirs)
    report(f"gradient of a cascade, K = {K}, 32 × 1000", times, 4 * 1000 * (3 * K + 5), 1, least)


def test_hundred_seeds():
    rng = np.random.default_rng(1)
    poles, gains = rng.uniform(0.2, 0.6, (100, 6)), rng.normal(size=100)
    u, target = rng.normal(size=(2, 32, 1000))
    given = sampled.signals(u, target)
    losses, by_poles, _ = sampled.gradients(poles, gains, given)
    on_device = tuple(jnp.asarray(array) for array in (poles, gains, u, target))
    theirs = {}
    for form in (cascade_by_fft, cascade_by_scan):
        compiled = jax.jit(jax.vmap(jax.value_and_grad(mean_square(form), (0, 1)), (0, 0, None, None)))
        values, (bars, _) = compiled(*on_device)
        np.testing.assert_allclose(losses, values, rtol=1e-11)
        np.testing.assert_allclose(by_poles, bars, rtol=1e-8, atol=1e-12)
        theirs[form.__name__] = lambda compiled=compiled: jax.block_until_ready(compiled(*on_device))
    times = race(lambda: sampled.gradients(poles, gains, given), theirs)
    report("100 seeds, K = 6, 32 × 1000", times, 100 * 4 * 1000 * (3 * 6 + 5), threads.count(), 30)


def lru(scan):
    """A stack of layers y = Re(C x) + D u in jax, on signals (T, batch, H)."""

    def forward(layers, u):
        for poles, B, C, D in layers:
            x = scan(poles, u @ B.real.T + 1j * (u @ B.imag.T))
            u = x.real @ C.real.T - x.imag @ C.imag.T + u @ D.T
        return u

    return forward


def rolled(unroll):
    def scan(poles, q):
        _, x = jax.lax.scan(lambda x, q: (poles * x + q,) * 2, jnp.zeros(q.shape[1:], q.dtype), q, unroll=unroll)
        return x

    return scan


def associative(poles, q):
    return jax.lax.associative_scan(joined, (jnp.broadcast_to(poles, q.shape), q), axis=0)[1]


def planar(poles, q):
    """Real and imaginary parts apart, which XLA's vectorizer likes better than complex numbers."""

    def step(x, q):
        re = poles.real * x[0] - poles.imag * x[1] + q[0]
        im = poles.real * x[1] + poles.imag * x[0] + q[1]
        return ((re, im),) * 2

    _, (re, im) = jax.lax.scan(step, (jnp.zeros(q.shape[1:], q.real.dtype),) * 2, (q.real, q.imag))
    return re + 1j * im


LRUS = {"scan": rolled(1), "unrolled scan": rolled(8), "planar scan": planar, "associative scan": associative}


def test_lru_stack():
    H, K, rng = 64, 6, np.random.default_rng(2)

    def complex_normal(*shape):
        return (rng.normal(size=shape) + 1j * rng.normal(size=shape)) / 16

    layers = [numeric.Layer(0.9 * np.exp(1j * rng.uniform(0, np.pi, H)), complex_normal(H, H), complex_normal(H, H),
                            np.eye(H) + rng.normal(size=(H, H)) / 64, real=True) for _ in range(K)]  # fmt: skip
    stack = numeric.stack(layers)
    u, target = rng.normal(size=(2, 32, 1024, H)).astype(np.float32)
    value, gradient = networks.gradient(stack, u, target)
    single = [tuple(jnp.asarray(a, jnp.complex64 if np.iscomplexobj(a) else jnp.float32)
                    for a in (layer.poles, layer.B, layer.C, layer.D)) for layer in layers]  # fmt: skip
    on_device = tuple(jnp.asarray(a.transpose(1, 0, 2)) for a in (u, target))
    theirs = {}
    for name, scan in LRUS.items():
        forward = lru(scan)

        def loss(values, u, target, forward=forward):
            return 0.5 * jnp.mean(jnp.sum((forward(values, u) - target) ** 2, axis=2))

        compiled = jax.jit(jax.value_and_grad(loss))
        other, bars = compiled(single, *on_device)
        np.testing.assert_allclose(value, other, rtol=1e-4)
        bar = np.conj(np.asarray(bars[2][1]))
        np.testing.assert_allclose(gradient.B[2], bar, rtol=0, atol=1e-3 * abs(bar).max())
        theirs[name] = lambda compiled=compiled: jax.block_until_ready(compiled(single, *on_device))
    times = race(lambda: networks.gradient(stack, u, target), theirs)
    count = 3 * K * 32 * 1024 * 5 * H * H // 16  # three products with each matrix: B and C in two parts, and D
    report("gradient of an LRU stack, N = H = 64, K = 6, 32 × 1024, float32", times, count, threads.count(), 1.5)
