"""lower: what numbers for symbols may give, and how it refuses. (That the floors agree: test_laws.)"""

import pytest
from sympy import I, Rational, Symbol

from lti_depth import numeric, symbolic
from lti_depth.bridge import lower

a, v = Symbol("a"), Symbol("v")


@pytest.mark.parametrize("process", [symbolic.ar1(a), symbolic.arma([a], []), symbolic.white() + symbolic.ar1(a)])
def test_processes_stay_stationary(process):
    with pytest.raises(ValueError, match=r"a stationary process needs \|λ\| < 1, got the pole 1.5"):
        lower(process, {a: 1.5})


def test_processes_stay_positive():
    with pytest.raises(ValueError, match="positive semidefinite"):
        lower(symbolic.sampled([1, a]), {a: 0.9})
    for number, expected in ((-1, "positive"), (0, "positive"), (I, "real")):
        with pytest.raises(ValueError, match=f"variance: expected .*{expected}"):
            lower(symbolic.white(v), {v: number})


def test_processes_of_numbers():
    """The value is that of the process built of numbers; with real numbers it is a real process."""
    stack = numeric.cascade([0.9, 0.5])
    pairs = [
        (lower(symbolic.ar1(a, v), {a: 0.5, v: 3}), numeric.ar1(0.5, 3)),
        (lower(symbolic.arma([a], [v]), {a: 0.5, v: 0.25}), numeric.arma([0.5], [0.25])),
        (lower(symbolic.sampled([1, a]), {a: 0.25}), numeric.sampled([1, 0.25])),
    ]
    for lowered, built in pairs:
        R = numeric.autocovariance(stack, [0, 3], lowered)
        assert R.dtype == float and R == pytest.approx(numeric.autocovariance(stack, [0, 3], built), rel=1e-14)


def test_every_missing_symbol_is_named_and_every_unused_key():
    stack = symbolic.cascade(2)
    with pytest.raises(ValueError, match=r"none for b\[1\], b\[2\], c\[1\], c\[2\], λ\[2\], beside the unused a;"):
        lower(stack, {stack.poles[0]: 0.5, a: 1})
    with pytest.raises(ValueError, match="none for a, v; pass as keys the very symbols"):
        lower(symbolic.white(v) + symbolic.shaped(symbolic.scalar_cascade([a])))


@pytest.mark.parametrize("key", ["a", Symbol("a", real=True)])
def test_keys_of_the_same_name_are_not_the_same(key):
    with pytest.raises(ValueError, match=r"none for a, beside the unused '?a'?;"):
        lower(symbolic.ar1(a), {key: 0.5})


@pytest.mark.parametrize("values", [[0.5], (0.5,), 0.5, "a", [(a, 0.5)]])
def test_values_are_a_mapping(values):
    with pytest.raises(TypeError, match="values: expected a mapping of symbols to numbers"):
        lower(symbolic.ar1(a), values)


def test_values_for_several_stacks_may_be_one_mapping():
    values = {a: Rational(1, 2), v: 2}
    assert lower(symbolic.scalar_cascade([a]), values).poles[0] == 0.5
    assert lower(symbolic.white(v), values).variance == 2
