"""What an argument may be: by kind, a good value, other ways to write it, and values that are refused.

A kind belongs to the name of a parameter, not to a function: a new function with known names is tried on arrival.
"""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from lti_depth import learning, numeric, symbolic

STACK = numeric.cascade([0.5, 0.75])
NETWORK = numeric.Network([numeric.Block(layer) for layer in STACK])
POLE, DEPTH = sympy.Symbol("lambda", real=True), sympy.Symbol("K", integer=True, positive=True)
LAW = symbolic.scalar_cascade([sympy.Rational(1, 2), sympy.Rational(3, 4)])
TOWER = symbolic.repeat(symbolic.scalar_cascade([POLE]), DEPTH)


@dataclass(frozen=True)
class Kind:
    """`good()` makes a good value, a fresh one at each call.

    `same` are other ways to write it, with the same answer; `bad` is refused, with one clear error; `either` is one or
    the other. `beside` are arguments without which the value means nothing. `entry` is what a refusal may call one
    entry. `always`: passed in every call, as the default would take long.
    """

    good: Any
    same: dict = field(default_factory=dict)
    bad: dict = field(default_factory=dict)
    either: dict = field(default_factory=dict)
    beside: dict = field(default_factory=dict)
    entry: str = ""
    always: bool = False

    def but(self, *names, same=None, bad=None, either=None, beside=None, entry=""):
        """The kind without some of its values, and with others."""
        left = {each: {name: value for name, value in getattr(self, each).items() if name not in names}
                for each in ("same", "bad")}
        return replace(self, same=left["same"] | (same or {}), bad=left["bad"] | (bad or {}), either=either or {},
                       beside=beside or {}, entry=entry or self.entry)


NEVER = {
    "None": None, "a string": "nonsense", "bytes": b"1", "a dict": {}, "an object": object(), "a class": int,
    "a function": len, "a date": np.datetime64("2020-01-01"), "True": True, "numpy False": np.False_,
}  # fmt: skip
"""No number, no name, no object of the package."""

OBJECTS = {
    "a Layer": STACK[0], "a Stack": STACK, "a Process": numeric.white(), "a Network": NETWORK, "a symbolic Stack": LAW,
    "a symbolic Process": symbolic.white(), "a Tower": TOWER, "a Chart": learning.Chart(STACK),
    "an optimizer": learning.Adam(0.1), "a number": 0.5, "a list": [0.5], "an array": np.array([0.5]),
    "a signal": np.ones((2, 3)), "an expression": POLE,
}  # fmt: skip


def nested(value, axes):
    """`value` within lists."""
    return [nested(value, axes - 1)] if axes else value


def layouts(values):
    """The same numbers in other memory and other types; they are integers, or have few binary digits."""
    strided, read_only = np.zeros((*values.shape, 2), values.dtype), values.copy()
    strided[..., 0], read_only.flags.writeable = values, False
    back = (slice(None, None, -1),) * values.ndim
    ways = {"a list": values.tolist(), "not contiguous": strided[..., 0], "reversed": values[back].copy()[back],
            "Fortran order": np.asfortranarray(values), "read-only": read_only}  # fmt: skip
    kinds = (">f8", "f4", ">f4", "f2", "g") if values.dtype.kind == "f" else (">i8", "i4", "i1")
    ways |= {f"dtype {kind}": values.astype(kind) for kind in kinds}
    return ways | ({"a tuple": tuple(values.tolist())} if values.ndim == 1 else {})


def no_numbers(axes):
    """Arrays and lists of other things than numbers."""
    shape = (1,) * axes
    return {
        "text": np.full(shape, "0.5"), "text in lists": nested("0.5", axes), "bools": np.ones(shape, bool),
        "bools in lists": nested(True, axes), "None in lists": nested(None, axes), "dates": np.zeros(shape, "M8[D]"),
        "objects": np.full(shape, Fraction(1, 2), object), "records": np.zeros(shape, [("x", float)]),
        "expressions in lists": nested(POLE, axes), "masked": np.ma.masked_array(np.full(shape, 0.5), mask=True),
    }  # fmt: skip


def array(values, *, axes=(), real=False, scalars=False, empty=False):
    """A kind of arrays of numbers; other numbers of `axes` are refused, `scalars` and `empty` ones maybe not."""
    values = np.array(values, dtype=float)
    bad = NEVER | no_numbers(values.ndim) | {f"{n} axes": np.full((1,) * n, 0.5) for n in axes}
    bad |= {str(x): np.full(values.shape, x) for x in (np.nan, np.inf, -np.inf, complex(0, np.nan))}
    bad |= {"beyond float64": nested(10**400, values.ndim), "ragged": [[0.5], [0.5, 0.25]]}
    bad |= {} if scalars else {"one number": 0.5, "a 0-d array": np.array(0.5)}
    bad |= {} if empty else {"empty": np.zeros((0,) * values.ndim), "an empty list": nested([], values.ndim - 1)}
    bad |= {"complex": values + 1j, "complex of imaginary part 0": values + 0j} if real else {}
    return Kind(values.copy, layouts(values), bad)


def integers(values):
    """A kind of integers or arrays of them, of any shape."""
    values = np.array(values)
    bad = NEVER | no_numbers(1) | {"floats": values + 0.5, "whole floats": values.astype(float), "a float": 1.0,
                                   "nan": np.nan, "complex": values + 0j, "ragged": [[1], [1, 2]], "huge": [2**70],
                                   "beyond int64": np.array([2**63], "u8")}  # fmt: skip
    return Kind(values.copy, layouts(values), bad)


def number(good, *outside, real=True):
    """A kind of one number; `outside` are some beyond its bounds."""
    same = {kind: np.dtype(kind).type(good) for kind in ("f8", "f4", "f2", "g")}
    same |= {"a 0-d array": np.array(good), "big-endian": np.array(good, ">f8")}
    bad = NEVER | no_numbers(0) | {str(x): x for x in (np.nan, np.inf, -np.inf, complex(0, np.nan))}
    bad |= {"a list": [good], "an array": np.array([good]), "empty": [], "beyond float64": 10**400}
    bad |= {"complex": good + 1j, "complex of imaginary part 0": complex(good)} if real else {}
    return Kind(lambda: good, same, bad | {str(x): x for x in outside})


def count(good, least, most=None):
    """A kind of one integer from `least` to `most`."""
    same = {kind: np.dtype(kind).type(good) for kind in ("i1", "i8")} | {"a 0-d array": np.array(good)}
    bad = NEVER | {"a whole float": float(good), "a float": good + 0.5, "nan": np.nan, "complex": complex(good),
                   "text": str(good), "a list": [good], "an array": np.array([good]), "a 0-d float": np.array(1.0),
                   "too small": least - 1, "far too small": -(2**70), "numpy True": np.True_}  # fmt: skip
    return Kind(lambda: good, same, bad | ({} if most is None else {"too large": most + 1, "huge": 2**70}))


def flag():
    """A kind of True and False."""
    return Kind(lambda: False, {}, NEVER | {"0": 0, "1": 1, "nan": np.nan, "text": "False", "a list": [False],
                                            "an array": np.array([False])}).but("True", "numpy False")  # fmt: skip


def choice(good):
    """A kind of names."""
    bad = NEVER | {"another case": good.swapcase(), "a list": [good], "an array": np.array([good]), "blank": "",
                   "beside spaces": f" {good}", "a set": {good}, "a number": 0, "nan": np.nan}  # fmt: skip
    return Kind(lambda: good, {"numpy text": np.str_(good)}, bad)


def value(good, *others, **bad):
    """A kind of objects of the package, of the type of `good` or of `others`."""
    taken = (type(good), *others)
    foreign = {name: other for name, other in OBJECTS.items() if not isinstance(other, taken)}
    return Kind(lambda: good, {}, NEVER | foreign | {"its class": type(good)} | bad)


def sequence(*good):
    """A kind of sequences of objects of one type."""
    bad = NEVER | {"empty": [], "numbers": [0.5], "Nones": [None], "text": ["x"], "a number": 0.5,
                   "one among others": [*good, 0.5], "nested": [list(good)], "an array": np.array([0.5])}  # fmt: skip
    return Kind(lambda: list(good), {"a tuple": good}, bad)


def names(good):
    """A kind of sequences of names."""
    bad = NEVER | {"unknown": ["nonsense"], "numbers": [0.5], "a number": 0.5, "Nones": [None], "Trues": [True],
                   "a name": good, "nested": [[good]], "another case": [good.swapcase()]}  # fmt: skip
    return Kind(lambda: [good], {"a tuple": (good,), "twice": [good, good]}, bad, entry="name")


def callback():
    """A kind of functions that are called now and then."""
    return Kind(lambda: (lambda *arguments: None), {}, NEVER | {"a number": 0.5}).but("a class", "a function")


def generator():
    """A kind of numpy Generators."""
    bad = NEVER | {"a seed": 0, "the class": np.random.Generator, "the module": np.random,
                   "a RandomState": np.random.RandomState(0)}  # fmt: skip
    return Kind(lambda: np.random.default_rng(0), {}, bad)


def expression(good, *outside, real=True):
    """A kind of one exact number or expression."""
    good = sympy.sympify(good)
    same = {"a float": float(good), "a Fraction": Fraction(int(good.p), int(good.q)),
            "a sympy Float": sympy.Float(good), "f8": np.float64(good), "f4": np.float32(good), "f2": np.float16(good)}
    endless = (sympy.nan, sympy.oo, -sympy.oo, sympy.zoo, float("nan"), float("inf"), np.float32("nan"))
    bad = NEVER | {f"{type(x).__name__} {x}": x for x in endless} | {
        "sympy true": sympy.true, "a list": [good], "a matrix": sympy.Matrix([good]), "an array": np.array([0.5]),
        "a 0-d array": np.array(0.5), "text": "1/2", "no scalar": sympy.Symbol("A", commutative=False),
        "a comparison": POLE < 1, "a set": {good}, "a Poly": sympy.Poly(POLE)}  # fmt: skip
    bad |= {"complex": good + sympy.I} if real else {}
    return Kind(lambda: good, same, bad | {str(x): x for x in outside})


def expressions(*good, scalars=False, empty=False):
    """A kind of sequences of exact numbers or expressions."""
    good = [sympy.sympify(entry) for entry in good]
    floats = np.array([float(entry) for entry in good])
    one = expression(good[0], real=False).bad
    bad = {key: bad for key, bad in one.items() if key not in ("a list", "a matrix", "an array", "None")}
    bad |= {f"{key} in a list": [entry] for key, entry in bad.items()} | {"None in a list": [None], "None": None}
    bad |= {} if scalars else {"one number": good[0]}
    bad |= {} if empty else {"empty": [], "an empty array": np.zeros(0)}
    same = {"floats": floats.tolist(), "Fractions": [Fraction(x) for x in floats.tolist()], "a tuple": tuple(good)}
    return Kind(lambda: list(good), same | {f"dtype {kind}": floats.astype(kind) for kind in (">f8", "f4", "f2")}, bad)


def matrix(rows):
    """A kind of matrices of exact numbers or expressions."""
    array = np.array(rows)
    same = {"a matrix": sympy.Matrix(rows), "an array": array, "dtype >f8": array.astype(">f8"),
            "dtype f2": array.astype("f2"), "tuples": tuple(map(tuple, rows))}  # fmt: skip
    one = expressions(*map(sympy.Rational, rows[0])).bad
    bad = {key: bad for key, bad in one.items() if "in a list" not in key}
    bad |= {key: [bad] for key, bad in one.items() if "in a list" in key}
    return Kind(lambda: [[sympy.Rational(x) for x in row] for row in rows], same,
                bad | {"a vector": [0.5, 0.5], "ragged": [[1], [1, 2]], "3 axes": array[None]})  # fmt: skip
