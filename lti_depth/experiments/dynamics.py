"""How gains are learned at fixed poles: a sigmoid, its time against width, and Saxe's form in depth."""

from dataclasses import asdict, dataclass, replace

from ..claims import Result
from . import dynamics_balance as balance
from . import dynamics_depth as depth
from . import dynamics_panels as panels
from . import dynamics_sigmoid as sigmoid
from . import dynamics_width as width

FULL_MINUTES = 1


@dataclass(frozen=True)
class Config:
    """Teachers and students with the same poles; time in units of τ, a loss of ½E|y_S − y_T|²."""

    pole: float = 0.9
    poles: tuple[float, ...] = (0.5, 0.7, 0.85, 0.95)
    teacher: tuple[float, ...] = (0.9, 0.6)
    rho: float = 0.6
    speeds: tuple[float, ...] = (0.5, 0.9, 0.99)
    start: float = 0.01
    states: tuple[int, ...] = (1, 4, 16)
    random_states: tuple[int, ...] = (2, 4, 8)
    spread: float = 0.05
    depths: tuple[int, ...] = (1, 2, 3, 6, 12)
    factor: float = 0.5
    share: float = 0.1
    imbalances: tuple[float, ...] = (0.1, 0.2, 0.4)
    imbalanced_depth: int = 3
    seeds: int = 11
    seed: int = 10

    @classmethod
    def full(cls):
        """Wider layers, more seeds."""
        return replace(cls(), states=(1, 4, 16, 64), share=0.02, random_states=(2, 4, 8, 16, 32), seeds=41)


def run(config, progress):
    """Closed forms and quadratures against the gradient flow of the exact loss."""
    shared = sigmoid.claims(config)
    progress(0.1)
    by_width = width.measure(config)
    progress(0.4)
    by_depth, tolerance = depth.measure(config)
    progress(0.8)
    by_balance = balance.measure(config)
    arrays = by_width | by_depth | by_balance
    return Result(
        name="dynamics",
        title="Learning dynamics of the gains: width, depth and balance",
        summary=(
            r"Poles fixed, the gains $b$ and $c$ follow the gradient of the exact loss. All starts of one layer obey "
            r"one law, $\tau\dot w = 2n\sqrt{w^2+m^2}\,(\sigma-\eta w)$, a sigmoid for $m = 0$: $\sigma$ and $\eta$ "
            r"hold all that teacher and input correlation do, $m$ the imbalance. States that share $b$ and $c$ learn "
            r"$N$ times faster ($n = N$); states with their own gains do not ($n = 1$), and a random start of spread "
            r"$s$ helps only through its imbalance $m \approx N s^2$. In depth, $\dot g = 2K g^{2-1/K}(1-g)$ makes the "
            r"time to learn a gain rise up to three layers and then fall; in steps at a fixed share of the largest "
            r"stable rate it rises with depth and saturates. For practice: compare depths each at its own rate, start "
            r"the product of the gains at a fixed size rather than its factors, and do not fear unbalanced gains: they "
            r"learn faster."
        ),
        config=asdict(config),
        arrays=arrays,
        panels=panels.panels(config, arrays),
        claims=(*shared, *width.claims(config, arrays), *depth.claims(config, arrays, tolerance),
                *balance.claims(config, arrays)),
        formulas=(
            (r"Shared $b$, $c$, balanced, $w = Nbc$",
             r"w(t) = \frac{\sigma}{\eta}\, \frac{e^{2N\sigma t/\tau}}{e^{2N\sigma t/\tau} - 1 + \sigma/(\eta w_0)}"),
            (r"Any start: $X = w + \sqrt{w^2+m^2}$, $r = \sqrt{s^2+m^2}$, $s = \sigma/\eta$",
             r"\frac{X - s + r}{s + r - X} = \frac{X_0 - s + r}{s + r - X_0}\, e^{2 n \eta r t/\tau}"),
            (r"$K$ layers, $2K$ balanced gains, $g = \prod_k b_k c_k$, in units of the output's variance",
             r"\dot g = 2K g^{2-1/K} (1-g), \qquad K\,T_K \to \frac{1}{2}\left[\ln\frac{g}{1-g} - \frac{1}{g}\right]"
             r"_{g_0}^{g_1}"),
        ),
    )
