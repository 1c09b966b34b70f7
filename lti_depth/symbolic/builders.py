"""The ways to build a stack, of a given depth or of any."""

from sympy import IndexedBase, Symbol

from . import expressions
from .layers import Layer
from .stacks import Stack, require_stack
from .towers import INDEX, Tower


class Letter(Symbol):
    r"""A symbol that notebooks set as it should be: λ as \lambda."""

    def _latex(self, printer):
        return r"\lambda" if self.name == "λ" else self.name


def stack(layers, *, timing="current"):
    """A Stack of any sequence of Layers, the first one next to the input."""
    if not isinstance(layers, (tuple, list)):
        raise TypeError(f"layers: expected a list of Layers, got {expressions.describe(layers)}")
    return Stack(tuple(layers), timing=timing)


def cascade(K, *, real=True, timing="current"):
    r"""The scalar cascade of K layers with indexed symbols λ[k], b[k], c[k], k = 1…K, and no feedthrough.

    .. math:: H(z) = \prod_{k=1}^{K} \frac{b_k c_k}{1 - \lambda_k z^{-1}}

    Parameters
    ----------
    K : int, or expression
        At least 1. With ``Symbol("K", integer=True, positive=True)`` the laws hold for every depth, and
        ``cascade(K).subs(K, 5)`` is ``cascade(5)``.
    real : bool
        Whether the symbols are real; else complex, with conjugates in the laws.
    timing : {"current", "delayed"}

    Returns
    -------
    Stack, or Tower
        A Tower for a symbolic K.
    """
    if isinstance(K, (list, tuple)):
        raise TypeError(f"K: expected an int or a Symbol, got {expressions.describe(K)}; for given poles see "
                        "symbolic.scalar_cascade(poles)")
    expressions.boolean(real, "real")
    depth = expressions.depth(K, "K")
    poles, b, c = (IndexedBase(Letter(name, **({"real": True} if real else {"complex": True}))) for name in "λbc")
    k = INDEX if isinstance(depth, int) else expressions.fresh(INDEX.name, depth)
    tower = Tower(scalar_cascade([poles[k]], b[k], c[k], timing=timing), depth, k)
    return tower.stack if isinstance(depth, int) else tower


def scalar_cascade(poles, b=None, c=None, d=0, *, timing="current"):
    r"""A scalar cascade of given expressions or numbers, :math:`H = \prod_k H_k`.

    .. math:: H_k(z) = d_k + \frac{b_k c_k}{1 - \lambda_k z^{-1}}

    (delayed timing: :math:`d_k + b_k c_k z^{-1}/(1-\lambda_k z^{-1})`).

    Parameters
    ----------
    poles : sequence of K expressions
        Ints, Fractions, floats (the rational numbers that they are), sympy expressions; equal ones are welcome.
    b, c, d : expression, or sequence of K
        None means 1.
    timing : {"current", "delayed"}
    """
    poles = expressions.vector(poles, "poles")
    b, c, d = (_gain(value, name, len(poles)) for value, name in ((b, "b"), (c, "c"), (d, "d")))
    layers = (Layer((pole,), [[b[k]]], [[c[k]]], [[d[k]]]) for k, pole in enumerate(poles))
    return Stack(tuple(layers), timing=timing)


def _gain(value, name, K):
    if value is None or not hasattr(type(value), "__iter__"):
        return (expressions.exact(1 if value is None else value, name),) * K
    values = expressions.vector(value, name)
    if len(values) != K:
        raise ValueError(f"{name}: expected one value or a sequence of {K}, got {len(values)}")
    return values


def series(first, second):
    """`first`, then `second`; both of one timing."""
    for value, name in ((first, "first"), (second, "second")):
        require_stack(value, name)
    if first.timing != second.timing:
        raise ValueError(f"series: expected stacks of one timing, got {first.timing!r} and {second.timing!r}; "
                         "rebuild one of them with stack.replace(timing=…)")
    return Stack(first.layers + second.layers, timing=first.timing)


def repeat(stack, n):
    """`stack` n times in series; n an int of at least 1, or an expression known to be a positive integer.

    Returns
    -------
    Stack, or Tower
        A Tower, whose laws hold for every n, for a symbolic n.
    """
    require_stack(stack, "stack")
    depth = expressions.depth(n, "n")
    return Stack(stack.layers * depth, timing=stack.timing) if isinstance(depth, int) else Tower(stack, depth)
