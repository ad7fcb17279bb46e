"""Findings as comments (批注) for a review copy: which words each one marks, what it says, how its place is known.

Notes are plain data: they go into the worker process that opens the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reportgen.problems import Location
from reportgen.proof.findings import Finding, Mark
from reportgen.proof.manuscript import Manuscript, Role, Text
from reportgen.proof.rules import Rule
from reportgen.proof.telling import counterparts, quoted, rows_of, told_place, told_spot

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
        pointing = f"【{each.level.value}】{names.get(each.rule, each.rule.value)}：与另一处对照"
        # One comment for each text: what is said of its other words stands in it.
        for marks in others:
            lines = (pointing, each.what, f"另一处：{told_place(each.marks[:1], file)}", f"编号：{each.key}")
            found.append(known.note(marks[0], lines))
    return tuple(found)


def _said(finding: Finding, names: Mapping[Rule, str], others: Sequence[Sequence[Mark]], file: str) -> Iterator[str]:
    yield f"【{finding.level.value}】{names.get(finding.rule, finding.rule.value)}"
    yield finding.what
    yield f"建议：{finding.fix}"
    if beside := quoted(finding.by_text[0][1:]):
        yield f"同一段里还有：{beside}"
    for marks in others[:_OTHERS]:
        yield f"对照：{told_place(marks, file)}"
    if len(others) > _OTHERS:
        yield f"对照：还有 {len(others) - _OTHERS} 处"
    yield f"编号：{finding.key}"


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
