# SPDX-License-Identifier: Apache-2.0
"""A plugin's file as a module."""

from __future__ import annotations

import os
import sys
import types

from induct.registry import Part, Plugin, plugin_of


def load(path: str) -> tuple[Plugin, list[Part]]:
    """Runs the file as a module of its own and finds the parts in it; its directory is where its imports look first.

    Nothing is written beside it.
    """
    path = os.path.abspath(path)
    directory, name = os.path.split(path)
    stem = name.removesuffix(".py")
    if directory not in sys.path:
        sys.path.insert(0, directory)
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    # A name that no import can say, so that a plugin called numpy.py hides nothing.
    module = types.ModuleType(f"induct plugin {stem}")
    module.__file__ = path
    sys.modules[module.__name__] = module
    exec(code, module.__dict__)
    return plugin_of(module, stem)
