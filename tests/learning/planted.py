"""A planted problem that every optimizer can solve, and records that nobody planted."""

import numpy as np

from lti_depth.learning import Chart, Population, Recorded
from lti_depth.system import cascade

TEACHER = cascade([0.9, 0.5], 0.5)
STUDENT = cascade([0.6, 0.3], 0.7)
CHART = Chart(STUDENT, train=("poles", "B"))
TASK = Population(TEACHER)
RECORDED = Recorded(*np.random.default_rng(0).normal(size=(2, 3, 40)))
