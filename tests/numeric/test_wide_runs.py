"""Runs of layers with several states and channels: the kernel in real arithmetic against complex matrix products."""

import tracemalloc

import numpy as np
import pytest

from lti_depth import numeric, threads
from lti_depth.numeric import wide_runs

DTYPES = [np.float64, np.float32, np.complex128, np.complex64]
KINDS = ["real", "complex", "real output"]


def normal(rng, shape, is_complex):
    values = rng.normal(size=shape)
    return values + 1j * rng.normal(size=shape) if is_complex else values


def stack_of(rng, kind, sizes, timing="current"):
    """Layers (N, H_in, H_out), the second real where the others are complex."""
    layers = []
    for k, (N, h_in, h_out) in enumerate(sizes):
        is_complex = kind != "real" and k != 1
        poles = rng.uniform(0.3, 0.95, N) * np.exp(1j * rng.uniform(-3, 3, N) if is_complex else 0)
        B, C, D = (normal(rng, shape, is_complex) for shape in ((N, h_in), (h_out, N), (h_out, h_in)))
        layers.append(numeric.Layer(poles, B, C, D.real, real=kind == "real output" and is_complex))
    return numeric.stack(layers, timing=timing)


def absolute(stack):
    return numeric.stack([numeric.Layer(*(np.abs(part) for part in (layer.poles, layer.B, layer.C, layer.D)))
                          for layer in stack], timing=stack.timing)  # fmt: skip


@pytest.mark.parametrize(("dtype", "T"), [
    (np.float64, 140), (np.complex128, 140),
    *[pytest.param(dtype, 300, marks=pytest.mark.compiled("so many steps take minutes")) for dtype in DTYPES],
])  # fmt: skip
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("timing", ["current", "delayed"])
def test_against_the_plain_kernel(dtype, T, kind, timing):
    """Whatever path from input to output: 3 roundings a step, and those of sums over channels and states a layer."""
    rng = np.random.default_rng(0)
    if kind == "real output" and np.dtype(dtype).kind == "c":
        with pytest.raises((ValueError, TypeError), match="real"):
            numeric.simulate(stack_of(rng, kind, [(1, 2, 1)], timing), np.ones((3, T, 2), dtype))
        return
    for sizes in ([(1, 2, 3)], [(3, 2, 3), (9, 3, 1), (20, 1, 17)], [(8, 1, 1), (16, 1, 1)]):
        stack = stack_of(rng, kind, sizes, timing)
        u = normal(rng, (3, T, sizes[0][1]), np.dtype(dtype).kind == "c").astype(dtype)
        real, complex_states = u.real.dtype, u.dtype.kind == "c" or kind != "real"
        working = np.result_type(real, np.complex64) if complex_states else real
        values = working if kind == "complex" else u.dtype
        start = np.zeros((3, len(sizes), max(stack.widths)), working)
        for k, N in enumerate(stack.widths):
            start[:, k, :N] = normal(rng, (3, N), complex_states and (u.dtype.kind == "c" or k != 1))
        y, truth, size = (np.empty((3, T, sizes[-1][2]), kind) for kind in (values, values, float))
        x, states, size_x = start.copy(), start.copy(), np.abs(start).astype(float)
        wide_runs.run(stack, u, y, x)
        wide_runs.run_plainly(stack, u, truth, states)
        wide_runs.run_plainly(absolute(stack), np.abs(u).astype(float), size, size_x)
        count = T * 3 + sum(sum(shape) + 6 for shape in sizes)
        rounding = 2 * 3 * count * np.finfo(dtype).eps
        assert (np.abs(y - truth) <= rounding * size).all()
        assert (np.abs(x - states) <= rounding * size_x).all()


@pytest.mark.compiled("so many steps take minutes")
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_bits_for_any_number_of_threads(kind, monkeypatch):
    rng = np.random.default_rng(1)
    stack = stack_of(rng, kind, [(8, 3, 3), (4, 3, 3)])
    u, found = rng.normal(size=(7, 500, 3)), []
    monkeypatch.setattr(wide_runs, "_WORK", 0)
    for count in (1, 2, 3):
        monkeypatch.setattr(threads, "count", lambda count=count: count)
        found.append(numeric.simulate(stack, u))
    for y, state in found[1:]:
        assert np.array_equal(y, found[0][0]) and np.array_equal(state, found[0][1])


def test_a_layer_of_real_output_before_complex_ones():
    """Only the plain kernel takes Re of one layer alone: the same as by hand, layer after layer."""
    rng = np.random.default_rng(2)
    first, second = (stack_of(rng, kind, [(3, 2, 2)]) for kind in ("real output", "complex"))
    u = rng.normal(size=(2, 40, 2))
    y, _ = numeric.simulate(numeric.stack([*first, *second]), u)
    layer = first[0]
    whole = numeric.stack([numeric.Layer(layer.poles, layer.B, layer.C)])
    between = numeric.simulate(whole, u)[0].real + u @ layer.D.T
    expected, _ = numeric.simulate(second, between)
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_finite_is_refused(kind):
    rng = np.random.default_rng(3)
    stack = stack_of(rng, kind, [(3, 2, 2)])
    for t in (0, 9):
        u = rng.normal(size=(2, 10, 2))
        u[1, t, 1] = np.inf
        with pytest.raises(ValueError, match="u: expected finite numbers"):
            numeric.simulate(stack, u)


def test_the_input_may_be_the_buffer():
    rng = np.random.default_rng(4)
    stack = stack_of(rng, "real output", [(5, 3, 3), (5, 3, 3)])
    u = rng.normal(size=(2, 300, 3))
    expected, _ = numeric.simulate(stack, u)
    y, _ = numeric.simulate(stack, u, out=u)
    assert y is u and np.array_equal(y, expected)


@pytest.mark.compiled("so many steps take minutes")
@pytest.mark.parametrize("kind", KINDS)
def test_memory_is_that_of_input_and_output(kind):
    rng = np.random.default_rng(5)
    stack = stack_of(rng, kind, [(8, 4, 4), (8, 4, 4)])
    u = rng.normal(size=(16, 40_000, 4))
    numeric.simulate(stack, u)  # the compiler takes memory of its own
    tracemalloc.start()
    y, _ = numeric.simulate(stack, u)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < y.nbytes + 0.1 * (u.nbytes + y.nbytes)
