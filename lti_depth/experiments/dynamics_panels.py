"""Figures of the learning dynamics."""

import numpy as np

from .. import numeric
from ..claims import Curve, Panel
from . import exact
from .curves import law_and_marks, spread
from .dynamics_flows import deep, flow, shared, spread_poles, unshared
from .dynamics_laws import depth_time, endless_depth, learned, learning_time


def panels(config, arrays):
    """All panels of the experiment."""
    return (_sigmoid_panel(config), _width_panel(arrays), _gain_panel(config), _depth_panel(arrays),
            _imbalance_panel(arrays))


def _sigmoid_panel(config):
    pole = config.pole
    eta = exact.autocovariance([pole], [0])[0]
    teacher = numeric.cascade([pole])
    times = np.linspace(0, 2.2 * learning_time(config.start, 0.5, eta, eta), 120)
    marks = times[6::12]
    curves = []
    for group, N in enumerate((1, 2, 4)):
        start = np.sqrt(config.start / N)
        found = N * np.prod(flow(shared(np.full(N, pole), teacher), [start] * 2, marks), axis=1)
        law = learned(times, config.start, eta, eta, N)
        curves += law_and_marks((times * eta, law), (marks * eta, found), f"shared, N = {N}", group)
    own = flow(unshared(np.full(4, pole), teacher), [np.sqrt(config.start / 4)] * 8, marks)
    curves.append(Curve(marks * eta, np.sum(own[:, :4] * own[:, 4:], axis=1), "own gains, N = 4", "markers", group=3))
    return Panel("A gain is learned along a sigmoid", r"time $\eta t/\tau$", r"$w$, teacher at 1", tuple(curves),
                 note=f"lines: closed form; markers: gradient flow; λ = {pole}")  # fmt: skip


def _width_panel(arrays):
    N, random, law = arrays["states"], arrays["random_states"], arrays["states_law"]
    return Panel("Width: time to half of the teacher's gain", "states N", r"time $\eta t/\tau$", (
        *law_and_marks((N, law), (N, arrays["states_shared"]), "shared, $1/N$", 0),
        *law_and_marks((N, law * N), (N, arrays["states_own"]), "own, balanced", 1),
        Curve(random, np.median(arrays["random_law"], axis=1), "own, random (10–90 %)", group=2),
        spread(random, arrays["random_times"], 1, group=2),
    ), "log", "log", note="lines: laws; markers: gradient flow")  # fmt: skip


def _gain_panel(config):
    curves = []
    gains = config.start ** np.linspace(1, 0, 60)[:-1] * 0.99
    for group, K in enumerate((1, 2, 3, 6)):
        times = np.array([depth_time(K, gains[0], g) if g > gains[0] else 0.0 for g in gains])
        marks = np.linspace(0.1, 0.9, 8) * times[-1]
        found = np.prod(flow(deep(spread_poles(K)), np.full(2 * K, gains[0] ** (0.5 / K)), marks), axis=1)
        curves += law_and_marks((times, gains), (marks, found), f"K = {K}", group)
    return Panel("Depth: 2K balanced gains", r"time $Vt/\tau$", r"$g = \prod b_k c_k$", tuple(curves),
                 note="lines: Saxe's equation in depth; markers: gradient flow of a cascade")  # fmt: skip


def _depth_panel(arrays):
    K, fine = arrays["depths"], np.arange(1, arrays["depths"][-1] + 1)
    law = np.array([depth_time(int(k), 0.01) for k in fine])
    return Panel("Depth: time from 0.01 to ½", "depth K", r"time $Vt/\tau$, or steps × share", (
        *law_and_marks((fine, law), (K, arrays["depth_times"]), "flow", 0),
        *law_and_marks((fine, fine * law), (K, arrays["depth_steps"]), "steps × share", 1),
        Curve(fine[[0, -1]], np.full(2, endless_depth(0.01)), "its bound", "dashed", group=3),
        *law_and_marks((K[:-1], arrays["small_law"]), (K[:-1], arrays["small_times"]), "flow from gains of ½", 2),
    ), "linear", "log", note="lines: laws; markers: gradient flow and descent")  # fmt: skip


def _imbalance_panel(arrays):
    a, balanced = arrays["imbalances"], arrays["balanced_time"][0]
    return Panel("Imbalance", r"spread of $\ln f$ at the start", r"time $Vt/\tau$ from 0.01 to ½", (
        Curve(np.append(0, a), np.append(balanced, np.median(arrays["imbalance_law"], axis=1)), "law", group=0),
        spread(a, arrays["imbalance_times"], 1, "flow, all seeds", group=0, ends=(0, 1)),
        Curve(np.array([0, a[-1]]), np.full(2, balanced), "balanced", "dashed", group=1),
    ), note="the product of the gains is the same at every start")  # fmt: skip
