"""Gauss–Newton of the students at the start and at the optimum, and what it predicts."""

import numpy as np

from .student_settings import gains, setting
from .student_training import descent, train
from .students import Cascade, Companion, Modal, Orthonormal, modal_inputs, packed, residues, spectrum, takenaka


def same_function(where, poles, gain):
    """Students with the poles and the response gain·Π 1/(1 − λ_k z⁻¹), name to (student, points); gain: (R, 1).

    Real poles: every form. Complex poles: cascade and modal form.
    """
    ones, r = np.ones(poles.shape), gain * residues(poles)
    root, even = (gain + 0 * poles) ** (0.5 / poles.shape[1]), np.sqrt(np.abs(r)) + 0 * r
    found = {
        "cascade": (Cascade(where.pairs), packed(poles, root * ones, root * ones)),
        "modal": (Modal(where.pairs), packed(poles, even, r / even)),
    }
    if where.pairs:
        return found
    z, w = where.nodes
    H = gain * np.prod(1 / (1 - poles[..., None] * z), axis=1)
    basis = np.real(np.einsum("rkm,rm,m->rk", takenaka(poles, z).conj(), H, w))
    polynomial = np.stack([np.poly(row)[1:] for row in poles])
    inputs = modal_inputs(poles)
    return found | {
        "modal, B = P⁻¹B": (Modal(), packed(poles, inputs, r / inputs)),
        "modal, b = 1": (Modal(), packed(poles, ones, r)),
        "companion": (Companion(), np.concatenate([polynomial, gain * np.eye(poles.shape[1])[:1]], axis=1)),
        "orthonormal": (Orthonormal(), np.concatenate([np.log(-np.log(poles)), basis], axis=1)),
    }


def optima(where):
    """Each student at the teacher: name to (student, points)."""
    ones = where.ones
    H, _ = Cascade(where.pairs)(packed(where.teachers, ones, ones), ones, where.nodes[0])
    gain = where.target[:, :1] / H[:, :1]
    return same_function(where, where.teachers, gain if where.pairs else gain.real)


def starts(where):
    """Students that start as the same function as the depth-aware cascade."""
    return same_function(where, where.poles, np.prod(gains(where.poles, "depth-aware"), axis=1)[:, None])


def conditions(where, names):
    """Condition numbers at the optimum after the best scaling, within the rank; name to (seeds,)."""
    found, best = {}, optima(where)
    for name in names:
        student, x = best[name]
        values = [spectrum(student, row, gamma, *where.nodes, scaled=True)
                  for row, gamma in zip(x, where.ones, strict=True)]
        found[name] = np.array([mu[0] / mu[-1] for mu in values])
    return found


def eigenvalues(where, points):
    """Median over seeds of the eigenvalues, falling; name to those of its rank."""
    return {name: np.median([spectrum(student, row, gamma, *where.nodes)
                             for row, gamma in zip(x, g, strict=True)], axis=0)
            for name, (student, x, g) in points.items()}


def linear_error(start, where, steps):
    r"""The error that gradient descent on the model linearized at the start would leave, with every column of length 1.

    .. math:: \sum_i (1-\mu_i/\mu_1)^{2n} e_i^2 + e_\perp^2

    with the eigenvalues μ of the scaled Gauss–Newton matrix, the first error's part e_i in each direction and e_⊥
    outside of all.

    Parameters
    ----------
    start : (student, points, gains)
    where : Setting
    steps : int
        n.

    Returns
    -------
    (R,) array
        Relative to the energy of the teacher.
    """
    student, x, gamma = start
    H, A = _columns(student, x, gamma, where)
    A = A / np.maximum(np.linalg.norm(A, axis=2), np.finfo(float).tiny)[..., None]
    e = (H - where.target) * np.sqrt(where.nodes[1])
    e = np.concatenate([e.real, e.imag], axis=1)
    _, s, V = np.linalg.svd(A, full_matrices=False)
    parts = np.einsum("rpi,ri->rp", V, e) ** 2
    left = np.maximum((e**2).sum(axis=1) - parts.sum(axis=1), 0)
    return left + (parts * (1 - (s / s[:, :1]) ** 2) ** (2 * steps)).sum(axis=1)


def local_steps(config):
    """Gradient descent from beside the optimum, rate 1/μ_max: steps until a thousandth of the first error is left.

    Name to (measured, from the spectrum, from the condition number), medians over seeds.
    """
    where = setting(config, layers=2)
    found = {}
    for name, (student, x) in optima(where).items():
        if name not in FORMS:
            continue
        move = 1e-6 * np.random.default_rng(5).standard_normal(x.shape)
        target, A = _columns(student, x, where.ones, where)
        U, s, _ = np.linalg.svd(A, full_matrices=False)
        mu, parts = s**2, (s * np.einsum("rp,rpi->ri", move, U)) ** 2
        level = parts.sum(axis=1) / 1000
        runs = train(student, x + move, where.ones, target, where.nodes, descent(1 / mu[:, 0]), config.descent_steps,
                     level / where.energy(target))
        law = [first_below(*row) for row in zip(mu / mu[:, :1], parts, level, strict=True)]
        slowest = np.log(1000) / 2 * mu[:, 0] / mu[:, student.rank(2) - 1]
        found[name] = np.median([runs.steps, law, slowest], axis=1)
    return found


FORMS = ("cascade", "modal", "companion", "orthonormal")


def _columns(student, x, gamma, where):
    """Response, and √w ∂H as real columns (R, P, 2M)."""
    H, J = student(x, gamma, where.nodes[0])
    A = J * np.sqrt(where.nodes[1])
    return H, np.concatenate([A.real, A.imag], axis=2)


def first_below(rates, parts, level, limit=10**7):
    """The least n with Σ (1 − ημ)^{2n} e² ≤ level, by bisection."""
    low, high = 0, limit
    while high - low > 1:
        n = (low + high) // 2
        low, high = (low, n) if parts @ (1 - rates) ** (2 * n) <= level else (n, high)
    return high
