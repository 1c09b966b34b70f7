"""Law = definition: sensitivities against differences of 50-digit simulations, and the law of depth exactly."""

from fractions import Fraction

import exact
import pytest
import sympy
from exact import mp
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational
from systems import FAMILIES, law_process, law_stack, processes, systems

from lti_depth import symbolic

STEP = Fraction(1, 10**12)  # the error of a central difference is of the order of its square


def outputs(system, psi):
    """The outputs for one innovation on each input channel, as one list."""
    return [value for channel in exact.responses(system, psi, exact.LONG)[0] for y in channel for value in y]


def changed(system, field, k, index, change):
    """The system with one parameter of layer k moved by a pair (re, im)."""
    section = system.sections[k]
    value = [list(row) if isinstance(row, list) else row for row in getattr(section, field)]
    row, n = (value, index[0]) if len(index) == 1 else (value[index[0]], index[1])
    row[n] = tuple(a + b for a, b in zip(row[n], change, strict=True))
    sections = [*system.sections[:k], section._replace(**{field: value}), *system.sections[k + 1 :]]
    return exact.System(sections, system.timing)


def sensitivity(system, process, field, k, index, real):
    """Σ |½(∂_Re − i ∂_Im) y|² over time, channels and independent parts; the plain derivative of a real parameter."""
    zero, total = Fraction(0), mp.zero
    for psi, weight in exact.moving_averages(process):
        def slope(direction, psi=psi):
            ahead, behind = (outputs(changed(system, field, k, index, tuple(sign * d for d in direction)), psi)
                             for sign in (1, -1))
            return [(a - b) / (2 * mp.mpf(STEP.numerator) / STEP.denominator)
                    for a, b in zip(ahead, behind, strict=True)]

        by_re = slope((STEP, zero))
        by_im = None if real else slope((zero, STEP))
        slopes = by_re if real else [(a - 1j * b) / 2 for a, b in zip(by_re, by_im, strict=True)]
        total += weight * sum(abs(value) ** 2 for value in slopes)
    return total


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=4)
@given(st.data())
def test_sensitivity(family, data):
    system = data.draw(systems(family))
    process = data.draw(processes(family))
    k = data.draw(st.integers(0, len(system.sections) - 1))
    field = data.draw(st.sampled_from(["poles", "B", "C", "D"]))
    value = getattr(system.sections[k], field)
    n = data.draw(st.integers(0, len(value) - 1))
    index = (n,) if field == "poles" else (n, data.draw(st.integers(0, len(value[n]) - 1)))
    law = getattr(symbolic.sensitivity(law_stack(system), law_process(process)), field)[k]
    law = law[index] if isinstance(law, sympy.MatrixBase) else law[n] if isinstance(law, tuple) else law
    holomorphic = not system.sections[k].real  # there the derivative in the real direction says all
    truth = sensitivity(system, process, field, k, index, real=holomorphic or field == "D")
    assert abs(mp.mpf(str(sympy.N(law, 30))) - truth) <= mp.mpf(10) ** -15 * max(1, truth)


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("process", [symbolic.white(), symbolic.ar1(Rational(1, 3))])
def test_sensitivity_at_depth_K_is_variance_at_depth_K_plus_1(timing, process):
    poles = [Rational(1, 2), Rational(1, 2), Rational(-3, 4), 0]
    found = symbolic.sensitivity(symbolic.scalar_cascade(poles, timing=timing), process).poles
    for k, pole in enumerate(poles):
        longer = symbolic.scalar_cascade([*poles, pole], timing=timing)
        assert found[k] == symbolic.autocovariance(longer, 0, process)


def test_one_layer_with_ar1_input():
    """Zucchet & Orvieto, as an identity in λ and ρ."""
    pole, rho = sympy.symbols("lambda rho", real=True)
    (found,) = symbolic.sensitivity(symbolic.scalar_cascade([pole]), symbolic.ar1(rho)).poles
    law = ((1 + pole**2) * (1 - pole**2 * rho**2) + 2 * (1 - pole**2) * pole * rho) / (
        (1 - pole**2) ** 3 * (1 - pole * rho) ** 2)
    assert sympy.cancel(found - law) == 0


def test_gains_share_one_product():
    """E|∂_b y|² b² = E|∂_c y|² c² = E|y|² without feedthrough."""
    stack = symbolic.scalar_cascade([Rational(1, 2), Rational(1, 3)], b=[2, 3], c=[5, 7])
    fields, V = symbolic.sensitivity(stack), symbolic.autocovariance(stack, 0)
    assert [s * g**2 for s, g in zip(fields.B, stack.B, strict=True)] == [V, V]
    assert [s * g**2 for s, g in zip(fields.C, stack.C, strict=True)] == [V, V]
