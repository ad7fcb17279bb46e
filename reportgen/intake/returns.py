"""Returns of the units (部门反馈) as rows, whatever shape of table they came in.

Every cell below a head goes into a row, into its `others`, or is told word for word. So is what stands above a head,
beside the tables, and in tables of which nobody knows the head, but for lines that only frame a return
(`return_notes`), a head said again, and a cell of dashes for a status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reportgen.intake.return_forms import Form, form_place, read_form
from reportgen.intake.return_heads import ReturnHead, distinct, find_return_head, sheet_of_name
from reportgen.intake.return_notes import (
    INSTRUCTION_SHEETS,
    LONG_LINE,
    is_between_parts,
    is_frame,
    is_instruction,
    is_note,
    told_above,
    told_in_full,
)
from reportgen.intake.return_passages import read_passages
from reportgen.intake.return_periods import stated_period
from reportgen.intake.return_rows import Body, Reading, told_aside, told_empty
from reportgen.intake.return_units import find_unit
from reportgen.intake.returned import Return, ReturnRow
from reportgen.ledger.files.contents import Contents, Passage
from reportgen.ledger.model import Sheet
from reportgen.ledger.records import unit_line
from reportgen.ledger.tables import HEAD_ROWS, Cell, Table
from reportgen.ledger.units import Register
from reportgen.ledger.words import Words, header_key, plain_key, return_words
from reportgen.package import short
from reportgen.problems import Location, error, warning

__all__ = ["Return", "ReturnRow", "read_return"]

_LONG_TITLE = 60
_MOST_PLACES = 5


def read_return(contents: Contents, sha256: str, words: Words, register: Register | None) -> Return:
    """What a unit returned in one file (读一份反馈): its rows, the unit, and all that a person must look at.

    `words` are the office's own headings; the returned rows stay usable whatever the problems say.
    """
    reading = Reading(return_words(words), register)
    around: list[list[Cell]] = []
    last: Body | None = None
    sheet: Sheet | None = None
    width = 0
    for block in contents.blocks:
        if isinstance(block, Passage):
            sheet = sheet_of_name(block.text) or sheet if len(block.text) <= _LONG_TITLE else sheet
            if not is_between_parts(block.text):
                _closed(last)
                last = None
            continue
        if not block.rows:
            continue
        read = _Table(block, sheet, reading, around)
        if len(block.rows[0]) != width:
            _closed(last)
            last = None
        last, width = read.read(last), len(block.rows[0])
    _closed(last)
    beside = _from_passages(contents, reading)
    reading.problems += told_in_full(
        "return.unread-text",
        lambda count: f"表格外有 {count} 段文字没有收入",
        "如是任务的进展，请填到表格里；如是说明，不必处理",
        [(passage.text, passage.where) for passage in beside],
    )
    if not reading.rows:
        what = "这份反馈里没有读到任何任务"
        fix = "请用发出的填报表填报，或把任务和进展写成有表头的表格"
        reading.problems.append(error("return.no-rows", what, fix, Location(file=contents.file)))
    problems = [*reading.problems, *told_empty(reading.empty), *told_aside(reading.aside)]
    sheet_of_file = sheet_of_name(contents.file)
    rows = [row if row.sheet or not sheet_of_file else replace(row, sheet=sheet_of_file) for row in reading.rows]
    unit, source, unit_problems = find_unit(contents, around, rows, register)
    return Return(
        file=contents.file,
        sha256=sha256,
        unit=unit,
        unit_from=source,
        period=_period(contents, around, reading),
        rows=tuple(rows),
        problems=(*unit_problems, *problems),
    )


def _from_passages(contents: Contents, reading: Reading) -> Sequence[Passage]:
    """The passages that say something and that no row came from; where no table gave any row, passages may."""
    passages = [passage for passage in contents.passages if plain_key(passage.text)]
    if not reading.rows:
        read = read_passages(passages, reading.words, reading.register)
        passages = read.left
        named = {sheet for passage in passages if (sheet := sheet_of_name(passage.text))}
        for head, cells in read.records:
            body = Body(head, named.copy().pop() if len(named) == 1 else None, reading)
            body.take([cells])
            body.close()
        if read.records:
            what = f"{len(read.records)} 项任务写在段落里，不在表格里，已按「任务……进展：……」读入"
            fix = "请逐项核对任务和进展有没有读全；以后请填在表格里"
            places = [head.cells[0].where for head, _ in read.records if head.cells[0]]
            reading.problems.append(warning("return.from-passages", what, fix, places[0], places[1 : 1 + _MOST_PLACES]))
    return [
        passage
        for passage in passages
        if not is_frame(passage.text, reading.register) and not is_instruction(passage.text)
    ]


def _period(contents: Contents, around: Sequence[Sequence[Cell]], reading: Reading) -> str:
    cells = [cell.text for row in around for cell in row]
    passages = [passage.text for passage in contents.passages]
    lines = [text for text in (*cells, *passages) if len(text) <= LONG_LINE]
    titles = [text for text in lines if len(text) <= _LONG_TITLE and is_frame(text, reading.register)]
    return stated_period(lines, titles, reading.asked)


def _closed(body: Body | None) -> None:
    if body:
        body.close()


class _Table:
    """One table on its way to rows (读一张表)."""

    def __init__(self, table: Table, before: Sheet | None, reading: Reading, around: list[list[Cell]]) -> None:
        self.table = table
        self.reading = reading
        self.around = around
        self.named = sheet_of_name(table.name)
        self.before = before
        # The rows that only say the head again.
        self.repeated: set[int] = set()

    def read(self, last: Body | None) -> Body | None:
        """Reads all of the table; `last` is the table before, if this one may continue it. Gives what may go on."""
        heads = self._heads()
        if heads:
            return self._sections(heads, last)
        if form := read_form(self.table, self.reading.words):
            _closed(last)
            self._form(form)
            return None
        if head := self._guessed_head():
            return self._sections([head], last)
        if last is not None:
            what = f"「{short(self.table.name)}」没有表头，按前一张表的表头读入"
            fix = "请核对；分成几张的表，每张都请写表头"
            self.reading.problems.append(warning("return.continued-table", what, fix, self.table.where))
            last.take(self.table.rows)
            return last
        self._unread()
        return None

    def _heads(self) -> list[ReturnHead]:
        heads: list[ReturnHead] = []
        rows = self.table.rows
        top = 0
        while top < len(rows):
            head = find_return_head(self.table, top, self.reading.words)
            if head is None:
                top += 1
                continue
            if heads and head.places == heads[-1].places and head.headers == heads[-1].headers:
                # The same head on the next page; the rows between are one table's.
                self.repeated.update(range(head.top, head.first_row))
                top = head.first_row
                continue
            heads.append(head)
            top = head.first_row
        return heads

    def _guessed_head(self) -> ReturnHead | None:
        for top in range(min(HEAD_ROWS, len(self.table.rows))):
            if head := find_return_head(self.table, top, self.reading.words, guess=True):
                return head
        return None

    def _sections(self, heads: Sequence[ReturnHead], last: Body | None) -> Body | None:
        rows = self.table.rows
        begins = [0]
        for head, former in zip(heads[1:], heads, strict=False):
            top = head.top
            while top > former.first_row and _is_title(rows[top - 1], former, self.reading.register):
                top -= 1
            begins.append(top)
        body = last
        for number, head in enumerate(heads):
            above = rows[begins[number] : head.top]
            end = begins[number + 1] if number + 1 < len(heads) else len(rows)
            self._above(above, head)
            self.reading.asked += [head.headers[i] for i in head.places.get("progress", ())]
            if "progress" not in head.places:
                self._no_progress(head)
            titled = next(
                (found for row in above for cell in distinct(row) if (found := sheet_of_name(cell.text))), None
            )
            sheet = titled or self.named or head.sheet or self.before
            if body is None or (body.head.headers, body.head.places, body.sheet) != (head.headers, head.places, sheet):
                _closed(body)
                self.reading.problems += head.problems
                body = Body(head, sheet, self.reading)
            rest = [rows[i] for i in range(head.first_row, end) if i not in self.repeated]
            body.take(rest)
            self._below(rest)
        return body

    def _above(self, rows: Sequence[tuple[Cell, ...]], head: ReturnHead) -> None:
        lines = [distinct(row) for row in rows]
        own = "id" in head.places and any(cell.text.startswith(unit_line("")) for cells in lines for cell in cells)
        for row, cells in zip(rows, lines, strict=True):
            self.around.append(cells)
            for cell in row:
                self.reading.problems += cell.faults
            self.reading.aside += told_above(cells, own, self.reading.register)

    def _below(self, rows: Sequence[tuple[Cell, ...]]) -> None:
        for row in rows:
            cells = distinct(row)
            if cells and is_note(cells[0].text):
                self.around.append(cells)

    def _form(self, form: Form) -> None:
        self.reading.problems += form.problems
        titled = next((found for cell in form.beside if (found := sheet_of_name(cell.text))), None)
        self.around.append(form.beside)
        self.reading.aside += [cell for cell in form.beside if not is_frame(cell.text, self.reading.register)]
        for head, cells in form.records:
            self.reading.asked += [head.headers[i] for i in head.places.get("progress", ())]
            body = Body(head, titled or self.named or head.sheet or self.before, self.reading)
            body.take([cells])
            body.close()
        if not any("progress" in head.places for head, _ in form.records):
            self._no_progress(form.records[0][0], form_place(form))

    def _no_progress(self, head: ReturnHead, where: Location | None = None) -> None:
        listed = "、".join(f"「{short(name, 12)}」" for name in dict.fromkeys(head.headers) if name)
        what = f"「{short(self.table.name)}」没有进展情况一列；读到的表头有：{short(listed, 150)}"
        fix = "请加上「进展情况」列；如已有，请把它的表头写成「进展情况」"
        place = where or next((cell.where for cell in head.cells if cell), self.table.where)
        self.reading.problems.append(error("return.no-progress-column", what, fix, place))

    def _unread(self) -> None:
        cells = [cell for row in self.table.rows for cell in distinct(row)]
        register = self.reading.register
        named = header_key(self.table.name) in INSTRUCTION_SHEETS
        self.around.append(cells[:20])
        if all(is_frame(cell.text, register) or (named and is_instruction(cell.text)) for cell in cells):
            return
        self.reading.problems += told_in_full(
            "return.unread-table",
            lambda count: f"「{short(self.table.name)}」看不出哪一行是表头，有 {count} 格没有收入",
            "请写一行表头，至少有「工作任务」和「进展情况」；如不是任务表，不必处理",
            [(cell.text, cell.where) for cell in cells],
            stops=True,
        )


def _is_title(row: Sequence[Cell], former: ReturnHead, register: Register | None) -> bool:
    """Whether a row before a second head stands over it, and is none of the first table's tasks."""
    cells = distinct(row)
    if any(is_note(cell.text) for cell in cells):
        return True
    if len(cells) != 1:
        return False
    cell = cells[0]
    if sum(other.origin == cell.origin for other in row if other.merged) > 1:
        return True
    fields = {i for places in former.places.values() for i in places}
    place = next(i for i, other in enumerate(row) if other is cell)
    if is_frame(cell.text, register) and (place not in former.places.get("text", ()) or sheet_of_name(cell.text)):
        return True
    return place not in fields or place in former.places.get("given_no", ())
