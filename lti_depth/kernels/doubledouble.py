"""Complex double-double arithmetic: 106 bits from pairs of doubles, without branches.

A number is a tuple (rh, rl, ih, il): real part rh + rl, imaginary part ih + il, |rl| ≤ ulp(rh)/2.
Error-free transformations after Dekker (Numer. Math. 18, 1971) and Knuth; the sums and products of pairs are those
analyzed by Joldes, Muller & Popescu (ACM TOMS 44, 2017).
"""

from .jit import jit

ZERO = (0.0, 0.0, 0.0, 0.0)
ONE = (1.0, 0.0, 0.0, 0.0)
_SPLIT = 134217729.0  # 2^27 + 1


@jit
def _two_sum(a, b):
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
    t = _SPLIT * a
    ah = t - (t - a)
    al = a - ah
    t = _SPLIT * b
    bh = t - (t - b)
    bl = b - bh
    return p, ((ah * bh - p) + ah * bl + al * bh) + al * bl


@jit
def _add(ah, al, bh, bl):
    s, e = _two_sum(ah, bh)
    t, f = _two_sum(al, bl)
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
    """A complex double as a double-double."""
    return z.real, 0.0, z.imag, 0.0


@jit
def value(a):
    """The nearest complex double."""
    return complex(a[0], a[2])


@jit
def conj(a):
    return a[0], a[1], -a[2], -a[3]


@jit
def add(a, b):
    rh, rl = _add(a[0], a[1], b[0], b[1])
    ih, il = _add(a[2], a[3], b[2], b[3])
    return rh, rl, ih, il


@jit
def sub(a, b):
    return add(a, (-b[0], -b[1], -b[2], -b[3]))


@jit
def mul(a, b):
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
def div(a, b):
    ph, pl = _mul(b[0], b[1], b[0], b[1])
    qh, ql = _mul(b[2], b[3], b[2], b[3])
    nh, nl = _add(ph, pl, qh, ql)
    n = mul(a, conj(b))
    rh, rl = _div(n[0], n[1], nh, nl)
    ih, il = _div(n[2], n[3], nh, nl)
    return rh, rl, ih, il


@jit
def get(array, i):
    """Entry i of an (n, 4) array."""
    return array[i, 0], array[i, 1], array[i, 2], array[i, 3]


@jit
def put(array, i, a):
    array[i, 0], array[i, 1], array[i, 2], array[i, 3] = a
