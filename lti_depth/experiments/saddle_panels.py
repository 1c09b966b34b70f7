"""Figures of the saddle."""

import numpy as np

from .. import numeric
from ..claims import Curve, Panel
from . import saddle_flows as flows
from . import saddle_laws as laws
from .curves import law_and_marks, spread
from .saddle_students import direction, tied


def panels(config, arrays):
    """All panels of the experiment."""
    return (_trajectories(config), _escape_panel(config, arrays), _random_panel(config, arrays),
            _tail_panel(config, arrays), _kappa_panel(config, arrays))  # fmt: skip


def _trajectories(config):
    """Slowest pole from almost equal starts, twice as far from 1 as the tied optimum."""
    curves, pole = [], config.teacher
    times = np.linspace(0.05, 24, 200)
    for group, K in enumerate((2, 4, 6)):
        best = tied(pole, K)
        start = 2 * best.pole - 1 + 1e-6 * direction(config, K)
        found = flows.flow(numeric.cascade([pole]), start, times / best.kappa)
        curves += [Curve(times, 1 - found.poles.max(axis=1), f"K = {K}", group=group),
                   Curve(times[[0, -1]], np.full(2, 1 - best.pole), style="dashed", group=group)]
    return Panel("A plateau at smaller eigenvalues, then the teacher's", r"time $\times\,\kappa$",
                 r"$1 - \max_k \lambda_k$", tuple(curves), "linear", "log",
                 note=f"λ* = {pole}, poles equal to 1e-6 at the start; dashed: tied optima")  # fmt: skip


def _escape_panel(config, arrays):
    curves, sizes = [], np.array(config.asymmetries)
    fine = np.geomspace(sizes.min(), sizes.max(), 50)
    for group, K in enumerate(config.escape_depths):
        kappa = tied(config.teacher, K).kappa
        t = arrays[f"escape_K{K}"] * kappa
        middle = np.median(t, axis=0)
        curves += [Curve(fine, middle[0] + np.log(sizes[0] / fine), f"K = {K}", group=group),
                   Curve(sizes, middle, "", "markers", t.min(axis=0), t.max(axis=0), group=group)]
    return Panel("The price of symmetry", r"asymmetry of the start $\delta_0$",
                 r"time to halve the loss $\times\,\kappa$", tuple(curves), "log",
                 note=f"λ* = {config.teacher}; lines: one e-fold costs 1/κ; markers: all directions")  # fmt: skip


def _random_panel(config, arrays):
    curves, times = [], arrays["random_times"]
    for group, K in enumerate(config.random_depths):
        curves.append(spread(times, 1 - arrays[f"random_K{K}"][:, :, -1], 0, f"K = {K}", "line", group=group))
    curves.append(Curve(times[[0, -1]], np.full(2, 1 - config.teacher), "teacher", "dashed", group=6))
    return Panel("Random starts: the slowest pole", "time (gradient flow)", r"$1 - \max_k \lambda_k$", tuple(curves),
                 "log", "log", note=f"{config.seeds} seeds: median and 10–90 %")  # fmt: skip


def _tail_panel(config, arrays):
    curves, times = [], arrays["tail_times"]
    for group, K in enumerate(config.tail_depths):
        curves.append(spread(times, arrays[f"tail_K{K}"], 0, f"K = {K}", group=group))
    law = laws.algebraic_tail(config.tail_teacher, times, 2)
    curves.append(Curve(times, law, r"$1/(8\lambda^{*2}t^2)$", group=6))
    return Panel("The end is degenerate", "time (gradient flow)", "loss", tuple(curves), "log", "log",
                 note=f"λ* = {config.tail_teacher}")  # fmt: skip


def _kappa_panel(config, arrays):
    curves, depths = [], arrays["depths"]
    for group, (pole, kappa) in enumerate(zip(config.teachers, arrays["kappa"], strict=True)):
        law, scale = np.array([tied(pole, K).kappa for K in depths.tolist()]), (1 - pole) ** 3
        curves += law_and_marks((depths, law * scale), (depths, kappa * scale), f"λ* = {pole}", group)
    return Panel("The rate of escape", "depth K", r"$\kappa\,(1-\lambda^*)^3$", tuple(curves), "log", "log",
                 note="lines: closed form, markers: eigenvalues of the Hessian")  # fmt: skip
