"""Outcomes as strict JSON and as files: plain records of numbers, whose units are named beside them."""

import json
import math
from dataclasses import asdict

import numpy as np

from .. import plotting
from . import growth, machine


def of_job(outcome):
    """One job, measured: its runs in three groups, in its unit; None where a peer is missing."""
    job = outcome.job
    goals = [{"goal": str(goal), "value": _plain(value), "met": met} for goal, value, met in outcome.verdicts]
    return {
        "name": job.name, "size": job.size, "unit": job.unit,
        "ours": outcome.ours, "peers": outcome.peers, "limits": outcome.limits,
        "best_peer": outcome.best_peer, "ratio": outcome.ratio, "limit": outcome.limit, "distance": outcome.distance,
        "goals": goals, "checks": [_plainly(check) for check in outcome.checks],
    }  # fmt: skip


def of_case(case):
    """Errors in units of the promise, the relative radius of the balls, and their seconds."""
    return _plainly(case)


def of_series(series):
    """Sizes, seconds and the slope of their logarithms."""
    return asdict(series)


def of_run(jobs, accuracy, growth):
    """Everything that one run has found; a study that was not asked for is an empty list."""
    return {"machine": machine.describe(), "jobs": jobs, "accuracy": accuracy, "growth": growth}


def dumps(record):
    """Strict JSON, one line to its end."""
    return json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def figure(record):
    """The growth of the costs, as a Figure."""
    return plotting.figure(growth.result([growth.Series(**entry) for entry in record["growth"]]))


def files(record):
    """{name: bytes} of what a run leaves: bench.json, and growth.png where growth was measured."""
    found = {"bench.json": dumps(record).encode()}
    return found | {"growth.png": plotting.png(figure(record))} if record["growth"] else found


def _plainly(entry):
    return {name: _plain(value) for name, value in asdict(entry).items()}


def _plain(value):
    """A number as a float; inf and nan, which strict JSON lacks, as strings; anything else as it is."""
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else str(float(value))
    return value
