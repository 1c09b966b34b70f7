"""Formulas as text: readable, complete, and right when run as a program."""

import numpy as np
import pytest
import sympy

from lti_depth import numeric, symbolic
from lti_depth.symbolic.printing import ARGUMENTS, OBSERVABLES, WIDTH

POLES, GAINS_B, GAINS_C, RHO = [0.5, 0.75, -0.25], [1.0, 2.0, 0.5], [1.5, -1.0, 1.0], 0.375
VALUES = {"z": 1.5, "omega": 0.7, "t": 3, "lag": 2}
timings = pytest.mark.parametrize("timing", ["current", "delayed"])
quantities = pytest.mark.parametrize("quantity", OBSERVABLES)


def run(source, quantity, *arguments):
    """The function that a derived program defines, called. The program is what `derive` printed just before."""
    namespace = {}
    exec(compile(source, quantity, "exec"), namespace)
    return namespace[quantity](*arguments)


def flat(value):
    """Nested tuples and arrays as one vector."""
    parts = [np.ravel(part) for part in value] if isinstance(value, tuple) else [np.ravel(value)]
    return np.concatenate(parts) if parts else np.zeros(0)


def query(quantity):
    parameters = numeric.__dict__[quantity].__code__.co_varnames
    return {name: VALUES[name] for name in ARGUMENTS if name in parameters[:2]}


@timings
@pytest.mark.parametrize("equal", [False, True])
@quantities
def test_python_is_the_machine(quantity, equal, timing):
    arguments = query(quantity)
    poles, b, c = (0.75, 1.5, 0.5) if equal else (POLES, GAINS_B, GAINS_C)
    source = symbolic.derive(quantity, 3, equal=equal, timing=timing, format="python")
    stack = numeric.cascade([poles] * 3 if equal else poles, b, c, timing=timing)
    expected = getattr(numeric, quantity)(stack, **arguments)
    measured = run(source, quantity, *arguments.values(), poles, b, c)
    np.testing.assert_allclose(flat(measured), flat(expected), rtol=1e-10)


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
@pytest.mark.parametrize("layers", [1, 2, 6])
def test_unicode_fits_a_terminal_or_has_plain_lines(quantity, layers):
    text = symbolic.derive(quantity, layers)
    assert max(map(len, text.splitlines())) <= WIDTH or "  " not in text  # two dimensions, or plain lines
    assert "lambda" not in text


@quantities
def test_latex_uses_the_letters_of_the_field(quantity):
    text = symbolic.derive(quantity, 2, format="latex")
    assert "[" not in text.replace(r"\left[", "") and "λ" not in text
    equal = symbolic.derive(quantity, 2, equal=True, format="latex")
    assert r"\lambda_{" not in equal


def test_formulas_of_one_layer():
    assert symbolic.derive("impulse-response", 2, equal=True, format="latex") == (
        r"b^{2} c^{2} \lambda^{t} \left(t + 1\right)")
    assert symbolic.derive("state_variance", 1, equal=True, format="latex") == sympy.latex(
        sympy.Matrix([[sympy.Symbol("b") ** 2 / (1 - sympy.Symbol("lambda") ** 2)]]))
