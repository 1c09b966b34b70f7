"""How deep a stack may be for what takes long or much memory: refused at once and in words, not after hours."""

SECONDS, BYTES = 180.0, 4e9
"""What a call may take, as estimated for one core of an ordinary machine."""


def require_affordable(depth, what, power, *, seconds=0.0, size=0.0, instead, of="layers"):
    """Raise ValueError where `what` is estimated to take over three minutes or 4 GB.

    Parameters
    ----------
    depth : int
        K, the number of layers, or `of` states.
    what : str
        The function, for the message.
    power : float
        Estimates grow as K^power with the depth K.
    seconds, size : float
        Estimates at this depth, the second in bytes.
    instead : str
        What to do instead.
    """
    excess = max(seconds / SECONDS, size / BYTES)
    if excess > 1:
        most = max(1, int(depth * excess ** (-1 / power)))
        raise ValueError(f"stack: expected at most {most} {of} like these for {what} (three minutes, 4 GB), got "
                         f"{depth}, which would take about {_cost(seconds, size)}; {instead}")


def _cost(seconds, size):
    """The estimate that is over its limit by more."""
    if seconds / SECONDS < size / BYTES:
        return f"{size / 1e9:.3g} GB"
    return f"{seconds / 60:.3g} minutes" if seconds < 7200 else f"{seconds / 3600:.3g} hours"
