"""Races: runs timed in turns in one process, of which the least times count."""

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from .job import OURS, Check, Job

SECONDS, TURN, TURNS = 1.5, 0.01, 3  # at least, of a race; of one run's turn; and how many turns
HOPELESS = 20  # times slower than the best peer: timed in the first turn alone


def race(runs, peers=(), seconds=SECONDS):
    """{name: least time in seconds} of functions without arguments, the names of `peers` among them.

    In turns of 10 ms at least, so that what runs before (threads still spinning, caches in use) is forgotten.
    """
    best, began = {name: _turn(run) for name, run in runs.items()}, time.perf_counter()
    fast = min((best[name] for name in peers), default=np.inf)
    kept, turns = {name: run for name, run in runs.items() if name not in peers or best[name] < HOPELESS * fast}, 1
    while turns < TURNS or time.perf_counter() - began < seconds:
        for name, run in kept.items():
            best[name] = min(best[name], _turn(run))
        turns += 1
    return best


def _turn(run):
    best, began = np.inf, time.perf_counter()
    while time.perf_counter() < began + TURN:
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def least(runs):
    """{name: least value} of functions that return their measure, in turns."""
    best = dict.fromkeys(runs, np.inf)
    for name, run in [*runs.items()] * TURNS:
        best[name] = min(best[name], run())
    return best


def on_one_thread(run):
    """The same run while this thread may use one core only; None where the system has no such setting."""
    if not hasattr(os, "sched_setaffinity"):
        return None

    def alone():
        with _one_core():
            run()

    return alone


@contextmanager
def _one_core():
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


@dataclass(frozen=True)
class Outcome:
    """What was found of a job: its checks, and, where they hold, the measure of each run (None: missing)."""

    job: Job
    checks: tuple[Check, ...]
    ours: dict[str, float | None]
    peers: dict[str, float | None]
    limits: dict[str, float | None]

    @property
    def failures(self):
        """The checks that do not hold, as text."""
        return [str(check) for check in self.checks if not check.holds]

    @property
    def best_peer(self):
        """The name of the best installed peer; None without one."""
        return _name(min, self.peers)

    @property
    def limit(self):
        """The name of the limit that binds."""
        return _name(max, self.limits)

    @property
    def ratio(self):
        """How many times the measure of ours the best peer's is; None without peers."""
        return self._over(self.peers.get(self.best_peer))

    @property
    def distance(self):
        """How many times the limit ours takes; None without limits."""
        over = self._over(self.limits.get(self.limit))
        return None if over is None else 1 / over

    def _over(self, measure):
        ours = self.ours.get(OURS)
        return None if measure is None or ours is None else measure / ours

    @property
    def verdicts(self):
        """(goal, value, whether it is met) for each goal; None, None where something is missing."""
        measured = {**self.ours, **self.peers, **self.limits}
        values = [(goal, goal.value(measured, self.best_peer)) for goal in self.job.goals]
        return [(goal, value, None if value is None else goal.met(value)) for goal, value in values]


def _name(which, measures):
    present = {name: value for name, value in measures.items() if value is not None}
    return which(present, key=present.get) if present else None


def run(job, runs, seconds=SECONDS):
    """Agreement first; where it holds, the race. `runs`: as the job has built them."""
    checks = tuple(runs.agree())
    if not all(check.holds for check in checks):
        return Outcome(job, checks, {}, {}, {})
    peers = {name: None if peer is None else peer.run for name, peer in runs.peers.items()}
    groups = ({OURS: runs.ours, **runs.others}, peers, dict(runs.limits))
    present = {name: function for group in groups for name, function in group.items() if function is not None}
    present_peers = [name for name, peer in peers.items() if peer is not None]
    measured = race(present, present_peers, seconds) if runs.timed else least(present)
    return Outcome(job, checks, *({name: measured.get(name) for name in group} for group in groups))
