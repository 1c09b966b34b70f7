"""The pool: every item once and in order, from several threads and from within a task."""

import threading
import weakref

import numpy as np
import pytest

from lti_depth import threads

PATIENCE = 60  # seconds, for what takes some milliseconds unless it waits forever


@pytest.fixture(params=[1, 2, 3, 7])
def count(request, monkeypatch):
    monkeypatch.setattr(threads, "count", lambda: request.param)
    return request.param


def in_time(call):
    """The result of a call that must come to an end, in a thread that the test does not wait for."""
    found = []
    thread = threading.Thread(target=lambda: found.append(call()), daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert found, "no result: a thread waits for one that waits for it, or the call failed"
    return found[0]


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10])
def test_results_stand_in_the_order_of_the_items(count, n):
    assert threads.run(lambda item: item**2, list(range(n))) == [item**2 for item in range(n)]


def test_a_task_may_use_the_pool(count):
    def outer(i):
        return sum(threads.run(lambda j: sum(threads.run(lambda k: i * j * k, range(5))), range(4)))

    assert in_time(lambda: threads.run(outer, range(6))) == [i * 6 * 10 for i in range(6)]


def test_several_threads_share_the_pool(count):
    found, start = {}, threading.Barrier(5)

    def ask(n):
        start.wait()
        found[n] = [threads.run(lambda item: item + n, range(50)) for _ in range(20)]

    askers = [threading.Thread(target=ask, args=(n,), daemon=True) for n in range(5)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(PATIENCE)
    assert found == {n: [[item + n for item in range(50)]] * 20 for n in range(5)}


@pytest.mark.parametrize("where", range(6))
def test_what_a_task_raises_reaches_the_caller(count, where):
    def task(item):
        if item == where:
            raise ZeroDivisionError(item)

    with pytest.raises(ZeroDivisionError, match=str(where)):
        threads.run(task, range(6))


def test_what_no_thread_took_is_let_go_with_the_call(monkeypatch):
    """Calls in a row, as chunks of a signal are, keep one chunk: also where the pool is busy elsewhere."""
    monkeypatch.setattr(threads, "count", lambda: 2)
    busy, free = threading.Event(), threading.Event()

    def occupy():
        busy.set()
        assert free.wait(PATIENCE)

    occupied = threads._pool(threads.os.getpid(), 1).submit(occupy)
    assert busy.wait(PATIENCE)
    try:
        chunk = np.ones(10)
        kept = weakref.ref(chunk)
        assert threads.run(lambda n, chunk=chunk: chunk[n], range(10)) == [1.0] * 10
        del chunk
        assert kept() is None
    finally:
        free.set()
        occupied.result()
