# SPDX-License-Identifier: Apache-2.0
"""The models in JAX: `parameters(shape)` and `loss(shape)(parameters, *batch)`."""
import math

import jax
import jax.numpy as jnp
import numpy as np

from shapes import DEVIATION, sinusoids, turns

generator = np.random.default_rng(1)


def normal(*sizes):
    return (DEVIATION * generator.standard_normal(sizes)).astype(np.float32)


def linear(inputs, outputs):
    return {"weight": normal(inputs, outputs), "bias": np.zeros(outputs, np.float32)}


def norm(width):
    return {"gain": np.ones(width, np.float32), "bias": np.zeros(width, np.float32)}


def applied(p, x):
    return x @ p["weight"] + p["bias"]


def normalised(p, x):
    centred = x - x.mean(-1, keepdims=True)
    variance = jnp.square(centred).mean(-1, keepdims=True)
    return centred * jax.lax.rsqrt(variance + 1e-5) * p["gain"] + p["bias"]


def rms_normalised(gain, x):
    return x * jax.lax.rsqrt(jnp.square(x).mean(-1, keepdims=True) + 1e-6) * gain


def cross_entropy(logits, targets):
    return -jnp.take_along_axis(jax.nn.log_softmax(logits), targets[..., None], -1).mean()


def mixed(query, key, value):
    """Causal attention over `[..., length, size]`."""
    length = query.shape[-2]
    scores = query @ key.swapaxes(-1, -2) / math.sqrt(query.shape[-1])
    visible = jnp.tril(jnp.ones((length, length), bool))
    return jax.nn.softmax(jnp.where(visible, scores, -jnp.inf), -1) @ value


def block_parameters(width):
    return {"norm1": norm(width), "norm2": norm(width), "attend": linear(width, 3 * width),
            "project": linear(width, width), "up": linear(width, 4 * width), "down": linear(4 * width, width)}


def through(blocks, heads, stream):
    """Pre-LN blocks."""
    batch, length, width = stream.shape
    for block in blocks:
        joined = applied(block["attend"], normalised(block["norm1"], stream))
        joined = joined.reshape(batch, length, 3, heads, width // heads)
        query, key, value = (joined[:, :, part].swapaxes(1, 2) for part in range(3))
        attended = mixed(query, key, value).swapaxes(1, 2).reshape(batch, length, width)
        stream = stream + applied(block["project"], attended)
        hidden = jax.nn.gelu(applied(block["up"], normalised(block["norm2"], stream)), approximate=True)
        stream = stream + applied(block["down"], hidden)
    return stream


class Gpt:
    @staticmethod
    def parameters(shape):
        width = shape["width"]
        return {"tokens": normal(shape["vocabulary"], width), "positions": normal(shape["length"], width),
                "norm": norm(width), "unembed": normal(width, shape["vocabulary"]),
                "blocks": [block_parameters(width) for _ in range(shape["layers"])]}

    @staticmethod
    def loss(shape):
        def loss(p, tokens):
            stream = through(p["blocks"], shape["heads"], p["tokens"][tokens[:, :-1]] + p["positions"])
            return cross_entropy(normalised(p["norm"], stream) @ p["unembed"], tokens[:, 1:])

        return loss


class Induction:
    @staticmethod
    def parameters(shape):
        width, size, mlp = shape["width"], shape["head_size"], shape["mlp"]

        def block():
            return {"norm1": np.ones(width, np.float32), "norm2": np.ones(width, np.float32),
                    "attend": normal(width, (shape["heads"] + 2 * shape["key_heads"]) * size),
                    "project": normal(shape["heads"] * size, width), "up": normal(width, 2 * mlp),
                    "down": normal(mlp, width)}

        return {"tokens": normal(shape["vocabulary"], width), "norm": np.ones(width, np.float32),
                "unembed": normal(width, shape["vocabulary"]), "blocks": [block() for _ in range(shape["layers"])]}

    @staticmethod
    def loss(shape):
        heads, key_heads, size, length = shape["heads"], shape["key_heads"], shape["head_size"], shape["length"]
        cosine, sine = turns(length, size)

        def turned(x):
            first, second = jnp.split(x, 2, -1)
            return jnp.concatenate([first * cosine - second * sine, second * cosine + first * sine], -1)

        def loss(p, tokens):
            batch = tokens.shape[0]
            stream = p["tokens"][tokens[:, :-1]]
            for block in p["blocks"]:
                joined = rms_normalised(block["norm1"], stream) @ block["attend"]
                joined = joined.reshape(batch, length, -1, size).swapaxes(1, 2)
                query = turned(joined[:, :heads]).reshape(batch, key_heads, heads // key_heads, length, size)
                key = turned(joined[:, heads:heads + key_heads])[:, :, None]
                value = joined[:, heads + key_heads:][:, :, None]
                attended = mixed(query, key, value).reshape(batch, heads, length, size).swapaxes(1, 2)
                stream = stream + attended.reshape(batch, length, -1) @ block["project"]
                gate, hidden = jnp.split(rms_normalised(block["norm2"], stream) @ block["up"], 2, -1)
                stream = stream + (jax.nn.gelu(gate, approximate=True) * hidden) @ block["down"]
            return cross_entropy(rms_normalised(p["norm"], stream) @ p["unembed"], tokens[:, 1:])

        return loss


class Examples:
    @staticmethod
    def parameters(shape):
        width = shape["width"]
        return {"labels": normal(shape["classes"], width), "norm": norm(width),
                "unembed": normal(width, shape["classes"]),
                "blocks": [block_parameters(width) for _ in range(shape["layers"])]}

    @staticmethod
    def loss(shape):
        positions = sinusoids(2, shape["width"])[np.array([0, 0, 1])]

        def loss(p, inputs, labels, targets):
            rows = jnp.stack([inputs[:, 0], p["labels"][labels], inputs[:, 1]], 1) + positions
            last = through(p["blocks"], shape["heads"], rows)[:, -1]
            return cross_entropy(normalised(p["norm"], last) @ p["unembed"], targets)

        return loss


class Stylised:
    @staticmethod
    def parameters(shape):
        def network(inputs, outputs):
            return [linear(inputs, 64), linear(64, 64), linear(64, outputs)]

        width = shape["width"]
        return {"weights": network(width, shape["classes"]), "gate": network(2 * width, 1),
                "temperature": np.ones((), np.float32)}

    @staticmethod
    def loss(shape):
        def through(layers, x):
            for layer in layers[:-1]:
                x = jax.nn.relu(applied(layer, x))
            return applied(layers[-1], x)

        def loss(p, inputs, labels, targets):
            context, query = inputs[:, :-1], inputs[:, -1]
            distances = jnp.square(context - query[:, None]).sum(-1)
            votes = jax.nn.softmax(-distances / jnp.exp(p["temperature"]), -1)
            vote = jnp.einsum("bi,bic->bc", votes, jax.nn.one_hot(labels[:, None], shape["classes"]))
            share = jax.nn.sigmoid(through(p["gate"], inputs.reshape(inputs.shape[0], -1)))
            own = jax.nn.softmax(through(p["weights"], query))
            mixture = share * own + (1 - share) * jnp.clip(vote, 1e-7)
            return -jnp.log(jnp.take_along_axis(mixture, targets[:, None], -1)).mean()

        return loss


MODELS = {"gpt": Gpt, "induction": Induction, "examples": Examples, "stylised": Stylised}
