# SPDX-License-Identifier: Apache-2.0
"""The other end of the worker protocol: a plugin's file runs here, in the user's interpreter, one part a process.

`python -m induct.worker FILE` serves the calls that arrive on file descriptor 3, as Documentation/Worker-protocol.md
has them; `python -m induct.worker --describe FILE` says what the file provides.
"""
