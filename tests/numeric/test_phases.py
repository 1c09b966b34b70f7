"""Phase delays where a zero or a pole lies next to the circle, against certified balls."""

import numpy as np
import pytest

from lti_depth import certified, numeric

BESIDE = [
    numeric.cascade([0.68016131 + 0.21039855j], d=-2.182240894110337 - 1.4355371185358883j, timing="delayed"),
    numeric.cascade([0.5, -0.3], c=[1.0, -0.5 * (1 - 2.0**-50)], d=[1.0, 1.0]),
    numeric.cascade([0.5], c=-0.5 * (1 + 2.0**-50), d=1.0, timing="delayed"),
    numeric.cascade([0.5], c=0.5 - (1 + 2.0**-40) * 1j, d=1.0, timing="delayed"),
    numeric.cascade([0.5, (1 + 2.0**-45) * np.exp(2j)], timing="delayed"),
]


@pytest.mark.parametrize("stack", BESIDE)
@pytest.mark.parametrize("omega", [np.pi, 2.5, 1.0, -0.3, -2.0, 7.0])
def test_zeros_and_poles_next_to_the_circle(stack, omega):
    """On the right side of it: on the wrong one φ would be off by a whole turn."""
    ball = certified.phase_delay(stack, omega)
    assert abs(float(ball.mid()) - numeric.phase_delay(stack, omega)) <= 1e-12 * max(1, 2 * np.pi / abs(omega))


def test_a_gain_at_zero_that_all_but_vanishes():
    """H(1) = 1 − λ − r/d is 2^−60 of what it is the difference of."""
    stack = numeric.cascade([0.75], c=-0.25, b=1 - 2.0**-52, d=1.0, timing="delayed")
    ball = certified.phase_delay(stack, 0.5)
    assert abs(float(ball.mid()) - numeric.phase_delay(stack, 0.5)) <= 1e-12
