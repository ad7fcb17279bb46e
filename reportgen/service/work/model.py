"""What a worker gets and gives (任务的来去): a folder to work in, a result and files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def _nobody_waits(name: str, path: Path) -> None:
    """Nobody looks at a job's files before it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where a job works (任务目录): `given` holds the files of its order, `made` is empty and waits for its own.

    `told` takes what is being done, how much of it is done, and of how much; it is cheap and never fails.
    `hand_over` takes name and place of a file that people may see while the job goes on: as it stands now, it may be
    written anew. In the end only those of `Made` are there.
    """

    given: Path
    made: Path
    told: Callable[[str, int, int], None]
    hand_over: Callable[[str, Path], None] = _nobody_waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What came of a job (任务结果): plain JSON, and its files by the names under which people get them."""

    result: Mapping[str, Any]
    files: Mapping[str, Path]
