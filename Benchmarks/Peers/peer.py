# SPDX-License-Identifier: Apache-2.0
"""One peer: the training step of one of the models of shapes.py in PyTorch or JAX, run on request.

    python peer.py NAME THREADS CONFIGURATION

Reads lines "SECONDS" from standard input; for each one it trains for about that long and prints a JSON object with
the steps per second. The first line printed, before any request, tells versions, parameters and the set-up time.

float32, Adam without decay. Batches come from a store made beforehand: peers need not sample.
"""
import json
import sys
import time

from shapes import SHAPES, STORED_BATCHES, stored

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


class Torch:
    """PyTorch, eager or compiled by inductor, with the fused Adam."""

    def __init__(self, shape, threads, compiled, wrapped):
        import torch

        import torch_models

        torch.set_num_threads(threads)
        torch.set_num_interop_threads(1)
        torch.manual_seed(1)
        model = torch_models.model(shape)
        self.optimizer = torch.optim.Adam(
            model.parameters(), lr=shape["rate"], betas=(BETA1, BETA2), eps=EPSILON, fused=True)
        if wrapped:
            import torch._inductor.config

            torch._inductor.config.cpp_wrapper = True
        self.loss = torch.compile(model) if compiled else model
        self.batches, self.next = torch_models.batches(shape), 0
        self.parameters = sum(parameter.numel() for parameter in model.parameters())
        self.versions = {"torch": torch.__version__}

    def train(self, steps):
        for _ in range(steps):
            loss = self.loss(*self.batches[self.next % STORED_BATCHES])
            self.next += 1
            loss.backward()
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)
        return float(loss)


class Jax:
    """JAX: one compiled step, or many of them in one compiled scan; buffers are donated."""

    def __init__(self, shape, steps_per_call):
        import jax
        import jax.numpy as jnp
        import numpy as np

        import jax_models

        kind = jax_models.MODELS[shape["model"]]
        parameters, loss = kind.parameters(shape), kind.loss(shape)
        mapped = jax.tree_util.tree_map

        def step(state, batch):
            p, first, second, count = state
            value, gradient = jax.value_and_grad(loss)(p, *batch)
            count = count + 1
            first = mapped(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradient)
            second = mapped(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradient)
            scale1, scale2 = 1 / (1 - BETA1**count), 1 / (1 - BETA2**count)
            p = mapped(
                lambda p, m, v: p - shape["rate"] * (scale1 * m) / (jnp.sqrt(scale2 * v) + EPSILON), p, first, second)
            return (p, first, second, count), value

        self.state = jax.device_put(
            (parameters, mapped(np.zeros_like, parameters), mapped(np.zeros_like, parameters), np.float32(0)))
        arrays = stored(shape)
        self.jax, self.per_call, self.next = jax, steps_per_call, 0
        if steps_per_call == 1:
            self.call = jax.jit(step, donate_argnums=0)
            self.batches = [jax.device_put(batch) for batch in zip(*arrays)]
        else:
            self.call = jax.jit(lambda state, batches: jax.lax.scan(step, state, batches), donate_argnums=0)
            self.batches = [jax.device_put(tuple(array[:steps_per_call] for array in arrays))]
        self.parameters = int(sum(leaf.size for leaf in jax.tree_util.tree_leaves(parameters)))
        self.versions = {"jax": jax.__version__}

    def train(self, steps):
        for _ in range(max(1, round(steps / self.per_call))):
            self.state, value = self.call(self.state, self.batches[self.next % len(self.batches)])
            self.next += 1
        self.jax.block_until_ready(self.state)
        return float(value if self.per_call == 1 else value[-1])


def peer(name, shape, threads):
    if name == "torch-eager":
        return Torch(shape, threads, compiled=False, wrapped=False)
    if name == "torch-compiled":
        return Torch(shape, threads, compiled=True, wrapped=False)
    if name == "torch-compiled-cpp":
        return Torch(shape, threads, compiled=True, wrapped=True)
    if name == "jax-jit":
        return Jax(shape, 1)
    if name == "jax-scan":
        operations = shape["batch"] * shape.get("length", 3) * shape.get("layers", 1) * shape["width"] ** 2
        return Jax(shape, max(4, min(STORED_BATCHES, int(1e9 / operations))))
    raise SystemExit(f"peer.py: no peer is named {name}")


def main():
    name, threads, shape = sys.argv[1], int(sys.argv[2]), SHAPES[sys.argv[3]]
    begun = time.perf_counter()
    subject = peer(name, shape, threads)
    subject.train(1)
    ready = time.perf_counter() - begun
    print(json.dumps({"versions": subject.versions, "parameters": subject.parameters, "setup_seconds": ready}),
          flush=True)
    unit = getattr(subject, "per_call", 1)
    steps = unit
    for line in sys.stdin:
        wanted = float(line)
        while True:
            begun = time.perf_counter()
            loss = subject.train(steps)
            spent = time.perf_counter() - begun
            # The first request finds out how many steps fill the time.
            if spent >= wanted / 2:
                break
            steps = unit * max(2 * steps // unit, round(0.9 * steps / unit * wanted / max(spent, 1e-6)))
        print(json.dumps({"steps_per_second": steps / spent, "loss": loss}), flush=True)


if __name__ == "__main__":
    main()
