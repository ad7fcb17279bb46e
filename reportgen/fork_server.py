"""What the process that forks all others does once (分叉进程): it says nothing of a child that could not begin.

Whoever asked for the child learns it from the child's end. A person who has pressed Ctrl-C would else read of the
processes that were just about to start, behind the prompt. Imported in that process alone.
"""

from __future__ import annotations

import sys


def _nothing(*_: object) -> None:
    """Instead of a traceback."""


sys.excepthook = _nothing
