"""Delays and responses against scipy.signal."""

import numpy as np
import pytest
from scipy import signal

from lti_depth import numeric

OURS_AND_SCIPY = {
    "group_delay": (
        numeric.group_delay,
        lambda stack, omega: signal.group_delay(([1.0], np.poly(stack.poles)), omega)[1],
    ),
    "frequency_response": (
        numeric.frequency_response,
        lambda stack, omega: signal.freqz_zpk([0.0] * len(stack), stack.poles, 1.0, omega)[1],
    ),
}


@pytest.mark.parametrize("who", ["ours", "scipy"])
@pytest.mark.parametrize("name", OURS_AND_SCIPY)
def test_thousand_frequencies(benchmark, stack, omega, name, who):
    ours, scipy = OURS_AND_SCIPY[name]
    np.testing.assert_allclose(ours(stack, omega), scipy(stack, omega), rtol=1e-9, atol=1e-9)
    benchmark.group = name
    benchmark(ours if who == "ours" else scipy, stack, omega)
