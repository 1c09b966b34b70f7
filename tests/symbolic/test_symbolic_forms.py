"""The shape of the laws: their size and speed, confluent forms, the formulas and numbers of the theory, the types."""

import math
import time

import pytest
import sympy
from sympy import Rational, Symbol, binomial, conjugate, cos, expand_func, legendre

from lti_depth import symbolic

LAG = Symbol("Delta", integer=True, nonnegative=True)
OMEGA = Symbol("omega", real=True)
RHO = Symbol("rho", real=True)
POLE = Symbol("lambda", real=True)
SCALAR_LAWS = {
    "autocovariance": lambda stack: symbolic.autocovariance(stack, LAG),
    "autocovariance, AR(1)": lambda stack: symbolic.autocovariance(stack, LAG, symbolic.ar1(RHO)),
    "impulse_response": lambda stack: symbolic.impulse_response(stack, LAG),
    "step_response": lambda stack: symbolic.step_response(stack, LAG),
    "group_delay": lambda stack: symbolic.group_delay(stack, OMEGA),
    "phase_delay": lambda stack: symbolic.phase_delay(stack, OMEGA),
    "power_spectrum": lambda stack: symbolic.power_spectrum(stack, OMEGA, symbolic.ar1(RHO)),
    "transfer_function": lambda stack: symbolic.transfer_function(stack, Symbol("z")),
}


@pytest.mark.parametrize("real", [True, False])
@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("name", SCALAR_LAWS)
def test_twelve_layers_take_less_than_a_second(name, timing, real):
    stack = symbolic.cascade(12, real=real, timing=timing)
    start = time.process_time()
    SCALAR_LAWS[name](stack)
    assert time.process_time() - start < 1


@pytest.mark.parametrize("real", [True, False])
@pytest.mark.parametrize("name", SCALAR_LAWS)
def test_size_grows_no_faster_than_the_square_of_the_depth(name, real):
    sizes = [SCALAR_LAWS[name](symbolic.cascade(K, real=real)).count_ops() / K**2 for K in (3, 6, 12)]
    assert sizes[1] <= sizes[0] and sizes[2] <= sizes[1]


def test_matrices_of_twelve_layers():
    stack = symbolic.cascade(12)
    start = time.process_time()
    variance, covariance = symbolic.state_variance(stack), symbolic.state_covariance(stack)
    assert time.process_time() - start < 30  # 78 different entries, each a scalar result
    assert variance.shape == (12, 1) and covariance.shape == (12, 12)
    assert max(entry.count_ops() for entry in covariance) <= 10 * 12**2


def test_distinct_poles_give_the_closed_form_of_the_theory():
    stack = symbolic.cascade(3, real=False)
    poles, g = stack.poles, sympy.prod(stack.B) * sympy.prod(stack.C)
    impulse = g * sum(p ** (LAG + 2) / sympy.prod(p - q for q in poles if q != p) for p in poles)
    R = g * conjugate(g) * sum(
        p ** (LAG + 2) / sympy.prod(p - q for q in poles if q != p) / sympy.prod(1 - p * conjugate(q) for q in poles)
        for p in poles
    )  # fmt: skip
    values = {symbol: Rational(k + 1, 7 + 2 * k) + sympy.I / (k + 3) for k, symbol in enumerate(stack.free_symbols)}
    for lag in (0, 4):
        at = values | {LAG: sympy.Integer(lag)}
        for law, formula in ((symbolic.impulse_response, impulse), (symbolic.autocovariance, R)):
            assert sympy.expand((law(stack, LAG) - formula).xreplace(at).doit(), complex=True).equals(0)


@pytest.mark.parametrize("K", [1, 2, 3, 6])
def test_equal_poles_give_the_confluent_forms(K):
    stack = symbolic.scalar_cascade([POLE] * K)
    assert sympy.expand_func(symbolic.impulse_response(stack, LAG) - binomial(LAG + K - 1, K - 1) * POLE**LAG) == 0
    V = symbolic.autocovariance(stack, 0)
    finite = (1 - POLE**2) ** (1 - 2 * K) * sum(math.comb(K - 1, j) ** 2 * POLE ** (2 * j) for j in range(K))
    assert sympy.cancel(V - finite) == 0
    x = (1 + POLE**2) / (1 - POLE**2)
    assert sympy.cancel(V - legendre(K - 1, x) / (1 - POLE**2) ** K) == 0


def test_merging_poles_is_the_limit_of_distinct_ones():
    """R(Δ) with a gap of 10^−15 agrees with the confluent law to the gap, at 60 digits."""
    gap = Rational(1, 10**15)
    merged = symbolic.autocovariance(symbolic.scalar_cascade([Rational(4, 5)] * 3), 2)
    near = symbolic.autocovariance(symbolic.scalar_cascade([Rational(4, 5), Rational(4, 5) - gap, Rational(4, 5)]), 2)
    assert 0 < (merged - near) / merged < 100 * gap


def test_ar1_input_may_share_a_pole():
    """One layer at λ = ρ, b = 1: E x² = (1 + ρλ)/((1 − ρλ)(1 − λ²)), whichever is filled in first."""
    for rho in (RHO, POLE):
        V = symbolic.state_variance(symbolic.scalar_cascade([POLE]), symbolic.ar1(rho))[0]
        assert sympy.cancel(V - (1 + rho * POLE) / ((1 - rho * POLE) * (1 - POLE**2))) == 0
    V = symbolic.state_variance(symbolic.scalar_cascade([Rational(4, 5)]), symbolic.ar1(Rational(3, 5)))[0]
    assert V == Rational(925, 117) and round(float(V), 6) == 7.905983


def test_equal_expressions_are_one_pole():
    a, b = sympy.symbols("a b", real=True)
    stack = symbolic.scalar_cascade([a * (a + b), a**2 + a * b])
    assert sympy.cancel(symbolic.impulse_response(stack, 3) - 4 * (a * (a + b)) ** 3) == 0
    same = symbolic.scalar_cascade([sympy.sqrt(2) * sympy.sqrt(3) / 3, sympy.sqrt(6) / 3])
    assert symbolic.impulse_response(same, 2).equals(3 * Rational(6, 9))


@pytest.mark.parametrize(("layers", "digits", "value"), [(1, 6, 5.263158), (2, 3, 263.887), (3, -1, 19773.4)])
def test_variances_of_section_3(layers, digits, value):
    V = symbolic.autocovariance(symbolic.scalar_cascade([Rational(9, 10)] * layers), 0)
    assert round(float(V), digits) == round(value, digits)


def test_delays_of_section_7():
    skip = symbolic.scalar_cascade([Rational(9, 10)], b=Rational(1, 10), d=Rational(7, 10))
    assert round(float(symbolic.group_delay(skip, 0)), 6) == 5.294118
    assert round(float(symbolic.group_delay(skip.replace(timing="delayed"), 0)), 6) == 5.882353
    four = symbolic.scalar_cascade([Rational(9, 10)] * 4)
    assert symbolic.group_delay(four, 0) == 36 == symbolic.phase_delay(four, 0)
    law = (POLE * cos(OMEGA) - POLE**2) / (1 - 2 * POLE * cos(OMEGA) + POLE**2)
    assert symbolic.group_delay(symbolic.scalar_cascade([POLE]), OMEGA) == law
    assert symbolic.group_delay(symbolic.scalar_cascade([POLE], timing="delayed"), OMEGA) == law + 1


def test_all_pass_layers_keep_white_noise_white():
    p = Symbol("p", complex=True)
    stack = symbolic.scalar_cascade([p] * 3, b=1 - p * conjugate(p), d=-conjugate(p), timing="delayed")
    assert [symbolic.autocovariance(stack, lag) for lag in range(3)] == [1, 0, 0]
    assert sympy.cancel(symbolic.power_spectrum(stack, OMEGA).rewrite(sympy.exp)) == 1


def test_deep_to_wide_of_section_8():
    stack = symbolic.cascade(3)
    (l1, l2, l3), (b1, b2, b3), (c1, c2, c3) = stack.poles, stack.B, stack.C
    A, B, C, D = symbolic.equivalent_layer(stack)
    assert sympy.expand(A - sympy.Matrix([
        [l1, 0, 0], [b2 * c1 * l1, l2, 0], [b3 * c2 * b2 * c1 * l1, b3 * c2 * l2, l3],
    ])) == sympy.zeros(3)  # fmt: skip
    assert list(B) == [b1, b2 * c1 * b1, b3 * c2 * b2 * c1 * b1] and list(C) == [0, 0, c3] and list(D) == [0]
    A, B, C, D = symbolic.equivalent_layer(stack.replace(timing="delayed"))
    assert A == sympy.Matrix([[l1, 0, 0], [b2 * c1, l2, 0], [0, b3 * c2, l3]])
    assert list(B) == [b1, 0, 0] and list(C) == [0, 0, c3]


def test_zeros_are_the_eigenvalues_of_section_1():
    a, b, c, d, e = sympy.symbols("a b c d e")
    ((zero,),) = symbolic.zeros(symbolic.scalar_cascade([a], b, c, d))
    assert sympy.cancel(zero - a * d / (d + b * c)) == 0
    two = symbolic.stack([symbolic.Layer([Rational(1, 2), Rational(1, 3)], [[1], [2]], [[3, -1]], [[1]])])
    A, B, C, D = (sympy.Matrix(M) for M in symbolic.equivalent_layer(two))
    assert set(symbolic.zeros(two)[0]) == set((A - B * C * A / (D + C * B)[0]).eigenvals())
    assert symbolic.zeros(symbolic.scalar_cascade([a, e], timing="delayed")) == ((), ())


def test_stacks_are_values():
    stack = symbolic.cascade(4)
    assert len(stack) == 4 and stack[1:].poles == stack.poles[1:] and stack[0].poles == (stack.poles[0],)
    assert stack.widths == (1,) * 4 and stack.channels == (1,) * 5 and stack.timing == "current"
    assert str(stack.poles[0]) == "λ[1]" and stack == symbolic.cascade(4) and hash(stack) == hash(symbolic.cascade(4))
    merged = stack.subs({stack.poles[0]: stack.poles[1]})
    assert merged == stack.replace(poles=[stack.poles[1], *stack.poles[1:]])
    assert sympy.cancel(symbolic.impulse_response(merged[:2], 1) / symbolic.impulse_response(merged[:2], 0)
                        - 2 * stack.poles[1]) == 0  # fmt: skip
    assert symbolic.series(stack[:1], stack[1:]) == stack
    assert symbolic.repeat(stack[:1], 3).poles == (stack.poles[0],) * 3
    assert symbolic.scalar_cascade([0.1]).poles == (Rational(0.1),)


def test_latex_is_offered_only_for_what_can_be_read():
    assert symbolic.cascade(2)._repr_latex_().startswith("$")
    assert symbolic.cascade(200)._repr_latex_() is None
    assert r"\Lambda" in symbolic.cascade(2)[0]._repr_latex_()


def test_processes_add_up():
    p = symbolic.ar1(RHO, 2) + symbolic.white(3)
    wire = symbolic.scalar_cascade([0])
    assert p.variance == 5 == sympy.cancel(symbolic.autocovariance(wire, 0, p))
    assert sympy.cancel(symbolic.autocovariance(wire, 4, p) - 2 * RHO**4) == 0
    moving = symbolic.arma([], [Symbol("a", real=True)])
    assert symbolic.autocovariance(wire, 2, moving) == 0 and sympy.cancel(symbolic.autocovariance(wire, 0, moving)) == 1


def test_a_record_is_its_biased_autocovariance():
    u = [3, 1, 4, 1, 5]
    mean = Rational(sum(u), 5)
    R = [sum((u[t + m] - mean) * (u[t] - mean) for t in range(5 - m)) / 5 for m in range(5)]
    wire = symbolic.scalar_cascade([0])
    assert [symbolic.autocovariance(wire, m, symbolic.recorded(u)) for m in range(6)] == [*R, 0]


def test_roots_beyond_degree_two_are_exact():
    """AR(3) with poles 1/2, −1/2, 1/4 given by its coefficients, and one whose roots are isolated, not radicals."""
    by_poles = symbolic.shaped(symbolic.scalar_cascade([Rational(1, 2), Rational(-1, 2), Rational(1, 4)]))
    by_coefficients = symbolic.arma([Rational(1, 4), Rational(1, 4), Rational(-1, 16)], [])
    stack = symbolic.scalar_cascade([Rational(1, 2)])
    assert symbolic.autocovariance(stack, 1, by_poles) == symbolic.autocovariance(stack, 1, by_coefficients)
    yule_walker = symbolic.arma([Rational(1, 2), Rational(-1, 4), Rational(1, 3)], [])
    wire = symbolic.scalar_cascade([0])
    R = [sympy.N(symbolic.autocovariance(wire, lag, yule_walker), 30) for lag in range(5)]
    assert abs(R[4] - (R[3] / 2 - R[2] / 4 + R[1] / 3)) < 1e-25


def test_formulas_hold_at_lag_zero_with_feedthrough():
    d = Symbol("d", real=True)
    R = symbolic.autocovariance(symbolic.scalar_cascade([POLE], d=d), LAG)
    assert sympy.cancel(R.subs(LAG, 0) - (d**2 + 2 * d + 1 / (1 - POLE**2))) == 0
    assert not expand_func(R).has(sympy.nan)


@pytest.mark.parametrize("timing", ["current", "delayed"])
def test_group_delay_where_the_response_is_real(timing):
    """At ω = 0 and π, w = ±1: Σ λw/(1 − λw), the form in which it is known, and the same value with a skip."""
    extra = 2 if timing == "delayed" else 0
    two = symbolic.scalar_cascade([POLE, POLE], timing=timing)
    assert symbolic.group_delay(two, 0) == 2 * POLE / (1 - POLE) + extra
    for omega in (sympy.pi, -sympy.pi):
        assert symbolic.group_delay(two, omega) == -2 * POLE / (1 + POLE) + extra
    skip, angle = symbolic.scalar_cascade([POLE], d=Symbol("d", real=True), timing=timing), Symbol("omega", real=True)
    for omega in (0, sympy.pi):
        everywhere = symbolic.group_delay(skip, angle).subs(angle, omega)
        assert sympy.cancel(symbolic.group_delay(skip, omega) - everywhere) == 0
    assert symbolic.group_delay(symbolic.scalar_cascade([1]), 0) is sympy.nan
    assert symbolic.group_delay(symbolic.scalar_cascade([0], b=-1, d=1), 0) is sympy.nan
