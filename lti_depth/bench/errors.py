r"""How far two right answers may lie apart: bounds on rounding, from which the checks take their tolerances.

A recursion :math:`y_t = u_t - \sum_i a_i y_{t-i}` with n poles rounds by at most :math:`4^n u |y|_\infty` a sample (its
coefficients, products and sums, for :math:`1 + \sum |a_i| \le \prod_i (1 + |\lambda_i|) \le 2^n`), and what it rounds
passes through itself and the sections after it.
"""

import numpy as np
from scipy import signal

DOUBLE, SINGLE = 2.0**-53, 2.0**-24


def unit(dtype):
    """The unit roundoff of a dtype."""
    return float(np.finfo(dtype).eps) / 2


def impulse(poles):
    """The impulse response of a cascade of scalar layers, until its slowest mode is below 1e-26."""
    h = np.eye(1, int(60 * (1 + len(poles) / 12) / (1 - np.abs(poles).max())))[0]
    for pole in poles:
        h = signal.lfilter([1.0], [1.0, -pole], h)
    return h


def recursion(poles, order=1):
    r"""|error| ≤ this · u · max|input|: :math:`\sum_s 4^n \|h_{1 \dots s}\|_1 \|h_{s \dots K}\|_1`, n = `order`."""
    sections = [poles[i : i + order] for i in range(0, len(poles), order)]
    until, after = (_norms(order) for order in (sections, sections[::-1]))
    return 4.0**order * float(np.dot(until, after[::-1]))


def _norms(sections):
    return [float(np.abs(impulse(np.concatenate(sections[: n + 1]))).sum()) for n in range(len(sections))]


def response(poles, order=1):
    r"""|error of H|/|H| ≤ this · u at any frequency: :math:`\sum_s 4^n \prod_{i \in s} 1/(1-|\lambda_i|)`."""
    gaps = 1 - np.abs(poles)
    return sum(4.0**order / np.prod(gaps[i : i + order]) for i in range(0, len(gaps), order))


def transforms(H, length):
    r"""|error| ≤ this · u · ‖input‖₂ after multiplying by H between two FFTs of that length (Higham 2002, 24.2)."""
    return 2 * 5 * np.log2(length) * float(np.abs(H).max())
