"""What a fresh process costs until its first result, compiled code cached, and in memory: the least of three runs."""

import subprocess
import sys
from functools import partial
from pathlib import Path

from .job import Check, Job, Peer, Runs, needs, within

NUMBA, PROMISED, SIGNALS = "import numba", "0.1 s", "input and output"
TRUTH = 48961000000 / 2476099  # the variance of three layers with λ = 0.9 (exact, symbolic.autocovariance)
STEP = 3.7  # their step response at t = 1
ROUNDED = 1e-14  # of a few operations
_CLOCK = "import time\nbegan = time.perf_counter()\n{}\nprint(time.perf_counter() - began, float({}))"

IMPORT = _CLOCK.format("import lti_depth", "0")
IMPORT_NUMBA = _CLOCK.format("import numba", "0")
MOMENT = _CLOCK.format("""
from lti_depth import numeric
stack = numeric.cascade([0.9] * 3)""", "numeric.autocovariance(stack, 0)")
RUN = _CLOCK.format("""
import numpy as np
from lti_depth import numeric
y, _ = numeric.simulate(numeric.cascade([0.9] * 3), np.ones(1000))""", "y[1]")
SCIPY = _CLOCK.format("""
import numpy as np
from scipy import signal
y = np.ones(1000)
for _ in range(3):
    y = signal.lfilter([1.0], [1.0, -0.9], y)""", "y[1]")
JAX = _CLOCK.format("""
import jax
jax.config.update("jax_enable_x64", True)
from jax import numpy as jnp
def step(x, p):
    out = []
    for state in x:
        p = 0.9 * state + p
        out.append(p)
    return tuple(out), p
y = jax.jit(lambda u: jax.lax.scan(step, (jnp.zeros(()),) * 3, u)[1])(jnp.ones(1000))""", "y[1]")
TORCH = _CLOCK.format("""
import torch
n = 2000
w = torch.exp(-2j * torch.pi * torch.arange(n // 2 + 1, dtype=torch.float64) / n)
u = torch.ones(1000, dtype=torch.float64)
y = torch.fft.irfft(torch.fft.rfft(u, n) / (1 - 0.9 * w) ** 3, n)""", "y[1]")

_MEMORY = """
def memory(name):
    with open("/proc/self/status") as status:
        return next(1024 * int(line.split()[1]) for line in status if line.startswith(name))
"""  # VmRSS: now; VmHWM: at most, ever
WHOLE = """
import numpy as np
from lti_depth import numeric
stack = numeric.cascade(np.linspace(0.3, 0.9, 12))
for small in (np.ones(1000), np.ones((64, 1000))):
    numeric.simulate(stack, small)
before = memory("VmRSS")
u = np.ones({shape})
y, _ = numeric.simulate(stack, u)
print(memory("VmHWM") - before, float(y.ravel()[0]))
"""
STREAM = """
import numpy as np
from lti_depth import numeric
stack, state = numeric.cascade(np.linspace(0.3, 0.9, 12)), None
numeric.simulate(stack, np.ones(1000))
before = memory("VmRSS")
u = np.ones(2**20)
y = np.empty_like(u)
for _ in range({samples} // len(u)):
    _, state = numeric.simulate(stack, u, state, y)
print(memory("VmHWM") - before, float(y[-1] * np.prod(1 - np.linspace(0.3, 0.9, 12))))
"""
ROWS, LONG, SAMPLES = (256, 40_000), (10_240_000,), 10**9


def _run(program):
    """(measure, value) that a fresh process prints. Spawned, not forked: other libraries' threads are of no matter."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300, close_fds=False)
    if done.returncode:
        raise RuntimeError(f"a fresh process failed: {done.stderr.strip().splitlines()[-1]}")
    return tuple(map(float, done.stdout.split()))


def _measure(program):
    return _run(program)[0]


def _value(what, program, truth, bound=ROUNDED):
    return Check(what, abs(_run(program)[1] - truth), bound, "rounding")


@needs("jax")
def _jax():
    return Peer(partial(_measure, JAX), ROUNDED, "rounding")


@needs("torch")
def _torch():
    return Peer(partial(_measure, TORCH), 1e-12, "rounding of FFTs")


def _import():
    return Runs(partial(_measure, IMPORT), {}, {PROMISED: lambda: 0.1}, list, timed=False)


def _first_run():
    peers = {"scipy.signal": Peer(partial(_measure, SCIPY), ROUNDED, "rounding"), "jax": _jax(), "torch": _torch()}
    programs = {"scipy.signal": SCIPY, "jax": JAX, "torch": TORCH}

    def agree():
        others = [_value(name, programs[name], STEP, peer.bound) for name, peer in peers.items() if peer is not None]
        return [_value("ours", RUN, STEP), *others]

    return Runs(partial(_measure, RUN), peers, {NUMBA: partial(_measure, IMPORT_NUMBA)}, agree, timed=False)


def _first_moment():
    def agree():
        return [_value("ours", MOMENT, TRUTH, ROUNDED * TRUTH)]

    return Runs(partial(_measure, MOMENT), {}, {NUMBA: partial(_measure, IMPORT_NUMBA)}, agree, timed=False)


def _whole(shape):
    program, size = _MEMORY + WHOLE.format(shape=shape), 8
    for length in shape:
        size *= length
    return Runs(partial(_measure, program), {}, {SIGNALS: lambda: 2 * size}, lambda: [_value("y[0]", program, 1.0)],
                timed=False)  # fmt: skip


def _stream():
    program = _MEMORY + STREAM.format(samples=SAMPLES)
    short = _MEMORY + STREAM.format(samples=2**22)
    return Runs(partial(_measure, program), {}, {SIGNALS: lambda: 2 * 8 * 2**20},
                lambda: [_value("y at the end, at rest in H(1)", short, 1.0, 1e-12)], timed=False)  # fmt: skip


_TIMES = (
    Job("import", "import lti_depth in a fresh process", (within(1, PROMISED),), _import),
    Job("first-run", "import and first simulation in a fresh process", (within(2.5, NUMBA),), _first_run),
    Job("first-moment", "import and first autocovariance in a fresh process", (within(2.5, NUMBA),), _first_moment),
)  # fmt: skip
_PEAKS = (
    Job("memory-rows", "peak of simulate, 12 layers, 256 × 4·10⁴, output included", (within(1.1, SIGNALS),),
        partial(_whole, ROWS), "B"),
    Job("memory-long", "peak of simulate, 12 layers, one sequence of 1.024·10⁷, output included",
        (within(1.1, SIGNALS),), partial(_whole, LONG), "B"),
    Job("memory-stream", "peak over 10⁹ samples in chunks of 2²⁰ passed on by state", (within(1.1, SIGNALS),), _stream,
        "B"),
)  # fmt: skip
JOBS = _TIMES + _PEAKS if Path("/proc/self/status").exists() else _TIMES  # only Linux tells a process its peak
