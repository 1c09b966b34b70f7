"""The same jobs in torch, which has no scan: through FFTs, or step by step. torch is imported where it is used."""

import numpy as np

from .job import Peer, needs


@needs("torch")
def fft(H, u, bound, reason):
    """The response at 2T frequencies, given: right where the impulse response ends within T."""
    import torch

    n, T = 2 * u.shape[-1], u.shape[-1]
    forth, back = (torch.fft.fft, torch.fft.ifft) if np.iscomplexobj(u) else (torch.fft.rfft, torch.fft.irfft)
    signal, response = torch.from_numpy(u), torch.from_numpy(H)
    return Peer(lambda: back(forth(signal, n) * response, n)[..., :T], bound, reason)


@needs("torch")
def cascade_gradient(poles, gain, u, target, bound, reason):
    """∂ of ½ mean (y − target)² by autograd, the response from the poles at 2T frequencies."""
    import torch

    n, T = 2 * u.shape[1], u.shape[1]
    w = torch.exp(-2j * torch.pi * torch.arange(n // 2 + 1, dtype=torch.float64) / n)
    given = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (poles, gain)]
    signal, wanted = torch.from_numpy(u), torch.from_numpy(target)

    def run():
        H = given[1] / torch.prod(1 - given[0][:, None] * w, 0)
        y = torch.fft.irfft(torch.fft.rfft(signal, n) * H, n)[:, :T]
        return torch.autograd.grad(0.5 * torch.mean((y - wanted) ** 2), given)

    return Peer(run, bound, reason, lambda found: found[0].numpy())


def _layers(layers, graded=False):
    import torch

    kinds = {True: torch.complex64, False: torch.float32}
    return [tuple(torch.tensor(array, dtype=kinds[np.iscomplexobj(array)], requires_grad=graded)
                  for array in (layer.poles, layer.B, layer.C, layer.D)) for layer in layers]  # fmt: skip


def _forward(layers, u):
    """u (batch, T, H): a matrix product into the scan, one step after the other, a product out."""
    import torch

    for poles, B, C, D in layers:
        x, states = torch.zeros(len(u), len(poles), dtype=torch.complex64), []
        for q in (u.to(torch.complex64) @ B.T).unbind(1):
            x = torch.addcmul(q, poles, x)
            states.append(x)
        u = (torch.stack(states, 1) @ C.T).real + u @ D.T
    return u


@needs("torch")
def stack_forward(layers, u, bound, reason):
    """In single precision."""
    import torch

    given, signal = _layers(layers), torch.from_numpy(u)

    def run():
        with torch.no_grad():
            return _forward(given, signal)

    return Peer(run, bound, reason)


@needs("torch")
def stack_gradient(layers, u, target, bound, reason, read):
    """As in jax_peers; torch's gradient of a complex number is (∂_Re + i ∂_Im)."""
    import torch

    given, (signal, wanted) = _layers(layers, graded=True), map(torch.from_numpy, (u, target))

    def run():
        loss = 0.5 * torch.mean(torch.sum((_forward(given, signal) - wanted) ** 2, 2))
        return torch.autograd.grad(loss, [value for layer in given for value in layer])

    def by_layer(found):
        flat = [value.resolve_conj().numpy() for value in found]
        return read([tuple(flat[i : i + 4]) for i in range(0, len(flat), 4)])

    return Peer(run, bound, reason, by_layer)
