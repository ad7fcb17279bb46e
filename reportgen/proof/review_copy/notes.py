"""Findings as comments (批注) for a review copy: which words each one marks, what it says, how its place is known.

Notes are plain data: they go into the worker process that opens the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reportgen.package import short
from reportgen.problems import SEVERITY_NAMES, Location, Severity
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript, Role, Spot, Text
from reportgen.proof.rules import Rule
from reportgen.styles import Level

LEVEL_NAMES = {
    Level.ERROR: SEVERITY_NAMES[Severity.ERROR],
    Level.WARNING: SEVERITY_NAMES[Severity.WARNING],
    Level.OFF: "不查",
}
"""How a reader is told the level (级别) of a finding."""

_QUOTED = 60
_OTHERS = 12
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One comment to be set (批注): the words `content[start:end]` of a text, and the paragraphs that it says.

    Several places of the file may have the same text: `place` is known where the text was read off this file; else
    the other texts of its row, `beside`, and the `field` that it holds tell a cell from others, and `turn` which of
    those that are alike in all this it is. `spot` is said where the words are not found.
    """

    content: str
    lines: tuple[str, ...]
    start: int = 0
    end: int | None = None
    spot: str = ""
    is_cell: bool = False
    field: str = ""
    beside: tuple[str, ...] = ()
    turn: int = 0
    place: Location | None = None

    @property
    def quote(self) -> str:
        """The words that are meant (摘录)."""
        return self.content[self.start : self.end]


def folded(text: str) -> str:
    """A text without blanks (去空白), in which files, trees and ledgers of the same words may differ."""
    return "".join(text.translate(_INVISIBLE).split())


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


def notes_of(
    findings: Sequence[Finding], manuscripts: Sequence[Manuscript], names: Mapping[Rule, str], file: str
) -> tuple[Note, ...]:
    """The comments (批注) of the findings on the Word file `file`, in their order.

    The place of a finding has all that is to be said; each other text of it a short one that points to the first.
    """
    known = _Known(manuscripts, file)
    rows = rows_of(manuscripts)
    found: list[Note] = []
    for each in findings:
        others = counterparts(each, rows)
        found.append(known.note(each.marks[0], tuple(_said(each, names, others, file))))
        pointing = f"【{LEVEL_NAMES[each.level]}】{names.get(each.rule, each.rule.value)}：与另一处对照"
        # One comment for each text: what is said of its other words stands in it.
        for marks in others:
            lines = (pointing, each.what, f"另一处：{told_place(each.marks[:1], file)}", f"编号：{each.key}")
            found.append(known.note(marks[0], lines))
    return tuple(found)


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


def _said(finding: Finding, names: Mapping[Rule, str], others: Sequence[Sequence[Mark]], file: str) -> Iterator[str]:
    yield f"【{LEVEL_NAMES[finding.level]}】{names.get(finding.rule, finding.rule.value)}"
    yield finding.what
    yield f"建议：{finding.fix}"
    if beside := quoted(finding.by_text[0][1:]):
        yield f"同一段里还有：{beside}"
    for marks in others[:_OTHERS]:
        yield f"对照：{told_place(marks, file)}"
    if len(others) > _OTHERS:
        yield f"对照：还有 {len(others) - _OTHERS} 处"
    yield f"编号：{finding.key}"


def told_place(marks: Sequence[Mark], file: str) -> str:
    """Where marks of one text stand, and their words (所在处和摘录)."""
    return told_spot(marks[0].text.spot, file) + quoted(marks)


def quoted(marks: Sequence[Mark], length: int = _QUOTED) -> str:
    """The words of marks (摘录), each in 「」; nothing where there are none."""
    quotes = dict.fromkeys(short(mark.quote, length) for mark in marks)
    return "".join(f"「{quote}」" for quote in quotes if quote)


class _Known:
    """What is known of the texts of the manuscripts: their rows, and which of several alike each is."""

    def __init__(self, manuscripts: Sequence[Manuscript], file: str) -> None:
        self.file = file
        self.beside: dict[int, tuple[str, ...]] = {}
        self.turns: dict[int, int] = {}
        for manuscript in manuscripts:
            for listing in manuscript.listings:
                for row in listing.rows:
                    for text in row.texts.values():
                        others = (other.content for other in row.texts.values() if other is not text)
                        self.beside.setdefault(id(text), tuple(filter(str.strip, others)))
            seen: Counter[tuple[bool, str, tuple[str, ...]]] = Counter()
            for text in manuscript.every_text():
                alike = (_is_cell(text), folded(text.content), self.beside.get(id(text), ()))
                self.turns[id(text)] = seen[alike]
                seen[alike] += 1

    def note(self, mark: Mark, lines: tuple[str, ...]) -> Note:
        text, where = mark.text, mark.text.spot.where
        return Note(
            content=text.content,
            start=mark.start,
            end=mark.end,
            lines=lines,
            spot=told_spot(text.spot, self.file),
            is_cell=_is_cell(text),
            field=text.field,
            beside=self.beside.get(id(text), ()),
            turn=self.turns.get(id(text), 0),
            place=where if where and where.file == self.file else None,
        )


def _is_cell(text: Text) -> bool:
    return text.role is Role.CELL
