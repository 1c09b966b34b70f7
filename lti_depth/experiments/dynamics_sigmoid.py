"""One layer whose states share their gains: a sigmoid, and what the teacher, the input and the start make of it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .. import numeric
from . import exact
from .dynamics_flows import FLOW_TOLERANCE, arrival, flow, flow_claim, shared
from .dynamics_laws import correlations, learned, learning_time
from .wording import listed

SHARES = np.array([0.25, 0.5, 0.75, 1.0, 1.25, 1.5])  # of the time to half, at which the flow is compared


@dataclass(frozen=True, eq=False)
class SharedLayer:
    """N states that share b and c, and a teacher: the flow, σ, η, and from a balanced start w_0 the time to σ/2η."""

    states: int
    velocity: Callable
    sigma: float
    eta: float
    w0: float
    time: float


def claims(config):
    """All claims of shared gains."""
    layer = _layer(config)
    return _sigmoid_claim(layer), _readout_claim(layer), _unbalanced_claim(layer), *_speed_claims(config)


def _layer(config):
    N, teacher, process = len(config.poles), numeric.cascade(config.teacher), numeric.ar1(config.rho)
    sigma, eta = correlations(config.poles, config.teacher, config.rho)
    w0 = config.start * sigma / eta
    time = learning_time(w0, sigma / eta / 2, sigma, eta, N)
    return SharedLayer(N, shared(np.array(config.poles), teacher, process), sigma, eta, w0, time)


def _sigmoid_claim(layer):
    N, times, start = layer.states, layer.time * SHARES, np.sqrt(layer.w0 / layer.states)
    return flow_claim(
        id="dynamics/shared-sigmoid",
        statement=r"With fixed poles and $b$, $c$ shared by $N$ states, balanced, $w = Nbc$ follows a logistic curve "
                  rf"of rate $2N\sigma/\tau$ ({N} different poles, AR(1) input, a teacher of two other poles; at six "
                  "times).",
        source="Smékal et al., arXiv 2407.07279, in the reading with shared gains; Saxe et al., arXiv 1312.6120",
        predicted=learned(times, layer.w0, layer.sigma, layer.eta, N),
        measured=N * np.prod(flow(layer.velocity, [start, start], times), axis=1),
        condition=r"$b$ and $c$ shared and balanced, $|b| = |c|$ at the start",
    )


def _readout_claim(layer):
    N, sigma, eta, w0, times = layer.states, layer.sigma, layer.eta, layer.w0, layer.time * SHARES
    c = 0.3
    rate = N**2 * c**2 * eta
    readout = flow(lambda x: layer.velocity([x[0], c])[:1], [w0 / (N * c)], times * 2 * sigma / (N * c**2 * eta))
    return flow_claim(
        id="dynamics/fixed-readout",
        statement=r"With $c$ fixed there is no plateau: $w$ approaches $\sigma/\eta$ exponentially at the rate "
                  r"$N^2c^2\eta/\tau$ (at six times).",
        source="new here, after Smékal et al., arXiv 2407.07279",
        predicted=sigma / eta + (w0 - sigma / eta) * np.exp(-rate * times * 2 * sigma / (N * c**2 * eta)),
        measured=N * c * readout[:, 0],
    )


def _unbalanced_claim(layer):
    N, sigma, eta, w0 = layer.states, layer.sigma, layer.eta, layer.w0
    start, half = np.sqrt(w0 / N), sigma / eta / 2
    unequal = [(start * np.exp(a), start * np.exp(-a)) for a in (1.0, 2.0)]
    found = [arrival(layer.velocity, x, lambda x: N * x[0] * x[1] - half, 2 * layer.time) for x in unequal]
    return flow_claim(
        id="dynamics/unbalanced",
        statement=r"The logistic curve holds from any start with the same $w_0$: the time to half of $\sigma/\eta$ "
                  r"does not depend on $b/c$ (here $e^2$ and $e^4$).",
        source="Saxe et al., arXiv 1312.6120, read without its condition of balance",
        predicted=[layer.time] * 2,
        measured=found,
        law=r"$\tau\dot w = 2N\sqrt{w^2+m^2}\,(\sigma-\eta w)$, $m = N|b^2-c^2|/2$ conserved: imbalance is faster",
        law_value=[learning_time(w0, half, sigma, eta, N, N * abs(b**2 - c**2) / 2) for b, c in unequal],
    )


def _speed_claims(config):
    """One state, teacher of the same pole and unit gain: σ = η = E|x|² for unit b."""
    white, colored = np.zeros((2, len(config.speeds)))
    eta, eta_colored = np.zeros((2, len(config.speeds)))
    start = np.sqrt(config.start)
    for n, pole in enumerate(config.speeds):
        eta[n], eta_colored[n] = (exact.autocovariance([pole], [0], rho)[0] for rho in (None, config.rho))
        for out, process in ((white, None), (colored, numeric.ar1(config.rho))):
            velocity = shared(np.array([pole]), numeric.cascade([pole]), process)
            out[n] = arrival(velocity, [start, start], lambda x: x[0] * x[1] - 0.5, 10.0)
    return _slow_claim(config, white, eta), _input_claim(config, colored / white, eta / eta_colored)


def _slow_claim(config, white, eta):
    return flow_claim(
        id="dynamics/slow-poles-first",
        statement=r"Of equal gains those of slow poles are learned first, in times proportional to $1-\lambda^2$ "
                  rf"($\lambda = {listed(config.speeds)}$, white input).",
        source="new here, after Smékal et al., arXiv 2407.07279",
        predicted=[learning_time(config.start, 0.5, value, value) for value in eta],
        measured=white,
        condition="the same learning rate for all, states not normalized",
    )


def _input_claim(config, ratio, law):
    return flow_claim(
        id="dynamics/input-correlation",
        statement="Input correlation does not matter for the learning time: AR(1) input with "
                  rf"$\rho = {config.rho}$ over white input of the same variance.",
        source="paper, as quoted in its reviews, read for one layer",
        predicted=np.ones(len(ratio)),
        measured=ratio,
        tolerance=2 * FLOW_TOLERANCE,
        law=r"$\eta/\eta_\rho = (1-\rho\lambda)/(1+\rho\lambda)$",
        law_value=law,
    )
