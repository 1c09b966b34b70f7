"""Run with ``python -m pytest benchmarks -n 0 --benchmark-enable``; each job asserts agreement before it is timed."""

import numpy as np
import pytest

from lti_depth import numeric


@pytest.fixture
def omega():
    return np.linspace(0, np.pi, 1000)


@pytest.fixture
def stack():
    """Eight equal layers, still within reach of the polynomial forms of the peers."""
    return numeric.cascade([0.5] * 8)
