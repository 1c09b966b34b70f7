"""What is claimed of learning rates and of steps to learn a long memory."""

import numpy as np

from .. import numeric
from ..claims import Claim
from . import shares
from .sensitivity_laws import curvatures, deep_derivatives, flow_steps
from .sensitivity_rates import COORDINATES, RATE_REASON, RATE_TOLERANCE, largest_stable_rate
from .sensitivity_steps import ARMS, small_share
from .wording import listed


def claims(config, limits, steps):
    """All claims of largest rates, by their arrays, and of `steps` (arms, depths, seeds), inf where unfinished."""
    ratio, law = (limits[name] / limits[name][:, :1] for name in ("rate_limits", "rate_limit_law"))
    medians = np.median(steps, axis=2)
    return (
        _direct_claim(config, ratio[0], law[0]), _exp_exp_claim(config, ratio[1], law[1]),
        _share_claim(config), _depth_claim(config, medians), _coordinates_claim(config, medians),
    )


def _direct_claim(config, ratio, law):
    return Claim(
        id="sensitivity/depth-in-lambda",
        statement=r"Depth makes long memory learnable, by lowering the sensitivity: at a fixed delay deeper stacks "
                  rf"bear a larger learning rate for $\lambda$ ($K = {listed(config.depths)}$, relative to one layer).",
        source="paper, as quoted in its reviews",
        predicted=law,
        measured=ratio,
        tolerance=2 * RATE_TOLERANCE,
        reason=RATE_REASON + ", twice",
        condition=r"poles learned as $\lambda$ itself, everything else known",
    )


def _exp_exp_claim(config, ratio, law):
    return Claim(
        id="sensitivity/depth-in-exp-exp",
        statement=r"Depth eases long memory in the coordinates of the LRU too, $\lambda = e^{-e^x}$: the largest "
                  rf"stable rate does not fall with depth ($K = {listed(config.depths)}$, relative to one layer, at "
                  "least 1).",
        source="paper, as quoted in its reviews, read for exp–exp",
        predicted=np.maximum(law, 1),
        measured=ratio,
        tolerance=2 * RATE_TOLERANCE,
        reason=RATE_REASON + ", twice",
        law=r"it falls about as $1/(2K-1)$: $2/[(\lambda\log\lambda)^2 K V_{K+1}/V_K]$",
        law_value=law,
    )


def planted_claim(config):
    """All parameters: poles, b and c."""
    law, found = np.zeros((2, len(config.planted_depths)))
    for n, K in enumerate(config.planted_depths):
        poles, b, c = np.linspace(0.3, 0.8, K + 2)[1:-1], np.linspace(1.2, 0.8, K), np.linspace(0.7, 1.1, K)
        law[n] = 2 / curvatures(deep_derivatives(poles, b, c))[0]
        found[n] = largest_stable_rate(numeric.cascade(poles, b, c), "direct", ("poles", "B", "C"))
    return Claim(
        id="sensitivity/rate-limit",
        statement=r"At the optimum gradient descent is stable up to the rate $2/\lambda_{max}$ of the Gauss–Newton "
                  rf"matrix: planted teachers of {listed(config.planted_depths)} layers, poles and gains trained.",
        source="classical; the Hessian at zero loss is the Gauss–Newton matrix",
        predicted=law,
        measured=found,
        tolerance=RATE_TOLERANCE,
        reason=RATE_REASON,
    )


def _share_claim(config):
    law = np.array([[flow_steps(K, config.delay, config.shorter, config.threshold, name) for K in config.depths]
                    for name in COORDINATES])  # fmt: skip
    coarse, fine = (np.array([[small_share(config, K, name, share) for K in config.depths] for name in COORDINATES])
                    for share in (config.share, config.share / 2))  # fmt: skip
    steps, tolerance = shares.limit(coarse, fine)
    return Claim(
        id="sensitivity/steps-at-a-share",
        statement=rf"To lengthen the memory from {config.delay / config.shorter:.0f} to {config.delay:g} samples at a "
                  r"given share of its largest stable rate, gradient descent takes more steps the deeper the stack, "
                  rf"in $\lambda$ and in exp–exp (steps times share, $K = {listed(config.depths)}$): half the "
                  "sharpness times the time of gradient flow.",
        source="new here",
        predicted=law.ravel(),
        measured=steps.ravel(),
        tolerance=tolerance,
        reason=shares.REASON,
    )


def _depth_claim(config, medians):
    no_more = (medians[:, 1:] <= medians[:, :-1]) & np.isfinite(medians[:, 1:])
    return Claim(
        id="sensitivity/depth-saves-steps",
        statement="Depth makes long memory learnable: with the best rate of each, deeper stacks lengthen their memory "
                  rf"in no more steps (share of the comparisons of $K = {listed(config.depths)}$ in $\lambda$ and "
                  rf"exp–exp, by gradient descent and Adam, poles or all parameters trained; medians over "
                  f"{config.seeds} seeds).",
        source="paper, as quoted in its reviews",
        predicted=1.0,
        measured=np.mean(no_more),
        tolerance=0.0,
        reason="one counter-example would refute it",
        law="in none: the larger rate does not make up for a longer way over a flatter loss",
        law_value=0.0,
    )


def _coordinates_claim(config, medians):
    descents = [n for n, (_, _, adam) in enumerate(ARMS) if not adam]
    direct, exp_exp = ([n for n in descents if ARMS[n][1] == name] for name in COORDINATES)
    return Claim(
        id="sensitivity/exp-exp-saves-steps",
        statement=rf"Exp–exp coordinates do: fewer steps than in $\lambda$ at each depth of {listed(config.depths)}, "
                  "by gradient descent with the best rate of each, poles or all parameters trained (share of the "
                  "comparisons).",
        source="Orvieto et al., arXiv 2303.06349; Zucchet & Orvieto, arXiv 2405.21064",
        predicted=1.0,
        measured=np.mean(medians[exp_exp] < medians[direct]),
        tolerance=0.0,
        reason="one counter-example would refute it",
    )
