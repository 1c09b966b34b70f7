"""Coordinates of poles: maps against the numeric ones, sensitivities in them against differences of long responses."""

import mpmath
import numpy as np
import pytest
import sympy
from sympy import I, Rational, Symbol, exp, sqrt

from lti_depth import parametrizations
from lti_depth import symbolic as lti

mp = mpmath.mp.clone()
mp.dps = 60
NU, THETA, X, Y = sympy.symbols("nu theta x y", real=True)
REAL, COMPLEX = (
    [name for name, p in parametrizations.PARAMETRIZATIONS.items() if getattr(p, kind)] for kind in ("real", "complex"))
POINTS = [-1.75, -0.5, 0.125, 0.75, 1.5]
STEPPED = [("softplus", "real"), ("zoh", "complex")]


def number(expression):
    return complex(sympy.N(expression, 30))


def agree(law, machine):
    """To the machine's rounding: its maps are compositions of a few functions of numbers of order one."""
    assert np.allclose([number(value) for value in law], np.ravel(machine), rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", REAL)
def test_real_maps(name):
    law, machine = lti.parametrization(name), parametrizations.parametrization(name)
    agree([law.map(x) for x in POINTS], machine.map(np.array(POINTS)))
    agree([law.derivative(x) for x in POINTS], machine.derivative(np.array(POINTS)))


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_maps(name):
    law, machine = lti.parametrization(name), parametrizations.parametrization(name)
    pairs = list(zip(POINTS, POINTS[::-1], strict=True))
    agree([law.map(pair) for pair in pairs], machine.map(np.array(pairs)))
    agree([slope for pair in pairs for slope in law.derivative(pair)], machine.derivative(np.array(pairs)))


@pytest.mark.parametrize(("name", "kind"), STEPPED)
def test_steps(name, kind):
    law, machine = lti.parametrization(name, Rational(3, 8)), getattr(parametrizations, name)(0.375)
    x = POINTS if kind == "real" else list(zip(POINTS, POINTS[::-1], strict=True))
    agree([law.map(each) for each in x], machine.map(np.array(x)))


def test_every_parametrization_is_here():
    for name, machine in parametrizations.PARAMETRIZATIONS.items():
        law = lti.parametrization(name)
        assert (law.real is None, law.complex is None) == (machine.real is None, machine.complex is None)


@pytest.mark.parametrize(("a1", "a2"), [(-1.5, 0.5), (-1.5, 0.75), (0.25, -0.5), (0.0, 0.25)])
def test_sections(a1, a2):
    poles, machine = lti.section_poles(a1, a2), parametrizations.section_poles([[a1, a2]])
    order = [int(np.argmin(np.abs(machine - number(pole)))) for pole in poles]
    assert sorted(order) == [0, 1]
    agree(poles, machine[order])
    agree(lti.section_derivative(a1, a2), parametrizations.section_derivative([[a1, a2]])[0][order])
    assert lti.section_coefficients(*poles) == (sympy.nsimplify(a1), sympy.nsimplify(a2))


def energy(system, values, j, k):
    """E[conj(∂_j y) ∂_k y] for white input, y by the loop x ← λx + Bu, y = Cx layer by layer, T samples.

    `system` maps numbers to layers (poles, B, C, real) with one channel.
    """
    step = mp.mpf(10) ** -20

    def response(**moved):
        signal = [mp.one] + [mp.zero] * 400
        for poles, B, C, real in system(**(values | moved)):
            states = [mp.zero] * len(poles)
            out = []
            for u in signal:
                states = [p * x + b * u for p, x, b in zip(poles, states, B, strict=True)]
                y = sum(c * x for c, x in zip(C, states, strict=True))
                out.append(mp.re(y) if real else y)
            signal = out
        return signal

    def slope(name):
        ahead, behind = (response(**{name: values[name] + sign * step}) for sign in (1, -1))
        return [(a - b) / (2 * step) for a, b in zip(ahead, behind, strict=True)]

    first, second = (slope(list(values)[i]) for i in (j, k))
    return mp.re(sum(mp.conj(a) * b for a, b in zip(first, second, strict=True)))


def polar_layer(real):
    def system(nu, theta):
        return [([nu * mp.expj(theta)], [1], [1], real), ([mp.mpf(1) / 2], [1], [1], real)]

    pole = lti.parametrization("polar").map((NU, THETA))
    layers = [lti.Layer([p], [[1]], [[1]], real=real) for p in (pole, Rational(1, 2))]
    return system, lti.stack(layers)


def lru_layer():
    """The LRU's coordinates and its gain √(1−|λ|²), which moves with the pole."""
    def system(nu, theta):
        pole = mp.exp(-mp.exp(nu) + 1j * mp.exp(theta))
        gain = mp.sqrt(1 - abs(pole) ** 2)
        return [([pole, mp.mpf(1) / 3], [gain, 1], [2 + 1j, 1], True)]

    pole = lti.parametrization("exp-exp").map((NU, THETA))
    gain = sqrt(1 - exp(-2 * exp(NU)))
    return system, lti.stack([lti.Layer([pole, Rational(1, 3)], [[gain], [1]], [[2 + I, 1]], real=True)])


@pytest.mark.parametrize(("case", "values"), [
    (polar_layer(False), (Rational(3, 4), Rational(1, 3))), (polar_layer(True), (Rational(3, 4), Rational(1, 3))),
    (polar_layer(True), (Rational(1, 2), 2)), (lru_layer(), (Rational(-1, 2), Rational(-3, 4))),
])  # fmt: skip
def test_against_differences(case, values):
    system, stack = case
    point = dict(zip((NU, THETA), map(sympy.sympify, values), strict=True))
    G = lti.gauss_newton_in(stack, [NU, THETA]).xreplace(point)
    at = {name: mp.mpf(value.p) / value.q for name, value in zip(("nu", "theta"), point.values(), strict=True)}
    for j, k in ((0, 0), (0, 1), (1, 0), (1, 1)):
        truth = energy(system, at, j, k)
        assert abs(number(G[j, k]) - complex(truth)) < 1e-12 * (1 + abs(truth))
    diagonal = lti.sensitivity_in(stack, point)
    assert [number(d) for d in diagonal] == pytest.approx([number(G[0, 0]), number(G[1, 1])], rel=1e-12)


def test_polar_coordinates_of_a_complex_output():
    """E|∂_θ y|² = ν² E|∂_ν y|²."""
    pole = lti.parametrization("polar").map((NU, THETA))
    stack = lti.scalar_cascade([Rational(1, 3), pole, pole / 2])
    for phase in (0, sympy.pi / 2, sympy.pi):  # where the laws are exact Gaussian rationals
        by_radius, by_phase = lti.sensitivity_in(stack, {NU: Rational(3, 4), THETA: phase}, lti.ar1(Rational(2, 5)))
        assert sympy.expand(by_phase - Rational(9, 16) * by_radius) == 0 and number(by_phase) != 0


def test_polar_coordinates_of_a_real_output():
    pole = lti.parametrization("polar").map((NU, THETA))
    by_radius, by_phase = lti.sensitivity_in(lti.stack([lti.Layer([pole], [[1]], [[1]], real=True)]), [NU, THETA])
    ratio = by_phase / (NU**2 * by_radius)
    found = [number(ratio.xreplace({NU: Rational(9, 10), THETA: Rational(n, 100)})).real for n in (0, 1, 10, 50)]
    assert [float(f"{value:.{digits}g}") for value, digits in zip(found, (4, 2, 3, 4), strict=True)] == [
        0, 0.027, 1.66, 1.010]


def test_one_real_layer_of_zucchet():
    """λ = .8, ρ = .6: 127.439."""
    (found,) = lti.sensitivity_in(lti.scalar_cascade([X]), [X], lti.ar1(Rational(3, 5)))
    assert round(float(found.xreplace({X: Rational(4, 5)})), 3) == 127.439


@pytest.mark.parametrize(("pole", "rho"), [(Rational(1, 2) + I / 3, Rational(2, 3)), (I / 4 - Rational(1, 3), -I / 2)])
def test_one_complex_layer_of_zucchet(pole, rho):
    """(1+|λ|²)/(1−|λ|²)³ Re (1+a)/(1−a) + 2/(1−|λ|²)² Re a/(1−a)², a = λ̄ρ, in the coordinates Re λ, Im λ alike."""
    stack = lti.scalar_cascade([lti.parametrization("direct").map((X, Y))])
    real, imaginary = pole.as_real_imag()
    found = [sympy.expand(value.xreplace({X: real, Y: imaginary}))
             for value in lti.sensitivity_in(stack, [X, Y], lti.ar1(rho))]
    square, a = sympy.expand(pole * sympy.conjugate(pole)), sympy.conjugate(pole) * rho
    law = (1 + square) / (1 - square) ** 3 * sympy.re((1 + a) / (1 - a)) + (
        2 / (1 - square) ** 2 * sympy.re(a / (1 - a) ** 2))
    assert found == [law, law]


@pytest.mark.parametrize(("K", "direct", "exp_exp"), [(1, 5100.6, 0.495), (2, 3901.4, 1.470), (4, 2366.0, 3.365)])
def test_fixed_delay_in_the_coordinates_of_the_lru(K, direct, exp_exp):
    """tr G/V for Σ λ/(1−λ) = D = 100, λ = D/(D+K): depth lowers it in λ, and raises it in log(−log λ)."""
    pole, x = Rational(100, 100 + K), sympy.symbols(f"x:{K}", real=True)
    V = lti.autocovariance(lti.scalar_cascade([pole] * K), 0)
    for name, value, truth, decimals in (("direct", pole, direct, 1),
                                         ("exp-exp", sympy.log(-sympy.log(pole)), exp_exp, 3)):
        stack = lti.scalar_cascade(list(map(lti.parametrization(name).map, x)))
        trace = sum(lti.sensitivity_in(stack, dict.fromkeys(x, value)))
        assert round(number(trace / V).real, decimals) == truth


def test_tied_poles():
    """One coordinate for K poles: ∂y is K times that of one of them, so the sensitivity K² V_{K+1}."""
    (found,) = lti.sensitivity_in(lti.scalar_cascade([X] * 3, timing="delayed"), [X])
    law = 9 * lti.autocovariance(lti.scalar_cascade([X] * 4), 0)
    assert lti.expanded(found) == lti.expanded(law)


def test_sections_as_coordinates():
    """∂y/∂a₁ = −z⁻¹H²u and ∂y/∂a₂ = −z⁻²H²u: one energy, that of the two pairs, and their covariance a lag apart."""
    law = lti.scalar_cascade(lti.section_poles(X, Y))
    for a1, a2 in ((Rational(-3, 2), Rational(5, 8)), (Rational(1, 4), Rational(-1, 8))):
        pair = lti.scalar_cascade(lti.section_poles(a1, a2) * 2)
        V, R = (sympy.expand(lti.autocovariance(pair, lag)) for lag in (0, 1))
        G = lti.gauss_newton_in(law, {X: a1, Y: a2})
        assert max(abs(number(value)) for value in G - sympy.Matrix([[V, R], [R, V]])) < 1e-12 * V


@pytest.mark.parametrize(("call", "message"), [
    (lambda: lti.parametrization("relu"), "one of 'direct'"),
    (lambda: lti.parametrization("tanh").map((X, Y)), "no coordinates for complex poles"),
    (lambda: lti.parametrization("zoh").map(X), "no coordinates for real poles"),
    (lambda: lti.parametrization("zoh").map((X, Y, X)), "a pair"),
    (lambda: lti.parametrization("tanh").map(Symbol("u")), "real=True"),
    (lambda: lti.parametrization("tanh", 2), "'softplus' and 'zoh' alone"),
    (lambda: lti.parametrization("zoh", -1), "positive"),
    (lambda: lti.section_derivative(2, 1), "poles that differ"),
    (lambda: lti.sensitivity_in(lti.scalar_cascade([X]), [Y]), "symbols of the stack"),
    (lambda: lti.sensitivity_in(lti.scalar_cascade([X]), [X + 1]), "real=True"),
    (lambda: lti.sensitivity_in(lti.scalar_cascade([Symbol("u")]), [Symbol("u")]), "real=True"),
    (lambda: lti.sensitivity_in(lti.scalar_cascade([X]), {X: I / 2}), "real values"),
    (lambda: lti.sensitivity_in(lti.scalar_cascade([X]), {X: 2}), "pole 2"),
    (lambda: lti.gauss_newton_in(lti.scalar_cascade([X] * 25), [X]), "at most 24"),
])  # fmt: skip
def test_refusals(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
