"""Mutation testing of the kernels: each small change of one must fail a test, or be explained in equivalent.toml.

    .venv/bin/python .ci/mutate.py [KERNEL…]

mutmut changes one expression at a time and runs tests/kernels/test_<kernel>*.py. It leaves decorated functions alone,
and what it puts in their place cannot be compiled. So this works on a copy of the tree without the decorators, where
kernels are plain functions, one file of them at a time: a change has to be found by the tests of its own file.

Fails if fewer than 90 % of the changes are found, if one that is not found has no explanation, or if an explanation
stands for a change that is found or no longer made. What takes five times as long as its tests counts as found.
"""

import ast
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_MUTATED = {"__init__", "jit", "vectors", "tiles", "steps", "plain", "fused"}  # machine code, its twins
SLOW = {"test_responses.py"}  # minutes, where kernels are not compiled
LEAST = 0.9
SETTINGS = """
[mutmut]
source_paths = lti_depth
only_mutate = lti_depth/kernels/{kernel}.py
pytest_add_cli_args_test_selection =
    -m
    not slow
{tests}
pytest_add_cli_args =
    -p
    no:cacheprovider
    --tb=no
timeout_constant = 1.0
timeout_multiplier = 5.0

[tool:pytest]
markers =
    slow: not run here
"""
ENVIRONMENT = {"NUMBA_DISABLE_JIT": "1", "OPENBLAS_NUM_THREADS": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
COLUMNS = ("killed", "timeout", "survived", "explained")
CONFTEST = """
from hypothesis import Phase, settings
found_first = {"derandomize": True, "deadline": None, "database": None, "phases": [Phase.explicit, Phase.generate]}
settings.register_profile("fast", **found_first)
settings.load_profile("fast")
"""
FOUND = {1: "killed", 3: "killed", -24: "timeout", 24: "timeout", 36: "timeout", 152: "timeout", 255: "timeout"}


def kernels():
    names = {path.stem for path in (ROOT / "lti_depth" / "kernels").glob("*.py")}
    return sorted(names - NOT_MUTATED)


def tests_of(kernel):
    found = sorted(ROOT.glob(f"tests/kernels/test_{kernel}*.py"))
    return [path.relative_to(ROOT) for path in found if path.name not in SLOW]


def mutated(kernel, tree):
    """{mutant: exit status of its tests} of one file of kernels, in the folder `tree`."""
    for part in ("lti_depth", "tests"):
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    (tree / "tests" / "conftest.py").write_text(CONFTEST)
    tests = "\n".join(f"    {path}" for path in tests_of(kernel))
    (tree / "setup.cfg").write_text(SETTINGS.format(kernel=kernel, tests=tests))
    source = tree / "lti_depth" / "kernels" / f"{kernel}.py"
    source.write_text(re.sub(r"^@jit(\(.*\))?\n", "", source.read_text(), flags=re.MULTILINE))
    command = [Path(sys.executable).with_name("mutmut"), "run", "--max-children", str(len(os.sched_getaffinity(0)))]
    run = subprocess.run(command, cwd=tree, env=os.environ | ENVIRONMENT, capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"mutmut could not test {kernel}.py:\n{run.stdout[-10000:]}{run.stderr}")
    return json.loads((tree / f"mutants/lti_depth/kernels/{kernel}.py.meta").read_text())["exit_code_by_key"]


def changes(kernel, tree):
    """{mutant: (function, lines before, lines after, turn)}: where a function repeats a line, its turns are counted."""
    text = (tree / f"mutants/lti_depth/kernels/{kernel}.py").read_text()
    lines = text.splitlines()
    functions = {
        node.name: [line.partition("  #")[0].strip() for line in lines[node.lineno : node.end_lineno]]
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef)
    }
    turns, found = Counter(), {}
    for name, body in functions.items():
        stem, _, number = name.rpartition("__mutmut_")
        if not stem or number == "orig":
            continue
        difference = list(difflib.ndiff(functions[f"{stem}__mutmut_orig"], body))
        old, new = ("\n".join(line[2:] for line in difference if line[0] == sign) for sign in "-+")
        change = stem.removeprefix("x_"), old, new
        turns[change] += 1
        found[f"lti_depth.kernels.{kernel}.{name}"] = (*change, turns[change])
    return found


def explained(kernel):
    """{change: reason}"""
    entries = tomllib.loads((ROOT / ".ci" / "equivalent.toml").read_text()).get(kernel, [])
    return {(entry["function"], entry["line"], line, entry.get("turn", 1)): entry["why"]
            for entry in entries for line in entry["becomes"]}  # fmt: skip


def tested(kernel):
    """Counts of the changes of one kernel, and complaints."""
    with tempfile.TemporaryDirectory() as folder:
        status, change = mutated(kernel, Path(folder)), changes(kernel, Path(folder))
    counts = Counter(FOUND.get(code, "survived") for code in status.values())
    survivors = {change[name] for name, code in status.items() if code not in FOUND}
    known = explained(kernel).keys()
    counts["explained"] = len(survivors & known)
    complaints = [f"{kernel}: not found by any test: {survivor}" for survivor in sorted(survivors - known)]
    return counts, complaints + [f"{kernel}: explained, but found or not made: {gone}" for gone in known - survivors]


def row(name, counts):
    found, survived = counts["killed"] + counts["timeout"], counts["survived"]
    rate = found / (found + survived)
    print(f"{name:14}" + "".join(f"{counts[column]:10}" for column in COLUMNS) + f"{rate:10.1%}", flush=True)
    return rate


def main(chosen):
    print(" " * 14 + "".join(f"{column:>10}" for column in COLUMNS))
    total, complaints = Counter(), []
    for kernel in chosen or kernels():
        if not tests_of(kernel):
            complaints.append(f"{kernel}: expected tests in tests/kernels/test_{kernel}*.py, found none")
            continue
        counts, more = tested(kernel)
        row(kernel, counts)
        total += counts
        complaints += more
    rate = row("all", total)
    print(*complaints, sep="\n")
    raise SystemExit(bool(complaints) or rate < LEAST)


if __name__ == "__main__":
    main(sys.argv[1:])
