"""Sines and cosines of ω/2 with their low parts against mpmath, at the ends of their ranges and on a grid."""

import numpy as np
import pytest
from mpmath import mp

from lti_depth.kernels import angles

GRID = np.concatenate([
    [0.0, np.pi, -np.pi, np.pi / 2, 2 * np.pi, 3 * np.pi, np.pi - 1e-8, 1e-9, -1e-300, 100.0, -1e5, 1e9, 2.0**48 - 1],
    2 * np.pi * np.array([1, -2, 50, 12345]),
    np.linspace(-7, 7, 401),
])  # fmt: skip


def rows(omega, half_angles=angles.half_angles):
    at, found = np.empty(7 * angles.LANES), []
    for start in range(0, len(omega), angles.LANES):
        half_angles(omega, start, at)
        found.append(at.reshape(7, angles.LANES)[:, : len(omega) - start].copy())
    return np.concatenate(found, axis=1)


def turned_back(omega, r, odd):
    """ω/2 less the multiple of π that brings it next to r + (π/2)·odd."""
    half = mp.mpf(omega) / 2
    return half - mp.nint((half - r - odd * mp.pi / 2) / mp.pi) * mp.pi


@pytest.mark.parametrize("half_angles, bits", [(angles.half_angles, 71), (angles.exact_half_angles, 103)])
def test_digits(half_angles, bits):
    """Relative to the value, also beside multiples of π, or to ω of which what is beyond π/2 in three parts is left."""
    with mp.workdps(80):
        for omega, (s, s_low, c, c_low, r, r_low, odd) in zip(GRID, rows(GRID, half_angles).T, strict=True):
            theta = turned_back(omega, mp.mpf(r) + r_low, int(odd))
            unreduced = abs(mp.mpf(omega)) * mp.mpf(2) ** -160
            assert abs(r) <= np.pi / 4 + 1e-9 and odd in (0, 1)
            assert abs(mp.mpf(r) + r_low + odd * mp.pi / 2 - theta) <= mp.mpf(2) ** -105 * abs(r) + unreduced
            assert abs(mp.mpf(s) + s_low - mp.sin(theta)) <= mp.mpf(2) ** -bits * abs(mp.sin(theta)) + unreduced
            assert abs(mp.mpf(c) + c_low - mp.cos(theta)) <= mp.mpf(2) ** -bits * abs(mp.cos(theta)) + unreduced
            assert abs(s_low) <= np.spacing(abs(s)) and abs(c_low) <= np.spacing(abs(c))


@pytest.mark.parametrize("omega", [2.0**49, -1e15, 1e300])
def test_far_frequencies_to_double_precision(omega):
    s, s_low, c, c_low, r, r_low, odd = rows(np.array([omega, 1.0]))[:, 0]
    assert s_low == c_low == r_low == odd == 0
    with mp.workdps(400):
        theta = turned_back(omega, mp.mpf(r), 0)
        for found, truth in ((s, mp.sin(theta)), (c, mp.cos(theta)), (r, theta)):
            assert abs(found - truth) <= 4 * np.finfo(float).eps * abs(truth)


@pytest.mark.parametrize("q", [-4, -3, -2, -1, 0, 1, 2, 3, 4, 1001, 1002, 1003, 1004])
def test_quarter_turns(q):
    turned = complex(*angles.quarters(0.6, 0.8, float(q)))
    assert turned == pytest.approx(complex(0.6, 0.8) * 1j**q, rel=1e-15)


@pytest.mark.parametrize("r", [0.0, 1e-200, 1e-9, -0.3, 0.78539816339744828])
def test_sine_and_cosine_rounded(r):
    low = 0.3 * np.spacing(r)
    with mp.workdps(40):
        angle = mp.mpf(r) + low
        for found, truth in zip(angles.sine_cosine(r, low), (mp.sin(angle), mp.cos(angle)), strict=True):
            assert abs(found - truth) <= np.finfo(float).eps * abs(truth)
