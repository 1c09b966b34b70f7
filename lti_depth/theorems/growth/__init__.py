"""What depth does to variance, and what normalization and residual sums do about it."""

NAMES: tuple[str, ...] = (
    "slow-poles",
    "growth-under-lru-gains",
    "depth-aware-legendre",
)
