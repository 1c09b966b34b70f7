"""Transfer functions in double-double arithmetic against mpmath with 60 digits."""

import mpmath
import numpy as np
import pytest

from lti_depth.kernels import transfer

U2 = 2.0**-106


@pytest.fixture(autouse=True)
def digits():
    with mpmath.workdps(60):
        yield


def normal(rng, *shape):
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


def exact(array):
    """(…, 4) double-doubles as mpmath numbers."""
    numbers = [mpmath.mpc(mpmath.mpf(a) + mpmath.mpf(b), mpmath.mpf(c) + mpmath.mpf(d))
               for a, b, c, d in array.reshape(-1, 4).tolist()]  # fmt: skip
    return np.array(numbers, dtype=object).reshape(array.shape[:-1])


def largest(numbers):
    return max(abs(z) for z in np.ravel(numbers))


def pairs(rng, *shape):
    """Double-doubles with low halves."""
    high = rng.normal(size=(*shape, 2))
    return np.stack([high, high * 2.0**-54 * rng.uniform(-1, 1, high.shape)], axis=-1).reshape(*shape, 4)


def test_points():
    """u brought onto the circle and turned; the error of u is squared by one step of Newton's."""
    angle = mpmath.mpf("0.7")
    high = complex(mpmath.expj(angle))
    low = complex(mpmath.expj(angle) - mpmath.mpc(high)) * (1 + 1e-3)
    turn = np.array([0.0, 1e-3 - 2e-3j, 0.5 + 0.25j])
    found = transfer.points(high, low, turn)
    u = mpmath.mpc(high) + mpmath.mpc(low)
    for w, tau in zip(exact(found), turn, strict=True):
        assert abs(w - u / abs(u) * (1 - mpmath.mpc(tau))) <= 40 * U2


def test_identity():
    found = transfer.identity(2, 3)
    assert found.shape == (2, 3, 3, 4)
    assert (found[..., 0] == np.eye(3)).all() and not found[..., 1:].any()


@pytest.mark.parametrize("delayed", [False, True])
@pytest.mark.parametrize("N, h_in, h_out, columns", [(2, 3, 2, 3), (3, 1, 1, 1), (1, 2, 3, 1)])
def test_one_layer(delayed, N, h_in, h_out, columns):
    """Sums of at most 4 products, each with an error of 8 u² of its size, quotients 31 u²."""
    rng = np.random.default_rng(N)
    poles = np.exp(-rng.uniform(0.2, 1.0, N)) * np.exp(1j * rng.uniform(-3, 3, N))
    B, C, D = normal(rng, N, h_in), normal(rng, h_out, N), normal(rng, h_out, h_in)
    w, R = pairs(rng, 2), pairs(rng, 2, h_in, columns)
    w /= 4
    found = exact(transfer.times_layer(w, poles, B, C, D, delayed, R))
    assert found.shape == (2, h_out, columns)
    for m, here in enumerate(exact(w)):
        phi = [(here if delayed else 1) / (1 - mpmath.mpc(pole) * here) for pole in poles.tolist()]
        for row in range(h_out):
            for column in range(columns):
                into = exact(R[m, :, column])
                terms = [mpmath.mpc(D[row, j]) * into[j] for j in range(h_in)]
                terms += [mpmath.mpc(C[row, i]) * phi[i] * mpmath.mpc(B[i, j]) * into[j]
                          for i in range(N) for j in range(h_in)]  # fmt: skip
                assert abs(found[m, row, column] - sum(terms)) <= 100 * U2 * sum(map(abs, terms))


def test_differences_are_rounded_once():
    rng = np.random.default_rng(0)
    first = pairs(rng, 2, 3, 2)
    second = first + 2.0**-30 * pairs(rng, 2, 3, 2)
    found = transfer.subtracted(first, second)
    assert found.shape == (2, 3, 2) and found.dtype == np.complex128
    truth = exact(first) - exact(second)
    for z, value in zip(found.ravel().tolist(), truth.ravel(), strict=True):
        assert abs(mpmath.mpc(z) - value) <= 2.0**-52 * abs(value)
