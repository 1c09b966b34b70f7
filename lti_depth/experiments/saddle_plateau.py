"""The plateau: where the best student with equal poles is, and the Hessian there."""

import numpy as np

from .. import numeric
from ..claims import Claim
from . import saddle_flows as flows
from . import saddle_laws as laws
from .saddle_students import tied
from .wording import listed


def study(config):
    """Claims and arrays of the plateau."""
    deep = [K for K in config.depths if K > 1]
    cases = [(pole, K) for pole in config.teachers for K in deep]
    found = [flows.tied_plateau(numeric.cascade([pole]), K) for pole, K in cases]
    rates = [parting_rates(pole, K) for pole, K in cases]
    claims = (_place_claim(config, deep, cases, found), _limit_claim(config, deep), _index_claim(deep, cases),
              _kappa_claim(cases, rates), _kappa_limit_claim(config, deep))
    return claims, {
        "teachers": np.array(config.teachers), "depths": np.array(deep),
        "plateau": np.array([x for x, _, _ in found]).reshape(len(config.teachers), -1),
        "kappa": np.array([values.mean() for values in rates]).reshape(len(config.teachers), -1),
    }  # fmt: skip


def parting_rates(pole, K):
    """The eigenvalues of minus the Hessian at the tied optimum on moves that keep the mean of the poles: (K−1,)."""
    best = tied(pole, K)
    return flows.parting_rates(numeric.cascade([pole]), np.full(K, best.pole), best.gain)


def _place_claim(config, deep, cases, found):
    law = [tied(pole, K) for pole, K in cases]
    return Claim(
        id="saddle/plateau",
        statement=r"The best student with $K$ equal poles is at the $\lambda$ and the loss of the closed form, for "
                  rf"teachers $\lambda^* = {listed(config.teachers)}$ and $K = {listed(deep)}$: $1-\lambda$, $L$.",
        source="new here",
        predicted=[x for best in law for x in (1 - best.pole, best.loss)],
        measured=[x for pole, _, loss in found for x in (1 - pole, loss)],
        tolerance=1e-8,
        reason=r"a root found to $10^{-14}$ by a gradient whose terms are $10^4$ times larger than itself",
    )


def _limit_claim(config, deep):
    gaps = [1 - pole for pole in config.slow_teachers]
    slow = [[flows.tied_plateau(numeric.cascade([pole]), K)[0] for K in deep] for pole in config.slow_teachers]
    ratios = np.array([[(1 - x) / gap for x in row] for row, gap in zip(slow, gaps, strict=True)])
    limit, change = _limit(ratios, gaps)
    return Claim(
        id="saddle/plateau-law",
        statement=r"The plateau of a slow teacher is at $1-\lambda \to (2K-1)(1-\lambda^*)$ as $\lambda^* \to 1$, "
                  rf"for $K = {listed(deep)}$.",
        source="new here",
        predicted=[2 * K - 1 for K in deep],
        measured=limit,
        tolerance=float(np.max(np.abs(change) / limit)),
        reason=r"the correction of the extrapolation in $1-\lambda^*$; what is left is its square",
        condition=r"$\lambda^* \to 1$, $K(1-\lambda^*) \ll 1$, white input",
    )


def _limit(values, steps):
    """The limit at step 0 of v + a·step from two steps, and what the extrapolation added to the finer value."""
    coarse, fine = values
    change = (fine - coarse) * steps[1] / (steps[0] - steps[1])
    return fine + change, change


def _index_claim(deep, cases):
    return Claim(
        id="saddle/index",
        statement=r"Equal poles are a local minimum: the Hessian in $(\lambda_1, \ldots, \lambda_K, g)$ has no "
                  rf"negative eigenvalue at the tied optimum, at each teacher and $K = {listed(deep)}$.",
        source="practitioner: a flat loss is taken for convergence",
        predicted=[0 for _ in cases],
        measured=[_negative_eigenvalues(pole, K) for pole, K in cases],
        tolerance=0.0,
        floor=1.0,
        reason="a count",
        law=r"a saddle of index $K-1$ at every depth",
        law_value=[K - 1 for _, K in cases],
    )


def _negative_eigenvalues(pole, K):
    """Of the Hessian at the tied optimum."""
    best = tied(pole, K)
    spectrum = np.linalg.eigvalsh(flows.hessian(numeric.cascade([pole]), np.full(K, best.pole), best.gain))
    return int((spectrum < 0).sum())


def _kappa_claim(cases, rates):
    return Claim(
        id="saddle/kappa",
        statement=r"All $K-1$ negative eigenvalues are equal, $-\kappa$ with $\kappa = -\langle E, H w^2 \rangle$: "
                  "the smallest and the largest of them, at each teacher and depth.",
        source="new here",
        predicted=[tied(pole, K).kappa for pole, K in cases for _ in range(2)],
        measured=[x for values in rates for x in (values.min(), values.max())],
        tolerance=1e-8,
        reason=r"rounding of the Hessian at fixed gain, whose largest eigenvalue is up to $10^6\kappa$",
    )


def _kappa_limit_claim(config, deep):
    rates = np.array([[tied(pole, K).kappa / laws.kappa_limit(pole, K) for K in deep]
                      for pole in config.slow_teachers])  # fmt: skip
    slowest = config.slow_teachers[-1]
    measured = np.array([parting_rates(slowest, K).mean() for K in deep])
    return Claim(
        id="saddle/kappa-law",
        statement=r"As $\lambda^* \to 1$, $\kappa \to c_K \|H_T\|^2 \frac{K-1}{4K^2(K+1)(2K-1)(1-\lambda^*)^2}$: "
                  rf"the ratio at $1-\lambda^* = {1 - slowest:.0e}$, $K = {listed(deep)}$.",
        source="new here",
        predicted=np.ones(len(deep)),
        measured=measured / [laws.kappa_limit(slowest, K) for K in deep],
        tolerance=float(np.max(np.abs(rates[0] - rates[1]))) / 4,
        reason=r"the closed form moves by this between the two slowest teachers, ten times apart; a ninth of it is "
               "left, and half as much again for the next order",
        condition=r"$\lambda^* \to 1$, $K(1-\lambda^*) \ll 1$, white input",
    )
