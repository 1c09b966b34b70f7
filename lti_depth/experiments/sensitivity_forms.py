"""Deep and wide forms of one system, and readouts of all layers: what their sensitivities are, and how conditioned."""

import numpy as np

from .. import numeric
from ..claims import Claim
from . import exact
from .deep_wide import residues
from .sensitivity_laws import curvatures, deep_derivatives, layer_correlations, wide_derivatives
from .wording import listed

DOZEN = 12


def claims(config):
    """All claims of deep and wide forms and of readouts."""
    return _poles_claim(config), _conditioning_claim(config), _isometric_claim(config), _normalized_claim(config)


def _poles_claim(config):
    """The equivalent wide layer: states with the same poles, b = 1, c the residues."""
    poles = np.array(config.four)
    r = np.array([float(value) for value in residues(config.four)])
    law = [sum(exact.autocovariance([*poles, pole], [0])[0] for pole in poles),
           float(np.sum(r**2 * (1 + poles**2) / ((1 - poles) * (1 + poles)) ** 3))]  # fmt: skip
    return Claim(
        id="sensitivity/wide-poles",
        statement=r"Deep and wide forms of one transfer function are equally sensitive to their poles: tr of the pole "
                  rf"block, wide over deep, for the poles {listed(config.four)}.",
        source="paper: section 3.3, read for learning",
        predicted=1.0,
        measured=numeric.sensitivity(_wide_form(poles, 1.0, r)).poles[0].sum()
                 / numeric.sensitivity(numeric.cascade(poles)).poles.sum(),
        tolerance=1e-6,
        reason=r"rounding of the residues, which reach $4.4 \cdot 10^5$",
        law=r"the wide one more by its residues: $\sum_k r_k^2 \frac{1+\lambda_k^2}{(1-\lambda_k^2)^3}$ over "
            r"$\sum_k V(\lambda_1, …, \lambda_K, \lambda_k)$",
        law_value=law[1] / law[0],
    )


def _conditioning_claim(config):
    spectra = spectrum_pairs(config.apart)
    conditions = [[values[0] / values[-1] for values in pair] for pair in spectra.values()]
    (deep_law, deep), *wide = conditions
    return Claim(
        id="sensitivity/wide-conditioning",
        statement=r"They are equally well conditioned: nonzero eigenvalues of the Hessian at the optimum, largest over "
                  rf"smallest, wide over deep, for the poles {listed(config.apart)}, the wide one with "
                  r"$b = 1$ and with $|b| = |c|$.",
        source="paper: section 3.3, read for learning",
        predicted=np.ones(2),
        measured=[found / deep for _, found in wide],
        tolerance=1e-3,
        reason=r"rounding, amplified by the condition number of $5 \cdot 10^{10}$",
        law=r"the wide form has $2K$ directions, the deep one $K+1$, and those that move its zeros hardly move its "
            "output, with balanced gains as well: singular values of the derivatives on the circle",
        law_value=[exactly / deep_law for exactly, _ in wide],
    )  # fmt: skip


def spectrum_pairs(poles):
    """Nonzero Hessian eigenvalues at the optimum, poles, b and c trained: {form: (from the circle, numeric floor)}."""
    poles = np.array(poles)
    K = len(poles)
    r = np.array([float(value) for value in residues(poles)])
    root, ones = np.sqrt(np.abs(r)), np.ones(K)
    forms = {
        "deep": (deep_derivatives(poles, ones, ones), numeric.cascade(poles), K + 1),
        "wide, b = 1": (wide_derivatives(poles, ones, r), _wide_form(poles, ones, r), 2 * K),
        "wide, |b| = |c|": (wide_derivatives(poles, root, r / root), _wide_form(poles, root, r / root), 2 * K),
    }
    return {
        name: (curvatures(derivatives)[:rank],
               np.linalg.eigvalsh(numeric.gauss_newton(system).matrix[: 3 * K, : 3 * K])[::-1][:rank])
        for name, (derivatives, system, rank) in forms.items()
    }  # fmt: skip


def _wide_form(poles, b, c):
    return numeric.stack([numeric.Layer(poles, (b * np.ones(len(poles)))[:, None], c[None])])


def _condition(config, arm):
    """Of the covariance of all states, which is the Hessian of a linear readout of them."""
    stack = numeric.cascade([config.dozen] * DOZEN)
    return np.linalg.cond(numeric.state_covariance(numeric.normalize(stack, arm)))


def _isometric_claim(config):
    return Claim(
        id="sensitivity/isometric-readout",
        statement=r"Gauss–Newton of a readout of all layers under white input has the condition number 1 at any depth, "
                  rf"if the layers are isometric ({DOZEN} layers, $\lambda = {config.dozen}$).",
        source="new here; Laguerre networks",
        predicted=1.0,
        measured=_condition(config, "isometric"),
        tolerance=1e-12,
        reason="rounding",
    )


def _normalized_claim(config):
    return Claim(
        id="sensitivity/normalized-readout",
        statement="States of unit variance at every depth do as well: the condition number with depth-aware "
                  "normalization of the same cascade.",
        source="practice: normalize, and the problem is well conditioned",
        predicted=1.0,
        measured=_condition(config, "depth-aware"),
        tolerance=1e-3,
        reason=r"rounding of $2^{-53}$ an entry, amplified by the condition number of $4 \cdot 10^{10}$",
        law="the states of neighboring layers are all but equal: the condition number of their correlations",
        law_value=np.linalg.cond(layer_correlations(config.dozen, DOZEN)),
    )  # fmt: skip
