"""Ten thousand layers: the right answer soon, or one refusal in words before any work is done."""

import numpy as np
import pytest
from answers import unclear

from lti_depth import certified, numeric
from lti_depth.numeric import circle
from lti_depth.system.limits import require_affordable

K = 10**4
DEEP = numeric.cascade(np.full(K, 0.5), b=0.5)
WIDE = numeric.repeat(numeric.stack([numeric.Layer([0.5, 0.2], [[1], [1]], [[1, 1]])]), K)
TURNING = numeric.cascade(0.5 * np.exp(1j * np.linspace(-3, 3, K)), b=0.5)
PAIRS = pytest.mark.compiled("fifty million pairs of layers")
SLOW = "slow correlations"
REFUSED = {
    "sensitivity": lambda: numeric.sensitivity(DEEP),
    "gauss_newton": lambda: numeric.gauss_newton(DEEP),
    "hankel_singular_values": lambda: numeric.hankel_singular_values(DEEP),
    "memory_function": lambda: numeric.memory_function(DEEP, 10),
    "memory of states": lambda: numeric.memory_function(WIDE, 10),
    "from rest": lambda: numeric.state_variance(DEEP, horizon=3000),
    "wide states": lambda: numeric.state_covariance(WIDE),
    "complex states": lambda: numeric.state_variance(TURNING),
    "colored states": lambda: numeric.state_covariance(DEEP, numeric.sampled([1.0, 0.5])),
    "many angles": lambda: next(circle.arcs(TURNING.poles[:, None])),
    "log_autocovariance": lambda: numeric.log_autocovariance(DEEP, 3),
    "log_state_variance": lambda: numeric.log_state_variance(DEEP),
    "log_sensitivity": lambda: numeric.log_sensitivity(DEEP),
    "depth-aware": lambda: numeric.normalization(DEEP, "depth-aware"),
    SLOW: lambda: numeric.correlation_length(numeric.cascade([0.999] * K, b=0.001)),
    "balls of sensitivity": lambda: certified.sensitivity(DEEP),
    "balls of wide sensitivity": lambda: certified.sensitivity(WIDE),
    "balls of autocovariance": lambda: certified.autocovariance(DEEP, 0),
    "balls of loss": lambda: certified.population_loss(DEEP, DEEP),
    "balls of states": lambda: certified.state_variance(DEEP),
    "balls from rest": lambda: certified.state_variance(DEEP, horizon=5),
    "balls of response": lambda: certified.impulse_response(DEEP, 5),
    "balls of powers": lambda: certified.impulse_response(numeric.cascade([0.5] * 600), 2**60),
    "balls of powers from rest": lambda: certified.state_variance(numeric.cascade([0.5] * 200), horizon=2**300),
}


@pytest.mark.parametrize("name", [pytest.param(name, marks=PAIRS) if name == SLOW else name for name in REFUSED])
def test_what_would_take_hours_is_refused(name):
    with pytest.raises(ValueError, match=r"would take about .*; ") as refusal:
        REFUSED[name]()
    assert not unclear(refusal.value, ["stack"])


def test_what_is_fast_at_any_depth():
    """At z = 1 every layer is (1 − λ)/(1 − λ) = 1 and delays by λ/(1 − λ) = 1."""
    assert numeric.frequency_response(DEEP, 0.0) == pytest.approx(1.0, rel=1e-14 * K)
    assert numeric.group_delay(DEEP, 0.0) == pytest.approx(K, rel=1e-15)


@PAIRS
def test_variances_of_ten_thousand_layers():
    """R(Δ) = (1 − λ)^{2K}/(2π) ∫ |1 − λ e^{−iω}|^{−2K} cos Δω dω, by the trapezoidal rule.

    The promise is 8 (K + Δ) u; logarithms rounded K times as large are the integrand's.
    """
    omega = np.linspace(-np.pi, np.pi, 2**14, endpoint=False)
    power = np.exp(-K * np.log1p(8 * np.sin(omega / 2) ** 2))  # |1 − λ w|² = (1 − λ)² + 4 λ sin² at λ = ½
    for lag, found in enumerate(numeric.autocovariance(DEEP, [0, 1])):
        assert found == pytest.approx((power * np.cos(lag * omega)).mean(), rel=16 * K * 2.0**-53)


def test_the_greatest_depth_is_affordable():
    """K layers that take K^3 μs: three minutes are (1.8·10⁸)^{1/3} = 564.6… layers."""
    require_affordable(564, "this", 3, seconds=1e-6 * 564**3, instead="less")
    with pytest.raises(ValueError, match=r"at most 564 layers .*got 1000, which would take about 16.7 minutes; less"):
        require_affordable(1000, "this", 3, seconds=1e-6 * 1000**3, instead="less")


def test_memory_is_estimated_too():
    with pytest.raises(ValueError, match=r"at most 500 states .*got 1000, which would take about 16 GB; less"):
        require_affordable(1000, "this", 2, seconds=1.0, size=16e9, instead="less", of="states")
