"""Students of S states in all that learn to recall u[t − D], at their start."""

import numpy as np

from .. import numeric
from ..learning.charts import Chart
from ..learning.initializations import ring

PARAMETRIZATIONS = ("exp-exp", "polar", "zoh", "direct")


def band_poles(rng, delay, count):
    """Complex poles with decay 0.5 … 3 over the delay and phases within the band S/(D+1) that S = 2·count can fill."""
    return np.exp((-rng.uniform(0.5, 3, count) + 1j * np.pi * count * rng.uniform(0, 1, count)) / delay)


def real_cascade(rng, delay, states):
    """S real layers, read at the last one."""
    poles = np.exp(-rng.uniform(0.5, 1.5, states) * states / delay)
    return Chart(_matched(numeric.cascade(poles), delay), poles="exp-exp", train=_last(states))


def pair_cascade(rng, delay, states):
    """S/2 layers with a conjugate pair each and no zeros, in second-order-section coordinates."""
    half = band_poles(rng, delay, states // 2)
    poles = np.stack([half, half.conj()], axis=1).ravel()
    return Chart(_matched(numeric.cascade(poles), delay), poles="sections", train=_last(states))


def complex_cascade(rng, delay, states):
    """S complex layers, complex output."""
    poles = band_poles(rng, delay, states) * np.exp(-0.5j * np.pi * states / delay)
    return Chart(_matched(numeric.cascade(poles), delay), poles="polar", train=_last(states))


def skip_stack(rng, delay, states):
    """S/2 layers with a conjugate pair each, real output, and skips from the second layer on."""
    poles = band_poles(rng, delay, states // 2)
    layers = [numeric.Layer([pole], [[_gamma(pole)]], [[_normal(rng) * _gamma(pole)]], [[float(k > 0)]], real=True)
              for k, pole in enumerate(poles)]
    skips = {"D": list(range(1, len(layers)))} if len(layers) > 1 else {}
    return Chart(numeric.stack(layers), poles="exp-exp", train={"poles": None, "C": None} | skips)


def wide_real(rng, delay, states):
    """One layer of S real poles."""
    return wide(rng, np.exp(-rng.uniform(0.5, 12, states) / delay), "exp-exp")


def wide(rng, poles, parametrization, feedthrough=False):
    """One layer; B = √(1−|λ|²), C random and small against 1."""
    gamma = _gamma(poles)
    C = np.array([_normal(rng) for _ in poles]) if np.iscomplexobj(poles) else rng.standard_normal(len(poles))
    layer = numeric.Layer(poles, gamma[:, None], 0.1 * C[None, :], real=np.iscomplexobj(poles))
    return Chart(numeric.stack([layer]), parametrization, ("poles", "C", "D") if feedthrough else ("poles", "C"))


def banded_pairs(parametrization, feedthrough=False):
    """``(rng, delay, states) -> Chart``: one layer of S/2 pairs, as the LRU is built, phases in the band."""
    return lambda rng, delay, states: wide(rng, band_poles(rng, delay, states // 2), parametrization, feedthrough)


def ring_pairs(rng, delay, states):
    """One layer of S/2 pairs in exp–exp, phases around the circle as in LRU's ring."""
    decay = np.array([3, 0.5]) / delay
    return wide(rng, ring(states // 2, rng, *np.exp(-decay)), "exp-exp")


ARMS = {
    "real cascade": real_cascade,
    "cascade of pairs": pair_cascade,
    "complex cascade": complex_cascade,
    "wide, real poles": wide_real,
    "wide, pairs": banded_pairs("exp-exp"),
    "pairs with skips": skip_stack,
}


def _gamma(poles):
    return np.sqrt(1 - np.abs(poles) ** 2)


def _normal(rng):
    return complex(*rng.standard_normal(2)) / np.sqrt(2)


def _matched(stack, delay):
    """A cascade of unit variance, by B, with the best gain for its poles in the last C: h̄_D."""
    stack = stack.replace(B=stack.B * numeric.autocovariance(stack, 0).real ** (-0.5 / len(stack)))
    gain = np.conj(numeric.impulse_response(stack, delay))
    return stack.replace(C=np.append(stack.C[:-1], gain if np.iscomplexobj(stack.B) else np.real(gain)))


def _last(layers):
    return {"poles": None, "C": [layers - 1]}
