"""The teacher–student laboratory: tasks with exact losses and gradients, charts, optimizers, fit."""

from .charts import Chart
from .ensembles import Descents, descend
from .fits import Fit, fit
from .initializations import constant, equal_memory, lru, ring, s4d_inv, s4d_lin, uniform
from .optimizers import Adam, GradientDescent, NaturalGradient
from .searches import LBFGS, GradientFlow, LeastSquares
from .sections import section_gradient
from .tasks import Population, Recorded, Sampled
from .teachers import delay, one_step, pade_delay, planted, zucchet

__all__ = [
    "LBFGS", "Adam", "Chart", "Descents", "Fit", "GradientDescent", "GradientFlow", "LeastSquares", "NaturalGradient",
    "Population", "Recorded", "Sampled", "constant", "delay", "descend", "equal_memory", "fit", "lru", "one_step",
    "pade_delay", "planted", "ring", "s4d_inv", "s4d_lin", "section_gradient", "uniform", "zucchet",
]  # fmt: skip
