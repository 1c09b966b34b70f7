"""A job: the same work for us and for every peer, what they must agree on, what bounds it, and what is asked of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from importlib.util import find_spec

import numpy as np

OURS, BEST = "ours", "the best peer"


@dataclass(frozen=True)
class Check:
    """An error that was found before anything is timed, and how large it may be.

    `bound` None: the error is shown and nothing is asked, since the peer is not right there.
    """

    what: str
    error: float
    bound: float | None
    reason: str

    @property
    def holds(self):
        """False for a nan as well."""
        return self.bound is None or self.error <= self.bound

    def __str__(self):
        return f"{self.what}: error {self.error:.3g}, allowed {self.bound:.3g} ({self.reason})"


@dataclass(frozen=True)
class Goal:
    """What is asked of the measures of a job.

    ``times_faster(f, than)``: measure[than]/measure[run] ≥ f; ``within(f, of)``: measure[run]/measure[of] ≤ f.
    """

    factor: float
    of: str
    run: str
    at_most: bool

    def __str__(self):
        which = "" if self.run == OURS else f", {self.run}"
        factor = "" if self.factor == 1 else f"{self.factor:.3g} × "
        return f"{'≤' if self.at_most else '≥'} {factor}{self.of}{which}"

    def value(self, measured, best):
        """The ratio that was found; None where one of the two is missing. `best`: the best peer's name, or None."""
        of = measured.get(best if self.of == BEST else self.of)
        run = measured.get(self.run)
        if of is None or run is None:
            return None
        return run / of if self.at_most else of / run

    def met(self, value):
        return value <= self.factor if self.at_most else value >= self.factor


def times_faster(factor, than=BEST, run=OURS):
    """A goal: `run` is at least `factor` times faster than another run."""
    return Goal(factor, than, run, at_most=False)


def within(factor, of, run=OURS):
    """A goal: `run` takes at most `factor` times what another run takes."""
    return Goal(factor, of, run, at_most=True)


@dataclass(frozen=True)
class Peer:
    """Another library on the same work.

    Attributes
    ----------
    run : callable
        What is timed.
    bound : float or None
        Allowed deviation from ours, relative to the largest entry; None where the peer is not right.
    reason : str
        Where the bound comes from.
    read : callable
        The result of `run` as an array in our layout; not timed.
    """

    run: Callable[[], object]
    bound: float | None
    reason: str
    read: Callable[..., np.ndarray] = np.asarray


@dataclass(frozen=True)
class Runs:
    """What a job measures: functions without arguments.

    Attributes
    ----------
    ours : callable
    peers : {name: Peer or None}
        None: not installed.
    limits : {name: callable}
        What the machine cannot do faster, in the same turns; the slowest of them binds.
    agree : callable
        The checks, made before anything is timed.
    others : {name: callable}
        Further forms of ours.
    timed : bool
        False: the functions return their measures themselves.
    """

    ours: Callable[[], object]
    peers: Mapping[str, Peer | None]
    limits: Mapping[str, Callable[[], object]]
    agree: Callable[[], Sequence[Check]]
    others: Mapping[str, Callable[[], object] | None] = field(default_factory=dict)
    timed: bool = True


@dataclass(frozen=True)
class Job:
    """A name, the size in words, the goals, and `build`, which makes the Runs; `unit` of what is measured."""

    name: str
    size: str
    goals: tuple[Goal, ...]
    build: Callable[[], Runs]
    unit: str = "s"


def deviation(found, expected):
    """max |found − expected| / max |expected|."""
    expected = np.asarray(expected)
    return float(np.abs(np.asarray(found) - expected).max() / np.abs(expected).max())


def agreement(expected, peers):
    """The check of each installed peer against `expected`, our result."""
    return [Check(name, deviation(peer.read(peer.run()), expected), peer.bound, peer.reason)
            for name, peer in peers.items() if peer is not None]  # fmt: skip


def needs(*packages):
    """Of a function that makes peers: None is made where a package is not installed."""

    def decorate(make):
        @wraps(make)
        def made(*arguments, **options):
            return make(*arguments, **options) if all(map(find_spec, packages)) else None

        return made

    return decorate
