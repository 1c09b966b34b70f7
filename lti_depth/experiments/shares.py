"""Steps of gradient descent times the share of its largest stable rate, for small shares."""

import numpy as np

REASON = "a quarter of what extrapolation to small steps moves; the rest is of the next order in the rate"


def limit(coarse, fine):
    """From the products at a share and at half of it: their limit, and a tolerance relative to it, with `REASON`."""
    products = 2 * fine - coarse
    return products, float(np.max(np.abs(products - fine) / products)) / 4
