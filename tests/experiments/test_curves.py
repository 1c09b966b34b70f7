"""Curves, words and limits that experiments share."""

import numpy as np
import pytest

from lti_depth.experiments import curves, shares, wording


def test_a_law_and_its_marks_share_a_color():
    line, marks = curves.law_and_marks(([1, 2, 3], [4, 5, 6]), ([2], [7]), "law", 3)
    assert (line.x, line.y, line.label, line.style, line.group) == ([1, 2, 3], [4, 5, 6], "law", "line", 3)
    assert (marks.x, marks.y, marks.label, marks.style, marks.group) == ([2], [7], "", "markers", 3)


def test_spread_around_the_median():
    values = np.random.default_rng(0).permutation(np.arange(11.0))[:, None] * [1, 10]
    found = curves.spread([0, 1], values, 0, group=2)
    assert (found.low.tolist(), found.y.tolist(), found.high.tolist()) == ([1, 10], [5, 50], [9, 90])
    assert curves.spread([0, 1], values, 0, ends=(0, 1)).high.tolist() == [10, 100]


def test_lists_of_numbers():
    assert wording.listed((1, 0.5, 1e-5)) == "1, 0.5, 1e-05"


def test_limit_of_small_shares():
    """Exact but for a term of second order, of which the tolerance is a fourth of the first-order term."""
    share, first, second = 0.1, np.array([3.0, -2.0]), np.array([0.4, 0.1])
    coarse, fine = (5 + first * s + second * s**2 for s in (share, share / 2))
    found, tolerance = shares.limit(coarse, fine)
    assert found == pytest.approx(5 - second * share**2 / 2, rel=1e-14)
    assert tolerance == pytest.approx(np.max(np.abs(first * share / 2 + 3 / 4 * second * share**2) / found) / 4)
