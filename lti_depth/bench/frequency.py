"""Delays and responses of deep cascades at 10⁴ frequencies; ours against balls, since peers lose digits with depth."""

from functools import partial

import numpy as np

from .. import certified, numeric
from . import errors, limits, scipy_peers
from .balls import delay_scale, relative_errors
from .job import Check, Job, Runs, agreement, times_faster

OMEGA = np.linspace(0.001, 3.14, 10_000)
_SAMPLE = slice(None, None, 1250)  # eight of them against balls


def _group_delay(K):
    stack = numeric.cascade(np.random.default_rng(K).uniform(0, 0.95, K))
    ours = partial(numeric.group_delay, stack, OMEGA)
    expected = ours()
    peers = {"scipy": scipy_peers.group_delay(stack.poles, OMEGA, None, "polynomial coefficients lose all digits")}

    def agree():
        omega = OMEGA[_SAMPLE]
        found = relative_errors(expected[_SAMPLE], certified.group_delay(stack, omega), delay_scale(stack, omega))
        return [Check("ours, from certified balls", max(found), 1e-15, "the promise for real poles in [0, 1)"),
                *agreement(expected, peers)]  # fmt: skip

    # at least: numerator and denominator of a pole's delay, and its sum with the rest
    return Runs(ours, peers, limits.copy(OMEGA) | limits.multiply_adds(3 * K * len(OMEGA)), agree)


def _frequency_response(K):
    stack = numeric.cascade(np.random.default_rng(K).uniform(-0.6, 0.6, K))  # responses within the range of doubles
    ours = partial(numeric.frequency_response, stack, OMEGA)
    expected = ours()
    one, two = (2 * errors.DOUBLE * errors.response(stack.poles, order) for order in (1, 2))
    peers = {"freqz_zpk": scipy_peers.freqz_zpk(stack.poles, OMEGA, one, "rounding of K factors"),
             "freqz_sos": scipy_peers.freqz_sos(stack.poles, OMEGA, two, "rounding of K/2 sections")}  # fmt: skip

    def agree():
        found = relative_errors(expected[_SAMPLE], certified.frequency_response(stack, OMEGA[_SAMPLE]))
        promise = "the promise, without what rounding the poles costs"
        return [Check("ours, from certified balls", max(found), 1e-13, promise), *agreement(expected, peers)]

    # at least: a complex product
    return Runs(ours, peers, limits.copy(expected) | limits.multiply_adds(4 * K * len(OMEGA)), agree)


JOBS = (
    *(Job(f"group-delay-{K}", f"group delay at 10⁴ frequencies, K = {K}", (times_faster(20, "scipy"),),
          partial(_group_delay, K)) for K in (100, 1000)),
    Job("response-100", "frequency response at 10⁴ frequencies, K = 100", (times_faster(9, "freqz_zpk"),),
        partial(_frequency_response, 100)),
    Job("response-1000", "frequency response at 10⁴ frequencies, K = 1000",
        (times_faster(9, "freqz_zpk"), times_faster(50, "freqz_sos")), partial(_frequency_response, 1000)),
)  # fmt: skip
