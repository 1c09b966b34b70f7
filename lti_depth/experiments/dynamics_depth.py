"""How long a cascade takes to learn a gain, against its depth."""

import numpy as np

from ..claims import Claim
from . import shares
from .dynamics_flows import FLOW_TOLERANCE, deep, flow_claim, gain_time, spread_poles
from .dynamics_laws import depth_time, endless_depth
from .wording import listed


def measure(config):
    """Arrays of times to ½ by depth, of flows, of gradient descent and of laws, and the tolerance of the descent."""
    start, depths = config.start, config.depths
    velocities = {K: deep(spread_poles(K)) for K in depths}
    coarse, fine = (np.array([_steps(velocities[K], K, start, share) * share for K in depths])
                    for share in (config.share, config.share / 2))  # fmt: skip
    steps, tolerance = shares.limit(coarse, fine)
    return {
        "depths": np.array(depths),
        "depth_times": np.array([gain_time(velocities[K], np.full(2 * K, start ** (0.5 / K))) for K in depths]),
        "depth_law": np.array([depth_time(K, start) for K in depths]),
        "depth_steps": steps,
        "small_times": np.array([gain_time(velocities[K], np.full(2 * K, config.factor)) for K in depths[:-1]]),
        "small_law": np.array([depth_time(K, config.factor ** (2 * K)) for K in depths[:-1]]),
    }, tolerance


def _steps(velocity, K, start, share):
    """Steps of rate share/K (of 2/(2K), in units of 1/V) until g = ½, the last one in part."""
    x, gain, n = np.full(2 * K, start ** (0.5 / K)), start, 0
    while gain < 0.5:
        x = x + share / K * velocity(x)
        before, gain, n = gain, np.prod(x), n + 1
    return n - (gain - 0.5) / (gain - before)


def claims(config, arrays, tolerance):
    """All claims of depth."""
    return (_form_claim(config, arrays), _slower_claim(config, arrays), _steps_claim(config, arrays, tolerance),
            _small_claim(config, arrays))


def _form_claim(config, arrays):
    return flow_claim(
        id="dynamics/depth-form",
        statement=r"$2K$ balanced gains obey $\dot g = 2K g^{2-1/K}(1-g)$: times from $g = 0.01$ to $\frac12$ for "
                  rf"$K = {listed(config.depths)}$, in units of $\tau/V$.",
        source="Saxe et al., arXiv 1312.6120, in depth",
        predicted=arrays["depth_law"],
        measured=arrays["depth_times"],
        condition="poles learned already, gains balanced",
    )


def _slower_claim(config, arrays):
    ratio, law = (arrays[name][1:] / arrays[name][:-1] for name in ("depth_times", "depth_law"))
    return flow_claim(
        id="dynamics/deeper-is-slower",
        statement=r"Deeper learns slower: from the same product of gains the time of gradient flow rises with each "
                  rf"depth of {listed(config.depths)} (ratios of successive times, at least 1).",
        source="paper, as quoted in its reviews; common belief",
        predicted=np.maximum(law, 1),
        measured=ratio,
        tolerance=2 * FLOW_TOLERANCE,
        law=r"$\int dg/(2K g^{2-1/K}(1-g))$: not monotone, it rises to $K = 3$ and falls beyond",
        law_value=law,
    )


def _steps_claim(config, arrays, tolerance):
    return Claim(
        id="dynamics/deeper-is-slower-in-steps",
        statement=r"Counted in steps of gradient descent, each depth at the same share of its own largest stable "
                  rf"rate $2/(2KV)$, deeper does learn slower, for $K = {listed(config.depths)}$: steps times share "
                  rf"are $K T_K$, below a bound of {endless_depth(config.start):.1f} for any depth.",
        source="Saxe et al., arXiv 1312.6120: a finite delay however deep",
        predicted=arrays["depths"] * arrays["depth_law"],
        measured=arrays["depth_steps"],
        tolerance=tolerance,
        reason=shares.REASON,
        condition="each depth has its own learning rate",
    )


def _small_claim(config, arrays):
    return flow_claim(
        id="dynamics/small-gains",
        statement=rf"From gains of one size, $b_k = c_k = {config.factor}$, the time grows exponentially with "
                  rf"depth ($K = {listed(config.depths[:-1])}$): the product starts at ${config.factor}^{{2K}}$.",
        source="Saxe et al., arXiv 1312.6120, in depth",
        predicted=arrays["small_law"],
        measured=arrays["small_times"],
    )
