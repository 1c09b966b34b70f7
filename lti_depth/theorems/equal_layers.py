r"""K equal layers: their variance solves one recursion in K, which is Legendre's.

With x = |λ|², unit gains and white unit input, h_t = w_t λ^t and

    V_K(x) = Σ_t w_t(K)² x^t,    w_t(K) = C(t+K−1, K−1).

The recursion is

    K (1−x)² V_{K+1} = (2K−1)(1+x) V_K − (K−1) V_{K−1},    V_1 = 1/(1−x),                                      (R)

at K = 1 without V_0, so that V_1 and (R) give all V_K. The coefficient of x^t in (R) compares

    K [w_t(K+1)² − 2 w_{t−1}(K+1)² + w_{t−2}(K+1)²]    and    (2K−1) [w_t(K)² + w_{t−1}(K)²] − (K−1) w_t(K−1)²,

and every weight is w_t(K) times a rational function of t and K: one identity between rational functions for all t, K.

The finite form V_K = A_K(x) (1−x)^{1−2K}, A_K = Σ_j C(K−1,j)² x^j, solves (R) when

    K A_{K+1} = (2K−1)(1+x) A_K − (K−1)(1−x)² A_{K−1},

again an identity for the coefficient of x^j, now between multiples of C(K−1,j)²; the highest, j = K, stands apart.
With P_n(X) = A_{n+1}(x) (1−x)^{−n}, X = (1+x)/(1−x), it is (n+1) P_{n+1} = (2n+1) X P_n − n P_{n−1}: Legendre's
polynomials, V_K = (1−x)^{−K} P_{K−1}(X).
"""

from math import comb, perm

from ..symbolic.rationals import indeterminates
from .expansions import order

TERMS = 10


def numerator(K, x, order=0):
    """A_K(x), or its derivative of some order."""
    return sum(comb(K - 1, j) ** 2 * perm(j, order) * x ** (j - order) for j in range(order, K))


def remainder(K, x, after, here, before):
    """What (R) leaves of V_{K+1}, V_K and V_{K−1}."""
    return K * (1 - x) ** 2 * after - (2 * K - 1) * (1 + x) * here + (K - 1) * before


def recursion_holds():
    """(R), coefficient by coefficient, t and K indeterminate."""
    t, K = indeterminates("t", "K")
    late, less = t / (t + K - 1), (K - 1) / (t + K - 1)  # w_{t−1}(K)/w_t(K), w_t(K−1)/w_t(K)
    more = [(t + K) / K, t / K, t * (t - 1) / (K * (t + K - 1))]  # w_t, w_{t−1}, w_{t−2} of K+1, over w_t(K)
    left = K * (more[0] ** 2 - 2 * more[1] ** 2 + more[2] ** 2)
    return left == (2 * K - 1) * (1 + late**2) - (K - 1) * less**2


def finite_form_holds():
    """The recursion of A_K, coefficient by coefficient, j and K indeterminate; and its highest coefficient."""
    j, K = indeterminates("j", "K")
    more, late = K / (K - j), j / (K - j)  # C(K, j), C(K−1, j−1), over C(K−1, j)
    less = [(K - 1 - j) / (K - 1), j / (K - 1), j * (j - 1) / ((K - 1) * (K - j))]  # C(K−2, j), j−1, j−2
    right = (2 * K - 1) * (1 + late**2) - (K - 1) * (less[0] ** 2 - 2 * less[1] ** 2 + less[2] ** 2)
    return K * more**2 == right and (2 * K - 1) - (K - 1) == K


def solves_recursion(variance, depths=range(2, 7)):
    """Whether `variance`, K and x to V_K, starts at 1/(1−x) and solves (R) at these depths."""
    (x,) = indeterminates("x")
    start = variance(1, x) == 1 / (1 - x) and remainder(1, x, variance(2, x), variance(1, x), 0) == 0
    return start and all(
        remainder(K, x, variance(K + 1, x), variance(K, x), variance(K - 1, x)) == 0 for K in depths)


def legendre(n, X):
    """P_n(X) by Bonnet's recursion; P_{−1} = P_0 = 1."""
    before, here = X**0, X**0
    for m in range(n):
        before, here = here, ((2 * m + 1) * X * here - m * before) / (m + 1)
    return here


def sums_squares(variance, K):
    """Whether `variance` agrees with Σ_t w_t(K)² x^t in its first terms."""
    (x,) = indeterminates("x")
    cut = sum(comb(t + K - 1, K - 1) ** 2 * x**t for t in range(TERMS))
    return order(variance(K, x) - cut, x) >= TERMS
