"""Gains that keep states at one size, as they are used in practice, and the one that does."""

import sympy

from . import expressions
from .covariances import layer_variances, require_process
from .layers import Layer
from .stacks import Stack, require_stack
from .towers import observable

ARMS = ("none", "unit-dc", "l1", "lru", "depth-aware", "isometric")

MOST_NESTED = 3
"""Layers whose gains, with symbols, are inside the formulas of all later ones: these multiply in length."""


@observable
def normalization(stack, arm, process=None):
    r"""The gains γ of `numeric.normalization`, whose table says what each arm keeps, as expressions.

    Parameters
    ----------
    stack : Stack
    arm : {"none", "unit-dc", "l1", "lru", "depth-aware", "isometric"}
    process : Process
        Of the input; white noise of unit variance if None. Only "depth-aware" depends on it.

    Returns
    -------
    ImmutableMatrix, (K, N_max)
        Zero in the padding of narrower layers.

    Raises
    ------
    ValueError
        As on the numeric floor; for "depth-aware" more than three layers with feedthrough or several states before the
        last, with symbols.

    Notes
    -----
    Equal real poles, white input: the depth-aware γ_k² = (1−λ²) P_{k−2}(x)/P_{k−1}(x), x = (1+λ²)/(1−λ²), with
    Legendre's polynomials P, falls from 1−λ² to (1−λ)²; new here.
    """
    require_stack(stack)
    expressions.choice(arm, "arm", ARMS)
    process = require_process(stack, process, "normalization")
    if arm == "isometric":
        _require_all_pass(stack)
    if arm == "depth-aware":
        return _padded(_depth_aware(stack, process))
    return _padded([[gain(pole, arm) for pole in layer.poles] for layer in stack.layers])


def gain(pole, arm):
    """γ of one state, for the arms that look at its pole alone."""
    if arm == "none":
        return sympy.Integer(1)
    if arm == "unit-dc":
        return sympy.Abs(1 - pole)
    return 1 - sympy.Abs(pole) if arm == "l1" else sympy.sqrt(1 - sympy.Abs(pole) ** 2)


def _depth_aware(stack, process):
    """1/√E|x|², layer by layer.

    A gain of a layer with one state and no feedthrough is a factor of all that follows: it is divided out, as
    `passed`, so that a cascade has γ_k² = E|x_{k−1}|²/E|x_k|² of its own variances. Other gains go into their layers.
    """
    if sum(not _passes(layer) for layer in stack.layers[:-1]) > MOST_NESTED and stack.free_symbols:
        raise ValueError(f"arm: expected numbers, or at most {MOST_NESTED} layers with feedthrough or several states "
                         "before the last for 'depth-aware', got more: each gain contains those before it; give values "
                         "to the symbols, or use the numeric floor")
    layers, rows, passed = [], [], sympy.Integer(1)
    for k, layer in enumerate(stack.layers):
        whole = Stack((*layers, layer), timing=stack.timing)
        variances = [passed * variance for variance in layer_variances(whole, k, process)]
        if any(variance.is_zero for variance in variances):
            raise ValueError(f"arm: expected states that vary for 'depth-aware', got the variance 0 in layer {k}; give "
                             "each row of its B an entry")
        rows.append([1 / sympy.sqrt(variance) for variance in variances])
        if _passes(layer):
            layers.append(layer)
            passed = passed / variances[0]
        else:
            layers.append(_scaled(layer, rows[-1]))
    return rows


def _passes(layer):
    """Whether the one gain of a layer is a factor of its output."""
    return layer.width == 1 and not any(layer.D)


def _scaled(layer, gains):
    return Layer(layer.poles, expressions.diagonal(gains) * layer.B, layer.C, layer.D, real=layer.real)


def _padded(rows):
    width = max(map(len, rows))
    return sympy.ImmutableMatrix([list(row) + [0] * (width - len(row)) for row in rows])


@observable
def normalize(stack, arm, process=None):
    """The stack with a normalization applied, as `numeric.normalize`, exactly.

    Parameters
    ----------
    stack : Stack
    arm, process
        As in `normalization`.

    Returns
    -------
    Stack

    Raises
    ------
    ValueError
        As `normalization`.
    """
    gains = normalization(stack, arm, process)
    layers = [
        _all_pass(layer.poles[0], gains[k, 0], stack.timing) if arm == "isometric"
        else _scaled(layer, list(gains[k, : layer.width]))
        for k, layer in enumerate(stack.layers)
    ]  # fmt: skip
    return Stack(tuple(layers), timing=stack.timing)


def _all_pass(pole, gain, timing):
    c, d = (gain / pole, -1 / pole) if timing == "current" else (gain, -sympy.conjugate(pole))
    return Layer([pole], [[gain]], [[c]], [[d]])


def _require_all_pass(stack):
    for k, layer in enumerate(stack.layers):
        if layer.width > 1 or layer.channels != (1, 1) or layer.real:
            raise ValueError(f"arm: expected a scalar cascade for 'isometric', got layer {k} with {layer.width} "
                             f"states, channels {layer.channels}; all-pass layers have one state and one channel")
        if stack.timing == "current" and layer.poles[0] == 0:
            raise ValueError(f"arm: expected poles other than 0 for 'isometric' in current timing, got 0 in layer {k}; "
                             "its all-pass layer is a pure delay, which needs delayed timing")
