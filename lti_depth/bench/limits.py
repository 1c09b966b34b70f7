"""What the machine cannot do faster: copies, vector multiply-adds, matrix products. Run in the turns of each race."""

import numpy as np

from .. import threads
from ..kernels.jit import jit
from ..kernels.vectors import broadcast, fma_each, load_each, store_each

LANES = {"f8": 8, "f4": 16, "c16": 8, "c8": 16}  # of 512 bits, as the vectors of the kernels
_TWELVE = (0,) * 12


def copy(array):
    """np.copyto of an array of that size."""
    target = np.empty_like(array)
    return {"np.copyto": lambda: np.copyto(target, array)}


@jit
def _multiply_adds(memory, rounds):
    """Twelve independent chains: enough to keep the units of a core busy."""
    x, one = load_each(memory, 0, _TWELVE), broadcast(1.0)
    for _ in range(rounds):
        x = fma_each(one, x, x)
    store_each(memory, 0, x)


def multiply_adds(count, dtype="f8", cores=None):
    """As many multiply-adds of real numbers, in full vectors, on all cores (or so many), from registers alone."""
    cores = cores or threads.count()
    rounds = max(1, round(count / LANES[dtype] / 12 / cores))
    memories = [np.zeros(12 * 8) for _ in range(cores)]

    def run():
        threads.run(lambda memory: _multiply_adds(memory, rounds), memories)

    run()  # compiled before it is timed
    return {"FMA peak" if cores > 1 else "FMA peak, one core": run}


def products(name, times, m, k, n, dtype):
    """`times` products of (m, k) with (k, n) by BLAS: sgemm, zgemm, …"""
    rng = np.random.default_rng(0)
    left, right = (rng.normal(size=shape).astype(dtype) for shape in ((m, k), (k, n)))
    out = np.empty((m, n), dtype)

    def run():
        for _ in range(times):
            np.matmul(left, right, out=out)

    return {name: run}
