"""The hostile cases: 406 of them with references of 32 digits, against the promises for the numeric floor.

`hostile_cases.json` describes its conventions (delayed timing) and fields.
"""

import json
import warnings
from pathlib import Path

import mpmath
import numpy as np
import pytest

from lti_depth import numeric

CASES = json.loads((Path(__file__).parent / "hostile_cases.json").read_text())["cases"]
UNIT_ROUNDOFF = 2.0**-53
LARGEST, SMALLEST = np.finfo(float).max, np.finfo(float).tiny


def plain(pairs):
    """[re, im] pairs as a float array where every im is 0, else a complex one."""
    pairs = np.array(pairs, dtype=float)
    return pairs[:, 0] if (pairs[:, 1] == 0).all() else pairs[:, 0] + 1j * pairs[:, 1]


def stack_of(case):
    return numeric.cascade(*(plain(case[name]) for name in ("lam", "b", "c", "d")), timing="delayed")


def process_of(case):
    """White noise, or u[t] = φ u[t−1] + e[t] with innovations of variance one, hence 1/(1 − φ²) of its own."""
    if case["phi"] is None:
        return numeric.white()
    phi = case["phi"]
    return numeric.ar1(phi, variance=1 / ((1 - phi) * (1 + phi)))


def measure(case):
    stack, quantity = stack_of(case), case["quantity"]
    if quantity == "autocovariance":
        return numeric.autocovariance(stack, case["at"], process_of(case))
    if quantity == "state_variance":
        return numeric.state_variance(stack, process_of(case))[:, 0]
    return getattr(numeric, quantity)(stack, case["at"])


def delay_scale(case, omega):
    """Σ_k |τ_k| over the layers, in high precision."""
    w = mpmath.expj(-mpmath.mpf(omega))
    total = mpmath.mpf(0)
    for lam, b, c, d in zip(*(case[name] for name in ("lam", "b", "c", "d")), strict=True):
        lam, r, d = mpmath.mpc(*lam), mpmath.mpc(*b) * mpmath.mpc(*c), mpmath.mpc(*d)
        g = 1 - lam * w
        total += abs((r * w / (g * (d * g + r * w))).real)
    return total


def allowed(case, n):
    """The promise for value n of a case, relative to the truth (delays: to Σ_k |τ_k|)."""
    poles, quantity, K = plain(case["lam"]), case["quantity"], case["K"]
    ordinary = poles.dtype.kind == "f" and (poles >= 0).all() and (poles < 1).all()
    rounded = 64 * case["sens_1ulp"][n]
    if quantity == "group_delay":
        return 1e-15 if ordinary else max(1e-13, rounded)
    if quantity == "frequency_response":
        return 1e-14 if ordinary else max(1e-13, rounded)
    if case["subtraction_free"]:
        if quantity == "impulse_response":
            return 2 * (case["at"][n] + 2 * K) * UNIT_ROUNDOFF
        lag = case["at"][n] if quantity == "autocovariance" else 0
        return 8 * (K + lag) * UNIT_ROUNDOFF
    return max(1e-12, rounded)


def broken(case):
    """What of a case's promise is broken, as text; empty where all is kept."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # values beyond float64 are among the cases
        if "expect" in case:
            try:
                values = measure(case)
            except ValueError:
                return ""
            return "" if not np.isfinite(values).any() else f"a number at a pole on the circle: {values}"
        values = np.asarray(measure(case))
    with mpmath.workdps(40):
        for n, (value, reference) in enumerate(zip(values, case["ref"], strict=True)):
            truth = mpmath.mpc(*reference) if isinstance(reference, list) else mpmath.mpf(reference)
            if abs(truth) > LARGEST:
                if np.isfinite(value):
                    return f"value {n}: {value} for {mpmath.nstr(truth)}"
                continue
            if not np.isfinite(value):
                return f"value {n}: {value} for {mpmath.nstr(truth)}"
            scale = delay_scale(case, case["at"][n]) if case["quantity"] == "group_delay" else abs(truth)
            error = abs(mpmath.mpmathify(value.item()) - truth)
            if error > allowed(case, n) * scale + SMALLEST:
                return f"value {n}: error {mpmath.nstr(error / scale, 3)}, allowed {allowed(case, n):.3g}"
    return ""


@pytest.mark.parametrize("case", CASES, ids=[f"{c['id']}-{c['quantity']}-{c['family']}-{c['K']}" for c in CASES])
def test_promise_is_kept(case):
    failure = broken(case)
    assert not failure, failure
