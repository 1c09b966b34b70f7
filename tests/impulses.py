"""Definitions for the tests of kernels: signals as plain arrays, long enough that what comes later is nothing."""

import numpy as np

LENGTH = 200  # 0.8^200 is 4e-20


def pulse():
    return np.eye(1, LENGTH, dtype=complex)[0]


def filtered(pole, u):
    """x_t = λ x_{t−1} + u_t."""
    out, x = [], 0
    for value in u:
        x = pole * x + value
        out.append(x)
    return np.array(out)


def through(poles, u):
    for pole in poles:
        u = filtered(pole, u)
    return u


def later(u, steps=1):
    """The signal some steps later; `steps` may be negative, where what would come before the start is lost."""
    return np.roll(np.where(np.arange(len(u)) < -steps, 0, u), steps)


def energy(u, v):
    """Σ ū v: E of a product of two responses to white noise of unit variance."""
    return np.sum(np.conj(u) * v)


def layer(pole, gain, u, delayed):
    """From rest, without feedthrough."""
    return gain * later(filtered(pole, u), int(delayed))


def stack(poles, gains, u, delayed):
    for pole, gain in zip(poles, gains, strict=True):
        u = layer(pole, gain, u, delayed)
    return u


def derivatives(poles, b, c, u, delayed):
    """∂y by poles, b, c and d at d = 0, (4, K, T): a layer in turn gives way to its derivative."""
    out = []
    for k in range(len(poles)):
        rest = stack(np.delete(poles, k), np.delete(b * c, k), u, delayed)
        one = layer(poles[k], 1.0, rest, delayed)
        out.append([b[k] * c[k] * later(filtered(poles[k], one)), c[k] * one, b[k] * one, rest])
    return np.array(out).swapaxes(0, 1)


def run_of_layers(layers, current, u):
    """The states before each input, (K, T), and the output, layer by layer and step by step."""
    states, x = [], u
    for (pole, b, c, d), now in zip(layers.T, current, strict=True):
        state, before, out = 0, [], []
        for value in x:
            before.append(state)
            state = pole * state + b * value
            out.append(c * (state if now else before[-1]) + d * value)
        states.append(before)
        x = np.array(out)
    return np.array(states), x
