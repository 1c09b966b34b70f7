"""Threads over independent outputs: results never depend on how many there are."""

import os
from collections import deque
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

    Each thread takes the next item that nobody has taken. Nobody waits for a thread that has not begun: the caller
    does what is left. So a task may call this function again, and several threads may share the pool.
    """
    workers, todo, results = min(count(), len(items)), deque(enumerate(items)), [None] * len(items)
    held = [task, todo, results]  # emptied at the end: a call that no thread has begun stays in the pool's queue
    others = [_pool(os.getpid(), count() - 1).submit(_work, held) for _ in range(workers - 1)]
    _work(held)
    for other in others:
        if not other.cancel():
            other.result()
    held.clear()
    return results


def _work(held):
    task, todo, results = held
    while todo:
        try:
            n, item = todo.popleft()
        except IndexError:  # another thread has taken the last one
            return
        results[n] = task(item)
