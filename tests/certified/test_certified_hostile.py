"""The hostile cases: every ball contains its reference, 32 digits of it, and is narrow.

The references' input has innovations of variance one: an AR(1) filter in front, not a process of a rounded variance.
"""

import numpy as np
import pytest
from enclosing import assert_narrow, number
from oracles import mp
from test_hostile import CASES, stack_of

from lti_depth import certified

DIGITS = mp.mpf(10) ** -31


def balls_of(case):
    stack, quantity, phi = stack_of(case), case["quantity"], case.get("phi")
    if quantity not in ("autocovariance", "state_variance"):
        return getattr(certified, quantity)(stack, case["at"])
    if phi is not None:
        stack = certified.series(certified.cascade([phi], timing="delayed"), stack)
    if quantity == "autocovariance":
        return certified.autocovariance(stack, case["at"])
    return certified.state_variance(stack)[phi is not None :, 0]


@pytest.mark.parametrize("case", CASES, ids=[f"{c['id']}-{c['quantity']}-{c['family']}-{c['K']}" for c in CASES])
def test_contained_and_narrow(case):
    if "expect" in case:
        with pytest.raises(ValueError, match="pole"):
            balls_of(case)
        return
    balls = balls_of(case)
    assert np.shape(balls) == (len(case["ref"]),)
    for ball, reference in zip(balls, case["ref"], strict=True):
        truth = mp.mpc(*reference) if isinstance(reference, list) else mp.mpf(reference)
        middle, radius = number(ball)
        assert abs(middle - truth) <= radius + DIGITS * abs(truth), f"{ball.str(40)} for {mp.nstr(truth, 40)}"
        assert_narrow(ball)
