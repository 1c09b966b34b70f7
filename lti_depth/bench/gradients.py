"""Steps of learning: the loss of scalar cascades with its gradient, on samples and without."""

from functools import partial

import numpy as np

from .. import numeric, threads
from ..learning import population, sampled
from . import errors, jax_peers, limits, scipy_peers, torch_peers
from .job import Job, Runs, agreement, times_faster

BATCH, T, SEEDS = 32, 1000, 100
ENDED = 4096  # times after which the impulse responses of `pair` are below rounding
ROUNDING = "rounding of the recursions or FFTs, and of the sums over time"


def _rms(values):
    return float(np.sqrt(np.mean(np.square(values))))


def _sampled_bound(poles, gain, u, target, gradient):
    """Of means of e·w, with w = y through one more section, relative to the largest entry of the gradient."""
    y = gain * numeric.simulate(numeric.cascade(poles), u)[0]
    reach = 1 / (1 - np.abs(poles).max())
    H = abs(gain) * np.prod(1 / (1 - np.abs(poles)))
    signals = abs(gain) * errors.recursion(poles) * np.abs(u).max() + errors.transforms(H, 2 * T) * np.sqrt(T)
    sums = u.size * _rms(y - target) * _rms(y)
    return 2 * errors.DOUBLE * reach * (sums + 2 * signals * (_rms(y - target) + _rms(y))) / np.abs(gradient).max()


def _multiply_adds(K):
    """A layer, its sensitivity and the sum of products with e, and five for the error and the loss, a sample."""
    return BATCH * T * (3 * K + 5)


def _sampled(K):
    rng = np.random.default_rng(0)
    poles, gain = np.linspace(0.3, 0.6, K), 0.5
    u, target = rng.normal(size=(2, BATCH, T))
    given = sampled.signals(u, target)  # as the peers' signals: laid out once
    ours = partial(sampled.gradients, poles[None], np.array([gain]), given)
    expected = ours()[1][0]
    bound = _sampled_bound(poles, gain, u, target, expected)
    work = (poles, gain, u, target, bound, ROUNDING)
    peers = {"scipy lfilter": scipy_peers.cascade_gradient(*work), "torch FFT": torch_peers.cascade_gradient(*work)}
    # at K = 12 the associative scan takes 25 s to compile and runs 20 times slower than the best form
    forms = [form for form in jax_peers.CASCADES if K <= 2 or form != "jax associative scan"]
    peers |= {form: jax_peers.cascade_gradient(form, *work) for form in forms}
    return Runs(ours, peers, limits.multiply_adds(_multiply_adds(K), cores=1), lambda: agreement(expected, peers))


def _seeds():
    rng = np.random.default_rng(1)
    poles, gains = rng.uniform(0.2, 0.6, (SEEDS, 6)), rng.normal(size=SEEDS)
    u, target = rng.normal(size=(2, BATCH, T))
    given = sampled.signals(u, target)
    ours = partial(sampled.gradients, poles, gains, given)
    expected = ours()[1]
    largest = np.abs(expected).max()
    bound = max(_sampled_bound(row, gain, u, target, largest) for row, gain in zip(poles, gains, strict=True))
    work = (poles, gains, u, target, bound, ROUNDING)
    peers = {form: jax_peers.cascade_gradient(form, *work, many=True) for form in ("jax FFT", "jax scan")}
    peers["scipy lfilter, one by one"] = scipy_peers.one_by_one(*work)
    return Runs(ours, peers, limits.multiply_adds(SEEDS * _multiply_adds(6), cores=threads.count()),
                lambda: agreement(expected, peers))  # fmt: skip


def pair(K):
    """A student and a teacher of K layers."""
    rng = np.random.default_rng(0)
    return tuple(numeric.cascade(rng.uniform(0.5, 0.97, K), b=1 - rng.uniform(0.5, 0.97, K)) for _ in range(2))


def _population(K):
    student, teacher = pair(K)
    ours = partial(population.gradient, student, teacher)
    expected = ours()[1].poles
    # nothing is negative: responses are right to 2 (t + 2K) u, entry by entry; then a sum over all times
    sizes = [float(np.sqrt(numeric.autocovariance(stack, 0))) for stack in (student, teacher)]
    products = sum(sizes) * sizes[0] / (1 - max(student.poles))
    bound = 2 * errors.DOUBLE * (2 * (ENDED + 2 * K) + ENDED) * products / np.abs(expected).max()
    work = (student, teacher, ENDED, bound, ROUNDING)
    peers = {"scipy, impulse responses": scipy_peers.population_gradient(*work),
             "jax, frequencies": jax_peers.population_gradient(*work)}  # fmt: skip
    # each pair of the 2 K layers: three products and sums for its covariance, twice as many back
    return Runs(ours, peers, limits.multiply_adds(9 * K * (2 * K + 1), cores=1), lambda: agreement(expected, peers))


JOBS = (
    *(Job(f"sampled-gradient-{K}", f"loss and gradient on samples, batch {BATCH} × {T}, K = {K}",
          tuple(map(times_faster, factors)), partial(_sampled, K))
      for K, factors in ((1, (50,)), (2, (50,)), (6, ()), (12, (20,)))),
    Job("hundred-seeds", f"{SEEDS} seeds at once, batch {BATCH} × {T}, K = 6", (times_faster(60),), _seeds),
    Job("population-gradient", "population loss and gradient, K = 12", (), partial(_population, 12)),
)  # fmt: skip
