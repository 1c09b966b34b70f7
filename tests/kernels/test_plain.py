"""Every operation on vectors against its plain twin: the same program compiled, and in numpy."""

from fractions import Fraction
from types import FunctionType

import numba
import numpy as np
import pytest

from lti_depth.kernels import plain, steps, tiles, vectors
from lti_depth.kernels.steps import scaled, slanted
from lti_depth.kernels.tiles import by_entry, by_row, load_rows, row_starts, store_rows
from lti_depth.kernels.vectors import (
    add,
    broadcast,
    divide,
    divide_each,
    fma,
    fma_chain,
    fma_each,
    last,
    load,
    load_each,
    multiply,
    prefetch,
    rotated,
    shift_in,
    spread,
    spread_each,
    store,
    store_each,
    subtract,
    total,
)

pytestmark = pytest.mark.compiled("compares compiled operations with their twins")


def entries(a, out):
    L = 64 // a.itemsize
    store(out, 0, load(a, 3))
    store(out, L, spread(a, 5))
    store(out, 2 * L, broadcast(a[7]))


def arithmetic(a, out):
    L = 64 // a.itemsize
    v, w, x = load(a, 0), load(a, L), load(a, 2 * L)
    store_each(out, 0, (add(v, w), subtract(v, w), multiply(v, w), divide(v, w), fma(v, w, x)))


def lanes(a, out):
    L = 64 // a.itemsize
    v = load(a, 0)
    store_each(out, 0, (rotated(v, 1), rotated(v, 2), rotated(v, 4), rotated(v, 8)))
    out[4 * L], out[4 * L + 1] = total(v), last(v)


def tiled(a, out):
    """Of three rows, the last of which stands for the rest; whole, and of some entries."""
    L = 64 // a.itemsize
    rows = row_starts(a, 1, 2 * L, 3)
    prefetch(a, 0, False)
    prefetch(out, 0, True)
    store_rows(out, row_starts(out, 0, 8, L), 0, by_entry(load_rows(a, rows, 2, 0, 8)), 0, 8)
    store_rows(out, row_starts(out, 8 * L, 8, 2), 0, load_rows(a, rows, 2, 1, 7), -3, 6)
    store_rows(out, row_starts(out, 8 * L + 16, 8, 2), 0, load_rows(a, rows, 2, -2, 10), 3, 20)
    store_each(out, 8 * L + 48, by_row(load_each(a, 0, (0,) * 8)))
    store_rows(out, row_starts(out, 8 * L + 32, 8, 2), 0, load_rows(a, rows, 2, 5, 2), 0, 3)


def several(a, out):
    L, like = 64 // a.itemsize, (0, 0, 0)
    p, v, x = spread_each(a, 1, like), load_each(a, 0, like), load_each(a, 3 * L, like)
    store_each(out, 0, fma_each(p, v, x))
    store_each(out, 3 * L, fma_each(load(a, 0), v, load(a, L)))
    store_each(out, 6 * L, fma_chain(p, v, load(a, L)))
    store_each(out, 9 * L, shift_in(a[2], v))
    store_each(out, 12 * L, divide_each(v, x))


def real_steps(a, out):
    L, u = 64 // a.itemsize, load_each(a, 0, (0,) * 3)
    times = scaled(spread_each(a, 0, (0,)), u)
    x, y = slanted(spread_each(a, 1, (0, 0)), load_each(a, 0, (0, 0)), times, (0,), (), 2, 9, 0)
    store_each(out, 0, x)
    store_each(out, 2 * L, y)
    x, y = slanted(spread_each(a, 1, (0,) * 8), load_each(a, 0, (0,) * 4), u, (0,), (0,), 0, 2, 0)
    store_each(out, 5 * L, x)
    store_each(out, 9 * L, y)


def complex_steps(a, out):
    L, u, both = 64 // a.itemsize, load_each(a, 0, (0,) * 4), (0, 0)
    times = scaled(spread_each(a, 0, both), u)
    x, y = slanted(spread_each(a, 1, (0,) * 4), load_each(a, 0, (0,) * 4), times, both, (0,), -1, 1, 0)
    store_each(out, 0, x)
    store_each(out, 4 * L, y)
    x, y = slanted(spread_each(a, 1, (0,) * 8), load_each(a, 0, (0,) * 4), u, both, (0, 0), -1, 99, 1)
    store_each(out, 8 * L, x)
    store_each(out, 12 * L, y)


def fused(a, b, c, out):
    store(out, 0, fma(load(a, 0), load(b, 0), load(c, 0)))


PROGRAMS = [entries, arithmetic, lanes, tiled, several, real_steps, complex_steps]


def test_every_operation_has_a_twin_and_a_program():
    operations = {name for module in (vectors, tiles, steps) for name, value in vars(module).items()
                  if isinstance(value, numba.core.extending._Intrinsic)}  # fmt: skip
    assert len(operations) > 20
    assert operations <= vars(plain).keys()
    assert operations <= {name for program in PROGRAMS for name in program.__code__.co_names}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_same_bits_where_products_are_exact(program, dtype):
    rng = np.random.default_rng(0)
    a = (rng.integers(1, 5, 128) * rng.choice([-1, 1], 128)).astype(dtype)
    compiled, twin = np.zeros((2, 512), dtype)
    numba.njit(program)(a, compiled)
    FunctionType(program.__code__, program.__globals__ | vars(plain))(a, twin)
    assert twin.any()
    np.testing.assert_array_equal(compiled, twin)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_compiled_fma_rounds_once(dtype):
    a, b = np.random.default_rng(1).normal(size=(2, 64 // dtype().itemsize)).astype(dtype)
    out, c = np.empty_like(a), -a * b
    numba.njit(fused)(a, b, c, out)
    exact = [float(Fraction(x) * Fraction(y) + Fraction(z))
             for x, y, z in zip(a.tolist(), b.tolist(), c.tolist(), strict=True)]  # fmt: skip
    assert any(exact)
    assert out.tolist() == exact  # the error of a product is itself a number of the dtype


def test_twins_refuse_what_lies_beyond_an_array():
    a = np.zeros(20)
    with pytest.raises(IndexError, match="8 entries from position 13 on, in an array of 20"):
        plain.load(a, 13)
    with pytest.raises(IndexError, match="position -1"):
        plain.store(a, -1, np.zeros(8))
