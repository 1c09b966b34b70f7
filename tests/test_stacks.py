"""Stacks as values: what is kept of them, and their copies."""

import copy
import gc
import pickle
import weakref

import numpy as np
import pytest

from lti_depth.numeric import Layer, cascade, frequency_response, group_delay, simulate, stack
from lti_depth.system.kept import kept

STACKS = {
    "cascade": cascade([0.5, 0.25j], b=2.0, d=1.0, timing="delayed"),
    "wide": stack([
        Layer([0.5j, 0.25], np.ones((2, 1)), np.ones((3, 2)), real=True),
        Layer([0.5], np.ones((1, 3)), [[2]]),
    ]),
}  # fmt: skip


def test_kept_for_as_long_as_the_stack_lives():
    calls = []

    @kept
    def depth(of):
        """K."""
        calls.append(len(of))
        return len(of)

    first, second = cascade([0.5]), cascade([0.5, 0.25])
    assert [depth(first), depth(second), depth(first), depth(second)] == [1, 2, 1, 2] and calls == [1, 2]
    assert depth.__doc__ == "K."
    gone = weakref.ref(first)
    del first
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("through", [0.0, 1.0])
def test_nothing_kept_of_a_stack_holds_it(through):
    used = cascade([0.5, 0.25], d=through)
    frequency_response(used, 0.5), group_delay(used, 0.5), simulate(used, np.ones(3))
    gone = weakref.ref(used)
    del used
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_copies_are_the_same_and_read_only(name, again):
    given = STACKS[name]
    assert given.poles is given.poles  # computed once
    found = again(given)
    assert found.timing == given.timing and found.widths == given.widths and "poles" not in vars(found)
    for layer, own in zip(found, given, strict=True):
        assert layer.real == own.real
        for field in ("poles", "B", "C", "D"):
            array = getattr(layer, field)
            assert not array.flags.writeable and array.dtype == getattr(own, field).dtype
            np.testing.assert_array_equal(array, getattr(own, field))
