"""What is public: every function and every record that a user makes, room by room, and their parameters."""

import inspect
from enum import Enum
from importlib import import_module
from typing import NamedTuple

import lti_depth

FLOORS = ("numeric", "certified", "symbolic", "learning", "theorems")
ROOMS = tuple(name for name in lti_depth.__all__ if not name.startswith("_") and name != "report")
"""`report` writes what the command line hands it."""


class Parameter(NamedTuple):
    """One parameter of a public function."""

    room: str
    function: str
    name: str
    annotation: object
    required: bool
    default: object


def public(room):
    """{name: object} of a room: its `__all__`, or what it defines under names without an underscore."""
    module = import_module(f"lti_depth.{room}")
    names = getattr(module, "__all__", None) or [
        name for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]  # fmt: skip
    return {name: getattr(module, name) for name in names}


def functions(room):
    """{name: callable} of a room: its functions and the records that a user makes."""
    return {name: value for name, value in public(room).items() if callable(value) and not _is_given(value)}


def parameters(room):
    """Every Parameter of the functions of a room."""
    found = []
    for name, function in functions(room).items():
        for parameter in inspect.signature(function).parameters.values():
            required = parameter.default is inspect.Parameter.empty
            found.append(Parameter(room, name, parameter.name, parameter.annotation, required, parameter.default))
    return found


def _is_given(value):
    """Classes that a user is given and does not make: exceptions, enumerations, and records that functions return."""
    return inspect.isclass(value) and (issubclass(value, (BaseException, Enum)) or value.__name__ in GIVEN)


GIVEN = {
    "Coordinates", "Descents", "Fit", "Parametrization", "Process", "Step", "Theorem", "TiedStudent", "Tower",
    "Claim", "Curve", "Panel", "Result",
}  # fmt: skip
