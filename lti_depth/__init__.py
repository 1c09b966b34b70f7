r"""Depth in linear state-space models: exact laws, fast numbers, verified claims.

A stack of K linear time-invariant layers, current-input timing (S5, LRU):

.. math::

    x^{(k)}_t = \Lambda_k x^{(k)}_{t-1} + B_k u^{(k)}_t, \qquad
    y^{(k)}_t = C_k x^{(k)}_t + D_k u^{(k)}_t, \qquad u^{(k+1)} = y^{(k)}.

Every observable of such a stack has one name and lives on three floors: as an exact law in
:mod:`lti_depth.symbolic`, as a fast machine in :mod:`lti_depth.numeric`, and as balls that contain the truth in
:mod:`lti_depth.certified`.

*The paper*, wherever it is cited, is "On the interplay between learning and memory in deep state space models" (Smékal,
Smith, Kleinman, Biderman, Linderman; ICLR 2025 submission), known here through its abstract, reviews and rebuttals.

>>> from lti_depth import numeric as lti
>>> stack = lti.cascade([0.9, 0.9, 0.9])
>>> float(lti.autocovariance(stack, 0).round(1))
19773.4
"""

from importlib import import_module

from ._version import __version__

__all__ = [
    "__version__", "bridge", "certified", "claims", "experiments", "learning", "numeric", "parametrizations",
    "plotting", "report", "symbolic", "theorems",
]  # fmt: skip


def __getattr__(name):
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
