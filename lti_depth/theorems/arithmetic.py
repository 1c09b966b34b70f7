"""Long arithmetic for shadows: the doubles of a stack, taken exactly, as numbers of 60 digits."""

from types import SimpleNamespace

import mpmath
import numpy as np

mp = mpmath.mp.clone()
mp.dps = 60


def long(values):
    """The same nested lists or array with mpf or mpc entries; a scalar as a number."""
    if isinstance(values, (list, tuple, np.ndarray)) and np.ndim(values):
        return [long(value) for value in values]
    return mp.convert(values.item() if hasattr(values, "item") else values)


def exact(array):
    """The doubles of an array as long numbers, an object array."""
    return np.array(long(array), dtype=object).reshape(np.shape(array))


def parameters(cascade):
    """Of a scalar cascade: lists poles, b, c, d of long numbers, with the conjugates of the poles."""
    poles, b, c, d = (long(np.atleast_1d(part).tolist()) for part in (cascade.poles, cascade.B, cascade.C, cascade.D))
    return SimpleNamespace(poles=poles, conjugates=[mp.conj(p) for p in poles], b=b, c=c, d=d)


def deviation(law, machine):
    """The largest |law − machine| over the largest |machine| (over 1 where all of it is 0)."""
    law, machine = (np.ravel(np.asarray(value, dtype=object)).tolist() for value in (law, machine))
    if len(law) != len(machine):
        raise ValueError(f"expected as many values from the law as from the machine, got {len(law)} and {len(machine)}")
    machine = [long(value) for value in machine]
    scale = max(map(abs, machine)) or mp.one
    return float(max(abs(a - b) for a, b in zip(law, machine, strict=True)) / scale)
