"""Deep cascades against the balls: 1e−14 of the response and 1e−15 of Σ|τ_k| at any depth, whatever the poles."""

from fractions import Fraction

import numpy as np
import pytest
from mpmath import mp

from lti_depth import certified, numeric

OMEGA = np.array([0.0, 1e-300, 1e-9, 1e-4, 0.3, 1.5707963267948966, 2.2, np.pi - 1e-9, np.pi, -2.0, 6.0, 100.0])


def poles_of(kind, K, rng=None):
    rng = np.random.default_rng(K)
    gaps = 10.0 ** -rng.uniform(0, 12, K)
    return {
        "spread": rng.uniform(0, 0.99, K), "equal": np.full(K, 0.7), "two": np.where(rng.random(K) < 0.5, 0.3, 0.9),
        "slow": 1 - gaps, "signed": rng.choice([-1, 1], K) * (1 - gaps), "tiny": gaps**3,
        "complex": rng.uniform(0, 0.99, K) * np.exp(1j * rng.uniform(-3.1, 3.1, K)),
        "resonant": (1 - gaps) * np.exp(0.3j + 1e-3j * rng.normal(size=K)), "unstable": 1 + gaps,
    }[kind]  # fmt: skip


def exact(value):
    return mp.mpf(Fraction(value).numerator) / Fraction(value).denominator


def response(poles, gain, omega, delayed):
    """Π b/(1 − λ w), naively, in sixty digits."""
    w, product = mp.expj(-exact(omega)), mp.mpf(1)
    for pole in poles:
        product *= exact(gain) * (w if delayed else 1) / (1 - mp.mpc(exact(pole.real), exact(pole.imag)) * w)
    return product


@pytest.mark.compiled("numpy tells of underflow in a kernel, where compiled code is silent")
@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("K", [1, 9, 64, 1000])
@pytest.mark.parametrize(
    "kind", ["spread", "equal", "two", "slow", "signed", "tiny", "complex", "resonant", "unstable"]
)
def test_responses(kind, K, timing):
    """Gains bring the product, which alone would leave the range of doubles on the way, near one at one frequency."""
    poles = poles_of(kind, K)
    with mp.workdps(60):
        size = abs(response(poles, 1.0, 0.3, False)) ** (mp.mpf(-1) / K)
        gain = float(size)
        stack = numeric.cascade(poles, gain, timing=timing)
        with np.errstate(all="raise"):
            mantissas, exponents = numeric.responses.scaled_frequency_response(stack, OMEGA)
        for value, exponent, omega in zip(mantissas[:, 0, 0], exponents[:, 0, 0], OMEGA, strict=True):
            truth = response(poles, gain, omega, timing == "delayed")
            error = abs(mp.mpc(value) * mp.mpf(2) ** int(exponent) / truth - 1)
            assert error <= 1e-14, (omega, float(error))


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("K", [1, 2, 7, 64, pytest.param(1000, marks=pytest.mark.compiled("so deep takes minutes"))])
@pytest.mark.parametrize("kind", ["spread", "equal", "two", "slow", "signed", "tiny"])
def test_delays(kind, K, timing):
    """Where the delay of equal poles changes its sign too, cos ω = λ, but for the error of 1 − cos ω, 2^−102 of it."""
    poles = poles_of(kind, K)
    crossings = np.arccos(np.unique(poles)[:: max(1, K // 8)])
    omega = np.concatenate([OMEGA, *(crossings * (1 + away) for away in (0, 1e-14, -1e-10, 1e-7, 1e-5, -1e-3, 0.1))])
    found = numeric.group_delay(numeric.cascade(poles, timing=timing), omega)
    with mp.workdps(60):
        for value, at in zip(found, omega, strict=True):
            cosine, later = mp.cos(exact(at)), 1 if timing == "delayed" else 0
            slopes = [p / ((1 - p) ** 2 + 2 * p * (1 - cosine)) for p in map(exact, poles)]
            terms = [later + (cosine - p) * slope for p, slope in zip(map(exact, poles), slopes, strict=True)]
            error, size = abs(mp.mpf(value) - mp.fsum(terms)), mp.fsum(map(abs, terms))
            rounded = mp.mpf(2) ** -102 * (1 - cosine) * mp.fsum(map(abs, slopes))
            assert error <= 1e-15 * size + rounded, (at, float(error / size))


def layers_with_feedthrough(kind, K):
    """λ, c and d; the zeros of "circle" and "angle" are rounded from the circle, at ±1 and elsewhere."""
    rng = np.random.default_rng(K)
    poles, d = 1 - 10.0 ** -rng.uniform(0, 15, K), rng.normal(size=K)
    if kind == "equal":
        return np.full(K, 0.7), np.ones(K), np.full(K, -0.3)
    if kind == "spread":
        return poles, rng.normal(size=K), d
    if kind == "circle":
        return poles, (poles - rng.choice([-1, 1], K)) * d, d
    if kind == "angle":
        return poles, (poles - rng.choice([1j, np.exp(0.3j), np.exp(2.2j)], K)) * d, d
    return poles * np.exp(1j * rng.choice([0.3, 2.2, -2], K)), rng.normal(size=K) * 1e-3, d + 1j


@pytest.mark.compiled("so deep takes minutes")
@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("K", [1, 8, 64, 1000])
@pytest.mark.parametrize("kind", ["equal", "spread", "circle", "angle", "complex"])
def test_feedthrough(kind, K, timing):
    """Beside zeros on the circle too, with 2^−102 of what cancels there."""
    poles, c, d = layers_with_feedthrough(kind, K)
    stack = numeric.cascade(poles, 1.0, c, d, timing=timing)
    omega = np.concatenate([OMEGA, [0.5 * np.pi, np.nextafter(0.3, 1), 1.7e4]])
    mantissas, exponents = numeric.responses.scaled_frequency_response(stack, omega)
    delays = numeric.group_delay(stack, omega)
    with mp.workdps(60):
        layers = [tuple(mp.mpc(complex(part)) for part in layer) for layer in zip(poles, c, d, strict=True)]
        for mantissa, exponent, delay, at in zip(mantissas[:, 0, 0], exponents[:, 0, 0], delays, omega, strict=True):
            w, H, terms, lost = mp.expj(-exact(at)), mp.mpf(1), [], [mp.mpf(0)]
            for pole, r, through in layers:
                gap = 1 - pole * w
                passed = through * gap + r * (1 if timing == "current" else w)
                H *= passed / gap
                top = r * (pole if timing == "current" else 1) * w
                terms.append((top / (gap * passed)).real if passed != 0 else mp.nan)
                lost.append(mp.mpf(2) ** -102 * (abs(through) + abs(r)) / abs(passed) if passed != 0 else mp.mpf(0))
            assert abs(mp.mpc(mantissa) * mp.mpf(2) ** int(exponent) - H) <= (1e-14 + mp.fsum(lost)) * abs(H), at
            if mp.isnan(mp.fsum(terms)):
                assert np.isnan(delay), at
            else:
                assert abs(mp.mpf(delay) - mp.fsum(terms)) <= (1e-15 + max(lost)) * mp.fsum(map(abs, terms)), at


@pytest.mark.parametrize("kind", ["slow", "complex"])
def test_the_balls_agree(kind):
    stack = numeric.cascade(poles_of(kind, 64))
    for omega in (1e-4, 0.3, np.pi - 1e-9):
        for name, allowed in (("frequency_response", 1e-14), ("group_delay", 1e-13)):
            ball = getattr(certified, name)(stack, omega)
            truth = complex(ball.real.mid(), ball.imag.mid()) if name == "frequency_response" else float(ball.mid())
            assert abs(getattr(numeric, name)(stack, omega) / truth - 1) <= allowed


@pytest.mark.parametrize("pole", [1.0, -1.0, 1j, 2.0**121, 0.0, 2.0**-130])
def test_poles_that_the_fast_kernels_leave_to_their_twins(pole):
    """On the circle, next to nothing, beyond all measure: the value of a single layer beside an ordinary one."""
    omega = 0.7
    w, other = np.exp(-1j * omega), 0.5
    stack = numeric.cascade([pole, other])
    response = 1 / ((1 - pole * w) * (1 - other * w))
    delay = sum((p * w / (1 - p * w)).real for p in (pole, other))
    assert numeric.frequency_response(stack, omega) == pytest.approx(response, rel=1e-14)
    assert numeric.group_delay(stack, omega) == pytest.approx(delay, rel=1e-13)


@pytest.mark.parametrize(("pole", "omega"), [(1.0, 0.0), (-1.0, np.pi), (1j, np.pi / 2)])
def test_a_pole_on_the_circle_is_no_number(pole, omega):
    """π is no double: next to −1 and i there are numbers, but large ones."""
    stack = numeric.cascade([0.5, pole])
    if omega == 0:
        with pytest.warns(RuntimeWarning, match="pole"):
            assert np.isinf(numeric.frequency_response(stack, omega))
        assert np.isnan(numeric.group_delay(stack, omega))
    else:
        assert abs(numeric.frequency_response(stack, omega)) > 1e15


def wide(pole, C, channels):
    return numeric.Layer([pole, 0.5], np.eye(2, channels), C * np.ones((channels, 2)))


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("gains", [[0.5] * 1000, [2.0**1000, 2.0**-1000] * 4, [2.0**-1000, 2.0**1000] * 4])
def test_wide_layers_whose_products_come_near_the_end_of_float64(gains, channels):
    """|H| may lie within float64 where the layers' factors and their products on the way do not.

    A factor 1 − λ w, its quotient, two sums of two channels: 16 roundings a layer; of a logarithm up to 700, as many.
    """
    stack = numeric.stack([wide(0.9 if k % 2 else -0.9, C, channels) for k, C in enumerate(gains)])
    omega = np.array([0.3, 1.5, 3.0])
    points = [(numeric.frequency_response, numeric.log_frequency_response, omega),
              (numeric.transfer_function, numeric.log_transfer_function, np.exp(1j * omega))]
    for plain, log, at in points:
        sign, logabs = log(stack, at)
        H = plain(stack, at)
        inside = (logabs > -700) & (logabs < 700)
        assert inside.any()
        np.testing.assert_allclose(H[inside], (sign * np.exp(logabs))[inside],
                                   rtol=(16 * len(gains) + 700) * np.finfo(float).eps)
