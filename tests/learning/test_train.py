"""lti-depth train: strict configurations, runs that go on where they were, and damage that is named."""

import json
import re
import subprocess
import sys
import time
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lti_depth import cli, plotting, report
from lti_depth.learning import config, reference, runs
from lti_depth.learning.recipes import TABLES

ROOT = Path(__file__).parent.parent.parent
BASE = """
[teacher]
kind = "cascade"
poles = [0.8]
[student]
kind = "cascade"
layers = 2
[optimizer]
kind = "adam"
rate = 0.01
[run]
steps = 20
seeds = 2
"""


def changed(*pairs):
    text = BASE
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def parsed(text):
    return config.parse(tomllib.loads(text))


@pytest.fixture
def run(capsys):
    def command(*arguments):
        with pytest.raises(SystemExit) as exit:
            cli.main(list(map(str, arguments)))
        captured = capsys.readouterr()
        return exit.value.code, captured.out, captured.err

    return command


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "run.toml"
    path.write_text(BASE)
    return path


def one_line(error):
    return error.startswith("lti-depth: ") and error.count("\n") == 1 and "Traceback" not in error


# --- Configurations -------------------------------------------------------------------------------------------------

TEACHERS = {
    "cascade": 'kind = "cascade"\npoles = [0.5, 0.4]\nb = 2\ntiming = "delayed"',
    "planted": 'kind = "planted"\nlayers = 3\nstates = 2\nphase = 1.0',
    "zucchet": 'kind = "zucchet"\nnu0 = 0.5',
    "delay": 'kind = "delay"\ndelay = 3',
    "pade_delay": 'kind = "pade_delay"\ndelay = 5\norder = 3',
}
STUDENTS = {
    "cascade": 'kind = "cascade"\nlayers = 2\ninit = "equal_memory"\ndelay = 3',
    "constant": 'kind = "cascade"\nlayers = 2\ninit = "constant"\npole = 0.3\ntrain = ["poles", "C"]\ngamma = false',
    "lru": 'kind = "lru"\nstates = 3\nr_max = 0.9',
    "network": 'kind = "lru"\nlayers = 2\nstates = 2\nr_max = 0.9\nnorm = "rms"\nactivation = "tanh"\nresidual = true',
}
OPTIMIZERS = {
    "gradient_descent": "rate = 1e-3",
    "adam": "rate = {poles = 0.01, B = 0.02}\nbetas = [0.9, 0.99]\nfinal_rate = 1e-4",
    "natural_gradient": "damping = 1e-8", "lbfgs": "memory = 5", "least_squares": "", "gradient_flow": "time = 0.5",
}  # fmt: skip
PROCESSES = {"white": "variance = 2", "ar1": "rho = 0.5", "arma": "ar = [0.5]\nma = [0.2, 0.1]"}


def table(name, content):
    return f"[{name}]\n{content}\n"


def text(teacher="cascade", student="cascade", optimizer="adam", process=None, run="steps = 3"):
    rate = OPTIMIZERS[optimizer] if student == "cascade" or optimizer != "adam" else "rate = 0.01"
    return (table("teacher", TEACHERS[teacher]) + table("student", STUDENTS[student])
            + table("optimizer", f'kind = "{optimizer}"\n{rate}')
            + (table("process", f'kind = "{process}"\n{PROCESSES[process]}') if process else "") + table("run", run))


def trained(content, tmp_path):
    return runs.train(parsed(content), tmp_path, report.write_atomically)


@pytest.mark.parametrize("teacher", TEACHERS)
@pytest.mark.parametrize("student", STUDENTS)
def test_every_teacher_and_student(teacher, student, tmp_path):
    task = "population" if student != "network" else "sampled"
    extra = "\nbatch = 2\nlength = 20\nwashout = 5" if task == "sampled" else ""
    run = f'steps = 3\ntask = "{task}"{extra}'
    (seed,) = trained(text(teacher, student, run=run), tmp_path)
    assert seed.record["status"] == "max steps" and len(seed.arrays["losses"]) == 4
    assert np.isfinite(seed.arrays["losses"]).all()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("process", PROCESSES)
def test_every_optimizer_and_process(optimizer, process, tmp_path):
    (seed,) = trained(text(optimizer=optimizer, process=process, run="steps = 20"), tmp_path)
    assert seed.arrays["losses"][-1] < seed.arrays["losses"][0]


def test_a_series(tmp_path):
    np.savetxt(tmp_path / "series.txt", np.sin(np.arange(50)))
    content = BASE.replace('kind = "cascade"\npoles = [0.8]', 'kind = "series"\nfile = "series.txt"')
    (tmp_path / "run.toml").write_text(content)
    settings = config.read(tmp_path / "run.toml")
    first, _ = runs.train(settings, tmp_path / "out", report.write_atomically)
    assert first.record["loss"] < first.record["first_loss"]
    np.savetxt(tmp_path / "series.txt", np.cos(np.arange(50)))
    assert config.read(tmp_path / "run.toml").digest != settings.digest


@pytest.mark.parametrize(("content", "message"), [
    ("[teacher", "expected TOML"),
    ("", "[teacher]: expected a table"),
    (changed(("[student]", "[studnt]")), "did you mean student?"),
    (changed(('"adam"', '"adm"')), "did you mean adam?"),
    (changed(("layers", "layer")), "did you mean layers?"),
    (changed(("rate = 0.01", "")), "expected the key 'rate'"),
    (changed(("rate = 0.01", 'rate = "fast"')), "optimizer.rate: expected a number"),
    (changed(("rate = 0.01", "rate = {poles = 0.1}")), "one for each of 'poles', 'B'"),
    (changed(("rate = 0.01", "rate = -1.0")), "rate: expected a positive number"),
    (changed(("rate = 0.01", "rate = nan")), "optimizer.rate: expected a number"),
    (changed(("layers = 2", "layers = 2.5")), "student.layers: expected an integer"),
    (changed(("layers = 2", "layers = true")), "student.layers: expected an integer"),
    (changed(("layers = 2", "layers = 0")), "expected an integer of at least 1"),
    (changed(("layers = 2", 'layers = 2\ninit = "unifrm"')), "init"),
    (changed(("layers = 2", 'layers = 2\ntrain = ["pols"]')), "expected groups among"),
    (changed(("[0.8]", "[1.5]")), "inside the unit circle"),
    (changed(("[0.8]", '["a"]')), "expected real or complex numbers"),
    (changed(("[0.8]", "[1.5]")), '[teacher] with run.task = "population" needs |λ| < 1, got the pole 1.5'),
    (changed(('"cascade"\nlayers = 2', '"lru"\nstates = 2\nactivation = "gelu"')), 'run.task: expected "sampled"'),
    (changed(('"cascade"\nlayers = 2', '"lru"\nstates = 0')), "[student] states: expected an integer of at least 1"),
    (changed(("layers = 2", "layers = 0")), "[student] layers: expected an integer of at least 1"),
    (changed(("layers = 2", 'layers = 2\ninit = "constant"\npole = 1.0')), '[student] with run.task = "population"'),
    (changed(("layers = 2", 'layers = 2\ncoordinates = "log"')), "[student] coordinates: expected one of 'direct'"),
    (changed(("layers = 2", 'layers = 2\ngamma = true\ntrain = ["poles"]')), "expected the group 'B' beside gamma"),
    (changed(("seeds = 2", 'task = "sampled"'), ('"adam"\nrate = 0.01', '"lbfgs"')),
     'optimizer.kind: expected "gradient_descent" or "adam" with run.task = "sampled", got "lbfgs"'),
    (changed(("rate = 0.01", "rate = 0.01\nbetas = [0.9]")), "[optimizer] betas: expected shape"),
    (changed(("steps = 20", "steps = 0")), "run.steps"),
    (changed(("seeds = 2", "seeds = [1, 1]")), "different seeds"),
    (changed(("seeds = 2", "seeds = 0")), "run.seeds"),
    (changed(("seeds = 2", 'seeds = 2\ntask = "sample"')), "did you mean sampled?"),
    (changed(("seeds = 2", "seeds = 2\nbatch = 3")), "expected one of steps, seeds, every, tolerance"),
    (changed(('kind = "cascade"\npoles = [0.8]', 'kind = "series"\nfile = "nowhere.txt"')), "expected a file"),
    ("x = 1\n" * 20000, "at most 65536 bytes"),
    ("a = " + "[" * 5000, "expected TOML"),
])  # fmt: skip
def test_a_bad_configuration_is_one_line(run, tmp_path, content, message):
    path = tmp_path / "run.toml"
    path.write_text(content)
    code, out, error = run("train", path, "--out", tmp_path / "out")
    assert code == 2 and out == "" and one_line(error) and message in error
    assert not list(tmp_path.rglob("seed-*"))


def test_help_names_every_table_kind_and_key_and_what_it_means(run):
    code, printed, _ = run("train", "--help")
    parts = re.split(r"^\[(\w+)\]$", printed[printed.index("\n[teacher]\nkind = \"cascade\"\n    A") :], flags=re.M)
    assert code == 0 and parts[1::2] == list(TABLES)
    for text, table in zip(parts[2::2], TABLES.values(), strict=True):
        kinds = re.split(rf"^{table.key} = ", text, flags=re.M)[1:]
        assert [kind.split('"')[1] for kind in kinds] == list(table.builders)
        glossary = re.findall(r"^  (\w+)  +\S", text, flags=re.M)
        assert glossary == list(table.meanings)
        named = set()
        for kind, builder in zip(kinds, table.builders.values(), strict=True):
            for name, parameter in config.keys(builder).items():
                assert re.search(rf"[ ,\n]{name}(:| =) ", kind)
                assert (f"{name}: {config.described(parameter.annotation)} (needed)" in " ".join(kind.split())) == (
                    parameter.default is parameter.empty)
                named.add(name)
        assert named == set(glossary)


def test_the_defaults_in_the_help_are_the_defaults():
    for table in TABLES.values():
        for builder in table.builders.values():
            for name, parameter in config.keys(builder).items():
                if parameter.default not in (parameter.empty, None):
                    given = tomllib.loads(reference._key(name, parameter))[name]
                    assert given == (list(parameter.default) if isinstance(given, list) else parameter.default)


@pytest.mark.parametrize("name", TABLES)
def test_an_unknown_key_is_refused_with_the_nearest_name(name):
    """Every key of every kind without its last letter."""
    for kind, builder in TABLES[name].builders.items():
        for key in (key for key in config.keys(builder) if len(key) > 3):
            tables = tomllib.loads(BASE) | {name: {TABLES[name].key: kind, key[:-1]: 1}}
            with pytest.raises(ValueError, match=rf"\[{name}\] of the kind .* did you mean {key}\?"):
                config.parse(tables)


def test_no_configuration(run, tmp_path):
    code, _, error = run("train", tmp_path / "none.toml")
    assert code == 2 and one_line(error) and "none.toml" in error
    code, _, error = run("train")
    assert code == 2 and one_line(error)


def test_student_and_teacher_that_do_not_fit(run, file, tmp_path):
    file.write_text(changed(('kind = "cascade"\nlayers = 2', 'kind = "lru"\nchannels = 3\nstates = 2\nr_max = 0.5')))
    code, out, error = run("train", file, "--out", tmp_path / "out")
    assert code == 2 and out == "" and one_line(error) and "channel" in error


def test_the_digest_is_of_what_is_asked():
    digest = parsed(BASE).digest
    assert parsed(BASE + "# a comment\n").digest == digest
    assert parsed(changed(("seeds = 2", "seeds = [5, 7]"))).digest == digest  # more seeds may be added later
    assert parsed(changed(("steps = 20", "steps = 21"))).digest != digest


# --- Runs -----------------------------------------------------------------------------------------------------------


def test_train(run, file, tmp_path):
    out = tmp_path / "out"
    code, printed, error = run("train", file, "--out", out)
    assert code == 0 and error == "" and "seed    1  max steps" in printed
    names = {path.name for path in out.iterdir()}
    assert names == {"seed-0.npz", "seed-0.json", "seed-1.npz", "seed-1.json", "train.svg", "train.png"}
    with np.load(out / "seed-0.npz", allow_pickle=False) as arrays:
        assert arrays["losses"].shape == arrays["times"].shape == (21,) and arrays["trajectory"].shape == (21, 4)
        assert arrays["poles_1"].shape == (1,)


def test_as_json(run, file, tmp_path):
    code, printed, _ = run("train", file, "--out", tmp_path / "out", "--json")
    records = json.loads(printed, parse_constant=lambda constant: pytest.fail(constant))
    assert code == 0 and [record["seed"] for record in records] == [0, 1]
    assert records[0]["loss"] < records[0]["first_loss"]


def test_divergence_is_a_result(run, file, tmp_path):
    file.write_text(changed(('"adam"', '"gradient_descent"'), ("0.01", "1000.0")))
    code, printed, error = run("train", file, "--out", tmp_path / "out")
    assert code == 1 and "diverged at step" in printed and one_line(error) and "2 of 2 seeds diverged" in error
    assert (tmp_path / "out" / "seed-1.json").exists()


def test_some_seeds_diverge(run, file, tmp_path, monkeypatch):
    """Beside one that does not they are said, and no failure."""
    whole = runs.train

    def one_diverged(*arguments):
        first, second = whole(*arguments)
        return [replace(first, record=first.record | {"status": "diverged at step 3"}), second]

    monkeypatch.setattr(runs, "train", one_diverged)
    code, _, error = run("train", file, "--out", tmp_path / "out")
    assert code == 0 and one_line(error) and "1 of 2 seeds diverged" in error


def test_finished_seeds_are_not_trained_again(run, file, tmp_path, monkeypatch):
    out = tmp_path / "out"
    assert run("train", file, "--out", out)[0] == 0
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in out.glob("seed-*")}
    (out / "seed-1.json").unlink()  # as if it had been killed within the second seed
    trained = []
    inner = runs.fit

    def counted(*arguments, seed, **options):
        trained.append(seed)
        return inner(*arguments, seed=seed, **options)

    monkeypatch.setattr(runs, "fit", counted)
    assert run("train", file, "--out", out)[0] == 0
    assert trained == [1]
    for name, (stamp, content) in before.items():
        assert (out / name).read_bytes() == content  # the same seed, the same bits
        assert name.startswith("seed-1") or (out / name).stat().st_mtime_ns == stamp


def test_another_configuration_does_not_mix(run, file, tmp_path):
    out = tmp_path / "out"
    assert run("train", file, "--out", out)[0] == 0
    file.write_text(changed(("steps = 20", "steps = 30")))
    code, printed, error = run("train", file, "--out", out)
    assert code == 2 and printed == "" and one_line(error) and "another configuration" in error


@pytest.mark.parametrize(("name", "damage"), [
    ("seed-0.npz", lambda content: content[:-7]),
    ("seed-0.npz", lambda content: content[:100] + b"x" + content[101:]),
    ("seed-0.npz", None),
    ("seed-1.json", lambda content: content[: len(content) // 2]),
    ("seed-1.json", lambda content: content.replace(b"max steps", b"converged")),
    ("seed-1.json", lambda content: b"[" * 100000),
    ("seed-1.json", lambda content: b"3"),
    ("seed-1.json", lambda content: b"\xff\xfe"),
])  # fmt: skip
def test_damage_is_named(run, file, tmp_path, name, damage):
    out = tmp_path / "out"
    assert run("train", file, "--out", out)[0] == 0
    path = out / name
    path.write_bytes(damage(path.read_bytes())) if damage else path.unlink()
    code, printed, error = run("train", file, "--out", out)
    assert code == 1 and printed == "" and one_line(error) and name in error and "remove" in error


def test_where_nothing_can_be_written(run, file, tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "fit", lambda *args, **options: pytest.fail("trained before looking"))
    code, _, error = run("train", file, "--out", file / "below")
    assert code == 2 and one_line(error) and "--out" in error


def test_a_full_disk_keeps_what_is_finished(run, file, tmp_path, monkeypatch):
    out, write, written = tmp_path / "out", report.write_atomically, []

    def filling(path, content):
        if len(written) == 2:
            raise OSError(28, "No space left on device", str(path))
        written.append(path)
        write(path, content)

    monkeypatch.setattr(report, "write_atomically", filling)
    code, _, error = run("train", file, "--out", out)
    assert code == 2 and one_line(error) and "cannot write" in error
    monkeypatch.undo()
    digest = config.read(file).digest
    assert runs.load(out, 0, digest) is not None and runs.load(out, 1, digest) is None


def test_kill_loses_at_most_the_seed_in_flight(run, file, tmp_path):
    file.write_text(changed(("steps = 20", "steps = 2000"), ("seeds = 2", "seeds = 40")))
    out = tmp_path / "out"
    with subprocess.Popen([sys.executable, "-m", "lti_depth", "train", file, "--out", out], cwd=ROOT,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as started:
        deadline = time.monotonic() + 60
        while not (out / "seed-1.json").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        started.kill()
    digest = config.read(file).digest
    found = [runs.load(out, seed, digest) for seed in range(40)]
    finished = sum(seed is not None for seed in found)
    assert 2 <= finished < 40 and all(seed is not None for seed in found[:finished])


def test_the_curve_of_many_seeds_is_a_band(tmp_path):
    settings = parsed(changed(("seeds = 2", "seeds = 12\ntolerance = 0.05")))
    result = runs.result(settings, runs.train(settings, tmp_path, report.write_atomically))
    (band,) = result.panels[0].curves
    assert (band.low <= band.y).all() and (band.y <= band.high).all() and "12 seeds" in band.label
    assert plotting.svg(plotting.figure(result)).startswith(b"<?xml")
