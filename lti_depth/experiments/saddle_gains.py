"""The escape with trained gains: poles and b, c all at one rate."""

import numpy as np
from scipy.integrate import solve_ivp

from ..claims import Claim
from ..kernels import population as kernel
from . import saddle_flows as flows
from . import saddle_laws as laws

ASYMMETRY = 1e-9
START, END = 0.5, 0.3  # the poles at the start, and the time to which equal poles are followed


def study(config):
    """Claims and arrays of trained gains, from b = c = 1 and equal layers but for δ_0."""
    times, law = _path(config)
    growth = _growth(config, times)
    arrays = {"gains_times": times, "gains_growth": growth, "gains_law": law[2], "gains_poles": law[0]}
    return (_growth_claim(config, times, law[2], growth),), arrays


def _path(config):
    """When ∫κ passes 1, 2, …, 8 along equal poles, and λ, β with g = β^{2K}, and ∫κ there."""
    teacher, K = laws.one_layer(config.teacher), config.gains_depth

    def velocity(_, state):
        x, beta, _ = state
        gain = beta ** (2 * K)
        energy = laws.energy(x, K)
        by_pole = gain**2 * energy * laws.energy_slope(x, K) / (2 * K) - gain * teacher.overlap(x, K + 1, lag=1)
        by_gain = gain * energy - teacher.overlap(x, K)
        return [-by_pole, -by_gain * gain / beta, laws.parting(teacher, x, gain, K)]

    path = solve_ivp(velocity, (0, END), [START, 1.0, 0.0], "LSODA", rtol=1e-10, atol=1e-12, dense_output=True)
    times = np.interp(np.arange(1, 9), path.y[2], path.t)
    return times, path.sol(times)


def _growth(config, times):
    """ln(δ/δ_0) of the flow in all λ, b and c."""
    K = config.gains_depth
    offset = ASYMMETRY * flows.balanced(np.random.default_rng(config.seed), K)
    target = tuple(np.array(part) for part in ([config.teacher], [1.0], [1.0], []))

    def velocity(_, state):
        out = np.empty((4, K))
        kernel.gradient(*(np.array(part) for part in np.split(state, 3)), *target, 1.0, False, False, out)
        return -out[:3].ravel()

    initial = np.concatenate([START + offset, np.ones(2 * K)])
    found = solve_ivp(velocity, (0, times[-1]), initial, "LSODA", times, rtol=1e-11, atol=1e-16).y
    return np.log(np.std(found[:K], axis=0) / np.std(offset))


def _growth_claim(config, times, law, growth):
    return Claim(
        id="saddle/trained-gains",
        statement=r"With the gains $b$, $c$ trained along, from $b = c = 1$, the law holds on the way: "
                  r"$\ln(\delta/\delta_0) = \int \kappa\,dt$ along the path of equal poles, at "
                  rf"$t = {times[0]:.3f} \ldots {times[-1]:.3f}$, $K = {config.gains_depth}$, "
                  rf"$\lambda^* = {config.teacher}$.",
        source="new here",
        predicted=law,
        measured=growth,
        tolerance=1e-4,
        reason=r"the integrator's relative tolerance of $10^{-11}$ of a pole against an asymmetry of $10^{-9}$ that "
               r"has grown, and $\delta/\delta_0$ still linear",
        floor=1.0,
    )
