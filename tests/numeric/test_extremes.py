"""Deep stacks, poles at the circle, long lags; identities between observables that no single formula would keep."""

from fractions import Fraction
from math import comb, exp, lgamma
from time import perf_counter

import numpy as np
import oracles
import pytest
from agreement import assert_agrees
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from strategies import FAMILIES, build, cascades, fitting_process

from lti_depth import certified, numeric
from lti_depth.numeric import autocovariance, cascade, impulse_response, state_variance

UNIT_ROUNDOFF = 2.0**-53


def equal_poles_variance(pole, K):
    """(1−λ²)^{1−2K} Σ_j C(K−1,j)² λ^{2j}, exactly."""
    square = Fraction(pole) ** 2
    return (1 - square) ** (1 - 2 * K) * sum(comb(K - 1, j) ** 2 * square**j for j in range(K))


@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("pole", [0.5, 0.9, 0.99])
def test_sixty_four_equal_layers(pole, timing):
    stack = cascade([pole] * 64, timing=timing)
    truth = float(equal_poles_variance(pole, 64))
    assert abs(autocovariance(stack, 0) / truth - 1) <= 8 * 64 * UNIT_ROUNDOFF
    V = state_variance(stack)[:, 0]
    for k in (1, 8, 32, 64):
        assert abs(V[k - 1] / float(equal_poles_variance(pole, k)) - 1) <= 8 * k * UNIT_ROUNDOFF


def test_sixty_four_alternating_poles():
    """(.999)^6 (−.999)^6, where the recursion in doubles loses everything; H is that of six layers at .999² and z²."""
    poles = [0.999] * 6 + [-0.999] * 6
    truth = float(equal_poles_variance(Fraction(0.999) ** 2, 6))
    for order in (poles, poles[::-1], [p for pair in zip(poles[:6], poles[6:], strict=True) for p in pair]):
        assert abs(autocovariance(cascade(order), 0) / truth - 1) < 1e-12


@pytest.mark.parametrize("gap", [2.0**-40, 2.0**-53])
def test_poles_at_the_circle(gap):
    for K in range(1, 9):
        V = autocovariance(cascade([1 - gap] * K, b=gap), 0)
        truth = float(equal_poles_variance(1 - Fraction(gap), K) * Fraction(gap) ** (2 * K))
        assert abs(V / truth - 1) <= 8 * K * UNIT_ROUNDOFF


@pytest.mark.parametrize("gap", [1e-6, 1e-9, 1e-12])
@pytest.mark.parametrize("angle", [0.0, 0.3, np.pi / 2, 3.0, np.pi])
def test_two_resonances_and_their_input(gap, angle):
    """An AR(1) input with the pole of the layer: R(0) = (1+|λ|²)/(1−|λ|²)², up to the input's variance."""
    pole = (1 - gap) * np.exp(1j * angle)
    if angle in (0.0, np.pi):
        pole = pole.real
    square = Fraction(complex(pole).real) ** 2 + Fraction(complex(pole).imag) ** 2
    truth = float((1 + square) / (1 - square) ** 2)
    assert autocovariance(cascade([pole]), 0, numeric.ar1(pole)) == pytest.approx(truth, rel=1e-12)


RESONANCES = [1e-9 - 1, 1 - 1e-9, 1e-6 - 1, 0.6 + 0.8j * (1 - 1e-9), -0.6953110904483079 + 0.7187089031540606j]
SLOW = [0.999, -0.999, 0.99745165 + 0.07134268j, 1 - 1e-7]


@pytest.mark.parametrize("rho", RESONANCES)
@pytest.mark.parametrize("pole", SLOW)
def test_a_resonance_elsewhere(rho, pole):
    """AR(1) noise with its pole at another place of the circle: E|x|² = Re[(1+ρλ̄)/(1−ρλ̄)]/(1−|λ|²), Lemma 1."""
    truth = oracles.state_variance(cascade([pole]), ("ar1", rho, 1.0))[0][0]
    mp, p, r = oracles.mp, oracles.mp.mpmathify(pole), oracles.mp.mpmathify(rho)
    lemma = mp.re((1 + r * mp.conj(p)) / (1 - r * mp.conj(p))) / (1 - abs(p) ** 2)
    assert abs(lemma / truth - 1) < 1e-40
    for stack in (cascade([pole]), cascade([pole, 0, 0]), cascade([0, pole])):
        V = state_variance(stack, numeric.ar1(rho))
        assert V[list(stack.poles).index(pole), 0] == pytest.approx(float(truth), rel=1e-12)


@pytest.mark.parametrize("rho", [rho for rho in RESONANCES if isinstance(rho, float)])
@pytest.mark.parametrize("timing", ["current", "delayed"])
@pytest.mark.parametrize("real", [False, True])
def test_a_resonance_into_wide_layers(rho, timing, real):
    """The same in front of wide layers, where a recursion in doubles loses the digits that the resonance holds."""
    first = numeric.Layer([0.25 + 0.125j, -0.6 + 0.3j], [[1 - 0.75j], [1.25]], [[0.25, 1j], [1.5, 1]], real=real)
    second = numeric.Layer([-0.985 + 0.169j, 0.99 + 0.01j], [[2j, -1.75], [1, 1]], [[1, -0.75j], [0.5j, 2]], real=real)
    stack, process = numeric.stack([first, second], timing=timing), ("ar1", rho, 2.5)

    def variances(stack, process):
        return np.concatenate(oracles.state_variance(stack, process))

    assert_agrees(state_variance(stack, numeric.ar1(rho, 2.5)).ravel(), variances, (stack, process), 1e-12)
    R = autocovariance(stack, [0, 3], numeric.ar1(rho, 2.5))
    deviation = np.sqrt(np.diag(R[0]).real)
    scale = np.broadcast_to(np.outer(deviation, deviation), R.shape)
    assert_agrees(R, oracles.autocovariance, (stack, [0, 3], process), 1e-12, scale)


@pytest.mark.parametrize("gap", [0.0, 2.0**-20, 2.0**-40, -(2.0**-20)])
@pytest.mark.parametrize("omega", [0.5, 3.0, 3.14])
def test_phase_delay_with_a_double_zero_near_the_circle(gap, omega):
    """H = (1 + r w)²/(1 − w²/4): its double zero −r is found to half the digits, the phase to all."""
    r = 1 - gap
    C = [[(1 + 2 * r) ** 2 / 2, (1 - 2 * r) ** 2 / 2]]
    stack = numeric.stack([numeric.Layer([0.5, -0.5], [[1.0], [1.0]], C, [[-4 * r * r]])])
    assert_agrees(numeric.phase_delay(stack, omega), oracles.phase_delay, (stack, omega), 1e-12)


@pytest.mark.compiled("so many steps take minutes")
def test_long_lags_are_quick():
    lags = np.array([0, 1, 10, 1000, 100_000])
    stack = cascade([1 - 1e-5] * 8, b=1e-5)
    autocovariance(stack, lags[:2])
    impulse_response(stack, lags[:2])
    start = perf_counter()
    R = autocovariance(stack, lags)
    assert perf_counter() - start < 1.0
    start = perf_counter()
    h = impulse_response(stack, lags)
    assert perf_counter() - start < 1.0
    pole = stack.poles[0]
    log = lgamma(100_000 + 8) - lgamma(8) - lgamma(100_001) + 100_000 * np.log(pole) + 8 * np.log(1e-5)
    assert h[-1] == pytest.approx(exp(log), rel=1e-9)
    assert (np.diff(R) < 0).all() and (R > 0).all()


@pytest.mark.compiled("so many steps take minutes")
def test_long_lags_of_wide_layers_are_quick():
    layer = numeric.Layer(0.9999 * np.exp(1j * np.linspace(0, 1, 8)), np.ones((8, 2)), np.ones((2, 8)), real=True)
    stack = numeric.stack([layer, layer])
    autocovariance(stack, [0])
    start = perf_counter()
    R = autocovariance(stack, [0, 100_000])
    assert perf_counter() - start < 5.0
    assert abs(R[1]).max() < 1e-3 * abs(R[0]).max()


@pytest.mark.compiled("so many steps take minutes")
def test_negative_binomial_at_long_times():
    """h_t = C(t+K−1, K−1) λ^t to 2(t+2K)u."""
    pole, K, t = 1 - 2.0**-12, 16, 20_000
    truth = float(comb(t + K - 1, K - 1) * Fraction(pole) ** t)
    assert abs(impulse_response(cascade([pole] * K), t) / truth - 1) <= 2 * (t + 2 * K) * UNIT_ROUNDOFF


@pytest.mark.parametrize("family", FAMILIES)
@given(st.data())
def test_variances_are_what_the_spectrum_integrates_to(family, data):
    """R(Δ) = (1/2π) ∫ S e^{iωΔ} dω on a uniform grid; poles drawn too near to the circle for it are left out."""
    stack = data.draw(FAMILIES[family].filter(lambda s: max(np.abs(m.poles).max() for m in s.layers) < 0.97))
    names = ("white", "sampled", "recorded", "arma")
    process = data.draw(fitting_process(stack, family).filter(lambda p: p[0] in names))
    model = build(process, numeric)
    n = 4096
    omega = 2 * np.pi * np.arange(n) / n
    S = numeric.power_spectrum(stack, omega, model)
    for lag in (-3, 0, 2):
        wave = np.exp(1j * omega * lag)
        R = np.tensordot(wave, S, axes=1) / n
        size = np.abs(S).mean()
        np.testing.assert_allclose(autocovariance(stack, lag, model), R, rtol=1e-10, atol=1e-11 * size)


@given(cascades("signed", K_max=6, feedthrough=False), st.randoms())
def test_scalar_layers_commute(stack, random):
    order = list(range(len(stack)))
    random.shuffle(order)
    other = numeric.stack([stack[k] for k in order], timing=stack.timing)
    lags = [0, 1, 7]
    one, two = autocovariance(stack, lags), autocovariance(other, lags)
    np.testing.assert_allclose(two, one, rtol=1e-9, atol=1e-11 * abs(one[0]))


@pytest.mark.parametrize("family", FAMILIES)
@given(st.data())
def test_long_horizons_are_stationary(family, data):
    stack = data.draw(FAMILIES[family].filter(lambda s: max(np.abs(m.poles).max() for m in s.layers) < 0.95))
    process = data.draw(fitting_process(stack, family).filter(lambda p: p[0] in ("white", "sampled", "recorded")))
    model = build(process, numeric)
    stationary = state_variance(stack, model)
    size = stationary.max()
    np.testing.assert_allclose(state_variance(stack, model, horizon=1500), stationary, rtol=1e-9, atol=1e-11 * size)


@pytest.mark.parametrize(
    ("process", "variance"),
    [
        (numeric.white(2.5), 2.5), (numeric.ar1(0.9, 3.0), 3.0), (numeric.ar1(-0.5j, 3.0), 3.0),
        (numeric.arma([0.5, 0.2], [0.4], 0.5), 0.5), (numeric.shaped(cascade([0.9, 0.9], d=1), 4.0), 4.0),
        (numeric.sampled([3.0, 1.0]), 3.0), (numeric.recorded([1.0, 2.0, 4.0]), np.var([1.0, 2.0, 4.0])),
        (numeric.white(0.332) + numeric.ar1(0.997, 0.0431), 0.3751),
    ],
)  # fmt: skip
def test_the_variance_of_a_process_is_that_of_the_input(process, variance):
    wire = numeric.stack([numeric.Layer([0.0], [[0.0]], [[0.0]], [[1.0]])])
    assert process.variance == pytest.approx(variance, rel=1e-15)
    assert autocovariance(wire, 0, process) == pytest.approx(variance, rel=1e-14)


def test_a_recorded_process_is_exact_for_the_zero_padded_record():
    """Sums over the run on the padded record, divided by T, are the predictions."""
    u = np.random.default_rng(2).normal(size=40) + 3
    stack = cascade([0.5, -0.3 + 0.4j], d=[0, 1])
    padded = np.concatenate([u - u.mean(), np.zeros(400)])
    y, _ = numeric.simulate(stack, padded)
    for lag in (0, 1, 12, 39, 60):
        measured = y[lag:] @ y[: len(y) - lag].conj() / len(u)
        assert autocovariance(stack, lag, numeric.recorded(u)) == pytest.approx(measured, rel=1e-10, abs=1e-13)


@pytest.mark.parametrize("empty", [[], np.zeros((2, 0), int)], ids=["list", "array"])
def test_no_times_and_no_lags(empty):
    channels = numeric.stack([numeric.Layer([0.5, 0.2j], [[1], [1]], [[1, 1], [0, 1]])])
    for stack, axes in ((cascade([0.5]), ()), (channels, (2, 2))):
        for process in (numeric.white(), numeric.sampled([1.0, 0.5])):
            assert autocovariance(stack, empty, process).shape == (*np.shape(empty), *axes)
    assert numeric.impulse_response(channels, empty).shape == (*np.shape(empty), 2, 1)


@pytest.mark.compiled("so many steps take minutes")
@pytest.mark.parametrize("process", [numeric.white(2.0), numeric.ar1(0.5, 2.0)], ids=["white", "ar1"])
def test_horizons_of_unstable_stacks(process):
    """Growth by 1.5 a step: a variance near the end of float64, then one beyond it."""
    stack = cascade([1.5, 0.5])
    near, far = (state_variance(stack, process, horizon=T) for T in (800, 860))
    assert far / near == pytest.approx(1.5**120, rel=1e-9)
    with pytest.warns(RuntimeWarning, match="state_variance"):
        assert np.isinf(state_variance(stack, process, horizon=5000)).all()
    wide = numeric.stack([numeric.Layer([1.5, 0.5], [[1], [1]], [[1, 1]])])
    with pytest.warns(RuntimeWarning, match="state_variance"):
        assert state_variance(wide, process, horizon=5000)[0, 0] == np.inf


@pytest.mark.compiled("so many steps take minutes")
@pytest.mark.parametrize("horizon", [1700, 5000])  # h finite with h² beyond float64, then h beyond it
@pytest.mark.parametrize("process", [numeric.white(2.0), numeric.ar1(0.5, 2.0)], ids=["white", "ar1"])
def test_states_beside_an_unstable_one(process, horizon):
    """Two cascades side by side, one of them growing: the other has the variances that it has alone."""
    pair = [numeric.Layer([1.5, 0.9], [[1], [2]], np.eye(2)), numeric.Layer([0.5, 0.3], np.eye(2), [[1, 1]])]
    with pytest.warns(RuntimeWarning, match="2 of 4"):
        V = state_variance(numeric.stack(pair), process, horizon=horizon)
    assert np.isinf(V[:, 0]).all()
    alone = state_variance(cascade([0.9, 0.3], b=[2, 1]), process, horizon=horizon)
    np.testing.assert_allclose(V[:, 1:], alone, rtol=1e-12)


@pytest.mark.compiled("so many steps take minutes")
def test_responses_that_all_but_vanish():
    """h_t = C(t+63, 63) λ^t falls to 1e−128 while its states are denormal in no unit of their own."""
    mp, t = oracles.mp, 80_000
    truth = mp.binomial(t + 63, 63) * mp.mpf(0.99) ** t
    assert abs(impulse_response(cascade([0.99] * 64), t) / float(truth) - 1) <= 2 * (t + 128) * UNIT_ROUNDOFF


def test_a_variance_far_below_the_square_of_the_largest_gain():
    """Slow layers at ±1 in turn: each stops what the one before lets through, and powers of that leave the range."""
    stack = cascade([1 - 2.0**-17, 2.0**-17 - 1] * 32, b=2.0**-9, timing="delayed")
    truth = float(certified.autocovariance(stack, 0))
    assert_allclose(autocovariance(stack, 0), truth, rtol=1e-12, atol=0)
    assert_allclose(state_variance(stack)[-1, 0], truth, rtol=1e-12, atol=0)  # of x, which is y


def test_what_nothing_reaches_is_zero():
    stack = cascade([0.9, -0.9, 0.8], b=[1.0, 0.0, 1.0], timing="delayed")
    assert not autocovariance(stack, [0, 5]).any()
    assert_allclose(state_variance(stack)[:, 0], [1 / (1 - 0.9**2), 0.0, 0.0], rtol=1e-14)


def test_states_far_apart_that_come_out_one_after_the_other():
    """R(2) = λ² (1 + …) while the states before it, of which it comes, are λ times as small as each other."""
    stack = cascade([2e-152] * 8, timing="delayed")
    assert_allclose(autocovariance(stack, [1, 2]), [8 * 2e-152, 36 * 2e-152**2], rtol=1e-14, atol=0)


def test_lags_at_which_a_large_gain_has_decayed():
    """R(Δ) = b² λ^Δ/(1 − λ²) with b² = 1e300 and λ^Δ = 1e−325."""
    mp = oracles.mp
    truth = mp.mpf(1e150) ** 2 * mp.mpf(0.5) ** 1080 / (1 - mp.mpf(0.25))
    assert autocovariance(cascade([0.5], b=1e150), 1080) == pytest.approx(float(truth), rel=1e-14, abs=0)


@pytest.mark.parametrize("poles", [[0.5, 0.51, 0.52, 0.53], [0.9, 0.905, 0.91, 0.915], [0.9, 0.901, 0.902, 0.903]])
def test_one_wide_layer_with_cancelling_residues(poles):
    """The modal form of a cascade of close poles: Σ r_i r_j/(1 − λ_i λ_j), with residues up to 1e8."""
    residues = [np.prod([p / (p - q) for q in poles if q != p]) for p in poles]
    stack = numeric.stack([numeric.Layer(poles, np.ones((4, 1)), [residues])])
    assert_agrees(autocovariance(stack, 0), variance_of_modes, (np.array(residues), np.array(poles)), 1e-12)


def variance_of_modes(residues, poles):
    r, p = oracles.exact(residues), oracles.exact(poles)
    return sum(r[i] * r[j] / (1 - p[i] * p[j]) for i in range(len(p)) for j in range(len(p)))


@pytest.mark.compiled("so many steps take minutes")
@pytest.mark.parametrize("process", [("ar1", 0.5, 1.0), ("sampled", [2.0, 1.0, 0.5])], ids=["ar1", "sampled"])
def test_decayed_lags_of_resonances_all_round_the_circle(process):
    """Sixteen poles at the angles of a regular polygon, where R falls to 1e−33 R(0) and nothing but it is left."""
    stack = cascade(0.9 * np.exp(2j * np.pi * np.arange(16) / 16 + 0.1j), d=[0] * 15 + [0.5])
    lags = [0, 2, 40, 100, 300, 700]
    truth = oracles.autocovariance(stack, lags, process)
    assert abs(truth[-1][0, 0] / truth[0][0, 0]) < 1e-30
    assert_agrees(autocovariance(stack, lags, build(process, numeric)),
                  lambda *inputs: [R[0, 0] for R in oracles.autocovariance(*inputs)], (stack, lags, process), 1e-12)


@pytest.mark.parametrize("gain", [1e200, 1e-200])
def test_the_gain_of_a_shaping_filter_does_not_matter(gain):
    stack = cascade([0.9, 0.5])
    large, unit = numeric.shaped(cascade([0.3], b=gain)), numeric.shaped(cascade([0.3]))
    for observable, query in ((autocovariance, [[0, 5]]), (state_variance, []), (numeric.power_spectrum, [[0.0, 1.0]])):
        np.testing.assert_allclose(observable(stack, *query, large), observable(stack, *query, unit), rtol=1e-14)


@pytest.mark.parametrize("a", [0.5, -0.3, 1 - 1e-9, 1 - 1e-15])
def test_an_arma_process_that_is_white(a):
    """u_t = a u_{t−1} + e_t − a e_{t−1} is e_t: variance 1/(1 − 0.25) behind a pole at 0.5."""
    assert state_variance(cascade([0.5]), numeric.arma([a], [-a]))[0, 0] == pytest.approx(4 / 3, rel=1e-15)


@pytest.mark.parametrize(("b", "c", "d"), [(660, 660, None), (-660, -660, None), (660, 0, 660), (-660, -300, -960),
                                           (1000, -1000, 0), (1000, -100, 900)])
@pytest.mark.parametrize("timing", ["current", "delayed"])
def test_zeros_and_phase_do_not_depend_on_the_gain(b, c, d, timing):
    """B, C and D times 2^b, 2^c and 2^(b+c) multiply H: zeros and phase delay keep every bit. None: D = 0."""
    def stacks(b, c, D):
        first = numeric.Layer([0.5, 0.3, -0.2], b * np.ones((3, 1)), c * np.array([[2.0, 1.0, 1.0]]), [[D]])
        return numeric.stack([first], timing=timing), cascade([0.9, -0.4], b, c, D, timing=timing)

    scaled = stacks(2.0**b, 2.0**c, 0.0 if d is None else 0.75 * 2.0**d)
    for large, unit in zip(scaled, stacks(1.0, 1.0, 0.0 if d is None else 0.75), strict=True):
        for one, other in zip(numeric.zeros(large), numeric.zeros(unit), strict=True):
            assert np.array_equal(one, other) and np.isfinite(one).all()
        omega = [0.0, 0.5, 3.0]
        assert np.array_equal(numeric.phase_delay(large, omega), numeric.phase_delay(unit, omega))


@pytest.mark.parametrize("angle", [1e-9, 1e-6, 1e-3])
def test_the_input_of_a_resonance_beside_its_own(angle):
    """D reads the input, whose variance is given: arcs of the circle meet between poles at nearly one angle."""
    stack = cascade([-(1 - 1e-12) * np.exp(-1j * angle)], timing="delayed")
    sign, logabs = numeric.log_sensitivity(stack, numeric.ar1(-1 + 2.0**-19, 0.5))
    assert sign.D == 1 and logabs.D[0] == pytest.approx(np.log(0.5), abs=1e-13)


@pytest.mark.parametrize("stack", [
    cascade([1e-46, -0.75], d=[-1.0, -0.5]), cascade([1e-46], d=-1.0), cascade([1e-150, 0.9], d=[-1.0, -10.0]),
])
def test_lags_of_poles_next_to_zero_warn_of_nothing(stack):
    """1 − |λ| rounds to 1; warnings are errors here."""
    sign, logabs = numeric.log_autocovariance(stack, [0, 1, 100])
    assert not np.isnan(logabs).any() and np.isin(sign, [-1, 0, 1]).all()
