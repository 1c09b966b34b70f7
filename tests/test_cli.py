"""The commands: what they print, where, and with which exit code."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lti_depth import __version__, cli, experiments, report, theorems
from lti_depth.experiments import parallel, verdicts

ROOT = Path(__file__).parent.parent


@pytest.fixture
def run(capsys):
    """Run a command in this process: (exit code, stdout, stderr)."""

    def command(*arguments):
        with pytest.raises(SystemExit) as exit:
            cli.main(list(map(str, arguments)))
        captured = capsys.readouterr()
        return exit.value.code, captured.out, captured.err

    return command


def one_line(error):
    return error.startswith("lti-depth: ") and error.count("\n") == 1 and "Traceback" not in error


def process(*arguments, **options):
    return subprocess.Popen([sys.executable, "-m", "lti_depth", *map(str, arguments)], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def test_version(run):
    assert run("--version") == (0, f"lti-depth {__version__}\n", "")


@pytest.mark.parametrize("arguments", [[], ["reproduce"], ["prove"], ["derive"], ["train"]])
def test_help_shows_an_example(run, arguments):
    code, out, _ = run(*arguments, "--help")
    assert code == 0 and "Example:" in out


def test_help_is_quick():
    code = ("import sys, lti_depth.cli\n"
            "print(sorted({'numpy', 'sympy', 'numba', 'matplotlib', 'scipy'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n", done.stderr


def test_as_a_module():
    with process("--version") as started:
        out, _ = started.communicate(timeout=60)
    assert started.returncode == 0 and out == f"lti-depth {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["reprodce"], "reprodce"),
        (["reproduce", "--fulll"], "--fulll"),
        (["reproduce", "grwth"], "did you mean growth?"),
        (["reproduce", "growth", "nothing-like-it"], "expected one of autocovariance, growth, universality, delay"),
        (["prove", "lema-1"], "did you mean lemma-1?"),
        (["prove", "lemma-1", "nothing-like-it"], "expected one of impulse-response, transfer-function"),
        (["derive", "autocovariance"], "--layers"),
        (["derive", "autocovariance", "--layers", "2.5"], "layers: expected an int of at least 1, or a name"),
        (["derive", "modal", "--layers", "K"], "expected an int for modal"),
        (["derive", "modal", "--layers", "2", "--arm", "lru"], "arm: expected none for modal"),
        (["derive", "autocovariance", "--layers", "0"], "at least 1"),
        (["derive", "variancee", "--layers", "2"], "expected one of"),
        (["derive", "autocovariance", "--layers", "2", "--format", "word"], "latex"),
        (["derive", "autocovariance", "--layers", "2", "--process", "pink"], "ar1"),
        (["derive", "group_delay", "--layers", "2", "--timing", "late"], "delayed"),
    ],
)
def test_bad_input_is_one_line(run, monkeypatch, tmp_path, arguments, message):
    monkeypatch.chdir(tmp_path)
    code, out, error = run(*arguments)
    assert code == 2 and out == "" and one_line(error) and message in error
    assert list(tmp_path.iterdir()) == []


def test_no_command_prints_the_help(run):
    code, out, error = run()
    assert code == 2 and "reproduce" in out + error and "Traceback" not in error


def test_derive(run):
    code, out, error = run("derive", "group_delay", "--layers", 1, "--format", "latex")
    assert code == 0 and error == "" and r"\cos" in out
    code, out, _ = run("derive", "group_delay", "--layers", 1, "--format", "latex", "--json")
    assert code == 0
    answer = json.loads(out)
    assert (answer["quantity"], answer["layers"], answer["format"]) == ("group_delay", 1, "latex")
    assert r"\cos" in answer["formula"]


def test_derive_for_any_depth(run):
    code, out, error = run("derive", "growth_per_layer", "--layers", "n", "--equal", "--arm", "lru", "--format", "c")
    assert code == 0 and error == "" and "double growth_per_layer(double n, double pole, double b, double c)" in out
    code, out, _ = run("derive", "asymptotic_variance", "--layers", "n", "--equal", "--limit", "slow", "--json")
    assert code == 0 and json.loads(out)["layers"] == "n"


def test_reproduce(run, tmp_path):
    code, out, error = run("reproduce", "real-input", "--out", tmp_path / "a" / "b")
    assert code == 0, error
    assert "real-input/window" in out and "refuted" in out
    assert (tmp_path / "a" / "b" / "report.html").stat().st_size > 10000


def test_reproduce_as_json(run, tmp_path):
    code, out, _ = run("reproduce", "real-input", "--out", tmp_path, "--json")
    claims = json.loads(out, parse_constant=lambda constant: pytest.fail(constant))
    assert code == 0 and claims == json.loads((tmp_path / "claims.json").read_text())


def test_a_verdict_off_the_record_fails(run, monkeypatch, tmp_path):
    record = verdicts.load()
    record["real-input/window"]["default"] = "confirmed"
    monkeypatch.setattr(verdicts, "load", lambda: record)
    code, _, error = run("reproduce", "real-input", "--out", tmp_path)
    assert code == 1 and "real-input/window: refuted, on record confirmed" in error
    assert (tmp_path / "report.html").exists()


def test_recording(run, monkeypatch, tmp_path):
    path = tmp_path / "verdicts.json"
    path.write_text('{"growth/legendre": {"default": "confirmed"}}')
    monkeypatch.setattr(verdicts, "PATH", path)
    assert run("reproduce", "real-input", "--out", tmp_path / "out")[0] == 1
    assert len(json.loads(path.read_text())) == 1
    assert run("reproduce", "real-input", "--out", tmp_path / "out", "--record")[0] == 0
    assert json.loads(path.read_text())["real-input/window"] == {"default": "refuted"}


def test_prove(run, tmp_path):
    code, out, error = run("prove", "spectrum", "--out", tmp_path / "new")
    assert code == 0 and error == "" and "holds" in out and "spectrum" in out and "the paper" in out
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["theorems.html", "theorems.json"]


def test_prove_as_json(run):
    code, out, error = run("prove", "spectrum", "lemma-1", "--json")
    proved = json.loads(out, parse_constant=lambda constant: pytest.fail(constant))
    assert code == 0 and error == "" and [each["name"] for each in proved] == ["lemma-1", "spectrum"]
    for each in proved:
        assert {"name", "statement", "source", "tier", "range", "seconds", "verdict"} <= set(each)
        assert each["verdict"] == "holds" and each["failures"] == [] and each["seconds"] > 0


def test_a_theorem_that_fails(run, monkeypatch):
    right = theorems.theorem("spectrum")
    wrong = replace(right, law=right.bug)
    monkeypatch.setattr(theorems, "theorem", lambda name: wrong)
    code, out, error = run("prove", "spectrum")
    assert code == 1 and "fails" in out
    assert "lti-depth: spectrum: proof: " in error and "lti-depth: spectrum: shadow: deviation" in error


def test_prove_where_nothing_can_be_written(run, monkeypatch, tmp_path):
    monkeypatch.setattr(theorems, "run_all", lambda *arguments, **options: pytest.fail("computed before looking"))
    (tmp_path / "file").write_text("mine")
    code, out, error = run("prove", "spectrum", "--out", tmp_path / "file")
    assert code == 2 and out == "" and one_line(error) and "--out" in error


@pytest.mark.slow
def test_all_theorems_in_less_than_a_minute(run):
    """On the processors of two workers; what waits for the cores of a busy machine does not count."""
    before = os.times()
    code, out, error = run("prove", "--json")
    after = os.times()
    proved = json.loads(out)
    assert code == 0, error
    assert [each["name"] for each in proved] == list(theorems.names())
    used = sum(after[:4]) - sum(before[:4])
    assert used < 2 * 60


@pytest.mark.parametrize("below", [".", "below", "below/it"])
def test_where_nothing_can_be_written(run, monkeypatch, tmp_path, below):
    def never(*arguments, **options):
        raise AssertionError("computed before looking whether it can be written")

    monkeypatch.setattr(experiments, "run", never)
    file = tmp_path / "file"
    file.write_text("mine")
    code, out, error = run("reproduce", "--out", file / below)
    assert code == 2 and out == "" and one_line(error) and "--out" in error
    assert file.read_text() == "mine" and list(tmp_path.iterdir()) == [file]


def test_a_full_disk(run, monkeypatch, tmp_path):
    def full(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "claims.json")

    monkeypatch.setattr(report, "write_results", full)
    code, out, error = run("reproduce", "real-input", "--out", tmp_path)
    assert code == 2 and out == "" and "cannot write claims.json" in error and "Traceback" not in error


def test_interrupted(run, monkeypatch, tmp_path):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(parallel, "run_all", interrupt)
    code, out, error = run("reproduce", "--out", tmp_path)
    assert code == 130 and out == "" and error == "lti-depth: interrupted\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows interrupts a whole console, the tests with it")
def test_interrupted_by_a_signal(tmp_path):
    out = tmp_path / "out"
    started = process("reproduce", "--full", "--out", out,
                      preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    with started:
        deadline = time.monotonic() + 60
        while not out.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
        started.send_signal(signal.SIGINT)
        _, error = started.communicate(timeout=120)
    assert started.returncode == 130, error
    assert "Traceback" not in error
    assert not [path for path in out.rglob("*") if path.name.endswith(".part")]
