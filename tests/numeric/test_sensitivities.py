"""Sensitivity and the Gauss–Newton matrix: against the product rule carried through every time step, in 120 digits."""

import numpy as np
import pytest
import sympy
from agreement import UNIT_ROUNDOFF, assert_agrees
from hypothesis import given, settings
from hypothesis import strategies as st
from slopes import inner_products, parameters
from strategies import FAMILIES, build, fitting_process, wide_stacks

from lti_depth import numeric, symbolic
from lti_depth.bridge import lift
from lti_depth.system.fields import Fields, flat

SMALL = FAMILIES | {
    "wide": wide_stacks(K_max=2, N_max=2, H_max=2),
    "real output": wide_stacks(K_max=2, N_max=1, H_max=2, real=True),
}
over = pytest.mark.parametrize("family", SMALL)


@over
@given(st.data())
def test_sensitivity(family, data):
    stack = data.draw(SMALL[family])
    process = data.draw(fitting_process(stack, family))
    names = parameters(stack)
    chosen = data.draw(st.integers(0, len(names) - 1))
    measured = flat(numeric.sensitivity(stack, build(process, numeric)))
    assert len(measured) == len(names)
    depth = len(stack) + 6  # the layer once more, and those of the process
    floor = 8 * depth * UNIT_ROUNDOFF if family == "nonnegative cascade" else 1e-12
    assert_agrees(measured[chosen], lambda s, p: inner_products(s, [names[chosen]], p)[0], (stack, process), floor)


@over
@given(st.data())
def test_gauss_newton(family, data):
    stack = data.draw(SMALL[family])
    process = data.draw(fitting_process(stack, family))
    names = parameters(stack)
    pair = data.draw(st.lists(st.integers(0, len(names) - 1), min_size=2, max_size=2))
    G = numeric.gauss_newton(stack, build(process, numeric)).matrix
    sizes = np.sqrt(np.diag(G).real)
    assert G.shape == (len(names), len(names))
    assert_agrees(G[np.ix_(pair, pair)], lambda s, p: inner_products(s, [names[n] for n in pair], p), (stack, process),
                  1e-12, np.outer(sizes[pair], sizes[pair]))


@over
@pytest.mark.parametrize("process", [numeric.white(2.0), numeric.ar1(0.75) + numeric.white(0.5)])
@settings(max_examples=5)
@given(st.data())
def test_the_diagonal_is_the_sensitivity(family, process, data):
    """Spectra without zeros: near one, sampled autocovariances cost the quadrature digits, and the recursion none."""
    stack = data.draw(SMALL[family])
    diagonal = np.diag(numeric.gauss_newton(stack, process).matrix).real
    np.testing.assert_allclose(diagonal, flat(numeric.sensitivity(stack, process)), rtol=1e-11)


MODELS = {
    "cascade": numeric.cascade([0.5, 0.75, 0.25], b=[1.0, 2.0, 0.5], timing="delayed"),
    "feedthrough": numeric.cascade([0.5, -0.75j], c=[1j, 2.0], d=[0.5, 0.25]),
    "wide": numeric.stack([numeric.Layer([0.5, 0.25], np.eye(2), [[1.0, 2.0], [-1.0, 0.5]]),
                           numeric.Layer([0.75], [[1.0, 1.0]], [[1.0]], [[0.5, 0.0]])]),
    "real output": numeric.stack([numeric.Layer([0.5j, 0.25], np.ones((2, 1)), [[1.0, 2j]], real=True),
                                  numeric.Layer([0.5 + 0.25j], [[1j]], [[2.0]], [[1.0]], real=True)], timing="delayed"),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("process", [numeric.white(2.0), numeric.ar1(0.5) + numeric.sampled([1.0, 0.25])])
def test_law_is_machine(name, process):
    law = symbolic.sensitivity(lift(MODELS[name]), lift(process))
    exact = [entry for field in law for part in field for entry in (part if np.iterable(part) else [part])]
    expected = [complex(sympy.N(entry, 20)).real for entry in exact]
    np.testing.assert_allclose(flat(numeric.sensitivity(MODELS[name], process)), expected, rtol=1e-13)


@pytest.mark.parametrize("name", MODELS)
def test_derivatives_are_wirtingers(name):
    """½(∂_Re − i ∂_Im) of the impulse response by central differences (error about 1e−9), its energy summed."""
    stack, t, step = MODELS[name], np.arange(200), 1e-5

    def h(field, k, index, change):
        arrays = [np.array(getattr(layer, field)) for layer in stack]
        arrays[k] = arrays[k].astype(np.result_type(arrays[k], change))
        arrays[k][index] += change
        fields = {f: [getattr(layer, f) for layer in stack] for f in Fields._fields} | {field: arrays}
        layers = [numeric.Layer(*(fields[f][j] for f in Fields._fields), real=layer.real)
                  for j, layer in enumerate(stack)]
        return numeric.impulse_response(numeric.stack(layers, timing=stack.timing), t).ravel()

    found = []
    for field, k, index in parameters(stack):
        slope = (h(field, k, index, step) - h(field, k, index, -step)) / (2 * step)
        if stack[k].dtype.kind == "c" and not (stack[k].real and field == "D"):
            slope = (slope - 1j * (h(field, k, index, 1j * step) - h(field, k, index, -1j * step)) / (2 * step)) / 2
        found.append(slope)
    matrix, _ = numeric.gauss_newton(stack)
    gram = np.array([[np.vdot(a, b) for b in found] for a in found])
    np.testing.assert_allclose(matrix, gram, atol=1e-7 * np.abs(gram).max())


def test_shapes_are_those_of_the_fields():
    for stack in MODELS.values():
        fields = numeric.sensitivity(stack)
        for name in Fields._fields:
            given, own = getattr(fields, name), getattr(stack, name)
            assert np.shape(given) == np.shape(own) if stack.is_cascade else (
                [part.shape for part in given] == [part.shape for part in own])


# --- Rank -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9, 1e-11])
def test_rank_tells_poles_apart(gap):
    """K poles and one gain; two poles at a gap are two directions, equal ones one."""
    poles_and_gains = slice(0, 6)

    def rank(poles):
        matrix, total = numeric.gauss_newton(numeric.cascade(poles))
        return total, np.linalg.matrix_rank(matrix[poles_and_gains, poles_and_gains], hermitian=True)

    assert rank([0.9, 0.9])[0] == rank([0.9, 0.9 - gap])[0] - 1
    assert rank([0.9, 0.9])[1] == 2


def test_rank_of_gains():
    """Without feedthrough gains enter through their product."""
    matrix, _ = numeric.gauss_newton(numeric.cascade([0.9, 0.5, 0.2], b=[1.0, 2.0, 3.0]))
    block = matrix[3:9, 3:9]
    assert np.linalg.eigvalsh(block)[-2] < 1e-14 * np.linalg.eigvalsh(block)[-1]


def test_no_signal_no_rank():
    stack = numeric.stack([numeric.Layer([0.5], [[0.0]], [[0.0]])])
    matrix, rank = numeric.gauss_newton(stack)
    assert rank == 1 and matrix[3, 3] == 1  # D alone is heard


# --- Scales -----------------------------------------------------------------------------------------------------------


def test_deep_gains_do_not_overflow():
    """Signals whose squares are beyond float64 between the layers, an ordinary output."""
    big, small = 2.0**500, 2.0**-500

    def stack(up, down):
        return numeric.stack([numeric.Layer([0.5, 0.25], np.ones((2, 1)), [[up, up]]),
                              numeric.Layer([0.75, 0.5], np.ones((2, 1)), [[down, -down]])])  # fmt: skip

    plain, scaled = (numeric.sensitivity(stack(*gains)) for gains in ((1.0, 1.0), (big, small)))
    for k in range(2):
        np.testing.assert_allclose(scaled.poles[k], plain.poles[k], rtol=1e-14)
        np.testing.assert_allclose(scaled.B[k], plain.B[k], rtol=1e-14)
    np.testing.assert_allclose(numeric.gauss_newton(stack(big, small)).matrix[:4, :4],
                               numeric.gauss_newton(stack(1.0, 1.0)).matrix[:4, :4], rtol=1e-13)


def test_overflow_is_inf_and_warned_of():
    with pytest.warns(RuntimeWarning, match="sensitivity"):
        fields = numeric.sensitivity(numeric.stack([numeric.Layer([0.5, 0.5], [[1], [1]], [[2.0**600, 1]])]))
    assert np.isinf(fields.B[0][0, 0]) and np.isfinite(fields.C[0]).all()


def test_what_large_gains_beside_it_drown():
    """Nothing comes through the second channel; by what would, the output changes 10^250 times as strongly.

    E y² = E|∂y/∂C_00|² = (1 + λ²)/(1 − λ²)³ for two poles λ = ½.
    """
    first = numeric.Layer([0.5], [[1.0]], [[1.0], [0.0]])
    second = numeric.Layer([0.5], [[1.0, 1e250]], [[1.0]])
    with pytest.warns(RuntimeWarning, match="numeric.log_sensitivity"):
        by_C = numeric.sensitivity(numeric.stack([first, second])).C
    assert by_C[0][0, 0] == pytest.approx(1.25 / 0.75**3, rel=1e-13)
    assert by_C[0][1, 0] == np.inf
    assert by_C[1][0, 0] == pytest.approx(1.25 / 0.75**3, rel=1e-13)
