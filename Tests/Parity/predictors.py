# SPDX-License-Identifier: Apache-2.0
"""Holds gated predictors to PyTorch: the same weights and batches, ten joint steps of Adam.

    python3 predictors.py .build/release/ParityDump

The mixture of an MLP on the query and a vote of the context, under an MLP gate on all inputs; both the losses of the ten steps
and the trained parameters to 1e-5. Prints what was measured, a line a case; exits 1 when anything is beyond its tolerance.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    import torch
    from safetensors.numpy import load_file
    from torch.nn import functional as F
except ImportError as error:
    sys.exit(f"parity: {error}. `make parity` sets up PyTorch, NumPy and safetensors in .build/parity.")

SEED = 5
STEPS = 10
RATE = 3e-4
TOLERANCES = {"ten losses": 1e-5, "parameters": 1e-5}

# (hidden layers, temperature, floor, (items, features, classes), parameters in all or None). Where several examples vote,
# the temperature is about their squared distance: otherwise the nearest has all the weight, and the gradient of the temperature
# is rounding, of which Adam makes whole steps.
CASES = [
    ([64, 64], 2.718281828459045, 0.0, (2, 64, 10), 21_452),
    ([64, 64], 100, 0.001, (9, 64, 10), None),
    ([20], 20, 0.01, (4, 12, 5), None),
]


def spec(hidden, temperature, floor):
    vote = f"similarity(temperature={temperature}, floor={floor})"
    return f"gated(mlp(hidden={hidden}), {vote}, gate=mlp-gate(hidden={hidden}))"


def perceptron(x, parameters, prefix):
    layer = 0
    while f"{prefix}layers.{layer}.weight" in parameters:
        name = f"{prefix}layers.{layer}"
        x = F.relu(F.linear(x, parameters[f"{name}.weight"], parameters[f"{name}.bias"]))
        layer += 1
    return F.linear(x, parameters[f"{prefix}output.weight"], parameters[f"{prefix}output.bias"])


def loss_of(parameters, batch, floor, classes):
    """The mean of -ln(alpha g + (1 - alpha) h) at the target."""
    inputs, labels, targets = batch["inputs"], batch["labels"].long(), batch["targets"][:, 0].long()
    query = inputs[:, -1]
    in_weight = F.softmax(perceptron(query, parameters, "experts.0."), dim=-1)
    distances = ((inputs[:, :-1] - query[:, None]) ** 2).sum(-1)
    votes = F.softmax(-distances / parameters["experts.1.log_temperature"].exp(), dim=-1)
    shares = (votes[..., None] * F.one_hot(labels, classes)).sum(1)
    in_context = ((1 - floor * classes) * shares + floor).clamp(min=1e-7)
    alpha = torch.sigmoid(perceptron(inputs.flatten(1), parameters, "gate."))
    mixture = alpha * in_weight + (1 - alpha) * in_context
    return -mixture[torch.arange(len(targets)), targets].log().mean()


def part(tensors, prefix):
    return {name[len(prefix) :]: torch.tensor(value) for name, value in tensors.items() if name.startswith(prefix)}


def measure(dump, case, folder):
    hidden, temperature, floor, (items, features, classes), expected = case
    model = spec(hidden, temperature, floor)
    path = pathlib.Path(folder) / "dump.safetensors"
    path.unlink(missing_ok=True)
    subprocess.run(
        [dump, "--architecture", model, "--source", f"examples={items}x{features}x{classes}", "--length",
         str(items), "--batch", "32", "--steps", str(STEPS), "--seed", str(SEED), "--optimizer",
         f"adam(learning_rate={RATE})", str(path)], check=True)
    tensors = load_file(path)
    parameters = part(tensors, "parameters.")
    count = sum(value.numel() for value in parameters.values())
    if expected is not None and count != expected:
        raise AssertionError(f"{model} has {count} parameters, not {expected}")
    for value in parameters.values():
        value.requires_grad_()
    optimizer = torch.optim.Adam(parameters.values(), lr=RATE, betas=(0.9, 0.999), eps=1e-8)
    deviations = []
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        loss = loss_of(parameters, part(tensors, f"batches.{step}."), floor, classes)
        deviations.append(abs(loss.item() - float(tensors["losses"][step - 1])))
        loss.backward()
        optimizer.step()
    trained = part(tensors, "trained.")
    return {
        "ten losses": max(deviations),
        "parameters": max(float((trained[name] - value.detach()).abs().max()) for name, value in parameters.items()),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dump", help="the program ParityDump, beside induct")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print("".join(f"{name:>12}" for name in TOLERANCES) + "  case")
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            found = measure(arguments.dump, case, folder)
            wrong = [name for name, limit in TOLERANCES.items() if not found[name] <= limit]
            failures += bool(wrong)
            items, features, classes = case[3]
            note = f"  FAILED: {', '.join(wrong)}" if wrong else ""
            print(
                "".join(f"{found[name]:12.1e}" for name in TOLERANCES)
                + f"  {spec(*case[:3])} over {items} examples of {features} floats, {classes} classes{note}", flush=True)
    print(f"{len(CASES) - failures} of {len(CASES)} gated models agree with PyTorch {torch.__version__}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
