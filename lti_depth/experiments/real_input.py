"""Sunspots and sea-surface temperatures through a stack: exact and finite-window predictions."""

from dataclasses import asdict, dataclass, replace
from math import comb

import numpy as np
from scipy.special import hyp1f1

from .. import numeric
from ..claims import Claim, Curve, Panel, Result
from . import limits, records
from .montecarlo import layer_outputs, mean_products

EPS = np.finfo(float).eps
SERIES = {"sunspots": (records.sunspots, "sunspot numbers"),
          "elnino": (records.elnino, "sea-surface temperatures (Niño 1+2)")}  # fmt: skip

FULL_MINUTES = 0.1


@dataclass(frozen=True)
class Config:
    """Equal scalar layers of unit gain at frequency zero, b = 1−λ, c = 1."""

    pole: float = 0.8
    depth: int = 12
    lags: tuple[int, ...] = tuple(range(0, 61, 3))
    slow_pole: float = 0.99
    slow_depth: int = 16
    fractions: tuple[float, ...] = (0.5, 1.0, 2.0)

    @classmethod
    def full(cls):
        """Twice as deep."""
        return replace(cls(), depth=24)


def run(config, progress):
    """Predictions from the numeric floor against sums over the simulated record."""
    stack = numeric.cascade([config.pole] * config.depth, b=1 - config.pole)
    found = {}
    for step, (name, (read, _)) in enumerate(SERIES.items()):
        found[name] = _record(stack, read(), np.array(config.lags))
        progress(0.3 * (step + 1))
    claims = (
        *(_exact(name, found[name]) for name in SERIES),
        _window(config, found["sunspots"]),
        _white(stack, found["elnino"]),
        _first_order(stack, found["elnino"]),
        _mean_removed(config),
    )
    progress(0.9)
    arrays = {f"{name}_{key}": value for name, values in found.items() for key, value in values.items()}
    return Result(
        name="real-input",
        title="Real input: sunspots and sea-surface temperatures",
        summary=(
            "Two recorded series, far from white, through equal layers. For the record padded with zeros the "
            "prediction from its biased autocovariance is exact: nothing is assumed about the series. Within the "
            "window of the record, what the layers still hold at its end is missing, and that part is known too."
        ),
        config=asdict(config),
        arrays=arrays | {"lags": np.array(config.lags)},
        panels=(*(_variance_panel(stack, name, found[name]) for name in SERIES),
                *(_correlation_panel(config, stack, name, found[name]) for name in SERIES)),
        claims=claims,
        formulas=(
            ("A record of T samples, mean removed, as a process", r"R(\Delta) = \frac{1}{T} \sum_t u_{t+\Delta} u_t, "
             r"\qquad \frac{1}{T} \sum_{t=0}^{\infty} y_{t+\Delta} y_t = R^{(K+1)}(\Delta)"),
            ("Within the window of the record", r"\frac{1}{T} \sum_{t<T} y_t^2 = R^{(K+1)}(0) - \frac{1}{T} "
             r"\sum_{t \ge 0} \left( \sum_k \frac{\lambda_k x^{(k)}_{T-1}}{b_k} h^{(k..K)}_t \right)^2"),
        ),
    )


def _record(stack, series, lags):
    """Predicted autocovariances of all layers, and sums over the padded and the bare record."""
    T, process = len(series), numeric.recorded(series)
    silence = int(np.ceil(80 * len(stack) / (1 - stack.poles.max())))
    centered = series - series.mean()
    padded = np.concatenate([centered, np.zeros(silence)])[None]
    outputs = list(layer_outputs(stack, padded))
    return {
        "record": series,
        "predicted": np.array([numeric.autocovariance(stack, lags, process, layer=k) for k in range(len(stack))]),
        "padded": np.array([mean_products(y, lags)[0] * (padded.size - lags) / T for y in outputs]),
        "window": np.array([np.mean(y[0, :T] ** 2) for y in outputs]),
        "final_state": np.array([y[0, T - 1] for y in outputs]),
        "samples": np.array(padded.size),
    }


def _exact(name, found):
    T = len(found["record"])
    return Claim(
        id=f"real-input/{name}",
        statement=f"The predicted variance of every layer is exact for the {SERIES[name][1]}, {T} samples padded with "
                  "zeros.",
        source="new here",
        predicted=found["predicted"][:, 0],
        measured=found["padded"][:, 0],
        tolerance=4 * float(found["samples"]) * EPS / 2,
        reason=rf"rounding of sums over {int(found['samples'])} samples, $4u$ a sample",
    )


def _window(config, found):
    """After the record layer k answers its own rest, x_k λ^t, as if λ x_k/b had come in one step later."""
    T, K, pole = len(found["record"]), config.depth, config.pole
    t = range(int(found["samples"]) - T)
    inner = np.array([[comb(n + time - 1, n - 1) * pole**time * (1 - pole) ** n for time in t]
                      for n in range(1, K + 1)])  # (K, t): the answer of n layers
    rest = pole * found["final_state"] / (1 - pole)
    tails = [np.sum((rest[: k + 1] @ inner[k::-1]) ** 2) / T for k in range(K)]
    law = found["predicted"][:, 0] - tails
    return Claim(
        id="real-input/window",
        statement=f"The mean square of each layer's output over the {T} years of the sunspot record is the predicted "
                  "variance.",
        source="new here",
        predicted=found["predicted"][:, 0],
        measured=found["window"],
        tolerance=16 * float(found["samples"]) * EPS / 2,
        reason=rf"rounding of sums over {int(found['samples'])} samples, $16u$ a sample",
        law="the prediction less what the layers still hold at the end of the record",
        law_value=law,
    )


def _white(stack, found):
    variance = float(np.var(found["record"]))
    return Claim(
        id="real-input/white",
        statement="White input of the same variance stands for the sea-surface temperatures: variance of layers 1 to "
                  f"{len(stack)}.",
        source="paper, as quoted in its reviews: whether the input is correlated does not matter",
        predicted=[numeric.autocovariance(stack, 0, numeric.white(variance), layer=k) for k in range(len(stack))],
        measured=found["padded"][:, 0],
        tolerance=4 * float(found["samples"]) * EPS / 2,
        reason=rf"rounding of sums over {int(found['samples'])} samples, $4u$ a sample",
        law="the autocovariance of the record at all lags",
        law_value=found["predicted"][:, 0],
    )


def _first_order(stack, found):
    series = found["record"] - found["record"].mean()
    variance = float(np.mean(series**2))
    rho = float(np.mean(series[1:] * series[:-1]) * (1 - 1 / len(series)) / variance)
    process = numeric.ar1(rho, variance)
    return Claim(
        id="real-input/ar1",
        statement="An AR(1) process of the same variance and lag-1 correlation "
                  rf"($\rho = {rho:.3f}$) stands for the sea-surface temperatures.",
        source="reviewer: what of correlated inputs?",
        predicted=[numeric.autocovariance(stack, 0, process, layer=k) for k in range(len(stack))],
        measured=found["padded"][:, 0],
        tolerance=4 * float(found["samples"]) * EPS / 2,
        reason=rf"rounding of sums over {int(found['samples'])} samples, $4u$ a sample",
        law="the autocovariance of the record at all lags: the yearly cycle is not AR(1)",
        law_value=found["predicted"][:, 0],
    )


def _mean_removed(config):
    """Without its mean a record has S(0) = |Σu|²/T = 0 and S ~ ω²: the class α = −2, ₁F₁(3/2; ½; −x²)."""
    process = numeric.recorded(records.sunspots())
    values = []
    for n in range(3):
        K = config.slow_depth * 4**n
        stack = numeric.cascade([config.slow_pole] * K, b=1 - config.slow_pole)
        lags = np.round(np.array(config.fractions) * np.sqrt(_spread(config)) * 2**n).astype(int)
        R = numeric.autocovariance(stack, np.concatenate([[0], lags]), process)
        values.append(R[1:] / R[0])
    value, change = limits.limit(values)
    x2 = np.round(np.array(config.fractions) * np.sqrt(_spread(config))) ** 2 / (4 * _spread(config))
    law = hyp1f1(1.5, 0.5, -x2)
    return Claim(
        id="real-input/mean-removed",
        statement=r"At great depth the autocorrelation of a recorded input is the Gaussian $e^{-\Delta^2/(4s)}$ "
                  r"(sunspot numbers, mean removed, $\Delta/\sqrt{s} = 0.5, 1, 2$).",
        source="paper, as quoted in its reviews, read for records",
        predicted=np.exp(-x2),
        measured=value,
        tolerance=limits.tolerance(change, law),
        reason=limits.REASON,
        law=r"removing the mean makes $S_u(0) = 0$ and $S_u \sim \omega^2$: the class $\alpha = -2$, "
            r"${}_1F_1(\frac{3}{2}; \frac{1}{2}; -x^2) = (1 - 2x^2) e^{-x^2}$ with $x^2 = \frac{\Delta^2}{4s}$",
        law_value=law,
    )


def _spread(config):
    return config.slow_depth * config.slow_pole / (1 - config.slow_pole) ** 2


def _variance_panel(stack, name, found):
    depth = np.arange(1, len(stack) + 1)
    variance = float(np.var(found["record"]))
    white = np.array([numeric.autocovariance(stack, 0, numeric.white(variance), layer=k) for k in range(len(stack))])
    return Panel(
        SERIES[name][1][0].upper() + SERIES[name][1][1:], "layer k",
        "variance (°C²)" if name == "elnino" else "variance (sunspot numbers²)",
        (Curve(depth, found["predicted"][:, 0], "predicted", group=0),
         Curve(depth, found["padded"][:, 0], "zero-padded record", "markers", group=0),
         Curve(depth, found["window"], "window of the record", "markers", group=1),
         Curve(depth, white, "white input predicted", "dashed", group=2)), yscale="log",
    )  # fmt: skip


def _correlation_panel(config, stack, name, found):
    lags, curves = np.array(config.lags), []
    every, process = np.arange(lags[-1] + 1), numeric.recorded(found["record"])
    for group, k in enumerate((0, 3, config.depth - 1)):
        R = numeric.autocovariance(stack, every, process, layer=k)
        curves += [Curve(every, R / R[0], f"layer {k + 1}", group=group),
                   Curve(lags, found["padded"][k] / R[0], style="markers", group=group)]
    unit = "months" if name == "elnino" else "years"
    return Panel(f"Autocorrelation, {name.replace('elnino', 'Niño 1+2')}", f"lag Δ ({unit})", "R(Δ) / R(0)",
                 tuple(curves), note="lines: predicted; markers: zero-padded record")
