"""Figures of delay learning."""

import numpy as np

from .. import numeric
from ..claims import Curve, Panel
from ..learning.teachers import pade_delay
from .delay_learning_fits import recalled
from .delay_learning_laws import (
    BEST_STATES,
    all_layers,
    best_pairs,
    bound,
    colored_bound,
    explicit_poles,
    last_layer,
    missed,
    outside_band,
)
from .delay_learning_students import ARMS, PARAMETRIZATIONS


def panels(config, arms, starts, arrays):
    """All panels of the experiment."""
    return (_arm_panel(config, arms), _share_panel(config, arrays), _response_panel(config, arms),
            _colored_panel(config, arrays), _start_panel(config, starts))


def _arm_panel(config, arms):
    D, S = config.delay, config.states
    rank = np.arange(1, config.seeds + 1)
    curves = [Curve(rank, np.maximum(arms[name].captured, 0), name, "markers", group=n) for n, name in enumerate(ARMS)]
    line = Curve(np.array([1, config.seeds]), np.full(2, bound(D, S)), "bound S/(D+1)", "dashed", group=6)
    return Panel("What training reaches", "seed, the best first", "captured share of the variance", (*curves, line),
                 note=f"white input, D = {D}, {S} states in all")


def _share_panel(config, arrays):
    D, S = config.delay, np.array([1, 2, 4, 8, 16])
    captured = arrays["captured_by_width"] / bound(D, arrays["widths"])[:, None]
    even = S[1:4]
    return Panel("Share of the bound", "states S", "captured · (D+1)/S", (
        Curve(S, [last_layer(D, int(n))[0] / bound(D, n) for n in S], "real cascade, last layer", group=0),
        Curve(S, [all_layers(D, int(n))[0] / bound(D, n) for n in S], "real cascade, all layers", group=1),
        Curve(even, [(1 - best_pairs(D, int(n))[0]) / bound(D, n) for n in even], "pairs, best", group=2),
        Curve(arrays["widths"], np.median(captured, axis=1), "pairs, learned", "markers", captured.min(axis=1),
              captured.max(axis=1), group=2),
        Curve(S, [(1 - missed(explicit_poles(D, int(n), 1.0), D)) / bound(D, n) for n in S], "explicit filter",
              "dashed", group=3),
    ), xscale="log", note=f"white input, D = {D}; learned: median and range over {config.seeds} seeds")  # fmt: skip


def _response_panel(config, arms):
    times = np.arange(3 * config.delay)
    best = {name: arms[name].models[0] for name in ("real cascade", "wide, real poles", "wide, pairs")}
    return Panel("What the students learned", "time t (samples)", "$h_t$",
                 tuple(Curve(times, numeric.impulse_response(model, times).real, name) for name, model in best.items()),
                 note=f"the target is one at t = {config.delay}, zero elsewhere")


def _colored_panel(config, arrays):
    D, S = config.delay, np.arange(1, 13)
    found = arrays["colored_missed"]
    order = np.array([2, 4, 6, 8])
    lmu = [1 - recalled(pade_delay(D, int(n)), D, config.rho) for n in order]
    return Panel("Recall of a correlated input", "states S", "$E|e|^2$", (
        Curve(S, [colored_bound(D, int(n), config.rho) for n in S], "bound", group=0),
        Curve(S, [outside_band(n / (D + 1), config.rho) for n in S], "Szegő limit", "dashed", group=6),
        Curve(np.array(BEST_STATES), arrays["colored_best"], "pairs, best", group=2),
        Curve(np.array([config.states]), np.array([np.median(found)]), "pairs, learned", "markers",
              np.array([found.min()]), np.array([found.max()]), group=2),
        Curve(order, lmu, "Legendre memory unit", "markers", group=4),
    ), yscale="log", note=f"AR(1), ρ = {config.rho}, D = {D}")  # fmt: skip


def _start_panel(config, starts):
    rank = np.arange(1, config.seeds + 1)
    names = {name: f"{name}, phases in the band" for name in PARAMETRIZATIONS} | {"ring": "exp-exp, on the ring"}
    return Panel("Parametrization and initial phases", "seed, the best first", "captured share of the variance",
                 tuple(Curve(rank, np.maximum(starts[name].captured, 0), label, "markers")
                       for name, label in names.items()),
                 note=f"wide layer of pairs, white input, D = {config.delay}, {config.states} states")
