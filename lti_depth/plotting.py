"""Panels → matplotlib axes. The only place that draws.

A law is a line, a measurement is markers, and the two of one group share a color. The legend stands below the axes,
where it can cover nothing. Figures are made without pyplot: no global figure, no global settings.
"""

import io
from itertools import count

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from .claims import Panel, Result
from .system import validation

# Okabe & Ito: told apart with every common color deficiency; yellow left out, too pale on white.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
PANEL_SIZE = (5.4, 4.2)  # inches
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.formatter.use_mathtext": True,
    "grid.color": "#e3e3e3",
    "grid.linewidth": 0.8,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "mathtext.fontset": "dejavusans",
    "svg.fonttype": "path",
    "svg.hashsalt": "lti_depth",
}


def draw(panel, ax=None):
    """Draw a Panel.

    Parameters
    ----------
    panel : Panel
    ax : matplotlib Axes, optional
        None: the axes of a new figure of its own.

    Returns
    -------
    matplotlib Axes
    """
    _require(panel, Panel, "panel", "a Panel of lti_depth.claims")
    if ax is not None:
        _require(ax, Axes, "ax", "matplotlib Axes")
    with matplotlib.rc_context(STYLE):
        if ax is None:
            ax = Figure(figsize=PANEL_SIZE, layout="constrained").add_subplot()
        fresh = (group for group in count() if group not in {curve.group for curve in panel.curves})
        for curve in panel.curves:
            _curve(ax, curve, next(fresh) if curve.group is None else curve.group)
        ax.set(xlabel=panel.xlabel, ylabel=panel.ylabel, xscale=panel.xscale, yscale=panel.yscale)
        _ticks(ax.xaxis, whole=all(_whole(curve.x) for curve in panel.curves))
        _ticks(ax.yaxis)
        ax.set_title(panel.title, loc="left", pad=20 if panel.note else 8)
        if panel.note:
            ax.annotate(panel.note, (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points",
                        fontsize=8.5, color="#555555")
        _legend(ax)
    return ax


def figure(result):
    """All panels of a Result, two a row, in one Figure."""
    _require(result, Result, "result", "a Result with panels, as experiments.run returns it")
    if not result.panels:
        raise ValueError(f"result: expected a Result with panels, got none in {result.name!r}")
    rows = -(-len(result.panels) // 2)
    columns = min(2, len(result.panels))
    with matplotlib.rc_context(STYLE):
        drawn = Figure(figsize=(columns * PANEL_SIZE[0], rows * PANEL_SIZE[1]), layout="constrained")
        drawn.get_layout_engine().set(w_pad=0.12, h_pad=0.12)
        axes = list(drawn.subplots(rows, columns, squeeze=False).flat)
        for panel, ax in zip(result.panels, axes, strict=False):
            draw(panel, ax)
        for ax in axes[len(result.panels) :]:
            ax.remove()
        drawn.draw_without_rendering()
        drawn.set_layout_engine("none")  # laid out once, for every format
    return drawn


def svg(drawn):
    """A Figure as the bytes of an SVG, the same ones each time."""
    return _printed(drawn, format="svg", metadata={"Date": None})


def png(drawn):
    """A Figure as the bytes of a PNG, 150 dots an inch."""
    return _printed(drawn, format="png", dpi=150)


def _require(value, kind, name, what):
    if not isinstance(value, kind):
        raise TypeError(f"{name}: expected {what}, got {validation.describe(value)}")


def _printed(drawn, **options):
    _require(drawn, Figure, "drawn", "a matplotlib Figure, as plotting.figure returns it")
    buffer = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        drawn.savefig(buffer, facecolor="white", **options)
    return buffer.getvalue()


def _ticks(axis, whole=False):
    """At round numbers; 1, 2, 5, 10 on a logarithmic axis of less than two decades."""
    if axis.get_scale() == "linear":
        axis.set_major_locator(MaxNLocator(integer=whole, nbins=8, steps=[1, 2, 2.5, 5, 10]))
        return
    low, high = axis.get_view_interval()
    if high < 100 * low:
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter(NullFormatter())


def _curve(ax, curve, group):
    color, marker = COLORS[group % len(COLORS)], MARKERS[group % len(MARKERS)]
    label = curve.label or "_nolegend_"
    if curve.style == "bars":
        ax.bar(curve.x, curve.y, color=color, label=label, alpha=0.85)
    elif curve.style == "markers":
        spread = None if curve.low is None else [curve.y - curve.low, curve.high - curve.y]
        size = 7.5 - 1.2 * (group % 4)  # where markers coincide, the later ones are seen within the earlier
        ax.errorbar(curve.x, curve.y, yerr=spread, linestyle="none", marker=marker, color=color, label=label,
                    markersize=size, markerfacecolor="white", markeredgewidth=1.4, capsize=2.5, elinewidth=1, zorder=3)
    else:
        ax.plot(curve.x, curve.y, color=color, label=label, linestyle="--" if curve.style == "dashed" else "-")
        if curve.low is not None:
            ax.fill_between(curve.x, curve.low, curve.high, color=color, alpha=0.18, linewidth=0)


def _legend(ax):
    handles, labels = ax.get_legend_handles_labels()
    if not labels:
        return
    one_row = sum(map(len, labels)) + 6 * len(labels) <= 60
    columns = len(labels) if one_row else 2 if max(map(len, labels)) <= 30 else 1
    ax.legend(handles, labels, ncols=columns, loc="upper left", bbox_to_anchor=(-0.02, -0.19), borderaxespad=0,
              handlelength=1.8, columnspacing=1.4)


def _whole(x):
    return all(float(value).is_integer() for value in x)
