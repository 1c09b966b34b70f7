"""Jobs and studies without optional peers, and the command that runs them."""

import json
from dataclasses import replace

import numpy as np
import pytest

from lti_depth import bench, cli, numeric
from lti_depth.bench import accuracy
from lti_depth.bench import job as jobs

QUICK = ["sequence-1", "group-delay-100", "response-100", "covariance-12", "sampled-gradient-2", "population-gradient"]


@pytest.fixture(autouse=True)
def scipy_alone(monkeypatch):
    monkeypatch.setattr(jobs, "find_spec", lambda name: None)


@pytest.fixture
def run(capsys):
    def command(*arguments):
        with pytest.raises(SystemExit) as exit:
            cli.main(["bench", *map(str, arguments)])
        captured = capsys.readouterr()
        return exit.value.code, captured.out, captured.err

    return command


@pytest.mark.parametrize("name", QUICK)
def test_a_job_agrees(name):
    runs = bench.JOBS[name].build()
    checks = runs.agree()
    assert checks and all(check.holds for check in checks), list(map(str, checks))
    assert any(check.bound is not None for check in checks)


def test_a_planted_sign_is_found(monkeypatch):
    true = numeric.group_delay
    monkeypatch.setattr(numeric, "group_delay", lambda *given: -true(*given))
    assert not all(check.holds for check in bench.JOBS["group-delay-100"].build().agree())


def test_every_job_has_its_own_name_and_a_limit_or_a_peer():
    assert len(bench.JOBS) + len(bench.STUDIES) == len(set(bench.names()))
    assert all(name == job.name and job.size for name, job in bench.JOBS.items())


@pytest.mark.parametrize("quantity", accuracy.QUERIES)
@pytest.mark.parametrize("family", accuracy.FAMILIES)
@pytest.mark.parametrize("timing", ["current", "delayed"])
def test_scipy_answers_the_same_question(quantity, family, timing):
    """Two layers, 1e-4 from the circle at least, leave scipy seven digits; ours keeps its promise."""
    stack = numeric.cascade(**family(2, np.random.default_rng(2)), timing=timing)
    case = accuracy._case(quantity, accuracy.FAMILIES[family], stack)
    assert case.ours <= 1 and case.scipy < 1e8 and case.radius <= 1e-15


def test_help_shows_an_example(run):
    code, out, _ = run("--help")
    assert code == 0 and "Example:" in out


def test_the_command(run, tmp_path):
    code, out, error = run("covariance-12", "--out", tmp_path)
    assert code == 0 and error == ""
    assert all(part in out for part in ("covariance-12", "slycot", "missing", "load"))
    assert [path.name for path in tmp_path.iterdir()] == ["bench.json"]


def test_the_command_prints_json(run, tmp_path):
    code, out, _ = run("covariance-12", "--json", "--out", tmp_path)
    record = json.loads(out, parse_constant=lambda constant: pytest.fail(constant))
    assert code == 0 and record == json.loads((tmp_path / "bench.json").read_text())
    (job,) = record["jobs"]
    assert job["unit"] == "s" and job["peers"]["slycot"] is None and job["best_peer"] == "scipy"
    assert job["ratio"] == pytest.approx(job["peers"]["scipy"] / job["ours"]["ours"])
    assert record["machine"]["numpy"] == np.__version__ and record["accuracy"] == record["growth"] == []


def test_a_disagreement_is_exit_code_1(run, monkeypatch):
    job = bench.JOBS["covariance-12"]

    def build():
        runs = job.build()
        return replace(runs, agree=lambda: [*runs.agree(), bench.Check("planted", 1.0, 1e-3, "a test")])

    monkeypatch.setitem(bench.JOBS, "covariance-12", replace(job, build=build))
    code, out, error = run("covariance-12")
    assert code == 1 and "no agreement" in out
    assert error == "lti-depth: covariance-12: planted: error 1, allowed 0.001 (a test)\n"


def test_names_that_are_none_are_refused_in_one_line(run):
    code, out, error = run("seqence-12")
    assert code == 2 and out == "" and error.count("\n") == 1
    assert all(name in error for name in bench.names()) and "did you mean sequence-12?" in error


def test_a_directory_that_cannot_be_written(run, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, error = run("covariance-12", "--out", tmp_path / "file")
    assert code == 2 and "--out: expected a directory that can be written" in error
