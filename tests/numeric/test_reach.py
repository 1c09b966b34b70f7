"""Runs that would take hours are refused at once, with the latest time that is affordable."""

import re
import time

import numpy as np
import pytest

from lti_depth import numeric

CASCADE = numeric.cascade([0.9, 0.5])
WIDE = numeric.stack([numeric.Layer([0.9, 0.8], np.eye(2), [[1.0, 0.5], [0.0, 1.0]])] * 2)
ONE_INPUT = numeric.stack([numeric.Layer([0.9, 0.8], [[1.0], [1.0]], [[1.0, 1.0]])])
LATE = 10**15
RUNS = {
    "impulse_response": lambda stack, t: numeric.impulse_response(stack, [-1, t]),
    "step_response": numeric.step_response,
    "autocovariance": lambda stack, lag: numeric.autocovariance(stack, -lag, numeric.sampled([2.0, 1.0])),
    "log_impulse_response": lambda stack, t: numeric.log_impulse_response(stack, [0, t]),
    "log_step_response": numeric.log_step_response,
    "log_autocovariance": lambda stack, lag: numeric.log_autocovariance(stack, -lag, numeric.sampled([2.0, 1.0])),
    "log_state_variance": lambda stack, T: numeric.log_state_variance(stack, horizon=T),
    "state_variance": lambda stack, T: numeric.state_variance(stack, horizon=T),
    "memory_function": numeric.memory_function,
}


def stacks_of(name):
    return (CASCADE, ONE_INPUT) if name == "memory_function" else (CASCADE, ONE_INPUT, WIDE)


CASES = [(name, stack) for name in RUNS for stack in stacks_of(name)]


@pytest.mark.parametrize(("name", "stack"), CASES)
def test_what_takes_hours_is_refused_at_once(name, stack):
    RUNS[name](stack, 3)  # compiled before it is timed
    began = time.perf_counter()
    with pytest.raises(ValueError, match=rf"at most \d+ samples like these for {name}.*got {LATE}, which would take"):
        RUNS[name](stack, LATE)
    assert time.perf_counter() - began < 1.0


@pytest.mark.compiled("the estimates are of compiled runs")
@pytest.mark.parametrize(("name", "stack"), CASES)
def test_the_limit_that_is_named_is_the_limit(name, stack):
    """A little more is refused as well, and a ten-thousandth of it takes a ten-thousandth of three minutes."""
    with pytest.raises(ValueError, match="samples") as refused:
        RUNS[name](stack, LATE)
    most = int(re.search(r"at most (\d+) samples", str(refused.value)).group(1))
    with pytest.raises(ValueError, match="samples"):
        RUNS[name](stack, most + max(2, most // 1000))
    RUNS[name](stack, 100)
    began = time.perf_counter()
    RUNS[name](stack, most // 10**4)
    assert time.perf_counter() - began < 1.0
