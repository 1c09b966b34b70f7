"""Numbers of 1 to 4 doubles: a double, a real and a complex double-double of 106 bits, without branches.

    (x,)               x itself, where 53 bits do
    (rh, rl)           rh + rl, |rl| ≤ ulp(rh)/2
    (r, i, 0)          real part r, imaginary part i, where 53 bits do
    (rh, rl, ih, il)   real part rh + rl, imaginary part ih + il

How many there are is known when a kernel is compiled: written once, it runs in each arithmetic. Error-free
transformations after Dekker (Numer. Math. 18, 1971) and Knuth; the sums and products of pairs are those analyzed by
Joldes, Muller & Popescu (ACM TOMS 44, 2017).
"""

import numpy as np

from .fused import fma
from .jit import jit

PLAIN, REAL, PLAIN_COMPLEX, COMPLEX = (0.0,), (0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.0)
ZERO = (0.0, 0.0, 0.0, 0.0)
ONE = (1.0, 0.0, 0.0, 0.0)


@jit
def two_sum(a, b):
    """a + b and what rounding lost of it."""
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


@jit
def _quick_two_sum(a, b):
    s = a + b
    return s, b - (s - a)


@jit
def _two_product(a, b):
    p = a * b
    return p, fma(a, b, -p)


@jit
def _add(ah, al, bh, bl):
    s, e = two_sum(ah, bh)
    t, f = two_sum(al, bl)
    s, e = _quick_two_sum(s, e + t)
    return _quick_two_sum(s, e + f)


@jit
def _mul(ah, al, bh, bl):
    p, e = _two_product(ah, bh)
    return _quick_two_sum(p, e + (ah * bl + al * bh))


@jit
def _div(ah, al, bh, bl):
    q = ah / bh
    rh, rl = _mul(q, 0.0, bh, bl)
    rh, rl = _add(ah, al, -rh, -rl)
    return _quick_two_sum(q, rh / bh)


@jit
def lift(z):
    """A complex double as a complex double-double."""
    return z.real, 0.0, z.imag, 0.0


@jit
def narrow(a, kind):
    """A complex double-double, real unless `kind` is complex, as a number of as many doubles as `kind`."""
    if len(kind) == 1:
        return (a[0],)
    if len(kind) == 2:
        return a[0], a[1]
    if len(kind) == 3:
        return a[0], a[2], 0.0
    return a


@jit
def size(a):
    """|re| or |im|, whichever is larger."""
    if len(a) == 4:
        return max(abs(a[0]), abs(a[2]))
    if len(a) == 3:
        return max(abs(a[0]), abs(a[1]))
    return abs(a[0])


@jit
def value(a):
    """The nearest double, complex where the number is."""
    if len(a) == 4:
        return complex(a[0], a[2])
    if len(a) == 3:
        return complex(a[0], a[1])
    return a[0]


@jit
def values(n, kind):
    """Room for n such doubles."""
    if len(kind) > 2:
        return np.empty(n, np.complex128)
    return np.empty(n, np.float64)


@jit
def conj(a):
    if len(a) == 4:
        return a[0], a[1], -a[2], -a[3]
    if len(a) == 3:
        return a[0], -a[1], 0.0
    return a


@jit
def add(a, b):
    if len(a) == 1:
        return (a[0] + b[0],)
    if len(a) == 2:
        return _add(a[0], a[1], b[0], b[1])
    if len(a) == 3:
        return a[0] + b[0], a[1] + b[1], 0.0
    rh, rl = _add(a[0], a[1], b[0], b[1])
    ih, il = _add(a[2], a[3], b[2], b[3])
    return rh, rl, ih, il


@jit
def sub(a, b):
    return add(a, (-b[0], -b[1], -b[2], -b[3]))


@jit
def mul(a, b):
    if len(a) == 1:
        return (a[0] * b[0],)
    if len(a) == 2:
        return _mul(a[0], a[1], b[0], b[1])
    if len(a) == 3:
        return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0], 0.0
    return _complex_mul(a, b)


@jit
def _complex_mul(a, b):
    if a[2] == 0.0 and b[2] == 0.0:  # real times real: a quarter of the work
        rh, rl = _mul(a[0], a[1], b[0], b[1])
        return rh, rl, 0.0, 0.0
    ph, pl = _mul(a[0], a[1], b[0], b[1])
    qh, ql = _mul(a[2], a[3], b[2], b[3])
    rh, rl = _add(ph, pl, -qh, -ql)
    ph, pl = _mul(a[0], a[1], b[2], b[3])
    qh, ql = _mul(a[2], a[3], b[0], b[1])
    ih, il = _add(ph, pl, qh, ql)
    return rh, rl, ih, il


@jit
def mul_add(a, x, p):
    """a x + p, which a double rounds once."""
    if len(a) == 1:
        return (fma(a[0], x[0], p[0]),)
    return add(mul(a, x), p)


@jit
def one_minus(a, b):
    """1 − a b, which a double rounds once."""
    if len(a) == 1:
        return (fma(-a[0], b[0], 1.0),)
    if len(a) == 2:
        ph, pl = _mul(a[0], a[1], b[0], b[1])
        return _add(1.0, 0.0, -ph, -pl)
    if len(a) == 3:
        return 1.0 - (a[0] * b[0] - a[1] * b[1]), -(a[0] * b[1] + a[1] * b[0]), 0.0
    return sub(ONE, _complex_mul(a, b))


@jit
def div(a, b):
    if len(a) == 1:
        return (a[0] / b[0],)
    if len(a) == 2:
        return _div(a[0], a[1], b[0], b[1])
    if len(a) == 3:
        n = b[0] * b[0] + b[1] * b[1]
        return (a[0] * b[0] + a[1] * b[1]) / n, (a[1] * b[0] - a[0] * b[1]) / n, 0.0
    ph, pl = _mul(b[0], b[1], b[0], b[1])
    qh, ql = _mul(b[2], b[3], b[2], b[3])
    nh, nl = _add(ph, pl, qh, ql)
    n = _complex_mul(a, conj(b))
    rh, rl = _div(n[0], n[1], nh, nl)
    ih, il = _div(n[2], n[3], nh, nl)
    return rh, rl, ih, il


@jit
def get(array, i):
    """Entry i of an (n, 4) array."""
    return array[i, 0], array[i, 1], array[i, 2], array[i, 3]


@jit
def entry(array, i, kind):
    """Entry i of an (n, len(kind)) array."""
    if len(kind) == 1:
        return (array[i, 0],)
    if len(kind) == 2:
        return array[i, 0], array[i, 1]
    if len(kind) == 3:
        return array[i, 0], array[i, 1], array[i, 2]
    return array[i, 0], array[i, 1], array[i, 2], array[i, 3]


@jit
def put(array, i, a):
    for n in range(len(a)):
        array[i, n] = a[n]
