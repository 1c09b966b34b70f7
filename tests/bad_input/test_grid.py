"""Every parameter of every public function: other ways to write a value, and values that are none.

The functions come from the rooms themselves and the values from the kinds of their parameters, so that a new function
is tried on arrival.
"""

import flint
import numpy as np
import pytest
from answers import contents, wrong_answer, wrong_refusal
from registry import GIVEN, ROOMS, functions, parameters, public
from tables import kind_of

EVERY = [parameter for room in ROOMS for parameter in parameters(room)]


def arguments(room, name, *more):
    """Good values for what a function needs, and for `more`."""
    kinds = {each: kind_of(*each[:3]) for each in parameters(room) if each.function == name}
    return {each.name: kind.good() for each, kind in kinds.items() if each.required or kind.always or each.name in more}


def tried(parameter, values, judge):
    """{what was passed: what is wrong with the outcome}."""
    function = functions(parameter.room)[parameter.function]
    faults = {}
    for text, value in values.items():
        if value is None and parameter.default is None:
            continue
        beside = kind_of(*parameter[:3]).beside
        given = arguments(parameter.room, parameter.function) | beside | {parameter.name: value}
        if fault := judge(function, given):
            faults[text] = fault
    return faults


def listed(faults):
    return "".join(f"\n  {text}: {fault}" for text, fault in faults.items())


@pytest.mark.parametrize("parameter", EVERY, ids=lambda p: f"{p.room}.{p.function}-{p.name}")
def test_bad_values_are_refused(parameter):
    kind = kind_of(*parameter[:3])
    called = [parameter.name, *filter(None, [kind.entry])]
    faults = tried(parameter, kind.bad, lambda function, given: wrong_refusal(function, given, called))
    assert not faults, listed(faults)


@pytest.mark.parametrize("parameter", EVERY, ids=lambda p: f"{p.room}.{p.function}-{p.name}")
def test_other_ways_to_write_a_value(parameter):
    kind, function = kind_of(*parameter[:3]), functions(parameter.room)[parameter.function]
    given = arguments(parameter.room, parameter.function, parameter.name) | kind.beside
    before = surroundings(given)
    expected = function(**given)
    assert surroundings(given) == before
    faults = tried(parameter, kind.same, lambda function, given: wrong_answer(function, given, expected))
    assert not faults, listed(faults)


def surroundings(given):
    """What a call leaves alone: all that it is given but `out`, the settings of numpy's errors, flint's precision."""
    return {key: contents(value) for key, value in given.items() if key != "out"}, np.geterr(), flint.ctx.prec


@pytest.mark.parametrize("parameter", EVERY, ids=lambda p: f"{p.room}.{p.function}-{p.name}")
def test_values_that_some_functions_take(parameter):
    """Answered, or refused as clearly as what no function takes."""
    kind = kind_of(*parameter[:3])
    called = [parameter.name, *filter(None, [kind.entry])]
    faults = tried(parameter, kind.either, lambda function, given: wrong_refusal(function, given, called))
    faults = {text: fault for text, fault in faults.items() if not fault.startswith("answered")}
    assert not faults, listed(faults)


def test_what_is_given_is_public():
    assert GIVEN <= {name for room in ROOMS for name in public(room)}
