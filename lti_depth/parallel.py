"""Several tasks at once, one process each."""

import multiprocessing
import os
import signal
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import contextmanager

PROCESSES = 2
_fractions = None  # in a worker: how far each task is, shared with the parent


def run_all(task, names, *, progress=lambda name, fraction: None, processes=PROCESSES):
    """Run one task for each name side by side, the same results as one after the other.

    Parameters
    ----------
    task : callable
        (name, progress) → result, with `progress` to be called with the fraction done. It and the results are pickled.
    names : sequence of str
    progress : callable
        Called a few times a second with the last name that moved and the fraction of all done.
    processes : int

    Returns
    -------
    list, in the order of `names`
    """
    context = multiprocessing.get_context("spawn")  # a fork would copy the locks of compiled code and thread pools
    fractions = context.Array("d", len(names))
    with _one_thread_each(), ProcessPoolExecutor(processes, context, _share, (fractions,)) as pool:
        try:
            futures = [pool.submit(_run, task, index, name) for index, name in enumerate(names)]
            pending, before = set(futures), [0.0] * len(names)
            while pending:
                done, pending = wait(pending, timeout=0.25, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()  # raises what was raised there
                now = list(fractions)
                moved = [name for name, old, new in zip(names, before, now, strict=True) if new > old]
                if moved:
                    progress(moved[-1], sum(now) / len(names))
                before = now
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise
        return [future.result() for future in futures]


@contextmanager
def _one_thread_each():
    """Processes started here multiply their matrices on one thread: those of two would fight for the cores."""
    names = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update({name: value or "1" for name, value in before.items()})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]


def _share(fractions):
    global _fractions
    _fractions = fractions
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the parent's to act on


def _run(task, index, name):
    def progress(fraction):
        _fractions[index] = fraction

    result = task(name, progress)
    progress(1.0)
    return result
