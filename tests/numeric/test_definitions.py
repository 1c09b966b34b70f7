"""Machine = definition, for every observable and every family of stacks."""

import numpy as np
import oracles
import pytest
from agreement import UNIT_ROUNDOFF, assert_agrees
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import ANGLES, FAMILIES, SINGLE_CHANNEL, build, fitting_process

from lti_depth import numeric

TIMES = st.lists(st.integers(-2, 30), min_size=1, max_size=4)
LAGS = st.lists(st.integers(-12, 12), min_size=1, max_size=3)
over = pytest.mark.parametrize("family", FAMILIES)
over_single_channel = pytest.mark.parametrize("family", SINGLE_CHANNEL)


def depth(stack, process=("white", 1)):
    """Layers, those of the process included."""
    front = {"ar1": 1, "shaped": 2, "sampled": 4}.get(process[0], 0)
    return len(stack) + front


@st.composite
def frequencies(draw, stack):
    """0, π, anything between, or the angle of a pole."""
    own = [abs(np.angle(pole)).item() for layer in stack.layers for pole in layer.poles]
    return draw(st.one_of(st.just(0.0), st.just(np.pi), ANGLES, st.sampled_from(own)))


@over
@given(st.data())
def test_transfer_function(family, data):
    stack = data.draw(FAMILIES[family])
    z = data.draw(st.builds(lambda r, angle: complex(r * np.exp(1j * angle)), st.floats(1.0, 2.0), ANGLES))
    assert_agrees(numeric.transfer_function(stack, z), oracles.transfer_function, (stack, z), 1e-13)


@over
@given(st.data())
def test_frequency_response(family, data):
    stack = data.draw(FAMILIES[family])
    omega = data.draw(frequencies(stack))
    plain = family == "nonnegative cascade" and not any(stack.D)
    floor = 1e-14 if plain else 1e-13
    assert_agrees(numeric.frequency_response(stack, omega), oracles.frequency_response, (stack, omega), floor)


@over
@given(st.data())
def test_power_spectrum(family, data):
    stack = data.draw(FAMILIES[family])
    process = data.draw(fitting_process(stack, family))
    omega = data.draw(frequencies(stack))

    def truth(stack, omega, process):
        H = oracles.frequency_response(stack, omega)
        return oracles.process_spectrum(process, omega) * H @ oracles.adjoint(H)

    S = numeric.power_spectrum(stack, omega, build(process, numeric))
    density = max(abs(oracles.process_spectrum(process, omega)), abs(oracles.process_autocovariance(process, 0)))
    scale = density * np.sum(np.abs(numeric.frequency_response(stack, omega)) ** 2)
    assert_agrees(S, truth, (stack, omega, process), 2e-13, scale)


@over
@given(st.data())
def test_group_delay(family, data):
    stack = data.draw(FAMILIES[family])
    omega = data.draw(frequencies(stack))
    assume(min(abs(H) for H in oracles.frequency_response(stack, omega).ravel()) > 1e-12)
    truth = oracles.group_delay(stack, omega)
    if set(stack.channels) == {1}:  # relative to Σ_k |τ_k|
        scale = sum(abs(oracles.group_delay(stack[k : k + 1], omega)[0, 0]) for k in range(len(stack)))
    else:
        scale = max(abs(tau) for tau in truth.ravel())
    plain = family == "nonnegative cascade" and not any(stack.D)
    tau = numeric.group_delay(stack, omega)
    assert_agrees(tau, oracles.group_delay, (stack, omega), 1e-15 if plain else 1e-13, scale)


@over_single_channel
@given(st.data())
def test_phase_delay(family, data):
    stack = data.draw(SINGLE_CHANNEL[family])
    omega = data.draw(st.one_of(ANGLES.filter(lambda angle: angle > 0.05), st.just(np.pi)))
    assume(abs(oracles.frequency_response(stack, 0)[0, 0]) > 1e-12)
    turns = 2 * np.pi * sum(stack.widths) / omega  # each pole and zero turns the phase by at most π
    assert_agrees(numeric.phase_delay(stack, omega), oracles.phase_delay, (stack, omega), 1e-12, turns)


@over_single_channel
@given(st.data())
def test_zeros(family, data):
    """The numerator of a layer is a constant times Π (z − ζ), to 1e−13 of what Π (z + |ζ|) has."""
    stack = data.draw(SINGLE_CHANNEL[family])
    assume(abs(oracles.transfer_function(stack, 2.5)[0, 0]) > 1e-12)
    for found, layer in zip(numeric.zeros(stack), oracles.layers_of(stack), strict=True):
        numerator = oracles.numerator(layer, stack.timing)
        factors = [np.array([oracles.mp.mpf(1), -zero], dtype=object) for zero in oracles.exact(found)]
        rebuilt = numerator[0] * oracles.product(factors)
        sizes = abs(numerator[0]) * oracles.product([abs(factor) for factor in factors])
        assert len(rebuilt) == len(numerator)
        assert max(abs(rebuilt - numerator)) < 1e-13 * max(sizes)


@over
@given(st.data())
def test_impulse_response(family, data):
    stack, times = data.draw(FAMILIES[family]), data.draw(TIMES)
    if family == "nonnegative cascade":
        floor = 2 * (np.array(times).clip(0) + 2 * len(stack)) * UNIT_ROUNDOFF
    else:
        floor = np.full(len(times), 1e-12)
    h = numeric.impulse_response(stack, times)
    assert_agrees(h, oracles.impulse_response, (stack, times), floor[:, None, None])


@over
@given(st.data())
def test_step_response(family, data):
    stack, times = data.draw(FAMILIES[family]), data.draw(TIMES)
    if family == "nonnegative cascade":
        floor = 2 * (np.array(times).clip(0) + 2 * len(stack)) * UNIT_ROUNDOFF
    else:
        floor = np.full(len(times), 1e-12)
    s = numeric.step_response(stack, times)
    assert_agrees(s, oracles.step_response, (stack, times), floor[:, None, None])


@over
@given(st.data())
def test_autocovariance(family, data):
    stack, lags = data.draw(FAMILIES[family]), data.draw(LAGS)
    process = data.draw(fitting_process(stack, family))
    layer = data.draw(st.one_of(st.none(), st.integers(-len(stack), len(stack) - 1)))
    if family == "nonnegative cascade":
        floor = 8 * (depth(stack, process) + np.abs(lags)) * UNIT_ROUNDOFF
    else:
        floor = np.full(len(lags), 1e-12)
    R = numeric.autocovariance(stack, lags, build(process, numeric), layer)
    inputs = (oracles.through(stack, layer), lags, process)
    assert_agrees(R, oracles.autocovariance, inputs, floor[:, None, None])


@over
@given(st.data())
def test_state_covariance(family, data):
    stack = data.draw(FAMILIES[family])
    process = data.draw(fitting_process(stack, family))
    W = numeric.state_covariance(stack, build(process, numeric))
    floor, scale = 8 * depth(stack, process) * UNIT_ROUNDOFF, None
    if family != "nonnegative cascade":  # |W_ij|² ≤ W_ii W_jj
        deviation = np.sqrt(np.diag(W).real)
        floor, scale = 1e-12, np.outer(deviation, deviation)
    assert_agrees(W, oracles.state_covariance, (stack, process), floor, scale)


@over
@pytest.mark.parametrize("horizon", [None, 1, 5])
@given(st.data())
def test_state_variance(family, horizon, data):
    stack = data.draw(FAMILIES[family])
    process = data.draw(fitting_process(stack, family))
    nonnegative = family == "nonnegative cascade" and horizon is None
    V = numeric.state_variance(stack, build(process, numeric), horizon)
    floor = 8 * depth(stack, process) * UNIT_ROUNDOFF if nonnegative else 1e-12
    states = [V[k, :width] for k, width in enumerate(stack.widths)]
    assert all((V[k, width:] == 0).all() for k, width in enumerate(stack.widths))

    def truth(stack, process):
        return np.concatenate(oracles.state_variance(stack, process, horizon))

    assert_agrees(np.concatenate(states), truth, (stack, process), floor)


@over
@given(st.data())
def test_equivalent_layer(family, data):
    """A and B advance the states as the stack does, C and D read them out; the eigenvalues of A are the poles."""
    stack = data.draw(FAMILIES[family])
    A, B, C, D = numeric.equivalent_layer(stack)

    def truth(stack):
        system = oracles.system(stack)
        readout = oracles.readout(stack)
        return np.concatenate([part.ravel() for part in (system.A, system.B, *readout)])

    measured = np.concatenate([part.ravel() for part in (A, B, C, D)])
    size = max(1.0, np.abs(measured).max())
    assert_agrees(measured, truth, (stack,), 1e-13, size)
    assert np.array_equal(np.diag(A), np.concatenate([layer.poles for layer in stack.closed().layers]))


@over
@given(st.data())
def test_simulate(family, data):
    stack = data.draw(FAMILIES[family])
    T, H_in = 12, stack.channels[0]
    u = np.random.default_rng(data.draw(st.integers(0, 9))).normal(size=(T, H_in))
    y, state = numeric.simulate(stack, u[None])
    truth, states = oracles.simulate(stack, u)
    scale = max(abs(v) for v in truth.ravel())
    assert_agrees(y[0], lambda stack, u: oracles.simulate(stack, u)[0], (stack, u), 1e-13, scale)
    for k, x in enumerate(states):
        scale = max(abs(v) for v in x)
        assert_agrees(state[0, k, : len(x)], lambda s, u, k=k: oracles.simulate(s, u)[1][k], (stack, u), 1e-13, scale)
