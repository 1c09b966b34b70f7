"""Delay and memory: numbers and bounds of the theory, section 14, by definitions and dense linear algebra."""

from math import comb

import numpy as np
import pytest
from digits import agrees
from hypothesis import given
from hypothesis import strategies as st

from lti_depth import numeric
from lti_depth.learning.teachers import delay

D, S, RHO = 100, 4, 0.99


def delayed_copies(poles, length):
    """Impulse responses λ^t of the states, (N, length)."""
    return np.asarray(poles)[:, None] ** np.arange(length)


def captured(responses, lag):
    """The squared length of the projection of δ_lag onto the rows, by least squares in time."""
    target = np.zeros(responses.shape[1])
    target[lag] = 1
    c, *_ = np.linalg.lstsq(responses.T, target.astype(complex), rcond=None)
    return 1 - np.linalg.norm(responses.T @ c - target) ** 2


def stack_of(data, timing, skips):
    """A random stack of one channel with S states in all, D_1 = 0 unless `skips`."""
    rng = np.random.default_rng(data)
    layers = []
    for k, N in enumerate(rng.integers(1, 4, size=rng.integers(1, 4))):
        poles = rng.uniform(0.3, 0.99, N) * np.exp(1j * rng.uniform(-np.pi, np.pi, N))
        B, C = (rng.standard_normal(shape) + 1j * rng.standard_normal(shape) for shape in ((N, 1), (1, N)))
        layers.append(numeric.Layer(poles, B, C, np.full((1, 1), float(k > 0 or skips))))
    return numeric.stack(layers, timing=timing)


# --- White input -----------------------------------------------------------------------------------------------------


def test_last_layer_of_a_real_cascade():
    """At the printed pole, by binomial coefficients; neighbors capture less."""
    def share(pole):
        h = np.array([comb(t + S - 1, S - 1) * pole**t for t in range(4000)])
        return h[D] ** 2 / np.sum(h**2)

    assert agrees(share(0.96627), ".010227")
    assert max(share(0.96622), share(0.96632)) < share(0.96627)


def test_laguerre_readout_of_all_layers():
    """Equal poles: the states span t^k λ^t, k < S."""
    def share(pole):
        t = np.arange(3000)
        basis, _ = np.linalg.qr(((t / D) ** np.arange(S)[:, None] * pole**t).T)
        return np.sum(basis[D] ** 2)

    best = max(map(share, np.linspace(0.9543, 0.95434, 41)))
    assert agrees(best, ".0144155")
    assert best < S / (D + 1)


def test_explicit_filter():
    poles = np.exp((-1 + 1j * np.pi * (np.arange(S) - 1.5)) / D)
    assert agrees(captured(delayed_copies(poles, 2500), D), ".01929")


def test_explicit_filter_in_the_limit():
    """(1 − e^{−4α})/2 · S/D: the error at least halves as S doubles at D = 100 S."""
    def deviation(states, alpha):
        lag = 100 * states
        poles = np.exp((-alpha + 1j * np.pi * (np.arange(states) - (states - 1) / 2)) / lag)
        gram = 1 / (1 - np.outer(poles, poles.conj()))
        share = np.vdot(poles**lag, np.linalg.solve(gram, poles**lag)).real
        return abs(share * lag / states - (1 - np.exp(-4 * alpha)) / 2)

    for alpha in (0.5, 1.0):
        assert deviation(16, alpha) < deviation(8, alpha) / 2 < deviation(4, alpha) / 4


@pytest.mark.parametrize(("timing", "skips"), [("current", False), ("current", True), ("delayed", False)])
@given(data=st.integers(0, 2**32), lag=st.integers(1, 60))
def test_no_stack_beats_the_bound(timing, skips, data, lag):
    """With the best gain: h_D²/Σh² ≤ S/(D+1), or S/D with feedthrough or in delayed timing."""
    stack = stack_of(data, timing, skips)
    h = numeric.impulse_response(stack, np.arange(4000))
    states = sum(stack.widths)
    assert abs(h[lag]) ** 2 / np.sum(np.abs(h) ** 2) <= states / (lag + (timing == "current" and not skips))


@given(data=st.integers(0, 2**32), lag=st.integers(1, 40))
def test_hankel_matrix_of_the_error(data, lag):
    """Σ_{t ≤ D} (t+1)|e_t|² is ≥ the D+1−S singular values that rank S leaves of the reversed identity."""
    stack = stack_of(data, "current", False)
    h = numeric.impulse_response(stack, np.arange(2 * lag + 1))
    hankel = h[np.add.outer(np.arange(lag + 1), np.arange(lag + 1))]
    assert np.linalg.matrix_rank(hankel) <= sum(stack.widths)
    e = -h[: lag + 1]
    e[lag] += 1
    assert np.sum(np.arange(1, lag + 2) * np.abs(e) ** 2) >= lag + 1 - sum(stack.widths) - 1e-9


@pytest.mark.parametrize("lag", [1, 7])
def test_shift_registers_recall_without_loss(lag):
    u = np.random.default_rng(lag).standard_normal(50)
    y, _ = numeric.simulate(delay(lag), u)
    assert (y[lag:] == u[:-lag]).all() and not y[:lag].any()
    assert sum(delay(lag).widths) == lag


# --- Correlated input ------------------------------------------------------------------------------------------------


def colored_bound(feedthrough, future=60):
    """From the dense covariance of targets and 60 samples of the future."""
    times = np.concatenate([-np.arange(int(feedthrough), D + 1), np.arange(1 - int(feedthrough), future)])
    R, n = RHO ** np.abs(np.subtract.outer(times, times)), D + 1 - int(feedthrough)
    given_future = R[:n, :n] - R[:n, n:] @ np.linalg.solve(R[n:, n:], R[n:, :n])
    return np.linalg.eigvalsh(given_future)[: n - S].sum() / n


def colored_loss(poles, length=6000):
    """1 − the share that states with these poles explain, by a regression on a whitened record of an impulse."""
    shaped = np.sqrt(1 - RHO**2) * RHO ** np.arange(length)
    states = np.array([np.convolve(shaped, pole ** np.arange(length))[:length] for pole in poles])
    target = np.concatenate([np.zeros(D), shaped[:-D]]).astype(complex)
    c, *_ = np.linalg.lstsq(states.T / np.linalg.norm(states, axis=1), target, rcond=None)
    return np.linalg.norm(states.T / np.linalg.norm(states, axis=1) @ c - target) ** 2


def test_colored_memory_law():
    assert agrees(colored_bound(False), ".0513")
    assert agrees(colored_bound(True), ".0508")


def test_best_systems_found():
    """The .0742 of the theory has feedthrough (a pole 0: u_t itself), and belongs to the bound .0508."""
    without = np.exp(np.array([-1.30990704 + 6.54051391j, -2.13999641 + 2.09124827j]) / D)
    with_skip = np.exp(np.array([-2.22025432 + 2.1882009j, -1.34527259 + 6.84252637j]) / D)
    assert agrees(colored_loss([*without, *without.conj()]), ".0771")
    assert agrees(colored_loss([*with_skip, *with_skip.conj(), 0]), ".0742")


def test_szego_limit():
    """The energy of AR(1) outside the band 4/101 π, by summing its spectrum; the bound at D = 100 is 1 % above."""
    omega = (np.arange(200000) + 0.5) * np.pi / 200000
    spectrum = (1 - RHO**2) / np.abs(1 - RHO * np.exp(-1j * omega)) ** 2
    outside = spectrum[omega > np.pi * S / (D + 1)].sum() / spectrum.sum()
    assert 0 < colored_bound(False) / outside - 1 < 0.012


# --- Memory functions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("poles", "current", "delayed"),
    [([0.9, 0.5], 2, 2), ([0.0, 0.9], 2, 2), ([0.9, 0.0, 0.8, 0.0], 2, 4), ([0.9, 0.9, -0.4], 3, 3)],
)
def test_memory_adds_up_to_the_controllable_states(poles, current, delayed):
    lags = np.arange(600)
    by_timing = {timing: numeric.memory_function(numeric.cascade(poles, timing=timing), lags)
                 for timing in ("current", "delayed")}
    assert by_timing["current"].sum() == pytest.approx(current, abs=1e-10)
    assert by_timing["delayed"].sum() == pytest.approx(delayed, abs=1e-10)
    if current == delayed:
        np.testing.assert_allclose(by_timing["delayed"][1:], by_timing["current"][:-1], atol=1e-12)


def test_memory_function_by_least_squares():
    poles = [0.9, 0.7, -0.5]
    found = numeric.memory_function(numeric.cascade(poles), np.arange(10))
    naive = [captured(delayed_copies(poles, 800), lag) for lag in range(10)]
    np.testing.assert_allclose(found, naive, atol=1e-10)
