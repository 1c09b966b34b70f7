"""The wall between the rooms: the import contract, and what a fresh process has loaded."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = {"numpy", "scipy", "sympy", "numba", "matplotlib", "typer", "rich", "latex2mathml"}


def loaded(statement):
    """The heavy packages in sys.modules after a statement, in a fresh process."""
    code = f"import sys, json\n{statement}\nprint(json.dumps([n for n in {sorted(HEAVY)} if n in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def test_import_contract():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--config", "setup.cfg"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import lti_depth", set()),
        ("import lti_depth.claims", {"numpy"}),
        ("import lti_depth.system", {"numpy"}),
        ("from lti_depth import numeric", {"numpy", "numba", "scipy"}),  # numba itself loads scipy
        ("from lti_depth import symbolic", {"sympy"}),
        ("from lti_depth import certified", {"numpy"}),
        ("from lti_depth import plotting", {"numpy", "matplotlib"}),
        ("from lti_depth import bridge", {"numpy", "sympy"}),
        ("import lti_depth.cli", {"typer", "rich"}),
    ],
)
def test_what_a_room_loads(statement, allowed):
    assert loaded(statement) <= allowed


def test_importing_the_package_is_cheap():
    code = "import time; t = time.perf_counter(); import lti_depth; print(time.perf_counter() - t)"
    times = [float(subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout)
             for _ in range(5)]
    assert min(times) < 0.1
