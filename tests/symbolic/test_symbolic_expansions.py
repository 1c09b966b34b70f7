"""Expanded laws: the same rational function as the sum of residues, in a normal form that is small and quick."""

import time
from fractions import Fraction
from math import prod

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import Rational, Symbol, cos

from lti_depth import symbolic as lti
from lti_depth.symbolic.rationals import indeterminates

X, Y = sympy.symbols("x y", real=True)
DELTA = Symbol("Delta", integer=True, nonnegative=True)
POINTS = [Rational(1, 2), Rational(-1, 3), Rational(3, 5), Rational(-2, 7), Rational(5, 9), Rational(1, 11)]


def unit(K, real=True, timing="current"):
    """The cascade with its symbols as poles and unit gains."""
    return lti.scalar_cascade(lti.cascade(K, real=real).poles, timing=timing)


def numerator(expression):
    return max(sympy.Mul.make_args(expression), key=lambda factor: len(sympy.Add.make_args(factor)))


def terms(expression):
    return len(sympy.Add.make_args(numerator(expression)))


def in_ratios(expression, values):
    """An expression by arithmetic in another implementation of rational functions."""
    if expression in values:
        return values[expression]
    if expression.is_Rational:
        return Fraction(int(expression.p), int(expression.q))
    if expression.is_Pow:
        return in_ratios(expression.base, values) ** int(expression.exp)
    combine = sum if expression.is_Add else prod
    return combine(in_ratios(part, values) for part in expression.args)


def recursion(poles, conjugates):
    """E|y|² of a cascade with unit gains, by the covariance recursion in current timing, poles as rational functions.

    W_ij = (λ_i V_i,j−1 + μ_j U_i−1,j + W_i−1,j−1)/(1 − λ_i μ_j), V_ij = μ_j W_ij + V_i,j−1, U_ij = λ_i W_ij + U_i−1,j.
    """
    K = len(poles)
    zero = 0 * poles[0]
    W = [[zero + 1] * (K + 1) for _ in range(K + 1)]
    V, U = ([[zero] * (K + 1) for _ in range(K + 1)] for _ in range(2))
    for i in range(1, K + 1):
        for j in range(1, K + 1):
            p, q = poles[i - 1], conjugates[j - 1]
            W[i][j] = (p * V[i][j - 1] + q * U[i - 1][j] + W[i - 1][j - 1]) / (1 - p * q)
            V[i][j] = q * W[i][j] + V[i][j - 1]
            U[i][j] = p * W[i][j] + U[i - 1][j]
    return W[K][K]


@pytest.mark.parametrize(("K", "real"), [(1, True), (2, True), (3, True), (4, True), (1, False), (2, False),
                                         (3, False)])
def test_identity_with_the_covariance_recursion(K, real):
    """As rational functions, conjugates as indeterminates of their own."""
    law, poles = lti.expanded(lti.autocovariance(unit(K, real), 0)), unit(K, real).poles
    symbols = poles if real else (*poles, *map(sympy.conjugate, poles))
    ratios = indeterminates(*(f"x{i}" for i in range(len(symbols))))
    truth = recursion(ratios[:K], ratios[-K:])
    assert in_ratios(law, dict(zip(symbols, ratios, strict=True))) == truth
    assert truth.numerator.degrees() and len(truth.numerator) == terms(law)


@given(st.integers(1, 4), st.integers(-3, 6), st.sampled_from(["current", "delayed"]), st.data())
def test_value_at_rational_points(K, lag, timing, data):
    stack = lti.scalar_cascade(lti.cascade(K).poles, b=X, d=data.draw(st.sampled_from([0, Y])), timing=timing)
    law = lti.autocovariance(stack, lag)
    points = data.draw(st.permutations(POINTS))[:K]
    values = dict(zip(stack.poles, points, strict=True)) | {X: Rational(2, 3), Y: Rational(-7, 4)}
    assert lti.expanded(law).xreplace(values) == law.xreplace(values)


def test_complex_gains_and_poles():
    stack = lti.cascade(2, real=False)
    law = lti.autocovariance(stack, 3)
    numbers = [Rational(1, 2) + sympy.I / 3, -sympy.I / 5, 2 + sympy.I, Rational(1, 3), sympy.I, 1 - 3 * sympy.I]
    values = dict(zip((*stack.poles, *stack.B, *stack.C), numbers, strict=True))
    assert sympy.expand(lti.expanded(law).xreplace(values) - law.xreplace(values)) == 0


def test_where_poles_meet():
    """What cancels is gone: equal poles need no law of their own."""
    p, q = sympy.symbols("p q", real=True)
    law = lti.expanded(lti.autocovariance(lti.scalar_cascade([p, q, -p]), 2))
    values = {p: Rational(1, 3), q: Rational(1, 3)}
    assert law.xreplace(values) == lti.autocovariance(lti.scalar_cascade([p, q, -p]).xreplace(values), 2)
    one = lti.expanded(lti.autocovariance(lti.scalar_cascade([p, q]), 0)).xreplace({q: p})
    assert lti.expanded(one) == lti.expanded(lti.autocovariance(lti.scalar_cascade([p, p]), 0))


def test_the_form_is_normal():
    """One expression for one rational function, and sympy's own ordering of it."""
    law = lti.expanded(lti.autocovariance(lti.cascade(4), 1))
    assert lti.expanded(law) == law
    top = numerator(law)
    assert top == sympy.Add(*(term.func(*term.args) for term in top.args)) == sympy.expand(top)
    assert lti.expanded((X**2 - Y**2) / (X - Y) - X - Y) == 0
    assert lti.expanded(1 / (1 / X + 1 / Y)) == X * Y / (X + Y)
    assert lti.expanded((X + 1) ** 3 / (2 * X + 2) + Rational(1, 3)) == (3 * X**2 + 6 * X + 5) / 6
    assert lti.expanded(Rational(3, 7)) == Rational(3, 7)
    assert lti.expanded(sympy.Matrix([[X / X**2, (X - 1) / (1 - X)]])) == sympy.Matrix([[1 / X, -1]])


def test_functions_and_symbolic_powers_are_indeterminates():
    n = Symbol("n", integer=True)
    assert lti.expanded((cos(X) ** 2 - 1) / (cos(X) + 1)) == cos(X) - 1
    assert lti.expanded((X ** (2 * n + 1) - X) / (X**n - 1)) == X * (X**n + 1)
    assert lti.expanded(sympy.exp(2 * X) * (1 - sympy.exp(-X))) == sympy.exp(X) * (sympy.exp(X) - 1)
    law = lti.autocovariance(unit(3), DELTA)
    values = dict(zip(unit(3).poles, POINTS, strict=False)) | {DELTA: sympy.Integer(4)}
    assert lti.expanded(law).xreplace(values) == lti.autocovariance(unit(3).xreplace(values), 4)


@pytest.mark.parametrize(("K", "size"), enumerate([1, 2, 8, 48, 473, 6392], start=1))
def test_size(K, size):
    assert terms(lti.expanded(lti.autocovariance(unit(K), 0))) == size


def test_speed():
    law = lti.autocovariance(lti.cascade(6), 0)
    began = time.process_time()
    lti.expanded(law)
    assert time.process_time() - began < 0.3


@pytest.mark.slow
@pytest.mark.parametrize(("K", "real"), [(7, True), (5, False)])
def test_the_largest(K, real):
    law = lti.autocovariance(lti.cascade(K, real=real), 0)
    began = time.process_time()
    assert terms(lti.expanded(law)) == {7: 105382, 5: 114245}[K]
    assert time.process_time() - began < 10


@pytest.mark.parametrize("law", [
    lambda: lti.autocovariance(lti.cascade(8), 0), lambda: lti.autocovariance(lti.cascade(20), 0),
    lambda: lti.autocovariance(lti.cascade(6, real=False), 0), lambda: (X + Y + 1) ** 10_000,
    lambda: lti.impulse_response(lti.cascade(10), 12), lambda: sum(cos(k * X) for k in range(9)) ** 12,
])  # fmt: skip
def test_what_would_be_too_large_is_refused_at_once(law):
    expression = law()
    began = time.process_time()
    with pytest.raises(ValueError, match="keep the sum of residues"):
        lti.expanded(expression)
    assert time.process_time() - began < 10


@pytest.mark.parametrize(("expression", "message"), [
    (sympy.sqrt(X), "integer powers"), (X + sympy.I, "rational numbers"), (sympy.pi * X, "rational numbers"),
    (1 / (X * (X + 1) - X**2 - X), "cancels to 0"), ("x", "a number or a sympy expression"),
])  # fmt: skip
def test_refusals(expression, message):
    with pytest.raises((ValueError, TypeError), match=message):
        lti.expanded(expression)


def test_sums_of_ratios_stay_in_lowest_terms():
    """1/(x−1) − 1/(x+1) + … against the one over the product, and a sum of six residues in a second."""
    x, y = indeterminates("x", "y")
    total = 1 / (x - 1) - 1 / (x + 1) + y / (x**2 - 1)
    assert total == (y + 2) / (x**2 - 1) and total.denominator == (x**2 - 1).numerator
    assert (x / y) * (y / x) == 1 and (x - x) * (1 / y) == 0 and not (1 / y) * (x - x)
    K = 6
    poles = indeterminates(*(f"x{i}" for i in range(K)))
    began = time.process_time()
    residues = (p ** (K - 1) / prod(p - q for q in poles if q is not p) / prod(1 - p * q for q in poles) for p in poles)
    assert len(sum(residues).numerator) == 6392 and time.process_time() - began < 3
