"""The README's tables that programs write (说明书里的表): each stands between two marks."""

from __future__ import annotations

from pathlib import Path


def write_between(path: Path, marks: tuple[str, str], text: str) -> None:
    """Put a text between its two marks; raises `ValueError` where they are not there once each, in order."""
    begin, end = marks
    whole = path.read_text(encoding="utf-8")
    if whole.count(begin) != 1 or whole.count(end) != 1 or whole.index(begin) > whole.index(end):
        raise ValueError(f"{path.name} lacks the marks of the table")
    before, rest = whole.split(begin)
    after = rest.split(end)[1]
    path.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")
