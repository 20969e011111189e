# SPDX-License-Identifier: Apache-2.0
"""A run's directory."""

from __future__ import annotations

import base64
import html
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from induct.errors import DamagedFile
from induct.runs import metrics, safetensors
from induct.runs.metrics import Series

if TYPE_CHECKING:
    import pandas


class Run:
    """A run that `induct run` has written, or is writing: everything is read when it is asked for.

    In a notebook it shows its last losses and its figures.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if not (self.path / "run.json").is_file():
            raise FileNotFoundError(f"{self.path} holds no run: it has no run.json")

    def __repr__(self) -> str:
        return f"Run({str(self.path)!r})"

    @property
    def record(self) -> dict[str, Any]:
        """run.json: the resolved recipe, seeds, plugins with their digests, kernels, start and end."""
        try:
            return json.loads((self.path / "run.json").read_text(encoding="utf-8"))
        except ValueError as error:
            raise DamagedFile(f"{self.path / 'run.json'} is no JSON: {error}") from None

    @property
    def recipe(self) -> dict[str, Any]:
        """The whole resolved recipe."""
        return self.record["recipe"]

    def metrics(self) -> dict[tuple[str, str], Series]:
        """All metrics over the steps, by (evaluation, metric); those of training itself have the evaluation ""."""
        return {(s.evaluation, s.metric): s for s in metrics.series(self._lines())}

    def metric(self, name: str, evaluation: str | None = None) -> Series:
        """One metric over the steps. `evaluation` is needed where more than one measures it."""
        found = [s for s in self.metrics().values() if s.metric == name and evaluation in (None, s.evaluation)]
        if len(found) == 1:
            return found[0]
        known = ", ".join(f"{s.metric} of {s.evaluation!r}" for s in (found or self.metrics().values()))
        what = "more than one evaluation has" if found else "there is no"
        raise KeyError(f"{what} metric '{name}' here; there are {known}")

    def frame(self) -> pandas.DataFrame:
        """All metrics as a pandas frame with a row for every number.

        Columns: step, evaluation, metric, row, column, axis_value, value, standard_error.
        """
        import pandas

        rows = []
        for s in self.metrics().values():
            for place in np.ndindex(s.values.shape):
                step, *inside = place
                row, column = ([0, 0] + inside)[-2:]
                rows.append(
                    (
                        int(s.steps[step]),
                        s.evaluation,
                        s.metric,
                        s.row_names[row] if s.row_names else row,
                        s.column_names[column] if s.column_names else column,
                        float(s.axis_values[column]) if s.axis_values is not None else float(column),
                        s.values[place],
                        np.nan if s.standard_errors is None else s.standard_errors[place],
                    )
                )
        names = ["step", "evaluation", "metric", "row", "column", "axis_value", "value", "standard_error"]
        return pandas.DataFrame(rows, columns=names)

    @property
    def checkpoints(self) -> list[int]:
        """The steps that have one, ascending."""
        found = self.path.glob("checkpoints/step-*/model.safetensors")
        return sorted(int(path.parent.name.removeprefix("step-")) for path in found)

    def checkpoint(self, step: int | None = None) -> dict[str, np.ndarray]:
        """The parameters by name at a step, by default the last; read-only."""
        steps = self.checkpoints
        if not steps:
            raise FileNotFoundError(f"{self.path} has no checkpoint")
        chosen = steps[-1] if step is None else step
        if chosen not in steps:
            raise KeyError(f"{self.path} has no checkpoint of step {step}; there are {', '.join(map(str, steps))}")
        return safetensors.load(self.path / "checkpoints" / f"step-{chosen:08d}" / "model.safetensors")

    @property
    def figures(self) -> list[Path]:
        """The pictures, SVG."""
        return sorted(self.path.glob("figures/*.svg"))

    def _lines(self) -> list[dict[str, Any]]:
        path = self.path / "metrics.jsonl"
        return list(metrics.read_lines(path)) if path.is_file() else []

    def _repr_html_(self) -> str:
        """The last value of every scalar, and the figures."""
        scalars = [s for s in self.metrics().values() if s.values.ndim == 1 and len(s.steps)]
        rows = "".join(
            f"<tr><td>{html.escape(s.evaluation or 'training')}</td><td>{html.escape(s.metric)}</td>"
            f"<td>{s.last:.6g}</td><td>{html.escape(s.unit or '')}</td><td>{s.steps[-1]}</td></tr>"
            for s in scalars
        )
        head = "<tr><th>evaluation</th><th>metric</th><th>value</th><th>unit</th><th>step</th></tr>"
        pictures = "".join(
            f'<img alt="{html.escape(path.stem)}" src="data:image/svg+xml;base64,'
            f'{base64.b64encode(path.read_bytes()).decode()}"/>'
            for path in self.figures
        )
        return f"<p><code>{html.escape(str(self.path))}</code></p><table>{head}{rows}</table>{pictures}"


def runs(directory: str | os.PathLike[str] = "runs") -> list[Run]:
    """The runs below a directory, sorted by path."""
    return [Run(path.parent) for path in sorted(Path(directory).glob("**/run.json"))]
