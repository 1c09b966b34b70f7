"""The same names, arguments and defaults on each floor."""

import inspect

import pytest

from lti_depth import numeric, symbolic

OBSERVABLES = [
    "transfer_function", "frequency_response", "power_spectrum", "impulse_response", "step_response", "group_delay",
    "phase_delay", "zeros", "autocovariance", "state_variance", "state_covariance", "equivalent_layer",
    "sensitivity", "normalization", "normalize", "gauss_newton", "hankel_singular_values", "memory_function",
]  # fmt: skip
CONSTRUCTORS = ["Layer", "stack", "series", "repeat", "white", "ar1", "arma", "shaped", "sampled"]
NUMERIC_ONLY = {
    "Block", "Network", "linearize", "recorded", "simulate", "correlation_length",
    *(name for name in numeric.__all__ if name.startswith("log_")),
}  # fmt: skip
SYMBOLIC_ONLY = {
    "TiedStudent", "Tower", "asymptotic_variance", "delay_bound", "delay_sensitivity", "derive", "expanded",
    "export", "gauss_newton_in", "growth_per_layer", "mean_gain", "modal", "parametrization", "residual_flow",
    "residual_spectrum", "residual_variances", "residues", "scalar_cascade", "section_coefficients",
    "section_derivative", "section_poles", "sensitivity_in", "tied_optimum", "tied_student",
}  # fmt: skip


def arguments(function):
    """Names and kinds; a default that is an expression counts as its number."""
    parameters = inspect.signature(function).parameters.values()
    return [(p.name, p.kind, p.default is not p.empty) for p in parameters]


@pytest.mark.parametrize("name", OBSERVABLES + CONSTRUCTORS)
def test_same_arguments(name):
    assert arguments(getattr(numeric, name)) == arguments(getattr(symbolic, name))


def test_scalar_cascades_take_the_same_arguments():
    assert arguments(numeric.cascade) == arguments(symbolic.scalar_cascade)


@pytest.mark.parametrize("name", OBSERVABLES)
def test_no_catch_all_arguments(name):
    for floor in (numeric, symbolic):
        kinds = {p.kind for p in inspect.signature(getattr(floor, name)).parameters.values()}
        assert not kinds & {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}


def test_every_public_name_is_on_both_floors_or_listed():
    assert set(numeric.__all__) - set(symbolic.__all__) <= NUMERIC_ONLY
    assert set(symbolic.__all__) - set(numeric.__all__) <= SYMBOLIC_ONLY


@pytest.mark.parametrize("floor", [numeric, symbolic])
def test_every_public_function_is_documented(floor):
    for name in floor.__all__:
        assert inspect.getdoc(getattr(floor, name)), name
