"""Sensitivities, plateaus and flows."""

NAMES: tuple[str, ...] = (
    "sensitivity-one-layer-deeper", "zucchet-real", "zucchet-complex", "polar-sensitivity", "fixed-delay-sensitivity",
    "tied-stationary-point", "saddle", "escape-rate", "depth-saxe", "shared-gains", "hessian-at-the-optimum",
)  # fmt: skip
