"""A set as one file (压缩包): the same files in the same order give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def write_zip(target: Path, folder: Path, names: Sequence[str]) -> None:
    """Put these files of the folder into a new archive at `target` (打包), one after the other, not through memory."""
    raise NotImplementedError
