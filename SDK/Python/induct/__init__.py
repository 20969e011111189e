# SPDX-License-Identifier: Apache-2.0
"""Induct in Python: plugins as classes with type hints, and runs as arrays.

Plugins: `source`, `architecture`, `gate`, `evaluator` over a class, `torch_architecture` over a function that gives a
PyTorch module. The host runs them in this interpreter, as a process of its own, over shared memory.

Notebooks: `run`, `theory`, `sample` and `beliefs` call the program `induct`; `Run` and `runs` read what it wrote.
"""

from induct import random
from induct.errors import (
    DamagedFile,
    DataLoss,
    DefinitionError,
    InductError,
    InvalidArgument,
    NotFound,
    OutOfRange,
    PluginError,
)
from induct.evaluators import EvaluationBatch, Evaluator, Metric, Need
from induct.models import (
    Architecture,
    Initialiser,
    Observation,
    Parameter,
    Pass,
    Point,
    Request,
    constant,
    normal,
    truncated_normal,
    uniform,
    zeros,
)
from induct.parameters import Above, Below, Items, Range
from induct.program import beliefs, run, sample, theory
from induct.registry import Plugin, architecture, evaluator, gate, source
from induct.runs import Run, runs
from induct.schema import Schema, Task, Tensor, View
from induct.sources import Entropy, Fill, HiddenMarkovModel, OracleBatch, Source
from induct.torch_models import torch_architecture

__version__ = "0.1.0"

__all__ = [
    "Above",
    "Architecture",
    "Below",
    "DamagedFile",
    "DataLoss",
    "DefinitionError",
    "Entropy",
    "EvaluationBatch",
    "Evaluator",
    "Fill",
    "HiddenMarkovModel",
    "InductError",
    "Initialiser",
    "InvalidArgument",
    "Items",
    "Metric",
    "Need",
    "NotFound",
    "Observation",
    "OracleBatch",
    "OutOfRange",
    "Parameter",
    "Pass",
    "Plugin",
    "PluginError",
    "Point",
    "Range",
    "Request",
    "Run",
    "Schema",
    "Source",
    "Task",
    "Tensor",
    "View",
    "architecture",
    "beliefs",
    "constant",
    "evaluator",
    "gate",
    "normal",
    "random",
    "run",
    "runs",
    "sample",
    "source",
    "theory",
    "torch_architecture",
    "truncated_normal",
    "uniform",
    "zeros",
]
