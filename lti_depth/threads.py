"""Threads over independent outputs: results never depend on how many there are."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache


def count():
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _pool(process, workers):
    """One pool a process: threads do not survive a fork, and the child asks under another process number."""
    return ThreadPoolExecutor(workers, thread_name_prefix=f"lti-depth-{process}")


def held_over_forks(lock):
    """The lock: a fork waits until it is free, so that no child waits for a thread that stayed in the parent."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)
    return lock


def run(task, items):
    """``[task(item) for item in items]`` on all cores; the caller's thread works too.

    Nobody waits for work that has not begun: what no thread of the pool has taken, the caller does. So a task may
    call this function again, and several threads may share the pool.
    """
    workers = min(count(), len(items))
    if workers < 2:
        return _several(task, items)
    shares, results = [items[i::workers] for i in range(workers)], [None] * len(items)
    held = [task]  # emptied at the end: what the caller took back stays in the pool's queue, but not what it reads
    others = [_pool(os.getpid(), count() - 1).submit(_several_of, held, share) for share in shares[1:]]
    results[::workers] = _several(task, shares[0])
    for i, other in enumerate(others, 1):
        results[i::workers] = _several(task, shares[i]) if other.cancel() else other.result()
    held.clear()
    return results


def _several(task, items):
    return [task(item) for item in items]


def _several_of(held, items):
    return _several(*held, items)
