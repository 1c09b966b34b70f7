"""A kernel in a program of its own, for the tests of the compile cache."""

from lti_depth.kernels.jit import jit


@jit
def half(x):
    return 0.5 * x


if __name__ == "__main__":
    print(half(3.0))
