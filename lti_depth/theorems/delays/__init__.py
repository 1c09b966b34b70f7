"""Group delay and what it means in time."""

NAMES: tuple[str, ...] = ("group-delay", "gains-do-not-delay", "layer-delay", "first-moment", "second-moment",
                          "mean-lag-and-spread", "all-pass", "delay-sensitivities")
