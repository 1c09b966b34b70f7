"""The law: every observable as an exact formula, sympy in and sympy out.

Laws follow from structure: known poles, factored products, residues as truncated series; poles that coincide give the
confluent form. Numbers are taken exactly: a float is the rational number that it is. Symbolic poles are taken to be
inside the unit circle. Units: omega in rad/sample, delays in samples, lags and times integers. `timing` is "current"
(S5, LRU) or "delayed" (control).
"""

from . import (  # noqa: F401  (they register the laws of towers)
    depth_covariances,
    depth_equivalence,
    depth_normalizations,
    depth_responses,
)
from .bounds import delay_bound
from .builders import cascade, repeat, scalar_cascade, series, stack
from .covariances import autocovariance, state_covariance, state_variance
from .delay_sensitivities import delay_sensitivity
from .delays import group_delay, phase_delay, zeros
from .equivalence import equivalent_layer
from .expansions import expanded
from .export import export
from .frequency import frequency_response, power_spectrum, transfer_function
from .growth import asymptotic_variance, growth_per_layer
from .hankel import hankel_singular_values
from .layers import Layer
from .memories import memory_function
from .modal import modal, residues
from .normalizations import normalization, normalize
from .parametrizations import parametrization, section_coefficients, section_derivative, section_poles
from .printing import derive
from .processes import Process, ar1, arma, recorded, sampled, shaped, white
from .pullbacks import gauss_newton_in, sensitivity_in
from .residual_stacks import mean_gain, residual_flow, residual_spectrum, residual_variances
from .responses import impulse_response, step_response
from .saddles import TiedStudent, tied_optimum, tied_student
from .sensitivities import gauss_newton, sensitivity
from .stacks import Stack
from .towers import Tower

__all__ = [
    "Layer", "Process", "Stack", "TiedStudent", "Tower", "ar1", "arma", "asymptotic_variance", "autocovariance",
    "cascade", "delay_bound", "delay_sensitivity", "derive", "equivalent_layer", "expanded", "export",
    "frequency_response", "gauss_newton", "gauss_newton_in", "group_delay", "growth_per_layer",
    "hankel_singular_values", "impulse_response", "mean_gain", "memory_function", "modal", "normalization",
    "normalize", "parametrization", "phase_delay", "power_spectrum", "recorded", "repeat", "residual_flow",
    "residual_spectrum", "residual_variances", "residues", "sampled", "scalar_cascade", "section_coefficients",
    "section_derivative", "section_poles", "sensitivity", "sensitivity_in", "series", "shaped", "stack",
    "state_covariance", "state_variance", "step_response", "tied_optimum", "tied_student", "transfer_function",
    "white", "zeros",
]  # fmt: skip
