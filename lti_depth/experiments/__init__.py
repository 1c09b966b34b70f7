"""Experiments: a frozen Config → run → Result, one a file. An experiment is loaded when it is run."""

from difflib import get_close_matches
from importlib import import_module

from ..system import validation

DESCRIPTIONS = {
    "autocovariance": "the autocovariance of every layer's output, for white, AR(1) and recorded input",
    "growth": "the variance of the state against the pole and the depth, and its laws of growth",
    "universality": "what depth does to the memory of the input: the Gaussian law, its classes and its limits",
    "delay": "an impulse and white noise through twelve layers: two delays and what B and C do to them",
    "deep-wide": "a deep stack and the wide layer equal to it: what is the same and what is not",
    "real-input": "sunspots and sea-surface temperatures through a stack: exact and finite-window predictions",
    "saddle": "deep students of a one-layer teacher: the tied plateau, the escape from it, and what stops it",
    "complex-poles": "teachers with complex poles: real students trapped, sections and complex poles free",
    "correlated-inputs": "the plateau, the saddle and the escape under AR(1), token and recorded inputs",
    "depths": "teachers and students of one to twelve layers, linear and with activations",
    "deep-against-wide": "deep and wide students of a deep teacher under every normalization and preconditioning",
    "activations": "deep and wide students with activations between the layers: what stays and what does not",
    "identification": "LRU stacks of one to twelve layers identify a linear system",
    "dynamics": "gradient flow of shared gains and of deep products of gains, against its closed forms",
    "sensitivity": "the curse of memory with depth: sensitivities, curvature and the largest learning rates",
    "delay-learning": "how much of a pure delay a student of given size can hold, and how much training finds",
    "norm-separation": "the coefficients a wide layer needs to imitate a deep one",
}


def select(names):
    """The experiments of these names in the order of the registry; all of them for no names.

    Raises
    ------
    ValueError
        A name is unknown.
    """
    for name in validation.names(names, "names"):
        if name not in DESCRIPTIONS:
            near = get_close_matches(name, DESCRIPTIONS, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"name: expected one of {', '.join(DESCRIPTIONS)}, got {name!r}{hint}")
    return [name for name in DESCRIPTIONS if name in names or not names]


def run(name, *, full=False, progress=lambda fraction: None):
    """Run one experiment at its default or full setting.

    Parameters
    ----------
    name : str
        One of `DESCRIPTIONS`.
    full : bool
        The larger setting: more samples, deeper stacks.
    progress : callable
        Called now and then with the fraction done.

    Returns
    -------
    Result

    Raises
    ------
    ValueError
        The name is unknown.
    """
    module = _module(name)
    validation.boolean(full, "full")
    validation.callback(progress, "progress")
    return module.run(module.Config.full() if full else module.Config(), progress)


def minutes(name):
    """About how long the full setting takes on one core."""
    return _module(name).FULL_MINUTES


def _module(name):
    if not isinstance(name, str):
        raise TypeError(f"name: expected the name of an experiment, got {validation.describe(name)}")
    select([name])
    return import_module(f"{__name__}.{name.replace('-', '_')}")
