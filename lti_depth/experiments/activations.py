"""Figure 3C: deep and wide students of a deep teacher with activations between its layers."""

from dataclasses import asdict, dataclass, replace

import numpy as np

from .. import learning, numeric
from ..claims import Claim, Curve, Panel, Result
from ..learning import networks
from ..system import Block, Layer, Network, Stack
from .students import residues

FULL_MINUTES = 10
ARMS = ("none", "depth-aware")


@dataclass(frozen=True)
class Config:
    """Scalar layers, each followed by an activation; the wide student has as many states and parameters."""

    layers: int = 3
    activations: tuple[str, ...] = ("tanh", "relu")
    teacher: tuple[float, float] = (0.5, 0.85)  # poles, uniform
    student: tuple[float, float] = (0.3, 0.8)
    seeds: int = 10
    steps: int = 40
    rates: tuple[float, ...] = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003)
    batch: int = 4
    length: int = 96
    amplitudes: tuple[float, ...] = (0.01, 0.02, 0.04, 0.08)  # standard deviations of the input

    @classmethod
    def full(cls):
        """Twice the seeds, ten times the steps."""
        return replace(cls(), seeds=20, steps=600, batch=8)


def run(config, progress):
    """Adam on recorded samples at the best rate of each arm; small signals; where a ReLU acts."""
    races = {}
    for k, activation in enumerate(config.activations):
        races[activation] = _race(config, activation)
        progress(0.9 * (k + 1) / len(config.activations))
    small = _small_signals(config)
    return Result(
        name="activations",
        title="Deep against wide with activations between the layers",
        summary=(
            f"A teacher of ${config.layers}$ layers with an activation after each is learned by a student of the same "
            "build and by one block with as many states and parameters. The equality of deep and wide that linear "
            r"layers have holds for small signals only: with $\tanh$ the error of the equal wide block grows as the "
            "fourth power of the amplitude, relative to the energy of the output. Beyond, the wide block cannot hold "
            "the teacher, and a normalized deep student leads. What stays is that normalization decides: without it "
            "and with ReLU the deep student loses its lead; $\\tanh$ bounds what explodes. Positive scalar layers with "
            "ReLU are "
            "linear after the first activation. In practice: a conclusion drawn on linear stacks carries over to "
            "trained networks as long as their activations are driven weakly, and no further."
        ),
        config=asdict(config),
        arrays={"small: amplitude": np.array(config.amplitudes), "small: error": small}
               | {f"{activation}: {side} {arm}": pair[0] for activation, race in races.items()
                  for (side, arm), pair in race.items()}
               | {f"{activation}: {side} {arm} rate": np.array(pair[1]) for activation, race in races.items()
                  for (side, arm), pair in race.items()},
        panels=(*(_panel(activation, race) for activation, race in races.items()), _small_panel(config, small)),
        claims=(*(_arm_claim(activation, race) for activation, race in races.items()), _small_claim(config, small),
                _relu_claim(config)),
        formulas=(
            (r"Small signals of size $a$ through $\tanh x = x - x^3/3 + …$",
             r"\frac{E|y_{deep} - y_{wide}|^2}{E|y_{deep}|^2} = O(a^4)"),
        ),
    )


def network(stack, activation):
    """Every layer followed by the activation."""
    return Network(tuple(Block(layer, activation=activation) for layer in stack.layers))


def wide_form(stack):
    """One layer with the output of a scalar cascade, |b| = |c|."""
    gain = np.prod(stack.B * stack.C)
    r = gain * residues(stack.poles[None])[0]
    even = np.sqrt(np.abs(r))
    return Stack((Layer(stack.poles, even[:, None], (r / even)[None]),))


def _poles(config, who, seed):
    span = config.teacher if who == 1 else config.student
    return np.random.default_rng([who, config.layers, seed]).uniform(*span, config.layers)


def _teacher(config, seed):
    return numeric.normalize(numeric.cascade(_poles(config, 1, seed)), "depth-aware")


def _student(config, side, arm, seed):
    poles = _poles(config, 2, seed)
    if side == "deep":
        return numeric.normalize(numeric.cascade(poles), arm)
    K = config.layers
    c = np.abs(np.random.default_rng([3, K, seed]).standard_normal((1, K))) / np.sqrt(K)
    return numeric.normalize(Stack((Layer(poles, np.ones((K, 1)), c),)), arm)


def _race(config, activation):
    """(side, arm) to the errors of all seeds at the best rate, and that rate."""
    found = {}
    for side in ("deep", "wide"):
        for arm in ARMS:
            errors = [[_imitate(config, activation, side, arm, seed, rate) for seed in range(config.seeds)]
                      for rate in config.rates]
            best = int(np.argmin(np.median(errors, axis=1)))
            found[side, arm] = np.array(errors[best]), config.rates[best]
    return found


def _imitate(config, activation, side, arm, seed, rate):
    """Error over the teacher's energy on records that were not trained on; 10 where the run has diverged."""
    teacher = network(_teacher(config, seed), activation)
    student = network(_student(config, side, arm, seed), activation)
    samples = learning.Sampled(teacher, batch=config.batch, length=config.length)
    task = learning.Recorded(*samples.draw(np.random.default_rng([7, seed])))
    chart = learning.Chart(student, poles="exp-exp", train=("poles", "B", "C"))
    fit = learning.fit(chart, task, learning.Adam(rate, final_rate=rate / 100), steps=config.steps, seed=seed,
                       every=config.steps)
    if fit.status.startswith("diverged"):
        return 10.0
    u, target = learning.Sampled(teacher, batch=16, length=256).draw(np.random.default_rng([4, seed]))
    return min(float(np.mean((networks.apply(fit.model, u) - target) ** 2) / np.mean(target**2)), 10.0)


def _small_signals(config):
    """(amplitudes, seeds): error of the wide block that equals the teacher without activations."""
    errors = np.empty((len(config.amplitudes), config.seeds))
    for seed in range(config.seeds):
        stack = _teacher(config, seed)
        u = np.random.default_rng([5, seed]).standard_normal((16, 256))
        for k, a in enumerate(config.amplitudes):
            deep = networks.apply(network(stack, "tanh"), a * u)
            wide = networks.apply(network(wide_form(stack), "tanh"), a * u)
            errors[k, seed] = np.mean((deep - wide) ** 2) / np.mean(deep**2)
    return errors


OUTCOMES = {
    "tanh": ("in both arms", (1.0, 1.0)),
    "relu": ("with depth-aware gains, and no better without normalization", (0.5, 1.0)),
}


# --- Claims and panels ----------------------------------------------------------------------------------------------


def _winner(race, arm):
    """1 where the quartiles of the deep student lie below those of the wide one, 0 above, ½ where they overlap."""
    deep, wide = (np.quantile(race[side, arm][0], (0.25, 0.75)) for side in ("deep", "wide"))
    return 1.0 if deep[1] < wide[0] else 0.0 if wide[1] < deep[0] else 0.5


def _arm_claim(activation, race):
    where, outcome = OUTCOMES[activation]
    return Claim(
        id=f"activations/{activation}",
        statement=f"With {activation} between the layers deep students learn a deep teacher better than wide blocks of "
                  f"equal size {where} (arms {', '.join(ARMS)}; 1: the quartiles of the final error lie below, "
                  "0: above, ½: they overlap).",
        source="paper: learning section, Figure 3C",
        predicted=outcome,
        measured=[_winner(race, arm) for arm in ARMS],
        tolerance=0.0,
        reason="a comparison of quartiles over seeds, each arm at its best rate",
        condition="an outcome of such runs, no law; teachers of the students' own build, which the wide block does not "
                  "contain",
    )


def _small_claim(config, small):
    a = np.array(config.amplitudes)
    return Claim(
        id="activations/small-signals",
        statement=r"With $\tanh$ after every layer the wide block equals the stack up to a relative error energy that "
                  "grows as the fourth power of the amplitude (the exponent).",
        source="new here",
        predicted=4.0,
        measured=np.polyfit(np.log(a), np.log(np.median(small, axis=1)), 1)[0],
        tolerance=0.05,
        reason=f"the next order: the exponent moves by a few times $a^2$, and peaks of the signals are several times "
               f"their standard deviation, up to ${a[-1]:g}$",
    )


def _relu_claim(config):
    differences = []
    for seed in range(config.seeds):
        stack = _teacher(config, seed)
        u = np.random.default_rng([6, seed]).standard_normal((16, 256))
        once = Network(tuple(Block(layer, activation="linear" if k else "relu")
                             for k, layer in enumerate(stack.layers)))
        y, full = networks.apply(once, u), networks.apply(network(stack, "relu"), u)
        differences.append(np.abs(y - full).max() / np.abs(full).max())
    return Claim(
        id="activations/relu-once",
        statement="A scalar cascade of positive poles and gains with ReLU after every layer is the one with ReLU after "
                  "the first layer alone: the rest of a deep ReLU teacher is linear.",
        source="new here: a positive signal stays positive",
        predicted=0.0,
        measured=max(differences),
        tolerance=1e-14,
        reason="rounding",
        floor=1.0,
        condition="positive poles and gains from the second layer on",
    )


def _panel(activation, race):
    x = np.arange(1, len(ARMS) + 1)
    curves = []
    for side, shift in (("deep", -0.05), ("wide", 0.05)):
        low, middle, high = np.quantile([race[side, arm][0] for arm in ARMS], (0.25, 0.5, 0.75), axis=1)
        curves.append(Curve(x + shift, middle, side, "markers", low, high))
    names = ", ".join(f"{k} {arm}" for k, arm in zip(x, ARMS, strict=True))
    return Panel(f"Layers with {activation} between", "normalization: " + names, "error / energy of the teacher",
                 tuple(curves), yscale="log", note="Adam at the best rate, median and quartiles over seeds")


def _small_panel(config, small):
    a = np.array(config.amplitudes)
    low, middle, high = np.quantile(small, (0.25, 0.5, 0.75), axis=1)
    return Panel("The equal wide block, small signals", "standard deviation of the input",
                 "error / energy of the stack",
                 (Curve(a, middle[0] * (a / a[0]) ** 4, "fourth power", "line", group=0),
                  Curve(a, middle, "tanh", "markers", low, high, group=0)), xscale="log", yscale="log")
