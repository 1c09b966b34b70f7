"""What is claimed of the races of `identification`."""

from dataclasses import replace

import numpy as np

from ..claims import Claim
from ..learning import horizons
from ..learning.horizons import LRU
from ..learning.tasks import Sampled
from ..learning.teachers import zucchet
from .identification_races import loss, mean, race, starting_points
from .montecarlo import estimate

SEEDS = "two seeds of ten"
CLOSE = 1e-6  # loss: poles that allow for less need not move


def expected_loss(config):
    """Against simulated batches, at the start."""
    predicted, samples = [], []
    for nu0 in (config.nu0[0], config.nu0[-1]):
        student, teacher = LRU(*config.students[1]), zucchet(nu0, np.random.default_rng([0, 0]))
        x = starting_points(student, config, nu0)[0]
        task, rng = Sampled(teacher, None, config.batch, config.length), np.random.default_rng(3)
        difference = student.responses(x[None], config.length) - horizons.target(teacher, config.length)
        predicted.append(loss(difference, horizons.expected_gram(config.length))[0])
        samples.append([task.loss(student.build(x), rng) for _ in range(config.draws)])
    found = estimate(np.array(samples).T)
    return Claim(
        id="identification/expected-loss",
        statement=rf"The loss of the protocol needs no samples: over $T = {config.length}$ samples of white input from "
                  r"rest it is $\frac12 \sum_s (1-s/T)\,\Delta_s^2$ on average (a student of "
                  rf"{config.students[1][0]} layers at the start, $\nu_0 = {config.nu0[0]:g}$ and "
                  rf"${config.nu0[-1]:g}$, against simulated batches of {config.batch}).",
        source="new here",
        predicted=predicted,
        measured=found.mean,
        tolerance=found.tolerance(predicted),
        reason=found.reason,
    )


def fresh_batches(config):
    """Ends of short races on batches and on the expected loss."""
    nu0, rate, steps, seeds = config.check
    one = replace(config, nu0=(nu0,), students=config.students[:1], rates=(rate,), steps=steps, seeds=seeds)
    exact, sampled = (race(replace(one, sampled=fresh)).loss[0, 0] for fresh in (False, True))
    found = estimate(np.log10(sampled / exact))
    return Claim(
        id="identification/fresh-batches",
        statement=f"Fresh batches of {config.batch} end where the expected loss ends: the mean of "
                  rf"$\log_{{10}}$ of the ratio of the final losses after {steps} steps is zero (one layer, "
                  rf"$\nu_0 = {nu0:g}$, {seeds} seeds).",
        source="new here",
        predicted=0.0,
        measured=found.mean,
        tolerance=5 * float(found.error),
        floor=1.0,
        reason="five standard errors of the mean over seeds, in decades",
    )


def published(config, nu0, ends, value):
    """The ends (seeds,) of one layer after the whole protocol, against the published mean."""
    read_off, spread = np.log10(1.3), np.std(ends, ddof=1) / np.sqrt(len(ends)) / mean(ends) / np.log(10)
    return Claim(
        id=f"identification/published-{nu0:g}",
        statement=r"One LRU layer of 64 states ends at the published loss after 10,000 steps: $\log_{10}$ of the mean "
                  rf"over {config.seeds} seeds at $\nu_0 = {nu0:g}$.",
        source="Zucchet & Orvieto, arXiv 2405.21064: linear system identification",
        predicted=np.log10(value),
        measured=np.log10(mean(ends)),
        tolerance=float((read_off + 2 * np.sqrt(2) * spread) / -np.log10(value)),
        reason="read off a figure to 30 %, and two standard errors of the difference of two such means",
        condition="" if config.whole else "the expected loss in place of batches, and one learning rate, chosen "
                                          "beforehand as the best of the protocol's",
    )


def memory(config, found):
    """The longer memory against the shortest, student by student."""
    shorter, longer = found.loss[0], found.loss[config.nu0.index(0.98)]
    return Claim(
        id="identification/memory",
        statement=rf"Longer memory is harder to identify at every depth: share of the seeds whose loss is larger at "
                  rf"$\nu_0 = 0.98$ than at ${config.nu0[0]:g}$, for "
                  f"{_listed(layers for layers, _ in config.students)} layers.",
        source="Zucchet & Orvieto, arXiv 2405.21064; paper: Figures 4 and 6",
        predicted=np.ones(len(config.students)),
        measured=(longer > shorter).mean(axis=1),
        tolerance=0.2,
        reason=SEEDS,
    )


def depth(config, found):
    """The deepest student against one layer, memory by memory."""
    deepest = config.students[-1][0]
    return Claim(
        id="identification/depth",
        statement=f"At equal parameters {deepest} LRU layers identify better than one: share of the seeds, at "
                  rf"$\nu_0 = {_listed(config.nu0)}$.",
        source="paper: Figures 4 and 6",
        predicted=np.ones(len(config.nu0)),
        measured=(found.loss[:, -1] < found.loss[:, 0]).mean(axis=1),
        tolerance=0.2,
        floor=1.0,
        reason=SEEDS,
        law="one layer identifies better from nearly every seed: its response is linear in its residues, that of a "
            "stack is a product",
        law_value=np.zeros(len(config.nu0)),
    )


def layer_powers(states, nu0, shape, rng):
    """|H|² of random layers at the start, at one random frequency each."""
    count = int(np.prod(shape))
    wide = LRU(1, states * count)
    layer = wide.build(wide.start(rng, nu0))[0]
    poles, residues = layer.poles, np.sqrt(count) * layer.C[0] * layer.B[:, 0]  # B is drawn with 1/√(its size)
    z = np.repeat(np.exp(-1j * rng.uniform(0, 2 * np.pi, count)), states)
    modes = 0.5 * (residues / (1 - poles * z) + residues.conj() / (1 - poles.conj() * z))
    return np.abs(rng.standard_normal(count) + modes.reshape(count, states).sum(axis=1)).reshape(shape) ** 2


def start(config):
    """The power of the deepest student at the start, in its mean and typically."""
    layers, states = config.students[-1]
    powers = layer_powers(states, 0.98, (config.starts, layers), np.random.default_rng(4))
    single = layer_powers(states, 0.98, (config.starts * layers,), np.random.default_rng(5))
    found = estimate(np.log10(powers).sum(axis=1))
    return Claim(
        id="identification/start",
        statement=rf"$\gamma = \sqrt{{1-|\lambda|^2}}$ lets a stack start with the power $3^K$ at every frequency "
                  rf"(${layers}$ layers of ${states}$ states, $B$ and $C$ as published; $\log_{{10}}$ of the power, "
                  r"mean over frequencies and starts; $\nu_0 = 0.98$).",
        source="Orvieto et al., arXiv 2303.06349: normalization",
        predicted=layers * np.log10(3),
        measured=found.mean,
        tolerance=float(5 * found.error),
        floor=1.0,
        reason=found.reason,
        law="that mean is carried by rare loud stacks; the typical power is $K$ times the mean logarithm of a layer",
        law_value=layers * np.log10(single).mean(),
    )


def basis(config, found, least):
    """One layer against `least`, the floors (ν₀, seeds) of least squares on the poles of its start."""
    return Claim(
        id="identification/basis",
        statement=r"A ring of 64 random poles is a basis in which only residues are learned: no training beats least "
                  r"squares on the poles of the start (share of the seeds that do, at "
                  rf"$\nu_0 = {_listed(config.nu0)}$).",
        source="practice: random features",
        predicted=np.zeros(len(config.nu0)),
        measured=(found.loss[:, 0] < least).mean(axis=1),
        tolerance=0.2,
        floor=1.0,
        reason=SEEDS,
        law=f"the poles move where their first places leave a loss above $10^{{{np.log10(CLOSE):.0f}}}$",
        law_value=(least > CLOSE).mean(axis=1),
    )


def _listed(values):
    return ", ".join(f"{value:g}" for value in values)
