"""Phase delays where a zero or a pole lies next to the circle, against certified balls."""

import numpy as np
import pytest

from lti_depth import certified, numeric

EPS = np.finfo(float).eps
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


def assert_enclosed(stack, omega):
    """To a rounding for each pole and zero, and those of arg H and of the sum."""
    for one in np.atleast_1d(omega).tolist():
        truth = float(certified.phase_delay(stack, one).mid())
        assert abs(numeric.phase_delay(stack, one) - truth) * abs(one) <= 8 * (len(stack) + 1 + abs(truth * one)) * EPS


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("pole", [0.68016131 + 0.21039855j, -0.4 + 0.2j])
@pytest.mark.parametrize("away", [2.0**-28, -(2.0**-40), 2.0**-52])
def test_a_zero_next_to_one(pole, away, timing):
    """Its angle, as is seen from 1, is that of what is left of 1 − ζ."""
    stack = numeric.cascade([pole], d=-(1 + away) / (1 - pole), timing=timing)
    assert_enclosed(stack, [np.pi, 3.0, -2.0, 0.1])


@pytest.mark.parametrize("pole", [0.3, 0.1, 0.3 + 0.1j])
@pytest.mark.parametrize("d", [-1.0, -2.0 / 3])
def test_a_response_that_rounds_to_zero(pole, d):
    """c + d (1 − λ), with c = −d (1 − λ) rounded, is H(1), up to a factor: less than a last place, and not 0."""
    stack = numeric.cascade([pole, 0.9], c=[-d * (1 - pole), 1.0], d=[d, 0.0], timing="delayed")
    assert_enclosed(stack, [np.pi, 0.5, -1.0])


def beside_the_circle(rng, timing):
    """λ, c and d of a layer with its zero by the circle, and its pole too or not: within a rounding, on either side."""
    away = 1 + rng.choice([-1, 1], 2) * rng.choice([EPS / 2, 1e-9, 0.1, 2], 2)
    zero, pole = away * np.exp(1j * np.array([rng.choice([0.0, np.pi, rng.uniform(-3, 3)]), rng.uniform(-3, 3)]))
    c = 1 + 1j * rng.normal()
    return pole, c, c / (pole - zero) * (1 if timing == "delayed" else zero)


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("seed", range(30))
def test_the_side_of_the_circle(seed, timing):
    """Whether |ζ| < 1 is decided by what doubles no longer tell."""
    rng = np.random.default_rng(seed)
    poles, c, d = np.array([beside_the_circle(rng, timing) for _ in range(2)]).T
    assert_enclosed(numeric.cascade(poles, c=c, d=d, timing=timing), rng.uniform(-7, 7, 4))


@pytest.mark.parametrize("pole", [-0.5414183498938863 - 0.8407533350502874j, 0.3124819276519847 + 0.9499237047736517j])
def test_a_pole_at_the_frequency_itself(pole):
    """Within 1e−16 of e^{iω}, where 1 − λ w is all rounding."""
    assert_enclosed(numeric.cascade([pole], d=1.0), [np.angle(pole)])


@pytest.mark.parametrize("pole, omega", [(1 - EPS / 2, 1e-16), (EPS / 2 - 1, np.pi)])
def test_many_poles_next_to_the_ends(pole, omega):
    """Each turns by almost a quarter there: what a digit of 1 ∓ λ makes of 24 of them is more than half a turn.

    H(1) is 2^1272 for poles next to 1.
    """
    assert_enclosed(numeric.cascade([pole] * 24, d=1.0), omega)


@pytest.mark.parametrize("b, delay", [(1j, -np.inf), (-1j, np.inf), (-1.0, -np.inf), (1.0, 1.0)])
def test_at_zero_the_sign_is_that_of_the_phase(b, delay):
    assert numeric.phase_delay(numeric.cascade([0.5], b=b), 0.0) == delay


def test_a_layer_without_gain_is_named():
    with pytest.raises(ValueError, match="layer 1: expected a transfer function other than 0"):
        numeric.phase_delay(numeric.cascade([0.5, 0.25], b=[1.0, 0.0]), 0.5)
