# SPDX-License-Identifier: Apache-2.0
"""The program `induct` from Python: runs, theory, samples and beliefs as arrays.

The program is INDUCT of the environment, else `induct` on PATH. What it says is wrong is raised as `InductError`.
"""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from induct.errors import InductError
from induct.runs.run import Run

_Path = str | os.PathLike[str]


@dataclass(frozen=True)
class Theory:
    """What is known of a source without training; nats.

    entropy: h_1 ... h_length
    entropy_standard_error: where estimated, else None
    entropy_rate, excess_entropy: None where they are not known, or diverge
    method: "exact" or "monte-carlo"
    record: the whole answer
    """

    source: str
    entropy: NDArray[np.float64]
    entropy_standard_error: NDArray[np.float64] | None
    entropy_rate: float | None
    excess_entropy: float | None
    method: str
    record: dict[str, Any]


@dataclass(frozen=True)
class Beliefs:
    """What an optimal observer knows after each prefix of tokens, the empty one first.

    probability: [prefixes]
    belief: [prefixes, states]
    predictive: [prefixes, tokens], the law of the next token
    component_posterior: [prefixes, components], or None
    """

    tokens: NDArray[np.int64]
    probability: NDArray[np.float64]
    belief: NDArray[np.float64] | None
    predictive: NDArray[np.float64]
    component_posterior: NDArray[np.float64] | None


def run(
    recipe: Mapping[str, Any] | _Path,
    output: _Path | None = None,
    set: Mapping[str, Any] | None = None,
    *,
    resume: bool = False,
    threads: int | None = None,
    plugins: Sequence[_Path] = (),
    progress: bool | Callable[[str], None] = True,
) -> Run:
    """Trains as a recipe says, and gives the run.

    recipe: a file, or its content as a dict
    output: the run's directory; by default one of its own below runs/
    set: changes of the recipe by dotted keys: {"training.steps": 200}
    resume: go on at the newest checkpoint in `output`
    plugins: libraries, Python files, bundles or directories
    progress: show it on standard error; or a function that is given each line
    """
    arguments = ["run"]
    for key, value in (set or {}).items():
        arguments += ["--set", f"{key}={_setting(value)}"]
    if output is not None:
        arguments += ["--output", os.fspath(output)]
    if resume:
        arguments.append("--resume")
    if threads is not None:
        arguments += ["--threads", str(threads)]
    show = progress if callable(progress) else _show if progress else _ignore
    with tempfile.TemporaryDirectory(prefix="induct-") as scratch:
        if isinstance(recipe, Mapping):
            path = Path(scratch, "recipe.yaml")
            path.write_text(json.dumps(recipe))
        else:
            path = Path(recipe)
        answer = _call([*arguments, str(path)], plugins, show)
    return Run(answer["directory"])


def theory(spec: str, length: int = 20, plugins: Sequence[_Path] = (), **options: Any) -> Theory:
    """h_1 ... h_length of a source, its entropy rate and excess entropy; `options` are those of `induct theory`."""
    answer = _call(["theory", spec, "--length", str(length), *_options(options)], plugins)
    errors = answer.get("entropy_standard_error")
    return Theory(
        answer["source"],
        _array(answer["entropy"]),
        None if errors is None else _array(errors),
        answer.get("entropy_rate"),
        answer.get("excess_entropy"),
        answer["method"],
        answer,
    )


def sample(
    spec: str,
    count: int = 10,
    length: int = 20,
    seed: int = 1,
    view: str = "train",
    first: int = 0,
    plugins: Sequence[_Path] = (),
) -> dict[str, NDArray[Any]]:
    """Samples of a source: its tensors by name; for text "tokens", int32 [count, length]."""
    with tempfile.TemporaryDirectory(prefix="induct-") as scratch:
        path = Path(scratch, "samples.npz")
        given = {"count": count, "length": length, "seed": seed, "view": view, "first": first, "output": str(path)}
        _call(["sample", spec, *_options(given)], plugins, is_json=False)
        with np.load(path) as arrays:
            return {name: arrays[name] for name in arrays.files}


def beliefs(spec: str, tokens: Iterable[int], plugins: Sequence[_Path] = ()) -> Beliefs:
    """For every prefix of the tokens: probability, belief, law of the next token, posterior over components."""
    listed = [int(token) for token in tokens]
    prefixes = _call(["beliefs", spec, "--tokens", ",".join(map(str, listed))], plugins)["prefixes"]

    def rows(key: str) -> NDArray[np.float64] | None:
        found = [prefix.get(key) for prefix in prefixes]
        width = max((len(row) for row in found if row is not None), default=0)
        if width == 0:
            return None
        return np.array([_array([None] * width if row is None else row) for row in found])

    predictive = rows("predictive")
    return Beliefs(
        np.array(listed, np.int64),
        _array([prefix["probability"] for prefix in prefixes]),
        rows("belief"),
        np.empty((len(prefixes), 0)) if predictive is None else predictive,
        rows("component_posterior"),
    )


def program() -> str:
    """The path of `induct`."""
    chosen = os.environ.get("INDUCT") or shutil.which("induct")
    if not chosen:
        raise InductError("the program induct is not on PATH; set INDUCT to its path", 127)
    return chosen


def _call(
    arguments: list[str],
    plugins: Sequence[_Path],
    show: Callable[[str], None] | None = None,
    is_json: bool = True,
) -> dict[str, Any]:
    """Runs the program; its progress goes to `show`, and its last words become the error's message."""
    command = [program(), *arguments]
    for plugin in plugins:
        command += ["--plugin", os.fspath(plugin)]
    if is_json:
        command += ["--format", "json"]
    # This interpreter runs the plugins that are written in Python.
    environment = {"INDUCT_PYTHON": sys.executable, **os.environ}
    # The program shows progress on terminals only.
    terminal, other_end = pty.openpty() if show else (-1, -1)
    errors = other_end if show else subprocess.PIPE
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=environment)
    said: list[str] = []
    reader = None
    if show:
        os.close(other_end)
        reader = threading.Thread(target=_follow, args=(terminal, show, said), daemon=True)
        reader.start()
    try:
        output, error_output = child.communicate()
    except BaseException:
        child.terminate()
        child.wait()
        raise
    finally:
        if reader:
            reader.join(timeout=5)
    if not show:
        said = error_output.decode("utf-8", "replace").splitlines()
    if child.returncode != 0:
        lines = [line for line in said if line.strip()]
        raise InductError("\n".join(lines[-20:]) or f"induct ended with {child.returncode}", child.returncode)
    return json.loads(output) if is_json else {}


def _follow(terminal: int, show: Callable[[str], None], said: list[str]) -> None:
    """Shows lines that are written over as they come, and keeps those that stay."""
    pending = ""
    while True:
        try:
            piece = os.read(terminal, 1 << 16)
        except OSError:
            piece = b""
        if not piece:
            break
        pending += piece.decode("utf-8", "replace")
        *lines, pending = re.split(r"\r\n|\n|\r(?=\x1b)", pending)
        for line in lines:
            is_progress = line.startswith("\x1b[K")
            text = line.removeprefix("\x1b[K").strip("\r")
            if text and not is_progress:
                said.append(text)
            if text:
                show(text)
    os.close(terminal)
    text = pending.removeprefix("\x1b[K").strip()
    if text:
        said.append(text)


def _show(line: str) -> None:
    sys.stderr.write(f"\r{line:<100}")
    sys.stderr.flush()


def _ignore(line: str) -> None:
    pass


def _setting(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _options(options: Mapping[str, Any]) -> list[str]:
    return [word for key, value in options.items() for word in (f"--{key.replace('_', '-')}", str(value))]


def _array(values: Iterable[float | None]) -> NDArray[np.float64]:
    """Numbers, and NaN where there is none."""
    return np.array([np.nan if value is None else value for value in values], np.float64)
