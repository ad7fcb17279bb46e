"""From the rows below a return's head to rows of the return (反馈各行): merged, split and continued ones joined."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reportgen.intake.return_heads import ReturnHead, distinct, is_status
from reportgen.intake.return_notes import is_note, told_in_full
from reportgen.intake.returned import ReturnRow
from reportgen.ledger.cell_units import split_units
from reportgen.ledger.entries import REMARK, read_cell
from reportgen.ledger.model import STATUSES, Sheet
from reportgen.ledger.tables import Cell
from reportgen.ledger.units import Register
from reportgen.ledger.words import FIELD_NAMES, Words, field_name, header_field, header_key, plain_key
from reportgen.package import short
from reportgen.problems import Location, Problem, error, has_errors, warning

# Fields whose text in several rows of one task is one text, in order.
_JOINED = frozenset({"progress", "phrase", "last_progress", "lead_units", "support_units"})
_MOST_PLACES = 5
# What stands in a cell of which nothing is to be said.
_WHITE_MARKS = frozenset("—-－–/／\\无")


@dataclass(slots=True)
class Reading:
    """The state of reading one return (读反馈的状态)."""

    words: Words
    register: Register | None
    rows: list[ReturnRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    aside: list[Cell] = field(default_factory=list)
    empty: list[ReturnRow] = field(default_factory=list)
    # The headers of the progress, in which a period may stand.
    asked: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Group:
    """The table rows of one task (一项任务的各行): for each field and header its cells, each merged range once."""

    fields: dict[str, list[Cell]] = field(default_factory=dict)
    others: dict[str, list[Cell]] = field(default_factory=dict)
    first: Cell | None = None
    category: tuple[str, Location | None] = ("", None)
    continued: Cell | None = None

    def add(self, cells: dict[str, list[Cell]], others: dict[str, list[Cell]]) -> None:
        """Takes over what stands in one more table row."""
        for mine, more in ((self.fields, cells), (self.others, others)):
            for name, found in more.items():
                known = mine.setdefault(name, [])
                origins = {cell.origin for cell in known}
                known += [cell for cell in found if cell.origin not in origins]
        if self.first is None:
            self.first = next((cell for found in cells.values() for cell in found), None)


@dataclass(slots=True)
class Body:
    """What stands below one head (表头下的内容): its rows are given one after the other, from one table or more."""

    head: ReturnHead
    sheet: Sheet | None
    reading: Reading
    category: tuple[str, Location | None] = ("", None)
    groups: list[_Group] = field(default_factory=list)
    numbered: bool = False
    shared: set[Location] = field(default_factory=set)
    announced: Cell | None = None

    def take(self, rows: Sequence[tuple[Cell, ...]]) -> None:
        """Reads the next table rows."""
        for row in rows:
            if distinct(row) or any(cell.faults for cell in row):
                self._take(row)

    def close(self) -> None:
        """Makes rows of a return of what was read."""
        self._announce(None)
        for group in self.groups:
            _close(group, self.head, self.sheet, self.reading)
        self.groups.clear()

    def _take(self, row: tuple[Cell, ...]) -> None:
        head = self.head
        cells = [cell for cell in distinct(row) if cell.has_own_value()]
        if self._repeats_head(row):
            return
        fields, others = _by_field(row, head)
        if head.mixed and all(is_status(cell.text, self.reading.words) for cell in fields.get("progress", [])):
            fields |= {"judgement": fields.pop("progress", [])}
        own = {name for name, found in fields.items() if any(cell.has_own_value() for cell in found)}
        merged_on = self._same_task(fields)
        if merged_on is not None:
            merged_on.add(fields, others)
            return
        if not own and not any(cell.has_own_value() for found in others.values() for cell in found):
            return
        if self._subtitle(row, cells, own):
            return
        first = cells[0] if cells else None
        if first and _is_remark(first, row, own, fields):
            self.reading.aside += cells
            return
        if own <= {"given_no", "category"} and not others:
            if own == {"category"} and len(cells) == 1:
                self._announce(cells[0])
                self._category_of(fields)
            else:
                self.reading.aside += cells
            return
        last = self.groups[-1] if self.groups else None
        if last is not None and self._continues(own, fields, last):
            last.continued = last.continued or first
            last.add({name: found for name, found in fields.items() if name != "category"}, others)
            return
        if last is not None:
            self._tell_shared(fields, last)
        self._category_of(fields)
        if self.announced and self.announced.origin == self.category[1]:
            self.announced = None
        self._announce(None)
        group = _Group(category=self.category)
        group.add(fields, others)
        self.numbered = self.numbered or "given_no" in own or "id" in own
        self.groups.append(group)

    def _tell_shared(self, fields: dict[str, list[Cell]], last: _Group) -> None:
        known = {cell.origin for cell in last.fields.get("progress", [])}
        shared = next((cell for cell in fields.get("progress", []) if cell.merged and cell.origin in known), None)
        if shared and shared.origin not in self.shared:
            self.shared.add(shared.origin)
            what = f"「{short(shared.text)}」这一格进展由几项任务合用，每项都照此收入"
            fix = "请核对；每项任务请各写各的进展"
            self.reading.problems.append(warning("return.shared-progress", what, fix, shared.origin))

    def _repeats_head(self, row: tuple[Cell, ...]) -> bool:
        """Whether a row only says the head again, as tables do that were typed page by page."""
        texts = [(i, cell.text) for i, cell in enumerate(row) if cell.text.strip()]
        known = [header_field(text, self.reading.words) for _, text in texts]
        same = [header_key(text) == header_key(self.head.headers[i]) for i, text in texts]
        return len(texts) > 1 and all(same) and len(set(known) - {None}) > 1

    def _same_task(self, fields: dict[str, list[Cell]]) -> _Group | None:
        """The task above, if its text is merged down to this row."""
        texts = [cell for cell in fields.get("text", []) if cell.merged]
        if not texts or not self.groups:
            return None
        above = self.groups[-1]
        known = {cell.origin for cell in above.fields.get("text", [])}
        return above if any(cell.origin in known for cell in texts) else None

    def _subtitle(self, row: tuple[Cell, ...], cells: Sequence[Cell], own: set[str]) -> bool:
        """Whether the row is one text over the table: the category of what follows."""
        if len(cells) != 1 or len(distinct(row)) > 1:
            return False
        cell = cells[0]
        wide = sum(other.origin == cell.origin for other in row if other.merged)
        columns = self.head.places
        over_all = wide > 1 and wide * 2 > len(row)
        beside_text = own == {"given_no"} and not re.fullmatch(r"[\d.()、]*", plain_key(cell.text))
        if not (over_all or (beside_text and "text" in columns)) or len(plain_key(cell.text)) > 40:
            return False
        if REMARK.match(plain_key(cell.text)) or is_note(cell.text):
            return False
        self._announce(cell)
        self.category = (read_cell(cell, self.reading.problems), cell.origin)
        return True

    def _announce(self, cell: Cell | None) -> None:
        """Remembers a line that names the category of what follows; one that nothing followed is told."""
        if self.announced:
            self.reading.aside.append(self.announced)
        self.announced = cell

    def _category_of(self, fields: dict[str, list[Cell]]) -> None:
        found = next((cell for cell in fields.get("category", []) if cell.text.strip()), None)
        if found and found.origin != self.category[1]:
            self.category = (read_cell(found, self.reading.problems), found.origin)

    def _continues(self, own: set[str], fields: dict[str, list[Cell]], last: _Group) -> bool:
        """Whether a row has only more of what the row above has, as where a page break cut a task in two."""
        if own & {"id", "given_no", "category", "lead_units", "judgement"}:
            return False
        if not own:
            return True
        if "text" not in own:
            return bool(own & {"progress", "phrase", "last_progress"}) and not _has(last, "text", empty=True)
        # More of the text alone: where tasks are numbered, this one is none of its own.
        return self.numbered and own == {"text"} and _has(last, "given_no", "id") and "given_no" in self.head.places


def _has(group: _Group, *names: str, empty: bool = False) -> bool:
    filled = any(cell.text.strip() for name in names for cell in group.fields.get(name, []))
    return filled != empty


def _by_field(row: Sequence[Cell], head: ReturnHead) -> tuple[dict[str, list[Cell]], dict[str, list[Cell]]]:
    """The cells of a row by field and, where a column names none, by header; one merged over several goes to one."""
    fields: dict[str, list[Cell]] = {}
    others: dict[str, list[Cell]] = {}
    taken: set[Location] = set()
    # What is wrong with a merged range is told at its first cell, in whichever column that stands.
    row = [next((first for first in row if first.where == cell.merged), cell) for cell in row]
    for name in ("text", "progress", *FIELD_NAMES):
        for i in head.places.get(name, ()):
            cell = row[i]
            if name in fields and cell in fields[name]:
                continue
            if (cell.text.strip() or cell.faults) and cell.origin not in taken:
                taken.add(cell.origin)
                fields.setdefault(name, []).append(cell)
    named = {i for places in head.places.values() for i in places}
    for i, cell in enumerate(row):
        if i not in named and (cell.text.strip() or cell.faults) and cell.origin not in taken:
            taken.add(cell.origin)
            others.setdefault(head.headers[i], []).append(cell)
    return fields, others


def _is_remark(first: Cell, row: Sequence[Cell], own: set[str], fields: dict[str, list[Cell]]) -> bool:
    """Whether a row is a remark, a sum or a signature: it begins like one and answers nothing."""
    if not (REMARK.match(plain_key(first.text)) or is_note(first.text)):
        return False
    if sum(map(len, fields.values())) == 1 and first.where == row[0].where:
        return True
    if any(first in fields.get(name, []) for name in ("progress", "phrase", "support_units", "last_progress")):
        return False
    return "id" not in own and not ("progress" in own and "text" in own and first not in fields["text"])


# ---- from a group to a row -----------------------------------------------------------


def _close(group: _Group, head: ReturnHead, sheet: Sheet | None, reading: Reading) -> None:
    texts: dict[str, str] = {}
    places: dict[str, Location] = {}
    others: list[tuple[str, str]] = []
    for name, cells in group.fields.items():
        if name == "category":
            more = [cell for cell in cells if cell.origin != group.category[1]]
            others += [(FIELD_NAMES[name], text) for text, _ in _parts(more, reading) if text != group.category[0]]
            continue
        parts = _parts(cells, reading)
        if not parts:
            if cells:
                places[name] = cells[0].origin
            continue
        places[name] = parts[0][1].origin
        distinct_parts = list(dict.fromkeys(text for text, _ in parts))
        if name in _JOINED or (name == "text" and group.continued is not None):
            texts[name] = ("\n" if name in _JOINED else "").join(distinct_parts)
        else:
            texts[name] = distinct_parts[0]
            others += [(FIELD_NAMES[name], text) for text in distinct_parts[1:]]
            if len(distinct_parts) > 1:
                _told_extra(name, parts, distinct_parts, sheet, reading)
    for header, cells in group.others.items():
        if parts := _parts(cells, reading):
            others.append((header or "（无表头）", "\n".join(dict.fromkeys(text for text, _ in parts))))
    category, category_place = group.category
    if category and category_place:
        texts["category"], places["category"] = category, category_place
    asked = next((head.headers[i] for i in head.places.get("judgement", ())), "")
    judgement, unread = _judgement(_answered(asked, texts.get("judgement", "")), sheet, reading.words)
    where = places.get("text") or places.get("progress") or (group.first.origin if group.first else None)
    if where is None:
        where = next(cell.origin for cells in group.others.values() for cell in cells)
    row = ReturnRow(
        sheet=sheet,
        id=texts.get("id", ""),
        given_no=texts.get("given_no", ""),
        category=texts.get("category", ""),
        text=texts.get("text", ""),
        lead_units=split_units(texts.get("lead_units", ""), reading.register).units,
        support_units=split_units(texts.get("support_units", ""), reading.register).units,
        progress=texts.get("progress", ""),
        judgement=judgement,
        unread_judgement=unread,
        phrase=texts.get("phrase", ""),
        last_progress=texts.get("last_progress", ""),
        others=tuple(others),
        where=where,
        cells=places,
    )
    said = (row.progress, row.judgement, row.unread_judgement, row.phrase, row.others, row.last_progress)
    if not any((row.id, row.text, *said)):
        reading.aside += [cell for cells in group.fields.values() for cell in cells if cell.text.strip()]
        return
    reading.rows.append(row)
    if group.continued is not None:
        what = f"这一行没有序号和任务，并入上一行「{short(row.text)}」"
        fix = "请核对；一项任务请写在一行里"
        reading.problems.append(warning("return.continued-row", what, fix, group.continued.where))
    _check(row, head, group, reading)


def _parts(cells: Sequence[Cell], reading: Reading) -> list[tuple[str, Cell]]:
    """The sound texts of cells; what is wrong with the others is told."""
    parts = []
    for cell in cells:
        text = read_cell(cell, reading.problems)
        if text and not has_errors(cell.faults):
            parts.append((text, cell))
    return parts


def _told_extra(
    name: str, parts: Sequence[tuple[str, Cell]], texts: Sequence[str], sheet: Sheet | None, reading: Reading
) -> None:
    listed = "、".join(f"「{short(text, 15)}」" for text in texts[:4])
    what = f"一项任务有 {len(texts)} 个不同的「{field_name(name, sheet or Sheet.TASKS)}」：{listed}，先用第一个"
    fix = "请核对，只留一个"
    places = [cell.where for _, cell in parts]
    reading.problems.append(warning("return.extra-cell", what, fix, places[0], places[1 : 1 + _MOST_PLACES]))


def _answered(asked: str, text: str) -> str:
    """What 是 and 否 mean below 是否滞后 (是否类表头)."""
    key = header_key(asked)
    if not key.startswith("是否") or (answer := plain_key(text).rstrip("。")) not in ("是", "否"):
        return text
    behind = "滞后" in key
    return STATUSES[1] if (answer == "是") == behind else STATUSES[0]


def _judgement(text: str, sheet: Sheet | None, words: Words) -> tuple[str, str]:
    """The standard word of a status, and what is written instead of one."""
    if not text or plain_key(text) in _WHITE_MARKS:
        return "", ""
    for each in [sheet] if sheet else [Sheet.TASKS, Sheet.GOALS]:
        if word := words.judgement_of(text, each):
            return word, ""
    return "", text


def _check(row: ReturnRow, head: ReturnHead, group: _Group, reading: Reading) -> None:
    broken = any(has_errors(cell.faults) for cell in group.fields.get("progress", []))
    if not row.text and not row.id:
        said = (
            row.progress
            or row.judgement
            or row.unread_judgement
            or next((text for _, text in row.others), "")
            or row.phrase
        )
        what = f"这一行有内容「{short(said)}」，但没有编号，也没有任务"
        fix = "请补写任务或编号；如是上一行的续写，请并入上一行"
        reading.problems.append(error("return.unplaced", what, fix, row.where))
    elif not row.progress and not broken and "progress" in head.places:
        reading.empty.append(row)


def told_empty(rows: Sequence[ReturnRow]) -> Iterator[Problem]:
    """One warning for all rows of a return without an answer (未填进展)."""
    if not rows:
        return
    names = "、".join(f"「{short(row.text or row.id, 18)}」" for row in rows[:3]) + ("等" if len(rows) > 3 else "")
    what = f"有 {len(rows)} 行没有填写进展情况：{names}"
    places = [row.cells.get("progress") or row.where for row in rows]
    fix = "请填写进展后重新报送；不由本单位填报的不必处理"
    yield warning("return.empty-progress", what, fix, places[0], places[1 : 1 + _MOST_PLACES])


def told_aside(cells: Sequence[Cell]) -> Iterator[Problem]:
    """What all cells beside the tasks of a table say (备注、合计、落款、表头上面的文字)."""
    yield from told_in_full(
        "return.aside",
        lambda count: f"表里有 {count} 格不是任务，没有收入",
        "备注、合计、填报人等不必处理；如是任务或进展，请写到相应的列里",
        [(cell.text, cell.where) for cell in cells],
    )
