"""Which kind the parameters of each room are, by name; where one name means two things, by function and name."""

from dataclasses import replace

import matplotlib.figure
import numpy as np
import sympy
from kinds import (
    LAW,
    NETWORK,
    NEVER,
    POLE,
    STACK,
    TOWER,
    Kind,
    array,
    callback,
    choice,
    count,
    expression,
    expressions,
    flag,
    generator,
    integers,
    matrix,
    names,
    number,
    sequence,
    value,
)  # fmt: skip

from lti_depth import claims, learning, numeric, symbolic

GAIN = array([0.5, 2.0], axes=(2,), scalars=True)
COMPLEX = ("complex", "complex of imaginary part 0")
PANEL = claims.Panel("title", "x", "y", (claims.Curve(np.arange(3.0), np.arange(3.0)),))

SYSTEMS = {
    "stack": value(STACK), "first": value(STACK), "second": value(STACK), "student": value(STACK),
    "teacher": value(STACK), "network": value(NETWORK), "process": value(numeric.ar1(0.5)),
    "layers": sequence(*STACK), "blocks": sequence(*NETWORK.blocks), "timing": choice("delayed"),
    "poles": array([0.5, 0.75], axes=(2, 3)), "b": GAIN, "c": GAIN, "d": GAIN.but("None"),
    "B": array([[0.5], [2.0]], axes=(1, 3)), "C": array([[0.5, 2.0]], axes=(1, 3)), "D": array([[0.5]], axes=(1, 3)),
    "real": flag(), "residual": flag(), "norm": choice("rms"), "activation": choice("relu"),
    "mix": array([[0.5]], axes=(1, 3)), "rho": number(0.5, 1, -1, 2.0, 1j, real=False),
    "variance": number(2.0, 0, -1.0),
    "ar": array([0.5, 0.25], axes=(2,), scalars=True, empty=True),
    "ma": array([0.5, 0.25], axes=(2,), scalars=True, empty=True),
    "R": array([2.0, 0.5], axes=(2,)), "u": array([1.0, 0.0, -2.0], axes=(4,)).but("dtype f4", "dtype >f4"),
    "n": count(2, 1),
    "omega": array([0.5, 3.0], real=True, scalars=True, empty=True), "z": array([1.5, 2.0], scalars=True, empty=True),
    "lag": integers([-3, 0, 2]), "t": integers([-3, 0, 2]), "layer": count(1, -2, 1), "horizon": count(2, 1),
    "arm": choice("lru"), "state": array([[[0.5], [2.0]]], axes=(1, 2, 4)),
    "out": Kind(lambda: np.zeros(3), {}, NEVER | {"a list": [0.0] * 3, "too short": np.zeros(2)}),
    "rtol": number(2.0**-30, 0, -1.0, 1.0, 2.0).but("f2"),
    "Block.layer": value(STACK[0]), "recorded.u": array([1.0, 0.0, -2.0], axes=(2,)),
}  # fmt: skip

LAWS = {
    "stack": value(LAW, type(TOWER)).but(either={"a Tower": TOWER}, entry="depth"), "first": value(LAW),
    "second": value(LAW), "teacher": value(LAW), "tower": value(TOWER),
    "process": value(symbolic.ar1(sympy.Rational(1, 4))), "layers": sequence(*LAW), "timing": choice("delayed"),
    "poles": expressions("1/2", "3/4"), "b": expressions(1, 2, scalars=True).but("None"),
    "c": expressions(1, 2, scalars=True).but("None"), "d": expressions(1, 2, scalars=True).but("None"),
    "B": matrix([[0.5], [2.0]]), "C": matrix([[0.5, 2.0]]), "D": matrix([[0.5]]), "real": flag(),
    "rho": expression("1/2", 1, -1, 2, real=False), "variance": expression("1/2", 0, -1),
    "ar": expressions("1/2", "1/4", empty=True), "ma": expressions("1/2", "1/4", empty=True),
    "R": expressions(2, "1/2"),
    "u": expressions(1, 0, -2), "n": count(2, 1), "omega": expression("1/2"), "z": expression(2, real=False),
    "lag": count(2, -(2**80)).but("too small", "far too small"), "layer": count(1, -2, 1), "horizon": count(2, 1),
    "t": count(2, -(2**80)).but("too small", "far too small"), "arm": choice("lru"), "limit": choice("slow"),
    "K": count(2, 1), "states": count(2, 1), "delay": count(3, 1), "feedthrough": flag(), "equal": flag(),
    "quantity": choice("group_delay"), "format": choice("latex"), "language": choice("numpy"),
    "expression": value(POLE, sympy.Expr, sympy.MatrixBase, float, int, bool), "a": expression("1/2"),
    "step": expression("1/2", 0, -1), "a1": expression("1/2"), "a2": expression("1/4"), "pole": expression("1/4", 1, 2),
    "coordinates": sequence(POLE), "arguments": sequence(POLE), "value": value(POLE, sympy.Expr, float),
    "derive.layers": count(1, 1).but("a string", bad={"no name": "K!", "taken": "lambda"}),
    "derive.process": choice("ar1").but(beside={"quantity": "power_spectrum"}),
    "derive.arm": choice("lru").but(beside={"quantity": "normalization"}),
    "derive.limit": choice("slow").but(beside={"quantity": "asymptotic_variance", "layers": "K", "equal": True}),
    "export.name": choice("f").but("a string", "another case", bad={"a keyword": "for"}),
    "parametrization.name": choice("zoh"), "residual_variances.K": count(2, 0), "residual_spectrum.K": count(2, 0),
    "gauss_newton_in.stack": value(TOWER.block), "sensitivity_in.stack": value(TOWER.block),
    "section_coefficients.first": expression("1/2", real=False),
    "section_coefficients.second": expression("1/2", real=False),
}  # fmt: skip

LEARNING = {
    "memory": count(5, 1), "gradient_tolerance": number(0.5, -1.0), "rate": number(0.125, 0, -1.0),
    "betas": array([0.5, 0.75], axes=(2,), real=True), "eps": number(0.5, 0, -1.0), "weight_decay": number(0.5, -1.0),
    "warmup": count(2, 0), "final_rate": number(0.0625, -1.0, 9.0), "horizon": count(9, 1),
    "model": value(STACK, type(NETWORK), learning.Chart), "gamma": flag(), "time": number(0.5, 0, -1.0),
    "rtol": number(0.5, 0, -1.0), "atol": number(0.5, -1.0),
    "at": array([0.125, 0.25], axes=(2,), real=True, empty=True),
    "levels": array([0.125, 0.25], axes=(2,), real=True, empty=True), "method": choice("BDF"),
    "xtol": number(0.5, -1.0),
    "gtol": number(0.5, -1.0), "damping": number(0.5, -1.0), "target": array([0.5, 0.25, 0.0], axes=(2, 4)),
    "weights": array([0.5, 0.25, 0.0], axes=(2,), real=True), "batch": count(2, 1), "length": count(9, 1),
    "washout": count(2, 0, 999), "N": count(4, 1), "H": count(2, 1), "K": count(2, 1), "order": count(2, 1, 12),
    "value": number(0.5, real=False), "delay": number(2.0, 0, -1.0), "optimizer": value(learning.Adam(0.0625)),
    "steps": count(2, 0), "every": count(1, 1), "coordinates": choice("tanh"), "tolerance": number(0.5, -1.0),
    "train": names("poles"), "task": value(learning.Population(STACK)), "seed": count(1, 0), "resume": value(None),
    "progress": callback(), "rng": generator(), "r_min": number(0.25, -0.5, 2.0), "r_max": number(0.75, -0.5, 2.0),
    "phase": array([0.0, 0.5], axes=(2,), real=True), "B_scale": number(0.5), "C_scale": number(0.5),
    "D_scale": number(0.5), "series": array([1.0, 0.0, -2.0], axes=(2,), real=True), "low": number(0.25, -1.0, 2.0),
    "high": number(0.75, -1.0, 2.0), "nu0": number(0.25, -1.0, 1.0, 2.0),
    "step": array([0.5, 0.25, 0.5, 0.25], real=True, axes=(2,), scalars=True),
    "Chart.train": names("poles").but("a tuple", "twice"), "descend.b": array([[0.5, 2.0]], scalars=True, axes=(3,)),
    "descend.c": array([[0.5, 2.0]], scalars=True, axes=(3,)),
    "Sampled.teacher": value(STACK, type(NETWORK)),
    "delay.D": count(2, 1), "pade_delay.D": number(2.0, 0, -1.0), "planted.phase": number(0.5),
    "Chart.poles": choice("tanh"), "descend.poles": array([[0.5, 0.75]], axes=(1, 3)), "fit.steps": count(2, 1),
    "fit.tolerance": number(0.5, -1.0), "u": array([0.5, 0.25, 0.0], axes=(2, 4)),
}  # fmt: skip

COORDINATES = {
    "name": choice("exp-exp"), "poles": array([0.5, 0.25], axes=(2, 3)), "step": number(0.5, 0, -1.0),
    "coefficients": array([[0.5, 0.25]], axes=(1, 3), real=True),
}  # fmt: skip

THEOREMS = {
    "topic": choice("growth"), "name": choice("spectrum"), "samples": count(2, 1), "seed": count(1, 0),
    "chosen": names("spectrum"),
    "run_all.chosen": replace(names("spectrum"), always=True), "progress": callback(), "processes": count(1, 1),
}  # fmt: skip

EXPERIMENTS = {"name": choice("real-input"), "names": names("real-input"), "full": flag(), "progress": callback()}

BRIDGE = {
    "lift.value": value(STACK, numeric.Process), "lower.value": value(LAW, symbolic.Process),
    "values": Kind(dict, {}, NEVER | {"pairs": [(POLE, 0.5)], "a number": 0.5}).but("a dict"),
}  # fmt: skip

PLOTTING = {
    "panel": value(PANEL), "result": value(claims.Result("name", "title", "", {}, {}, (PANEL,), ())),
    "drawn": value(matplotlib.figure.Figure()), "ax": value(matplotlib.figure.Figure().add_subplot()),
}  # fmt: skip

TABLES = {
    "numeric": SYSTEMS, "certified": SYSTEMS, "symbolic": LAWS, "learning": SYSTEMS | LEARNING, "bridge": BRIDGE,
    "parametrizations": COORDINATES, "theorems": THEOREMS, "experiments": EXPERIMENTS, "plotting": PLOTTING,
}  # fmt: skip


def kind_of(room, function, name):
    """The Kind of a parameter; a KeyError that says what to add."""
    table = TABLES.get(room, {})
    for key in (f"{function}.{name}", name):
        if key in table:
            return table[key]
    raise KeyError(f"the parameter {name!r} of {room}.{function} is of no known kind: add it to tests/bad_input/"
                   f"tables.py, in the table of {room}, under {name!r} (or {f'{function}.{name}'!r} where the name "
                   "means something else there), with a kind of kinds.py")
