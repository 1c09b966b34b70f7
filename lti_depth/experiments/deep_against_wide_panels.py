"""Figures of deep against wide."""

import numpy as np

from ..claims import Curve, Panel
from .start_law import PREDICTORS, contradictions
from .student_settings import ARMS, quartiles

NAMES = ", ".join(f"{k} {arm}" for k, arm in enumerate(ARMS, 1))
BEST = "at the best rate, median and quartiles over seeds"


def panels(config, races, laws, repairs, kappa, spectra):
    """All panels of the experiment."""
    K, deepest = config.layers, config.deepest
    three, two = ("deep", "wide", "companion"), ("deep", "wide")
    return (
        _race_panel(f"{K} real poles, white input", races["white"], three, f"Adam {BEST}"),
        _race_panel(f"{K} real poles, input AR({config.rho:g})", races["correlated"], three, f"Adam {BEST}"),
        _race_panel(f"{deepest} real poles, white input", races["deepest"], two, f"Adam {BEST}"),
        _race_panel(f"{deepest} real poles, clipped gradients", races["deepest, clipped"], two,
                    f"Adam, norms cut to 1, {BEST}"),
        _race_panel(f"{K} real poles, gradient descent", races["descent"], two, BEST),
        _race_panel(f"{K} complex poles, white input", races["complex"], two, f"Adam {BEST}"),
        _steps_panel(config, races["white"], three), _law_panel(laws),
        _repair_panel(repairs), _condition_panel(kappa),
        _spectrum_panel("Gauss–Newton at the start", spectra["start"], spectra["start, no normalization"]),
        _spectrum_panel("Gauss–Newton at the optimum", spectra["optimum"], {}),
    )


def _shifts(n):
    return 0.12 * (np.arange(n) - (n - 1) / 2)


def _race_panel(title, race, sides, note):
    x = np.arange(1, len(ARMS) + 1)
    curves = []
    for side, shift in zip(sides, _shifts(len(sides)), strict=True):
        low, middle, high = np.array([quartiles(race[side, arm].error) for arm in ARMS]).T
        curves.append(Curve(x + shift, middle, side, "markers", low, high))
    return Panel(title, NAMES, "error / energy of the teacher", tuple(curves), yscale="log", note=note)


def _steps_panel(config, race, sides):
    x = np.arange(1, len(ARMS) + 1)
    curves = []
    for side, shift in zip(sides, _shifts(len(sides)), strict=True):
        steps = np.minimum([race[side, arm].steps for arm in ARMS], config.steps)
        low, middle, high = np.quantile(steps, (0.25, 0.5, 0.75), axis=1)
        curves.append(Curve(x + shift, middle, side, "markers", low, high))
    return Panel(f"Steps to the error {config.level:g}", NAMES, "steps", tuple(curves),
                 note=f"{config.layers} real poles, white input, Adam; at {config.steps}: not reached")


def _law_panel(laws):
    """Share of the predictions that came out the other way."""
    runs = [(kind, name) for kind, found in laws.items() for name in found[0].found]
    x = np.arange(1, len(runs) + 1)
    curves = []
    for predictor in PREDICTORS:
        counts = [contradictions(laws[kind], predictor, name) for kind, name in runs]
        shares = np.array([wrong / max(decided, 1) for wrong, decided in counts])
        curves.append(Curve(x, shares, predictor, "markers"))
    names = ", ".join(f"{k} {name}" for k, (kind, name) in enumerate(runs, 1) if kind == "real")
    return Panel("What decides, tried on fresh teachers", f"{names}, {len(runs)} complex", "contradicted share",
                 tuple(curves), note=f"of the predictions that came out; {len(runs)}: complex poles, {runs[-1][1]}")


def _repair_panel(repairs):
    x = np.arange(1, len(repairs) + 1)
    curves = []
    for index, (label, shift) in enumerate((("Adam", -0.08), ("natural gradient", 0.08))):
        low, middle, high = np.maximum([quartiles(pair[index].error) for pair in repairs.values()], 1e-16).T
        curves.append(Curve(x + shift, middle, label, "markers", low, high))
    return Panel("The same function in other coordinates", "1 cascade, 2–4 modal, 5 companion, 6 orthonormal",
                 "error / energy of the teacher", tuple(curves), yscale="log",
                 note="one function at the start; 2: |b| = |c|, 3: B = P⁻¹B, 4: b = 1")


def _condition_panel(kappa):
    curves = []
    for group, name in enumerate(next(iter(kappa.values()))):
        low, middle, high = np.quantile([found[name] for found in kappa.values()], (0.25, 0.5, 0.75), axis=1)
        curves.append(Curve(np.array(list(kappa)), middle, name, "line", low, high, group))
    return Panel("Condition of Gauss–Newton at the optimum", "poles", "condition number, best scaling", tuple(curves),
                 yscale="log", note="within its rank; median and quartiles over teachers")


def _spectrum_panel(title, spectra, plain):
    curves = [Curve(np.arange(1, len(mu) + 1), mu, name, "markers", group=group)
              for group, (name, mu) in enumerate(spectra.items())]
    groups = list(spectra)
    curves += [Curve(np.arange(1, len(mu) + 1), mu, f"{name}, no normalization", "dashed", group=groups.index(name))
               for name, mu in plain.items()]
    return Panel(title, "eigenvalue", "size", tuple(curves), yscale="log", note="median over seeds, white input")
