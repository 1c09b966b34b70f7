"""Races, goals, bounds and tables: what a job is measured with."""

import json
import time

import numpy as np
import pytest
from scipy import signal

from lti_depth import bench, numeric, threads
from lti_depth.bench import balls, errors, growth, limits, record, runner, text
from lti_depth.bench.job import Check, Peer, Runs, agreement, times_faster, within
from lti_depth.certified import cascade, impulse_response


def sleeping(seconds, calls=None):
    def run():
        time.sleep(seconds)
        if calls is not None:
            calls.append(seconds)

    return run


def job(*goals):
    return bench.Job("name", "size", goals, lambda: None)


def runs(error=0.0, peer=0.02):
    ours, limit = sleeping(0.005), sleeping(0.002)
    return Runs(ours, {"peer": Peer(sleeping(peer), 1.0, ""), "absent": None}, {"limit": limit},
                lambda: [Check("truth", error, 1e-10, "why")])  # fmt: skip


def test_a_race_takes_the_least_of_turns_and_times_hopeless_peers_once():
    calls = []
    times = runner.race({"ours": sleeping(0.012, calls), "fast": sleeping(0.001), "slow": sleeping(0.1, calls)},
                        ["fast", "slow"], 0.2)  # fmt: skip
    assert 0.012 <= times["ours"] and 0.001 <= times["fast"] < times["ours"] < times["slow"]
    assert calls.count(0.1) == 1 and calls.count(0.012) >= 3


def test_an_outcome():
    outcome = runner.run(job(times_faster(2), within(1.5, "limit"), times_faster(2, "absent")), runs(), 0.1)
    assert outcome.best_peer == "peer" and outcome.limit == "limit" and outcome.peers["absent"] is None
    assert outcome.ratio == outcome.peers["peer"] / outcome.ours["ours"] > 2
    assert outcome.distance == pytest.approx(outcome.ours["ours"] / outcome.limits["limit"]) and outcome.distance > 1.5
    assert [met for _, _, met in outcome.verdicts] == [True, False, None]
    assert [str(goal) for goal, _, _ in outcome.verdicts] == ["≥ 2 × the best peer", "≤ 1.5 × limit", "≥ 2 × absent"]


@pytest.mark.parametrize("error", [1e-9, np.nan])
def test_nothing_is_timed_without_agreement(error):
    outcome = runner.run(job(), runs(error=error), 0.1)
    assert outcome.failures and not outcome.ours and outcome.ratio is None


def test_records_are_strict_json():
    checks = [Check("single", np.float32(0.25), np.float32(0.5), ""), Check("no number", np.nan, None, "")]
    outcome = runner.Outcome(job(within(2, "limit")), tuple(checks), {"ours": 1.0}, {"absent": None}, {"limit": 0.25})
    found = json.loads(record.dumps(record.of_job(outcome)), parse_constant=pytest.fail)
    assert [check["error"] for check in found["checks"]] == [0.25, "nan"]
    assert found["goals"] == [{"goal": "≤ 2 × limit", "value": 4.0, "met": False}]
    assert found["peers"] == {"absent": None} and found["ratio"] is None and found["distance"] == 4


def test_agreement_is_relative_to_the_largest_entry():
    peers = {"right": Peer(lambda: [2.0, -4.0], 1e-15, ""), "off": Peer(lambda: [2.0, -4.4], 1e-2, ""), "absent": None}
    right, off = agreement(np.array([2.0, -4.0]), peers)
    assert right.holds and right.error == 0 and not off.holds and off.error == pytest.approx(0.1)


def test_one_thread_is_one_thread():
    seen, before = [], threads.count()
    runner.on_one_thread(lambda: seen.append(threads.count()))()
    assert seen == [1] and threads.count() == before


def test_twice_the_multiply_adds_take_twice_the_time():
    (one,), (two,) = (limits.multiply_adds(count, cores=1).values() for count in (10**7, 2 * 10**7))
    times = runner.race({"one": one, "two": two}, seconds=0.3)
    assert 1.5 < times["two"] / times["one"] < 2.7


@pytest.mark.parametrize("order", [1, 2])
def test_the_bound_of_a_recursion_holds_and_says_something(order):
    poles, u = np.linspace(0.3, 0.9, 6), np.random.default_rng(0).normal(size=5000)
    expected = single = u.astype("f4").astype(float)
    for i in range(0, 6, order):
        section = np.poly(poles[i : i + order])
        expected = signal.lfilter([1.0], section, expected)
        single = signal.lfilter(np.ones(1, "f4"), section.astype("f4"), single.astype("f4"))
    error = np.abs(single - expected).max()
    bound = errors.SINGLE * errors.recursion(poles, order) * np.abs(u).max()
    assert error < bound < 1e4 * error


def test_impulse_responses_have_ended():
    poles = np.array([0.9, -0.5, 0.9])
    h = errors.impulse(poles)
    assert np.abs(h[-1]) < 1e-20
    np.testing.assert_allclose(h.sum(), 1 / np.prod(1 - poles), rtol=1e-13)


def test_errors_from_balls():
    ball = impulse_response(cascade([0.5]), 2)  # 1/4
    assert balls.relative_errors([0.25, 0.5], [ball, ball]) == [0.0, 1.0]
    assert balls.relative_errors([0.5], [ball], [0.5]) == [0.5]
    assert np.isinf(balls.relative_errors([np.inf], [ball])).all()
    assert balls.radius([ball]) == 0


def test_the_scale_of_delays_is_their_sum_in_size():
    stack = numeric.cascade([0.5, -0.5])  # 1 and −1/3 samples at ω = 0
    assert balls.delay_scale(stack, np.zeros(1)) == pytest.approx([4 / 3])


def test_slopes():
    sizes = [2, 8, 32]
    assert growth.slope(sizes, [3.0 * size**1.5 for size in sizes]) == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("value", "shown"), [(1.234e-3, "1.23 ms"), (2.5e-7, "250 ns"), (None, "missing"), (12.0, "12 s")]
)
def test_quantities(value, shown):
    assert text.quantity(value, "s") == shown


def test_digits():
    assert [text.digits(value) for value in (0.0, 0.912, 12.34, 1240.4, 2e15, 1e-20, "inf")] == [
        "0", "0.912", "12.3", "1240", "2.0e15", "1.0e-20", "inf"]  # fmt: skip
