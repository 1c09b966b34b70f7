"""Benchmarks: each job agrees with its peers first, and is then timed in turns with them and the machine's limits.

A job is defined once, and used by ``lti-depth bench`` and by ``benchmarks/``. Two studies stand beside the jobs:
`accuracy`, errors in units of what is promised, and `growth`, time against size. Peers are optional; a missing one is
shown as missing.
"""

from difflib import get_close_matches
from functools import partial

from ..system import validation
from . import accuracy, covariances, frequency, fresh, gradients, growth, layers, record, runner, simulation
from .job import Check, Goal, Job, Peer, Runs
from .record import dumps, files
from .runner import Outcome
from .text import machine_line, markdown
from .text import of_record as tables

JOBS = {job.name: job for topic in (fresh, simulation, layers, frequency, covariances, gradients) for job in topic.JOBS}
STUDIES = {"accuracy": accuracy.measure, "growth": growth.measure}

__all__ = [
    "JOBS", "STUDIES", "Check", "Goal", "Job", "Outcome", "Peer", "Runs", "dumps", "files", "machine_line",
    "markdown", "measure", "names", "select", "tables",
]  # fmt: skip


def names():
    """Of all jobs and studies, in the order in which they run."""
    return [*JOBS, *STUDIES]


def select(asked):
    """The names asked for, in the order in which they run; all of them if none is.

    Raises
    ------
    ValueError
        There is no job or study of one of these names; says which there are.
    """
    for name in validation.names(asked, "asked"):
        if name not in names():
            near = get_close_matches(name, names(), n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"name: expected one of {', '.join(names())}, got {name!r}{hint}")
    return [name for name in names() if not asked or name in asked]


def measure(chosen, *, seconds=runner.SECONDS, progress=lambda name, fraction: None):
    """Run jobs and studies.

    Parameters
    ----------
    chosen : list of str
        As `select` gives them.
    seconds : float
        Of each race, at least.
    progress : callable
        Called with the name and the fraction of all that is done.

    Returns
    -------
    record : dict
        As `record.of_run` makes it: what ``--json`` prints.
    failures : list of str
        The checks that do not hold; a job that has one is not timed.
    """
    outcomes, found = [], {name: [] for name in STUDIES}
    for n, name in enumerate(chosen):
        forward = partial(_forward, progress, name, n, len(chosen))
        forward(0.0)
        if name in JOBS:
            outcomes.append(runner.run(JOBS[name], JOBS[name].build(), seconds))
        else:
            found[name] = list(map(record.plainly, STUDIES[name](forward)))
        forward(1.0)
    failures = [f"{outcome.job.name}: {line}" for outcome in outcomes for line in outcome.failures]
    return record.of_run(list(map(record.of_job, outcomes)), **found), failures


def _forward(progress, name, done, total, fraction):
    progress(name, (done + fraction) / total)
