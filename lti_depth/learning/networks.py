"""Networks on sampled signals: their outputs, and the exact gradient of a mean squared error by the adjoint."""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from .. import threads
from ..kernels import networks as kernel
from ..kernels.vectors import BITS
from ..numeric import planar
from ..system import Block, Network, Stack, validation

_TAPE = 2**23  # bytes of a tape, one for each thread
_CHUNKS = 16


class NetworkFields(NamedTuple):
    """Values shaped like the parameters of a network: tuples with one array a block; mix: None where there is none."""

    poles: Any
    B: Any
    C: Any
    D: Any
    mix: Any


def apply(network, u):
    r"""The output of a network, from rest.

    .. math:: p^{(k+1)}_t = M_k\,\varphi_k\big(\text{layer}_k(p^{(k)}_t/\sigma^{(k)}_t)\big) + p^{(k)}_t

    Parameters
    ----------
    network : Network or Stack
        A Stack counts as linear blocks without norms.
    u : (T,) or (batch, T) array for one input channel, else (batch, T, H_in)
        float32 and complex64 are computed in their precision, everything else in double.

    Returns
    -------
    y : array of the shape of u, its channel axis H_out (no channel axis when H_in = H_out = 1)

    Raises
    ------
    ValueError
        A shape does not fit, NaN or inf in u, or a complex signal into a layer with real=True or an activation.

    Notes
    -----
    A norm divides by the root of the mean of |p|² over the channels ("layer": after their mean is taken away), without
    the usual ε; a signal that is zero there stays zero. "rms": Zhang & Sennrich, arXiv 1910.07467; "layer": Ba et al.,
    arXiv 1607.06450, both without gains, which B holds.
    """
    network = _network(network)
    signal = _signal(u, "u", network.blocks[0].channels[0], "input")
    parts = _parts(network, signal)
    rows, parameters, _, working = _engine(network, parts, signal)
    current = network.timing == "current"
    batch, T = signal.shape[:2]
    y = np.empty((batch, T * parts * network.blocks[-1].channels[1]), working.dtype)
    state = np.zeros((batch, rows[-1]["state"]), working.dtype)

    def part(span):
        kernel.apply(rows, parameters, current, kernel.TILE, working[span], state[span], y[span])

    threads.run(part, _chunks(batch))
    shape = _output_shape(np.shape(u), network.blocks[-1].channels[1])
    return planar.joined(y.reshape(batch, T, -1), parts).reshape(shape)


def loss(network, u, target, weights=None):
    r"""½ mean over the batch of :math:`\sum_t w_t |y_t - \text{target}_t|^2`: `gradient` without the gradient."""
    y, aim = apply(network, u), np.asarray(target)
    if y.shape != aim.shape:
        raise ValueError(f"target: expected shape {y.shape} as the output, got {aim.shape}")
    batch, T = (1, *np.shape(u)) if np.ndim(u) == 1 else np.shape(u)[:2]
    squares = np.abs(y - aim).reshape(batch, T, -1).astype(float) ** 2
    return float(time_weights(weights, T) @ squares.sum(axis=2).mean(axis=0) / 2)


def gradient(network, u, target, weights=None):
    r"""The loss on given signals, and its exact gradient.

    .. math:: L = \tfrac12\,\text{mean}_{batch} \sum_t w_t \sum_h |y_{t,h} - \text{target}_{t,h}|^2

    Parameters
    ----------
    network : Network or Stack
        A Stack counts as linear blocks without norms.
    u : (T,) or (batch, T) array for one input channel, else (batch, T, H_in)
        float32 and complex64 are computed in their precision, everything else in double.
    target : array of the shape of the output
    weights : (T,) array, optional
        w; 1/T each if None. Zeros at the start wash out the initial rest.

    Returns
    -------
    loss : float
    gradient : NetworkFields
        (∂_Re + i ∂_Im) L for complex parameters, real arrays for real ones.

    Raises
    ------
    ValueError
        A shape does not fit, NaN or inf, or a complex signal where only real ones go.

    Notes
    -----
    The adjoint run backward through tiles of 128 steps; only the states between tiles are kept, O(T/128). The batch is
    cut into at most 16 parts whose gradients are summed in order: the bits do not depend on the number of threads.
    """
    network = _network(network)
    signal = _signal(u, "u", network.blocks[0].channels[0], "input")
    aim = _signal(target, "target", network.blocks[-1].channels[1], "output")
    if aim.shape[:2] != signal.shape[:2]:
        raise ValueError(f"target: expected {signal.shape[0]} × {signal.shape[1]} samples as u, got "
                         f"{aim.shape[0]} × {aim.shape[1]}")
    parts = _parts(network, signal, aim)
    rows, parameters, transposed, working = _engine(network, parts, signal)
    current = network.timing == "current"
    aim = _flat(aim, parts, working.dtype)
    w = time_weights(weights, signal.shape[1]).astype(working.dtype)
    segment = _segment(rows, signal.shape[1], working.itemsize)
    chunks = _chunks(len(signal))
    gradients = np.zeros((len(chunks), len(parameters)), working.dtype)

    def part(i):
        return kernel.gradient(rows, parameters, transposed, current, segment, working[chunks[i]], aim[chunks[i]], w,
                               gradients[i])

    losses = threads.run(part, range(len(chunks)))
    mean = gradients.sum(axis=0) / len(signal)
    return sum(losses) / len(signal), NetworkFields(**planar.fields(network, rows, mean))


def _engine(network, parts, signal):
    """The plan, the parameters, their transposes, and the signal, as the kernels take them."""
    dtype = np.dtype(np.float32 if signal.dtype in (np.float32, np.complex64) else np.float64)
    rows = planar.plan(network, parts, BITS // 8 // dtype.itemsize)
    return rows, *planar.parameters(network, rows, dtype), _flat(signal, parts, dtype)


def _flat(signal, parts, dtype):
    """(batch, T·channels), planar."""
    return read_only(planar.split(signal, parts).astype(dtype, copy=False).reshape(len(signal), -1))


def read_only(array):
    """A view that kernels compile for once, whoever may write to the array."""
    view = array.view()
    view.flags.writeable = False
    return view


def _segment(rows, T, itemsize):
    """How many steps the tape may hold: whole tiles, at least one, no more than are needed."""
    tile = int(rows[-1]["signal"] + rows[-1]["inputs"]) * itemsize * kernel.TILE
    return min(max(_TAPE // tile, 1), -(-T // kernel.TILE)) * kernel.TILE


def _parts(network, *signals):
    """2 where a signal in the network is complex, else 1."""
    if all(signal.dtype.kind == "f" for signal in signals) and all(block.real_output for block in network.blocks):
        return 1
    for k, block in enumerate(network.blocks):
        if block.layer.real or block.activation != "linear":
            what = "a layer with real=True" if block.layer.real else f"the activation {block.activation!r}"
            raise ValueError(f"network: expected real signals through {what} in block {k}, got complex ones from u, "
                             "the target or another block; pass real signals and layers with real=True")
    return 2


def time_weights(weights, T):
    """Weights over time, 1/T each where none are given."""
    if weights is None:
        return np.full(T, 1 / T)
    array = validation.vector(weights, "weights", T, "T")
    if array.dtype.kind == "c":
        raise ValueError("weights: expected real numbers, got complex ones")
    return array


def _network(network):
    if isinstance(network, Stack):
        return Network(tuple(Block(layer) for layer in network), timing=network.timing)
    if not isinstance(network, Network):
        raise TypeError(f"network: expected a Network or a Stack, got {validation.describe(network)}")
    return network


def _signal(value, name, channels, role):
    """Finite numbers as (batch, T, channels), float32 and complex64 kept as they are."""
    array = np.asarray(value)
    if array.dtype in (np.float32, np.complex64) and array.dtype.isnative:
        if not np.isfinite(array).all():
            raise ValueError(f"{name}: expected finite numbers, got NaN or inf")
    else:
        array = validation.numbers(value, name)
    if array.size and channels == 1 and array.ndim in (1, 2):
        return array.reshape(-1 if array.ndim == 2 else 1, array.shape[-1], 1)
    if array.size and array.ndim == 3 and array.shape[2] == channels:
        return array
    wanted = "(T,), (batch, T) or (batch, T, 1)" if channels == 1 else f"(batch, T, {channels})"
    raise ValueError(f"{name}: expected shape {wanted} for {channels} {role} channel{'s' if channels > 1 else ''}, "
                     f"got {array.shape}")


def _output_shape(shape, channels):
    if len(shape) == 3:
        return (*shape[:2], channels)
    return shape if channels == 1 else (*shape, channels)


def _chunks(batch):
    """Slices of the batch, as equal as can be: they depend on its size alone."""
    edges = np.linspace(0, batch, min(batch, _CHUNKS) + 1).astype(int)
    return [slice(a, b) for a, b in pairwise(edges)]
