"""How late a time or lag a run may reach: it takes every sample on the way."""

from ..system.limits import require_affordable

LATER = "ask for earlier times or lags, or for certified's balls, whose work grows with their logarithm"


def require_reachable(last, what, *, seconds, size=0.0, instead=LATER):
    """Raise ValueError where a run over `last` samples takes over three minutes or 4 GB.

    Parameters
    ----------
    last : int
        The last time or lag.
    what : str
        The function, for the message.
    seconds, size : float
        Estimates for one sample, the second in bytes.
    instead : str
        What to do instead.
    """
    require_affordable(int(last), what, 1, seconds=seconds * last, size=size * last, of="samples", instead=instead)
