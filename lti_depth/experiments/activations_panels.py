"""Figures of deep against wide with activations."""

import numpy as np

from ..claims import Curve, Panel
from .activations_claims import ORDERS
from .student_settings import quartiles

DRAWN = 1e-12  # one layer is learned to rounding


def panels(config, races, clipped, small):
    """All panels of the experiment."""
    return (*(_depth_panel(config, activation, races) for activation in config.activations),
            _arm_panel(config, races, clipped), _small_panel(config, small))


def _depth_panel(config, activation, races):
    """Errors against depth, with and without normalization."""
    curves = []
    styles = ((("deep", "depth-aware"), -0.09), (("wide", "depth-aware"), -0.03),
              (("deep", "none"), 0.03), (("wide", "none"), 0.09))
    for (side, arm), shift in styles:
        ends = [quartiles(races[activation, K][side, arm].last) for K in config.depths]
        low, middle, high = np.maximum(np.array(ends).T, DRAWN)
        curves.append(Curve(np.array(config.depths) + shift, middle, f"{side}, {arm}", "markers", low, high))
    return Panel(f"Layers with {activation} between", "layers", "error / energy of the teacher", tuple(curves),
                 yscale="log", note=f"median and quartiles over seeds; below {DRAWN:g} drawn there")


def _arm_panel(config, races, clipped):
    """The deepest students by arm."""
    K, x = config.depths[-1], np.arange(1, len(config.arms) + 2)
    curves = []
    for activation in config.activations:
        ends = [races[activation, K]["deep", arm] for arm in config.arms] + [clipped[activation]]
        low, middle, high = np.array([quartiles(end.last) for end in ends]).T
        curves.append(Curve(x, middle, activation, "markers", low, high))
    names = ", ".join(f"{k} {name}" for k, name in enumerate((*config.arms, "none, clipped"), 1))
    return Panel(f"Deep students of {K} layers", names, "error / energy of the teacher", tuple(curves), yscale="log",
                 note="Adam at the best rate, median and quartiles over seeds")


def _small_panel(config, small):
    a = np.array(config.amplitudes)
    curves = []
    for group, (activation, errors) in enumerate(small.items()):
        low, middle, high = np.quantile(errors, (0.25, 0.5, 0.75), axis=1)
        power = 2 * (ORDERS[activation] - 1)
        curves += [Curve(a, middle[0] * (a / a[0]) ** power, f"power {power}", "line", group=group),
                   Curve(a, middle, activation, "markers", low, high, group=group)]
    return Panel("The equal wide block, small signals", "standard deviation of the input",
                 "error / energy of the stack", tuple(curves), xscale="log", yscale="log")
