"""The jobs of ``lti-depth bench``: agreement first, then a race, then ours by pytest-benchmark.

``python -m pytest benchmarks -n 0 -s`` prints the races; ``--benchmark-enable`` times ours in detail. A ratio may fall
to a third of the one on record before a test fails: a busy machine takes less, a slower kernel more.
"""

import json
from pathlib import Path

import pytest

from lti_depth import bench
from lti_depth.bench import record, runner, text

RATIOS = {job["name"]: job["ratio"] for job in json.loads(
    (Path(__file__).parent / "results" / "bench.json").read_text())["jobs"]}  # fmt: skip


@pytest.mark.parametrize("name", bench.JOBS)
def test_job(benchmark, name):
    job = bench.JOBS[name]
    runs = job.build()
    outcome = runner.run(job, runs, seconds=1.0)
    assert not outcome.failures
    benchmark.group = job.size
    benchmark.extra_info.update(record.of_job(outcome))
    print("", " | ".join(text.job_row(record.of_job(outcome))), sep="\n")
    if runs.timed:
        benchmark(runs.ours)
    else:
        benchmark.pedantic(runs.ours, rounds=1)
    assert outcome.ratio is None or outcome.ratio > RATIOS[name] / 3
