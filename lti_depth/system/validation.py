"""The one validator: what the constructors and the shells accept, and how they refuse.

A refusal names the argument, what was expected, what came, and what to pass instead.
"""

import operator

import numpy as np

TIMINGS = ("current", "delayed")


def describe(value):
    """A short name for what came: its shape, or its type and value."""
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    text = " ".join(repr(value).split())
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"


_WAYS = {
    ("lti_depth.symbolic.stacks", "Stack"): "bridge.lower(stack, values)",
    ("lti_depth.symbolic.processes", "Process"): "bridge.lower(process, values)",
    ("lti_depth.system.networks", "Network"): "linearize(network, process)",
    ("lti_depth.system.layers", "Layer"): "stack([layer])",
}


def of_another_kind(value):
    """What to pass instead of a value of the package's other types; None for anything else.

    By name: symbolic types come with sympy, which is not imported here.
    """
    return _WAYS.get((type(value).__module__, type(value).__name__))


def numbers(value, name):
    """`value` as a new float64 or complex128 array of finite numbers, read-only and C-contiguous."""
    array = array_of(value, name)
    if array.dtype.kind not in "iufc":
        raise TypeError(
            f"{name}: expected real or complex numbers, got {describe(value)}; pass floats or a numeric array"
        )
    dtype = np.complex128 if array.dtype.kind == "c" else np.float64
    array = np.array(array, dtype=dtype, order="C", copy=True)
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: expected finite numbers, got NaN or inf (or a value beyond float64)")
    array.flags.writeable = False
    return array


def array_of(value, name):
    """`value` as a numpy array of whatever it holds."""
    if isinstance(value, np.ndarray) and hasattr(value, "mask"):
        raise TypeError(f"{name}: expected numbers everywhere, got a masked array; pass its filled(…) or compressed()")
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name}: expected a rectangular array of numbers, got ragged rows; {error}") from None


def shaped(value, name, shape, axes):
    """`numbers` of a given shape; an entry None of `shape` is free, `axes` names the entries."""
    array = numbers(value, name)
    fits = array.ndim == len(shape) and all(
        want is None or want == have for want, have in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = ", ".join(axis if want is None else f"{axis}={want}" for axis, want in zip(axes, shape, strict=True))
        raise ValueError(
            f"{name}: expected shape ({wanted}{',' if len(shape) == 1 else ''}), got {array.shape}; "
            f"pass an array with {len(shape)} {'axis' if len(shape) == 1 else 'axes'}"
        )
    if array.size == 0:
        raise ValueError(f"{name}: expected at least one entry along each axis, got shape {array.shape}")
    return array


def vector(value, name, size, axis):
    """`shaped` for one axis, with a hint where a scalar came."""
    if isinstance(value, (int, float, complex, np.number)):
        raise ValueError(f"{name}: expected a 1-D sequence of {axis} numbers, got {describe(value)}; for one pass a "
                         "list with one entry, for equal ones [value] * n")
    return shaped(value, name, (size,), (axis,))


def real_number(value, name, *, positive=False):
    """`value` as a float."""
    array = numbers(value, name)
    if array.ndim != 0 or array.dtype.kind == "c":
        raise ValueError(f"{name}: expected one real number, got {describe(value)}; pass a float")
    if positive and not array > 0:
        raise ValueError(f"{name}: expected a positive number, got {float(array)}")
    return float(array)


def integer(value, name, minimum):
    """`value` as an int of at least `minimum`; bools and floats are refused."""
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}: expected an integer, got {describe(value)}")
    try:
        result = operator.index(value)
    except TypeError:
        raise TypeError(f"{name}: expected an integer, got {describe(value)}; pass an int") from None
    if result < minimum:
        raise ValueError(f"{name}: expected an integer of at least {minimum}, got {result}")
    return result


def boolean(value, name):
    """`value`, True or False, as a bool."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}: expected True or False, got {describe(value)}")
    return bool(value)


def names(value, name):
    """`value`, a sequence of strings, as a tuple."""
    if not isinstance(value, (tuple, list)) or not all(isinstance(entry, str) for entry in value):
        raise TypeError(f"{name}: expected a list of names, got {describe(value)}")
    return tuple(value)


def callback(value, name):
    """`value`, a function to be called now and then."""
    if not callable(value):
        raise TypeError(f"{name}: expected a function, got {describe(value)}")
    return value


def generator(value, name):
    """`value`, a numpy Generator."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(f"{name}: expected a numpy.random.Generator, got {describe(value)}; "
                        "pass numpy.random.default_rng(seed)")
    return value


def integers(value, name):
    """`value`, an int or an array of ints of any shape, as an int64 array: lags and times."""
    array = array_of(value, name)
    if array.size == 0 and isinstance(value, (list, tuple)):  # no entry says what an empty list holds
        array = array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name}: expected integers (samples), got {describe(value)}; pass ints, not floats")
    if array.dtype.kind == "u" and array.size and array.max() > np.iinfo(np.int64).max:
        raise ValueError(f"{name}: expected integers below 2^63, got {array.max()}")
    array = np.ascontiguousarray(array, dtype=np.int64).reshape(array.shape)
    if array.size and array.min() == np.iinfo(np.int64).min:
        raise ValueError(f"{name}: expected integers above -2^63, got {array.min()}")
    return array


def frequencies(value, name="omega"):
    """`value`, a real number or array of any shape, in rad/sample."""
    array = numbers(value, name)
    if array.dtype.kind == "c":
        raise ValueError(f"{name}: expected real frequencies in rad/sample, got complex; for a point z pass it to "
                         "transfer_function")
    return array


def choice(value, name, options):
    """`value`, one of a few names."""
    if isinstance(value, np.ndarray) or value not in options:
        raise ValueError(f"{name}: expected one of {', '.join(map(repr, options))}, got {describe(value)}")
    return value
