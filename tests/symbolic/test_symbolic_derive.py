"""Formulas as text: readable, complete, and right when run as a program."""

import inspect
import re

import numpy as np
import pytest
import sympy

from lti_depth import numeric, symbolic
from lti_depth.symbolic.printing import ARGUMENTS, OBSERVABLES, WIDTH

POLES, GAINS_B, GAINS_C, RHO = [0.5, 0.75, -0.25], [1.0, 2.0, 0.5], [1.5, -1.0, 1.0], 0.375
VALUES = {"z": 1.5, "omega": 0.7, "t": 3, "lag": 2}
OF_DEPTH = ["asymptotic_variance", "growth_per_layer"]
OF_EVERY_DEPTH = [
    "transfer_function", "frequency_response", "power_spectrum", "impulse_response", "step_response", "group_delay",
    "phase_delay", "autocovariance", "equivalent_layer",
]  # fmt: skip
FEW = {"hankel_singular_values": 2, "gauss_newton": 2}
timings = pytest.mark.parametrize("timing", ["current", "delayed"])
quantities = pytest.mark.parametrize("quantity", [name for name in OBSERVABLES if name not in OF_DEPTH])
machines = pytest.mark.parametrize("quantity", [name for name in OBSERVABLES if hasattr(numeric, name)])


def run(source, quantity, *arguments):
    """The function that a derived program defines, called. The program is what `derive` printed just before."""
    namespace = {}
    exec(compile(source, quantity, "exec"), namespace)
    return namespace[quantity](*arguments)


def flat(value):
    """Nested tuples and arrays as one vector."""
    parts = [flat(part) for part in value] if isinstance(value, tuple) else [np.ravel(value)]
    return np.concatenate(parts) if parts else np.zeros(0)


def query(quantity):
    return {name: VALUES[name] for name in ARGUMENTS if name in inspect.signature(OBSERVABLES[quantity]).parameters}


def settings(quantity):
    return {"arm": "lru"} if quantity == "normalization" else {}


@timings
@pytest.mark.parametrize("equal", [False, True])
@machines
def test_python_is_the_machine(quantity, equal, timing):
    K = FEW.get(quantity, 3)
    poles, b, c = (0.75, 1.5, 0.5) if equal else (POLES[:K], GAINS_B[:K], GAINS_C[:K])
    source = symbolic.derive(quantity, K, equal=equal, timing=timing, format="python", **settings(quantity))
    stack = numeric.cascade([poles] * K if equal else poles, b, c, timing=timing)
    expected = getattr(numeric, quantity)(stack, **query(quantity), **settings(quantity))
    measured = run(source, quantity, *query(quantity).values(), poles, b, c)
    np.testing.assert_allclose(flat(measured), flat(expected), rtol=1e-10)


@timings
@pytest.mark.parametrize("quantity", ["modal", "residues", "delay_sensitivity"])
def test_python_is_the_law_at_exact_values(quantity, timing):
    stack = symbolic.scalar_cascade(POLES, GAINS_B, GAINS_C, timing=timing)
    expected = flat(OBSERVABLES[quantity](stack, *map(sympy.Rational, query(quantity).values()))).astype(complex)
    source = symbolic.derive(quantity, 3, timing=timing, format="numpy")
    measured = run(source, quantity, *query(quantity).values(), POLES, GAINS_B, GAINS_C)
    np.testing.assert_allclose(flat(measured), expected, rtol=1e-12)


@timings
@pytest.mark.parametrize("equal", [False, True])
@pytest.mark.parametrize("quantity", OF_EVERY_DEPTH)
def test_any_depth_is_the_machine_at_each(quantity, equal, timing):
    source = symbolic.derive(quantity, "K", equal=equal, timing=timing, format="numpy")
    taken = [*query(quantity), "K", "pole" if equal else "poles", "b", "c"]
    assert f"def {quantity}({', '.join(taken)}):" in source
    for K in (1, 3):
        poles, b, c = (0.75, 1.5, 0.5) if equal else (POLES[:K], GAINS_B[:K], GAINS_C[:K])
        stack = numeric.cascade([poles] * K if equal else poles, b, c, timing=timing)
        expected = getattr(numeric, quantity)(stack, **query(quantity))
        measured = run(source, quantity, *query(quantity).values(), K, poles, b, c)
        np.testing.assert_allclose(flat(measured), flat(expected), rtol=1e-10)


def test_depths_above_one():
    source = symbolic.derive("sensitivity", "K + 1", equal=True, format="python")
    expected = numeric.sensitivity(numeric.cascade([0.75] * 3, 1.5, 0.5))
    found = run(source, "sensitivity", 2, 0.75, 1.5, 0.5)
    np.testing.assert_allclose(found, [field[0] for field in expected], rtol=1e-10)


def test_asymptotics_of_depth():
    deep = run(symbolic.derive("asymptotic_variance", "K", equal=True, format="python"), "asymptotic_variance",
               40, 0.9, 1.0, 1.0)
    assert abs(deep / numeric.autocovariance(numeric.cascade([0.9] * 40), 0) - 1) < 0.5 / 40
    slow = run(symbolic.derive("asymptotic_variance", "K", equal=True, limit="slow", format="python"),
               "asymptotic_variance", 3, 0.999, 1.0, 1.0)
    assert abs(slow / numeric.autocovariance(numeric.cascade([0.999] * 3), 0) - 1) < 3e-3
    assert symbolic.derive("growth-per-layer", "K", equal=True, arm="unit-dc", format="latex") != (
        symbolic.derive("growth-per-layer", "K", equal=True, format="latex"))


@pytest.mark.parametrize("format", ["mpmath", "c"])
def test_other_languages_take_the_same_arguments(format):
    source = symbolic.derive("autocovariance", 2, process="ar1", format=format)
    heading = next(line for line in source.splitlines() if "autocovariance(" in line)
    assert [part.split()[-1].strip("*") for part in heading[heading.index("(") + 1 :].rstrip(":)").split(",")] == [
        "lag", "rho", "poles", "b", "c"]


@timings
@pytest.mark.parametrize("quantity", ["autocovariance", "power_spectrum", "state_variance", "state_covariance"])
def test_python_with_ar1_input(quantity, timing):
    arguments = query(quantity)
    source = symbolic.derive(quantity.replace("_", "-"), 3, process="ar1", timing=timing, format="python")
    stack = numeric.cascade(POLES, GAINS_B, GAINS_C, timing=timing)
    expected = getattr(numeric, quantity)(stack, **arguments, process=numeric.ar1(RHO))
    measured = run(source, quantity, *arguments.values(), RHO, POLES, GAINS_B, GAINS_C)
    np.testing.assert_allclose(flat(measured), flat(expected), rtol=1e-10)


@timings
def test_python_takes_arrays_of_times(timing):
    source = symbolic.derive("impulse_response", 3, timing=timing, format="python")
    t = np.arange(1, 8)
    h = run(source, "impulse_response", t.astype(float), POLES, GAINS_B, GAINS_C)
    expected = numeric.impulse_response(numeric.cascade(POLES, GAINS_B, GAINS_C, timing=timing), t)
    np.testing.assert_allclose(h, expected, rtol=1e-10, atol=1e-12)


@quantities
@pytest.mark.parametrize("layers", [1, 2, 4])
def test_unicode_fits_a_terminal_or_has_plain_lines(quantity, layers):
    text = symbolic.derive(quantity, min(layers, FEW.get(quantity, 4)))
    for part in text.split("\n\n"):  # each two-dimensional, or in plain lines
        assert max(map(len, part.splitlines())) <= WIDTH or "  " not in part
    assert "lambda" not in text


@quantities
def test_latex_uses_the_letters_of_the_field(quantity):
    text = symbolic.derive(quantity, 2, format="latex")
    assert "[" not in text.replace(r"\left[", "") and "λ" not in text
    if quantity != "residues":  # of distinct poles
        assert r"\lambda_{" not in symbolic.derive(quantity, 2, equal=True, format="latex")


def test_formulas_of_one_layer():
    assert symbolic.derive("impulse-response", 2, equal=True, format="latex") == (
        r"b^{2} c^{2} \lambda^{t} \left(t + 1\right)")
    assert symbolic.derive("state_variance", 1, equal=True, format="latex") == sympy.latex(
        sympy.Matrix([[sympy.Symbol("b") ** 2 / (1 - sympy.Symbol("lambda") ** 2)]]))


def test_formulas_of_any_depth():
    assert symbolic.derive("autocovariance", "n", equal=True, format="latex").startswith(
        r"\left(b^{2} c^{2}\right)^{n} \sum_{j=0}^{n - 1}")
    text = symbolic.derive("group_delay", "n")
    assert "λₖ" in text and "k = 1" in text
    assert "λ[i + 1]" in symbolic.derive("equivalent_layer", "n")


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("modal", "K"), {}, "expected an int for modal, got K; laws for any depth: transfer_function"),
        (("autocovariance", "K*2"), {}, "a name such as K"),
        (("autocovariance", "lambda"), {}, "a name that the formula does not have already"),
        (("asymptotic_variance", 3), {"equal": True}, "a name such as K"),
        (("growth_per_layer", "K"), {}, "equal layers"),
        (("group_delay", 2), {"arm": "lru"}, "arm: expected none for group_delay"),
        (("group_delay", 2), {"process": "ar1"}, "process: expected none"),
        (("growth_per_layer", "K"), {"equal": True, "arm": "l3"}, "unit-dc"),
        (("gauss_newton", 7), {}, "at most 4 for gauss_newton"),
        (("autocovariance", 1000), {}, "at most 32"),
    ],
)  # fmt: skip
def test_refusals(arguments, options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        symbolic.derive(*arguments, **options)
