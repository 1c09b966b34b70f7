"""The theory, section 1: transfer functions stay factored."""

from fractions import Fraction

import numpy as np
import pytest

from lti_depth import numeric


@pytest.mark.parametrize(("pole", "good", "wrong", "hopeless"), [(0.99, 6, 8, 10), (0.9, 10, 12, 16)])
def test_expanded_polynomials_are_wrong(pole, good, wrong, hopeless):
    assert error_of_expanded_polynomial(pole, good) < 0.01
    assert error_of_expanded_polynomial(pole, wrong) > 0.01
    assert error_of_expanded_polynomial(pole, hopeless) > 1


@pytest.mark.parametrize(("pole", "K"), [(0.99, 8), (0.9, 12), (0.9, 16)])
def test_factored_products_are_right(pole, K):
    H = numeric.frequency_response(numeric.cascade([pole] * K), 0)
    assert H == pytest.approx(float(gain(pole, K)), rel=1e-14)


def error_of_expanded_polynomial(pole, K):
    """Of 1/H at z = 1, relative to the truth."""
    expanded = np.polyval(np.poly([pole] * K), 1)
    return abs(float(Fraction(expanded) * gain(pole, K)) - 1)


def gain(pole, K):
    """H(1) = (1 − λ)^{−K}, exact."""
    return 1 / (1 - Fraction(pole)) ** K
