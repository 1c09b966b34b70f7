"""What unequal gains of a cascade do to the time in which it learns their product."""

import numpy as np

from ..claims import Claim
from .dynamics_flows import deep, flow_claim, gain_time, spread_poles
from .dynamics_laws import depth_time, unbalanced_time
from .wording import listed


def measure(config):
    """Arrays from gains multiplied by e^{a z}, z normal with mean 0 over the gains: the product unchanged."""
    K = config.imbalanced_depth
    rng = np.random.default_rng(config.seed)
    velocity = deep(spread_poles(K))
    z = rng.standard_normal((config.seeds, 2 * K))
    z -= z.mean(axis=1, keepdims=True)
    starts = config.start ** (0.5 / K) * np.exp(np.array(config.imbalances)[:, None, None] * z)
    return {
        "imbalances": np.array(config.imbalances),
        "imbalance_times": np.array([[gain_time(velocity, start) for start in row] for row in starts]),
        "imbalance_law": np.array([[unbalanced_time(start) for start in row] for row in starts]),
        "balanced_time": np.array([depth_time(K, config.start)]),
    }


def claims(config, arrays):
    """All claims of balance."""
    return _slowest_claim(config, arrays), _law_claim(config, arrays)


def _slowest_claim(config, arrays):
    found, K = arrays["imbalance_times"], config.imbalanced_depth
    return Claim(
        id="dynamics/imbalance",
        statement=rf"A balanced start is the slowest of all starts with the same product of gains, ${K}$ layers: "
                  rf"share of {found.size} random starts that are faster.",
        source=r"new here: $\dot g = g^2(1-g)\sum_i f_i^{-2} \geq 2K g^{2-1/K}(1-g)$ by the means' inequality",
        predicted=1.0,
        measured=float(np.mean(found < arrays["balanced_time"])),
        tolerance=0.0,
        reason="one counter-example would refute it",
    )


def _law_claim(config, arrays):
    return flow_claim(
        id="dynamics/imbalance-law",
        statement=r"From unequal gains $f_i$ all $f_i^2$ grow alike, and the time is $\int dx/(2g(1-g))$ with $g = "
                  rf"\prod_i \sqrt{{f_i^2 + x}}$ (medians over {config.seeds} seeds, spreads of $\ln f$ of "
                  rf"{listed(config.imbalances)}).",
        source="new here",
        predicted=np.median(arrays["imbalance_law"], axis=1),
        measured=np.median(arrays["imbalance_times"], axis=1),
    )
