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
    """``[task(item) for item in items]`` on all cores; the caller's thread works too."""
    workers = min(count(), len(items))
    if workers < 2:
        return [task(item) for item in items]
    others = [_pool(os.getpid(), count() - 1).submit(_several, task, items[i::workers]) for i in range(1, workers)]
    results = [None] * len(items)
    results[::workers] = _several(task, items[::workers])
    for i, other in enumerate(others, 1):
        results[i::workers] = other.result()
    return results


def _several(task, items):
    return [task(item) for item in items]
