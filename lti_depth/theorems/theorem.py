"""What a theorem is here: a statement with its law, a computed proof, and a planted bug that must not pass."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .domains import Domain


class Origin(StrEnum):
    """Where a result comes from."""

    CLASSICAL = "classical"
    PAPER = "the paper"
    NEW = "new here"


class Tier(StrEnum):
    """In which sense a result is proved.

    ANALYTIC is no machine proof: what is algebra is checked exactly, a named theorem of analysis does the rest by hand.
    """

    INDUCTION = "all K, by induction (one exact step)"
    EXACT = "exact"
    PROBABILISTIC = "probabilistic, with its error"
    ANALYTIC = "analytic: exact given a named theorem, with a hand proof and numeric evidence"


@dataclass(frozen=True)
class Step:
    """One line of a proof.

    Parameters
    ----------
    text : str
        What is compared, formulas between $…$.
    holds : bool
        Whether the two sides were found to be equal, exactly.
    """

    text: str
    holds: bool


@dataclass(frozen=True, eq=False)
class Theorem:
    """A result about stacks of linear layers.

    Parameters
    ----------
    name : str
        As its file, with hyphens.
    title : str
    statement : str
        Formulas between $…$; timing and symbols said.
    hypotheses : tuple of str
        All that it needs: \\|λ\\| < 1, distinct poles, timing, feedthrough, channels.
    origin : Origin
    reference : str
        Book, paper or equation; for a new result what it extends.
    tier : Tier
    range : str
        What the computed part of the proof covers, as "all K" or "K ≤ 4, complex poles"; it completes "exact for".
    law : callable
        The formula: exact arithmetic in, exact arithmetic out; rational functions, rationals or long floats alike.
    bug : callable
        The law with one sign, index or conjugate changed.
    prove : callable
        law → the Steps of its proof.
    shadow : callable
        (law, stack, machine) → deviation of the law, evaluated in long arithmetic at the stack's exact values, from
        what `machine` computes; `machine` offers the observables under the names of `lti_depth.numeric`.
    tolerance : float
        Largest deviation: rounding for identities; for asymptotic laws the next term, derived in the file's docstring.
    domain : Domain
        The stacks the statement speaks of.
    """

    name: str
    title: str
    statement: str
    hypotheses: tuple[str, ...]
    origin: Origin
    reference: str
    tier: Tier
    range: str
    law: Callable[..., Any]
    bug: Callable[..., Any]
    prove: Callable[[Callable], tuple[Step, ...]]
    shadow: Callable[[Callable, Any, Any], float]
    domain: Domain
    tolerance: float = 1e-9

    def __reduce__(self):
        """Pickled by name: what it holds is code."""
        from . import theorem

        return theorem, (self.name,)

    @property
    def topic(self):
        """The title of the group of theorems that its file is in."""
        from . import TOPICS

        return TOPICS[self.prove.__module__.split(".")[-2]]

    @property
    def sense(self):
        """The tier in words: "exact for K ≤ 4"; beside a probability, what it is."""
        if self.tier is Tier.PROBABILISTIC:
            return f"{self.tier}: {self.range}"
        return f"exact for {self.range}" if self.tier is Tier.EXACT else str(self.tier)

    @property
    def source(self):
        """Origin and reference."""
        return f"{self.origin}: {self.reference}"
