"""Returns without tables (段落反馈): 「1. 任务。进展：……」 and 「任务名称：…… 进展情况：……」 as rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from reportgen.intake.return_heads import ReturnHead
from reportgen.intake.return_notes import is_frame
from reportgen.ledger.files.contents import Passage
from reportgen.ledger.tables import Cell
from reportgen.ledger.units import Register
from reportgen.ledger.words import FIELD_NAMES, Words, header_field, plain_key
from reportgen.problems import Location

_ORDINAL = re.compile(
    r"\s*(?:[(（]?(\d{1,3})[)）]|(\d{1,3})[.．、](?!\d)|[(（]?([一二三四五六七八九十]{1,3})[)）、])\s*"
)
# A heading behind which something stands: at the beginning, or behind a stop or a blank.
_HEADING = re.compile(
    r"【([^【】]{2,20})】\s*[:：]?"
    r"|(?:(?<=^)|(?<=[\s。；;，,（(]))([^\s。；;，,、:：（）()【】]{2,20})(?:[(（][^()（）]{1,20}[)）])?\s*[:：]"
)
# What a task's passages tell beside the fields.
_OTHER = re.compile(r"问题|打算|计划|安排|建议|措施|备注|时限|节点|下一?步")
_LONGEST_OTHER = 12
_LONGEST_TASK = 400

_Part: TypeAlias = tuple[str | None, str, str, Location]
"""A part of a task's passages: its field, heading, text and place."""


@dataclass(slots=True)
class PassagesRead:
    """What the passages gave (段落里的任务): for each task a head and its one row, and the passages left over."""

    records: list[tuple[ReturnHead, tuple[Cell, ...]]] = field(default_factory=list)
    left: list[Passage] = field(default_factory=list)


@dataclass(slots=True)
class _Record:
    passages: list[Passage] = field(default_factory=list)
    parts: list[_Part] = field(default_factory=list)

    def has(self, name: str) -> bool:
        return any(part[0] == name and part[2] for part in self.parts)


def read_passages(passages: Sequence[Passage], words: Words, register: Register | None) -> PassagesRead:
    """The tasks of a return that is written in paragraphs; a passage that is none of a task's is left over.

    A task is only one if something behind 进展： or another heading of the ledger's answers it.
    """
    read = PassagesRead()
    records: list[_Record] = []
    record: _Record | None = None
    for passage in passages:
        before, parts = _parts(passage, words)
        begun = _begun(passage, before, parts)
        if begun is not None and not (record and not parts and _is_point(passage, record)):
            record = _Record([passage], begun)
            records.append(record)
        elif record is not None and _goes_on(passage, before, parts, record, register):
            record.passages.append(passage)
            if before:
                name, header, _, _ = record.parts[-1]
                record.parts.append((name, header, before, passage.where))
            record.parts += parts
        else:
            record = None
            read.left.append(passage)
    for each in records:
        if each.has("progress") and (each.has("text") or each.has("id")):
            read.records.append(_row(each))
        else:
            read.left += each.passages
    order = {id(passage): i for i, passage in enumerate(passages)}
    read.left.sort(key=lambda passage: order[id(passage)])
    return read


def _parts(passage: Passage, words: Words) -> tuple[str, list[_Part]]:
    """What stands before the first known heading of a passage, and the parts behind the headings."""
    found = []
    for match in _HEADING.finditer(passage.text):
        header = match[1] or match[2]
        name = header_field(header, words)
        if name or (_OTHER.search(header) and len(header) <= _LONGEST_OTHER):
            found.append((match, header, name))
    if not found:
        return passage.text.strip(), []
    parts: list[_Part] = []
    for i, (match, header, name) in enumerate(found):
        end = found[i + 1][0].start() if i + 1 < len(found) else len(passage.text)
        text = _unbracketed(passage.text[match.end() : end])
        if passage.text[: match.start()].endswith(("（", "(")):
            text = text.rstrip("。；;").removesuffix("）").removesuffix(")")
        # Two cells of one row never stand in the same place.
        times = sum(other == header for _, other, _ in found[:i])
        place = _at(passage, f"「{header}」" + (f"（第{times + 1}处）" if times else ""))
        parts.append((name, header, text, place))
    return _unbracketed(passage.text[: found[0][0].start()]), parts


def _unbracketed(text: str) -> str:
    """A text without the bracket in which the next heading stands."""
    return text.strip().rstrip("（(").strip()


def _begun(passage: Passage, before: str, parts: Sequence[_Part]) -> list[_Part] | None:
    """The parts of a task that begins with this passage; None if none does."""
    names = [name for name, _, _, _ in parts]
    ordinal = _ORDINAL.match(before)
    head = before[ordinal.end() :].strip() if ordinal else before
    number = next((group for group in ordinal.groups() if group), "") if ordinal else ""
    first: list[_Part] = [("given_no", FIELD_NAMES["given_no"], number, _at(passage, "开头"))] if number else []
    named = "text" in names or "id" in names
    if named and names[0] not in ("text", "id", "given_no", "category"):
        return None
    if not named and (not number or not head or len(head) > _LONGEST_TASK):
        return None
    if head and "text" in names:
        first.append((None, "段首", head, passage.where))
    elif head:
        first.append(("text", FIELD_NAMES["text"], head.rstrip("。；;，,"), passage.where))
    return [*first, *parts]


def _is_point(passage: Passage, record: _Record) -> bool:
    """Whether a numbered passage is a point of the progress above it: tasks are not numbered in that way."""
    return record.parts[-1][0] == "progress" and _way(passage.text) != _way(record.passages[0].text)


def _way(text: str) -> str:
    """In which way a text is numbered: 1. or （1） or 一、."""
    ordinal = _ORDINAL.match(text)
    return re.sub(r"[\s\d一二三四五六七八九十]+", "", plain_key(ordinal[0])) + str(ordinal.lastindex) if ordinal else ""


def _at(passage: Passage, name: str) -> Location:
    return replace(passage.where, cell=f"{passage.where.cell}{name}")


def _goes_on(
    passage: Passage,
    before: str,
    parts: Sequence[_Part],
    record: _Record,
    register: Register | None,
) -> bool:
    """Whether a passage tells more of the task above it."""
    if parts and not before:
        return True
    if is_frame(passage.text, register) or not plain_key(passage.text):
        return False
    # More paragraphs of what the heading above asks for.
    return bool(before) and record.parts[-1][0] == "progress" and not parts


def _row(record: _Record) -> tuple[ReturnHead, tuple[Cell, ...]]:
    places: dict[str, list[int]] = {}
    cells: list[Cell] = []
    headers: list[Cell] = []
    for name, header, text, where in record.parts:
        if not text:
            continue
        if name:
            places.setdefault(name, []).append(len(cells))
        cells.append(Cell(text, where))
        headers.append(Cell(header, where))
    head = ReturnHead(
        {name: tuple(found) for name, found in places.items()},
        tuple(cell.text for cell in headers),
        tuple(headers),
        0,
        0,
    )
    return head, tuple(cells)
