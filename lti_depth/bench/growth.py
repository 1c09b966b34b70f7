"""How times grow with depth, length, rows and width: measured, and the exponent by least squares."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from .. import numeric
from ..claims import Curve, Panel, Result
from .runner import race

SECONDS = 0.15


@dataclass(frozen=True)
class Series:
    """Times of one function of one size; `where`: the sizes that stay; `slope`: of log(seconds) against log(size)."""

    against: str
    what: str
    where: str
    sizes: tuple[int, ...]
    seconds: tuple[float, ...]
    slope: float


def slope(sizes, seconds):
    """Of the logarithms, by least squares."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def _noise(*shape):
    return np.random.default_rng(0).normal(size=shape)


def _simulate(stack, u):
    return partial(numeric.simulate, stack, u, out=np.empty_like(u))


def _cascade(K):
    return numeric.cascade(np.linspace(0.1, 0.5, K))


def _wide(N, u):
    rng = np.random.default_rng(N)
    poles = 0.9 * np.exp(1j * rng.uniform(0, np.pi, N))
    B, C = rng.normal(size=(2, N, N)) / N
    return partial(numeric.simulate, numeric.stack([numeric.Layer(poles, B, C, real=True)] * 6), u)


DEPTHS, OMEGA = (16, 32, 64, 128, 256, 512), np.linspace(0, 3, 10_000)
RUNS = (
    ("K", "simulate", "one sequence of 10⁵", DEPTHS, lambda K: _simulate(_cascade(K), _noise(100_000))),
    ("K", "frequency_response", "10⁴ frequencies", DEPTHS,
     lambda K: partial(numeric.frequency_response, _cascade(K), OMEGA)),
    ("K", "group_delay", "10⁴ frequencies", DEPTHS, lambda K: partial(numeric.group_delay, _cascade(K), OMEGA)),
    ("K", "state_covariance", "scalar layers", DEPTHS, lambda K: partial(numeric.state_covariance, _cascade(K))),
    ("T", "simulate", "one sequence, K = 12", (10**4, 10**5, 10**6, 10**7),
     lambda T: _simulate(_cascade(12), _noise(T))),
    ("T", "simulate", "64 rows, K = 12", (10**3, 10**4, 10**5), lambda T: _simulate(_cascade(12), _noise(64, T))),
    ("batch", "simulate", "T = 10⁴, K = 12", (8, 16, 32, 64, 128, 256, 512),
     lambda rows: _simulate(_cascade(12), _noise(rows, 10_000))),
    ("N", "simulate", "6 layers, 8 × 1024, float32", (16, 32, 64, 128, 256),
     lambda N: _wide(N, _noise(8, 1024, N).astype(np.float32))),
)  # fmt: skip


def measure(progress=lambda fraction: None):
    """All Series."""
    out = []
    for n, (against, what, where, sizes, run) in enumerate(RUNS):
        runs = {size: run(size) for size in sizes}
        for function in runs.values():
            function()  # compiled, and its memory touched
        best = race(runs, seconds=SECONDS * len(runs))
        seconds = tuple(best[size] for size in sizes)
        out.append(Series(against, what, where, sizes, seconds, slope(sizes, seconds)))
        progress((n + 1) / len(RUNS))
    return out


LABELS = {"K": "layers K", "T": "samples T", "batch": "rows of the batch", "N": "states and channels N"}


def panels(found):
    """One panel for each size that grows: measured times, and the lines of the least squares."""
    groups = {against: [series for series in found if series.against == against] for against in LABELS}
    note = "lines: least squares; their slopes in the legend"
    return tuple(Panel(f"Time against {against}", LABELS[against], "seconds", tuple(_curves(members)), "log", "log",
                       note) for against, members in groups.items())  # fmt: skip


def _curves(members):
    for group, series in enumerate(members):
        x, y = np.array(series.sizes, float), np.array(series.seconds)
        line = np.exp(np.log(y).mean() + series.slope * (np.log(x) - np.log(x).mean()))
        label = f"{series.what} ({series.where}): {series.slope:.2f}"
        yield Curve(x, line, style="line", group=group)
        yield Curve(x, y, label, "markers", group=group)


def result(found):
    """The figure's data as a Result."""
    return Result("growth", "Cost growth", "", {}, {}, panels(found), ())
