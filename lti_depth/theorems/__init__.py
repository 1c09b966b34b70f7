"""Theorems that cannot pass by accident: every law is proved and shadowed, and so is a wrong one, which must fail."""

from importlib import import_module

from .. import parallel as pool
from ..system import validation
from .theorem import Origin, Step, Theorem, Tier

TOPICS = {
    "responses": "Transfer functions, zeros and impulse responses",
    "covariances": "Second moments of outputs and states",
    "growth": "Growth of variance with depth; normalization and residual sums",
    "delays": "Group delay and what it means in time",
    "equivalence": "Deep and wide: one map, two forms",
    "learning": "Sensitivities, plateaus and flows",
    "bounds": "How much a state of given size can hold",
}
"""The topics and their titles."""

__all__ = ["TOPICS", "Origin", "Step", "Theorem", "Tier", "names", "run", "run_all", "select", "theorem"]


def names(topic=None):
    """The names of all theorems, or of those of a topic, in order."""
    topics = TOPICS if topic is None else (validation.choice(topic, "topic", tuple(TOPICS)),)
    return tuple(name for each in topics for name in import_module(f"{__name__}.{each}").NAMES)


def select(chosen):
    """`chosen` as a tuple of names, in order and each once; all theorems for none.

    Raises
    ------
    ValueError
        There is no theorem of one of these names; says which is nearest.
    """
    for name in validation.names(chosen, "chosen"):
        theorem(name)
    return tuple(name for name in names() if name in chosen or not chosen)


def theorem(name):
    """The Theorem of this name.

    Raises
    ------
    ValueError
        There is none.
    """
    if not isinstance(name, str):
        raise TypeError(f"name: expected the name of a theorem, got {validation.describe(name)}")
    for topic in TOPICS:
        if name in names(topic):
            return import_module(f"{__name__}.{topic}.{name.replace('-', '_')}").THEOREM
    from difflib import get_close_matches

    near = get_close_matches(name, names(), n=1)
    if near:
        raise ValueError(f"name: expected the name of a theorem, got {name!r}; did you mean {near[0]}?")
    raise ValueError(f"name: expected one of {', '.join(names())}, got {name!r}")


def run(name, *, samples=8, seed=0):
    """Prove a theorem and hold it against the numeric floor; then the same for its planted bug. See `runner.run`."""
    from .runner import run

    return run(theorem(name), samples=samples, seed=seed)


def run_all(chosen=(), *, progress=lambda name, fraction: None, processes=pool.PROCESSES):
    """`run` of several theorems, all of them for none, side by side; one alone in this process.

    Parameters
    ----------
    chosen : sequence of str
    progress : callable
        Called a few times a second with the last theorem that was tried and the fraction of all done.
    processes : int

    Returns
    -------
    list of Outcome, in the order of `names`
    """
    chosen = select(chosen)
    validation.callback(progress, "progress")
    validation.integer(processes, "processes", 1)
    if len(chosen) == 1:
        return [run(chosen[0])]
    return pool.run_all(_run, chosen, progress=progress, processes=processes)


def _run(name, progress):
    return run(name)
