"""The delay bound: its printed number, shift registers that reach it, and random stacks that stay above it."""

import numpy as np
import pytest
from sympy import Max, Rational, Symbol

from lti_depth import numeric
from lti_depth import symbolic as lti


def loss(stack, delay):
    """Σ_t |h_t − [t = D]|² at the best gain."""
    h = numeric.impulse_response(stack, np.arange(2000))
    return 1 - abs(h[delay]) ** 2 / (abs(h) ** 2).sum()


def test_values():
    S, D = (Symbol(name, integer=True, positive=True) for name in "SD")
    assert lti.delay_bound(4, 100) == 1 - Rational(4, 101) and lti.delay_bound(4, 100, "delayed") == Rational(96, 100)
    assert lti.delay_bound(4, 100, feedthrough=True) == Rational(96, 100) and lti.delay_bound(9, 5) == 0
    assert lti.delay_bound(S, D) == Max(0, 1 - S / (D + 1))


@pytest.mark.parametrize("timing", ["current", "delayed"])
def test_stacks_stay_above_it(timing):
    """Wide random layers with the best C for a delay; poles near the circle, where the bound is nearly reached."""
    rng = np.random.default_rng(0)
    for S in (1, 2, 3):
        for delay in (1, 2, 5):
            for poles in 0.99 * np.tanh(rng.normal(size=(8, S)) * 2):
                basis = [numeric.impulse_response(numeric.cascade([p], timing=timing), np.arange(3000)) for p in poles]
                target = np.eye(1, 3000, delay)[0]
                C = np.linalg.lstsq(np.array(basis).T, target, rcond=None)[0]
                layer = numeric.Layer(poles, np.ones((S, 1)), C[None])
                found = loss(numeric.stack([layer], timing=timing), delay)
                assert found >= float(lti.delay_bound(S, delay, timing)) - 1e-9


def test_shift_registers_reach_it():
    """D = S poles 0 in delayed timing."""
    for S in (1, 2, 5):
        assert loss(numeric.cascade([0] * S, timing="delayed"), S) == 0 == lti.delay_bound(S, S, "delayed")


@pytest.mark.parametrize(("call", "message"), [
    (lambda: lti.delay_bound(0, 3), "at least 1"), (lambda: lti.delay_bound(1, 0), "at least 1"),
    (lambda: lti.delay_bound(1, Symbol("D")), "positive=True"), (lambda: lti.delay_bound(1, 2, "late"), "one of"),
    (lambda: lti.delay_bound(1, 2, feedthrough=1), "True or False"),
])  # fmt: skip
def test_refusals(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
