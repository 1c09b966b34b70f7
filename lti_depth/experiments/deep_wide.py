"""A deep stack and the wide layer equal to it: what is the same and what is not."""

from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from math import prod

import numpy as np

from .. import numeric
from ..claims import Claim, Curve, Panel, Result
from . import exact
from .montecarlo import estimate, white_noise

EPS = np.finfo(float).eps
FULL_MINUTES = 0.1


@dataclass(frozen=True)
class Config:
    """Scalar cascades with b = c = 1 and distinct poles."""

    pair: tuple[float, ...] = (0.9, 0.8)
    four: tuple[float, ...] = (0.94, 0.95, 0.96, 0.97)
    dozen: tuple[float, ...] = tuple(np.linspace(0.85, 0.95, 12).round(6).tolist())
    samples: int = 2000
    batches: int = 20000
    length: int = 150
    seed: int = 4

    @classmethod
    def full(cls):
        """Five times the records."""
        return replace(cls(), batches=100000)


def run(config, progress):
    """The closed diagonal form, in exact rationals, against the numeric floor and simulation."""
    rng = np.random.default_rng(config.seed)
    states, variances = _states(rng, config)
    progress(0.5)
    output, responses = _output(rng, config)
    claims = (
        output, _delay(config), _eigenvalues(config), states, _residues(config), _conditioning(config), _dozen(config),
        *_cancellation(config), _jordan(), _converse(config),
    )  # fmt: skip
    progress(0.9)
    size = _sizes(config)
    return Result(
        name="deep-wide",
        title="Deep and wide: equivalent, yet different",
        summary=(
            "A stack of $K$ scalar layers and a single layer of $K$ states with the same poles have the same output "
            "for every input. The states, their variances and the conditioning differ: the states of the wide layer "
            "carry variances orders of magnitude above that of the output, and these cancel in it. That is how $P$ "
            "and $P^{-1}$ resolve the growth of the variance."
        ),
        config=asdict(config),
        arrays=variances | responses | size,
        panels=(_variance_panel(config, variances), _response_panel(responses), _size_panel(size),
                _cancellation_panel(config)),
        claims=claims,
        formulas=(
            (r"The diagonal form $A P = P \Lambda$, distinct poles, current timing, unit gains",
             r"P_{ij} = \prod_{l=j+1}^{i} \frac{\lambda_j}{\lambda_j - \lambda_l}, \qquad (P^{-1}B)_k = \prod_{l<k} "
             r"\frac{\lambda_k}{\lambda_k - \lambda_l}"),
            ("Residues", r"r_k = \prod_{l \ne k} \frac{\lambda_k}{\lambda_k - \lambda_l}, \qquad "
             r"V = \sum_{j,k} \frac{r_j r_k}{1 - \lambda_j \lambda_k}"),
        ),
    )


def residues(poles):
    """r_k = Π_{l≠k} λ_k/(λ_k−λ_l), as Fractions of the given doubles."""
    exactly = [Fraction(pole) for pole in poles]
    return [prod((a / (a - b) for l, b in enumerate(exactly) if l != k), start=Fraction(1))
            for k, a in enumerate(exactly)]


def modal_inputs(poles):
    """(P⁻¹B)_k = Π_{l<k} λ_k/(λ_k−λ_l), as Fractions."""
    exactly = [Fraction(pole) for pole in poles]
    return [prod((a / (a - b) for b in exactly[:k]), start=Fraction(1)) for k, a in enumerate(exactly)]


def modal_matrix(poles):
    """P, unit lower triangular with A P = P Λ: exact entries, rounded once."""
    exactly, K = [Fraction(pole) for pole in poles], len(poles)
    return np.array([
        [float(prod((exactly[j] / (exactly[j] - exactly[l]) for l in range(j + 1, i + 1)), start=Fraction(1)))
         if i >= j else 0.0 for j in range(K)] for i in range(K)
    ])  # fmt: skip


def wide(poles):
    """The diagonal layer equal to the cascade: B = P⁻¹B, C = CP, so that their product is the residues."""
    inputs = modal_inputs(poles)
    outputs = [r / b for r, b in zip(residues(poles), inputs, strict=True)]
    layer = numeric.Layer(poles, np.array([[float(b)] for b in inputs]), np.array([[float(c) for c in outputs]]))
    return numeric.stack([layer])


def amplification(poles):
    """Σ|r_k|/(1−λ_k): how far one rounding a state and step can carry in the output."""
    return float(sum(abs(r) / (1 - Fraction(pole)) for r, pole in zip(residues(poles), poles, strict=True)))


def gap(poles):
    """The smallest distance of two poles."""
    return float(np.min(np.diff(np.sort(poles))))


def _output(rng, config):
    """Both forms simulated on one record, and the answer to an impulse of twelve layers in both."""
    u = white_noise(rng, 1, config.samples)[0]
    deep, _ = numeric.simulate(numeric.cascade(config.four), u)
    flat, _ = numeric.simulate(wide(config.four), u)
    shown = slice(config.samples - 5, None)
    impulse = np.zeros(400)
    impulse[0] = 1
    h_deep, _ = numeric.simulate(numeric.cascade(config.dozen), impulse)
    h_wide, _ = numeric.simulate(wide(config.dozen), impulse)
    exponent = int(np.log10(float(max(map(abs, residues(config.dozen))))))
    lost = float(np.abs(h_wide - h_deep)[:5].max())
    claim = Claim(
        id="deep-wide/output",
        statement="The wide layer has the same output as the stack: last five samples of one record of white noise "
                  rf"through the poles ${', '.join(map(str, config.four))}$.",
        source="paper: section 3.3",
        predicted=deep[shown],
        measured=flat[shown],
        tolerance=4 * EPS * amplification(config.four) * float(np.abs(u).max() / np.std(deep)),
        reason=r"rounding of the modal states, $4 \cdot 2u \sum_k |r_k|/(1-\lambda_k)$ for the largest input, relative "
               "to the standard deviation of the output",
        floor=float(np.std(deep)),
        condition=r"$2^{-53} \sum_k |r_k|/(1-\lambda_k)$ below the size of the output; twelve poles in "
                  rf"$0.85, …, 0.95$ have residues above $10^{{{exponent}}}$, and double precision then misses the "
                  rf"first five samples of the impulse response by up to ${lost:.0f}$, where $h_0 = 1$",
    )
    return claim, {"impulse_deep": h_deep, "impulse_wide": h_wide}


def _delay(config):
    deep, flat = numeric.cascade(config.pair), wide(config.pair)
    omega = np.array([0.0, 0.1, 1.0, 3.0])
    return Claim(
        id="deep-wide/delay",
        statement="The wide layer has the group delay of the stack, at four frequencies: from poles alone in one, from "
                  rf"residues in the other (poles ${', '.join(map(str, config.pair))}$).",
        source="new here",
        predicted=numeric.group_delay(deep, omega),
        measured=numeric.group_delay(flat, omega),
        tolerance=16 * EPS * amplification(config.pair),
        reason=r"rounding of the residue sums, $16 \cdot 2u \sum_k |r_k|/(1-\lambda_k)$",
    )


def _eigenvalues(config):
    A, *_ = numeric.equivalent_layer(numeric.cascade(config.dozen))
    return Claim(
        id="deep-wide/eigenvalues",
        statement="The state matrix of the equivalent wide layer has the poles of all layers as eigenvalues: time "
                  "scales are shared across layers.",
        source="paper: section 3.3, equations 6 to 9",
        predicted=np.sort(config.dozen),
        measured=np.sort(np.linalg.eigvals(A).real),
        tolerance=2 * EPS,
        reason="rounding; the matrix is triangular",
    )


def _states(rng, config):
    """Variances of the states at the end of many records from rest, long enough to be stationary."""
    poles = config.pair
    _, state = numeric.simulate(wide(poles), white_noise(rng, config.batches, config.length))
    found = estimate(state[:, 0, : len(poles)] ** 2)
    law = np.array([float(b) ** 2 / (1 - pole**2) for b, pole in zip(modal_inputs(poles), poles, strict=True)])
    deep = np.array([exact.autocovariance(poles[: k + 1], [0])[0] for k in range(len(poles))])
    claim = Claim(
        id="deep-wide/state-variances",
        statement="Equivalent layers have the same variances of the hidden states "
                  rf"(poles ${', '.join(map(str, poles))}$).",
        source="reviewer: in which sense are the two equivalent?",
        predicted=deep,
        measured=found.mean,
        tolerance=found.tolerance(law),
        reason=found.reason,
        law=r"the modal states have $|(P^{-1}B)_k|^2 / (1-\lambda_k^2)$",
        law_value=law,
    )
    K = len(config.four)
    return claim, {
        "modal_variance": numeric.state_variance(wide(config.four))[0, :K],
        "deep_variance": numeric.state_variance(numeric.cascade(config.four))[:, 0],
    }


def _residues(config):
    """r_k = lim (1−λ_k/z) H(z): the transfer function of all other layers at z = λ_k."""
    poles = config.four
    others = [numeric.cascade(poles[:k] + poles[k + 1 :]) for k in range(len(poles))]
    return Claim(
        id="deep-wide/residues",
        statement=rf"The residues of four slow poles, ${', '.join(map(str, poles))}$, reach $442368$ and add up to "
                  "$1$.",
        source="new here",
        predicted=[float(r) for r in residues(poles)],
        measured=[numeric.transfer_function(stack, pole).real for stack, pole in zip(others, poles, strict=True)],
        tolerance=4 * len(poles) * EPS / gap(poles),
        reason=r"rounding of each factor $1 - \lambda_l/\lambda_k$, $2u$ relative to the gap of the poles",
    )


def _conditioning(config):
    predicted, measured, tolerance = [], [], 0.0
    for poles in (config.pair, config.four):
        P = modal_matrix(poles)
        predicted.append(np.linalg.cond(P / np.linalg.norm(P, axis=0)))
        A, *_ = numeric.equivalent_layer(numeric.cascade(poles))
        measured.append(np.linalg.cond(np.linalg.eig(A)[1]))
        tolerance = max(tolerance, 4 * len(poles) * EPS * predicted[-1] / gap(poles))
    return Claim(
        id="deep-wide/conditioning",
        statement=r"Diagonalizing the stack is ill conditioned: $\mathrm{cond}_2$ of the eigenvectors, of unit norm, "
                  r"is $18.06$ for the poles $0.9, 0.8$ and $1.278 \cdot 10^6$ for $0.94, …, 0.97$.",
        source="new here",
        predicted=predicted,
        measured=measured,
        tolerance=tolerance,
        reason=r"rounding of the eigenvectors, $4K \cdot 2u \cdot \mathrm{cond}$ over the gap of the poles",
    )


def _dozen(config):
    poles = config.dozen
    others = [numeric.cascade(poles[:k] + poles[k + 1 :]) for k in range(len(poles))]
    found = [abs(numeric.transfer_function(stack, pole)) for stack, pole in zip(others, poles, strict=True)]
    return Claim(
        id="deep-wide/twelve-layers",
        statement=r"The wide layer is of the size of the stack: for twelve poles in $0.85, …, 0.95$ no residue is "
                  "larger than the largest sample of the impulse response.",
        source="paper, as quoted in its reviews: deep and wide layers are interchangeable",
        predicted=float(exact.impulse_response(poles, range(60, 140)).max()),
        measured=max(found),
        tolerance=4 * len(poles) * EPS / gap(poles),
        reason=r"rounding of each factor $1 - \lambda_l/\lambda_k$, $2u$ relative to the gap of the poles",
        law=r"$\max_k |r_k|$, $r_k = \prod_{l \ne k} \frac{\lambda_k}{\lambda_k - \lambda_l}$",
        law_value=float(max(map(abs, residues(poles)))),
    )


def _cancellation(config):
    poles = config.four
    exactly = [Fraction(pole) for pole in poles]
    law = float(sum(r**2 / (1 - pole**2) for r, pole in zip(residues(poles), exactly, strict=True)))
    stack = wide(poles)
    c = stack[0].C[0]
    variance = exact.autocovariance(poles, [0])[0]
    covariance = numeric.state_covariance(stack)
    terms = np.outer(c, c) * covariance
    modal = float(np.diag(terms).sum())
    yield Claim(
        id="deep-wide/modal-variances",
        statement="The variance of the output is the sum of what the modal states contribute, "
                  r"$\sum_k |c_k|^2 E|x_k|^2$, as if they were independent.",
        source="paper: section 3.3, read for independent states",
        predicted=variance,
        measured=modal,
        tolerance=16 * EPS,
        reason="rounding; all terms of the sum are positive",
        law=r"$\sum_k \frac{r_k^2}{1-\lambda_k^2}$, "
            rf"${modal / variance:.0f}$ times the variance of the output for poles ${', '.join(map(str, poles))}$",
        law_value=law,
    )
    yield Claim(
        id="deep-wide/cancellation",
        statement=r"With their covariances, $\sum_{j,k} c_j c_k E[x_j x_k]$, the modal states give the variance of the "
                  "stack: the excess cancels.",
        source="new here",
        predicted=variance,
        measured=float(terms.sum()),
        tolerance=16 * EPS * float(np.abs(terms).sum()) / variance,
        reason=r"rounding of terms whose sizes add up to "
               rf"${np.abs(terms).sum() / variance:.0f}$ times the result",
    )


def _jordan():
    pole, K = 0.9, 4
    A, *_ = numeric.equivalent_layer(numeric.cascade([pole] * K))
    shifted = A - pole * np.eye(K)
    ranks = [np.linalg.matrix_rank(np.linalg.matrix_power(shifted, j)) for j in range(1, K + 1)]
    return Claim(
        id="deep-wide/jordan",
        statement=r"Equal layers make one Jordan block: the ranks of $(A - \lambda I)^j$, $j = 1, …, 4$, of four "
                  r"layers with $\lambda = 0.9$ are $3, 2, 1, 0$, and no $P$ diagonalizes $A$.",
        source="new here; the paper has distinct poles",
        predicted=[K - j for j in range(1, K + 1)],
        measured=ranks,
        tolerance=0.0,
        reason="integers",
        condition=r"a repeated pole other than $0$; a repeated zero pole is semisimple in current timing",
    )


def _converse(config):
    a, b = 0.9, 0.5
    stack = numeric.stack([numeric.Layer([a, b], [[1.0], [1.0]], [[1.0, 1.0]])])
    (found,) = numeric.zeros(stack)
    return Claim(
        id="deep-wide/converse",
        statement="The converse holds: a layer of two states is a stack of two scalar layers without skips, and so has "
                  rf"no zero other than $z = 0$ (poles ${a}, {b}$, residues $1, 1$).",
        source="paper, as quoted in its reviews: deep and wide layers are interchangeable",
        predicted=0.0,
        measured=float(np.max(np.abs(found))),
        tolerance=16 * EPS,
        reason="rounding of a 2 × 2 eigenvalue problem",
        floor=1.0,
        law=r"it has the zero $\frac{\lambda_1+\lambda_2}{2}$; cascades without skips are a strict subset",
        law_value=(a + b) / 2,
    )


def _sizes(config):
    """Largest residue, output variance and largest modal contribution of the first K of twelve poles."""
    depth = np.arange(1, len(config.dozen) + 1)
    spread = [config.dozen[:K] for K in depth.tolist()]
    return {
        "depth": depth,
        "largest_residue": np.array([float(max(map(abs, residues(poles)))) for poles in spread]),
        "output_deviation": np.array([numeric.autocovariance(numeric.cascade(poles), 0) for poles in spread]) ** 0.5,
        "modal_deviation": np.array([
            float(sum(r**2 / (1 - Fraction(pole) ** 2) for r, pole in zip(residues(poles), poles, strict=True)))
            for poles in spread
        ]) ** 0.5,
    }  # fmt: skip


def _variance_panel(config, variances):
    k = np.arange(1, len(config.four) + 1)
    return Panel("Variances of the states", "state k", "variance",
                 (Curve(k, variances["deep_variance"], "stack, layer k", "markers", group=0),
                  Curve(k, variances["modal_variance"], "wide layer, mode k", "markers", group=1)),
                 yscale="log", note=f"poles {', '.join(map(str, config.four))}")


def _response_panel(responses):
    t = np.arange(5)
    return Panel("Twelve layers in double precision", "time t (samples)", "$h_t$",
                 (Curve(t, responses["impulse_deep"][t], "stack", group=0),
                  Curve(t, responses["impulse_wide"][t], "wide layer", "markers", group=1)),
                 note="start of the impulse response, poles in 0.85 … 0.95")


def _size_panel(size):
    K = size["depth"]
    return Panel("What the wide form costs", "depth K", "size for unit input",
                 (Curve(K, size["largest_residue"], "largest residue", "markers", group=1),
                  Curve(K, size["modal_deviation"], "modal standard deviation", "line", group=2),
                  Curve(K, size["output_deviation"], "output standard deviation", "line", group=0)),
                 yscale="log", note="first K of twelve poles in 0.85 … 0.95")


def _cancellation_panel(config):
    stack = wide(config.four)
    c = stack[0].C[0]
    terms = np.outer(c, c) * numeric.state_covariance(stack)
    partial = np.array([terms[:k, :k].sum() for k in range(1, len(c) + 1)])
    k = np.arange(1, len(c) + 1)
    return Panel("Modal variances cancel in the output", "modes 1 … k included", "variance",
                 (Curve(k, np.diag(terms).cumsum(), "as if independent", "markers", group=1),
                  Curve(k, partial, "with covariances", "markers", group=0)),
                 yscale="log", note=f"poles {', '.join(map(str, config.four))}; the last point is the output")
