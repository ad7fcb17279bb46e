"""The same letters changed in many lines or cells (多处同样的改动): a file that has another name now is told once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from reportgen.comparison.counterparts.held import Held
from reportgen.comparison.letters import changes
from reportgen.comparison.model import Difference, FileKind, Spot

# A name or a path; a digit or a word changed in many lines may be many changes.
_LEAST_LETTERS = 4
_LEAST = 3

Edit = tuple[tuple[str, str], ...]
"""The letters that went and that came in their place (改动的字), at each place of a text."""


def edit_of(before: str, after: str) -> Edit:
    """What was changed in a text (改动的字)."""
    return tuple((before[s.begin : s.end], after[s.other_begin : s.other_end]) for s in changes(before, after))


def is_lines(held: Held) -> bool:
    """Whether the files are read line by line (逐行的文件): a line has its number, its words say no more."""
    return held.second.kind is FileKind.TEXT


def same_edits(held: Held, told: Sequence[Difference], edits: Mapping[int, Edit]) -> Iterator[Difference]:
    """The differences, those of one edit in one column of a sheet, or in the lines of a file, as one (同样的合为一处).

    In a report each place is told: whoever signs it wants to see every one.
    """
    groups: dict[tuple[str, str, Edit], list[Difference]] = {}
    if held.second.kind in (FileKind.TEXT, FileKind.WORKBOOK):
        for each in told:
            if each.second and any(len(max(edit, key=len)) >= _LEAST_LETTERS for edit in edits.get(id(each), ())):
                groups.setdefault((each.second.part, each.second.column, edits[id(each)]), []).append(each)
    wide = {id(each): group for group in groups.values() if len(group) >= _LEAST for each in group}
    for each in told:
        found = wide.get(id(each))
        if found is None:
            yield each
        elif found[0] is each:
            yield _together(held, each, len(found))


def _together(held: Held, first: Difference, count: int) -> Difference:
    def counted(spot: Spot | None) -> Spot | None:
        return replace(spot, count=count) if spot else None

    unit = "行" if is_lines(held) else "格"
    # A column's name may have a colon of its own; what is said of the change begins with a quotation mark.
    where, mark, what = first.said.partition("：“")
    said = f"{where}等{count}{unit}{mark}{what}"
    return replace(first, said=said, first=counted(first.first), second=counted(first.second))
