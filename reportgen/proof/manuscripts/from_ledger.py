"""A ledger as a manuscript (台账作文稿): each cell is a text, each sheet a list."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.issued.kinds import Kind
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.ledger.units import Register
from reportgen.ledger.words import field_name
from reportgen.problems import Location
from reportgen.proof.manuscript import Listing, Manuscript, Role, Row, Spot, Text
from reportgen.quantities.model import Period

# What comes into a report. Last period's progress does not, nor what the office keeps beside for itself.
_FIELDS = ("given_no", "category", "text", "lead_units", "support_units", "progress", "judgement", "phrase")
_KINDS = {Sheet.GOALS: Kind.GOALS, Sheet.TASKS: Kind.TASKS}


def from_ledger(ledger: Ledger, period: Period | None = None, register: Register | None = None) -> Manuscript:
    """The manuscript (文稿) of a ledger."""
    listings = tuple(_listing(sheet, entries) for sheet in Sheet if (entries := ledger.entries(sheet)))
    return Manuscript(file=ledger.file, listings=listings, period=period, is_ledger=True, register=register)


def _listing(sheet: Sheet, entries: Sequence[Entry]) -> Listing:
    # A cell that holds for several rows (the category above) is one text.
    known: dict[tuple[str, Location], Text] = {}
    rows = tuple(_row(entry, number, known) for number, entry in enumerate(entries, 1))
    fields = tuple(name for name in _FIELDS if any(name in row.texts for row in rows))
    return Listing(name=sheet.value, kind=_KINDS[sheet], rows=rows, fields=fields)


def _row(entry: Entry, number: int, known: dict[tuple[str, Location], Text]) -> Row:
    texts: dict[str, Text] = {}
    for name in _FIELDS:
        where = entry.cells.get(name)
        value = getattr(entry, name)
        content = "\n".join(value) if isinstance(value, tuple) else value
        # One cell over both columns: a task without category.
        if (where is None and not content) or (name == "category" and not content and where == entry.cells.get("text")):
            continue
        texts[name] = _text(entry, name, content, where, number, known)
    return Row(texts=texts, judgement=entry.judgement, lead_units=entry.lead_units, support_units=entry.support_units)


def _text(
    entry: Entry, name: str, content: str, where: Location | None, number: int, known: dict[tuple[str, Location], Text]
) -> Text:
    if where and (name, where) in known:
        return known[name, where]
    spot = Spot(words=_place_words(entry.sheet, name, where, number), where=where, is_of_ledger=True)
    text = Text(content=content, spot=spot, role=Role.CELL, field=name)
    if where:
        known[name, where] = text
    return text


def _place_words(sheet: Sheet, name: str, where: Location | None, number: int) -> str:
    """Where a cell is, as its file is read: 「重点任务」F2, the line, else the how manieth entry; and its column."""
    column = f"「{field_name(name, sheet)}」"
    if where and where.cell:
        return f"「{sheet.value}」{where.cell}{column}"
    if where and where.line and not where.key:
        return f"「{sheet.value}」第{where.line}行{column}"
    line = f"（第{where.line}行）" if where and where.line else ""
    return f"「{sheet.value}」第{number}项{column}{line}"
