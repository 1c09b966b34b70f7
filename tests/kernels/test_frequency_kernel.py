"""Responses and delays on the unit circle, layer by layer, against mpmath with 60 digits."""

import mpmath
import numpy as np
import pytest
from numba import config

from lti_depth.kernels import angles, frequency

EPS = np.finfo(float).eps
OMEGA = np.array([0.0, 1e-9, 0.7, -2.0, np.pi - 1e-9, np.pi, 7.0])


@pytest.fixture(autouse=True)
def digits():
    with mpmath.workdps(60):
        yield


def complex_array(*values):
    return np.array(values, complex)


def exact(z):
    return mpmath.mpc(complex(z))


def turn(omega):
    return mpmath.expj(-mpmath.mpf(float(omega)))


@pytest.mark.parametrize("pole", [0.5, -0.5, 1 - 1e-9, -1 + 1e-9, 0.0, 0.3 + 0.6j, -0.2 - 0.9j, 0.8j])
@pytest.mark.parametrize("omega", OMEGA)
def test_one_minus(pole, omega):
    """Real poles: four roundings and those of s; complex ones relative to the size of the terms."""
    w, minus, plus = frequency._angle(omega)
    truth = 1 - exact(pole) * turn(omega)
    found = frequency._one_minus(complex(pole), w, minus, plus)
    scale = abs(truth) if np.imag(pole) == 0 else 2
    assert abs(exact(found) - truth) <= 8 * EPS * scale
    for value, expected in (
        (w, turn(omega)),
        (minus, 1 - mpmath.cos(float(omega))),
        (plus, 1 + mpmath.cos(float(omega))),
    ):
        assert abs(exact(value) - expected) <= 4 * EPS * abs(expected)


def test_quotients():
    for a, b in ((1 + 2j, 3 - 1j), (-1j, 0.5 + 0.25j), (2.0, -1j)):
        assert abs(frequency._divide(complex(a), complex(b)) - a / b) <= 8 * EPS * abs(a / b)


@pytest.mark.parametrize(
    "z", [1 + 1j, 1e101 + 1j, 1 - 1e101j, 1e-101 + 0j, -1e-101j, 1e99 + 0j, 1e-99 + 1e-101j, 1e308j]
)
def test_mantissas(z):
    found, shift = frequency._normalize(z)
    assert found.real * 2.0 ** (shift / 2) * 2.0 ** (shift / 2) == pytest.approx(z.real, rel=1e-14)
    assert (
        mpmath.ldexp(mpmath.mpf(found.real), shift) == z.real and mpmath.ldexp(mpmath.mpf(found.imag), shift) == z.imag
    )
    size = max(abs(z.real), abs(z.imag))
    if 1e-100 < size < 1e100:
        assert shift == 0
    else:
        assert 0.5 <= max(abs(found.real), abs(found.imag)) < 1


def test_zero_and_infinity_have_no_exponent():
    assert frequency._normalize(0j)[0] == 0 and frequency._normalize(complex(np.inf, 0)) == (complex(np.inf, 0), 0)


REAL = complex_array(0.9, -0.7, 0.0, 1 - 1e-9)
COMPLEX = complex_array(0.3 + 0.6j, -0.2 - 0.9j, 0.5, -0.8j)
B, C = complex_array(0.7, -1.2, 1.0, 0.5), complex_array(1.1, 0.9 + 0.3j, 2j, 1.0)
THROUGH = {
    "none": np.zeros(4, complex),
    "real": complex_array(1.0, -0.3, 0.2, 1.5),
    "some": complex_array(0, 1 - 1j, 0.3, 0),
}


def layers(poles, c, d, current, omega):
    """H_k and w Ḣ_k/H_k, Ḣ by w."""
    w, out = turn(omega), []
    for pole, b, c_k, d_k in zip(*(map(exact, part) for part in (poles, B, c, d)), strict=True):
        gap, r = 1 - pole * w, b * c_k
        H = d_k + r * (1 if current else w) / gap
        out.append((H, r * (pole if current else 1) * w / gap**2 / H))
    return out


@pytest.mark.parametrize("poles, c", [(REAL, C.real + 0j + 0.5), (COMPLEX, C)], ids=["real", "complex"])
@pytest.mark.parametrize("through", THROUGH)
@pytest.mark.parametrize("current", [True, False])
def test_responses_and_delays(poles, c, through, current):
    """The roundings of a quotient of complex doubles; of three real ones and their sum, relative to all sizes."""
    d = THROUGH[through]
    mantissas, exponents = frequency.cascade_response(poles, B, c, d, current, OMEGA)
    delays = frequency.cascade_delay(poles, B, c, d, current, OMEGA)
    assert exponents.dtype == np.int64
    for n, omega in enumerate(OMEGA):
        known = layers(poles, c, d, current, omega)
        truth = mpmath.fprod(H for H, _ in known)
        found = mpmath.ldexp(1, int(exponents[n])) * exact(mantissas[n])
        assert abs(found - truth) <= 3 * EPS * abs(truth)
        terms = [slope.real for _, slope in known]
        assert abs(delays[n] - sum(terms)) <= 4 * EPS * sum(map(abs, terms))


@pytest.mark.parametrize("current", [True, False])
def test_delays_beside_a_zero_of_the_layer(current):
    """d g + r nearly vanishes: Re[w Ḣ/H] is far smaller than its size, and what it keeps in real numbers is exact."""
    one, omega = complex_array(1.0), np.array([2.0**-20])
    found = frequency.cascade_delay(0.75 * one, -0.25 * one, one, one, current, omega)[0]
    w, pole = turn(omega[0]), mpmath.mpf(0.75)
    gap, r = 1 - pole * w, mpmath.mpf(-0.25)
    truth = (r * (pole if current else 1) * w / (gap * (gap + r * (1 if current else w)))).real
    assert abs(found - truth) <= 1e-12 * abs(truth)


@pytest.mark.parametrize("current", [True, False])
@pytest.mark.parametrize("near, away", [(1, 0.0), (1, 1e-14), (-1, 2.0**-50), (-1, 1e-9)])
def test_beside_a_real_zero_on_the_circle(near, away, current):
    """A few roundings of what H and the delay come to there, though d g and r cancel, and c b is not a double."""
    pole, zero, d, b = 0.9375, near * (1 - away), -1.7, 1.3
    c = (zero - pole) * -d / b  # delayed: z − zero is left; current: about that
    c = c if not current else d * (pole - zero) / (zero * b)
    omega = np.array([2.0**-1000, 1e-12, 1e-6, 0.3, 3.0] if near == 1 else [0.3, 3.0, np.pi - 1e-12, np.pi])
    parts = [complex_array(value) for value in (pole, b, c, d)]
    mantissas, exponents = frequency.cascade_response(*parts, current, omega)
    delays = frequency.cascade_delay(*parts, current, omega)
    with mpmath.workdps(700):
        for n, one in enumerate(omega):
            w = turn(one)
            gap, r = 1 - exact(pole) * w, exact(b) * exact(c)
            passed = d * gap + r * (1 if current else w)
            found = mpmath.ldexp(1, int(exponents[n])) * exact(mantissas[n])
            assert abs(found * gap / passed - 1) <= 20 * EPS
            delay = (r * (exact(pole) if current else 1) * w / (gap * passed)).real
            assert abs(delays[n] / delay - 1) <= 10 * EPS


@pytest.mark.parametrize("s, accuracy", [(2.0**-12, 2 * EPS), (0.27, 1e-3), (2 - 2.0**-12, 2 * EPS)])
def test_delays_of_a_layer_at_which_they_change_sign(s, accuracy):
    """d (δ² − s (1 + λ²)) + r (δ + λ s) is all but 0 there; s = 1 − cos ω or 2 − s, whichever is less, is exact."""
    pole, d = 0.75, 0.5
    r = d * (s * (1 + pole**2) - 0.0625) / (0.25 + pole * s)
    omega = np.array([np.arccos(1 - s)])
    found = frequency.cascade_delay(*(complex_array(value) for value in (pole, 1.0, r, d)), False, omega)[0]
    w = turn(omega[0])
    gap = 1 - exact(pole) * w
    truth = (exact(r) * w / (gap * (d * gap + exact(r) * w))).real
    assert abs(truth) < 1e-13 and abs(found / truth - 1) <= accuracy


def test_a_pole_on_the_circle_next_to_the_frequency():
    """ω² is no double: the delay is −½ (current), and a response is a number as long as what it comes to is one."""
    one, omega = complex_array(1.0), np.array([1e-300])
    assert frequency.cascade_delay(one, one, one, 0 * one, True, omega)[0] == -0.5
    at_right_angles, at_the_pole = np.array([-np.pi / 2]), np.array([0.0])
    assert frequency.cascade_delay(one, one, one, 0 * one, True, at_right_angles)[0] == -0.5
    assert np.isnan(frequency.cascade_delay(one, one, one, 0 * one, True, at_the_pole)[0])
    poles, gains = np.array([0.0, 1.0 + 0j]), np.array([1e-90, 1.0 + 0j])
    mantissas, exponents = frequency.cascade_response(poles, gains, gains**0, 0 * gains, True, omega)
    assert abs(mpmath.ldexp(1, int(exponents[0])) * exact(mantissas[0]) / mpmath.mpc(0, -1e210) - 1) <= 20 * EPS


def test_products_beyond_the_range_of_doubles():
    """Gains 1e−200 and 1e200, three layers of either, and what is left when both meet."""
    omega = np.array([0.3])
    for size, count in ((1e-200, 3), (1e200, 3)):
        poles, b = np.full(count, 0.5 + 0j), np.full(count, size + 0j)
        mantissas, exponents = frequency.cascade_response(poles, b, b**0, 0 * b, True, omega)
        truth = (exact(size) / (1 - turn(0.3) / 2)) ** count
        assert abs(mpmath.ldexp(1, int(exponents[0])) * exact(mantissas[0]) / truth - 1) <= 100 * EPS
    poles, b = np.full(900, 0.9 + 0j), np.full(900, 2.0 + 0j)
    mantissas, exponents = frequency.cascade_response(poles, b, b, 0 * b, False, omega)
    truth = (4 * turn(0.3) / (1 - exact(0.9) * turn(0.3))) ** 900
    assert abs(mpmath.ldexp(1, int(exponents[0])) * exact(mantissas[0]) / truth - 1) <= 900 * 20 * EPS


@pytest.mark.skipif(config.DISABLE_JIT, reason="Python's numbers raise where compiled ones become infinite")
def test_poles_on_the_circle():
    one = complex_array(1.0)
    with np.errstate(all="ignore"):
        mantissas, _ = frequency.cascade_response(one, one, one, 0 * one, True, np.array([0.0]))
        assert mantissas[0].real == np.inf
        for d in (0.0, 1.0, 1.0 + 1j):
            assert np.isnan(frequency.cascade_delay(one, one, one, d * one, True, np.array([0.0]))[0])


MANY = np.linspace(-3, 3, angles.LANES + 3)


def test_delays_of_more_frequencies_than_a_block():
    """Layers of every kind (`bilinear`)."""
    parts = [complex_array(*row) for row in ((0.5, -0.9, 0.5, 0.3 + 0.6j, 0.5), (1, 2, 1, 1, 1j),
                                             (1, 1, 0.5 - 1j, 0.7, 0.25), (0, 1, 1, 0.4j, 0.5j))]  # fmt: skip
    found = frequency.cascade_delay(*parts, False, MANY)
    assert found.tolist() == [frequency.cascade_delay(*parts, False, MANY[n : n + 1])[0] for n in range(len(MANY))]


@pytest.mark.parametrize("pole, b, c, d", [(1 - 1e-9, 1, 1, 0), (0.5, 1, -0.5 - 1e-9, 1), ((1 - 1e-9) * 1j, 1, 1, 0),
                                           (0.5, 1, 0.5 - 1j, 1)])  # fmt: skip
def test_products_that_go_far_at_some_frequencies(pole, b, c, d):
    """Forty poles or zeros next to the circle, at more frequencies than a block: a quotient, and 2^−102 of all."""
    omega = np.concatenate([MANY, [0.0, np.pi / 2, -np.pi / 2]])
    parts = [np.full(40, value, complex) for value in (pole, b, c, d)]
    mantissas, exponents = frequency.cascade_response(*parts, False, omega)
    assert len(set(exponents.tolist())) > 1
    for n, one in enumerate(omega):
        gap = 1 - exact(pole) * turn(one)
        passed = exact(d) * gap + exact(b) * exact(c) * turn(one)
        found = mpmath.ldexp(1, int(exponents[n])) * exact(mantissas[n])
        lost = 40 * mpmath.mpf(2) ** -102 * (1 / abs(gap) + 1 / abs(passed))
        assert abs(found / (passed / gap) ** 40 - 1) <= 4 * EPS + lost


def test_a_product_without_real_part_that_goes_far():
    """1 − λ = 1e−200 i, three times."""
    one = np.ones(3, complex)
    mantissas, exponents = frequency.cascade_response(one - 1e-200j, one, one, 0 * one, True, np.array([0.0]))
    found = mpmath.ldexp(1, int(exponents[0])) * exact(mantissas[0])
    assert abs(found * mpmath.mpc(0, 1e-200) ** 3 - 1) <= 4 * EPS


def test_responses_at_a_pole_and_of_layers_without_one():
    one = complex_array(1.0)
    mantissas, _ = frequency.cascade_response(one, one, one, 0 * one, True, np.array([0.0]))
    assert mantissas[0].real == np.inf and np.isnan(mantissas[0].imag)
    mantissas, exponents = frequency.cascade_response(0 * one, one, 3 * one, 0 * one, True, np.array([0.5]))
    assert mantissas[0] * 2.0 ** exponents[0] == 3.0


def test_silent_layers_have_no_delay():
    one = complex_array(1.0)
    assert np.isnan(frequency.cascade_delay(0.5 * one, 0 * one, one, 0 * one, True, np.array([0.5]))[0])


def test_many_small_terms_keep_their_sum():
    """Kahan's sum: the error does not grow with the number of layers."""
    count = 3000
    poles, one = np.full(count, 0.1 + 0j), np.ones(count, complex)
    found = frequency.cascade_delay(poles, one, one, 0 * one, True, np.array([0.4]))[0]
    single = frequency.cascade_delay(poles[:1], one[:1], one[:1], 0 * one[:1], True, np.array([0.4]))[0]
    assert abs(mpmath.mpf(found) - count * mpmath.mpf(single)) <= 2 * EPS * abs(found)


@pytest.mark.parametrize("current", [True, False])
def test_padded_layers(current):
    rng = np.random.default_rng(0)
    K, N, H = 2, 3, 2
    poles = 0.9 * np.exp(1j * rng.uniform(0, 6, (K, N)))
    b, c, d = (rng.normal(size=shape) + 1j * rng.normal(size=shape) for shape in ((K, N, H), (K, H, N), (K, H, H)))
    poles[1, 2], b[1, 2], c[1, :, 2] = 1.0, 0, 0  # silent
    omegas = np.array([0.8, -0.1] if config.DISABLE_JIT else [0.8, 0.0])
    with np.errstate(all="ignore"):
        out, slope = frequency.wide_response(poles, b, c, d, current, omegas)
    for n, omega in enumerate(omegas):
        w = np.exp(-1j * omega)
        for k in range(K):
            used = slice(0, N - k)
            gap = 1 - poles[k, used] * w
            value, derivative = (1 if current else w) / gap, (poles[k, used] * w if current else w) / gap**2
            expected = [(c[k][:, used] * part) @ b[k][used] for part in (value, derivative)]
            np.testing.assert_allclose(out[n, k], d[k] + expected[0], rtol=1e-13)
            np.testing.assert_allclose(slope[n, k], expected[1], rtol=1e-12)
