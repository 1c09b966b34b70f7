"""The exact tools of the proofs, against the slow truths and other arithmetic."""

from fractions import Fraction

import mpmath
import naive
import numpy as np
import pytest
from hypothesis import given, settings
from strategies import cascades, poles

from lti_depth import numeric
from lti_depth.symbolic.rationals import indeterminates
from lti_depth.theorems import enclosures, linear
from lti_depth.theorems.arithmetic import deviation, long, mp
from lti_depth.theorems.moments import LATE, cascade, moment
from lti_depth.theorems.parallel import parallel
from lti_depth.theorems.substitution import at


@given(cascades("complex", feedthrough=True))
def test_moments_of_sections(stack):
    """A layer with feedthrough is (α + βx)/(1 − λx): α = d + bc, β = −dλ; delayed α = d, β = bc − dλ."""
    p, b, c, d = map(long, (stack.poles, stack.B, stack.C, stack.D))
    sections = [(λ, δ + β * γ, -δ * λ) if stack.timing == "current" else (λ, δ, β * γ - δ * λ)
                for λ, β, γ, δ in zip(p, b, c, d, strict=True)]  # fmt: skip
    conjugates = [tuple(map(mp.conj, section)) for section in sections]
    lags = [0, 1, 3]
    ahead = [moment(sections, [LATE] * lag + conjugates) for lag in lags]  # E y_t y*_{t−lag}
    assert deviation(ahead, naive.autocovariance(stack, lags)) < 1e-40


def apart(K):
    """Poles that one rounding moves by 1e-11 of their distance to the circle at most."""
    return poles(K, "signed").filter(lambda drawn: max(map(abs, drawn)) <= 1 - 1e-5)


@settings(max_examples=20)
@given(apart(3), apart(2))
def test_cascades_in_parallel(first, second):
    R = numeric.autocovariance(parallel([first, second]), 0)
    one, two = cascade(long(first)), cascade(long(second))
    assert deviation([moment(one, one), moment(one, two), moment(two, two)], [R[0, 0], R[0, 1], R[1, 1]]) < 1e-9


def test_moments_stay_exact():
    (p,) = indeterminates("p")
    assert moment(cascade([p, 0]), cascade([p])) == 1 / (1 - p**2)
    assert isinstance(moment([LATE], [LATE]), Fraction) and moment([LATE], []) == 0


@pytest.mark.parametrize("x", ["1/1000", "1/3", "1/2", "99/100", "1", "2", "10", "123456/7"])
def test_logarithms_are_enclosed(x):
    x = Fraction(x)
    with mpmath.workdps(300):
        low, high = (mpmath.mpf(bound.numerator) / bound.denominator for bound in enclosures.logarithm(x))
        assert low <= mpmath.log(mpmath.mpf(x.numerator) / x.denominator) <= high < low + mpmath.mpf(10) ** -30


def test_elimination():
    A = [[Fraction(n) for n in row] for row in ((0, 2, 1), (1, 1, 0), (3, 0, 1))]
    B = [[Fraction(n)] for n in (1, 2, 3)]
    assert linear.product(A, linear.solve(A, B)) == B
    assert linear.rank(A) == 3 and linear.rank([*A[:2], [a + b for a, b in zip(A[0], A[1], strict=True)]]) == 2
    with pytest.raises(ZeroDivisionError, match="singular"):
        linear.solve([A[0], A[0], A[2]], B)


def test_substitution():
    p, q = indeterminates("p", "q")
    function = (p**2 + 3 * q) / (1 - p * q)
    assert at(function, Fraction(1, 2), Fraction(1, 3)) == Fraction(3, 2)
    assert at(function, q, q) == (q**2 + 3 * q) / (1 - q**2)
    with pytest.raises(ZeroDivisionError):
        at(function, Fraction(1), Fraction(1))


def test_deviations_want_as_many_values():
    with pytest.raises(ValueError, match="as many"):
        deviation([1], np.ones(2))
