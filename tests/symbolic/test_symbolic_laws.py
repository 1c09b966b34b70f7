"""Law = definition: every observable of the symbolic floor against naive sums, at exact numbers and as a formula."""

import exact
import pytest
import sympy
from exact import mp
from hypothesis import assume, given
from hypothesis import strategies as st
from systems import FAMILIES, law_process, law_stack, processes, systems

from lti_depth import symbolic

LAG = sympy.Symbol("Delta", integer=True, nonnegative=True)
over = pytest.mark.parametrize("family", FAMILIES)
FREQUENCIES = st.sampled_from([sympy.Rational(3, 4), sympy.Rational(-7, 5), sympy.pi / 3, sympy.Integer(3)])


def assert_agrees(law, truth, digits=30):
    """Entry by entry, relative to the largest."""
    law = sympy.Matrix([[law]]) if isinstance(law, sympy.Expr) else law
    truth = [[truth]] if not isinstance(truth, list) else truth
    assert law.shape == (len(truth), len(truth[0]))
    entries = [entry for row in truth for entry in row]
    size = max(1, *(abs(entry) for entry in entries))
    for value, entry in zip(law, entries, strict=True):
        assert abs(digits_of(value) - entry) <= mp.mpf(10) ** -digits * size


def digits_of(expression):
    """As many digits as the oracle has."""
    re, im = sympy.N(expression, mp.dps).as_real_imag()
    return mp.mpc(str(re), str(im)) if im else mp.mpf(str(re))


def at(formula, lag):
    """A formula in Δ at one lag."""
    return formula.xreplace({LAG: sympy.Integer(lag)}).doit()


@over
@given(st.data())
def test_impulse_and_step_response(family, data):
    system = data.draw(systems(family))
    stack = law_stack(system)
    impulse, step = symbolic.impulse_response(stack, LAG), symbolic.step_response(stack, LAG)
    for t in (-1, 0, 1, 2, 6):
        truth = exact.impulse_response(system, t), exact.step_response(system, t)
        assert_agrees(symbolic.impulse_response(stack, t), truth[0])
        assert_agrees(symbolic.step_response(stack, t), truth[1])
        if t >= 0:
            assert_agrees(at(impulse, t), truth[0])
            assert_agrees(at(step, t), truth[1])


@over
@given(st.data())
def test_autocovariance(family, data):
    system = data.draw(systems(family))
    process = data.draw(processes(family))
    layer = data.draw(st.integers(-len(system.sections), len(system.sections) - 1))
    stack, input_process = law_stack(system), law_process(process)
    part = exact.System(system.sections[: layer % len(system.sections) + 1], system.timing)
    formula = symbolic.autocovariance(stack, LAG, input_process, layer)
    for lag in (0, 1, 2, 5):
        truth = exact.autocovariance(part, lag, process)
        assert_agrees(symbolic.autocovariance(stack, lag, input_process, layer), truth)
        assert_agrees(at(formula, lag), truth)
    assert_agrees(symbolic.autocovariance(stack, -2, input_process, layer), exact.autocovariance(part, -2, process))
    assert_agrees(at(symbolic.autocovariance(stack, -LAG, input_process, layer), 2),
                  exact.autocovariance(part, -2, process))


@over
@given(st.data())
def test_state_covariance_and_variance(family, data):
    system = data.draw(systems(family))
    process = data.draw(processes(family))
    stack, input_process = law_stack(system), law_process(process)
    truth = exact.state_covariance(system, process)
    assert_agrees(symbolic.state_covariance(stack, input_process), truth)
    diagonal = [row[n] for n, row in enumerate(truth)]
    assert_agrees(symbolic.state_variance(stack, input_process), by_layer(system, diagonal))


def by_layer(system, variances):
    """(K, N_max), without the conjugate twins, zero in the padding."""
    width = max(len(section.poles) for section in system.sections)
    rows = []
    for section in system.sections:
        N = len(section.poles)
        rows.append(variances[:N] + [mp.zero] * (width - N))
        variances = variances[N * (2 if section.real else 1) :]
    return rows


@over
@given(st.data())
def test_variance_from_rest(family, data):
    system = data.draw(systems(family))
    process = data.draw(processes(family))
    T = data.draw(st.integers(1, 5))
    plain = exact.System([section._replace(real=False) for section in system.sections], system.timing)
    truth = by_layer(plain, exact.variance_from_rest(system, process, T))
    assert_agrees(symbolic.state_variance(law_stack(system), law_process(process), horizon=T), truth)


@over
@given(st.data())
def test_transfer_function_and_spectrum(family, data):
    system = data.draw(systems(family))
    process = data.draw(processes(family))
    stack, omega = law_stack(system), data.draw(FREQUENCIES)
    point = digits_of(omega)
    assert_agrees(symbolic.frequency_response(stack, omega), exact.frequency_response(system, point))
    assert_agrees(symbolic.power_spectrum(stack, omega, law_process(process)),
                  exact.power_spectrum(system, point, process))
    z = sympy.Rational(3, 2) - sympy.I / 3
    assert_agrees(symbolic.transfer_function(stack, z), exact.transfer_function(system, mp.mpc("1.5", -mp.one / 3)))


@over
@given(st.data())
def test_group_delay(family, data):
    system = data.draw(systems(family))
    omega = data.draw(FREQUENCIES)
    point = digits_of(omega)
    H = exact.frequency_response(system, point)
    assume(all(abs(entry) > mp.mpf(10) ** -10 for row in H for entry in row))
    assert_agrees(symbolic.group_delay(law_stack(system), omega), exact.group_delay(system, point), digits=20)


@over
@given(st.data())
def test_phase_delay_and_zeros(family, data):
    system = data.draw(systems(family, single_channel=True))
    stack, omega = law_stack(system), data.draw(FREQUENCIES)
    point = digits_of(omega)
    sections = [exact.System([section], system.timing) for section in system.sections]
    assume(all(abs(exact.transfer_function(section, mp.mpc("1.3", "0.7"))[0][0]) > mp.mpf(10) ** -10
               for section in sections))  # no layer without any gain
    found = symbolic.zeros(stack)
    roots = [root for layer in found for root in layer]
    for section, layer in zip(sections, found, strict=True):
        poles = {exact.number(pole) for pole in section.sections[0].poles}
        poles |= {mp.conj(pole) for pole in poles}
        for root in layer:
            z = digits_of(root)
            if z != 0 and all(abs(z - pole) > mp.mpf(10) ** -30 for pole in poles):
                assert abs(exact.transfer_function(section, z)[0][0]) < mp.mpf(10) ** -40
    assume(all(abs(abs(sympy.N(root)) - 1) > 1e-2 for root in roots))
    assert_agrees(symbolic.phase_delay(stack, omega), exact.phase_delay(system, point))


@over
@given(st.data())
def test_equivalent_layer(family, data):
    """The wide layer, simulated as a dense system by hand, puts out the impulse response of the stack."""
    system = data.draw(systems(family))
    A, B, C, D = symbolic.equivalent_layer(law_stack(system))
    delayed = system.timing == "delayed"
    for t in range(4):
        if delayed:
            h = C * A ** (t - 1) * B if t else D
        else:
            h = C * A**t * B + (D if t == 0 else sympy.zeros(*D.shape))
        assert_agrees(h, exact.impulse_response(system, t))
