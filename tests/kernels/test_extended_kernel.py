"""Numbers of unbounded range: every operation against 120-digit arithmetic, at any exponents."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import mp

from lti_depth.kernels import extended as x

DIGITS = mp.mpf(2) ** -98
PARTS = st.floats(-1, 1).filter(lambda part: part == 0 or abs(part) > 1e-3)
DOUBLES = st.builds(complex, PARTS, PARTS)


@st.composite
def numbers(draw):
    """From 2^−5000 to 2^5000, of full length: a product of doubles far apart."""
    number = x.ONE
    for _ in range(draw(st.integers(1, 6))):
        number = x.mul(number, x.lift(draw(DOUBLES) * 2.0 ** draw(st.integers(-900, 900))))
    return number


def exactly(number):
    re_high, re_low, im_high, im_low, e = number
    if e == -np.inf:
        assert number == x.ZERO
        return mp.mpc(0)
    assert e == int(e) and 2.0**-256 <= max(abs(re_high), abs(im_high)) <= 2.0**256
    return mp.mpc(mp.mpf(re_high) + re_low, mp.mpf(im_high) + im_low) * mp.ldexp(1, x.BITS * int(e))


ODD = 1 + 2.0**-30 - 1j * (0.75 + 2.0**-40)  # either part of its square takes two doubles, down to 2^−80 and 2^−69


@pytest.mark.parametrize("unit", [1, 1j, -1, 1 - 2.0**-60 * 1j])
@pytest.mark.parametrize("bits, e", [(0, 0), (256, 0), (257, 1), (700, 1), (769, 2), (1000, 2),
                                     (-256, 0), (-257, -1), (-700, -1), (-769, -2), (-1000, -2)])  # fmt: skip
def test_the_larger_part_of_a_mantissa_stays_within_256_bits(unit, bits, e):
    number = x.lift(unit * 2.0**bits)
    assert number[4] == e and exactly(number) == mp.mpmathify(unit) * mp.ldexp(1, bits)


@pytest.mark.parametrize("bits", [0, 130, 200, 400, -130, -200, -400])
def test_products_and_quotients_keep_their_low_parts(bits):
    a, size = x.lift(ODD * 2.0**bits), mp.ldexp(1, bits)
    square, odd = x.mul(a, a), mp.mpmathify(ODD)
    assert exactly(square) == (odd * size) ** 2 and square[1] != 0.0 and square[3] != 0.0
    cube = x.mul(square, a)
    assert abs(exactly(cube) - (odd * size) ** 3) <= DIGITS * abs(odd * size) ** 3
    assert abs(exactly(x.div(cube, square)) - odd * size) <= DIGITS * abs(odd * size)
    assert exactly(x.conj(square)) == mp.conj((odd * size) ** 2)


@pytest.mark.parametrize("bits", [0, 40, 230, -40, -230, 300, -300])
@pytest.mark.parametrize("gap", [2, 40, 300, 500, 700])
def test_sums_of_two_exponents(bits, gap):
    """As many digits as if one had been carried over to the other; what is two exponents below does not count."""
    large = x.mul(x.lift(ODD * 2.0**bits), x.lift(ODD))
    small = x.mul(large, x.lift(1j * 2.0**-gap))
    truth = exactly(large) * (1 + 1j * mp.ldexp(1, -gap))
    for total in (x.add(large, small), x.add(small, large)):
        assert abs(exactly(total) - truth) <= DIGITS * abs(truth)


def test_the_last_bit_of_the_other_exponent():
    """1 + 2^−312 is a double-double, though 2^−312 has another exponent; 1 + 2^−1024 is not."""
    small, least = x.lift(2.0**-312 + 0j), x.lift(2.0**-1024 + 0j)
    assert small[4] == -1 and exactly(x.add(x.ONE, small)) == 1 + mp.ldexp(1, -312)
    assert least[4] == -2 and x.add(x.ONE, least) == x.add(least, x.ONE) == x.ONE


def test_zero():
    a, zero = x.lift(ODD), x.lift(0j)
    assert zero == x.ZERO and x.conj(zero) == x.ZERO
    assert x.add(a, zero) == x.add(zero, a) == a and x.add(zero, zero) == x.ZERO
    assert x.mul(a, zero) == x.mul(zero, a) == x.div(zero, a) == x.ZERO
    array = np.full((2, 3, 5), np.nan)
    x.clear(array)
    assert all(x.get(array[i], j) == x.ZERO for i in range(2) for j in range(3))


def test_entries_of_arrays():
    array, parts = np.full((2, 5), np.nan), (1.0, 2.0, 3.0, 4.0, 5.0)
    x.put(array, 1, parts)
    assert x.get(array, 1) == parts and np.isnan(array[0]).all()


@settings(max_examples=200)
@given(numbers(), numbers())
def test_arithmetic(a, b):
    one, other = exactly(a), exactly(b)
    assert abs(exactly(x.mul(a, b)) - one * other) <= DIGITS * abs(one * other)
    assert abs(exactly(x.add(a, b)) - (one + other)) <= DIGITS * (abs(one) + abs(other))
    assert exactly(x.conj(a)) == mp.conj(one)
    if other:
        assert abs(exactly(x.div(a, b)) - one / other) <= DIGITS * abs(one / other)


@given(numbers(), st.integers(-1100, 1100))
def test_sums_of_numbers_far_apart(a, shift):
    """a + 2^shift a, and a − a = 0."""
    scaled = a
    for _ in range(2):  # 2^shift in two doubles
        scaled = x.mul(scaled, x.lift(complex(2.0 ** (shift // 2))))
    truth = exactly(a) * (1 + mp.ldexp(1, 2 * (shift // 2)))
    for total in (x.add(a, scaled), x.add(scaled, a)):
        assert abs(exactly(total) - truth) <= DIGITS * abs(truth)
    assert x.add(a, x.mul(a, x.lift(complex(-1.0)))) == x.ZERO


@pytest.mark.parametrize("z", [0.0, 5e-324, 1.7e308, -2.5, 5e-324 - 5e-324j])
def test_doubles_are_exact(z):
    assert exactly(x.lift(complex(z))) == mp.mpmathify(z)


def test_matrices():
    """C = A B + C, entry by entry, with zeros among the entries."""
    rng = np.random.default_rng(0)
    shapes = ((2, 3), (3, 2), (2, 2))
    A, B, C = (rng.normal(size=shape) * 2.0 ** rng.integers(-900, 900, shape) + 0j for shape in shapes)
    A[0, 1] = B[2, 0] = 0
    out = x.lifted(C)
    assert out.shape == (2, 2, 5)
    x.accumulate(out, x.lifted(A), x.lifted(B))
    for i in range(2):
        for j in range(2):
            terms = [mp.mpmathify(A[i, k]) * mp.mpmathify(B[k, j]) for k in range(3)] + [mp.mpmathify(C[i, j])]
            assert abs(exactly(x.get(out[i], j)) - sum(terms)) <= DIGITS * sum(abs(term) for term in terms)
    star = x.adjoint(x.lifted(1j * A))
    assert star.shape == (3, 2, 5) and exactly(x.get(star[2], 0)) == mp.conj(mp.mpmathify(1j * A[0, 2]))
