"""The eigenvalues that a deep student learns: a plateau at a saddle, the escape from it, and where it ends."""

from dataclasses import asdict, dataclass, replace

from ..claims import Result
from . import saddle_descent as descent
from . import saddle_ends as ends
from . import saddle_escape as escape
from . import saddle_gains as gains
from . import saddle_panels as panels
from . import saddle_plateau as plateau
from . import saddle_tail as tail

FULL_MINUTES = 2
STUDIES = (plateau, 0.1), (escape, 0.5), (ends, 0.65), (tail, 0.75), (descent, 0.95), (gains, 1.0)  # done after each


@dataclass(frozen=True)
class Config:
    """One-layer teachers 1/(1 − λ*z⁻¹), students g/Π(1 − λ_k z⁻¹) of K layers; white input, L = ½E|y_S − y_T|²."""

    teachers: tuple[float, ...] = (0.9, 0.99, 0.999)
    depths: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 12)
    teacher: float = 0.99
    escape_depths: tuple[int, ...] = (2, 3, 6, 12)
    asymmetries: tuple[float, ...] = (1e-3, 1e-5)
    slow_teachers: tuple[float, ...] = (1 - 1e-3, 1 - 1e-4)
    random_depths: tuple[int, ...] = (2, 3, 6)
    random_time: float = 300.0
    tail_teacher: float = 0.9
    tail_depths: tuple[int, ...] = (3, 4, 6)
    tail_time: float = 1e5
    natural: tuple[float, ...] = (1e-3, 1e-4, 1e-5)
    descent_depths: tuple[int, ...] = (2, 3, 4)
    gains_depth: int = 3
    seeds: int = 10
    seed: int = 4

    @classmethod
    def full(cls):
        """More seeds, smaller asymmetries, deeper students."""
        return replace(cls(), seeds=40, asymmetries=(1e-3, 1e-4, 1e-5, 1e-6), random_depths=(2, 3, 4, 5, 6, 12),
                       descent_depths=(2, 3, 4, 5, 6), natural=(1e-3, 3e-4, 1e-4, 3e-5, 1e-5), tail_time=1e6,
                       tail_depths=(3, 4, 5, 6))  # fmt: skip


def run(config, progress):
    """Closed forms of the tied saddle against the population loss, its Hessian and its flows."""
    claims, arrays = (), {}
    for part, done in STUDIES:
        found, measured = part.study(config)
        claims, arrays = claims + found, arrays | measured
        progress(done)
    return Result(
        name="saddle",
        title="Which eigenvalues does a deep student learn? A saddle, and what it costs",
        summary=(
            r"Equal poles are a trap of measure zero but of real cost: the best student with $K$ equal poles has "
            r"$1-\lambda = (2K-1)(1-\lambda^*)$, and there the loss is a saddle with $K-1$ ways out, all of them "
            r"at the same rate $\kappa$. Gradient flow leaves after $\ln(\delta_c/\delta_0)/\kappa$, $\delta_0$ the "
            r"asymmetry of the start, and ends at $(\lambda^*, 0, \ldots, 0)$: what deep students learn is the "
            r"teacher's eigenvalue, and the smaller eigenvalues are seen on the plateau only. "
            "For practice: start layers at different poles, do not stop at the first flat stretch of the loss, and "
            r"expect a plateau that grows as $K^3$ steps at a fixed stable learning rate; natural gradient passes it "
            "at no cost. From three layers on the minimum is degenerate, so the loss falls only as $1/t^2$."
        ),
        config=asdict(config),
        arrays=arrays,
        panels=panels.panels(config, arrays),
        claims=claims,
        formulas=(
            ("The tied optimum of a slow teacher", r"1-\lambda \to (2K-1)(1-\lambda^*), \quad \lambda^* \to 1"),
            ("Its Hessian where the mean of the poles stays", r"-\kappa I, \quad \kappa = -\langle E, H w^2\rangle, "
             r"\quad w = \frac{z^{-1}}{1-\lambda z^{-1}}"),
            ("The escape", r"t = \frac{1}{\kappa}\ln\frac{\delta_c}{\delta_0}"),
            ("The end, three layers or more", r"L \to \frac{1}{8\lambda^{*2}t^2}"),
            ("Curvature along equal poles", r"\frac{h}{\kappa} \to \frac{K+1}{K-1}, \quad \lambda^* \to 1"),
            ("Steps for an e-fold of asymmetry, at a step of one over the sharpness of the minimum",
             r"\frac{K^2(K+1)(2K-1)}{(K-1)\,c_K}, \quad c_K = \frac{2(K-1)!^2(4K-2)^{2K-1}}{(2K)^{2K}(2K-2)!}"),
        ),
    )  # fmt: skip
