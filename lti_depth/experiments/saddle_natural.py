r"""Natural gradient past the saddle: no logarithm.

Near the tied point of two poles λ ± δ/2 the Gauss–Newton matrix across them falls as δ², while the gradient falls as δ:
their ratio makes d(δ²)/dt constant, so that the poles part in a time that δ_0 does not enter. In the coefficients of
the section 1 − (λ_1+λ_2) z⁻¹ + λ_1λ_2 z⁻² nothing is singular at all, and the natural gradient, which is the same in
all coordinates, simply walks on from the tied point. White input.
"""

import numpy as np
from scipy.integrate import solve_ivp

from ..learning import population
from . import saddle_laws as laws
from .saddle_flows import with_gain


def time_from_tied(teacher, level, nodes=4096):
    """When the natural flow of one section (a_1, a_2, g) from the tied optimum reaches `level`·(its loss there).

    By equally spaced nodes on the circle; `teacher` is the pole λ*, with |λ*|^nodes negligible.
    """
    start = laws.tied(laws.one_layer(teacher), 2)
    x = np.exp(-2j * np.pi * np.arange(nodes) / nodes)
    target = 1 / (1 - teacher * x)

    def loss(_, point):
        return np.mean(np.abs(point[2] / (1 - point[0] * x - point[1] * x * x) - target) ** 2) / 2

    def velocity(_, point):
        section = 1 / (1 - point[0] * x - point[1] * x * x)
        J = np.stack([point[2] * x * section**2, point[2] * x * x * section**2, section], axis=1)
        E = point[2] * section - target
        return -np.linalg.lstsq(np.concatenate([J.real, J.imag]), np.concatenate([E.real, E.imag]), rcond=None)[0]

    return _first(velocity, [2 * start.pole, -start.pole**2, start.gain], lambda t, p: loss(t, p) - level * start.loss)


def time_from_asymmetry(teacher, asymmetry, level):
    """The same in the coordinates (λ_1, λ_2, g), from λ ± δ_0/2, by the engine's gradient and Gauss–Newton matrix."""
    start = laws.tied(laws.one_layer(teacher.poles[0]), 2)

    def slope(point):
        loss, gradient = population.gradient(with_gain(point[:2], point[2]), teacher)
        return loss, np.append(gradient.poles, gradient.B[0])

    def velocity(_, point):
        G = population.gauss_newton(with_gain(point[:2], point[2]))[:3, :3]
        scale = 1 / np.sqrt(np.diag(G))
        return -scale * np.linalg.solve(G * np.outer(scale, scale), scale * slope(point)[1])

    point = [start.pole + asymmetry / 2, start.pole - asymmetry / 2, start.gain]
    return _first(velocity, point, lambda _, p: slope(p)[0] - level * start.loss)


def _first(velocity, start, above):
    above.terminal = True
    found = solve_ivp(velocity, (0, 10), start, "LSODA", (), rtol=1e-8, atol=1e-13, events=above)
    return float(found.t_events[0][0])
