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
        "goals": goals, "checks": [plainly(check) for check in outcome.checks],
    }  # fmt: skip


def of_run(jobs, accuracy, growth):
    """Everything that one run has found; a study that was not asked for is an empty list."""
    return {"machine": machine.describe(), "jobs": jobs, "accuracy": accuracy, "growth": growth}


def dumps(record):
    """Strict JSON, one line to its end."""
    return json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def files(record):
    """{name: bytes} of what a run leaves: bench.json, and growth.png where growth was measured."""
    found = {"bench.json": dumps(record).encode()}
    if record["growth"]:
        result = growth.result([growth.Series(**entry) for entry in record["growth"]])
        found["growth.png"] = plotting.png(plotting.figure(result))
    return found


def plainly(entry):
    """A Check, Case or Series by the names of its fields."""
    return {name: _plain(value) for name, value in asdict(entry).items()}


def _plain(value):
    """A number as a float; inf and nan, which strict JSON lacks, as strings; anything else as it is."""
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else str(float(value))
    return value
