"""Whether two answers are the same, whether a call changed what it was given, and whether a refusal is clear."""

import re
from dataclasses import fields, is_dataclass

import flint
import numpy as np
import sympy


def same(one, other):
    """Whether two answers agree to the last bit; balls, in that they overlap."""
    if isinstance(one, (flint.arb, flint.acb)):
        return type(one) is type(other) and one.overlaps(other)
    if isinstance(one, (np.ndarray, np.number)) and one.dtype != object:
        return type(one) is type(other) and one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
    if isinstance(one, (list, tuple, np.ndarray)):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if is_dataclass(one) and not isinstance(one, type):
        return type(one) is type(other) and all(
            same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one) if each.name != "seconds")
    if isinstance(one, sympy.Basic):
        return type(one) is type(other) and str(one) == str(other)  # dummies differ
    return one == other or callable(one)


def unclear(error, names):
    """What is wrong with a refusal of the argument of one of these names, as text; empty where it is clear."""
    message = str(error)
    if type(error) not in (ValueError, TypeError):
        return f"{type(error).__module__}.{type(error).__name__}: {message}"
    if not message or "\n" in message or len(message) > 1000:
        return f"not one line: {message!r}"
    if not re.search(rf"\b({'|'.join(names)})\b", message):
        return f"does not name {names[0]}: {message}"
    if not re.search("expected|needs", message) or "got" not in message:
        return f"does not say what was expected and what came: {message}"
    return ""


def wrong_refusal(function, arguments, names):
    """What is wrong where one of the arguments should be refused, as text; empty where it is, clearly."""
    try:
        answer = function(**arguments)
    except Exception as error:  # whatever it is, it is reported
        return unclear(error, names)
    return f"answered {answer!r:.200}"


def wrong_answer(function, arguments, expected):
    """What is wrong where `expected` should be answered, as text."""
    try:
        answer = function(**arguments)
    except Exception as error:  # whatever it is, it is reported
        return f"{type(error).__name__}: {error}"
    return "" if same(answer, expected) else f"answered {answer!r:.200}, not {expected!r:.200}"


def contents(value):
    """The numbers in arrays and lists, by which a change is seen."""
    if isinstance(value, np.ndarray):
        return value.tobytes(), value.shape, value.dtype, value.flags.writeable
    if isinstance(value, (list, tuple)):
        return [contents(entry) for entry in value]
    return dict(value) if isinstance(value, dict) else None
