"""Covariances by python-control with slycot, and statsmodels. Each is imported where it is used."""

import numpy as np

from .job import Peer, needs


@needs("slycot")
def slycot_lyapunov(A, Q, bound, reason):
    """W = A W A' + Q by SB03MD, which the wrapper overwrites nothing for."""
    import slycot

    return Peer(lambda: slycot.sb03md57(A, None, -Q, "D", job="X", fact="N", trana="T"), bound, reason,
                lambda found: found[2])  # fmt: skip


@needs("control", "slycot")
def control_norm(form, bound, reason):
    """The standard deviation of the output: the H₂ norm; `read` squares it."""
    import control

    system = control.ss(*form, True)
    return Peer(lambda: control.norm(system, 2), bound, reason, lambda found: np.square(found))


@needs("statsmodels")
def arma_acovf(poles, lags, bound, reason):
    """From the polynomial of the poles."""
    from statsmodels.tsa.arima_process import arma_acovf

    coefficients = np.poly(poles)
    return Peer(lambda: arma_acovf(coefficients, [1.0], lags), bound, reason)
