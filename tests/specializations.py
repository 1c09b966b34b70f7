"""The specializations of kernels that a piece of work asks for, whatever else the process has compiled before it."""


class Specializations:
    """From its creation on: ``of(kernel)`` counts the signatures that `kernel` was given since."""

    def __init__(self, *kernels):
        self._before = {kernel: set(kernel.signatures) for kernel in kernels}

    def of(self, kernel):
        return len(set(kernel.signatures) - self._before[kernel])
