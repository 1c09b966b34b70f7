"""Forks, threads and processes at once: right answers to the last bit, and no waiting for a lock that nobody holds.

Each case is a program of its own, which prints "same" when all its answers are.
"""

import os
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow
LIMIT = 180

ANSWERS = """
import hashlib, multiprocessing, os, sys, threading, time
import numpy as np
from lti_depth import certified, numeric

sys.setswitchinterval(1e-6)
rng = np.random.default_rng(0)
stack = numeric.cascade(rng.uniform(0.3, 0.9, 12))
wide = numeric.stack([numeric.Layer(rng.uniform(0.3, 0.9, 8), np.ones((8, 2)), np.ones((2, 8)))] * 2)
u, omega = rng.normal(size=(32, 3000)), np.linspace(0.1, 3, 50_000)  # enough for a pool of threads


def balls(values):
    return [(part.mid().man_exp(), part.rad().man_exp()) for ball in values for part in (ball.real, ball.imag)]


QUESTIONS = [
    lambda: numeric.simulate(stack, u)[0],
    lambda: numeric.simulate(wide, np.stack([u, u], axis=2))[0],
    lambda: numeric.group_delay(stack, omega),
    lambda: numeric.frequency_response(stack, omega),
    lambda: numeric.autocovariance(stack, np.arange(100)),
    lambda: balls(certified.frequency_response(stack, [0.1, 0.2])),
    lambda: balls(certified.frequency_response(stack, [0.1], rtol=1e-40)),
]


ALL, COVARIANCES = range(len(QUESTIONS)), [4]


def answers(order=ALL):
    found = {}
    for n in order:
        answer = QUESTIONS[n]()
        bits = answer.tobytes() if isinstance(answer, np.ndarray) else repr(answer).encode()
        found[n] = hashlib.sha256(bits).hexdigest()
    return found


def child_agrees(expected):
    pid = os.fork()
    if pid == 0:
        os._exit(0 if answers(expected) == expected else 1)
    return os.waitpid(pid, 0)[1] == 0
"""


def assert_same(program, **environment):
    process = subprocess.Popen([sys.executable, "-c", ANSWERS + program], env=os.environ | environment, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)  # fmt: skip
    try:
        out, errors = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, errors = process.communicate()
        pytest.fail(f"no answer in {LIMIT} s\n{out}{errors}")
    assert process.returncode == 0 and out == "same\n", errors


def test_fork_after_kernels_and_their_threads_were_used():
    assert_same("""
before = answers()
assert threading.active_count() > 1 or len(os.sched_getaffinity(0)) == 1
assert child_agrees(before) and answers() == before and child_agrees(before)
print("same")
""")


def test_workers_that_were_forked():
    assert_same("""
before = answers()
with multiprocessing.get_context("fork").Pool(2) as pool:
    assert pool.map(answers, [ALL] * 4) == [before] * 4
print("same")
""")


def test_fork_while_threads_are_at_work():
    assert_same("""
before, done = answers(), threading.Event()


def work(order):
    while not done.is_set():
        assert answers(order) == before


threads = [threading.Thread(target=work, args=(order,)) for order in (ALL, ALL[::-1], [3, *ALL])]
for thread in threads:
    thread.start()
for _ in range(5):
    assert child_agrees(before)
done.set()
for thread in threads:
    thread.join()
print("same")
""")


def test_fork_while_a_thread_compiles(tmp_path):
    """Into an empty cache; a fork waits for the compiler."""
    assert_same("""
found = []
thread = threading.Thread(target=lambda: found.append(answers(COVARIANCES)))
thread.start()
time.sleep(0.5)
assert not found
pid = os.fork()
if pid == 0:
    answers(COVARIANCES)
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
thread.join()
assert child_agrees(found[0])
print("same")
""", NUMBA_CACHE_DIR=str(tmp_path))


def test_fork_while_a_thread_holds_the_precision():
    assert_same("""
from lti_depth.certified import precision

held, before = threading.Event(), answers()


def hold():
    with precision.working(300):
        held.set()
        time.sleep(0.5)


thread = threading.Thread(target=hold)
thread.start()
held.wait()
assert child_agrees(before)
print("same")
""")


def test_threads_that_ask_at_once():
    """The first questions of all, in different orders."""
    assert_same("""
found, start = {}, threading.Barrier(4)


def ask(n):
    start.wait()
    found[n] = answers([*ALL[2 * n :], *ALL[: 2 * n]])


threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
alone = answers()
assert [found[n] for n in range(4)] == [alone] * 4
print("same")
""")
