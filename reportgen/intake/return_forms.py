"""Forms with the headings at the left (竖式表): 「任务名称 | ……」, one task a table or several below each other."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from reportgen.intake.return_heads import ReturnHead, guessed_field, is_sentence, sheet_of_headers, told_guess
from reportgen.ledger.tables import Cell, Table
from reportgen.ledger.words import Words, header_field, header_key
from reportgen.problems import Location, Problem

_HEADER_LETTERS = 20
# What a form's heading may be guessed to be; its others are named in full or stay others.
_GUESSED = ("text", "progress")


@dataclass(slots=True)
class Form:
    """A form read (读到的竖式表): for each task a head and its one row, and the cells beside them all."""

    records: list[tuple[ReturnHead, tuple[Cell, ...]]] = field(default_factory=list)
    beside: list[Cell] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class _Record:
    keys: list[Cell] = field(default_factory=list)
    # What belongs to each heading, with its place in the row.
    values: list[list[tuple[int, Cell]]] = field(default_factory=list)
    fields: list[str | None] = field(default_factory=list)


def read_form(table: Table, words: Words) -> Form | None:
    """The tasks of a table whose headings stand at the left; None if they do not."""
    rows = [_cells(row) for row in table.rows]
    named = [[_field(cell, words) for cell in row] for row in rows]
    first = {fields[0] for fields in named if fields and fields[0]}
    told = first | {field for fields in named for field in fields[::2] if field}
    if len(first) < 2 or not (first & {"text", "id"} or {"progress", "text"} <= told):
        return None
    columns = {i for fields in named for i, name in enumerate(fields) if name and i and i % 2 == 0}
    form = Form()
    record = _Record()
    begin = next((fields[0] for fields in named if fields and fields[0]), None)
    for row, fields in zip(rows, named, strict=True):
        if not row:
            continue
        if fields[0] is None and not (len(row) > 1 and _is_key(row[0])):
            if record.values and len(row) > 1 and row[0].origin == record.keys[-1].origin:
                record.values[-1] += list(enumerate(row))[1:]
            else:
                form.beside += [cell for cell in row if cell.text.strip() or cell.faults]
            continue
        if record.keys and row[0].origin == record.keys[-1].origin:
            record.values[-1] += list(enumerate(row))[1:]
            continue
        if fields[0] in ("text", "id", begin) and fields[0] in record.fields:
            _finish(record, form, words)
            record = _Record()
        _take(row, columns, record, words)
    _finish(record, form, words)
    return form if form.records else None


def _cells(row: Sequence[Cell]) -> list[Cell]:
    """The cells of a row, each merged range once; empty ones at the right are left out."""
    cells: list[Cell] = []
    for cell in row:
        if not (cells and cell.merged is not None and cell.origin == cells[-1].origin):
            cells.append(cell)
    while cells and not (cells[-1].text.strip() or cells[-1].faults):
        cells.pop()
    # An empty corner before the headings is no heading.
    while len(cells) > 1 and not cells[0].text.strip():
        cells.pop(0)
    return cells


def _field(cell: Cell, words: Words) -> str | None:
    if len(header_key(cell.text)) > _HEADER_LETTERS:
        return None
    return header_field(cell.text, words)


def _is_key(cell: Cell) -> bool:
    return 0 < len(header_key(cell.text)) <= 12 and not any(mark in cell.text for mark in "，。；：:,;")


def _take(row: Sequence[Cell], columns: Set[int], record: _Record, words: Words) -> None:
    """Cuts a row into headings and what belongs to them: headings stand first, and where other rows have known ones."""
    for i, cell in enumerate(row):
        if (i == 0 or (i in columns and (_field(cell, words) or _is_key(cell)))) and cell.text.strip():
            record.keys.append(cell)
            record.fields.append(_field(cell, words))
            record.values.append([])
        elif cell.text.strip() or cell.faults:
            record.values[-1].append((i, cell))


def _finish(record: _Record, form: Form, words: Words) -> None:
    if not record.keys:
        return
    fields = list(record.fields)
    for wanted in _GUESSED:
        if wanted in fields:
            continue
        for i, key in enumerate(record.keys):
            if fields[i] is None and guessed_field(key.text, words) == wanted:
                fields[i] = wanted
                form.problems.append(told_guess(key, wanted))
                break
    if "progress" not in fields and "judgement" in fields:
        at = fields.index("judgement")
        if any(is_sentence(cell.text, words) for _, cell in record.values[at]):
            fields[at] = "progress"
            form.problems.append(told_guess(record.keys[at], "progress"))
    for values in _side_by_side(record, fields):
        _add(record.keys, fields, values, form)


def _side_by_side(record: _Record, fields: Sequence[str | None]) -> list[list[list[Cell]]]:
    """The values of each task, where several stand beside each other; all of them as those of one, if not."""
    texts = next((values for values, name in zip(record.values, fields, strict=True) if name == "text"), [])
    places = [i for i, _ in texts]
    together = [[cell for _, cell in values] for values in record.values]
    if len(places) < 2 or len(set(places)) < len(places):
        return [together]
    if any(i not in places for values in record.values for i, _ in values):
        return [together]
    return [[[cell for i, cell in values if i == place] for values in record.values] for place in places]


def _add(keys: Sequence[Cell], fields: Sequence[str | None], found: Sequence[Sequence[Cell]], form: Form) -> None:
    places: dict[str, list[int]] = {}
    cells: list[Cell] = []
    headers: list[Cell] = []
    for key, name, values in zip(keys, fields, found, strict=True):
        # An empty answer has the place of its heading.
        for cell in values or [Cell("", key.where)]:
            if name:
                places.setdefault(name, []).append(len(cells))
            cells.append(cell)
            headers.append(key)
    if not places.keys() & {"text", "id", "progress"}:
        form.beside += [cell for cell in (*keys, *cells) if cell.text.strip()]
        return
    head = ReturnHead(
        {name: tuple(found) for name, found in places.items()},
        tuple(" ".join(key.text.split()) for key in headers),
        tuple(headers),
        0,
        0,
        sheet_of_headers(keys),
    )
    form.records.append((head, tuple(cells)))


def form_place(form: Form) -> Location | None:
    """Where the first heading of a form stands (首个表头的位置)."""
    return next((cell.where for head, _ in form.records for cell in head.cells if cell), None)
