"""Figures of sensitivity."""

import numpy as np

from ..claims import Curve, Panel
from .curves import law_and_marks, spread
from .sensitivity_forms import spectrum_pairs
from .sensitivity_laws import equal_pole, one_layer, relative_sensitivity, speed
from .sensitivity_rates import COORDINATES
from .sensitivity_steps import ARMS

NAMES = {"direct": "λ", "exp-exp": "exp–exp"}


def panels(config, arrays):
    """All panels of the experiment."""
    return (
        _ar1_panel(config, arrays), _coordinate_panel(config), _limit_panel(arrays),
        _steps_panel(config, arrays, ("poles",), "Steps to learn a long memory, gains known"),
        _steps_panel(config, arrays, ("poles", "B", "C"), "Steps to learn a long memory, all parameters"),
        _spectrum_panel(config),
    )  # fmt: skip


def _ar1_panel(config, arrays):
    poles = 1 - np.geomspace(0.5, 0.01, 60)
    curves = []
    for group, rho in enumerate(config.rhos):
        curves += law_and_marks((1 - poles, one_layer(poles, rho)), (1 - arrays["poles"], arrays["one_layer"][group]),
                                f"ρ = {rho}", group)
        sampled, error = arrays["sampled"][group], 5 * arrays["sampled_error"][group]
        curves.append(Curve(1 - arrays["sampled_poles"], sampled, "", "markers", sampled - error, sampled + error,
                            group))
    return Panel("Sensitivity against memory, one layer", r"$1-\lambda$", r"$E(\partial x/\partial\lambda)^2$",
                 tuple(curves), "log", "log",
                 note="lines: closed form; markers: numeric floor, finite differences")  # fmt: skip


def _coordinate_panel(config):
    depths = np.arange(1, 13)
    poles = [equal_pole(int(K), config.delay) for K in depths]
    values = np.array([relative_sensitivity(int(K), config.delay) for K in depths])
    curves = [Curve(depths, values * [speed(name, pole) ** 2 for pole in poles], label, group=group) for
              group, (name, label) in enumerate((("direct", "λ"), ("tanh", "tanh"), ("exp-exp", "exp–exp")))]
    curves.append(Curve(depths, depths - 0.5, "$K-1/2$", "dashed", group=3))
    return Panel(f"Sensitivity at a delay of {config.delay:g}", "depth K", "$tr\\,G/V$", tuple(curves), yscale="log",
                 note="equal layers, white input, poles in three coordinates")  # fmt: skip


def _limit_panel(arrays):
    curves = []
    for group, name in enumerate(COORDINATES):
        curves.append(Curve(arrays["depths"], arrays["rate_limit_law"][group], f"{NAMES[name]}, law", group=group))
        curves.append(Curve(arrays["depths"], arrays["rate_limits"][group], f"{NAMES[name]}, measured", "markers",
                            group=group))  # fmt: skip
    return Panel("Largest stable learning rate", "depth K", r"rate, unit output variance", tuple(curves), yscale="log",
                 note=r"law: $2/\lambda_{max}$ of the Hessian; the same delay at each depth")  # fmt: skip


def _steps_panel(config, arrays, train, title):
    curves = []
    for n, (trained, name, adam) in enumerate(ARMS):
        if trained == train:
            marks = spread(np.array(config.depths), arrays["steps"][n], 1, group=n % 4)
            curves += [marks, Curve(marks.x, marks.y, f"{NAMES[name]}, {'Adam' if adam else 'descent'}", group=n % 4)]
    return Panel(title, "depth K", "steps at the best rate", tuple(curves), yscale="log",
                 note=f"medians and 10–90 % of the seeds; runs end at {config.steps} steps")


def _spectrum_panel(config):
    curves = []
    for group, (name, (law, found)) in enumerate(spectrum_pairs(config.apart).items()):
        index = np.arange(1, len(law) + 1)
        curves += law_and_marks((index, law / law[0]), (index, found / found[0]), name, group)
    return Panel("Hessian at the optimum", "index", "eigenvalue over the largest", tuple(curves), yscale="log",
                 note="one system of four poles in three forms; nonzero eigenvalues")
