"""Bad input on the symbolic floor: one error of one line that says what was expected, what came, what to pass."""

from decimal import Decimal
from fractions import Fraction

import pytest
import sympy
from sympy import I, Rational, Symbol

from lti_depth import bridge, symbolic, system

HALF = Rational(1, 2)
STACK = symbolic.scalar_cascade([HALF])
TWO_CHANNELS = symbolic.stack([symbolic.Layer([HALF], [[1]], [[1], [2]])])
REFUSALS = {
    "depth zero": lambda: symbolic.cascade(0),
    "depth a float": lambda: symbolic.cascade(2.0),
    "depth a symbol": lambda: symbolic.cascade(Symbol("K")),
    "no poles": lambda: symbolic.scalar_cascade([]),
    "a scalar": lambda: symbolic.scalar_cascade(0.5),
    "an expression": lambda: symbolic.scalar_cascade(Symbol("p")),
    "a string": lambda: symbolic.scalar_cascade("0.5"),
    "a string entry": lambda: symbolic.scalar_cascade(["__import__('os')"]),
    "nan": lambda: symbolic.scalar_cascade([float("nan")]),
    "infinity": lambda: symbolic.scalar_cascade([sympy.oo]),
    "a Decimal": lambda: symbolic.scalar_cascade([Decimal("0.5")]),
    "a bool": lambda: symbolic.scalar_cascade([True]),
    "a matrix entry": lambda: symbolic.scalar_cascade([sympy.MatrixSymbol("A", 2, 2)]),
    "gains of another depth": lambda: symbolic.scalar_cascade([HALF, HALF], b=[1, 2, 3]),
    "an unknown timing": lambda: symbolic.scalar_cascade([HALF], timing="late"),
    "B of another width": lambda: symbolic.Layer([HALF], [[1], [1]], [[1]]),
    "B without rows": lambda: symbolic.Layer([HALF], [], [[1]]),
    "B ragged": lambda: symbolic.Layer([HALF, HALF], [[1], [1, 2]], [[1, 1]]),
    "B a vector": lambda: symbolic.Layer([HALF], [1], [[1]]),
    "D complex": lambda: symbolic.Layer([I / 2], [[1]], [[1]], [[I]], real=True),
    "real a number": lambda: symbolic.Layer([I / 2], [[1]], [[1]], real=1),
    "no layers": lambda: symbolic.stack([]),
    "layers of numbers": lambda: symbolic.stack([0.5]),
    "a numeric layer": lambda: symbolic.stack([system.Layer([0.5], [[1]], [[1]])]),
    "channels that do not meet": lambda: symbolic.stack([TWO_CHANNELS[0], STACK[0]]),
    "Re of a complex signal": lambda: symbolic.stack([symbolic.Layer([I / 2], [[1]], [[1]]),
                                                      symbolic.Layer([I / 2], [[1]], [[1]], real=True)]),
    "two timings": lambda: symbolic.series(STACK, STACK.replace(timing="delayed")),
    "repeat zero": lambda: symbolic.repeat(STACK, 0),
    "repeat a symbol": lambda: symbolic.repeat(STACK, Symbol("n", integer=True)),
    "replace by too few": lambda: symbolic.cascade(2).replace(poles=[HALF]),
    "no stack": lambda: symbolic.autocovariance(HALF, 0),
    "a numeric stack": lambda: symbolic.autocovariance(system.cascade([0.5]), 0),
    "a numeric process": lambda: symbolic.autocovariance(STACK, 0, system.white()),
    "a float lag": lambda: symbolic.autocovariance(STACK, 1.0),
    "half a lag": lambda: symbolic.autocovariance(STACK, HALF),
    "an undeclared lag": lambda: symbolic.autocovariance(STACK, Symbol("Delta")),
    "a lag of unknown sign": lambda: symbolic.autocovariance(STACK, Symbol("Delta", integer=True)),
    "a float time": lambda: symbolic.impulse_response(STACK, 1.5),
    "a negative time": lambda: symbolic.step_response(STACK, -Symbol("t", integer=True, nonnegative=True)),
    "a layer beyond": lambda: symbolic.autocovariance(STACK, 0, layer=1),
    "a complex frequency": lambda: symbolic.frequency_response(STACK, I),
    "a pole": lambda: symbolic.transfer_function(STACK, HALF),
    "horizon zero": lambda: symbolic.state_variance(STACK, horizon=0),
    "zeros of channels": lambda: symbolic.zeros(TWO_CHANNELS),
    "zeros of nothing": lambda: symbolic.zeros(symbolic.scalar_cascade([HALF], b=0)),
    "phase with an unknown zero": lambda: symbolic.phase_delay(symbolic.scalar_cascade([HALF], d=Symbol("d")), HALF),
    "phase at 0 of unknown sign": lambda: symbolic.phase_delay(symbolic.cascade(1), 0),
    "rho outside": lambda: symbolic.ar1(1),
    "rho a list": lambda: symbolic.ar1([0.5]),
    "variance negative": lambda: symbolic.white(-1),
    "variance complex": lambda: symbolic.white(I),
    "arma not stationary": lambda: symbolic.arma([2], []),
    "arma without closed roots": lambda: symbolic.arma([Symbol("a"), Symbol("b"), Symbol("c")], []),
    "no positive spectrum": lambda: symbolic.sampled([1, 0, Fraction(-51, 100)]),
    "no positive spectrum, complex": lambda: symbolic.sampled([1, 0.4 + 0.4j]),
    "a record that rests": lambda: symbolic.recorded([2, 2]),
    "shaped by two channels": lambda: symbolic.shaped(TWO_CHANNELS),
    "a complex process into real layers": lambda: symbolic.autocovariance(
        symbolic.stack([symbolic.Layer([I / 2], [[1]], [[1]], real=True)]), 0, symbolic.ar1(I / 2)),
    "a lag that needs too many cases": lambda: symbolic.autocovariance(
        STACK, Symbol("Delta", integer=True, nonnegative=True), symbolic.recorded(range(100))),
    "an unknown quantity": lambda: symbolic.derive("variance", 2),
    "a quantity that is no name": lambda: symbolic.derive(None, 2),
    "an unknown format": lambda: symbolic.derive("zeros", 2, format="html"),
    "an unknown process": lambda: symbolic.derive("autocovariance", 2, process="pink"),
    "a process for a filter": lambda: symbolic.derive("group_delay", 2, process="ar1"),
    "derive depth zero": lambda: symbolic.derive("zeros", 0),
    "lower without values": lambda: bridge.lower(symbolic.cascade(1)),
    "lower numbers": lambda: bridge.lower(0.5),
    "lower a string": lambda: bridge.lower(symbolic.cascade(1), {Symbol("x"): "1"}),
    "lift expressions": lambda: bridge.lift(STACK),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_one_clear_error(case):
    with pytest.raises((ValueError, TypeError)) as caught:
        REFUSALS[case]()
    message = str(caught.value)
    assert message and "\n" not in message


@pytest.mark.parametrize("pole", [1, -1, I, Rational(3, 5) + I * Rational(4, 5), 2, 1 + 2**-52, sympy.sqrt(2)])
@pytest.mark.parametrize("observable", ["autocovariance", "state_variance", "state_covariance", "power_spectrum"])
def test_stability_is_decided_exactly(observable, pole):
    query = {"autocovariance": [0], "power_spectrum": [HALF]}.get(observable, [])
    with pytest.raises(ValueError, match="pole"):
        getattr(symbolic, observable)(symbolic.scalar_cascade([HALF, pole]), *query)


@pytest.mark.parametrize("pole", [1 - 2**-53, Rational(10**40 - 1, 10**40), 0.6 + 0.7999999999999999j,
                                  sympy.sqrt(2) / 2, 0])
def test_what_is_just_inside_is_stable(pole):
    V = symbolic.autocovariance(symbolic.scalar_cascade([pole]), 0)
    assert sympy.N(V, 20) >= 1


def test_unstable_stacks_can_be_built_and_evaluated():
    stack = symbolic.scalar_cascade([2, 1])
    assert [symbolic.impulse_response(stack, t) for t in range(-1, 3)] == [0, 1, 3, 7]
    assert [symbolic.step_response(stack, t) for t in range(3)] == [1, 4, 11]
    assert symbolic.state_variance(stack, horizon=2) == sympy.Matrix([[5], [10]])
    assert symbolic.frequency_response(stack, sympy.pi) == Rational(1, 6)
