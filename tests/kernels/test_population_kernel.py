"""The population loss of real cascades, its derivatives and curvatures, against sums over time."""

from fractions import Fraction

import numpy as np
import pytest
from impulses import derivatives, energy, filtered, later, pulse, stack, through

from lti_depth.kernels import population

SHALLOW = np.array([0.5]), np.array([0.7]), np.array([-1.2])
DEEP = np.array([0.6, 0.0, -0.3]), np.array([0.9, -1.1, 1.3]), np.array([1.0, 0.8, 0.6])
OTHER = np.array([0.1, 0.55, -0.4]), np.array([1.4, 0.7, -1.0]), np.array([0.3, -2.0, 1.1])
SLOW = np.array([0.75, 0.8, 0.8]), np.array([0.2, 0.3, 0.4]), np.array([0.1, 0.2, 0.3])
FAST = np.array([0.1, 0.2, 0.2]), np.array([0.9, 1.1, 1.3]), np.array([1.0, 0.8, 0.6])
MIXED = np.array([-0.7, 0.6]), np.array([0.9, 1.1]), np.array([1.0, -0.8])
WHITE, FRONT = np.array([]), np.array([0.45, 0.2])


@pytest.mark.parametrize("count", [3, 5])
def test_ascending(count):
    values, out, at = np.array([0.4, -0.2, 0.3]), np.full(count, np.nan), np.full(count, 9)
    population.ascending(values, out, at)
    padded = [*values, 0.0, 0.0][:count]
    assert out.tolist() == sorted(padded)
    assert sorted(at.tolist()) == sorted([0, 1, 2, -1, -1][:count])
    for i in range(count):
        assert out[i] == (values[at[i]] if at[i] >= 0 else 0.0)


def test_ascending_keeps_the_order_of_equals():
    out, at = np.empty(5), np.empty(5, np.int64)
    population.ascending(np.array([0.5, 0.0, 0.5]), out, at)
    assert out.tolist() == [0, 0, 0, 0.5, 0.5] and at.tolist() == [1, -1, -1, 0, 2]


GAINS = (np.array([3.0, 1e-160, 0.1]), np.array([-1e160, 7.0, 0.3]))


def product(b, c, at, s):
    factors = [Fraction(b[i]) * Fraction(c[i]) for i in at if i >= 0] + [1 / Fraction(value) for value in s]
    return Fraction(np.prod(np.array(factors, dtype=object)))


def test_gains():
    """Double-doubles, factor by factor: each product to 5 units of 2^−106, their difference to 3 more."""
    (b, c), s, at = GAINS, np.array([0.5, 0.25, 2.0, 0.125]), np.array([2, 0, -1, 1])
    b_T, c_T = np.array([3.0, -0.1]), np.array([-1.0, 0.3 * (1 + 2.0**-50) * 7 * 2**5])
    at_T = np.array([1, -1, 0, -1])
    g, h = product(b, c, at, s), product(b_T, c_T, at_T, s)
    found = population.gain_difference(b, c, at, b_T, c_T, at_T, s)
    u = np.finfo(float).eps
    assert [z.imag for z in found] == [0, 0, 0]
    assert abs(Fraction(found[0].real) - g) <= u * abs(g) and abs(Fraction(found[1].real) - h) <= u * abs(h)
    lost = u * abs(g - h) + Fraction(1, 2**100) * (abs(g) + abs(h))
    assert abs(Fraction(found[2].real) - (g - h)) <= lost
    for turn, part in ((1, 0), (1j, 2)):
        pairs = population._gain(b * np.array([turn, 1, 1]), c + 0j, at, s)
        assert abs(sum(map(Fraction, pairs[part : part + 2])) - g) <= Fraction(1, 2**102) * abs(g)


def test_nearly_equal_gains():
    """The difference of products that agree in all digits of a double."""
    b, c, at, s = np.array([0.1, 0.3]), np.array([0.7, 1.1]), np.array([0, 1]), np.array([1.0, 0.5])
    other = np.array([0.1 * (1 + 2.0**-52), 0.3])
    truth = product(b, c, at, s) - product(other, c, at, s)
    found = population.gain_difference(b, c, at, other, c, at, s)
    assert abs(Fraction(found[2].real) - truth) <= Fraction(1, 2**45) * abs(truth)
    turned = c * np.array([1.0, 2.0 - 1.0j])
    found = population.gain_difference(b + 0j, turned, at, b + 0j, 2 * turned, at, s)
    np.testing.assert_allclose(found[2], -3 * np.prod(b * turned / s), rtol=1e-15)


def test_gains_without_one_layer():
    b, c, s, at = DEEP[1], DEEP[2], np.array([0.5, 0.25, 2.0, 0.125]), np.array([2, 0, -1, 1])
    found = population._other_gains(b, c, at, s)
    np.testing.assert_allclose(found, [np.prod(np.delete(b * c, k)) / np.prod(s) for k in range(3)], rtol=1e-14)


def test_differences_of_products():
    """Rounded once, but for 2^−104 of the products."""
    b, c = np.array([0.1, 0.3 + 1j, 2.0]), np.array([0.7, 1.1 - 2j, 3.0])
    b_T, c_T = np.array([0.1, (0.3 + 1j) * (1 + 2.0**-50), 0.5]), np.array([0.7 + 2.0**-53, 1.1 - 2j, 1.0])
    found = population.product_differences(b + 0j, c + 0j, b_T + 0j, c_T + 0j)
    for n in range(3):
        (p, q), (r, s), (t, v), (w, z) = ((Fraction(x.real), Fraction(x.imag)) for x in map(
            complex, (b[n], c[n], b_T[n], c_T[n])))  # fmt: skip
        truth = (p * r - q * s) - (t * w - v * z), (p * s + q * r) - (t * z + v * w)
        for part, value in zip((found[n].real, found[n].imag), truth, strict=True):
            assert abs(Fraction(part) - value) <= Fraction(1, 2**53) * abs(value) + Fraction(1, 2**100)


@pytest.mark.parametrize("student, teacher, delayed", [
    (DEEP, OTHER, False), (DEEP, OTHER, True), (SHALLOW, SHALLOW, True), (SHALLOW, OTHER, False),
    (OTHER, SHALLOW, False), (SLOW, FAST, True),
])  # fmt: skip
@pytest.mark.parametrize("front", [WHITE, FRONT], ids=["white", "colored"])
def test_gradient(student, teacher, delayed, front):
    (poles, b, c), variance = student, 1.7
    color = through(front, pulse())
    scale = variance / energy(color, color).real
    y = stack(poles, b * c, color, delayed)
    error = y - stack(teacher[0], teacher[1] * teacher[2], color, delayed)
    expected = [[scale * energy(error, by).real for by in row] for row in derivatives(*student, color, delayed)]
    for check in (False, True):
        out = np.full((4, len(poles)), np.nan)
        loss, kept = population.gradient(*student, *teacher, front, variance, delayed, check, out)
        np.testing.assert_allclose(loss, 0.5 * scale * energy(error, error).real, rtol=1e-11)
        np.testing.assert_allclose(out, expected, rtol=1e-11, atol=1e-12)
        assert 0 < kept <= 1 if check else kept == 1


def test_gradient_of_a_small_difference():
    """Equal poles, gains equal but for a part δ of them, which rounding changes by 2^−53/δ: the error is −g δ x."""
    poles, b, c = OTHER
    delta = 2.0**-40
    unit = through(poles, pulse())
    error = -np.prod(b * c) * delta * unit
    expected = [[energy(error, by).real for by in row] for row in derivatives(*OTHER, pulse(), False)]
    out = np.empty((4, 3))
    teacher = poles, b, c * np.array([1.0, 1.0, 1.0 + delta])
    loss, _ = population.gradient(*OTHER, *teacher, WHITE, 1.0, False, False, out)
    np.testing.assert_allclose(loss, 0.5 * energy(error, error).real, rtol=2.0**-11)
    np.testing.assert_allclose(out, expected, rtol=2.0**-11)


@pytest.mark.parametrize("unit", [1.0, 0.1])
def test_what_the_sum_keeps(unit):
    """One section: e = h ε + (g − h) x, with ε driven by (λ − μ) x[t−1]; the same with all signs taken away, by it."""
    lam, mu, g, h = -0.6, -0.5, 1.4 * unit, 1.0 * unit
    x = filtered(abs(lam), pulse())
    sizes = h * filtered(abs(mu), abs(lam - mu) * later(x)) + abs(g - h) * x
    error = g * filtered(lam, pulse()) - h * filtered(mu, pulse())
    one = np.array([1.0])
    student, teacher = (np.array([lam]), one, g * one), (np.array([mu]), one, h * one)
    loss, kept = population.gradient(*student, *teacher, WHITE, 1.0, False, True, np.empty((4, 1)))
    expected = [energy(error, error).real / 2, (energy(error, error) / energy(sizes, sizes)).real]
    np.testing.assert_allclose([loss, kept], expected, rtol=1e-13)
    assert population.gradient(*student, *student, WHITE, 1.0, False, True, np.empty((4, 1))) == (0.0, 1.0)


def test_what_the_other_sum_keeps():
    """A slow student with a small gain: e = g x − h q, all of them positive."""
    x, q = (np.prod(b * c) * through(poles, pulse()) for poles, b, c in (SLOW, FAST))
    _, kept = population.gradient(*SLOW, *FAST, WHITE, 1.0, False, True, np.empty((4, 3)))
    np.testing.assert_allclose(kept, (energy(x - q, x - q) / energy(x + q, x + q)).real, rtol=1e-12)


@pytest.mark.parametrize("student", [SHALLOW, DEEP, OTHER, MIXED])
@pytest.mark.parametrize("delayed", [False, True])
@pytest.mark.parametrize("front", [WHITE, FRONT, np.array([-0.7])], ids=["white", "colored", "negative"])
def test_gauss_newton(student, delayed, front):
    poles, b, c = student
    color, variance, K = through(front, later(pulse(), 3)), 1.7, len(poles)
    scale = variance / energy(color, color).real
    by = derivatives(poles, b, c, color, delayed).reshape(4 * K, -1)
    if delayed:
        by[3 * K :] = [stack(np.delete(poles, k), np.delete(b * c, k), color, True) for k in range(K)]
    out = np.full((4 * K, 4 * K), np.nan)
    kept = population.gauss_newton(poles, b, c, front, variance, delayed, out)
    expected = scale * np.array([[energy(u, v).real for v in by] for u in by])
    np.testing.assert_allclose(out, expected, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(kept, smallest_part(poles, front), rtol=1e-10)


def smallest_part(poles, front):
    """Of E x_n², of E ρ_k² and of E|x_n[t] − λ_k x_n[t−1]|², by the same sums with all signs taken away."""

    def sums(poles, front):
        color = through(front, pulse())
        x = through(poles, color)
        slopes = [filtered(pole, later(x)) for pole in poles]
        unit = 1 / energy(color, color).real
        return [energy(v, v).real * unit for v in (x, *slopes)], energy(x, later(x)).real * unit

    squares, past = sums(poles, front)
    sizes, _ = sums(np.abs(poles), np.abs(front))
    parts = [square / size for square, size in zip(squares, sizes, strict=True)]
    for pole in poles:
        step = squares[0] * (1 + pole**2) - 2 * past * pole
        parts.append(step / (sizes[0] * (1 + pole**2) + 2 * abs(past * pole)))
    return min(parts)
