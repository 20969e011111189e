# SPDX-License-Identifier: Apache-2.0
"""What is compared: the models, their sizes and their batches, the same for every contestant."""
import os

HERE = os.path.dirname(os.path.abspath(__file__))
OWN = os.path.join(HERE, "..", "configurations")


def gpt(layers, width, heads, length, batch, vocabulary, name):
    return dict(model="gpt", layers=layers, width=width, heads=heads, length=length, batch=batch, vocabulary=vocabulary,
                rate=3e-4, recipe=os.path.join(OWN, name + ".yaml"))


# By name; `recipe` is what `induct bench train --configuration` takes.
SHAPES = {
    "a": gpt(2, 64, 1, 3, 32, 10, "a"),
    "b": gpt(4, 64, 1, 10, 64, 3, "b"),
    "c": gpt(2, 64, 4, 64, 64, 64, "c"),
    "d": gpt(4, 128, 4, 128, 32, 64, "d"),
    "e": gpt(6, 256, 8, 256, 16, 256, "e"),
    # S1's induction: RMS norm, rotary positions, two queries to a key, GEGLU, no biases.
    "s1-induction": dict(
        model="induction", layers=2, width=16, heads=4, key_heads=2, head_size=16, mlp=16, length=100, batch=512,
        vocabulary=6, rate=1e-3, recipe=os.path.join(HERE, "..", "..", "Experiments", "s1", "induction.yaml")),
    # S2's transformer and its stylised model: a labelled pair and a query of 64 floats, of which the query is predicted.
    "s2-transformer": dict(
        model="examples", layers=2, width=64, heads=1, classes=10, batch=32, rate=3e-4,
        recipe=os.path.join(OWN, "s2-transformer.yaml")),
    "s2-stylised": dict(
        model="stylised", width=64, classes=10, batch=32, rate=3e-4, recipe=os.path.join(OWN, "s2-stylised.yaml")),
}

STORED_BATCHES = 64
# Of the weights at the start.
DEVIATION = 0.02


def stored(shape):
    """Arrays `[batches, batch, ...]`, made beforehand: peers need not sample. Tokens, or inputs, label and target."""
    import numpy as np

    generator = np.random.default_rng(1)
    leading = (STORED_BATCHES, shape["batch"])
    if "length" in shape:
        return [generator.integers(0, shape["vocabulary"], (*leading, shape["length"] + 1), dtype=np.int32)]
    inputs = (generator.standard_normal((*leading, 2, shape["width"])) / shape["width"] ** 0.5).astype(np.float32)
    labels = generator.integers(0, shape["classes"], (2, *leading), dtype=np.int32)
    return [inputs, labels[0], labels[1]]


def sinusoids(rows, width, base=30.0):
    """`[rows, width]`: sine, then cosine, of position * base^(-2 i / width)."""
    import numpy as np

    angles = np.arange(rows)[:, None] * base ** (-2 * np.arange(width // 2) / width)
    return np.concatenate([np.sin(angles), np.cos(angles)], -1).astype(np.float32)


def turns(length, size, base=1e4):
    """Cosines and sines of rotary positions, `[length, size / 2]` each."""
    import numpy as np

    angles = np.arange(length)[:, None] * base ** (-2 * np.arange(size // 2) / size)
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)
