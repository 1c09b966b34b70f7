"""Law = machine, for every observable: the symbolic floor at the exact rationals of a numeric stack, by `bridge`."""

from itertools import pairwise

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import TIMINGS, build, complex_dyadic, dyadic, stable

from lti_depth import numeric, symbolic
from lti_depth.bridge import lift, lower
from lti_depth.numeric import Layer, cascade, stack

GRID = {
    "nonnegative": dyadic(0, 15 / 16),
    "signed": dyadic(-15 / 16, 15 / 16),
    "complex": complex_dyadic(7 / 8, 8).filter(stable),
}
NEAR = {"nonnegative": [2.0**-30, 2.0**-50], "signed": [2.0**-30, -2.0**-50], "complex": [2.0**-30 * 1j, 2.0**-50]}


@st.composite
def grid_poles(draw, K, kind):
    """Multiplicities, gaps of 2^−30 and 2^−50, exact zeros, opposites and conjugates; all dyadic."""
    drawn = []
    for _ in range(K):
        pole = draw(st.one_of(GRID[kind], st.sampled_from(drawn))) if drawn else draw(GRID[kind])
        related = [pole, 0.0, -pole if kind != "nonnegative" else pole, pole.conjugate()]
        related += [pole + gap for gap in NEAR[kind]]
        drawn.append(draw(st.sampled_from(related)))
    return drawn


@st.composite
def grid_cascades(draw, kind):
    K = draw(st.integers(1, 3))
    entry = {"nonnegative": dyadic(1 / 4, 2, 4), "signed": dyadic(-2, 2, 4), "complex": complex_dyadic(2, 4)}[kind]
    gains = [draw(st.lists(entry.filter(bool), min_size=K, max_size=K)) for _ in range(2)]
    d = draw(st.one_of(st.just(0), st.lists(entry, min_size=K, max_size=K)))
    return cascade(draw(grid_poles(K, kind)), *gains, d, timing=draw(TIMINGS))


@st.composite
def grid_layers(draw, single_channel=False):
    K, real = draw(st.integers(1, 2)), draw(st.booleans())
    channels = [1 if single_channel else draw(st.integers(1, 2)) for _ in range(K + 1)]

    def matrix(rows, columns, entries):
        size = rows * columns
        return np.array(draw(st.lists(entries, min_size=size, max_size=size))).reshape(rows, columns)

    layers = []
    for h_in, h_out in pairwise(channels):
        N = draw(st.integers(1, 2))
        entries = complex_dyadic(1, 2) if real else dyadic(-1, 1, 2)
        layers.append(Layer(draw(grid_poles(N, "complex" if real else "signed")), matrix(N, h_in, entries),
                            matrix(h_out, N, entries), matrix(h_out, h_in, dyadic(-1, 1, 2)), real=real))
    return stack(layers, timing=draw(TIMINGS))


def as_declared(model):
    """No real=True layer with only real numbers, which exact numbers, having no dtype, take for a real layer."""
    parts = [[m.poles, m.B, m.C] for m in model if m.real]
    return all(any((part.imag != 0).any() for part in layer) for layer in parts)


FAMILIES = {kind: grid_cascades(kind) for kind in GRID} | {"wide": grid_layers().filter(as_declared)}
PROCESSES = st.sampled_from([
    ("white", 2.0), ("ar1", 0.5, 1.0), ("ar1", -0.75, 2.0), ("arma", [0.5], [0.25], 1.0), ("sampled", [1.0, 0.25]),
    ("shaped", cascade([0.5, 0.5]), 1.0), ("sum", ("white", 0.5), ("ar1", 0.75, 1.0)),
])  # fmt: skip
# name → what it is asked, and whether it takes a process
OBSERVABLES = {
    "transfer_function": ({"z": 1.5}, False),
    "frequency_response": ({"omega": 0.75}, False),
    "power_spectrum": ({"omega": 0.75}, True),
    "group_delay": ({"omega": 0.75}, False),
    "phase_delay": ({"omega": 0.75}, False),
    "impulse_response": ({"t": 5}, False),
    "step_response": ({"t": 5}, False),
    "autocovariance": ({"lag": 3}, True),
    "state_variance": ({}, True),
    "state_covariance": ({}, True),
    "equivalent_layer": ({}, False),
    "zeros": ({}, False),
}


def digits(law):
    """A law's value as a flat list of complex doubles."""
    if isinstance(law, (tuple, list)):
        return [digit for part in law for digit in digits(part)]
    entries = law if hasattr(law, "shape") else [law]
    return [complex(sympy.N(entry, 30)) for entry in entries]


def flat(values):
    """A machine's values as one vector."""
    return np.concatenate([np.ravel(part) for part in values]) if isinstance(values, tuple) else np.ravel(values)


@pytest.mark.parametrize(
    ("name", "family"),
    [(n, f) for n in OBSERVABLES for f in FAMILIES if (n, f) != ("phase_delay", "wide")],  # its law takes seconds there
)
@settings(max_examples=10)
@given(st.data())
def test_law_is_machine(name, family, data):
    strategy = grid_layers(True).filter(as_declared) if (name, family) == ("zeros", "wide") else FAMILIES[family]
    model = data.draw(strategy)
    query, colored = OBSERVABLES[name]
    both = [dict(query), dict(query)]
    if colored:
        process = build(data.draw(PROCESSES), numeric)
        both[0]["process"], both[1]["process"] = process, lift(process)
    try:
        machine = flat(getattr(numeric, name)(model, **both[0]))
    except ValueError as refusal:  # a transfer function that vanishes: both floors refuse
        with pytest.raises(ValueError):
            getattr(symbolic, name)(lift(model), **both[1])
        assert "gain" in str(refusal)
        return
    law = np.array(digits(getattr(symbolic, name)(lift(model), **both[1])))
    tolerance = 1e-12
    if name == "zeros":  # in any order; a double zero keeps half of its digits
        machine, law, tolerance = *(np.sort_complex(values.round(6) + 0.0) for values in (machine, law)), 1e-5
    present = np.isfinite(law) if "delay" in name else np.ones(len(law), bool)
    scale = max(np.abs(law[present]).max(initial=0), 1.0 if "delay" in name else 0.0)
    np.testing.assert_allclose(machine[present], law[present], rtol=tolerance, atol=tolerance * scale)


@pytest.mark.parametrize("family", FAMILIES)
@given(st.data())
def test_there_and_back(family, data):
    """lift, then lower: the same doubles."""
    model = data.draw(FAMILIES[family])
    again = lower(lift(model))
    assert again.timing == model.timing
    for one, other in zip(model, again, strict=True):
        for name in ("poles", "B", "C", "D"):
            assert np.array_equal(getattr(one, name), getattr(other, name))
        assert one.real == other.real


def test_symbols_get_values():
    law = symbolic.cascade(3)
    values = dict(zip((*law.poles, *law.B, *law.C), [0.5, 0.25, 0.75] + [1.0] * 6, strict=True))
    assert lower(law, values).poles.tolist() == [0.5, 0.25, 0.75]
    formula = symbolic.autocovariance(law, 2).xreplace({k: sympy.Rational(v) for k, v in values.items()})
    assert numeric.autocovariance(lower(law, values), 2) == pytest.approx(float(formula), rel=1e-14)
