"""Blocks from their definitions, one row and one time step after another, in real and imaginary parts.

Nothing is conjugated and no modulus is taken, so that every real parameter may carry an imaginary step i h, and
Im L/h is the derivative of the loss without any difference: exact to rounding for h = 1e−30.
"""

import numpy as np
from scipy.special import erf

STEP = 1e-30
NAMES = ("poles", "B", "C", "D", "mix")


def parameters(network):
    """For each block a dict: name → (real part, imaginary part), ready to carry steps."""
    found = []
    for block in network.blocks:
        arrays = {name: getattr(block.layer, name) for name in NAMES[:4]}
        arrays |= {} if block.mix is None else {"mix": block.mix}
        found.append({name: (array.real.astype(complex), array.imag.astype(complex)) for name, array in arrays.items()})
    return found


def stepped(values, direction):
    """`values` + i h `direction`, both shaped as `parameters`."""
    return [
        {name: tuple(part + 1j * STEP * d for part, d in zip(parts, moves[name], strict=True))
         for name, parts in block.items()}
        for block, moves in zip(values, direction, strict=True)
    ]  # fmt: skip


def times(M, x):
    return M[0] @ x[0] - M[1] @ x[1], M[0] @ x[1] + M[1] @ x[0]


def plus(x, y):
    return x[0] + y[0], x[1] + y[1]


def normed(norm, p):
    if norm is None:
        return p
    if norm == "layer":
        p = tuple(part - part.mean() for part in p)
    square = (p[0] ** 2 + p[1] ** 2).mean()
    return tuple(part / np.sqrt(square) for part in p) if square != 0 else (0 * p[0], 0 * p[1])


def activated(name, v):
    z = v[0]
    if name == "linear":
        return v
    if name == "glu":
        a, b = np.split(z, 2)
        return a / (1 + np.exp(-b)), np.zeros(len(a))
    phi = {"relu": lambda: np.where(z.real > 0, z, 0), "tanh": lambda: np.tanh(z), "erf": lambda: erf(z),
           "gelu": lambda: z * (1 + erf(z / np.sqrt(2))) / 2}[name]()  # fmt: skip
    return phi, 0 * z


def run(network, values, u):
    """y (T, H) as a pair, from u (T, H), from rest."""
    states = [(np.zeros(block.layer.width, complex),) * 2 for block in network.blocks]
    out = []
    for sample in u:
        p = (sample.real.astype(complex), sample.imag.astype(complex))
        for k, (block, own) in enumerate(zip(network.blocks, values, strict=True)):
            n, x = normed(block.norm, p), states[k]
            (a, b), (c, d) = own["poles"], x
            states[k] = plus((a * c - b * d, a * d + b * c), times(own["B"], n))
            v = times(own["C"], states[k] if network.timing == "current" else x)
            v = plus((v[0], 0 * v[1]) if block.layer.real else v, times(own["D"], n))
            m = activated(block.activation, v)
            m = m if block.mix is None else times(own["mix"], m)
            p = plus(m, p) if block.residual else m
        out.append(p)
    return np.array([y[0] for y in out]), np.array([y[1] for y in out])


def loss(network, values, u, target, weights):
    """½ mean over rows of Σ_t w_t Σ_h |e|²."""
    total = 0
    for row, aim in zip(u, target, strict=True):
        re, im = run(network, values, row)
        total += (weights[:, None] * ((re - aim.real) ** 2 + (im - aim.imag) ** 2)).sum() / 2
    return total / len(u)


def along(fields, direction):
    """The derivative along `direction` that a gradient ∂_Re + i ∂_Im predicts."""
    total = 0.0
    for k, moves in enumerate(direction):
        for name, (re, im) in moves.items():
            bar = getattr(fields, name)[k]
            total += (bar.real * re).sum() + (bar.imag * im).sum()
    return total


def directions(network, rng):
    """One random direction; parameters that are real stay real."""
    found = []
    for block in network.blocks:
        arrays = {name: getattr(block.layer, name) for name in NAMES[:4]}
        arrays |= {} if block.mix is None else {"mix": block.mix}
        found.append({name: (rng.normal(size=a.shape), rng.normal(size=a.shape) * (a.dtype.kind == "c"))
                      for name, a in arrays.items()})  # fmt: skip
    return found


def coordinates(network):
    """Every real coordinate of every parameter, one direction each."""
    zero = [{name: [np.zeros(a.shape) for a in pair] for name, pair in block.items()} for block in parameters(network)]
    for k, block in enumerate(network.blocks):
        for name, pair in zero[k].items():
            source = block.mix if name == "mix" else getattr(block.layer, name)
            for part in pair[: 2 if source.dtype.kind == "c" else 1]:
                for index in np.ndindex(part.shape):
                    part[index] = 1
                    yield zero
                    part[index] = 0
