"""Balls as midpoints and radii in 120-digit arithmetic, and what it means that they contain and are narrow."""

import numpy as np
from oracles import mp

NOISE = mp.mpf(10) ** -60


def real_number(ball):
    """(midpoint, radius) of an arb."""
    (man, exp), (rad_man, rad_exp) = (part.man_exp() for part in (ball.mid(), ball.rad()))
    return mp.ldexp(mp.mpf(int(man)), int(exp)), mp.ldexp(mp.mpf(int(rad_man)), int(rad_exp))


def number(ball):
    """(midpoint, radius) of an arb or acb."""
    if not hasattr(ball, "conjugate"):
        return real_number(ball)
    (re, re_rad), (im, im_rad) = real_number(ball.real), real_number(ball.imag)
    return mp.mpc(re, im), mp.hypot(re_rad, im_rad)


def flat(balls):
    """The balls of an object array, or the ball itself, as a list."""
    return list(np.asarray(balls, dtype=object).ravel())


def middles(balls):
    """Midpoints, a vector of mpmath numbers."""
    return np.array([number(ball)[0] for ball in flat(balls)], dtype=object)


def assert_encloses(balls, truth, rtol=1e-15, error=1e-30):
    """Every ball contains the truth, itself good to `error` of its largest entry, and is narrow or a 0 found."""
    truth = np.asarray(truth, dtype=object).ravel()
    balls = flat(balls)
    assert len(balls) == len(truth)
    own = error * max((abs(value) for value in truth), default=0) + NOISE
    for ball, value in zip(balls, truth, strict=True):
        middle, radius = number(ball)
        assert abs(middle - value) <= radius + own, f"{ball.str(20)} for {mp.nstr(value, 20)}"
        assert_narrow(ball, rtol)


def assert_narrow(ball, rtol=1e-15):
    """Of relative radius rtol, or a 0 within 10^−200."""
    middle, radius = number(ball)
    assert radius <= mp.mpf(rtol) * abs(middle) or (abs(middle) <= radius < mp.mpf(10) ** -200), ball.str(20)
