"""Simulated records, and averages over them with their standard errors."""

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from .. import numeric

SIGMAS = 5  # a tolerance in standard errors: by chance a value misses less than once in 10⁵


@dataclass(frozen=True, eq=False)
class Estimate:
    """A mean over independent batches, and its standard error; arrays of one shape."""

    mean: np.ndarray
    error: np.ndarray
    batches: int

    @property
    def low(self):
        """Lower end of the interval of `SIGMAS` standard errors."""
        return self.mean - SIGMAS * self.error

    @property
    def high(self):
        """Upper end of the interval of `SIGMAS` standard errors."""
        return self.mean + SIGMAS * self.error

    def tolerance(self, predicted):
        """`SIGMAS` standard errors relative to what is predicted, the largest over the entries."""
        return float(np.max(SIGMAS * self.error / np.abs(predicted)))

    @property
    def reason(self):
        """Why that tolerance, for a claim."""
        return f"{SIGMAS} standard errors of the mean of {self.batches} independent records"

    def __getitem__(self, index):
        return Estimate(self.mean[index], self.error[index], self.batches)


def estimate(samples):
    """The Estimate of the mean along axis 0, one independent record each."""
    samples = np.asarray(samples)
    return Estimate(samples.mean(axis=0), samples.std(axis=0, ddof=1) / np.sqrt(len(samples)), len(samples))


def white_noise(rng, batches, length):
    """(batches, length) standard normal samples."""
    return rng.standard_normal((batches, length))


def ar1_noise(rng, rho, batches, length):
    """(batches, length) samples of the AR(1) process of unit variance, stationary from the first sample on."""
    innovations = rng.standard_normal((batches, length))
    innovations[:, 1:] *= np.sqrt(1 - rho**2)
    return lfilter([1.0], [1.0, -rho], innovations, axis=1)


def layer_outputs(stack, u):
    """Yield the output of each layer in turn, every one simulated from rest."""
    for k in range(len(stack)):
        u, _ = numeric.simulate(stack[k : k + 1], u)
        yield u


def mean_products(y, lags):
    """(batches, lags): the mean over time of y_{t+Δ} y_t*, for lags Δ ≥ 0."""
    T = y.shape[1]
    return np.stack([(y[:, lag:] * y[:, : T - lag].conj()).mean(axis=1) for lag in lags], axis=1)


def autocovariances(stack, u, lags, discard):
    """The Estimate of every layer's autocovariance, (K, lags), after the first `discard` samples."""
    return estimate(np.stack([mean_products(y[:, discard:], lags) for y in layer_outputs(stack, u)], axis=1))
