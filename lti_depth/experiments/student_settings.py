"""Teachers, students at the start, and the gains of the arms: what the races of deep against wide run on."""

from dataclasses import dataclass

import numpy as np

from .. import numeric
from .students import Cascade, Companion, Modal, circle, packed

ARMS = ("none", "unit-dc", "l1", "lru", "depth-aware")


@dataclass(frozen=True, eq=False)
class Setting:
    """Teachers and starting poles, one seed a row, under one input."""

    teachers: np.ndarray
    poles: np.ndarray
    target: np.ndarray
    nodes: tuple
    process: object
    pairs: bool
    readout: np.ndarray  # c of the wide students, (R, K)

    @property
    def ones(self):
        """Gains."""
        return np.ones(self.poles.shape)

    def energy(self, H):
        """Σ w |H|², row by row."""
        return np.abs(H) ** 2 @ self.nodes[1]


def setting(config, rho=0.0, phase=0.0, layers=None, seeds=None):
    """The Setting of an input and a kind of poles: real ones for the phase 0. The teacher has output variance 1."""
    K, pairs, seeds = layers or config.layers, phase > 0, range(config.seeds) if seeds is None else seeds
    nodes = circle(config.period, rho, pairs)
    teachers, poles = (np.stack([_poles(np.random.default_rng([who, K, seed]), K, span, phase) for seed in seeds])
                       for who, span in ((1, config.teacher), (2, config.student)))
    ones = np.ones(teachers.shape)
    H, _ = Cascade(pairs)(packed(teachers, ones, ones), ones, nodes[0])
    target = H / np.sqrt(np.abs(H) ** 2 @ nodes[1])[:, None]
    readout = np.stack([np.random.default_rng([3, K, seed]).standard_normal(K) for seed in seeds]) / np.sqrt(K)
    return Setting(teachers, poles, target, nodes, numeric.ar1(rho) if rho else None, pairs, readout)


def _poles(rng, K, span, phase):
    moduli = rng.uniform(*span, K)
    return moduli * np.exp(1j * rng.uniform(-phase, phase, K)) if phase else moduli


def deep(where, arm):
    """The cascade at the start: student, points, gains γ."""
    return Cascade(where.pairs), packed(where.poles, where.ones, where.ones), gains(where.poles, arm, where.process)


def modal(where, arm):
    """The wide layer of one state a pole at the start: student, points, gains γ."""
    gamma = np.stack([numeric.normalization(numeric.stack([_layer(row)]), arm, where.process)[0]
                      for row in where.poles])
    return Modal(where.pairs), packed(where.poles, where.ones, where.readout), gamma


def _layer(poles):
    ones = np.ones((len(poles), 1))
    return numeric.Layer(poles, ones, ones.T)


def companion(where, arm):
    """The wide layer in companion form at the start: student, points, gains γ; real poles.

    Its states are one signal, u/(1 + Σ a_j z⁻ʲ), at K delays, and share one gain: the reciprocal of the static gain of
    that signal ("unit-dc"), of its ℓ1 norm, which is the same for positive poles, of its standard deviation for white
    input ("lru") or for the input ("depth-aware").
    """
    static = np.prod(1 - np.abs(where.poles), axis=1)
    gamma = {
        "none": lambda: np.ones(len(static)), "unit-dc": lambda: static, "l1": lambda: static,
        "lru": lambda: _variances(where.poles, None) ** -0.5,
        "depth-aware": lambda: _variances(where.poles, where.process) ** -0.5,
    }[arm]()  # fmt: skip
    polynomial = np.stack([np.poly(row)[1:] for row in where.poles])
    return Companion(), np.concatenate([polynomial, where.readout], axis=1), gamma[:, None] * where.ones


def _variances(poles, process):
    return np.array([numeric.autocovariance(numeric.cascade(row), 0, process or numeric.white()) for row in poles])


def gains(poles, arm, process=None):
    """γ of the cascades with these poles, (R, K)."""
    return np.stack([numeric.normalization(numeric.cascade(row), arm, process)[:, 0] for row in poles])


def quartiles(values):
    """Of one arm; 10 where a run has diverged, since no student that learns anything ends above 1."""
    return np.quantile(np.minimum(values, 10.0), (0.25, 0.5, 0.75))


def winner(first, second):
    """1 where the quartiles of the first lie below those of the second, 0 above, ½ where they overlap."""
    a, b = quartiles(first), quartiles(second)
    return 1.0 if a[2] < b[0] else 0.0 if b[2] < a[0] else 0.5
