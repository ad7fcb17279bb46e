"""The standard ledger workbook (标准台账): a ledger written so that reading it gives the same ledger again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from reportgen.ledger.files.workbook import Column, SheetText
from reportgen.ledger.model import Entry, Ledger, Sheet
from reportgen.ledger.words import FIELD_NAMES, JUDGEMENTS, STANDARD_WORDS, Words, field_name
from reportgen.source import clean_text

_ALWAYS = frozenset({"id", "given_no", "text", "lead_units", "progress", "judgement", "phrase"})
_WIDTHS = {
    "id": 13.0,
    "given_no": 7.0,
    "category": 16.0,
    "text": 42.0,
    "lead_units": 20.0,
    "support_units": 20.0,
    "last_progress": 50.0,
    "progress": 60.0,
    "judgement": 15.0,
    "phrase": 40.0,
}
_OTHER_WIDTH = 20.0


def ledger_sheets(
    ledger: Ledger, wanted: Collection[Sheet] = (), words: Words = STANDARD_WORDS
) -> tuple[SheetText, ...]:
    """The sheets (工作表) of the ledger: those with entries, and the `wanted` ones though they be empty.

    Reading them, with the same `words`, gives an equal ledger. Give numbers first (`with_ids`): a form finds its row
    by them.
    """
    return tuple(_sheet(ledger, sheet, words) for sheet in Sheet if ledger.entries(sheet) or sheet in wanted)


def entry_text(entry: Entry, name: str) -> str:
    """What a cell (单元格) says of an entry's field: units one per line."""
    value = getattr(entry, name)
    return "\n".join(value) if isinstance(value, tuple) else str(value)


def _sheet(ledger: Ledger, sheet: Sheet, words: Words) -> SheetText:
    entries = ledger.entries(sheet)
    fields = [name for name in FIELD_NAMES if _is_kept(name, sheet, entries)]
    others = _other_columns(entries)
    columns = [
        Column(
            title=field_name(name, sheet),
            width=_WIDTHS[name],
            choices=JUDGEMENTS[sheet] if name == "judgement" else (),
            centred=name in ("given_no", "judgement"),
        )
        for name in fields
    ]
    columns += [Column(title=_other_title(header, words), width=_OTHER_WIDTH) for header, _ in others]
    rows = [
        (*(entry_text(entry, name) for name in fields), *(_other_text(entry, column) for column in others))
        for entry in entries
    ]
    joined: tuple[tuple[int, int], ...] = ()
    if "category" in fields:
        at = fields.index("category")
        joined = tuple((i, at) for i in _without_category(entries))
        for i, _ in joined:
            row = list(rows[i])
            row[at], row[at + 1] = row[at + 1], ""
            rows[i] = tuple(row)
    return SheetText(
        name=sheet.value, columns=tuple(columns), rows=rows, joined=joined, spare_rows=200, filtered=bool(entries)
    )


def _is_kept(name: str, sheet: Sheet, entries: Sequence[Entry]) -> bool:
    # What a report shows is a column though it be empty: the office writes its 报告用语 there, and without the
    # columns of a task's annexes no report could be made.
    always = name in _ALWAYS or (name in ("category", "support_units") and sheet is Sheet.TASKS)
    return always or any(getattr(entry, name) for entry in entries)


def _without_category(entries: Sequence[Entry]) -> Iterator[int]:
    """The rows that would take the category of the row above: an empty cell there says 同上.

    As in an office's own table, such a task stands in one cell over both columns.
    """
    above = False
    for i, entry in enumerate(entries):
        if not entry.category and above:
            yield i
        above = bool(entry.category)


def _other_columns(entries: Sequence[Entry]) -> list[tuple[str, int]]:
    """The other columns (其他列) that hold anything: header, and the how-manieth of that header."""
    found: dict[tuple[str, int], bool] = {}
    for entry in entries:
        count: dict[str, int] = {}
        for header, text in entry.others:
            key = (header, count.get(header, 0))
            count[header] = key[1] + 1
            found[key] = found.get(key, False) or bool(text)
    return [key for key, filled in found.items() if filled]


def _other_title(header: str, words: Words) -> str:
    """The header, changed where it would name a field and be read as that."""
    clean = clean_text(header)[0]
    return f"其他（{clean}）栏" if words.field_of(clean) else clean


def _other_text(entry: Entry, column: tuple[str, int]) -> str:
    texts = [text for header, text in entry.others if header == column[0]]
    return texts[column[1]] if column[1] < len(texts) else ""
