"""Derivatives of the output by the parameters: the product rule carried through every time step, in 120 digits."""

from types import SimpleNamespace

import numpy as np
import oracles
from oracles import mp

from lti_depth.system.fields import Fields


def parameters(stack):
    """(field, layer, index) of every parameter, in the order of `flat`."""
    return [(name, k, index) for name in Fields._fields for k, layer in enumerate(stack.layers)
            for index in np.ndindex(np.shape(getattr(layer, name)))]


def direction(layer, name, index):
    """A unit change of one parameter of a closed layer; ∂/∂C of Re(C x) = ½(C x + C̄ x̄) is half of C x alone."""
    closed = oracles.closed(layer)
    change = {field: oracles.zeros(*np.shape(getattr(closed, field))) for field in Fields._fields}
    change[name][index] = mp.mpf(1) / 2 if layer.real and name == "C" else mp.mpf(1)
    return SimpleNamespace(**change)


def derivative_system(stack, chosen):
    """From the input to the derivatives of the output by each of the chosen parameters, by unit vectors."""
    layers = oracles.layers_of(stack)
    changes = [{k: direction(layers[k], name, index)} for name, k, index in chosen]
    layers = [oracles.closed(layer) for layer in layers]
    sizes = [len(layer.poles) for layer in layers]
    S, H_in = sum(sizes), stack.channels[0]
    columns = []
    for unit in oracles.eye(S * (1 + len(chosen)) + H_in):
        states, *slopes = (np.split(part, np.cumsum(sizes)[:-1]) for part in np.split(unit[:-H_in], 1 + len(chosen)))
        columns.append(np.concatenate(differentiated_step(layers, stack.timing, states, slopes, unit[-H_in:], changes)))
    table = np.array(columns, dtype=object).T
    cut = S * (1 + len(chosen))
    return oracles.System(table[:cut, :cut], table[:cut, cut:], table[cut:, :cut], table[cut:, cut:])


def differentiated_step(layers, timing, states, slopes, u, changes):
    """One time step and, by the product rule, its derivatives: the states, their slopes, and the output's slopes."""
    du = [0 * u for _ in changes]
    after, after_slopes = [], [[] for _ in changes]
    for k, layer in enumerate(layers):
        moved = layer.poles * states[k] + layer.B @ u
        seen = moved if timing == "current" else states[k]
        for p, change in enumerate(changes):
            slope = layer.poles * slopes[p][k] + layer.B @ du[p]
            if k in change:
                slope = slope + change[k].poles * states[k] + change[k].B @ u
            after_slopes[p].append(slope)
            du[p] = layer.C @ (slope if timing == "current" else slopes[p][k]) + layer.D @ du[p]
            if k in change:
                du[p] = du[p] + change[k].C @ seen + change[k].D @ u
        u = layer.C @ seen + layer.D @ u
        after.append(moved)
    return [*after, *(slope for parts in after_slopes for slope in parts), *du]


def inner_products(stack, chosen, process):
    """E[conj(∂_j y) ∂_k y] summed over the output channels, for the chosen parameters."""
    R = oracles.system_autocovariance(derivative_system(stack, chosen), [0], process)[0]
    H = stack.channels[-1]
    n = range(len(chosen))
    return np.array([[sum(R[k * H + i, j * H + i] for i in range(H)) for k in n] for j in n], dtype=object)
