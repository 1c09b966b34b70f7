"""Whatever becomes of the files of the compile cache, a fresh process answers right, and mends them if it can."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.compiled("there is nothing to cache")]

PROGRAM = Path(__file__).with_name("halving.py")


def start(cache, *options, program=PROGRAM, env=None, **keywords):
    """A process that runs one kernel, with its cache in a folder."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)} | (env or {})
    return subprocess.Popen([sys.executable, *options, program], env=environment, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, **keywords)  # fmt: skip


def assert_right(process):
    out, errors = process.communicate(timeout=300)
    assert (process.returncode, out, errors) == (0, "1.5\n", "")


def files(cache, suffix=""):
    """Sizes of the cache's files, and when they were written."""
    found = [path for path in cache.rglob(f"*{suffix}") if path.is_file()]
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in found}


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache")
    assert_right(start(cache))
    assert files(cache, ".nbi") and files(cache, ".nbc")
    return cache


@pytest.fixture
def cache(warm, tmp_path):
    """A cache of its own, with all that is needed."""
    return Path(shutil.copytree(warm, tmp_path / "cache"))


def test_a_sound_cache_is_used(cache):
    before = files(cache)
    assert_right(start(cache))
    assert files(cache) == before


DAMAGE = {
    "empty": lambda content: b"",
    "torn at the start": lambda content: content[:20],
    "torn at the end": lambda content: content[:-1],
    "garbage": lambda content: random.Random(0).randbytes(len(content)),
    "a pickle of something else": lambda content: b"\x80\x04N.",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
def test_a_damaged_cache_is_compiled_again(cache, suffix, damage):
    (path,) = files(cache, suffix)
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)
    assert_right(start(cache))
    assert path.read_bytes() != damaged
    mended = files(cache)
    assert_right(start(cache))
    assert files(cache) == mended


def test_a_folder_in_the_place_of_a_file(cache):
    for path in files(cache, ".nbi"):
        path.unlink()
        path.mkdir()
    assert_right(start(cache))


def test_a_file_in_the_place_of_the_cache_s_folder(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert_right(start(blocked / "cache"))


def test_a_full_disk(tmp_path):
    """No file may be longer than 1000 bytes; the compiled code is."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    assert_right(start(tmp_path, preexec_fn=limit))
    assert not files(tmp_path, ".nbc")
    assert_right(start(tmp_path))
    assert files(tmp_path, ".nbc")


def test_a_kill_while_the_cache_is_written(tmp_path):
    process = start(tmp_path)
    while not files(tmp_path) and process.poll() is None:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=300)
    assert process.returncode == -signal.SIGKILL
    assert_right(start(tmp_path))


def test_what_a_kill_left_behind(cache):
    """numba writes to a file of another name first."""
    for path in files(cache):
        path.with_name(f"{path.name}.tmp.0123456789abcdef").write_bytes(path.read_bytes()[:100])
    assert_right(start(cache))


def test_several_processes_at_once(tmp_path):
    for process in [start(tmp_path) for _ in range(4)]:
        assert_right(process)
    written = files(tmp_path)
    assert_right(start(tmp_path))
    assert files(tmp_path) == written


def test_no_place_for_a_cache(tmp_path):
    """Neither beside the source, nor in a home, nor anywhere else."""
    program = Path(shutil.copy(PROGRAM, tmp_path))
    (tmp_path / "__pycache__").write_text("not a folder")
    assert_right(start("", program=program, env={"HOME": "/proc/nowhere", "XDG_CACHE_HOME": "/proc/nowhere"}))


def test_a_home_that_does_not_exist(cache, tmp_path):
    assert_right(start(cache, env={"HOME": str(tmp_path / "nobody")}))


def test_an_isolated_python(cache):
    assert_right(start(cache, "-I"))


def test_without_the_jit(tmp_path):
    assert_right(start(tmp_path, env={"NUMBA_DISABLE_JIT": "1"}))
    assert not files(tmp_path)
