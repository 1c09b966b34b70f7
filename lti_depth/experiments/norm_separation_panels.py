"""Figures of norm separation."""

import numpy as np

from ..claims import Curve, Panel
from .least_norms import least_coefficients, log_spaced, pulses
from .norm_separation_laws import deep_coefficient


def panels(config, real, scaled, phases, tradeoff, bands):
    """All panels of the experiment."""
    return (_growth_panel(config, real, phases), _root_panel(config, scaled), _tradeoff_panel(config, tradeoff),
            _band_panel(bands), _coefficient_panel(config))


def _growth_panel(config, real, phases):
    K = real["depth"]
    return Panel("Least coefficients of a wide layer", "layers K of the target", r"least $\sqrt{N} \|c\|_2$",
                 (Curve(K, real["real_norm"], "real poles", "markers", group=0),
                  Curve(K, real["real_law"], "Mellin law, D ≫ K", group=0),
                  Curve(K, phases["phase_norm"], "phases to π/10", "markers", group=1)),
                 yscale="log", note=f"total delay {config.delay}, {config.error:.0%} of the energy missed")


def _root_panel(config, scaled):
    root_K = np.sqrt(config.depths)
    rate = deep_coefficient(config.error)
    law = scaled["scaled_law"]
    return Panel(r"Exponential in $\sqrt{K}$, not in $K$", r"$\sqrt{K}$", r"least $\sqrt{N/L} \|c\|_2$",
                 (*(Curve(root_K, values, f"D = {config.short * 4**n}", "markers", group=n)
                    for n, values in enumerate(scaled["scaled_norm"])),
                  Curve(root_K, law, "Mellin law", group=2),
                  Curve(root_K, law[-1] * np.exp(rate * (root_K - root_K[-1])), "slope of the deep limit", "dashed",
                        group=6)),
                 yscale="log", note="real poles of all time scales from 1 to 100 D")


def _tradeoff_panel(config, tradeoff):
    return Panel("The price of accuracy", "energy missed, fraction", r"least $\sqrt{N} \|c\|_2$",
                 tuple(Curve(tradeoff["error"], norms, f"K = {K}")
                       for K, norms in zip(config.shown, tradeoff["norm_of_error"].T, strict=True)),
                 xscale="log", yscale="log", note=f"{config.states} real poles")


def _band_panel(bands):
    return Panel("Phases in place of depth", "largest phase (rad/sample)", r"least $\sqrt{N} \|c\|_2$",
                 (Curve(bands["band"], bands["norm_of_band"], "wide layer, K = 8 imitated", "markers"),),
                 yscale="log", note="phases beyond the band of the target are idle and count in N")


def _coefficient_panel(config):
    poles, targets = log_spaced(config.states, config.slowest), pulses(config.shown, config.delay)
    found = least_coefficients(poles, targets, config.error).T
    return Panel("The coefficients cancel", "1 − λ", "coefficient of a unit-energy atom",
                 tuple(Curve(1 - poles, c, f"K = {K}") for K, c in zip(config.shown, found, strict=True)),
                 xscale="log", note="real poles; the target itself has unit energy")
