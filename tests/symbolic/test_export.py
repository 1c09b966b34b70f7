"""Exported formulas run as what they were exported to, and give the numbers that the formulas are."""

import shutil
import subprocess
import sys

import mpmath
import numpy as np
import pytest
import sympy
from sympy import I, IndexedBase, Rational, Symbol, symbols

from lti_depth import symbolic as lti
from lti_depth.symbolic import names
from lti_depth.symbolic.export import LANGUAGES
from lti_depth.symbolic.latex import Latex
from lti_depth.symbolic.layers import LATEX_LIMIT
from lti_depth.symbolic.programs import flattened

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
K = Symbol("K", integer=True, positive=True)
LAG, T = (Symbol(name, integer=True, nonnegative=True) for name in ("Delta", "t"))
OMEGA = Symbol("omega", real=True)
POLE, RHO = symbols("lambda rho", real=True)
COMPLEX = Symbol("mu", complex=True)
REAL_POLES = [Rational(1, 2), Rational(-1, 3), Rational(3, 4)]
COMPLEX_POLES = [Rational(1, 2) + I / 3, Rational(-1, 3), I / 5]
GAINS = {"b": [Rational(3, 2), Rational(-1, 2), 2], "c": [Rational(1, 3), 1, Rational(-4, 3)]}
POINT = {LAG: 2, T: 4, K: 3, OMEGA: Rational(7, 10), POLE: Rational(3, 5), RHO: Rational(1, 4),
         COMPLEX: Rational(1, 2) + I / 3}


def equal(pole=POLE, **options):
    return lti.repeat(lti.scalar_cascade([pole], **options), K)


FORMULAS = {
    "sum over poles": lti.autocovariance(lti.cascade(3), LAG),
    "sum over complex poles": lti.autocovariance(lti.cascade(3, real=False), LAG),
    "first samples apart": lti.autocovariance(lti.scalar_cascade([POLE, 0, 0], d=Rational(1, 2)), LAG),
    "binomial coefficients": lti.impulse_response(lti.scalar_cascade([POLE] * 3), T),
    "power of a complex number": COMPLEX**LAG + sympy.conjugate(COMPLEX) ** -3,
    "any depth": lti.autocovariance(lti.cascade(K), LAG),
    "any depth, complex poles": lti.autocovariance(lti.cascade(K, real=False), LAG, lti.ar1(RHO)),
    "Legendre": lti.autocovariance(equal(), 0),
    "Legendre at a complex pole": lti.autocovariance(equal(COMPLEX), 0),
    "two sums": lti.autocovariance(equal(), LAG, lti.ar1(RHO)),
    "cases": lti.impulse_response(lti.repeat(lti.scalar_cascade([POLE], d=2, timing="delayed"), K), T),
    "a complex answer": lti.frequency_response(lti.cascade(3), OMEGA),
    "a real answer of complex numbers": lti.group_delay(lti.scalar_cascade([COMPLEX]), OMEGA),
    "angles": lti.phase_delay(lti.scalar_cascade([POLE, COMPLEX]), OMEGA),
    "roots and moduli": lti.normalization(lti.scalar_cascade([POLE, COMPLEX]), "lru"),
    "asymptotics": lti.asymptotic_variance(equal(COMPLEX), "deep", lti.ar1(RHO)),
    "matrices": lti.equivalent_layer(lti.cascade(3)),
    "named matrices": lti.modal(lti.cascade(3)),
    "large numbers": sympy.Integer(10) ** 40 * POLE / 3,
}  # fmt: skip


def family(base):
    """The values of b, of c, or of λ, complex where the symbols are not real."""
    poles = REAL_POLES if base[1].is_real else COMPLEX_POLES
    return [sympy.sympify(value) for value in GAINS.get(str(base), poles)]


def exact(value):
    """Numbers at POINT, 30 digits, of nested tuples and matrices, in order."""
    if isinstance(value, (tuple, sympy.MatrixBase)):
        return [number for entry in value for number in exact(entry)]
    value = sympy.sympify(value).subs(K, POINT[K]).doit()
    leaves = {leaf: family(leaf.base)[int(leaf.indices[0]) - 1] for leaf in value.atoms(sympy.Indexed)}
    symbols = {symbol: sympy.sympify(number) for symbol, number in POINT.items()}
    return [sympy.N(value.xreplace(leaves).xreplace(symbols), 30)]


def arguments(value):
    """(symbol, values) of what the exported function takes, in its order."""
    leaves = list(flattened(value))
    for argument in names.parameters(leaves, None).order:
        yield argument, family(argument) if isinstance(argument, IndexedBase) else POINT[argument]


def call(value, language, number):
    """Of the exported function, at POINT. The program was written just before, by the package."""
    namespace = {}
    exec(compile(lti.export(value, language), language, "exec"), namespace)
    given = [list(map(number, values)) if isinstance(values, list) else values if symbol.is_integer else number(values)
             for symbol, values in arguments(value)]
    return namespace["formula"](*given)


def flat(value):
    return [number for entry in value for number in flat(entry)] if isinstance(value, tuple) else list(np.ravel(value))


@pytest.mark.parametrize("name", FORMULAS)
def test_numpy(name):
    value = FORMULAS[name]
    found = call(value, "numpy", lambda number: complex(number) if number.is_real is False else float(number))
    np.testing.assert_allclose(flat(found), np.array(exact(value), complex), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", FORMULAS)
def test_mpmath(name):
    value = FORMULAS[name]
    with mpmath.workdps(40):
        found = call(value, "mpmath", lambda number: sympy.N(number, 40)._to_mpmath(140))
        found = found if isinstance(found, tuple) else (found,)
        found = [number for entry in found for number in (entry if isinstance(entry, mpmath.matrix) else [entry])]
        for measured, expected in zip(found, exact(value), strict=True):
            assert abs(measured - expected._to_mpmath(140)) <= 1e-28 * (1 + abs(measured)), name


@pytest.mark.skipif(COMPILER is None, reason="no C compiler")
@pytest.mark.parametrize("name", FORMULAS)
def test_c(name, tmp_path):
    value = FORMULAS[name]
    source, expected = lti.export(value, "c"), exact(value)
    (tmp_path / "formula.c").write_text(source + main(value, source, len(expected)))
    flags = ["-std=c99", "-O1", "-Wall", "-Wextra", "-pedantic", "-Werror", "-Wno-unused-parameter"]
    built = subprocess.run([COMPILER, *flags, "formula.c", "-o", "formula", "-lm"], cwd=tmp_path, capture_output=True,
                           text=True, timeout=60)
    assert built.returncode == 0, built.stderr
    printed = subprocess.run([tmp_path / "formula"], capture_output=True, text=True, timeout=60, check=True).stdout
    found = [complex(*map(float, line.split())) for line in printed.splitlines()]
    np.testing.assert_allclose(found, np.array(expected, complex), rtol=1e-12, atol=1e-15)


def main(value, source, size):
    """A program that calls the exported function at POINT and prints the parts of its `size` numbers."""
    declared, given = [], []
    for i, (symbol, values) in enumerate(arguments(value)):
        texts = list(map(literal, values if isinstance(values, list) else [values]))
        real = (symbol[1] if isinstance(values, list) else symbol).is_real
        declared.append(f"double {'' if real else 'complex '}a{i}[] = {{{', '.join(texts)}}};")
        given.append(f"a{i}" if isinstance(values, list) else f"a{i}[0]")
    head = next(line for line in source.splitlines() if " formula(" in line)
    call = f"formula({', '.join([*given, 'out'])});" if head.startswith("void") else (
        f"out[0] = formula({', '.join(given)});")
    kind = "double complex" if head.startswith("double complex") or "complex *out" in head else "double"
    return "\n".join(["#include <stdio.h>", "int main(void)", "{", *declared, f"{kind} out[{size}];", call,
                      f"for (int i = 0; i < {size}; i++)",
                      r'printf("%.17g %.17g\n", creal(out[i]), cimag(out[i]));', "return 0;", "}"])


def literal(number):
    real, imaginary = map(float, sympy.sympify(number).as_real_imag())
    return repr(real) if imaginary == 0 else f"{real!r} + {imaginary!r} * I"


def test_common_subexpressions_are_computed_once():
    source = lti.export(lti.autocovariance(lti.cascade(6), LAG), "numpy")
    assert source.count("poles_1*poles_2") == 1 and "x0 = " in source


def test_what_depends_on_an_index_stays_in_its_loop():
    k, x = Symbol("k", integer=True), Symbol("x", real=True)
    total = sympy.Sum((x + k) ** 2 + sympy.sin((x + k) ** 2), (k, 1, 3)) + sympy.sin((x + 1) ** 2) * (x + 1) ** 2
    namespace = {}
    exec(compile(lti.export(total, "numpy"), "numpy", "exec"), namespace)
    assert namespace["formula"](0.5) == pytest.approx(float(total.doit().subs(x, Rational(1, 2))))


def test_lengths_of_sequences():
    stack = lti.cascade(3)
    source = lti.export(lti.state_variance(stack), "numpy", arguments=[stack.poles, stack.B, stack.C])
    assert "def formula(poles, b, c):" in source and "[c_1, c_2, c_3] = c" in source


def test_a_sequence_of_another_length_is_refused():
    namespace = {}
    exec(compile(lti.export(lti.impulse_response(lti.cascade(2), 3), "numpy"), "numpy", "exec"), namespace)
    with pytest.raises(ValueError, match="unpack"):
        namespace["formula"]([1.0, 1.0], [1.0, 1.0], [0.5, 0.25, 0.125])


def test_names_are_ones_that_languages_take():
    odd = symbols("lambda Delta I x0 for σ_1 2nd a.b a_b", real=True)
    for language in ("numpy", "mpmath", "c"):
        assert "pole, lag" not in lti.export(sum(odd), language)  # alphabetical
        source = lti.export(sympy.Add(*odd), language, arguments=odd)
        assert "formula(pole, lag, I_, x0_, for_, sigma_1, v2nd, a_b, a_b_)" in source.replace("double ", "")
    both = POLE + Symbol("lambda", complex=True)
    assert "formula(pole, pole_)" in lti.export(both, "numpy")
    assert "def f(pole, lag)" in lti.export(POLE**LAG, "numpy", name="f", arguments=[POLE, LAG])


def test_latex():
    assert lti.export(lti.transfer_function(lti.cascade(1), Symbol("z")), "latex") == (
        r"\frac{b_{1} c_{1}}{1 - \frac{\lambda_{1}}{z}}")
    any_depth = lti.export(lti.autocovariance(lti.cascade(K), 0), "latex")
    assert r"\sum_{k=1}^{K} \frac{\lambda_{k}^{K - 1}}" in any_depth
    assert r"\prod_{j=1}^{K} \left(1 - \lambda_{j} \lambda_{k}\right)" in any_depth
    modal = lti.export(lti.modal(lti.cascade(2)), "latex")
    assert modal.startswith("P = ") and r"\Lambda = " in modal
    assert r"_{0 \le i < K,\ 0 \le j < K}" in lti.export(lti.equivalent_layer(lti.cascade(K)), "latex")


def test_notebooks_set_short_formulas():
    assert lti.export(POLE**2, "latex")._repr_latex_() == r"$\displaystyle \lambda^{2}$"
    assert Latex("x" * (LATEX_LIMIT + 1))._repr_latex_() is None
    assert r"{\lambda}_{2}" in lti.autocovariance(lti.cascade(2), 0)._repr_latex_()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: lti.export(POLE, "fortran"), ValueError, "'latex', 'numpy', 'mpmath', 'c'"),
        (lambda: lti.export("lambda**2", "numpy"), TypeError, "expected an expression"),
        (lambda: lti.export(POLE, "numpy", name="a b"), ValueError, "identifier"),
        (lambda: lti.export(POLE, "c", name="for"), ValueError, "identifier"),
        (lambda: lti.export(POLE * RHO, "c", arguments=[POLE]), ValueError, "none for rho"),
        (lambda: lti.export(POLE, "c", arguments=["lambda"]), TypeError, "expected Symbols"),
        (lambda: lti.export(sympy.zeta(POLE), "numpy"), ValueError, "numpy has no way"),
        (lambda: lti.export(lti.equivalent_layer(lti.cascade(K)), "c"), ValueError, "int depth"),
    ],
)  # fmt: skip
def test_refusals(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_long_formulas_are_refused(monkeypatch):
    monkeypatch.setattr(sys.modules["lti_depth.symbolic.export"], "MOST_OPERATIONS", 10)
    assert "return" in lti.export(sympy.Add(*symbols("a:11")), "numpy")
    for language in LANGUAGES:
        with pytest.raises(ValueError, match="at most 10 operations, got 11"):
            lti.export(sympy.Add(*symbols("a:12")), language)
