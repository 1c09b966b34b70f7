"""Races: runs timed in turns, their least times printed beside the physical bound that was measured with them."""

import time

import numpy as np


def race(runs, seconds=1.0):
    """{name: least time} of functions without arguments, in turns for some seconds, three turns at least."""
    best, began, turns = dict.fromkeys(runs, np.inf), time.perf_counter(), 0
    while turns < 3 or time.perf_counter() - began < seconds:
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - start)
        turns += 1
    return best


def report(size, times, ours, peers, bound):
    """Print the race; how many times faster `ours` is than the best of the peers. Missing peers are shown as such."""
    present = {name: times[name] for name in peers if name in times}
    name = min(present, key=present.get)
    ratio = present[name] / times[ours]
    listed = ", ".join(f"{peer} {_milliseconds(times.get(peer))}" for peer in peers)
    more = ", ".join(f"{key} {_milliseconds(value)}" for key, value in times.items() if key not in peers)
    print(f"\n{size}: {more}; peers: {listed}; {ours} is {ratio:.1f} × {name} and takes "
          f"{times[ours] / times[bound]:.2f} × {bound}")  # fmt: skip
    return ratio


def _milliseconds(value):
    return "missing" if value is None else f"{value * 1e3:.4g} ms"
