"""Second moments of the error of two cascades against sums over time."""

from fractions import Fraction

import numpy as np
import pytest
from impulses import energy, filtered, later, pulse

from lti_depth.kernels import errors

PAIRS = [
    (np.array([0.5]), np.array([0.3])),
    (np.array([0.2, 0.6, 0.7]), np.array([0.2, 0.5, 0.75])),
    (np.array([-0.5, 0.0, 0.4, 0.4]), np.array([-0.6, -0.1, 0.4, 0.5])),
    (np.array([-0.3, 0.1]), np.array([0.2, 0.6])),
]  # fmt: skip


@pytest.fixture(params=PAIRS, ids=lambda pair: "/".join(map(str, pair[0])))
def pair(request):
    return request.param


def sections(poles, s, u=None, drive=None):
    """z_i = pole_i z_i[t−1] + s_i z_{i−1} + drive_i, from z_0 = the pulse (or u), (n + 1, T)."""
    out = [pulse() if u is None else u]
    for i, pole in enumerate(poles):
        out.append(filtered(pole, s[i] * out[-1] + (0 if drive is None else drive[i])))
    return np.array(out)


def paired(lam, mu, s):
    """x, q and ε, where ε_0 = 0 and ε_i is driven by (λ_i − μ_i) x_i[t−1]."""
    x, q = sections(lam, s), sections(mu, s)
    e = sections(mu, s, 0 * x[0], [(lam[i] - mu[i]) * later(x[i + 1]) for i in range(len(lam))])
    return x, q, e


def moments(first, second):
    return np.array([[energy(u, v).real for v in second] for u in first])


def delayed(signals):
    return np.array([later(signal) for signal in signals])


def with_sections(lam, mu):
    n = len(lam)
    s = errors.scales(lam, mu)
    return n, s, paired(lam, mu, s), np.full((n + 1, n + 1), np.nan), np.full((n + 1, n + 1), np.nan)


def close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


def test_scales():
    lam, mu = np.array([0.5, -0.9, 0.0, 0.3, 0.999, -0.1]), np.array([0.4, 0.2, 0.0, -0.8, 0.9, -0.2])
    s = errors.scales(lam, mu)
    gap = 1 - np.maximum(abs(lam), abs(mu))
    assert (np.log2(s) % 1 == 0).all() and (gap < s).all() and (s <= 2 * gap).all()


def test_reciprocals():
    """Two roundings of each of the three parts of the denominator, one of the inverse."""
    a = np.array([0.5, -0.7, 1 - 2.0**-30, -1 + 2.0**-40, 0.0, 1.0])
    b = np.array([0.3, -0.2, 1 - 2.0**-35, -1 + 2.0**-25, 0.0])
    found = errors._reciprocals(a, b)
    assert found.shape == (6, 5)
    for i in range(len(a)):
        for j in range(len(b)):
            truth = 1 / (1 - Fraction(a[i]) * Fraction(b[j]))
            assert abs(Fraction(found[i, j]) - truth) <= 5 * np.finfo(float).eps * truth


def test_products_of_two_cascades(pair):
    lam, mu = pair
    n, s, (x, q, _), W, _ = with_sections(lam, mu)
    V = np.full(n + 1, np.nan)
    swapped = errors._products(lam, mu, s, 1 / (1 - np.outer(lam, mu)), W, V)
    close(W, moments(x, q))
    close(V[1:], [energy(later(x[n]), q[j]).real for j in range(1, n + 1)])
    close(swapped, energy(x[n], later(q[n])).real)
    assert V[0] == 0.0


def test_products_with_errors(pair):
    lam, mu = pair
    n, s, (x, _, e), W, Q = with_sections(lam, mu)
    W[:] = moments(x, x)
    over, over_T = 1 / (1 - np.outer(mu, lam)), 1 / (1 - np.outer(mu, mu))
    found = errors._errors(lam, mu, lam - mu, s, over, over_T, W, Q)
    close(found, [energy(e[n], e[n]).real, energy(e[n], x[n]).real, energy(later(e[n]), x[n]).real])
    close(Q[1:, 1:], moments(e[1:], delayed(x[1:])))
    assert (Q[0] == 0).all()


def test_products_with_slopes(pair):
    """With ρ_k[t] = λ_k ρ_k[t−1] + x_n[t−1], of a cascade driven besides."""
    lam, mu = pair
    n, s, (x, _, e), _, _ = with_sections(lam, mu)
    slopes = np.array([filtered(pole, later(x[n])) for pole in lam])
    drives = [(lam[i] - mu[i]) * later(x[i + 1]) for i in range(n)]
    source = np.array([energy(signal, later(x[n])).real for signal in e])
    Y = np.empty((n, n))
    T = errors._slopes(lam, mu, moments(drives, delayed(slopes)), source, s, 1 / (1 - np.outer(mu, lam)), Y)
    close(Y, moments(e[1:], slopes))
    close(T, [energy(e[n], later(slope)).real for slope in slopes])


def test_squares_of_sums():
    value, kept = errors._sum(2.0, -3.0, 5.0, 0.5, 0.75)
    assert value == 4 * 5 - 12 * 0.5 + 9 * 0.75 and kept == value / (4 * 5 + 12 * 0.5 + 9 * 0.75)
    assert errors._sum(1.0, 1.0, 0.0, 0.0, 0.0) == (0.0, 1.0)
    assert errors._sum(1.0, 1.0, 2.0**-70, -(2.0**-72), 0.0) == (2.0**-71, pytest.approx(1 / 3, rel=1e-15))


def definitions(lam, mu, front, g, h):
    """What `fit` returns, from the responses themselves; e from ε where g − h is small, else from x and q."""
    n, _, (x, _, e), _, _ = with_sections(lam, mu)
    unit = 1 / energy(x[front], x[front]).real
    error = h * e[n] + (g - h) * x[n]
    slopes = [filtered(pole, later(x[n])) for pole in lam]
    pairs = (error, error), (error, x[n]), (error, later(x[n])), (later(error), x[n])
    return [energy(*two).real * unit for two in pairs], [energy(error, slope).real * unit for slope in slopes]


@pytest.mark.parametrize("g, h", [(1.0, 1.0), (1.0, 1.0 + 1e-9), (-2.0, 0.7), (1e-6, -3.0)])
def test_fit(pair, g, h):
    lam, mu = pair
    for front in (0, 1):
        lam, mu = lam.copy(), mu.copy()
        lam[:front] = mu[:front]
        slope = np.full(len(lam), np.nan)
        *found, by_errors = errors.fit(lam, mu, lam - mu, front, g, h, g - h, slope)
        expected, slopes = definitions(lam, mu, front, g, h)
        scale = max(abs(g), abs(h)) * abs(h * (lam - mu)).max() + abs(g - h)
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-14 * scale)
        np.testing.assert_allclose(slope, slopes, rtol=1e-11, atol=1e-13 * scale)
        if np.isclose(g, h) and (lam >= mu).all():
            assert by_errors


@pytest.mark.parametrize("mu", [np.array([0.1, 0.2, 0.2]), np.array([-0.1, 0.5, 0.7])])
def test_fit_of_a_slow_student_with_a_small_gain(mu):
    """h ε_n and (g − h) x_n cancel, where g x_n − h q_n does not: it takes over when two digits are lost."""
    lam, ways = np.array([0.75, 0.8, 0.8]), []
    n, _, (x, q, e), _, _ = with_sections(lam, mu)
    for gain in (0.9, 0.3, 0.1, 0.03, -0.02, -0.3):
        slope = np.empty(n)
        *found, by_errors = errors.fit(lam, mu, lam - mu, 0, gain, 1.0, gain - 1.0, slope)
        expected, slopes = definitions(lam, mu, 0, gain, 1.0)
        np.testing.assert_allclose([*found, *slope], [*expected, *slopes], rtol=1e-10)
        kept = [(energy(u + v, u + v) / (energy(u, u) + 2 * abs(energy(u, v)) + energy(v, v))).real
                for u, v in ((e[n], (gain - 1) * x[n]), (-q[n], gain * x[n]))]  # fmt: skip
        assert by_errors == (kept[0] >= 0.01 or kept[1] <= kept[0])
        ways.append((by_errors, kept[1] > kept[0]))
    assert set(ways) >= {(True, True), (False, True)}


def test_magnitude(pair):
    """The same sums with all signs taken away."""
    lam, mu = pair
    n, s, _, _, _ = with_sections(lam, mu)
    x, q = sections(abs(lam), s), sections(abs(mu), s)
    e = sections(abs(mu), s, 0 * x[0], [abs(lam[i] - mu[i]) * later(x[i + 1]) for i in range(n)])
    for front in (0, 1):
        unit = 1 / energy(x[front], x[front]).real
        for g, h in ((1.0, -1.5), (-2.0, 0.7)):
            found = [errors.magnitude(lam, mu, lam - mu, front, g, h, g - h, way) for way in (True, False)]
            sums = abs(h) * e[n] + abs(g - h) * x[n], abs(h) * q[n] + abs(g) * x[n]
            close(found, [energy(total, total).real * unit for total in sums])


def test_curvatures(pair):
    lam, _ = pair
    n, s = len(lam), errors.scales(lam, lam)
    x = sections(lam, s)
    slopes = [filtered(pole, later(x[n])) for pole in lam]
    for front in (0, 1):
        unit = 1 / energy(x[front], x[front]).real
        square, past, by, late, R = errors.curvatures(lam, front)
        close(square, energy(x[n], x[n]).real * unit)
        close(past, energy(x[n], later(x[n])).real * unit)
        close(by, [energy(x[n], slope).real * unit for slope in slopes])
        close(late, [energy(x[n], later(slope)).real * unit for slope in slopes])
        close(R, moments(slopes, slopes) * unit)
