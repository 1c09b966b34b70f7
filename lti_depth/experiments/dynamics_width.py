"""How long a layer takes to learn a gain, against the number of its states at one pole."""

import numpy as np

from .. import numeric
from . import exact
from .dynamics_flows import FLOW, arrival, flow_claim, shared, unshared
from .dynamics_laws import learning_time
from .wording import listed


def measure(config):
    """Arrays of the times to half of the teacher's gain in units of τ/η, of flows and of laws."""
    pole = config.pole
    teacher = numeric.cascade([pole])
    eta = exact.autocovariance([pole], [0])[0]
    one = learning_time(config.start, 0.5, eta, eta)
    N = np.array(config.states)
    shared_times, own_times = np.zeros((2, len(N)))
    for n, states in enumerate(config.states):
        poles, start = np.full(states, pole), np.sqrt(config.start / states)
        velocity = shared(poles, teacher)
        shared_times[n] = arrival(velocity, [start] * 2, lambda x, s=states: s * x[0] * x[1] - 0.5, 2 * one)
        own_times[n] = arrival(unshared(poles, teacher), [start] * 2 * states, _half_reached, 2 * one)
    found, law = _random_starts(config, teacher, eta)
    return {
        "states": N, "states_shared": shared_times * eta, "states_own": own_times * eta, "states_law": one * eta / N,
        "random_states": np.array(config.random_states), "random_times": found, "random_law": law,
    }  # fmt: skip


def _half_reached(x):
    b, c = np.split(x, 2)
    return b @ c - 0.5


def _random_starts(config, teacher, eta):
    """(widths, seeds) times to half in units of τ/η, of the flow and of the law."""
    rng = np.random.default_rng(config.seed)
    found, law = np.zeros((2, len(config.random_states), config.seeds))
    for n, states in enumerate(config.random_states):
        for seed in range(config.seeds):
            b, c = start = config.spread * rng.standard_normal((2, states))
            m = np.linalg.norm(b + c) * np.linalg.norm(b - c) / 2
            law[n, seed] = learning_time(b @ c, 0.5, eta, eta, 1, m) * eta
            velocity = unshared(np.full(states, config.pole), teacher)
            found[n, seed] = arrival(velocity, start.ravel(), _half_reached, 2 * law[n, seed] / eta) * eta
    return found, law


def claims(config, arrays):
    """All claims of width."""
    return _shared_claim(config, arrays), _own_claim(arrays), _random_claim(config, arrays)


def _shared_claim(config, arrays):
    return flow_claim(
        id="dynamics/states-shared",
        statement=r"$N$ states learn $N$ times faster than one, from the same $w_0$: over-parameterization speeds "
                  rf"up learning ($N = {listed(config.states)}$; time to half, in units of $\tau/\eta$).",
        source="Smékal et al., arXiv 2407.07279",
        predicted=arrays["states_law"],
        measured=arrays["states_shared"],
        condition=r"$b$ and $c$ shared by the states",
    )


def _own_claim(arrays):
    return flow_claim(
        id="dynamics/states-unshared",
        statement=r"$N$ states with gains $b_n$, $c_n$ of their own learn $N$ times faster than one, from the same "
                  r"$w_0$ and balanced.",
        source="Smékal et al., arXiv 2407.07279, read for gains that are not shared",
        predicted=arrays["states_law"],
        measured=arrays["states_own"],
        law=r"$2\sigma/\tau$, no $N$: the same time at every width",
        law_value=arrays["states_law"] * arrays["states"],
    )


def _random_claim(config, arrays):
    medians, N = np.median(arrays["random_times"], axis=1), arrays["random_states"]
    return flow_claim(
        id="dynamics/states-random",
        statement=rf"From independent gains of standard deviation $s = {config.spread}$ the time falls as $1/N$ "
                  rf"($N = {listed(config.random_states)}$; medians over {config.seeds} seeds).",
        source="practice: wider layers train faster",
        predicted=medians[0] * N[0] / N,
        measured=medians,
        reason=FLOW + "; the seeds are the same in the law",
        law=r"$\tau\dot w = 2\sqrt{w^2+m^2}\,(\sigma-\eta w)$, $m = \frac12|b+c||b-c| \approx Ns^2$: a "
            r"logarithm of $N$ while $Ns^2 < \sigma/\eta$",
        law_value=np.median(arrays["random_law"], axis=1),
    )
