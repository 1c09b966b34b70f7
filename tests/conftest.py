"""Settings of the property tests (the same examples in every run, and no deadline, since first calls compile), and the
results of the experiments."""

import os
import pickle
import time

import pytest
from hypothesis import HealthCheck, Phase, settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded: two workers share two cores

from lti_depth import experiments

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=10,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],  # no Phase.explain: tracing slows the oracles tenfold
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.register_profile("deep", settings.get_profile("ci"), derandomize=False, max_examples=1000)
settings.load_profile("ci")


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """{name: Result} of every experiment at its default setting; of two workers, one runs them and one waits."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return _run_all()
    shared = tmp_path_factory.getbasetemp().parent / "results"
    try:
        shared.mkdir()
    except FileExistsError:
        while not (shared / "done").exists():
            time.sleep(0.1)
        found = pickle.loads((shared / "pickle").read_bytes())
        assert found is not None, "the experiments failed in the other worker"
        return found
    found = None
    try:
        found = _run_all()
    finally:
        (shared / "pickle").write_bytes(pickle.dumps(found))
        (shared / "done").touch()
    return found


def _run_all():
    return {name: experiments.run(name) for name in experiments.DESCRIPTIONS}
