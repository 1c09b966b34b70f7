"""Layers as quotients of linear forms in w, in double-double: against exact fractions and mpmath with 60 digits."""

import mpmath
import numpy as np
import pytest

from lti_depth.kernels import bilinear, frequency
from lti_depth.kernels import doubledouble as dd
from lti_depth.kernels.angles import LANES

EPS = np.finfo(float).eps
OMEGA = np.array([0.0, 1e-9, 0.7, -2.0, np.pi / 2, np.pi - 1e-9, np.pi, 7.0])


@pytest.fixture(autouse=True)
def digits():
    with mpmath.workdps(60):
        yield


def number(a):
    """A double-double, real or complex."""
    parts = [mpmath.mpf(part) for part in a]
    return mpmath.mpc(parts[0] + parts[1], parts[2] + parts[3]) if len(a) == 4 else parts[0] + parts[1]


def exact(z):
    return mpmath.mpc(complex(z))


def turn(omega):
    return mpmath.expj(-mpmath.mpf(float(omega)))


def points_of(omega):
    at, work, shifts = np.empty(7 * LANES), np.empty(5 * LANES), np.empty(LANES, np.int64)
    bilinear.points(omega, 0, at, work, shifts)
    return work.reshape(5, LANES), shifts


def layer(pole, b, c, d, current):
    """r, g and q at w, and the delay Re[r h w/(g q)], by definition."""
    pole, r, d = exact(pole), exact(b) * exact(c), exact(d)

    def at(w):
        g = 1 - pole * w
        q = d * g + r * (1 if current else w)
        return g, q, r * (pole if current else 1) * w / (g * q)

    return at


def table_of(pole, b, c, d, current):
    return bilinear.table(*(np.array([value], complex) for value in (pole, b, c, d)), current)


def delay_of(pole, b, c, d, current, omega):
    return frequency.cascade_delay(*(np.array([value], complex) for value in (pole, b, c, d)), current, omega)


def test_points():
    """To 2^−102 of 1 ∓ cos ω and of sin ω; σ = −1 where cos ω < 0."""
    mpmath.mp.dps = 100
    (sign, turned, low, sine, sine_low), shifts = points_of(OMEGA)
    assert not shifts.any()
    for j, omega in enumerate(OMEGA):
        cosine, other = mpmath.cos(mpmath.mpf(float(omega))), mpmath.sin(mpmath.mpf(float(omega)))
        assert sign[j] == (1 if cosine >= 0 else -1)
        away = sign[j] * (1 - abs(cosine))
        assert abs(mpmath.mpf(turned[j]) + low[j] - away) <= mpmath.mpf(2) ** -102 * abs(away)
        assert abs(mpmath.mpf(sine[j]) + sine_low[j] - other) <= mpmath.mpf(2) ** -102 * abs(other)


def test_points_next_to_zero_are_brought_away_from_it():
    omega = np.array([0.0, 1e-300, -5e-324, 2.0**-399])
    (_, _, _, sine, _), shifts = points_of(omega)
    assert shifts[0] == shifts[3] == 0
    for j, value in enumerate(omega):
        assert sine[j] == np.ldexp(value, shifts[j]) and (value == 0 or 2.0**-400 <= abs(sine[j]) < 2.0**-398)


@pytest.mark.parametrize("seed", range(5))
def test_parts_of_a_form(seed):
    """Re and Im of P + M w to 2^−98 of the sizes, for numbers with low parts."""
    rng = np.random.default_rng(seed)
    P, M = ((x[0], x[0] * EPS * x[1] / 4, x[2], x[2] * EPS * x[3] / 4) for x in rng.uniform(-1, 1, (2, 4)))
    form, work = (dd.add(P, M), dd.sub(P, M), M), points_of(OMEGA)[0].ravel()
    for j, omega in enumerate(OMEGA):
        truth = number(P) + number(M) * turn(omega)
        allowed = mpmath.mpf(2) ** -98 * (abs(number(P)) + abs(number(M)))
        assert abs(number(bilinear.real_part(work, j, *form)) - truth.real) <= allowed
        assert abs(number(bilinear.imaginary_part(work, j, *form)) - truth.imag) <= allowed


def differences():
    """Any two numbers with low parts, and two of one modulus: as they are, a quarter turn apart, swapped parts."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        a, b = ((*x[:1], x[0] * EPS * x[1] / 4, x[2], x[2] * EPS * x[3] / 4) for x in rng.uniform(-1, 1, (2, 4)))
        near = a[0] * (1 + EPS * rng.integers(1, 9)), *a[1:]
        for other in (b, near, (-near[2], -near[3], near[0], near[1]), (near[2], near[3], near[0], near[1])):
            yield a, other


@pytest.mark.parametrize("a, b", differences())
def test_differences_of_squares(a, b):
    """To 2^−100 of the terms of the way that has the smaller ones."""
    found = bilinear._difference(dd.add(a, b), dd.sub(a, b), a, b)
    x, y = number(a), number(b)
    ways = (abs(x.real**2 - y.real**2) + abs(x.imag**2 - y.imag**2),
            abs(x.real**2 - y.imag**2) + abs(x.imag**2 - y.real**2))  # fmt: skip
    error = number(found) - (abs(x) ** 2 - abs(y) ** 2)
    assert abs(error) <= mpmath.mpf(2) ** -99 * min(ways) and found[2:] == (0.0, 0.0)


LAYERS = [
    (0.9, 1.0, 0.5, -0.3), (-0.7, 2.0, 0.3, 0.0), (0.0, 1.0, 1.0, 0.2), (1 - 2.0**-50, 1.0, -1e-9, 1.0),
    (0.5, 1j, 0.25, 0.5j), (0.6, 1.0, 0.2 + 0.1j, 1.0), (0.3 + 0.6j, 1.0, 0.7, 0.4j), (0.5, 1.0, 0.5 - 1j, 1.0),
    (3.0, 1.0, 0.5, 2.0), (1e200j, 1.0, 1e-100, 0.0), (1e-200, 1.0, -0.5, 1.0), (0.4, 1e-300, 1e-5, 1e200),
]  # fmt: skip


@pytest.mark.parametrize("parts", LAYERS)
@pytest.mark.parametrize("current", [True, False])
def test_forms(parts, current):
    """q/g with its exponent is the layer's H, at 1, at −1 and by slope, to 2^−98 of the sizes in it."""
    rows, _, _, exponent, _ = table_of(*parts, current)
    with mpmath.workdps(800):
        for place, sign in ((0, 1), (1, -1)):
            g, q, _ = layer(*parts, current)(mpmath.mpf(sign))
            found = number(rows[0, bilinear.Q + place]) / number(rows[0, bilinear.G + place])
            assert abs(found * mpmath.ldexp(1, int(exponent)) * g / q - 1) <= mpmath.mpf(2) ** -48
        for which in (bilinear.G, bilinear.Q):
            one, other, slope = (number(rows[0, which + part]) for part in range(3))
            size = max(abs(one), abs(other), abs(slope))
            assert abs((one - other) / 2 - slope) <= mpmath.mpf(2) ** -98 * size


@pytest.mark.parametrize("parts", LAYERS)
@pytest.mark.parametrize("current", [True, False])
def test_delays(parts, current):
    found = delay_of(*parts, current, OMEGA)
    with mpmath.workdps(800):
        for value, omega in zip(found, OMEGA, strict=True):
            delay = layer(*parts, current)(turn(omega))[2].real
            assert abs(value - delay) <= 4 * EPS * abs(delay) + 1e-307


@pytest.mark.parametrize(
    "parts, kind",
    [((0.9, 1.0, 0.5, -0.3), bilinear.WHOLE), ((0.5, 1j, 0.25, 0.5j), bilinear.WHOLE),
     ((0.5, 1.0, 0.5 - 1j, 1.0), bilinear.PARTED), ((1j, 1.0, 1.0, 0.0), bilinear.PARTED),
     ((0.3 + 0.6j, 1.0, 0.7, 0.4j), bilinear.TURNED), ((0.5, 1.0, 1e-4j, 1.0), bilinear.TURNED)],
)  # fmt: skip
def test_kinds(parts, kind):
    """Real up to a phase; beside a zero or pole on the circle at an angle; neither."""
    assert table_of(*parts, False)[1][0] == len(kind)


@pytest.mark.parametrize("pole", [0.5, 0.96875, 0.0])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_zero_at_a_right_angle_on_the_circle(pole, sign):
    """q = w ∓ i is 6e−17 at ω = ∓π/2 and |A|² − |M|² is 0: the delay is ½ (1 − λ²)/|g|²."""
    omega = np.array([sign * np.pi / 2])
    parts = pole, 1.0, pole - sign * 1j, 1.0
    g, q, _ = layer(*parts, False)(turn(omega[0]))
    assert abs(q) < 1e-16
    expected = (1 - exact(pole) ** 2).real / abs(g) ** 2 / 2
    assert abs(delay_of(*parts, False, omega)[0] - expected) <= 4 * EPS * expected


@pytest.mark.parametrize("omega", [1e-12, 1e-160, 5e-324])
def test_a_zero_at_one_of_a_layer_with_a_phase(omega):
    """r = −d (1 − λ) with complex d: the phase of r̄ d is rounded, and is none."""
    d = -0.13967017401788875 - 0.21752340791935437j
    parts, at = (1 - 2.0**-50, 1.0, -(2.0**-50) * d, d), np.array([omega])
    with mpmath.workdps(800):
        delay = layer(*parts, False)(turn(omega))[2].real
        assert abs(delay_of(*parts, False, at)[0] - delay) <= 4 * EPS * abs(delay)


def test_a_pole_at_a_right_angle_on_the_circle():
    found = delay_of(1j, 1.0, 1.0, 0.0, True, np.array([-np.pi / 2, np.pi / 2]))
    assert abs(found + 0.5).max() <= EPS


@pytest.mark.parametrize("pole, zero", [(0.9375, 1.0), (1.0, 0.5)])
@pytest.mark.parametrize("omega", [5e-324, 1e-310, 1e-300, 2.0**-401])
def test_a_zero_or_pole_at_one_next_to_which_the_frequency_is(pole, zero, omega):
    """q = d (1 − w) or g = 1 − w is i ω there, and half of the delay is that of a zero or pole on the circle."""
    parts, at = (pole, 1.0, pole - zero, 1.0), np.array([omega])
    arrays = [np.array([value], complex) for value in parts]
    mantissas, exponents = frequency.cascade_response(*arrays, False, at)
    with mpmath.workdps(800):
        g, q, delay = layer(*parts, False)(turn(omega))
        found = exact(mantissas[0]) * mpmath.ldexp(1, int(exponents[0]))
        assert abs(found * g / q - 1) <= 3 * EPS
        assert abs(delay_of(*parts, False, at)[0] - delay.real) <= 4 * EPS * abs(delay.real)


@pytest.mark.parametrize("pole", [0.25, 0.75, 0.9990234375])
def test_a_layer_whose_delay_changes_sign_keeps_all_digits(pole):
    """At cos ω = λ rounded: 2^−102 of |λ|/|g|² is left of an error."""
    omega = np.arccos(pole) * (1 + np.array([0, 1, -2, 30]) * EPS)
    with mpmath.workdps(60):
        for value, at in zip(delay_of(pole, 1.0, 1.0, 0.0, True, omega), omega, strict=True):
            g, _, delay = layer(pole, 1.0, 1.0, 0.0, True)(turn(at))
            allowed = mpmath.mpf(2) ** -102 * pole * (1 - mpmath.cos(mpmath.mpf(float(at)))) / abs(g) ** 2
            assert abs(value - delay.real) <= 4 * EPS * abs(delay.real) + allowed


@pytest.mark.parametrize("pole", [1e-100, 1e-300])
def test_a_zero_next_to_the_origin(pole):
    """d + c b = 0: q = −λ w has no square, but the delay is that of λ w + 1/(1 − λ w)."""
    assert (delay_of(pole, 1.0, -1.0, 1.0, True, OMEGA) == 1).all()


def test_zeros_and_silence_have_no_delay():
    assert np.isnan(delay_of(0.5, 1.0, -0.5, 1.0, True, np.array([0.0]))[0])
    assert np.isnan(delay_of(0.5, 0.0, 1.0, 0.0, True, OMEGA)).all()
    assert not delay_of(0.5, 0.0, 1.0, 1.0, True, OMEGA).any()


def test_exponents_and_orders_add_up():
    """Of (1 − w)/(1 − w/2) and 8 w/(1 − w), next to ω = 0."""
    parts = (np.array(row, complex) for row in ([0.5, 1.0], [1.0, 1.0], [-0.5, 8.0], [1.0, 0.0]))
    rows, _, _, exponent, order = bilinear.table(*parts, False)
    assert order == 0 and rows.shape == (2, 9, 4)
    found = np.prod([number(row[bilinear.Q + 1]) / number(row[bilinear.G + 1]) for row in rows])
    assert found * mpmath.ldexp(1, int(exponent)) == mpmath.mpf(2) / 1.5 * -8 / 2
    for zeros, poles in ((2, 0), (0, 2)):
        parts = (np.array([value] * 2, complex) for value in ((0.5, 1.0, -0.5, 1.0) if zeros else (1.0, 1.0, 1.0, 0.0)))
        assert bilinear.table(*parts, False)[4] == zeros - poles


def test_sides_of_the_circle():
    """Zeros at 1 ∓ 2^−52 and poles at 1 ∓ 2^−53, each by a layer; on the circle is not outside."""
    poles, zeros = np.array([1 - 2.0**-53, 1.5, 1.0, 0.5j]), np.array([1 + 2.0**-52, 1 - 2.0**-53, -1.0, -1j])
    one = np.ones(4, complex)
    rows = bilinear.table(poles.astype(complex), one, poles - zeros, one, False)[0]
    found = bilinear.is_outside(rows, bilinear.G)
    assert found.dtype == bool and found.tolist() == [False, True, False, False]
    exact_zeros = [exact(pole) - exact(c) for pole, c in zip(poles, poles - zeros, strict=True)]
    assert bilinear.is_outside(rows, bilinear.Q).tolist() == [abs(zero) > 1 for zero in exact_zeros]
    assert any(abs(zero) > 1 for zero in exact_zeros)
