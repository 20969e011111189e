# SPDX-License-Identifier: Apache-2.0
"""The models in PyTorch: modules that take a batch and give its loss. Attention is the fused one."""
import torch
from torch import nn
from torch.nn import functional

from shapes import DEVIATION, sinusoids, stored, turns


class Block(nn.Module):
    """Pre-LN attention and an MLP of four times the width, biases in all layers."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attend, self.project = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, stream):
        batch, length, width = stream.shape
        joined = self.attend(self.norm1(stream)).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = joined.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        stream = stream + self.project(mixed.transpose(1, 2).reshape(batch, length, width))
        hidden = functional.gelu(self.up(self.norm2(stream)), approximate="tanh")
        return stream + self.down(hidden)


def blocks(shape):
    return nn.Sequential(*(Block(shape["width"], shape["heads"]) for _ in range(shape["layers"])))


class Gpt(nn.Module):
    """Learned positions, a head of its own without bias, the loss at every position."""

    def __init__(self, shape):
        super().__init__()
        width = shape["width"]
        self.tokens = nn.Embedding(shape["vocabulary"], width)
        self.positions = nn.Parameter(torch.zeros(shape["length"], width))
        self.blocks, self.norm = blocks(shape), nn.LayerNorm(width)
        self.unembed = nn.Linear(width, shape["vocabulary"], bias=False)

    def forward(self, inputs, targets):
        logits = self.unembed(self.norm(self.blocks(self.tokens(inputs) + self.positions)))
        return functional.cross_entropy(logits.flatten(0, 1), targets.flatten())


class InductionBlock(nn.Module):
    def __init__(self, shape):
        super().__init__()
        width, size, mlp = shape["width"], shape["head_size"], shape["mlp"]
        self.heads, self.key_heads, self.size = shape["heads"], shape["key_heads"], size
        self.norm1, self.norm2 = nn.RMSNorm(width, eps=1e-6), nn.RMSNorm(width, eps=1e-6)
        self.attend = nn.Linear(width, (self.heads + 2 * self.key_heads) * size, bias=False)
        self.project = nn.Linear(self.heads * size, width, bias=False)
        self.up, self.down = nn.Linear(width, 2 * mlp, bias=False), nn.Linear(mlp, width, bias=False)

    def forward(self, stream, cosine, sine):
        batch, length, _ = stream.shape
        joined = self.attend(self.norm1(stream)).view(batch, length, -1, self.size).transpose(1, 2)
        query, key, value = joined.split([self.heads, self.key_heads, self.key_heads], 1)

        def turned(x):
            first, second = x.chunk(2, -1)
            return torch.cat([first * cosine - second * sine, second * cosine + first * sine], -1)

        mixed = functional.scaled_dot_product_attention(
            turned(query), turned(key), value, is_causal=True, enable_gqa=True)
        stream = stream + self.project(mixed.transpose(1, 2).reshape(batch, length, -1))
        gate, hidden = self.up(self.norm2(stream)).chunk(2, -1)
        return stream + self.down(functional.gelu(gate, approximate="tanh") * hidden)


class Induction(nn.Module):
    def __init__(self, shape):
        super().__init__()
        width = shape["width"]
        self.tokens = nn.Embedding(shape["vocabulary"], width)
        self.blocks = nn.ModuleList(InductionBlock(shape) for _ in range(shape["layers"]))
        self.norm = nn.RMSNorm(width, eps=1e-6)
        self.unembed = nn.Linear(width, shape["vocabulary"], bias=False)
        for name, table in zip(("cosine", "sine"), turns(shape["length"], shape["head_size"])):
            self.register_buffer(name, torch.from_numpy(table))

    def forward(self, inputs, targets):
        stream = self.tokens(inputs)
        for block in self.blocks:
            stream = block(stream, self.cosine, self.sine)
        logits = self.unembed(self.norm(stream))
        return functional.cross_entropy(logits.flatten(0, 1), targets.flatten())


class Examples(nn.Module):
    """Rows x, y, query; a pair shares one position; the last row alone is predicted."""

    def __init__(self, shape):
        super().__init__()
        width = shape["width"]
        self.labels = nn.Embedding(shape["classes"], width)
        self.blocks, self.norm = blocks(shape), nn.LayerNorm(width)
        self.unembed = nn.Linear(width, shape["classes"], bias=False)
        self.register_buffer("positions", torch.from_numpy(sinusoids(2, width)[[0, 0, 1]]))

    def forward(self, inputs, labels, targets):
        rows = torch.stack([inputs[:, 0], self.labels(labels), inputs[:, 1]], 1) + self.positions
        return functional.cross_entropy(self.unembed(self.norm(self.blocks(rows)[:, -1])), targets)


class Stylised(nn.Module):
    """An MLP on the query and a vote of the context, mixed by an MLP on all inputs."""

    def __init__(self, shape):
        super().__init__()
        width, self.classes = shape["width"], shape["classes"]

        def network(inputs, outputs):
            return nn.Sequential(
                nn.Linear(inputs, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, outputs))

        self.weights, self.gate = network(width, self.classes), network(2 * width, 1)
        self.temperature = nn.Parameter(torch.ones(()))

    def forward(self, inputs, labels, targets):
        context, query = inputs[:, :-1], inputs[:, -1]
        distances = (context - query[:, None]).square().sum(-1)
        votes = torch.softmax(-distances / self.temperature.exp(), -1)
        vote = torch.einsum("bi,bic->bc", votes, functional.one_hot(labels[:, None], self.classes).float())
        share = torch.sigmoid(self.gate(inputs.flatten(1)))
        mixture = share * torch.softmax(self.weights(query), -1) + (1 - share) * vote.clamp(1e-7)
        return -mixture.gather(1, targets[:, None]).log().mean()


MODELS = {"gpt": Gpt, "induction": Induction, "examples": Examples, "stylised": Stylised}


def model(shape):
    made = MODELS[shape["model"]](shape)
    for parameter in made.parameters():
        if parameter.dim() == 2:
            nn.init.normal_(parameter, std=DEVIATION)
    return made


def batches(shape):
    """Arguments of the module, a tuple for each batch; tokens are split into inputs and targets."""
    tensors = [torch.from_numpy(array) for array in stored(shape)]
    tensors = [tensor if tensor.is_floating_point() else tensor.long() for tensor in tensors]
    if len(tensors) == 1:
        tensors = [tensors[0][:, :, :-1].contiguous(), tensors[0][:, :, 1:].contiguous()]
    return list(zip(*tensors))
