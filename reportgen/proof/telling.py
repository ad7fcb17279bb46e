"""How a finding is told to a reader (意见的说法): where its marks stand, their words, which other places matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reportgen.package import short
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript, Spot, Text

_QUOTED = 60


def told_spot(spot: Spot, file: str) -> str:
    """Where a text stands, as it is told of `file` (所在处): without its name, of a Word file its own words alone."""
    where = spot.where
    if spot.is_of_ledger:
        return spot.words if where is None or where.file == file else f"台账{spot.words}"
    if where is None or where.file != file or where.line is not None:
        return str(spot)
    # 「表格1」第2行第3列 says again what 附件1第1行 says, in the file's own count.
    counted = (where.cell or "").startswith("第")
    return str(replace(spot, where=None if counted else replace(where, file="")))


def told_place(marks: Sequence[Mark], file: str) -> str:
    """Where marks of one text stand, and their words (所在处和摘录)."""
    return told_spot(marks[0].text.spot, file) + quoted(marks)


def quoted(marks: Sequence[Mark], length: int = _QUOTED) -> str:
    """The words of marks (摘录), each in 「」; nothing where there are none."""
    quotes = dict.fromkeys(short(mark.quote, length) for mark in marks)
    return "".join(f"「{quote}」" for quote in quotes if quote)


def rows_of(manuscripts: Sequence[Manuscript]) -> dict[int, int]:
    """In which row each text of a list stands (所在行), both by their identity; one filled down stands in its first."""
    found: dict[int, int] = {}
    for manuscript in manuscripts:
        for listing in manuscript.listings:
            for row in listing.rows:
                for text in row.texts.values():
                    found.setdefault(id(text), id(row))
    return found


def counterparts(finding: Finding, rows: Mapping[int, int]) -> tuple[tuple[Mark, ...], ...]:
    """The other places to be looked at (对照的各处), each with its marks.

    Not what stands beside in the same row, like the task of an empty progress; but 报告用语, which goes elsewhere.
    """

    def of(text: Text) -> int:
        return id(text) if text.field == "phrase" else rows.get(id(text), id(text))

    first, *others = finding.by_text
    told = {of(first[0].text)}
    found = []
    for marks in others:
        if (place := of(marks[0].text)) not in told:
            told.add(place)
            found.append(marks)
    return tuple(found)
