"""Several experiments at once, one process each."""

from functools import partial

from .. import parallel
from . import run

PROCESSES = parallel.PROCESSES


def run_all(names, *, full=False, progress=lambda name, fraction: None, processes=PROCESSES):
    """Run experiments side by side, the same results as one after the other.

    Parameters
    ----------
    names : sequence of str
    full : bool
    progress : callable
        Called a few times a second with the last experiment that moved and the fraction of all done.
    processes : int

    Returns
    -------
    list of Result, in the order of `names`
    """
    return parallel.run_all(partial(_run, full=full), names, progress=progress, processes=processes)


def _run(name, progress, *, full):
    return run(name, full=full, progress=progress)
