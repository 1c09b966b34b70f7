"""Figures 4 and 6: stacks of LRU layers at equal parameters, one to twelve layers, identify a linear system."""

from dataclasses import asdict, dataclass, replace

import numpy as np

from ..claims import Curve, Panel, Result
from ..learning.horizons import LRU
from . import identification_claims as claims
from .identification_races import floors, mean, race

FULL_MINUTES = 34
PROTOCOL = 10_000  # steps
PUBLISHED = {0.36: 5e-8, 0.98: 4.5e-5}  # LRU, N = 64, by ν₀; read off a figure, ±30 %
BEST = {0.36: 0.032, 0.98: 0.01}  # the best of the protocol's rates there, with the expected loss


@dataclass(frozen=True)
class Config:
    """Zucchet & Orvieto's identification of a dense system of ten states; white input from rest."""

    nu0: tuple[float, ...] = (0.36, 0.98)
    students: tuple[tuple[int, int], ...] = ((1, 64), (3, 21), (12, 5))  # layers and states of each
    rates: tuple[float, ...] = (0.1, 0.032, 0.01, 0.0032, 0.001)
    seeds: int = 10
    steps: int = 100
    sampled: bool = False  # fresh batches; else the loss that they have on average
    length: int = 300
    batch: int = 128
    check: tuple[float, float, int, int] = (0.36, 0.032, 150, 30)  # ν₀, rate, steps, seeds: batches and expectation
    draws: int = 8  # batches that estimate the loss at the start
    starts: int = 6000  # stacks whose power is averaged

    @classmethod
    def full(cls):
        """The protocol: fresh batches, the same for all runs, 10,000 steps, every memory, student and rate.

        Arithmetic is in double precision. The published runs were in single precision: rounded to it, one layer ends at
        the same losses at ν₀ = 0.36, to 5 % in the mean of seeds; at 0.98 its ends differ as those of other batches do.
        """
        return replace(cls(), nu0=(0.36, 0.68, 0.84, 0.92, 0.96, 0.98, 0.99), rates=(0.32, 0.1, 0.032, 0.01, 0.0032),
                       students=((1, 64), (2, 32), (3, 21), (4, 16), (6, 11), (12, 5)), steps=PROTOCOL, sampled=True)

    @property
    def whole(self):
        """Whether the races are those of the protocol."""
        return self.sampled and self.steps == PROTOCOL


def run(config, progress):
    """Every student at every rate from every seed; the best rate of each, and what decides between them."""
    found = race(config, lambda fraction: progress(0.6 * fraction))
    skip = race(_deep(config), lambda fraction: progress(0.6 + 0.05 * fraction), skip=True)
    ends = ({nu0: found.loss[config.nu0.index(nu0), 0] for nu0 in PUBLISHED} if config.whole else
            {nu0: race(_whole(config, nu0), lambda fraction: progress(0.65 + 0.3 * fraction)).loss[0, 0]
             for nu0 in PUBLISHED})  # fmt: skip
    return result(config, found, skip, ends)


def _deep(config):
    """The deepest student at ν₀ = 0.98."""
    return replace(config, nu0=(0.98,), students=config.students[-1:])


def _whole(config, nu0):
    """One layer through the whole protocol, at one rate and on the expected loss."""
    return replace(config, nu0=(nu0,), students=config.students[:1], rates=(BEST[nu0],), steps=PROTOCOL)


def result(config, found, skip, ends):
    """Of the races `found` and `skip` (every layer starts with d = 1), and one layer's ends (seeds,) by ν₀."""
    least = np.stack([floors(config, nu0) for nu0 in config.nu0])
    return Result(
        name="identification",
        title="LRU stacks of equal parameters identify a linear system",
        summary=_summary(config, found, skip),
        config=asdict(config),
        arrays={
            "nu0": np.array(config.nu0), "layers": np.array([layers for layers, _ in config.students]),
            "parameters": np.array([LRU(*shape).size for shape in config.students]), "rates": found.rates,
            "losses": found.losses, "loss": found.loss, "best_rate": found.rate, "lost": found.lost, "floor": least,
            "skip_losses": skip.losses,
            "protocol_nu0": np.array(list(ends)), "protocol_loss": np.stack(list(ends.values())),
            "mark": found.marks, "curves": found.curves, "skip_curves": skip.curves,
        },
        panels=(_memory_panel(config, found, ends, least), _depth_panel(config, found),
                _curve_panel(config, found, skip)),
        claims=(claims.expected_loss(config), claims.fresh_batches(config),
                *(claims.published(config, nu0, losses, PUBLISHED[nu0]) for nu0, losses in ends.items()),
                claims.memory(config, found), claims.depth(config, found), claims.start(config),
                claims.basis(config, found, least)),
        formulas=(
            ("The loss over $T$ samples of white input from rest, on average and for a batch; Δ: the difference of the "
             "impulse responses",
             r"E L = \tfrac12 \sum_{s<T} \left(1-\tfrac sT\right) \Delta_s^2, \qquad "
             r"L = \tfrac12\,\Delta^{\mathsf T} G \Delta, \qquad "
             r"G_{ss'} = \tfrac1T\,\overline{\sum_{t<T} u_{t-s} u_{t-s'}}"),
            ("A student of $K$ layers", r"h = h^{(1)} * \dots * h^{(K)}, \qquad h^{(k)}_s = \mathrm{Re} \sum_{n \le N} "
             r"c_n \gamma_n b_n \lambda_n^s + d\,\delta_s, \qquad K(7N+1) \approx 449"),
        ),
    )  # fmt: skip


def _summary(config, found, skip):
    ends, at, deepest = np.median(found.loss, axis=2), config.nu0.index(0.98), config.students[-1][0]
    costs, nearest = np.log10(ends[:, -1] / ends[:, 0]), np.log10(ends[:, 1:] / ends[:, :1]).min()
    start = np.log10(np.median(skip.loss) / ends[at, -1])
    return (
        f"Stacks of one to {deepest} LRU layers with about 449 parameters identify a dense system of ten states from "
        rf"white noise; $\nu_0$ sets its memory. Depth does not pay: after {config.steps:,} steps at the best rate of "
        rf"each, {deepest} layers end {costs[0]:.1f} decades above one at $\nu_0 = {config.nu0[0]:g}$ and "
        rf"{costs[at]:.1f} at $0.98$ (medians over seeds); the stack that comes nearest to it, at any "
        rf"$\nu_0$, ends {_signed(nearest)} it. A path past each of the {deepest} layers at the start, $d = 1$, leaves "
        f"them {_signed(start)} where they end without. "
        "Memory is hard at every depth: short memories are spanned by the random poles of the start, long ones need "
        "poles that move. White batches enter through their Gram matrix alone, so that the loss can be trained on its "
        "expectation, without samples. In practice: identify a linear system with one wide layer, and spend care on "
        "where poles start."
    )


def _signed(decades):
    return f"{abs(decades):.1f} {'above' if decades > 0 else 'below'}"


def _name(shape):
    layers, states = shape
    return f"{layers} layer{'s' if layers > 1 else ''} × {states}"


def _memory_panel(config, found, ends, least):
    nu0 = 1 - np.array(config.nu0)
    curves = [_over_seeds(nu0, found.loss[:, i], _name(shape), "markers", i)
              for i, shape in enumerate(config.students)]
    fixed = Curve(nu0, np.maximum(np.median(least, axis=1), 1e-16), "1 layer, poles fixed", "dashed", group=0)
    whole = _over_seeds(1 - np.array(list(ends)), np.stack(list(ends.values())), "1 layer, 10,000 steps, mean",
                        "line", 0)
    whole = replace(whole, y=np.array([mean(losses) for losses in ends.values()]))
    published = Curve(1 - np.array(list(PUBLISHED)), np.array(list(PUBLISHED.values())), "published, 10,000 steps",
                      "markers", group=6)
    return Panel("Loss against memory", r"$1 - \nu_0$", "loss of the last epoch", (*curves, fixed, whole, published),
                 xscale="log", yscale="log", note=f"{config.steps} steps, median and range over {config.seeds} seeds")


def _depth_panel(config, found):
    layers = np.array([layers for layers, _ in config.students])
    return Panel("Loss against depth at equal parameters", "layers", "loss of the last epoch", tuple(
        _over_seeds(layers, loss, f"ν₀ = {nu0:g}", "line") for nu0, loss in zip(config.nu0, found.loss, strict=True)),
        xscale="log", yscale="log", note=f"{config.steps} steps, median and range over {config.seeds} seeds")


def _over_seeds(x, losses, label, style, group=None):
    """Median and range over seeds (last axis), lost runs left out."""
    kept = np.where(np.isfinite(losses), losses, np.nan)
    return Curve(x, np.nanmedian(kept, axis=1), label, style, np.nanmin(kept, axis=1), np.nanmax(kept, axis=1), group)


def _curve_panel(config, found, skip):
    at = config.nu0.index(0.98)
    curves = [Curve(found.marks, found.curve[at, i], _name(shape), group=i) for i, shape in enumerate(config.students)]
    repaired = Curve(skip.marks, skip.curve[0, 0], f"{_name(config.students[-1])}, d = 1", "dashed",
                     group=len(config.students) - 1)
    return Panel("Learning curves", "step", "loss", (*curves, repaired), xscale="log", yscale="log",
                 note="ν₀ = 0.98, the best rate of each, median over seeds")
