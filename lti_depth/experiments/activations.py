"""Figure 3C: deep and wide students of a deep teacher with activations between its layers."""

from dataclasses import asdict, dataclass, replace

import numpy as np

from .. import numeric
from ..claims import Result
from ..learning import networks
from ..system import Block, Layer, Network, Stack
from . import activations_claims as claims
from . import activations_panels as panels
from .activations_races import imitate, race, task
from .student_settings import setting
from .students import residues

FULL_MINUTES = 3
SLOPES = {"tanh": 1.0, "gelu": 0.5, "relu": 1.0}  # φ'(0); of ReLU from above


@dataclass(frozen=True)
class Config:
    """Scalar layers, each followed by an activation; the wide student has as many states and parameters."""

    activations: tuple[str, ...] = ("tanh", "relu", "gelu")
    depths: tuple[int, ...] = (1, 2, 3, 6)
    arms: tuple[str, ...] = ("none", "lru", "depth-aware")
    teacher: tuple[float, float] = (0.5, 0.85)  # poles, uniform
    student: tuple[float, float] = (0.3, 0.8)
    seeds: int = 10
    steps: int = 300
    rates: tuple[float, ...] = (0.3, 0.1, 0.03, 0.01)
    period: int = 96
    batch: int = 4
    judged: int = 16  # records to judge by
    copies: int = 4  # of the states of the wider wide block
    layers: int = 3  # of the stacks with small signals, with ReLU once, and against the wider block
    amplitudes: tuple[float, ...] = (0.01, 0.02, 0.04, 0.08)  # standard deviations of the input

    @classmethod
    def full(cls):
        """Every arm, another depth, twice the seeds and steps."""
        return replace(cls(), depths=(1, 2, 3, 4, 6), arms=("none", "unit-dc", "lru", "depth-aware"), seeds=20,
                       steps=600)


def run(config, progress):
    """Adam at the best rate of each arm; clipping and width as interventions; small signals; where a ReLU acts."""
    races, clipped, wider = {}, {}, {}
    for n, activation in enumerate(config.activations):
        for k, K in enumerate(config.depths):
            races[activation, K] = race(config, task(config, activation, K), config.arms)
            progress(0.8 * (n + (k + 1) / len(config.depths)) / len(config.activations))
        deepest = task(config, activation, config.depths[-1])
        clipped[activation] = imitate(config, deepest, "deep", "none", "clipped")
        wider[activation] = imitate(config, task(config, activation, config.layers), "wide", "depth-aware",
                                    copies=config.copies)
    small = {activation: small_signals(config, activation) for activation in config.activations}
    return Result(
        name="activations",
        title="Deep against wide with activations between the layers",
        summary=(
            "A teacher with an activation after each of its layers is learned by a student of the same build and by "
            "one block with as many states and parameters. What stays: normalization for the actual depth lets the "
            "deep student win at every depth; an explosion at the start costs it the lead with ReLU and GELU, while "
            "$\\tanh$ bounds what explodes; and who starts with the smaller loss does not lose. What does not: the "
            "wide block no longer contains the teacher. From two layers on it stops at an error that "
            f"${config.copies}$ times the states do not lower, so that a deep student may win from behind. Deep and "
            "wide are equal for "
            "small signals only: the relative error grows as the fourth power of the amplitude with $\\tanh$, as the "
            "second with GELU, and with ReLU not even that is left. In practice: conclusions drawn on linear stacks "
            "about normalization carry over to trained networks; those about the equality of deep and wide do not."
        ),
        config=asdict(config),
        arrays=_arrays(config, races, clipped, wider, small),
        panels=panels.panels(config, races, clipped, small),
        claims=claims.claims(config, races, clipped, wider, small, relu_once(config)),
        formulas=(
            (r"Signals of size $a$ through $\varphi(x) = \varphi'(0)\,x + \alpha x^p + \dots$",
             r"\frac{E|y_{deep} - y_{wide}|^2}{E|y_{deep}|^2} = O(a^{2(p-1)})"),
        ),
    )


def network(stack, activation):
    """Every layer followed by the activation."""
    return Network(tuple(Block(layer, activation=activation) for layer in stack.layers))


def wide_form(stack, gain=1.0):
    """One layer with the output of a scalar cascade times a gain, |b| = |c|."""
    r = gain * np.prod(stack.B * stack.C) * residues(stack.poles[None])[0]
    even = np.sqrt(np.abs(r))
    return Stack((Layer(stack.poles, even[:, None], (r / even)[None]),))


def _teachers(config):
    return [numeric.normalize(numeric.cascade(poles), "depth-aware")
            for poles in setting(config, layers=config.layers).teachers]


def small_signals(config, activation):
    """(amplitudes, seeds): error of the wide block that equals the stack but for the curvature of the activation."""
    errors = np.empty((len(config.amplitudes), config.seeds))
    for seed, stack in enumerate(_teachers(config)):
        u = np.random.default_rng([5, seed]).standard_normal((16, 256))
        equal = wide_form(stack, SLOPES[activation] ** (len(stack) - 1))
        for k, a in enumerate(config.amplitudes):
            deep, wide = (networks.apply(network(form, activation), a * u) for form in (stack, equal))
            errors[k, seed] = np.mean((deep - wide) ** 2) / np.mean(deep**2)
    return errors


def relu_once(config):
    """The largest relative difference between ReLU after every layer and after the first alone."""
    differences = []
    for seed, stack in enumerate(_teachers(config)):
        u = np.random.default_rng([6, seed]).standard_normal((16, 256))
        once = Network(tuple(Block(layer, activation="linear" if k else "relu")
                             for k, layer in enumerate(stack.layers)))
        y, full = networks.apply(once, u), networks.apply(network(stack, "relu"), u)
        differences.append(np.abs(y - full).max() / np.abs(full).max())
    return max(differences)


def _arrays(config, races, clipped, wider, small):
    """Errors at the start, after half of the steps and at the end; 10 where they are larger."""
    arrays = {"small: amplitude": np.array(config.amplitudes)}
    arrays |= {f"small: {activation}": errors for activation, errors in small.items()}
    for (activation, K), found in races.items():
        for (side, arm), end in found.items():
            key = f"{activation}: {K} layers: {side} {arm}"
            arrays |= {key: np.minimum(end.errors, 10.0), f"{key}: rate": np.array(end.rate)}
    for what, found in (("clipped, deep none", clipped), (f"wide, {config.copies} times the states", wider)):
        arrays |= {f"{activation}: {what}": np.minimum(end.errors, 10.0) for activation, end in found.items()}
    return arrays
