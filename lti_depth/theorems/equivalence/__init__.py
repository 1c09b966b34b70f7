"""Deep and wide: one map, two forms."""

NAMES: tuple[str, ...] = (
    "deep-to-wide", "deep-to-wide-blocks", "diagonalization", "jordan", "invariants",
)
