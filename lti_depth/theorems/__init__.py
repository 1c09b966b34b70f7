"""Theorems that cannot pass by accident: every law is proved and shadowed, and so is a wrong one, which must fail."""

from importlib import import_module

from .theorem import Origin, Step, Theorem, Tier

TOPICS = ("responses", "covariances", "growth", "delays", "equivalence", "learning", "bounds")

__all__ = ["TOPICS", "Origin", "Step", "Theorem", "Tier", "names", "run", "theorem"]


def names(topic=None):
    """The names of all theorems, or of those of a topic, in order."""
    topics = TOPICS if topic is None else (topic,)
    return tuple(name for each in topics for name in import_module(f"{__name__}.{each}").NAMES)


def theorem(name):
    """The Theorem of this name.

    Raises
    ------
    ValueError
        There is none.
    """
    for topic in TOPICS:
        if name in names(topic):
            return import_module(f"{__name__}.{topic}.{name.replace('-', '_')}").THEOREM
    from difflib import get_close_matches

    near = get_close_matches(str(name), names(), n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise ValueError(f"name: expected one of {', '.join(names())}, got {name!r}{hint}")


def run(name, *, samples=8, seed=0):
    """Prove a theorem and hold it against the numeric floor; then the same for its planted bug. See `runner.run`."""
    from .runner import run

    return run(theorem(name), samples=samples, seed=seed)
