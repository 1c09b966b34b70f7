"""The compile cache: a torn file, a place that cannot be written and a changed callee must not stop a program."""

import os
import subprocess
import sys

import numpy as np
import pytest
from numba.core.caching import NullCache
from specializations import Specializations

from lti_depth import numeric
from lti_depth.kernels import batches, cascade, delays, frequency, jit, pairs, responses, sequences, wide

RUN = "from lti_depth import numeric; print(numeric.group_delay(numeric.cascade([0.5]), 0.0))"


def run(cache, code=RUN):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=300)


@pytest.mark.compiled("there is nothing to cache")
@pytest.mark.slow
def test_a_truncated_cache_is_compiled_again(tmp_path):
    assert run(tmp_path).stdout.strip() == "1.0"
    files = [path for path in tmp_path.rglob("*") if path.suffix in (".nbi", ".nbc")]
    assert files
    for path in files:
        path.write_bytes(path.read_bytes()[:20])
    again = run(tmp_path)
    assert again.returncode == 0 and again.stdout.strip() == "1.0", again.stderr
    assert all(path.stat().st_size > 20 for path in files if path.suffix == ".nbi" and "cascade_delay" in path.name)


PRODUCT = """
import sys, threading
import numpy as np
from lti_depth import numeric
layer = numeric.Layer([0.5, 0.25], np.eye(2), np.eye(2))
before, found = "scipy.linalg" in sys.modules, []
thread = threading.Thread(target=lambda: found.append(numeric.state_variance(numeric.stack([layer]))))
thread.start(), thread.join()
print(before, *found[0].ravel() * [0.75, 0.9375])
"""
DELAY = RUN + "; import sys; print('scipy.linalg' in sys.modules)"


@pytest.mark.compiled("there is nothing to cache")
@pytest.mark.slow
def test_scipy_is_imported_with_the_first_product(tmp_path):
    """Matrix products find their BLAS, compiled or from the cache, in another thread too; the rest does without."""
    for code, printed in ((DELAY, "1.0 False"), (PRODUCT, "False 1.0 1.0"), (PRODUCT, "False 1.0 1.0")):
        result = run(tmp_path, code)
        assert result.returncode == 0 and result.stdout.split() == printed.split(), result.stderr


def test_a_numba_that_asks_for_its_BLAS_elsewhere(monkeypatch):
    monkeypatch.delattr("numba.np.linalg.ensure_blas")
    jit._without_scipy.__wrapped__()


@pytest.mark.compiled("there is nothing to cache")
@pytest.mark.slow
def test_an_unwritable_cache_is_done_without(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    result = run(blocked / "cache")
    assert result.returncode == 0 and result.stdout.strip() == "1.0", result.stderr


@pytest.mark.compiled("there is nothing to cache")
def test_the_key_of_a_cached_kernel_names_all_kernel_sources(monkeypatch):
    dispatcher = frequency.cascade_delay
    cache = dispatcher._cache.files
    if isinstance(cache, NullCache):
        pytest.fail("kernels are expected to be cached")
    signature, codegen = (), dispatcher.targetctx.codegen()
    before = cache._index_key(signature, codegen)
    monkeypatch.setattr(jit, "_stamp", lambda: "other sources")
    assert cache._index_key(signature, codegen) != before


@pytest.mark.compiled("there is nothing to compile")
def test_each_kernel_compiles_once_per_dtype():
    most = {  # numbers of one to four doubles; two precisions, real and complex, with and without feedthrough, timings
        cascade.autocovariance: 4, cascade.state_covariance: 4, cascade.response: 4, pairs.state_covariance: 2,
        frequency.cascade_delay: 1, frequency.cascade_response: 1, responses.response: 1, delays.delay: 1,
        batches.simulate: 12, sequences.blocks: 2, sequences.lagged: 8, cascade.simulate: 4, wide.simulate: 4,
    }  # fmt: skip
    rng, asked = np.random.default_rng(0), Specializations(*most)
    for timing in ("current", "delayed"):
        for poles in ([0.5, 0.2], [0.5, 0.2j], [-0.5]):
            stack = numeric.cascade(poles, d=0.5, timing=timing)
            numeric.autocovariance(stack, [0, 1])
            numeric.state_variance(stack)
            for filled in (stack, numeric.cascade(poles, timing=timing)):
                numeric.group_delay(filled, [0.1])
                numeric.frequency_response(filled, 0.1)
            numeric.impulse_response(stack, 3)
            for u in (rng.normal(size=9), rng.normal(size=900), np.ones((3, 4))[:, ::2], np.ones((2, 5), order="F")):
                numeric.simulate(stack, u)
    assert [(kernel, asked.of(kernel)) for kernel in most if asked.of(kernel) > most[kernel]] == []
    assert all(kernel.signatures for kernel in most if most[kernel] == 1)


