"""The one decorator of every kernel: how it is compiled, and where the compiled code is kept.

A compiled kernel is cached on disk next to its source. Three things can go wrong with such a cache, and none of them
may keep a program from running: a file torn by a crash (recompile), a place that cannot be written (do without), and
a cached kernel whose callee in another file has changed (the stamp of all kernel sources is part of the key).

A fresh process waits for what comes before its first result, so that nothing is done here before it is needed: most
kernels are only ever called by others, which hold their code, and have no use for a cache of their own.
"""

import hashlib
from functools import cache, cached_property, partial
from pathlib import Path

import numba
from numba.core.caching import FunctionCache, NullCache
from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import Dispatcher

from .. import threads

threads.held_over_forks(global_compiler_lock)


@cache
def _stamp():
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


@cache
def _without_scipy():
    """Let numba load its arrays without importing scipy.linalg, which takes as long as a third of numba.

    It does that to see whether there is a BLAS. There is: scipy is a dependency. A kernel that multiplies matrices
    asks again when it is compiled, and imports scipy.linalg with the first product.
    """
    from numba.np import linalg

    asks = getattr(linalg, "ensure_blas", None)
    if asks is None:  # a numba that asks elsewhere: it imports scipy.linalg
        return
    linalg.ensure_blas = lambda: None
    try:
        from numba.np import arraymath  # noqa: F401
    finally:
        linalg.ensure_blas = asks


class _Files(FunctionCache):
    """numba's cache on disk, keyed by the sources of all kernels too."""

    def _index_key(self, sig, codegen):
        return (*super()._index_key(sig, codegen), _stamp())


class KernelCache(NullCache):
    """The cache of a kernel, for which a damaged or unwritable file means to compile again."""

    def __init__(self, function):
        self._function = function

    @cached_property
    def files(self):
        """Where the compiled code is kept; nowhere, if numba finds no place for it."""
        try:
            return _Files(self._function)
        except RuntimeError:
            return NullCache()

    @property
    def cache_path(self):
        return self.files.cache_path

    def load_overload(self, sig, target_context):
        _without_scipy()
        try:
            return self.files.load_overload(sig, target_context)
        except Exception:  # whatever a torn file makes the unpickler raise: the kernel is compiled again
            self.flush()
            return None

    def save_overload(self, sig, data):
        try:
            self.files.save_overload(sig, data)
        except OSError:  # a full or read-only disk: this process keeps its compiled kernel, the next one compiles
            self.files.disable()

    def flush(self):
        try:
            self.files.flush()
        except OSError:  # the torn file cannot be replaced either
            self.files.disable()


def jit(function=None, *, inlined=False):
    """Compile in nopython mode, without the GIL, with IEEE semantics (1/0 is inf, nan stays nan).

    `inlined`: into every caller, whatever its size, that a loop of the caller may be vectorized.
    """
    if function is None:
        return partial(jit, inlined=inlined)
    compiled = numba.njit(nogil=True, error_model="numpy", forceinline=inlined)(function)
    if isinstance(compiled, Dispatcher):  # a plain function under NUMBA_DISABLE_JIT=1
        compiled._cache = KernelCache(function)
    return compiled
