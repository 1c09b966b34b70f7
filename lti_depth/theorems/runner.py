"""Proof and shadow of a law, and of its planted bug."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np

from .. import numeric
from ..system import validation
from .theorem import Step, Theorem


@dataclass(frozen=True, eq=False)
class Outcome:
    """What trying a theorem gave.

    Parameters
    ----------
    theorem : Theorem
    steps : tuple of Step
        Of the law's proof.
    deviation : float
        The largest deviation of the law over the sampled stacks.
    bug_in_proof, bug_in_shadow : bool
        Whether the planted bug was caught there.
    samples : int
    seconds : float
    """

    theorem: Theorem
    steps: tuple[Step, ...]
    deviation: float
    bug_in_proof: bool
    bug_in_shadow: bool
    samples: int
    seconds: float

    @property
    def failures(self):
        """One line for each thing that went wrong."""
        lines = [f"proof: {step.text}" for step in self.steps if not step.holds]
        if not self.deviation <= self.theorem.tolerance:
            lines.append(f"shadow: deviation {self.deviation:.2g}, allowed {self.theorem.tolerance:.2g}")
        lines += [] if self.bug_in_proof else ["the planted bug passes the proof"]
        return lines + ([] if self.bug_in_shadow else ["the planted bug passes the shadow"])

    @property
    def verdict(self):
        """ "holds" or "fails"."""
        return "fails" if self.failures else "holds"

    def record(self):
        """As a JSON object."""
        theorem = self.theorem
        return {
            "name": theorem.name, "title": theorem.title, "statement": theorem.statement,
            "hypotheses": list(theorem.hypotheses), "source": theorem.source, "origin": str(theorem.origin),
            "tier": theorem.sense, "range": theorem.range, "steps": len(self.steps),
            "deviation": self.deviation if np.isfinite(self.deviation) else str(self.deviation),
            "tolerance": theorem.tolerance, "samples": self.samples, "seconds": self.seconds,
            "verdict": self.verdict, "failures": self.failures,
        }  # fmt: skip


def run(theorem, *, samples=8, seed=0):
    """Prove a theorem, hold it against the numeric floor at random stacks, and try its bug in both ways.

    Parameters
    ----------
    theorem : Theorem
    samples : int
        Stacks drawn from its domain.
    seed : int

    Returns
    -------
    Outcome
    """
    samples, seed = validation.integer(samples, "samples", 1), validation.integer(seed, "seed", 0)
    began = perf_counter()
    rng = np.random.default_rng(seed)
    stacks = [theorem.domain.draw(rng) for _ in range(samples)]
    steps = tuple(theorem.prove(theorem.law))
    deviation = float(np.max([float(theorem.shadow(theorem.law, stack, numeric)) for stack in stacks]))  # nan stays
    in_proof = not all(step.holds for step in theorem.prove(theorem.bug))
    in_shadow = any(not theorem.shadow(theorem.bug, stack, numeric) <= theorem.tolerance for stack in stacks)
    return Outcome(theorem, steps, deviation, in_proof, in_shadow, samples, perf_counter() - began)
