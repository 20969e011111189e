# SPDX-License-Identifier: Apache-2.0
"""A PyTorch module as an architecture: autograd does the backward pass, the host owns parameters and gradients.

    @induct.torch_architecture
    def small_lstm(task: induct.Task, width: Annotated[int, induct.Range(1, 1024)] = 32) -> torch.nn.Module:
        \"\"\"An LSTM of one layer.\"\"\"
        return Reader(task.classes, width)

The module takes the inputs of the schema in its order (for text: tokens, int64 [batch, length]) and gives
[batch, P, classes or outputs]. Its parameters are named by named_parameters() and alias the host's memory; gradients
are added to the host's. PyTorch is imported when a module is made, and not before.

Initial values are the host's, by the recipe's seed, so a parameter needs an initialiser that the host knows. Those of
Linear, Conv1d, Conv2d, Embedding, RNN, GRU, LSTM, MultiheadAttention, LayerNorm, RMSNorm and constants are known;
others a module states in a method `initialisers()` that gives them by parameter name, which also overrides.

A run's memory is stated beforehand with what autograd keeps of a forward pass, as one over a row and two of zeros show
it; not with what the passes allocate and free.

Bits: PyTorch runs on one thread, unless the module's code sets another number. Dropout draws from a seed of (stream,
step, first row), so that a resumed run repeats it.
"""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from induct import parameters, random
from induct.errors import DefinitionError, InvalidArgument
from induct.models import Initialiser, Parameter, Pass, constant, normal, uniform
from induct.registry import make_part, mark
from induct.schema import Task

if TYPE_CHECKING:
    import torch


def torch_architecture(
    factory: Callable[..., Any] | None = None, /, *, name: str | None = None, examples: list[str] | None = None
) -> Any:
    """Makes a function `(task, parameters...) -> torch.nn.Module` an architecture."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        if not inspect.isfunction(function) or not inspect.signature(function).parameters:
            raise DefinitionError("@induct.torch_architecture goes over a function whose first parameter is the task")
        listed = parameters.of_function(function)

        def make(task: Task | None, values: dict[str, Any]) -> TorchArchitecture:
            if task is None:
                raise InvalidArgument("an architecture is made for a task")
            return TorchArchitecture(function, task, values)

        mark(function, make_part("architecture", function, listed, make, name, examples))
        return function

    return decorate if factory is None else decorate(factory)


class TorchArchitecture:
    """A module behind the calls of an architecture."""

    def __init__(self, factory: Callable[..., Any], task: Task, values: dict[str, Any]) -> None:
        import torch

        torch.set_num_threads(1)
        self._torch = torch
        # What a module keeps besides parameters, such as fixed random features, is the same every time.
        torch.manual_seed(0)
        self._module: torch.nn.Module = factory(task, **values)
        if not isinstance(self._module, torch.nn.Module):
            raise TypeError(f"{factory.__name__} gives {type(self._module).__name__}; give a torch.nn.Module")
        self._inputs = [tensor for tensor in task.schema.tensors if tensor.role == "input"]
        _refuse_running_statistics(self._module)
        self._initialisers = _initialisers(self._module, torch)
        self._named = dict(self._module.named_parameters())
        for parameter_name, value in self._named.items():
            if value.dtype != torch.float32:
                raise TypeError(f"the parameter {parameter_name} is {value.dtype}; parameters are float32")
        self._graphs: dict[int, tuple[list[torch.Tensor], torch.Tensor]] = {}
        self._kept: dict[tuple[int, int], int] = {}

    def parameters(self) -> list[Parameter]:
        """named_parameters(); vectors are not decayed, as biases and gains are not."""
        return [
            Parameter(
                name,
                tuple(value.shape),
                self._initialisers[name],
                is_trained=value.requires_grad,
                is_decayed=value.ndim >= 2,
            )
            for name, value in self._named.items()
        ]

    def workspace_size(self, count: int, length: int, is_training: bool) -> int:
        """What autograd keeps of a forward pass grows by the same with every row."""
        if not is_training:
            return 0
        one, two = (self._kept_bytes(rows, length) for rows in (1, 2))
        return max(0, one + (count - 1) * (two - one))

    def forward(self, batch: Pass) -> None:
        """Runs the module over the host's parameters, and keeps the graph for the backward pass of the slot."""
        torch = self._torch
        self._graphs.pop(batch.slot, None)
        self._module.train(batch.is_training)
        inputs = [self._input(batch[tensor.name]) for tensor in self._inputs]
        aliases = {name: self._alias(array) for name, array in batch.parameters.items()}
        trained = [
            alias.requires_grad_(batch.is_training)
            for name, alias in aliases.items()
            if self._named[name].requires_grad
        ]
        if batch.is_training:
            torch.manual_seed(random.derive(random.derive(batch.seed, batch.step), batch.first))
        with torch.set_grad_enabled(batch.is_training):
            outputs = torch.func.functional_call(self._module, aliases, tuple(inputs))
        if tuple(outputs.shape) != batch.outputs.shape:
            raise ValueError(
                f"the module gives the shape {list(outputs.shape)}, wanted are {list(batch.outputs.shape)}: "
                "[batch, predicted positions, classes]"
            )
        batch.outputs[...] = outputs.detach().numpy()
        if batch.is_training:
            self._graphs[batch.slot] = (trained, outputs)

    def backward(self, batch: Pass) -> None:
        """Adds autograd's gradients to the host's; the graph is given up."""
        torch = self._torch
        trained, outputs = self._graphs.pop(batch.slot)
        incoming = self._alias(batch.output_gradients)
        names = [name for name in batch.parameters if self._named[name].requires_grad]
        gradients = torch.autograd.grad(outputs, trained, incoming, allow_unused=True)
        for name, gradient in zip(names, gradients):
            if gradient is not None and name in batch.gradients:
                self._alias(batch.gradients[name]).add_(gradient)

    def _kept_bytes(self, rows: int, length: int) -> int:
        """Bytes of the tensors that autograd keeps of a pass over zeros, without the parameters."""
        if (rows, length) not in self._kept:
            torch = self._torch
            seen: dict[int, int] = {}

            def keep(tensor: torch.Tensor) -> torch.Tensor:
                storage = tensor.untyped_storage()
                seen[storage.data_ptr()] = storage.nbytes()
                return tensor

            self._module.train(True)
            inputs = [self._input(np.zeros(t.bound(rows, length), t.numpy_dtype)) for t in self._inputs]
            with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
                # The graph is alive until everything in it is counted, so that no memory is used twice.
                outputs = self._module(*inputs)
            own = {value.untyped_storage().data_ptr() for value in self._named.values()}
            self._kept[rows, length] = sum(size for place, size in seen.items() if place not in own)
            del outputs
        return self._kept[rows, length]

    def _alias(self, array: np.ndarray) -> torch.Tensor:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return self._torch.from_numpy(array)

    def _input(self, array: np.ndarray) -> torch.Tensor:
        """Integers as int64, which embeddings and one_hot take."""
        tensor = self._alias(array)
        return tensor.long() if tensor.dtype == self._torch.int32 else tensor


def _refuse_running_statistics(module: torch.nn.Module) -> None:
    """Such state would be in no checkpoint, and would depend on which shards a process has seen."""
    for name, layer in module.named_modules():
        if getattr(layer, "track_running_stats", False):
            raise InvalidArgument(
                f"the layer {name} ({type(layer).__name__}) keeps running statistics, which no checkpoint would hold; "
                "write track_running_stats=False, or use LayerNorm"
            )


def _initialisers(module: torch.nn.Module, torch: Any) -> dict[str, Initialiser]:
    """How the host fills each parameter: as its layer would, by PyTorch's documentation of it."""
    stated = module.initialisers() if hasattr(module, "initialisers") else {}
    names = dict(module.named_parameters())
    unknown = [name for name in stated if name not in names]
    if unknown:
        raise ValueError(f"initialisers() names '{unknown[0]}'; the parameters are {', '.join(names)}")
    result = {}
    for name, value in names.items():
        layer = module.get_submodule(name.rpartition(".")[0])
        found = stated.get(name) or _usual(layer, name.rpartition(".")[2], value, torch.nn)
        if found is None:
            raise ValueError(
                f"how the parameter {name} of {type(layer).__name__} starts is not known; say so in a method of the "
                f"module: def initialisers(self): return {{'{name}': induct.normal(0.02)}}"
            )
        result[name] = found
    return result


def _usual(layer: torch.nn.Module, name: str, value: torch.Tensor, nn: Any) -> Initialiser | None:
    first = float(value.detach().flatten()[0]) if value.numel() else 0.0
    if bool((value == first).all()) and not isinstance(layer, nn.Linear):
        return constant(first)
    if isinstance(layer, (nn.Linear, nn.Conv1d, nn.Conv2d)):
        bound = 1 / math.sqrt(layer.weight[0].numel()) if layer.weight.numel() else 0.0
        return uniform(-bound, bound)
    if isinstance(layer, (nn.RNN, nn.GRU, nn.LSTM)):
        bound = 1 / math.sqrt(layer.hidden_size)
        return uniform(-bound, bound)
    if isinstance(layer, nn.Embedding) and layer.padding_idx is None:
        return normal(1.0)
    if isinstance(layer, nn.MultiheadAttention) and value.ndim == 2:
        bound = math.sqrt(6 / sum(value.shape))
        return uniform(-bound, bound)
    return None
