"""Settings of the property tests (the same examples in every run, and no deadline, since first calls compile), what is
different where kernels run uncompiled, and the results of the experiments."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded: two workers share two cores

import numba
import numpy as np

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
settings.register_profile("uncompiled", settings.get_profile("ci"), max_examples=2)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "uncompiled" if numba.config.DISABLE_JIT else "ci"))


def pytest_collection_modifyitems(config, items):
    """Uncompiled, tests marked `compiled` are skipped, and numpy is as silent about 1/0 as a compiled kernel."""
    if numba.config.DISABLE_JIT:
        np.seterr(all="ignore")
        config.addinivalue_line("filterwarnings", r"ignore::RuntimeWarning:lti_depth\.kernels\.")  # of other threads
        for item in items:
            for marker in item.iter_markers("compiled"):
                item.add_marker(pytest.mark.skip(reason=f"uncompiled: {marker.args[0]}"))


@pytest.fixture(scope="session")
def results():
    """{name: Result} of every experiment at its default setting."""
    return {name: experiments.run(name) for name in experiments.DESCRIPTIONS}
