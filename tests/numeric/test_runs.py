"""Runs of scalar cascades: every kernel against the plain one, sample by sample."""

import tracemalloc

import numpy as np
import pytest

from lti_depth import numeric, threads
from lti_depth.numeric import runs

DTYPES = [np.float64, np.float32, np.complex128, np.complex64]
GAINS = ["unit", "gains", "feedthrough"]


def normal(rng, shape, dtype):
    values = rng.normal(size=shape)
    return (values + 1j * rng.normal(size=shape) if np.dtype(dtype).kind == "c" else values).astype(dtype)


def cascade(rng, K, dtype, gains, timing="current"):
    poles = rng.uniform(0.3, 0.9, K) * np.exp(1j * rng.uniform(-3, 3, K) if np.dtype(dtype).kind == "c" else 0)
    poles = poles * np.where(rng.random(K) < 0.3, -1, 1)
    poles[K // 2] = 0
    b, c, d = (1, 1, 0) if gains == "unit" else (*rng.uniform(0.3, 1.5, (2, K)), 0)
    return numeric.cascade(poles, b, c, rng.normal(size=K) if gains == "feedthrough" else d, timing=timing)


def majorant(stack, u, x):
    """The run with every number by its absolute value: what each rounding is relative to."""
    sizes = stack.replace(**{name: np.abs(getattr(stack, name)) for name in ("poles", "B", "C", "D")})
    y, state = np.empty(u.shape), np.abs(x).astype(float)
    runs.run_plainly(runs.scalars(sizes), np.abs(u).astype(float), y, state)
    return y, state


def assert_plain(stack, u, rng):
    """No path from an input or a state to an output has more than 5 (K + T) + 2 K roundings, in either run."""
    start = normal(rng, (len(u), len(stack)), u.dtype)
    y, x = np.full_like(u, np.nan), start.copy()
    truth, states = np.empty_like(u), start.copy()
    assert runs.run(runs.scalars(stack), u, y, x)
    runs.run_plainly(runs.scalars(stack), u, truth, states)
    size, size_x = majorant(stack, u, start)
    K, T = len(stack), u.shape[1]
    rounding = 2 * (7 * K + 5 * T) * np.finfo(u.dtype).eps * (3 if u.dtype.kind == "c" else 1)
    assert (np.abs(y - truth) <= rounding * size).all()
    assert (np.abs(x - states) <= rounding * size_x).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("gains", GAINS)
@pytest.mark.parametrize("timing", ["current", "delayed"])
def test_batches(dtype, gains, timing):
    """Whole and broken groups of rows, of layers and of time."""
    rng = np.random.default_rng(0)
    for batch, T, K in [(1, 1, 1), (3, 5, 2), (8, 16, 12), (9, 40, 13), (17, 131, 4), (2, 1100, 25)]:
        assert_plain(cascade(rng, K, dtype, gains, timing), normal(rng, (batch, T), dtype), rng)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("gains", GAINS[:2])
@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("K", [1, 2, 5, 8, 9, 16, 17, 40, 64, 150])
@pytest.mark.parametrize("kernel", [runs._by_blocks, runs._by_lags], ids=["blocks", "lags"])
def test_one_long_run(dtype, gains, timing, K, kernel, monkeypatch):
    """Blocks of samples, and lagging layers: every number of vectors, with lanes left over and without."""
    rng = np.random.default_rng(K)
    monkeypatch.setattr(runs, "_of_one_run", lambda *_: kernel)
    assert_plain(cascade(rng, K, dtype, gains, timing), normal(rng, (1, 700 + K), dtype), rng)


@pytest.mark.parametrize("timing", ["current", "delayed"])
def test_few_layers_go_by_blocks_many_by_lags_and_many_runs_side_by_side(timing):
    rng, chosen = np.random.default_rng(0), {}
    for K, batch in [(1, 1), (4, 16), (64, 1), (64, 16)]:
        given = runs.scalars(cascade(rng, K, np.float64, "unit", timing))
        chosen[K, batch] = runs._of_one_run(given, np.zeros((batch, 20_000)))
    assert chosen == {(1, 1): runs._by_blocks, (4, 16): None, (64, 1): runs._by_lags, (64, 16): None}


def test_kernels_for_one_run_are_left_where_powers_of_a_pole_overflow():
    stack, u = numeric.cascade([1e60]), np.eye(1, 600)
    assert runs._of_one_run(runs.scalars(stack), u) is not runs._by_blocks
    with pytest.warns(RuntimeWarning, match="from t = 6 on"):
        y, _ = numeric.simulate(stack, u)
    assert y[0, 5] == pytest.approx(1e300)


@pytest.mark.compiled("so many steps take minutes")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("gains", GAINS)
def test_the_same_bits_for_any_number_of_threads(dtype, gains, monkeypatch):
    rng = np.random.default_rng(3)
    stack, u = cascade(rng, 14, dtype, gains), normal(rng, (50, 1700), dtype)
    monkeypatch.setattr(runs, "_WORK", 0)
    found = []
    for count in (1, 2, 3):
        monkeypatch.setattr(threads, "count", lambda count=count: count)
        found.append(numeric.simulate(stack, u))
    for y, state in found[1:]:
        assert np.array_equal(y, found[0][0]) and np.array_equal(state, found[0][1])


@pytest.mark.parametrize("shape", [(1, 40), (1, 1000), (20, 1000)])
@pytest.mark.parametrize("gains", GAINS)
@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("K", [1, 6])
def test_what_is_not_finite_is_refused_wherever_it_comes(shape, gains, timing, K):
    rng = np.random.default_rng(4)
    stack = cascade(rng, K, float, gains, timing)
    for value in (np.nan, np.inf):
        for t in (0, shape[1] // 2, shape[1] - 1):
            u = normal(rng, shape, float)
            u[-1, t] = value
            for out in (None, u):
                with pytest.raises(ValueError, match="u: expected finite numbers"):
                    numeric.simulate(stack, u, out=out)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("factor", [1e-30, 1e30])
def test_gains_far_from_one(dtype, factor):
    """Unit layers would leave float32's range."""
    stack = numeric.cascade([0.5, 0.9, -0.3], b=[1, factor, 1], c=[1, 1 / factor, 1])
    rng = np.random.default_rng(5)
    assert_plain(stack, normal(rng, (2, 50), dtype), rng)


@pytest.mark.compiled("so many steps take minutes")
def test_memory_is_that_of_input_and_output():
    """No copy of a signal of 8 MB beside the two."""
    u = np.ones((64, 16384))
    for poles in ([0.5] * 12, [0.5j] * 3):
        numeric.simulate(numeric.cascade(poles), u[:, :1000])
        tracemalloc.start()
        y, _ = numeric.simulate(numeric.cascade(poles), u)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < y.nbytes + 0.1 * (u.nbytes + y.nbytes)
