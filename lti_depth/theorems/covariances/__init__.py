"""Second moments of outputs and states."""

NAMES: tuple[str, ...] = (
    "lemma-1", "proposition-1", "spectrum", "autocovariance", "autocovariance-full-degree",
    "autoregression", "legendre-variance", "cascade-recursion", "block-recursion",
)
