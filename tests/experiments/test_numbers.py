"""Numbers printed in the theory, sections 3, 4, 5, 7 and 8, as the claims have them."""

import numpy as np
import pytest

PRINTED = {
    "autocovariance/lemma-1": ("predicted", [7.905983]),
    "growth/factor-per-layer": ("law_value", [1.000646e6, 8.864877e21]),
    "growth/legendre": ("predicted", [5.263158, 263.887, 1.97734e4]),
    "growth/one-slow-layer": ("measured", [50.2513, 1.1837e4]),
    "growth/fixed-delay": ("measured", [50.75, 1.280e9]),
    "universality/lag-two": ("measured", [0.81, 0.741, 0.668]),
    "delay/equal-layers": ("measured", [36, 31.24735]),
    "delay/skip": ("measured", [5.294118, 5.882353]),
    "deep-wide/conditioning": ("measured", [18.06, 1.278e6]),
    "deep-wide/twelve-layers": ("measured", [1.1e17]),
}


@pytest.fixture(scope="session")
def claims(results):
    return {claim.id: claim for result in results.values() for claim in result.claims}


def digits(value):
    """Significant digits of a number as printed."""
    mantissa = f"{value:.10g}".split("e")[0]
    return len(mantissa.replace(".", "").lstrip("0").rstrip("0")) or 1


@pytest.mark.parametrize("name", PRINTED)
def test_to_the_digits_printed(claims, name):
    attribute, printed = PRINTED[name]
    found = np.atleast_1d(getattr(claims[name], attribute))[: len(printed)]
    for value, expected in zip(found, printed, strict=True):
        assert float(f"{value:.{digits(expected)}g}") == pytest.approx(expected, rel=1e-12), name


def test_residues_of_four_slow_poles(claims):
    assert np.abs(claims["deep-wide/residues"].measured).max() == pytest.approx(442368, abs=0.5)
    assert np.sum(claims["deep-wide/residues"].measured) == pytest.approx(1, abs=1e-6)


def test_long_memory_at_finite_depth():
    from lti_depth.experiments import universality

    lags = np.array([6, 14, 28])
    found = universality.fractional_correlation(0.5, 64, lags, 0.5, 200)
    # By mpmath.quad, and by summing the autocovariance of fractional noise; the theory prints .9650, .8327, .5555.
    assert np.abs(found - [0.96514687, 0.83326272, 0.55703237]).max() < 1e-8
    assert universality.class_law(0.5, lags, 128).round(4).tolist() == [0.9659, 0.8359, 0.5598]
    assert universality.class_law(0, lags, 128).round(3).tolist() == [0.932, 0.682, 0.216]


def test_quadrature_has_converged():
    from lti_depth.experiments import universality

    lags = np.array([12, 28, 56])
    for alpha in (0.5, -0.5):
        coarse, fine = (universality.fractional_correlation(0.5, 256, lags, alpha, nodes) for nodes in (200, 320))
        assert np.abs(coarse - fine).max() < 1e-13
