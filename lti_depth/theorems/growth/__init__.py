"""What depth does to variance, and what normalization and residual sums do about it."""

NAMES: tuple[str, ...] = (
    "slow-poles",
    "deep-limit",
    "equal-poles-extremal",
    "gaussian-limit",
    "class-law",
    "lag-one-monotone",
    "growth-under-lru-gains",
    "depth-aware-gain",
    "depth-aware-legendre",
    "isometric",
    "ring-growth",
    "residual-recursion",
    "residual-growth",
)
