"""Which golden files the tests of a run used (比对基准的使用情况), gathered over the workers of pytest-xdist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ACTUAL = "actual"
"""The folder within that of the golden files where what tests made instead is kept (本次结果文件夹); git ignores it."""


@dataclass
class Usage:
    """What the tests of a run did with golden files (使用情况).

    `expected` are the tests that ask for the fixture, `passed` those that came to their end. `used` holds the golden
    files by their folder; each folder stands with that of which all tests must have run to know what is unused.
    `updated` are the golden files that were written.
    """

    expected: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    folders: set[tuple[str, str]] = field(default_factory=set)
    updated: set[str] = field(default_factory=set)

    def as_plain(self) -> dict[str, list[str] | list[list[str]]]:
        """As lists of texts (上报内容), which is what workers can send."""
        return {
            "expected": sorted(self.expected),
            "passed": sorted(self.passed),
            "used": sorted(self.used),
            "folders": [list(each) for each in sorted(self.folders)],
            "updated": sorted(self.updated),
        }

    def add(self, sent: Mapping[str, Any]) -> None:
        """What another process saw (并入), beside what this one did."""
        for name in ("expected", "passed", "used", "updated"):
            getattr(self, name).update(sent[name])
        self.folders |= {(folder, owner) for folder, owner in sent["folders"]}


def unused(usage: Usage, searched: Iterable[Path]) -> list[Path]:
    """The golden files that no test used (没有用到的基准), in the folders of which every test ran to its end.

    A test that failed, was skipped or left out might have used any of them: then nothing is said.
    """
    if not usage.expected <= usage.passed:
        return []
    whole = tuple(searched)
    found: set[Path] = set()
    for folder, owner in usage.folders:
        if any(Path(owner).is_relative_to(each) for each in whole):
            found |= {path for path in Path(folder).rglob("*") if path.is_file() and _is_golden(path, Path(folder))}
    return sorted(path for path in found if str(path) not in usage.used)


def _is_golden(path: Path, folder: Path) -> bool:
    """Neither hidden, nor an office program's lock, nor what tests made."""
    parts = path.relative_to(folder).parts
    return parts[0] != ACTUAL and not any(part.startswith((".", "~$")) for part in parts)
