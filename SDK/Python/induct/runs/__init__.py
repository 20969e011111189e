# SPDX-License-Identifier: Apache-2.0
"""Runs as arrays: recipe, metrics, checkpoints, figures."""

from induct.runs.run import Run, runs

__all__ = ["Run", "runs"]
