"""Settings of the property tests (the same examples in every run, and no deadline, since first calls compile), and the
results of the experiments."""

import os

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
def results():
    """{name: Result} of every experiment at its default setting."""
    return {name: experiments.run(name) for name in experiments.DESCRIPTIONS}
