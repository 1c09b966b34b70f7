"""Errors in units of what is promised, with scipy's beside them; the truth of the very doubles is in certified balls.

Promises (u = 2⁻⁵³), relative to the truth, delays to Σ_k |τ_k| of the layers:

* nothing negative or complex: responses to an impulse 2 (t + 2K) u, covariances 8 (K + lag) u, frequency responses
  1e-14, delays 1e-15;
* otherwise 1e-13 at a frequency and 1e-12 in time, or 64 times what one rounding of the inputs costs, if that is more.
"""

import time
import warnings
from dataclasses import dataclass
from functools import reduce

import numpy as np
from scipy import linalg, signal

from .. import certified, numeric
from .balls import delay_scale, radius, relative_errors
from .errors import DOUBLE

DEPTHS, OMEGA, TIMES = (2, 8, 32, 64), np.array([0.0, 1e-6, 0.1, 1.0, 3.0]), np.array([0, 1, 10, 100])
QUERIES = {"group_delay": OMEGA, "frequency_response": OMEGA, "impulse_response": TIMES, "autocovariance": TIMES,
           "state_variance": None}  # fmt: skip
PLAIN, ROUGH = "poles in [0, 1)", "complex or negative poles, or skips"


def _equal(K, rng):
    return {"poles": np.full(K, 0.9)}


def _slow(K, rng):
    poles = 1 - 10 ** rng.uniform(-4, -2, K)
    return {"poles": poles, "b": 1 - poles}  # variances within the range of doubles


def _nearly_equal(K, rng):
    return {"poles": 0.9 + 1e-9 * rng.permutation(K)}


def _complex(K, rng):
    return {"poles": rng.uniform(0.5, 0.98, K) * np.exp(1j * rng.uniform(-np.pi, np.pi, K))}


def _conjugate(K, rng):
    half = rng.uniform(0.5, 0.98, K // 2) * np.exp(1j * rng.uniform(0, np.pi, K // 2))
    return {"poles": np.concatenate([half, half.conj()])}


def _mixed(K, rng):
    return {"poles": rng.uniform(0.3, 0.98, K) * (-1.0) ** np.arange(K)}


def _skips(K, rng):
    return {"poles": rng.uniform(-0.9, 0.95, K), "d": rng.normal(size=K), "c": rng.normal(size=K)}


FAMILIES = {_equal: PLAIN, _slow: PLAIN, _nearly_equal: PLAIN, _complex: ROUGH, _conjugate: ROUGH, _mixed: ROUGH,
            _skips: ROUGH}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One query to one stack, or the worst of many.

    `ours` and `scipy`: the largest errors in units of the promise. `radius`: of the balls, relative; `seconds`: theirs.
    """

    quantity: str
    kind: str
    values: int
    ours: float
    scipy: float
    radius: float
    seconds: float


def measure(progress=lambda fraction: None):
    """The worst Case of each quantity and kind: every family at every depth in both timings."""
    out = []
    for n, quantity in enumerate(QUERIES):
        found = [_case(quantity, kind, numeric.cascade(**family(K, np.random.default_rng(K)), timing=timing))
                 for family, kind in FAMILIES.items() for K in DEPTHS for timing in ("current", "delayed")]  # fmt: skip
        out += [_worst([case for case in found if case.kind == kind]) for kind in (PLAIN, ROUGH)]
        progress((n + 1) / len(QUERIES))
    return out


def _worst(found):
    values = sum(case.values for case in found)
    largest = np.max([(case.ours, case.scipy, case.radius, case.seconds) for case in found], axis=0)  # nan if any is
    return Case(found[0].quantity, found[0].kind, values, *largest.tolist())


def _case(quantity, kind, stack):
    at = QUERIES[quantity]
    began = time.perf_counter()
    balls = _answer(certified, quantity, stack)
    seconds = time.perf_counter() - began
    scales = delay_scale(stack, at) if quantity == "group_delay" else None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # scipy's, of ill-conditioned matrices and polynomials
        theirs = SCIPY[quantity](stack, at)
    ours, others = (np.array(relative_errors(values, balls, scales))
                    for values in (_answer(numeric, quantity, stack), theirs))  # fmt: skip
    allowed = _allowed(quantity, kind, stack, balls, scales, ours)
    worst = (float((errors / allowed).max()) for errors in (ours, others))
    return Case(quantity, kind, len(ours), *worst, radius(balls), seconds)


def _answer(floor, quantity, stack):
    if quantity == "state_variance":
        return floor.state_variance(stack)[:, 0]
    return getattr(floor, quantity)(stack, QUERIES[quantity])


def _allowed(quantity, kind, stack, balls, scales, errors):
    at_frequency = QUERIES[quantity] is OMEGA
    if kind == PLAIN:
        if at_frequency:
            return 1e-15 if quantity == "group_delay" else 1e-14
        if quantity == "impulse_response":
            return 2 * (TIMES + 2 * len(stack)) * DOUBLE
        return 8 * (len(stack) + (TIMES if quantity == "autocovariance" else 0)) * DOUBLE
    floor = 1e-13 if at_frequency else 1e-12
    if (errors <= floor).all():
        return floor
    return np.maximum(floor, 64 * _one_rounding(quantity, stack, balls, scales))


def _one_rounding(quantity, stack, balls, scales):
    """What one rounding of all inputs costs: every double a place up or down, which is one or two, three times over."""
    rng, largest = np.random.default_rng(0), 0.0
    for _ in range(3):
        layers = [numeric.Layer(*(_moved(part, rng) for part in (m.poles, m.B, m.C, m.D))) for m in stack]
        other = _answer(certified, quantity, numeric.stack(layers, timing=stack.timing))
        middles = [complex(ball.mid()) if hasattr(ball, "imag") else float(ball.mid()) for ball in np.ravel(other)]
        largest = np.maximum(largest, relative_errors(middles, balls, scales))
    return largest / 2


def _moved(values, rng):
    if np.iscomplexobj(values):
        return _moved(values.real, rng) + 1j * _moved(values.imag, rng)
    return np.where(values == 0, values, np.nextafter(values, rng.choice([-np.inf, np.inf], size=values.shape)))


# What scipy offers: polynomials, and Lyapunov's equation.


def _polynomials(stack):
    """Numerator and denominator in z⁻¹."""
    late = np.array([0.0, 1.0] if stack.timing == "current" else [1.0, 0.0])  # 1 or z⁻¹, highest power first
    top = [np.polyadd(layer.D.item() * np.array([-layer.poles[0], 1]), layer.C.item() * layer.B.item() * late)
           for layer in stack]  # fmt: skip
    return reduce(np.convolve, [factor[::-1] for factor in top]), np.poly(stack.poles)


def _group_delay(stack, omega):
    return signal.group_delay(_polynomials(stack), omega)[1]


def _frequency_response(stack, omega):
    return signal.freqz(*_polynomials(stack), omega)[1]


def _impulse_response(stack, t):
    return signal.lfilter(*_polynomials(stack), np.eye(1, max(t) + 1)[0])[t]


def _covariance(stack):
    A, B, C, D = numeric.equivalent_layer(stack)
    return A, B, C, D, linalg.solve_discrete_lyapunov(A, B @ B.conj().T)


def _autocovariance(stack, lags):
    A, B, C, D, W = _covariance(stack)
    if stack.timing == "current":  # y = C A x[t−1] + (C B + D) u
        C, D = C @ A, C @ B + D
    x, out = A @ W @ C.conj().T + B @ D.conj().T, [(C @ W @ C.conj().T + D @ D.conj().T).item()]
    for _ in range(max(lags)):
        out.append((C @ x).item())
        x = A @ x
    return np.array(out)[lags]


def _state_variance(stack, _):
    return _covariance(stack)[-1].diagonal().real


SCIPY = {"group_delay": _group_delay, "frequency_response": _frequency_response, "impulse_response": _impulse_response,
         "autocovariance": _autocovariance, "state_variance": _state_variance}  # fmt: skip
