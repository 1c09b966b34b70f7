"""The same jobs in jax, compiled: every form of a recursion that jax can be given. jax is imported where it is used."""

import numpy as np

from .job import Peer, needs


def _jax():
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax, jax.numpy


def one_step(poles, states, p):
    """All layers of a cascade at one time."""
    out = []
    for pole, x in zip(poles, states, strict=True):
        p = pole * x + p
        out.append(p)
    return tuple(out), p


def joined(first, second):
    """Two stretches of x ← a x + b, one after the other."""
    return first[0] * second[0], second[0] * first[1] + second[1]


@needs("jax")
def scan(poles, u, bound, reason):
    """A scan over time, all layers a step; the batch last, as its vectorizer likes best."""
    jax, jnp = _jax()
    given = [jnp.asarray(pole, u.dtype) for pole in poles]
    rest = (jnp.zeros(u.shape[:-1], u.dtype),) * len(poles)
    compiled = jax.jit(lambda u: jax.lax.scan(lambda x, p: one_step(given, x, p), rest, u, unroll=8)[1])
    on_device = jnp.asarray(np.ascontiguousarray(u.T))
    return Peer(lambda: jax.block_until_ready(compiled(on_device)), bound, reason, lambda y: np.asarray(y).T)


@needs("jax")
def fft(H, u, bound, reason):
    """The response at 2T frequencies, given: right where the impulse response ends within T."""
    jax, jnp = _jax()
    n, T = 2 * u.shape[-1], u.shape[-1]
    forth, back = (jnp.fft.fft, jnp.fft.ifft) if np.iscomplexobj(u) else (jnp.fft.rfft, jnp.fft.irfft)
    compiled = jax.jit(lambda u, H: back(forth(u, n) * H, n)[..., :T])
    on_device = jnp.asarray(u), jnp.asarray(H)
    return Peer(lambda: jax.block_until_ready(compiled(*on_device)), bound, reason)


# The loss of a scalar cascade on samples, in four forms.


def _by_fft(poles, gain, u):
    _, jnp = _jax()
    n = 2 * u.shape[1]
    w = jnp.exp(-2j * jnp.pi * jnp.arange(n // 2 + 1) / n)
    H = gain / jnp.prod(1 - poles[:, None] * w, axis=0)
    return jnp.fft.irfft(jnp.fft.rfft(u, n) * H, n)[:, : u.shape[1]]


def _by_scan(poles, gain, u):
    jax, jnp = _jax()
    rest = (jnp.zeros(u.shape[0]),) * len(poles)
    _, y = jax.lax.scan(lambda x, p: one_step(poles, x, p), rest, gain * u.T, unroll=8)
    return y.T


def _by_convolution(poles, gain, u):
    jax, jnp = _jax()
    T = u.shape[1]
    impulse = jnp.zeros(T).at[0].set(gain)
    _, h = jax.lax.scan(lambda x, p: one_step(poles, x, p), (jnp.zeros(()),) * len(poles), impulse, unroll=8)
    return jnp.fft.irfft(jnp.fft.rfft(u, 2 * T) * jnp.fft.rfft(h, 2 * T), 2 * T)[:, :T]


def _by_associative_scan(poles, gain, u):
    jax, jnp = _jax()
    y = gain * u
    for pole in poles:
        _, y = jax.lax.associative_scan(joined, (jnp.full_like(y, pole), y), axis=1)
    return y


CASCADES = {"jax FFT": _by_fft, "jax scan": _by_scan, "jax convolution": _by_convolution,
            "jax associative scan": _by_associative_scan}  # fmt: skip


def _by_poles(found):
    return np.asarray(found[1][0])


@needs("jax")
def cascade_gradient(form, poles, gain, u, target, bound, reason, many=False):
    """(loss, ∂poles, ∂gain) of ½ mean (y − target)²; `many`: of many cascades, by vmap."""
    jax, jnp = _jax()

    def loss(poles, gain, u, target):
        return 0.5 * jnp.mean((CASCADES[form](poles, gain, u) - target) ** 2)

    graded = jax.value_and_grad(loss, (0, 1))
    compiled = jax.jit(jax.vmap(graded, (0, 0, None, None)) if many else graded)
    on_device = tuple(map(jnp.asarray, (poles, gain, u, target)))
    return Peer(lambda: jax.block_until_ready(compiled(*on_device)), bound, reason, _by_poles)


@needs("jax")
def population_gradient(student, teacher, n, bound, reason):
    """½ mean |H_S − H_T|² over n frequencies, differentiated: right where the impulse responses end within n."""
    jax, jnp = _jax()
    w = jnp.exp(-2j * jnp.pi * jnp.arange(n // 2 + 1) / n)
    twice = jnp.full(n // 2 + 1, 2.0).at[jnp.array([0, -1])].set(1.0) / n

    def response(poles, gain):
        return gain / jnp.prod(1 - poles[:, None] * w, axis=0)

    def loss(poles, gain, target):
        return 0.5 * jnp.sum(twice * jnp.abs(response(poles, gain) - target) ** 2)

    compiled = jax.jit(jax.value_and_grad(loss, (0, 1)))
    gains = [float(np.prod(stack.B * stack.C)) for stack in (student, teacher)]
    given = jnp.asarray(student.poles), gains[0], jax.jit(response)(jnp.asarray(teacher.poles), gains[1])
    return Peer(lambda: jax.block_until_ready(compiled(*given)), bound, reason, _by_poles)


# A stack of layers y = Re(C x) + D u, on signals (T, batch, H).


def _stack(scan):
    def forward(layers, u):
        for poles, B, C, D in layers:
            x = scan(poles, u @ B.real.T + 1j * (u @ B.imag.T))
            u = x.real @ C.real.T - x.imag @ C.imag.T + u @ D.T
        return u

    return forward


def _rolled(unroll):
    def scan(poles, q):
        jax, jnp = _jax()
        _, x = jax.lax.scan(lambda x, q: (poles * x + q,) * 2, jnp.zeros(q.shape[1:], q.dtype), q, unroll=unroll)
        return x

    return scan


def _associative(poles, q):
    jax, jnp = _jax()
    return jax.lax.associative_scan(joined, (jnp.broadcast_to(poles, q.shape), q), axis=0)[1]


def _planar(poles, q):
    """Real and imaginary parts apart, which XLA's vectorizer likes better than complex numbers."""
    jax, jnp = _jax()

    def step(x, q):
        re = poles.real * x[0] - poles.imag * x[1] + q[0]
        im = poles.real * x[1] + poles.imag * x[0] + q[1]
        return ((re, im),) * 2

    _, (re, im) = jax.lax.scan(step, (jnp.zeros(q.shape[1:], q.real.dtype),) * 2, (q.real, q.imag))
    return re + 1j * im


STACKS = {"jax scan": _rolled(1), "jax unrolled scan": _rolled(8), "jax planar scan": _planar,
          "jax associative scan": _associative}  # fmt: skip


def _layers(layers):
    _, jnp = _jax()
    kinds = {True: jnp.complex64, False: jnp.float32}
    return [tuple(jnp.asarray(array, kinds[np.iscomplexobj(array)])
                  for array in (layer.poles, layer.B, layer.C, layer.D)) for layer in layers]  # fmt: skip


@needs("jax")
def stack_forward(form, layers, u, bound, reason):
    """In single precision."""
    jax, jnp = _jax()
    compiled, given = jax.jit(_stack(STACKS[form])), _layers(layers)
    on_device = jnp.asarray(u.transpose(1, 0, 2))
    return Peer(lambda: jax.block_until_ready(compiled(given, on_device)), bound, reason,
                lambda y: np.asarray(y).swapaxes(0, 1))  # fmt: skip


@needs("jax")
def stack_gradient(form, layers, u, target, bound, reason, read):
    """Of ½ mean over the batch and the times of Σ |y − target|², summed over channels; `read`: from [(poles, B, C, D)].

    jax's gradient of a complex number is the conjugate of (∂_Re + i ∂_Im).
    """
    jax, jnp = _jax()
    forward, given = _stack(STACKS[form]), _layers(layers)

    def loss(values, u, target):
        return 0.5 * jnp.mean(jnp.sum((forward(values, u) - target) ** 2, axis=2))

    compiled = jax.jit(jax.value_and_grad(loss))
    on_device = tuple(jnp.asarray(array.transpose(1, 0, 2)) for array in (u, target))
    return Peer(lambda: jax.block_until_ready(compiled(given, *on_device)), bound, reason,
                lambda found: read([tuple(map(np.conj, map(np.asarray, bars))) for bars in found[1]]))  # fmt: skip
