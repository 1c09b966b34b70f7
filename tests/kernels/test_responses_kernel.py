"""Products of eight frequencies in the lanes against mpmath, with gains and depths far beyond the range of doubles."""

import mpmath
import numpy as np
import pytest

from lti_depth.kernels import responses

EPS = np.finfo(float).eps
OMEGA = np.concatenate([[0.0, np.pi, -1e-9, 7.0, np.pi - 1e-9, -2.0], np.linspace(-3, 3, 5)])


@pytest.fixture(autouse=True)
def digits():
    with mpmath.workdps(40):
        yield


def ratios(poles, b, c, delayed, omega, found):
    """What the kernel gives over w^K Π_k c_k b_k/(1 − λ_k w)."""
    mantissas, exponents = found
    for value, z, e in zip(omega, mantissas, exponents, strict=True):
        w = mpmath.expj(-mpmath.mpf(float(value)))
        truth = mpmath.mpf(1)
        for pole, into, out in zip(poles.tolist(), b.tolist(), c.tolist(), strict=True):
            truth *= mpmath.mpc(into) * mpmath.mpc(out) / (1 - mpmath.mpc(pole) * w) * (w if delayed else 1)
        yield mpmath.mpc(complex(z)) * mpmath.ldexp(1, int(e)) / truth, int(e)


def run(poles, b, c, delayed, omega):
    factors = responses.factors(poles + 0j, b + 0j, c + 0j)
    turns = float(len(factors[0]) - 2 * len(poles) * delayed)
    return responses.response(*factors, turns, omega)


@pytest.mark.parametrize("K", [1, 8, 9, 30])
@pytest.mark.parametrize("delayed", [False, True])
@pytest.mark.parametrize("kind", ["real", "complex"])
def test_responses(K, delayed, kind):
    """A few roundings a layer, relative to what is added in it."""
    rng = np.random.default_rng(K)
    poles = np.sort(rng.uniform(-0.99, 0.99, K))
    b, c = rng.uniform(0.5, 1.5, (2, K)) * rng.choice([-1, 1], (2, K))
    if kind == "complex":
        poles, b = poles * np.exp(1j * rng.uniform(0, 3, K)), b * np.exp(1j * rng.uniform(0, 6, K))
    gaps = np.abs(1 - poles * np.exp(-1j * OMEGA)[:, None])
    lost = np.where(poles.imag == 0, 1, 2 / gaps).sum(axis=1) + 4
    for (ratio, exponent), bound in zip(ratios(poles, b, c, delayed, OMEGA, run(poles, b, c, delayed, OMEGA)), lost,
                                        strict=True):  # fmt: skip
        assert abs(ratio - 1) <= 4 * EPS * bound and exponent == 0


@pytest.mark.parametrize("size", [1e-200, 1e200, 1e-30, 1e30])
@pytest.mark.parametrize("kind", ["real", "complex"])
def test_gains_of_any_size(size, kind):
    poles, one = np.full(16, 0.5) * (1j if kind == "complex" else 1), np.ones(16)
    found = run(poles, size * one, one, False, OMEGA)
    for ratio, exponent in ratios(poles, size * one, one, False, OMEGA, found):
        assert abs(ratio - 1) <= 200 * EPS and abs(exponent) > 400
    found = run(poles, size * one, one / size, False, OMEGA)
    for ratio, exponent in ratios(poles, size * one, one / size, False, OMEGA, found):
        assert abs(ratio - 1) <= 200 * EPS and exponent == 0


@pytest.mark.parametrize("pole", [0.99, -0.99, 0.9 + 0.4j, 1 - 1e-9])
def test_products_that_leave_the_range_of_doubles(pole):
    """300 equal layers: some 1e±600, at each frequency differently."""
    poles, one = np.full(300, pole), np.ones(300)
    for ratio, _ in ratios(poles, one, one, False, OMEGA, run(poles, one, one, False, OMEGA)):
        assert abs(ratio - 1) <= 300 * (1 if np.isreal(pole) else 40) * 4 * EPS


def test_equal_real_poles_leave_no_error_of_their_own():
    """What is rounded in one ρ is given to the next, and t takes along what is due: one error, not a thousand.

    Three roundings a layer are left, as good as random ones of 0.3 ulp: four deviations of their sum.
    """
    poles, one, omega = np.full(1000, 0.3), np.ones(1000), np.linspace(-3, 3, 9)
    for ratio, _ in ratios(poles, one, one, False, omega, run(poles, one, one, False, omega)):
        assert abs(ratio - 1) <= 4 * 0.3 * np.sqrt(3 * 1000) * EPS


def test_more_frequencies_than_a_block():
    omega = np.linspace(-3, 3, responses.LANES + 9)
    poles, one = np.array([-0.5, 0.3, 0.9]), np.ones(3)
    for ratio, exponent in ratios(poles, one, one, True, omega, run(poles, one, one, True, omega)):
        assert abs(ratio - 1) <= 40 * EPS and exponent == 0


def test_one_product_far_from_the_others():
    """At one of 32 frequencies the product leaves the range of doubles."""
    poles, one, omega = np.full(300, 1 - 1e-6), np.ones(300), np.append(np.linspace(2.9, 3.3, 31), 0.0)
    for ratio, _ in ratios(poles, one, one, False, omega, run(poles, one, one, False, omega)):
        assert abs(ratio - 1) <= 300 * 4 * EPS


@pytest.fixture
def half():
    """Rows of `half_angles` of some frequencies."""
    at = np.empty(7 * responses.LANES)
    responses.half_angles(OMEGA, 0, at)
    return at


def test_tangents(half):
    """tan θ in the kernel's unit and cos⁴ θ, to twenty digits of θ, and whether |tan θ| < 1."""
    groups, work = 2.0**40, np.full(responses._ROWS * responses.LANES, np.nan)
    responses._tangents(half, groups, work)
    rows = work.reshape(responses._ROWS, -1)
    for omega, tan, low, near, fourth, fix in zip(OMEGA, *rows[[0, 1, 3, 4, 5]], strict=False):
        theta = mpmath.mpf(float(omega)) / 2
        t, power = mpmath.tan(theta), mpmath.cos(theta) ** 4
        turned = 2.0**-108 * (1 + t * t)  # of t, by what is lost of θ
        assert abs((mpmath.mpf(tan) + mpmath.mpf(low)) / mpmath.mpf(responses._UNIT) - t) <= 2.0**-62 * abs(t) + turned
        found = mpmath.mpf(fourth) * (1 + (mpmath.mpf(fix) - 1) / groups)
        assert abs(found - power) <= power * (2.0**-62 + 4 * turned / max(1, abs(t)))
        assert near == (abs(t) < 1)


@pytest.mark.parametrize("turns", [3.0, 10000.0, -10001.0])
def test_phases(turns, half):
    """θ is reduced by multiples of π, which odd numbers of turns take for a change of sign."""
    work = np.full(responses._ROWS * responses.LANES, np.nan)
    responses._phases(half, turns, work)
    for omega, (rest, low, odd), cosine, sine in zip(
        OMEGA, half.reshape(7, -1)[4:].T, *work.reshape(responses._ROWS, -1)[6:8], strict=False
    ):
        theta = mpmath.mpf(rest) + mpmath.mpf(low) + odd * mpmath.pi / 2
        halves = (mpmath.mpf(float(omega)) / 2 - theta) / mpmath.pi
        assert abs(halves - mpmath.nint(halves)) <= 2.0**-62
        assert abs(mpmath.mpc(cosine, sine) - mpmath.expj(turns * theta)) <= EPS + abs(turns) * 2.0**-62


@pytest.mark.parametrize("turn", [1, np.exp(0.3j)])
def test_equal_frequencies_have_equal_responses(turn):
    """To the last bit, in whatever lane, and whether one group of layers is multiplied at a time or all of them."""
    omega, poles = np.linspace(-3, 3, 7), np.sort(np.random.default_rng(3).uniform(-0.9, 0.9, 200)) * turn
    *factors, often = responses.factors(poles + 0j, np.ones(200) + 0j, np.ones(200) + 0j)
    expected, exponents = responses.response(*factors, often, 200.0, omega)
    assert exponents.dtype == np.int64
    for groups in (1, often):
        found, powers = responses.response(*factors, groups, 200.0, np.resize(omega, responses.LANES + 9))
        assert (found == np.resize(expected, len(found))).all()
        assert (powers == np.resize(exponents, len(found))).all()


def test_factors():
    """ρ = (1 − λ)/(1 + λ) in the kernel's unit, and its low part; poles 0 make up the last group."""
    poles, b, c = (np.array(part) + 0j for part in ([-0.5, 0.3, 0.2 + 0.7j], [2.0, 1j, 3.0], [1.0, 1.0, -0.5]))
    re, im, im_low, gain, exponent, often = responses.factors(poles, b, c)
    group, unit = responses._GROUP, mpmath.mpf(responses._UNIT)
    K = -(-3 // group) * group
    assert len(re) == len(im) == len(im_low) == K and often >= 1
    for k, pole in enumerate([*poles.tolist(), *[0] * (K - 3)]):
        rho = unit * (1 - mpmath.mpc(pole)) / (1 + mpmath.mpc(pole))
        assert abs(re[k] - rho.real) <= 2 * EPS * abs(rho.real)
        assert abs(mpmath.mpf(im[k]) + mpmath.mpf(im_low[k]) - rho.imag) <= 2.0**-100
    truth = mpmath.fprod(map(mpmath.mpc, (b * c).tolist())) / mpmath.fprod(1 + mpmath.mpc(z) for z in poles.tolist())
    truth *= unit**K
    assert abs(mpmath.mpc(gain) * mpmath.ldexp(1, exponent) / truth - 1) <= 2 * EPS


def test_roundings_of_real_poles_are_given_on():
    """Of Π ρ_k one rounding is lost, not one for each of 400."""
    poles, one = np.sort(np.random.default_rng(5).uniform(-0.9, 0.9, 400)) + 0j, np.ones(400) + 0j
    re = responses.factors(poles, one, one)[0]
    unit, exact = mpmath.mpf(responses._UNIT), [mpmath.mpf(pole) for pole in poles.real.tolist()]
    ratios = [mpmath.mpf(rho) / (unit * (1 - pole) / (1 + pole)) for rho, pole in zip(re.tolist(), exact, strict=True)]
    assert abs(mpmath.fprod(ratios) - 1) <= EPS / 2


@pytest.mark.parametrize("poles, bits", [([0.5], 1.0), ([1 - 2.0**-20], 20.0), ([-1 + 2.0**-10], 10.0), ([0.0], 1.0),
                                         ([1 - 2.0**-53], 53.0), ([2.0], np.log2(3.0))])  # fmt: skip
def test_groups_between_two_levelings(poles, bits):
    """A factor lies between 2^−bits and 2^bits; the bits that a product may move by, in whole groups of layers."""
    one = np.ones(1) + 0j
    assert responses.factors(np.array(poles) + 0j, one, one)[-1] == max(
        1, int(responses._BITS / (responses._GROUP * bits))
    )


@pytest.mark.parametrize("b, c", [([1e200, 1e-200], [1e200, 1e-200]), ([1e-200, 1e200], [1e-200, 1e200]),
                                  ([5e-324, 1e300], [1.0, 1e20]), ([0.0, 1e200], [1e200, 1e200])])  # fmt: skip
def test_gains_whose_products_are_no_doubles(b, c):
    b, c = np.array(b), np.array(c)
    *_, gain, exponent, _ = responses.factors(np.zeros(2) + 0j, b + 0j, c + 0j)
    truth = mpmath.fprod(map(mpmath.mpf, [*b, *c])) * mpmath.mpf(responses._UNIT) ** responses._GROUP
    assert abs(mpmath.mpc(gain) * mpmath.ldexp(1, exponent) - truth) <= 2 * EPS * truth
    assert exponent == 0 or truth > 0


@pytest.mark.parametrize("z, exponent", [(1.0 + 0.5j, 0), (1.0 + 0.5j, 1), (1e180j, 0), (-3e-160 + 1e-170j, 0),
                                         (0j, 700), (1e-160j, 600), (3.0 + 1e-5j, 450),
                                         (1e-100 - 1e-90j, -1000)])  # fmt: skip
def test_squares_in_range(z, exponent):
    """The same number, with an exponent of 0 where its square is a double."""
    found, left = responses._in_range(z.real, z.imag, exponent)
    assert all(mpmath.ldexp(part, left) == mpmath.ldexp(whole, exponent)
               for part, whole in ((found.real, z.real), (found.imag, z.imag)))  # fmt: skip
    size = mpmath.ldexp(abs(mpmath.mpc(z)), exponent)
    if 1e-149 < size < 1e149:
        assert left == 0
    else:
        assert 1e-149 < abs(found) < 1e149 or z == 0
