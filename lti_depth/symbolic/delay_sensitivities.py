"""What each parameter does to the group delay."""

import sympy

from . import expressions
from .derivatives import Fields
from .stacks import require_stack


def delay_sensitivity(stack, omega):
    r"""How the group delay answers to each parameter: δτ = Re Σ_θ g_θ δθ.

    .. math:: g_\theta = \frac{w\,\partial_w f_\theta}{H_k} - \frac{w\,\partial_w H_k}{H_k^2}\, f_\theta, \qquad
              f_\theta = \frac{\partial H_k}{\partial\theta}, \quad w = e^{-i\omega}

    with H_k the layer of θ, as the delays of layers add up. For a residue r_n = c_n b_n f = 1/(1−λ_n w) (delayed:
    w/(1−λ_n w)), for D f = 1, for a pole f = r_n w/(1−λ_n w)² (delayed: r_n w²/(1−λ_n w)²).

    Parameters
    ----------
    stack : Stack
        One channel between all layers; no layer with real=True.
    omega : real number or expression
        rad/sample.

    Returns
    -------
    Fields
        poles, B, C, D in the shapes of the stack's own fields; for real parameters the derivative is the real part.

    Raises
    ------
    ValueError
        Several channels, a layer with real=True, or a frequency at which a layer vanishes or has a pole.

    Notes
    -----
    Either timing. In a scalar layer without feedthrough b and c do nothing: g_b = g_c = 0; with N > 1 states, or with
    D, they move the zeros. The paper, section 3.2, and a reviewer's question there; the quantification is new here.
    """
    require_stack(stack)
    if set(stack.channels) != {1} or any(layer.real for layer in stack.layers):
        raise ValueError("delay_sensitivity: expected one channel between all layers and none with real=True, got "
                         f"channels {stack.channels}; close real layers with stack.closed()")
    w = expressions.exact(sympy.exp(-sympy.I * expressions.frequency(omega)), "omega")
    rows = [_of_layer(layer, k, w, stack.timing) for k, layer in enumerate(stack.layers)]
    poles, B, C, D = (tuple(row[i] for row in rows) for i in range(4))
    if stack.is_cascade:
        return Fields(*(tuple(own[0] for own in field) for field in (poles, B, C, D)))
    return Fields(poles, tuple(map(_column, B)), tuple(sympy.ImmutableMatrix([row]) for row in C),
                  tuple(map(_column, D)))


def _of_layer(layer, k, w, timing):
    """g of the poles, of B, C and D."""
    states = range(layer.width)
    b, c, d = list(layer.B), list(layer.C), layer.D[0, 0]
    basis = [_basis(pole, w, timing) for pole in layer.poles]
    H = d + sum(c[n] * b[n] * basis[n][0] for n in states)
    G = sum(c[n] * b[n] * basis[n][1] for n in states)
    if H.has(sympy.zoo, sympy.nan) or (H.is_number and expressions.equal(H, sympy.Integer(0))):
        raise ValueError(f"omega: expected a frequency at which layer {k} has neither a zero nor a pole")

    def answer(f, slope):
        return slope / H - G * f / H**2

    by_d = (answer(sympy.Integer(1), sympy.Integer(0)),)
    if len(basis) == 1 and d == 0:  # f_b and f_c are proportional to H, and the pole's delay is Re[λw/(1 − λw)]
        zero = (sympy.Integer(0),)
        return (w / (1 - layer.poles[0] * w) ** 2,), zero, zero, by_d
    by_residue = [answer(*pair) for pair in basis]
    by_pole = [answer(c[n] * b[n] * f, c[n] * b[n] * slope)
               for n, (f, slope) in enumerate(_twice(pole, w, timing) for pole in layer.poles)]
    return (tuple(by_pole), tuple(c[n] * by_residue[n] for n in states), tuple(b[n] * by_residue[n] for n in states),
            by_d)


def _basis(pole, w, timing):
    """1/(1 − λw) and w ∂_w of it; in delayed timing times w."""
    gap = 1 - pole * w
    return (1 / gap, pole * w / gap**2) if timing == "current" else (w / gap, w / gap**2)


def _twice(pole, w, timing):
    """∂_λ of them: w/(1 − λw)² and w(1 + λw)/(1 − λw)³; in delayed timing w²/(1 − λw)² and 2w²/(1 − λw)³."""
    gap = 1 - pole * w
    if timing == "current":
        return w / gap**2, w * (1 + pole * w) / gap**3
    return w**2 / gap**2, 2 * w**2 / gap**3


def _column(entries):
    return sympy.ImmutableMatrix(len(entries), 1, list(entries))
