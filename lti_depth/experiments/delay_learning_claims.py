"""What is claimed of students that recall a delay, under white input and of states in general."""

import numpy as np

from .. import numeric
from ..claims import Claim
from ..learning.teachers import delay as delay_line
from . import delay_learning_colored_claims as colored_claims
from . import limits
from .delay_learning_fits import STOPPED
from .delay_learning_laws import (
    all_layers,
    best_pairs,
    bound,
    explicit_poles,
    last_layer,
    last_layer_limit,
    missed,
)
from .delay_learning_students import PARAMETRIZATIONS
from .wording import listed


def claims(config, arms, starts, arrays):
    """All claims of the experiment."""
    return (
        _bound_claim(config, arms, starts, arrays), _deep_claim(config, arms), _last_layer_claim(),
        _all_layers_claim(config, arms), _pairs_claim(config, arms), _parametrization_claim(config, starts),
        _ring_claim(config, starts), _explicit_claim(), *colored_claims.claims(config, arrays), _register_claim(),
        _total_claim(),
    )  # fmt: skip


def _bound_claim(config, arms, starts, arrays):
    pairs = {(config.delay, config.states): arms["wide, pairs"].captured}  # which starts hold as well, as "exp-exp"
    pairs |= {(config.delay, S): row for S, row in zip(config.widths, arrays["captured_by_width"], strict=True)}
    pairs |= {(D, config.states): row for D, row in zip(config.delays, arrays["captured_by_delay"], strict=True)}
    others = [fits for name, fits in (*arms.items(), *starts.items()) if name not in ("wide, pairs", "exp-exp")]
    runs = [(captured, *setting) for setting, captured in pairs.items()]
    runs += [(fits.captured, config.delay, config.states) for fits in others]
    total = sum(len(captured) for captured, _, _ in runs)
    return Claim(
        id="delay-learning/white-bound",
        statement="No student captures more than $S/(D+1)$ of white noise, whatever its depth, width or "
                  f"parametrization: students above it, of {total} trained.",
        source="new here for any depth; one layer: François, Orvieto & Bach, arXiv 2502.09287, Theorem 2",
        predicted=0,
        measured=sum(int(np.sum(captured > bound(delay, states))) for captured, delay, states in runs),
        tolerance=0.0,
        reason="a count",
        condition="current timing without total feedthrough; otherwise the bound is $S/D$",
    )


def _deep_claim(config, arms):
    D, S = config.delay, config.states
    captured, pole = last_layer(D, S)
    return Claim(
        id="delay-learning/real-cascade",
        statement=rf"Depth is what recall needs: {S} real layers learn to recall $u_{{t-{D}}}$ up to the bound "
                  rf"$\frac{{{S}}}{{{D + 1}}}$.",
        source="paper, as quoted in its reviews: deep stacks need less memory in each layer",
        predicted=bound(D, S),
        measured=arms["real cascade"].captured[0],
        tolerance=1e-4,
        reason=STOPPED,
        law=rf"the last of $S$ equal layers at the best pole, $\lambda = {pole:.5f}$: $h_D^2/\sum_t h_t^2$",
        law_value=captured,
    )


def _last_layer_claim():
    layers = (1, 2, 4, 8)
    value, change = limits.limit([[delay * last_layer(delay, K)[0] for K in layers] for delay in (200, 800, 3200)])
    law = np.array([last_layer_limit(K) for K in layers])
    return Claim(
        id="delay-learning/real-cascade-limit",
        statement=r"For long delays the best real cascade captures $\frac{n^n e^{-n}}{(n-1)!}/D$, $n = 2S-1$: it grows "
                  r"as $\sqrt S$, the bound as $S$ ($S = 1, 2, 4, 8$; at $S = 1$ it is $1/e$ of the bound).",
        source="new here",
        predicted=law,
        measured=value,
        tolerance=limits.tolerance(change, law),
        reason="last change of the extrapolation in $1/D$ from $D = 200, 800, 3200$",
    )


def _all_layers_claim(config, arms):
    D, S = config.delay, config.states
    captured, pole = all_layers(D, S)
    return Claim(
        id="delay-learning/all-layer-readout",
        statement=f"Reading out every layer makes up for real poles: {S} real poles with free residues learn to "
                  "recall up to the bound.",
        source="new here; the readout is the Laguerre network of de Vries & Principe, Neural Networks 5:565, 1992",
        predicted=bound(D, S),
        measured=arms["wide, real poles"].captured[0],
        tolerance=0.02,
        reason="the poles draw together while residues grow without bound, and the fits stop on the way; at the "
               r"distance $\delta$ relative to $1-\lambda$ they miss $O(\delta^2)$, and the best has "
               r"$\delta \approx 0.1$",
        law=rf"all poles equal, $\lambda = {pole:.5f}$: the Laguerre network",
        law_value=captured,
    )


def _pairs_claim(config, arms):
    D, S = config.delay, config.states
    best = 1 - best_pairs(D, S)[0]
    return Claim(
        id="delay-learning/depth-with-skips",
        statement=f"With conjugate pairs depth is of no consequence: the best of a wide layer and the best of {S // 2} "
                  rf"layers with skips capture the same, {best:.5f}, ${best / bound(D, S):.2f}$ of the bound.",
        source="new here",
        predicted=[best, best],
        measured=[arms["wide, pairs"].captured[0], arms["pairs with skips"].captured[0]],
        tolerance=1e-4,
        reason=STOPPED,
        condition="the best seed; in layers with skips not every seed arrives",
    )


def _parametrization_claim(config, starts):
    best = 1 - best_pairs(config.delay, config.states)[0]
    return Claim(
        id="delay-learning/parametrization",
        statement="The parametrization decides whether a delay can be learned: only exp–exp reaches the best recall "
                  f"from its best seed, of {listed(PARAMETRIZATIONS)}.",
        source="LRU: Orvieto et al., arXiv 2303.06349, read for delays",
        predicted=[best if name == "exp-exp" else 0.0 for name in PARAMETRIZATIONS],
        measured=[starts[name].captured[0] for name in PARAMETRIZATIONS],
        tolerance=1e-4,
        floor=best,
        reason=STOPPED,
        law="every one reaches it; they differ in how many seeds do",
        law_value=[best] * len(PARAMETRIZATIONS),
    )


def _ring_claim(config, starts):
    """A pair far from all others and from phase 0 is one complex pole for each of its two states: D^D/(D+1)^{D+1}."""
    D, S = config.delay, config.states
    best = 1 - best_pairs(D, S)[0]
    return Claim(
        id="delay-learning/initial-phases",
        statement="Initial phases around the whole circle, as in LRU's ring, do for delays as well as phases within "
                  r"$\pm \pi S/2D$: the median over seeds from the ring and from the band, as shares of the best.",
        source="LRU: Orvieto et al., arXiv 2303.06349, read for delays",
        predicted=[1.0, 1.0],
        measured=[float(np.median(starts[name].captured)) / best for name in ("ring", "exp-exp")],
        tolerance=0.1,
        reason=r"pairs at a distance $\theta$ in phase help each other to the order $\pi/D\theta$: over the circle a "
               "few per cent in the median",
        law="phases from the ring stay where they are, each pair a local optimum by itself, and capture together "
            r"$\frac{S}{D+1} (\frac{D}{D+1})^D \approx \frac{1}{e}$ of the bound",
        law_value=[bound(D, S) * (D / (D + 1)) ** D / best, 1.0],
    )


def _explicit_claim():
    states, alpha = np.array([16, 32]), 1.0
    near, far = ((1 - missed(explicit_poles(100 * S, int(S), alpha), int(100 * S))) * 100 for S in states)
    law = (1 - np.exp(-4 * alpha)) / 2
    return Claim(
        id="delay-learning/explicit-filter",
        statement=r"The filter $a_s = e^{-\alpha/D} e^{i\pi s/D}$ with its best readout captures "
                  r"$\frac{1-e^{-4\alpha}}{2} \frac{S}{D}$ for many states and longer delays: without any training "
                  r"half of the bound ($\alpha = 1$, $S = 32$, $D = 3200$).",
        source="new here",
        predicted=law,
        measured=far,
        tolerance=abs(far - near) / law,
        reason="change from $S = 16$ to $S = 32$ at $D = 100 S$",
    )


def _register_claim():
    D, u = 30, np.random.default_rng(0).standard_normal(200)
    y, _ = numeric.simulate(delay_line(D), u)
    return Claim(
        id="delay-learning/shift-register",
        statement="The bound is sharp on shift registers: $D$ zero poles in delayed timing recall $u_{t-D}$ "
                  f"without loss ($D = {D}$): the largest error.",
        source="new here",
        predicted=0.0,
        measured=float(np.max(np.abs(y[D:] - u[:-D]))),
        tolerance=0.0,
        reason="products with ones",
    )


def _total_claim():
    stacks = [numeric.cascade([0.9, 0.8, 0.0, 0.5, 0.0], timing=timing) for timing in ("current", "delayed")]
    return Claim(
        id="delay-learning/total-memory",
        statement=r"The memory function adds up to the number of controllable states, whatever the depth: for poles "
                  r"$0.9, 0.8, 0, 0.5, 0$ three in current timing and five in delayed timing.",
        source="Jaeger, GMD report 152, 2001; Guan et al., arXiv 2510.00563",
        predicted=[3, 5],
        measured=[float(numeric.memory_function(stack, np.arange(400)).sum()) for stack in stacks],
        tolerance=1e-12,
        reason=r"rounding; the tail $0.9^{800}$ is far below it",
    )
