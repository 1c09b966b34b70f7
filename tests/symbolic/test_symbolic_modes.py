"""Modes, residues, memory, Hankel values, Gauss–Newton matrices, delay sensitivities: law, machine and definition."""

import time

import numpy as np
import pytest
import sympy
from sympy import I, Integer, Rational, Symbol, eye

from lti_depth import bridge, numeric
from lti_depth import symbolic as lti
from lti_depth.numeric import Layer, cascade, stack

TIMINGS = ("current", "delayed")
HALF, THIRD = Rational(1, 2), Rational(1, 3)


def systems(timing):
    """Distinct, equal, zero, complex poles; feedthrough; several states and channels; real output."""
    wide = [Layer([0.5 + 0.25j, -0.25j], [[1, 2j], [3, 1]], [[1, 1 + 1j]]), Layer([0.5j], [[1 + 1j]], [[2.0]], [[0.5]])]
    return {
        "distinct": cascade([0.5, 0.25, -0.75], [1, 2, 3], [1, 0.5, 2], [1, 0, 0.5], timing=timing),
        "equal": cascade([0.5, 0.5, 0.5], 2, timing=timing),
        "partly equal": cascade([0.5, 0.25, 0.5], 1, 3, [0, 1, 2], timing=timing),
        "zeros": cascade([0.0, 0.5, 0.0], timing=timing),
        "complex": cascade([0.5 + 0.25j, 0.5j], timing=timing),
        "wide": stack(wide, timing=timing),
        "wide, equal": stack([Layer([0.5, 0.5], [[1], [2]], [[1, 1], [0, 1]]), Layer([0.5], [[1, 2]], [[1]])],
                             timing=timing),
        "real output": stack([Layer([0.5 + 0.25j, -0.25j], [[1 + 1j], [2]], [[1, 2j]], real=True)], timing=timing),
    }  # fmt: skip


NAMES = tuple(systems("current"))
each_system = pytest.mark.parametrize(("name", "timing"), [(name, timing) for name in NAMES for timing in TIMINGS])


def numbers(matrix):
    return np.array(sympy.Matrix(matrix).evalf(25).tolist(), dtype=object).astype(complex)


@each_system
def test_modal_form(name, timing):
    """A P = P Λ, exactly, whatever the multiplicities."""
    law = bridge.lift(systems(timing)[name])
    A, B, C, _ = lti.equivalent_layer(law)
    form = lti.modal(law)
    for difference in (A * form.P - form.P * form.Lambda, form.P * form.P_inv - eye(A.rows), form.P_inv * B - form.B,
                       C * form.P - form.C):
        assert difference.expand().is_zero_matrix
    poles = [pole for layer in law.closed().layers for pole in layer.poles]
    assert sorted(map(str, form.Lambda.diagonal())) == sorted(map(str, poles))
    distinct = len(set(poles)) == len(poles)
    off_diagonal = form.Lambda - sympy.diag(*form.Lambda.diagonal())
    assert distinct <= off_diagonal.is_zero_matrix and set(off_diagonal) <= {0, 1} and form.Lambda.is_lower


def test_jordan_blocks():
    """Theory, section 8: one block a pole, but a repeated zero in current timing is semisimple."""
    pole = Symbol("lambda")
    b, c = sympy.symbols("b1:4"), sympy.symbols("c1:4")
    a2, a3 = b[1] * c[0], b[2] * c[1]
    delayed = lti.modal(lti.scalar_cascade([pole] * 3, b, c, timing="delayed"))
    assert delayed.P == sympy.ImmutableMatrix(sympy.diag(1, a2, a2 * a3))
    current = lti.modal(lti.scalar_cascade([pole] * 3, b, c))
    p = [1, a2, a2 * a3]
    law = sympy.Matrix(3, 3, lambda i, j: p[i] * pole**j * sympy.binomial(i - 1, j - 1) if i and j else int(i == j))
    assert (current.P - law).expand().is_zero_matrix
    for form in (current, delayed):
        assert form.Lambda == sympy.ImmutableMatrix([[pole, 0, 0], [1, pole, 0], [0, 1, pole]])
    ranks = {timing: lti.modal(lti.scalar_cascade([0, THIRD, 0], timing=timing)).Lambda.rank() for timing in TIMINGS}
    assert ranks == {"current": 1, "delayed": 2}


def test_modal_form_of_a_cascade_is_the_paper_s():
    K = 4
    law = lti.cascade(K)
    poles, a = law.poles, [None, *(law.B[k] * law.C[k - 1] for k in range(1, K))]
    form = lti.modal(law)
    for i in range(K):
        for j in range(i + 1):
            factors = (a[m] * poles[j] / (poles[j] - poles[m]) for m in range(j + 1, i + 1))
            assert sympy.cancel(form.P[i, j] - sympy.Mul(*factors)) == 0
            reached = (a[m + 1] / (poles[i] - poles[m]) for m in range(j, i))
            inverse = poles[i] ** (i - j - 1) * poles[j] * sympy.Mul(*reached) if i > j else 1
            assert sympy.cancel(form.P_inv[i, j] - inverse) == 0


def test_size_of_the_wide_form():
    """Theory, section 8: residues 9 and 442368."""
    for poles, largest in (((9, 8), 9), ((94, 95, 96, 97), 442368)):
        base = 10 if len(poles) == 2 else 100
        law = lti.scalar_cascade([Rational(pole, base) for pole in poles])
        assert round(max(map(abs, lti.residues(law)))) == largest


@each_system
def test_residues_add_up(name, timing):
    law = bridge.lift(systems(timing)[name])
    if name in ("equal", "partly equal", "wide, equal", "zeros"):
        with pytest.raises(ValueError, match="see modal"):
            lti.residues(law)
        return
    z, poles = Rational(5, 3), [pole for layer in law.closed().layers for pole in layer.poles]
    top = z if timing == "current" else 1
    total = lti.equivalent_layer(law)[3]
    for pole, residue in zip(poles, lti.residues(law), strict=True):
        total = total + sympy.Matrix([[residue]] if isinstance(residue, sympy.Expr) else residue) * top / (z - pole)
    H = lti.transfer_function(law, z)
    assert (total - (H if isinstance(H, sympy.MatrixBase) else sympy.Matrix([[H]]))).expand().is_zero_matrix


@each_system
def test_gauss_newton(name, timing):
    machine = systems(timing)[name]
    for process in (numeric.white(), numeric.ar1(0.5)):
        law = lti.gauss_newton(bridge.lift(machine), bridge.lift(process))
        found = numeric.gauss_newton(machine, process)
        np.testing.assert_allclose(numbers(law.matrix), found.matrix, rtol=0, atol=1e-13 * abs(found.matrix).max())
        assert law.rank == found.rank


ROOT = sympy.sqrt(3) * I / 4


@pytest.mark.parametrize("poles", [[1 / sympy.sqrt(2), HALF], [(sympy.sqrt(5) - 1) / 2, THIRD],
                                   [HALF + ROOT, HALF - ROOT], [1 / sympy.sqrt(2)] * 2])  # fmt: skip
def test_modes_of_irrational_poles(poles):
    law = lti.scalar_cascade(poles, 2, 3)
    A, form = lti.equivalent_layer(law)[0], lti.modal(law)
    assert all(abs(sympy.N(entry, 30)) < 1e-25 for entry in A * form.P - form.P * form.Lambda)
    assert all(abs(sympy.N(entry, 30)) < 1e-25 for entry in form.P * form.P_inv - eye(2))


@pytest.mark.parametrize("K", [1, 4, 6])
def test_generic_rank(K):
    """K poles, the product of the gains, and one direction more by the feedthroughs."""
    symbols = lti.gauss_newton(lti.cascade(K)).rank
    assert symbols == lti.gauss_newton(lti.scalar_cascade([Rational(1, n + 2) for n in range(K)])).rank == K + 2


def test_gauss_newton_of_symbols():
    """Its diagonal is the sensitivity; three layers have the rank 3 + 1 + 3."""
    law = lti.cascade(2)
    G = lti.gauss_newton(law)
    assert [G.matrix[n, n] for n in range(8)] == [*(entry for field in lti.sensitivity(law) for entry in field)]
    assert G.rank == 4 and lti.gauss_newton(lti.scalar_cascade([HALF] * 3)).rank == 3
    with pytest.raises(ValueError, match="at most 24"):
        lti.gauss_newton(lti.cascade(11))


@each_system
def test_hankel_values(name, timing):
    machine = systems(timing)[name]
    law = [complex(value.evalf(25)) for value in lti.hankel_singular_values(bridge.lift(machine))]
    found = numeric.hankel_singular_values(machine)
    np.testing.assert_allclose(law, found, rtol=0, atol=1e-13 * found[0])


def test_hankel_values_of_symbols():
    pole, g = sympy.symbols("lambda g", real=True)
    for timing, factor in (("current", pole), ("delayed", 1)):
        (law,) = lti.hankel_singular_values(lti.scalar_cascade([pole], g, timing=timing))
        assert law.subs({pole: Rational(-2, 3), g: 5}) == abs(factor * 5 / (1 - pole**2)).subs(pole, Rational(-2, 3))
    symbols, values = (*lti.cascade(2).poles, *lti.cascade(2).B, *lti.cascade(2).C), (0.5, -0.25, 1, 2, 3, 1)
    given = {symbol: Rational(value) for symbol, value in zip(symbols, values, strict=True)}
    law = [float(value.xreplace(given)) for value in lti.hankel_singular_values(lti.cascade(2))]
    np.testing.assert_allclose(law, numeric.hankel_singular_values(cascade([0.5, -0.25], [1, 2], [3, 1])), rtol=1e-13)
    with pytest.raises(ValueError, match="give values"):
        lti.hankel_singular_values(lti.cascade(3))


@each_system
def test_memory(name, timing):
    machine = systems(timing)[name]
    if machine.channels[0] != 1 or machine.channels[-1] != 1:
        with pytest.raises(ValueError, match="one channel"):
            lti.memory_function(bridge.lift(machine), 0)
        return
    law = [complex(lti.memory_function(bridge.lift(machine), lag).evalf(25)) for lag in (-1, 0, 1, 4)]
    np.testing.assert_allclose(law, numeric.memory_function(machine, [-1, 0, 1, 4]), rtol=0, atol=1e-13)


def test_memory_of_symbols():
    lag = Symbol("tau", integer=True, nonnegative=True)
    law = lti.memory_function(lti.cascade(3), lag)
    given = dict(zip(lti.cascade(3).poles, (HALF, -THIRD, Rational(1, 5)), strict=True))
    for m in (0, 3):
        exact = lti.memory_function(lti.scalar_cascade(list(given.values())), m)
        assert sympy.nsimplify(law.subs(lag, m).xreplace(given)) == exact
    with pytest.raises(ValueError, match="expected an int"):
        lti.memory_function(lti.scalar_cascade([HALF], d=1), lag)


@each_system
def test_delay_sensitivity(name, timing):
    """Against central differences of the machine's delay, of step 1e-6: their error is some 1e-10."""
    machine = systems(timing)[name]
    if set(machine.channels) != {1} or machine[0].real:
        with pytest.raises(ValueError, match="one channel"):
            lti.delay_sensitivity(bridge.lift(machine), 1)
        return
    law = lti.delay_sensitivity(bridge.lift(machine), Rational(3, 4))
    for field in ("poles", "B", "C", "D"):
        for k, exact in enumerate(getattr(law, field)):
            for turn in (1, 1j) if machine.dtype.kind == "c" else (1,):
                found = (_moved(machine, field, k, 1e-6 * turn) - _moved(machine, field, k, -1e-6 * turn)) / 2e-6
                assert found == pytest.approx(complex(exact.evalf() * turn).real, abs=1e-7)


def _moved(machine, field, k, step):
    values = np.array(getattr(machine, field), dtype=np.result_type(machine.dtype, type(step)))
    values[k] += step
    return numeric.group_delay(machine.replace(**{field: values}), 0.75)


def test_delay_sensitivity_at_zero_and_of_wide_layers():
    """τ(0) of one layer with two states, differentiated by sympy."""
    pole = sympy.symbols("lambda1:3", real=True)
    b, c, d = sympy.symbols("b1:3", real=True), sympy.symbols("c1:3", real=True), Symbol("d", real=True)
    for timing in TIMINGS:
        law = lti.stack([lti.Layer(pole, [[b[0]], [b[1]]], [c], [[d]])], timing=timing)
        tau, g = lti.group_delay(law, 0), lti.delay_sensitivity(law, 0)
        by_hand = [sympy.diff(tau, symbol) for symbol in (*pole, *b, *c, d)]
        found = [*g.poles[0], *g.B[0], *g.C[0], g.D[0][0]]
        for point in ((2, 3, 5, 7, 11, 13, 17), (3, -1, 4, 1, 5, -9, 2)):
            given = dict(zip((*pole, *b, *c, d), (Rational(value, 19) for value in point), strict=True))
            assert [one.xreplace(given) for one in found] == [other.xreplace(given) for other in by_hand]


def test_gains_of_scalar_layers_do_not_delay():
    g = lti.delay_sensitivity(lti.cascade(3), Symbol("omega", real=True))
    assert g.B == g.C == (Integer(0),) * 3
    with pytest.raises(ValueError, match="zero nor a pole"):
        lti.delay_sensitivity(lti.scalar_cascade([I / 2], 1, 1, -1 / (1 - I / 2)), 0)


@pytest.mark.parametrize("call", [
    lambda: lti.modal(lti.cascade(12)), lambda: lti.residues(lti.cascade(12)),
    lambda: lti.delay_sensitivity(lti.cascade(12), Symbol("omega", real=True)),
    lambda: lti.memory_function(lti.cascade(12), Symbol("tau", integer=True, nonnegative=True)),
])  # fmt: skip
def test_twelve_layers_are_quick(call):
    call()
    began = time.process_time()
    call()
    assert time.process_time() - began < 0.5
