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
    x.accumulate(out, x.lifted(A), x.lifted(B))
    for i in range(2):
        for j in range(2):
            terms = [mp.mpmathify(A[i, k]) * mp.mpmathify(B[k, j]) for k in range(3)] + [mp.mpmathify(C[i, j])]
            assert abs(exactly(x.get(out[i], j)) - sum(terms)) <= DIGITS * sum(abs(term) for term in terms)
    star = x.adjoint(x.lifted(1j * A))
    assert star.shape == (3, 2, 5) and exactly(x.get(star[2], 0)) == mp.conj(mp.mpmathify(1j * A[0, 2]))
