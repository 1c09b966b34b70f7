"""What depth does to variance, and what normalization and residual sums do about it."""

NAMES: tuple[str, ...] = ()
