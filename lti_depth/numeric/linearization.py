"""From a network of linear blocks to an ordinary stack, under a given process."""

import numpy as np

from ..system import Layer, Network, Stack, validation
from ..system.processes import process_or_white
from .autocovariances import autocovariance


def linearize(network, process=None):
    r"""The Stack that a linear Network is under a process.

    A norm before a layer becomes a gain: :math:`G = 1/\sigma` ("rms") or :math:`G = (I - 11^T/H)/\sigma` ("layer"),
    where σ² is the mean over channels of the (centered) variance of what arrives there under the process. A block
    M (layer(G u)) + u then is the layer with B G, M C and M D G + I.

    Parameters
    ----------
    network : Network
        All activations "linear".
    process : Process
        Of the network's input; white noise of unit variance if None.

    Returns
    -------
    Stack

    Raises
    ------
    ValueError
        An activation that is not linear; a layer norm over one channel, whose output is 0; a block whose input has no
        variance; a pole with |λ| ≥ 1.

    Notes
    -----
    New here. Exact for wide blocks, whose norms fluctuate little: a norm divides by the spread over channels
    at one moment, its linearization by the expected one.
    """
    if not isinstance(network, Network):
        raise TypeError(f"network: expected a Network, got {validation.describe(network)}")
    process = process_or_white(process)
    layers = []
    for k, block in enumerate(network.blocks):
        if block.activation != "linear":
            raise ValueError(f"network: expected linear activations, got {block.activation!r} in block {k}; "
                             "only linear networks become stacks")
        layers.append(_linear_layer(block, layers, network.timing, process, k))
    return Stack(tuple(layers), timing=network.timing)


def _linear_layer(block, before, timing, process, k):
    layer, h_in = block.layer, block.channels[0]
    gain = _norm_gain(block.norm, _input_covariance(before, timing, process, h_in), k) if block.norm else np.eye(h_in)
    mix = np.eye(layer.channels[1]) if block.mix is None else block.mix
    skip = np.eye(h_in) if block.residual else 0
    return Layer(layer.poles, layer.B @ gain, mix @ layer.C, mix @ layer.D @ gain + skip, real=layer.real)


def _input_covariance(before, timing, process, h_in):
    if not before:
        return np.eye(h_in) * process.variance
    return np.asarray(autocovariance(Stack(tuple(before), timing=timing), 0, process)).reshape(h_in, h_in)


def _norm_gain(norm, covariance, k):
    H = len(covariance)
    center = np.eye(H) - 1 / H if norm == "layer" else np.eye(H)
    if norm == "layer" and H == 1:
        raise ValueError(f"block {k}: a layer norm over one channel puts out 0; expected several channels, or "
                         "norm='rms'")
    variance = np.trace(center @ covariance @ center).real / H
    if not variance > 0:
        raise ValueError(f"block {k}: expected an input that varies, got variance {variance} before its norm")
    return center / np.sqrt(variance)
