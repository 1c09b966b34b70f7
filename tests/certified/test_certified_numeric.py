"""The machine keeps its promises against the balls, for every observable both have.

Where a promise is 64 times the cost of one rounding of the inputs, that cost is measured on the balls: four times every
input moves to a neighboring double at random, which is one rounding or two.
"""

from dataclasses import replace

import numpy as np
import pytest
from enclosing import middles
from hypothesis import assume, given
from hypothesis import strategies as st
from oracles import exact, mp
from strategies import ANGLES, FAMILIES, SINGLE_CHANNEL, build, fitting_process, processes

from lti_depth import certified, numeric
from lti_depth.learning import population
from lti_depth.system import Layer, Process, Stack
from lti_depth.system.fields import flat

UNIT_ROUNDOFF = 2.0**-53
over = pytest.mark.parametrize("family", FAMILIES)
over_single_channel = pytest.mark.parametrize("family", SINGLE_CHANNEL)


def moved(value, rng):
    """Every double of a stack, a process or an array moved by one place, up or down; zeros, integers and None stay."""
    if isinstance(value, Stack):
        layers = (Layer(*(moved(part, rng) for part in (m.poles, m.B, m.C, m.D)), real=m.real) for m in value)
        return Stack(tuple(layers), timing=value.timing)
    if isinstance(value, Process):
        return Process(tuple(_moved_part(part, rng) for part in value.parts))
    if value is None:
        return None
    value = np.asarray(value)
    if value.dtype.kind == "c":
        return moved(value.real, rng) + 1j * moved(value.imag, rng)
    toward = rng.choice([-np.inf, np.inf], size=value.shape)
    return np.where(value == 0, value, np.nextafter(value, toward)) if value.dtype.kind == "f" else value


def _moved_part(part, rng):
    shape = None if part.shape is None else moved(part.shape, rng)
    return replace(part, source=moved(part.source, rng), shape=shape, variance=float(moved(part.variance, rng)))


def assert_within(name, inputs, floor, scale=None, flattened=np.ravel):
    """numeric's `name` of these inputs, against the balls: error ≤ floor·scale, or 64 roundings; scale None: the truth.

    A zero among larger values is owed to 1e−30 of them only: the rounding of double-doubles.
    """
    machine = getattr(numeric, name, None) or population.loss
    measured = exact(flattened(machine(*inputs)))
    truth = middles(flattened(getattr(certified, name)(*inputs)))
    error, size = np.abs(measured - truth), np.abs(truth)
    allowed = np.asarray(floor, dtype=object) * (size if scale is None else scale) + mp.mpf("1e-30") * max(size)
    if (error <= allowed).all():
        return
    rng = np.random.default_rng(1)
    others = [flattened(getattr(certified, name)(*(moved(value, rng) for value in inputs))) for _ in range(4)]
    cost = np.max([np.abs(middles(other) - truth) for other in others], axis=0)
    allowed = np.maximum(allowed, 64 * cost)
    worst = np.argmax(error - allowed)
    assert (error <= allowed).all(), f"error {mp.nstr(error[worst], 3)}, allowed {mp.nstr(allowed[worst], 3)}"


def depth(stack, process):
    """Layers, those of the process included."""
    return len(stack) + max(max(0 if part.shape is None else len(part.shape), len(part.source) - 1)
                            for part in process.parts)  # fmt: skip


@st.composite
def colored(draw, family, families=FAMILIES):
    stack = draw(families[family])
    return stack, build(draw(fitting_process(stack, family)), numeric)


def plain(family, stack):
    return family == "nonnegative cascade" and not any(stack.D)


@over
@given(st.data())
def test_responses(family, data):
    stack, omega = data.draw(FAMILIES[family]), data.draw(st.one_of(st.just(0.0), ANGLES))
    z = data.draw(st.builds(lambda r, angle: complex(r * np.exp(1j * angle)), st.floats(1.0, 2.0), ANGLES))
    assert_within("transfer_function", (stack, z), 1e-13)
    assert_within("frequency_response", (stack, omega), 1e-14 if plain(family, stack) else 1e-13)


@over
@given(st.data())
def test_power_spectrum(family, data):
    (stack, process), omega = data.draw(colored(family)), data.draw(ANGLES)
    density = max(abs(numeric.power_spectrum(_WIRE, omega, process)), process.variance)
    scale = density * np.sum(np.abs(numeric.frequency_response(stack, omega)) ** 2)
    assert_within("power_spectrum", (stack, omega, process), 2e-13, mp.mpf(float(scale)))


_WIRE = numeric.cascade([0.0], 0.0, 0.0, 1.0)


@over
@given(st.data())
def test_group_delay(family, data):
    stack, omega = data.draw(FAMILIES[family]), data.draw(st.one_of(st.just(0.0), ANGLES))
    assume(np.abs(numeric.frequency_response(stack, omega)).min() > 1e-12)
    if set(stack.channels) == {1}:  # relative to Σ_k |τ_k|
        scale = sum(abs(middles(certified.group_delay(stack[k : k + 1], omega))[0]) for k in range(len(stack)))
    else:
        scale = max(abs(middles(certified.group_delay(stack, omega))))
    assert_within("group_delay", (stack, omega), 1e-15 if plain(family, stack) else 1e-13, scale)


@over_single_channel
@given(st.data())
def test_phase_delay(family, data):
    stack, omega = data.draw(SINGLE_CHANNEL[family]), data.draw(st.floats(0.05, np.pi))
    assume(abs(numeric.frequency_response(stack, 0.0)) > 1e-12)
    turns = mp.mpf(2 * np.pi * sum(stack.widths) / omega)  # each pole and zero turns the phase by at most π
    assert_within("phase_delay", (stack, omega), 1e-12, turns)


@over
@pytest.mark.parametrize("name", ["impulse_response", "step_response"])
@given(st.data())
def test_answers(family, name, data):
    stack, t = data.draw(FAMILIES[family]), data.draw(st.integers(-2, 300))
    ordinary = family == "nonnegative cascade"
    assert_within(name, (stack, t), 2 * (max(t, 0) + 2 * len(stack)) * UNIT_ROUNDOFF if ordinary else 1e-12)


@over
@given(st.data())
def test_autocovariance(family, data):
    (stack, process), lag = data.draw(colored(family)), data.draw(st.integers(-100, 100))
    ordinary = family == "nonnegative cascade"
    floor = 8 * (depth(stack, process) + abs(lag)) * UNIT_ROUNDOFF if ordinary else 1e-12
    assert_within("autocovariance", (stack, lag, process), floor)


@over
@pytest.mark.parametrize("horizon", [None, 1, 40])
@given(st.data())
def test_state_variance(family, horizon, data):
    stack, process = data.draw(colored(family))
    ordinary = family == "nonnegative cascade" and horizon is None
    floor = 8 * depth(stack, process) * UNIT_ROUNDOFF if ordinary else 1e-12
    assert_within("state_variance", (stack, process, horizon), floor)


@over
@given(st.data())
def test_state_covariance(family, data):
    stack, process = data.draw(colored(family))
    floor, scale = 8 * depth(stack, process) * UNIT_ROUNDOFF, None
    if family != "nonnegative cascade":  # |W_ij|² ≤ W_ii W_jj
        deviation = [mp.sqrt(abs(V)) for V in middles(certified.state_covariance(stack, process).diagonal())]
        floor, scale = 1e-12, np.outer(deviation, deviation).ravel()
    assert_within("state_covariance", (stack, process), floor, scale)


@over
@given(st.data())
def test_sensitivity(family, data):
    stack, process = data.draw(colored(family))
    ordinary = family == "nonnegative cascade"
    floor = 8 * (depth(stack, process) + 1) * UNIT_ROUNDOFF if ordinary else 1e-12
    assert_within("sensitivity", (stack, process), floor, flattened=flat)


@pytest.mark.parametrize("family", ["nonnegative cascade", "signed cascade", "complex cascade"])
@pytest.mark.parametrize("distance", [1e-2, 1e-6, 1e-11])
@given(st.data())
def test_population_loss(family, distance, data):
    """A student at a relative distance from its teacher: losses down to 1e−24 of the teacher's variance."""
    stack = data.draw(FAMILIES[family])
    process = build(data.draw(processes(kind=family.split()[0] if family != "signed cascade" else "real")), numeric)
    student = stack.replace(poles=stack.poles * (1 - distance))
    truth = middles(certified.population_loss(student, stack, process))[0]
    variance = middles(certified.autocovariance(stack, 0, process))[0].real
    assume(truth > mp.mpf("1e-24") * variance)
    assert_within("population_loss", (student, stack, process), 1e-12)
