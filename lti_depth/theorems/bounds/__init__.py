"""How much a state of given size can hold."""

NAMES: tuple[str, ...] = (
    "hankel-values", "norm-depth", "memory-sum", "takenaka-malmquist", "delay-bound", "colored-memory",
)  # fmt: skip
