"""Two versions of a text held against each other, line by line (逐行比对)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_LINES = 4000
"""Longer texts are not compared line by line (最多比对的行数): it would hold up everybody else."""
_AROUND = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line (一行): `kind` is `same`, `less` (only before), `more` (only after) or `where`, which tells a gap."""

    kind: str
    text: str
    before: int | None = None
    after: int | None = None


def line_differences(before: str, after: str) -> tuple[Line, ...] | None:
    """The lines that differ, with those around them (逐行差别); None where the texts are too long for that."""
    first, second = before.splitlines(), after.splitlines()
    if max(len(first), len(second)) > MOST_LINES:
        return None
    # Equal ends are the most of it, and the quick part.
    groups = SequenceMatcher(None, first, second, autojunk=True).get_grouped_opcodes(_AROUND)
    return tuple(line for group in groups for line in _group(group, first, second))


def _group(group: list[tuple[str, int, int, int, int]], first: list[str], second: list[str]) -> Iterator[Line]:
    yield Line(kind="where", text=f"第 {group[0][3] + 1} 行起")
    for tag, first_from, first_to, second_from, second_to in group:
        if tag == "equal":
            for at in range(first_to - first_from):
                number = second_from + at
                yield Line(kind="same", text=second[number], before=first_from + at + 1, after=number + 1)
            continue
        for number in range(first_from, first_to):
            yield Line(kind="less", text=first[number], before=number + 1)
        for number in range(second_from, second_to):
            yield Line(kind="more", text=second[number], after=number + 1)
