"""Double-double arithmetic against fractions, within the bounds of Joldes, Muller & Popescu (2017): u = 2^−53."""

from fractions import Fraction

import numpy as np
import pytest

from lti_depth.kernels import doubledouble as dd

U = Fraction(1, 2**53)


def parts(seed, count):
    """Double-doubles of both signs and many sizes; low halves up to half a unit in the last place of the high ones."""
    rng = np.random.default_rng(seed)
    high = rng.normal(size=count) * 2.0 ** rng.integers(-20, 20, count)
    low = np.spacing(high) * rng.uniform(-0.5, 0.5, count)
    low[::7] = 0.0
    return list(zip(high.tolist(), low.tolist(), strict=True))


def exact(*halves):
    return sum(map(Fraction, halves))


@pytest.mark.parametrize("seed", range(2))
def test_transformations_without_error(seed):
    for (a, _), (b, _) in zip(parts(seed, 40), parts(seed + 9, 40), strict=True):
        for x, y in ((a, b), (b, a), (a, -a / 3)):
            assert exact(*dd.two_sum(x, y)) == exact(x, y) and dd.two_sum(x, y)[0] == x + y
            large, small = (x, y) if abs(x) >= abs(y) else (y, x)
            assert exact(*dd._quick_two_sum(large, small)) == exact(x, y)
            assert dd._quick_two_sum(large, small)[0] == x + y
            assert exact(*dd._two_product(x, y)) == exact(x) * exact(y) and dd._two_product(x, y)[0] == x * y


@pytest.mark.parametrize("operation, law, bound", [
    (dd._add, lambda x, y: x + y, 3), (dd._mul, lambda x, y: x * y, 5), (dd._div, lambda x, y: x / y, 15),
])  # fmt: skip
def test_operations_on_pairs(operation, law, bound):
    for a, b in zip(parts(2, 80), parts(3, 80), strict=True):
        for x, y in ((a, b), (a, (-a[0], b[1] * a[0] / b[0])), (a, (-2.0 * a[0], -2.0 * a[1]))):
            high, low = operation(*x, *y)
            truth = law(exact(*x), exact(*y))
            assert abs(exact(high, low) - truth) <= bound * (1 + 8 * U) * U**2 * abs(truth)
            assert high + low == high


def test_low_halves_alone_are_added_without_error():
    """Where the high halves cancel nothing is rounded, so that what they leave has an error term of its own."""
    for (a, b), (c, _) in zip(parts(4, 20), parts(5, 20), strict=True):
        d = c * 1e-17
        assert exact(*dd._add(a, b, -a, d)) == exact(b, d)


def numbers(seed, count):
    return [(*re, *im) for re, im in zip(parts(seed, count), parts(seed + 1, count), strict=True)]


def is_close(found, re, im, scale, bound):
    error = max(abs(exact(*found[:2]) - re), abs(exact(*found[2:]) - im))
    return error <= bound * (1 + 8 * U) * U**2 * scale and found[0] + found[1] == found[0]


def test_complex_sums_and_differences():
    for a, b in zip(numbers(10, 30), numbers(12, 30), strict=True):
        for sign, found in ((1, dd.add(a, b)), (-1, dd.sub(a, b))):
            for part in (0, 2):
                truth = exact(*a[part : part + 2]) + sign * exact(*b[part : part + 2])
                assert abs(exact(*found[part : part + 2]) - truth) <= 3 * (1 + 8 * U) * U**2 * abs(truth)


def complex_parts(a):
    return exact(*a[:2]), exact(*a[2:])


def test_complex_products_and_quotients():
    """Each product has an error of 5 u², their sum 3 u² more; so has the denominator, and the quotient 15 u²."""
    for a, b in zip(numbers(20, 30), numbers(22, 30), strict=True):
        for x, y in ((a, b), (a, (*b[:2], 0.0, 0.0)), ((*a[:2], 0.0, 0.0), b), ((0.0, 0.0, *a[2:]), b),
                     ((*a[:2], 1.0, 0.0), (*b[:2], 0.0, 0.0)), ((*a[:2], 0.0, 0.0), (*b[:2], 1.0, 0.0))):  # fmt: skip
            (p, q), (r, s) = complex_parts(x), complex_parts(y)
            scale = (abs(p) + abs(q)) * (abs(r) + abs(s))
            assert is_close(dd.mul(x, y), p * r - q * s, p * s + q * r, scale, 8)
            size = r * r + s * s
            assert is_close(dd.div(x, y), (p * r + q * s) / size, (q * r - p * s) / size, scale / size, 8 + 8 + 15)


def test_products_of_real_numbers_are_real():
    for a, b in zip(parts(30, 10), parts(31, 10), strict=True):
        found = dd.mul((*a, 0.0, 0.0), (*b, 0.0, 0.0))
        assert found == (*dd._mul(*a, *b), 0.0, 0.0)


def test_doubles_in_and_out():
    z = -1.5 + 0.1j
    assert dd.lift(z) == (-1.5, 0.0, 0.1, 0.0)
    assert dd.value((-1.5, 1e-20, 0.1, -1e-20)) == z
    assert dd.conj((1.0, 2.0, 3.0, 4.0)) == (1.0, 2.0, -3.0, -4.0)
    array = np.arange(12.0).reshape(3, 4)
    assert dd.get(array, 1) == (4.0, 5.0, 6.0, 7.0)
    dd.put(array, 2, (0.5, 0.25, -1.0, -2.0))
    assert array.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [0.5, 0.25, -1, -2]]


def test_numbers_of_one_double_are_rounded_once():
    rng = np.random.default_rng(40)
    for x, y, z in rng.normal(size=(20, 3)).tolist():
        assert dd.add((x,), (y,)) == (x + y,) and dd.mul((x,), (y,)) == (x * y,) and dd.div((x,), (y,)) == (x / y,)
        assert dd.mul_add((x,), (y,), (z,)) == (float(exact(x) * exact(y) + exact(z)),)
        assert dd.one_minus((x,), (y,)) == (float(1 - exact(x) * exact(y)),)
        assert dd.conj((x,)) == (x,) and dd.size((-abs(x),)) == abs(x) and dd.value((x,)) == x


def test_numbers_of_two_doubles():
    for a, b in zip(parts(41, 20), parts(42, 20), strict=True):
        assert dd.add(a, b) == dd._add(*a, *b) and dd.mul(a, b) == dd._mul(*a, *b) and dd.div(a, b) == dd._div(*a, *b)
        assert dd.mul_add(a, b, a) == dd._add(*dd._mul(*a, *b), *a)
        assert dd.conj(a) == a and dd.size((-abs(a[0]), a[1])) == abs(a[0]) and dd.value(a) == a[0]


def test_complex_numbers_of_plain_doubles():
    """Four operations each, none of them on more than the product of the sums of the parts."""
    rng = np.random.default_rng(43)
    for *w, u, v in rng.normal(size=(20, 6)).tolist():
        a, b, p = (w[0], w[1], 0.0), (w[2], w[3], 0.0), (u, v, 0.0)
        x, y, z = dd.value(a), dd.value(b), dd.value(p)
        for found, truth in ((dd.add(a, b), x + y), (dd.mul(a, b), x * y), (dd.div(a, b), x / y),
                             (dd.mul_add(a, b, p), x * y + z), (dd.one_minus(a, b), 1 - x * y)):  # fmt: skip
            assert abs(dd.value(found) - truth) <= 2.0**-50 * (abs(x) + 1) * (abs(y) + 1 / abs(y) + 1) and found[2] == 0
        assert dd.conj(a) == (w[0], -w[1], 0.0) and dd.size(a) == max(abs(w[0]), abs(w[1])) and x == complex(*w[:2])


def test_one_minus_a_product_near_one():
    """Products of pairs keep 2^−106 of 1, complex ones four times that."""
    for gap in (2.0**-20, 2.0**-45, 0.5):
        x, y = 1 - gap, 1 + gap / 3
        truth = 1 - exact(x) * exact(y)
        assert abs(exact(*dd.one_minus((x, 0.0), (y, 0.0))) - truth) <= 5 * U**2 + 4 * U**2 * abs(truth)
        found = dd.one_minus((x, 0.0, 0.25, 0.0), (y, 0.0, -gap, 0.0))
        re, im = 1 - (exact(x) * exact(y) + exact(gap) / 4), exact(x) * exact(gap) - exact(y) / 4
        assert abs(exact(*found[:2]) - re) <= 20 * U**2 and abs(exact(*found[2:]) - im) <= 20 * U**2


def test_sums_of_products():
    for a, x, p in zip(numbers(50, 10), numbers(52, 10), numbers(54, 10), strict=True):
        assert dd.mul_add(a, x, p) == dd.add(dd.mul(a, x), p)


def test_as_many_doubles_as_asked_for():
    a, array = (1.0, 2.0, 3.0, 4.0), np.arange(12.0).reshape(3, 4)
    for kind in (dd.PLAIN, dd.REAL, dd.PLAIN_COMPLEX, dd.COMPLEX):
        assert dd.narrow(a, kind) == ((1.0, 3.0, 0.0) if kind is dd.PLAIN_COMPLEX else a[: len(kind)])
        assert dd.entry(array, 1, kind) == (4.0, 5.0, 6.0, 7.0)[: len(kind)]
        room = dd.values(3, kind)
        assert room.shape == (3,) and room.dtype == (complex if len(kind) > 2 else float)
    assert dd.size((1.0, 9.0, -3.0, 9.0)) == 3 and dd.size((-4.0, 9.0, 3.0, 9.0)) == 4
    pairs = np.zeros((2, 2))
    dd.put(pairs, 1, (0.5, 0.25))
    assert pairs.tolist() == [[0, 0], [0.5, 0.25]]
