"""The definitions, in 120 digits, lie inside the balls, for every observable and every family of stacks."""

import numpy as np
import oracles
import pytest
from enclosing import assert_encloses
from hypothesis import assume, given
from hypothesis import strategies as st
from slopes import inner_products, parameters
from strategies import ANGLES, FAMILIES, SINGLE_CHANNEL, build, fitting_process, wide_stacks

from lti_depth import certified
from lti_depth.system.fields import flat

TIMES = st.lists(st.integers(-2, 30), min_size=1, max_size=4)
LAGS = st.lists(st.integers(-12, 12), min_size=1, max_size=3)
SMALL = FAMILIES | {
    "wide": wide_stacks(K_max=2, N_max=2, H_max=2),
    "real output": wide_stacks(K_max=2, N_max=1, H_max=2, real=True),
}
over = pytest.mark.parametrize("family", FAMILIES)
over_small = pytest.mark.parametrize("family", SMALL)
over_single_channel = pytest.mark.parametrize("family", SINGLE_CHANNEL)


@st.composite
def processes(draw, stack, family):
    """A process, and the description of its doubles: roots and autocovariances that are rounded count as they are."""
    process = build(draw(fitting_process(stack, family)), certified)
    parts = [_described(part) for part in process.parts]
    return process, parts[0] if len(parts) == 1 else ("sum", *parts)


def _described(part):
    if part.shape is not None:
        return "shaped", part.shape, part.variance
    if len(part.source) == 1:
        return "white", part.variance
    return "sampled", np.concatenate([part.source[:1].real, part.source[1:]])


@st.composite
def frequencies(draw, stack):
    """0, anything between 0 and π, or the angle of a pole."""
    own = [abs(np.angle(pole)).item() for layer in stack.layers for pole in layer.poles]
    return draw(st.one_of(st.just(0.0), ANGLES, st.sampled_from(own)))


@over
@given(st.data())
def test_transfer_function(family, data):
    stack = data.draw(FAMILIES[family])
    z = data.draw(st.builds(lambda r, angle: complex(r * np.exp(1j * angle)), st.floats(1.0, 2.0), ANGLES))
    assert_encloses(certified.transfer_function(stack, z), oracles.transfer_function(stack, z))


@over
@given(st.data())
def test_frequency_response(family, data):
    stack = data.draw(FAMILIES[family])
    omega = data.draw(frequencies(stack))
    assert_encloses(certified.frequency_response(stack, omega), oracles.frequency_response(stack, omega))


@over
@given(st.data())
def test_power_spectrum(family, data):
    stack = data.draw(FAMILIES[family])
    process, described = data.draw(processes(stack, family))
    omega = data.draw(frequencies(stack))
    H = oracles.frequency_response(stack, omega)
    truth = oracles.process_spectrum(described, omega) * H @ oracles.adjoint(H)
    assert_encloses(certified.power_spectrum(stack, omega, process), truth)


@over
@given(st.data())
def test_group_delay(family, data):
    stack = data.draw(FAMILIES[family])
    omega = data.draw(frequencies(stack))
    assume(min(abs(H) for H in oracles.frequency_response(stack, omega).ravel()) > 1e-12)
    assert_encloses(certified.group_delay(stack, omega), oracles.group_delay(stack, omega), error=1e-25)


@over_single_channel
@given(st.data())
def test_phase_delay(family, data):
    stack = data.draw(SINGLE_CHANNEL[family])
    omega = data.draw(st.one_of(ANGLES.filter(lambda angle: angle > 0.05), st.just(np.pi)))
    assume(abs(oracles.frequency_response(stack, 0)[0, 0]) > 1e-12)
    assert_encloses(certified.phase_delay(stack, omega), oracles.phase_delay(stack, omega))


@over
@given(st.data())
def test_impulse_response(family, data):
    stack, times = data.draw(FAMILIES[family]), data.draw(TIMES)
    assert_encloses(certified.impulse_response(stack, times), oracles.impulse_response(stack, times))


@over
@given(st.data())
def test_step_response(family, data):
    stack, times = data.draw(FAMILIES[family]), data.draw(TIMES)
    assert_encloses(certified.step_response(stack, times), oracles.step_response(stack, times))


@over
@given(st.data())
def test_autocovariance(family, data):
    stack, lags = data.draw(FAMILIES[family]), data.draw(LAGS)
    process, described = data.draw(processes(stack, family))
    layer = data.draw(st.one_of(st.none(), st.integers(-len(stack), len(stack) - 1)))
    truth = oracles.autocovariance(oracles.through(stack, layer), lags, described)
    assert_encloses(certified.autocovariance(stack, lags, process, layer), truth)


@over
@given(st.data())
def test_state_covariance(family, data):
    stack = data.draw(FAMILIES[family])
    process, described = data.draw(processes(stack, family))
    assert_encloses(certified.state_covariance(stack, process), oracles.state_covariance(stack, described))


@over
@pytest.mark.parametrize("horizon", [None, 1, 5])
@given(st.data())
def test_state_variance(family, horizon, data):
    stack = data.draw(FAMILIES[family])
    process, described = data.draw(processes(stack, family))
    V = certified.state_variance(stack, process, horizon)
    assert V.shape == (len(stack), max(stack.widths))
    for row, truth in zip(V, oracles.state_variance(stack, described, horizon), strict=True):
        assert_encloses(row[: len(truth)], truth)
        assert all(ball.is_zero() for ball in row[len(truth) :])


@over_small
@given(st.data())
def test_sensitivity(family, data):
    stack = data.draw(SMALL[family])
    process, described = data.draw(processes(stack, family))
    names = parameters(stack)
    chosen = data.draw(st.integers(0, len(names) - 1))
    balls = flat(certified.sensitivity(stack, process))
    assert len(balls) == len(names)
    assert_encloses(balls[chosen], inner_products(stack, [names[chosen]], described)[0])


@over_small
@given(st.data())
def test_population_loss(family, data):
    """Against the difference of both systems, side by side."""
    student = data.draw(SMALL[family])
    ends = student.channels[0], student.channels[-1]
    teacher = data.draw(SMALL[family].filter(lambda other: (other.channels[0], other.channels[-1]) == ends))
    process, described = data.draw(processes(student, family))
    S, T = oracles.system(student), oracles.system(teacher)
    A = np.block([[S.A, oracles.zeros(len(S.A), len(T.A))], [oracles.zeros(len(T.A), len(S.A)), T.A]])
    difference = oracles.System(A, np.concatenate([S.B, T.B]), np.concatenate([S.C, -T.C], axis=1), S.D - T.D)
    truth = np.trace(oracles.system_autocovariance(difference, [0], described)[0]) / 2
    assert_encloses(certified.population_loss(student, teacher, process), oracles.mp.re(truth))
