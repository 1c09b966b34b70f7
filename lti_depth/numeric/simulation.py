"""Running a stack on a signal."""

import numpy as np

from ..system import validation
from ..system.notices import warn
from ..system.stacks import require_stack
from . import runs, wide_runs


def simulate(stack, u, state=None, out=None):
    r"""Run the stack on an input signal.

    Current timing: :math:`x_t = \Lambda x_{t-1} + B u_t,\; y_t = C x_t + D u_t`, layer after layer within the time
    step; delayed timing: :math:`y_t = C x_t + D u_t,\; x_{t+1} = \Lambda x_t + B u_t`.

    Parameters
    ----------
    stack : Stack
        Stable or not.
    u : (T,) or (batch, T) array for one input channel, else (batch, T, H_in)
        float32 and complex64 are computed in their precision, everything else in double.
    state : (batch, K, N_max) array, optional
        Where the last chunk ended; zeros if None. Not mutated.
    out : array, optional
        Where to put y; of the shape and dtype of the result, C-contiguous. It may be `u`.

    Returns
    -------
    y : array of the shape of u, its channel axis H_out (no channel axis when H_in = H_out = 1)
    state : (batch, K, N_max) array
        To pass on: chunks run one after the other give the run of the whole, to rounding.

    Raises
    ------
    ValueError
        A shape does not fit, NaN or inf in u, a complex u into a layer with real=True. NaN and inf are found after the
        run: an `out` apart from `u` has been written by then, while an `out` that shares its memory is left as it was.

    Warns
    -----
    RuntimeWarning
        Values of y exceed its dtype: they are inf or nan from there on.

    Notes
    -----
    The result depends on no number of threads, to the bit. A row of a batch and the same row alone agree to the bit
    below 512 samples and to rounding from there on: rows side by side and one long row have kernels of their own.

    Orvieto et al., arXiv 2303.06349 (LRU) and Smith et al., arXiv 2208.04933 (S5) for current timing.
    """
    require_stack(stack)
    signal = _signal(u, "u")
    batch = _batched(signal, stack)
    if np.iscomplexobj(signal) and any(layer.real for layer in stack):
        raise ValueError("u: expected a real signal for a stack with real=True layers, got a complex one; pass u.real")
    single = signal.dtype in (np.float32, np.complex64)
    values = _precision(np.iscomplexobj(signal) or not stack.real_output, single)
    working = _precision(np.iscomplexobj(signal) or stack.dtype.kind == "c", single)
    x = _initial(state, (len(batch), len(stack), max(stack.widths)), working)
    y_shape = _output_shape(signal, stack)
    y = _output(out, y_shape, values)
    if stack.is_cascade:
        _run_cascade(stack, batch.reshape(batch.shape[:2]), y.reshape(batch.shape[:2]), x.reshape(x.shape[:2]))
    else:
        _run_wide(stack, batch, y.reshape(*batch.shape[:2], -1), x)
    return y, x


def _run_cascade(stack, u, y, x):
    """Where something is not finite, the input is at fault, or the recursion tells how far y is good."""
    u = _apart(u, y)
    given, before = runs.scalars(stack), x.copy()
    if not runs.run(given, u, y, x):
        if u is not y:
            _require_finite(u)
            x[...] = before
            runs.run_plainly(given, u, y, x)
        _warn_of_overflow(y)


def _run_wide(stack, u, y, x):
    u = _apart(u, y)
    wide_runs.run(stack, u, y, x)
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        if u is not y:
            _require_finite(u)
        _warn_of_overflow(y)


def _apart(u, y):
    """u, checked where y overwrites it: y itself where they agree sample for sample, a copy where they overlap."""
    if not np.may_share_memory(u, y):
        return u
    _require_finite(u)
    return y if u.ctypes.data == y.ctypes.data and u.dtype == y.dtype and u.shape == y.shape else u.copy()


def _require_finite(u):
    if not np.isfinite(u).all():
        raise ValueError("u: expected finite numbers, got NaN or inf")


def _warn_of_overflow(y):
    """y (batch, T, …)."""
    finite = np.isfinite(y)
    if not finite.all():
        time = np.argwhere(~finite)[:, 1].min()
        warn(f"simulate: {finite.size - finite.sum()} of {finite.size} values of y exceed {y.dtype}, "
             f"from t = {time} on; look at poles outside the unit circle and at the gains")


def _precision(is_complex, single):
    return np.dtype((np.complex64 if single else np.complex128) if is_complex else (np.float32 if single else float))


def _signal(value, name):
    """Numbers, contiguous; those that are good to compute with as they are, finite or not."""
    array = validation.array_of(value, name)
    if array.dtype in (np.float32, np.complex64, np.float64, np.complex128) and array.dtype.isnative:
        return np.asarray(array, order="C")
    return validation.numbers(value, name)


def _batched(u, stack):
    """u as (batch, T, H_in)."""
    h_in = stack.channels[0]
    if h_in == 1 and u.ndim in (1, 2):
        batch = u.reshape(-1 if u.ndim == 2 else 1, u.shape[-1], 1) if u.size else u
    elif u.ndim == 3 and u.shape[2] == h_in:
        batch = u
    else:
        wanted = "(T,), (batch, T) or (batch, T, 1)" if h_in == 1 else f"(batch, T, {h_in})"
        hint = "; pass u[None] for one run" if u.ndim == 2 and u.shape[1] == h_in else ""
        raise ValueError(f"u: expected shape {wanted} for {h_in} input channel{'s' if h_in > 1 else ''}, "
                         f"got {u.shape}{hint}")
    if u.size == 0:
        raise ValueError(f"u: expected at least one sample, got shape {u.shape}")
    return batch


def _output_shape(u, stack):
    h_out = stack.channels[-1]
    if u.ndim == 3:
        return (*u.shape[:2], h_out)
    return u.shape if h_out == 1 else (*u.shape, h_out)


def _output(out, shape, dtype):
    if out is None:
        return np.empty(shape, dtype)
    if not isinstance(out, np.ndarray) or out.shape != shape or out.dtype != dtype or not out.flags.c_contiguous:
        raise ValueError(f"out: expected a C-contiguous array of shape {shape} and dtype {dtype}, "
                         f"got {validation.describe(out)}")
    if not out.flags.writeable:
        raise ValueError("out: expected a writable array, got a read-only one")
    return out


def _initial(state, shape, dtype):
    if state is None:
        return np.zeros(shape, dtype)
    array = validation.shaped(state, "state", shape, ("batch", "K", "N"))
    if array.dtype.kind == "c" and dtype.kind != "c":
        raise ValueError("state: expected real states for a real stack and signal, got complex ones")
    return np.array(array, dtype=dtype)
