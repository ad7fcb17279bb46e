"""The record of a collection (汇总记录) inside a merged ledger: for which period, and which returns went in.

Its sheets belong to the program: reading a ledger passes over them without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reportgen.ledger.files.workbook import Column, SheetText
from reportgen.ledger.origins import Origin, digest_of
from reportgen.ledger.periods import last_day
from reportgen.ledger.tables import HEAD_ROWS, Cell, Table
from reportgen.ledger.words import header_key, plain_key

RECORD_SHEET, ORIGINS_SHEET, OPEN_SHEET = "汇总记录", "来源", "待处理"
# A sheet can be read again up to its limit of rows; what is more goes on in the next one.
ORIGINS_SHEETS = (ORIGINS_SHEET, *(f"{ORIGINS_SHEET}（{number}）" for number in range(2, 10)))
# They are the program's only in a workbook that has the first of them: an office may call a sheet of its own 来源.
RECORD_SHEETS = (RECORD_SHEET, OPEN_SHEET, *ORIGINS_SHEETS)

_PERIOD, _UNIT_LINE = "报告期：", "填报单位："
# However somebody typed it anew: 报告期: 2026年, with the other colon.
_PERIOD_LINE = re.compile(r"\s*报\s*告\s*期\s*[:：︰﹕∶]\s*(.*)", re.DOTALL)
RETURNS_COLUMNS = (
    Column(title="文件", width=42),
    Column(title="单位", width=20),
    Column(title="单位依据", width=16),
    Column(title="文件修改时间", width=20, centred=True),
    Column(title="行数", width=7, centred=True),
    Column(title="状态", width=16, centred=True),
    Column(title="说明", width=46),
    Column(title="校验码（SHA-256）", width=40, shrunk=True),
)
_LINES_ABOVE = 2
# What became of a return, by whether it could be read and whether it was replaced.
_STATES = {
    (True, False): "已读入",
    (True, True): "已有新的一份",
    (False, False): "读不了",
    (False, True): "读不了，已有新的一份",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One return that was received (收到的反馈): its file, who sent it, and its fingerprint.

    `moment` is the file's day and time of modification. A `replaced` one came again under its name with other
    contents; of one that is not `readable`, `note` says why.
    """

    file: str
    unit: str = ""
    sha256: str
    unit_from: str = ""
    moment: str = ""
    rows: int = 0
    readable: bool = True
    replaced: bool = False
    note: str = ""

    @property
    def digest(self) -> str:
        """The short name (校验码) by which origins name the return; no other unit's return has it."""
        return digest_of(self.sha256, self.unit)

    @property
    def day(self) -> str:
        """The day (日期) of the file."""
        return self.moment[:10]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a merged ledger says of its making (汇总记录): the period, the returns, all that they said.

    `settled` are a person's remarks on the open points, by the words of the point.
    """

    period: str
    returns: tuple[Received, ...] = ()
    origins: tuple[Origin, ...] = ()
    settled: tuple[tuple[tuple[str, ...], str], ...] = ()


def period_name(year: int, period: str) -> str:
    """The period of a configuration in one piece (报告期): 2026年1—6月."""
    return f"{year}年{period}"


def same_period(one: str, other: str) -> bool:
    """Whether two periods (报告期) are the same one, however they were typed."""
    return plain_key(one) == plain_key(other)


_YEAR = re.compile(r"(\d{4})年")
_DAY = re.compile(r"\d日")
# A date beside a period is the day on which somebody wrote; it may lie a month from the period's end.
_NEAR = 31


def may_be_period(said: str, period: str) -> bool:
    """Whether what a return says of its period (反馈的报告期) may mean this one; where nothing tells, it does.

    Periods are one if they end on one day: 1—6月, 上半年, 截至6月底. A bare year (2026年度) is that of the tasks.
    """
    if not said or same_period(said, period):
        return True
    years, own = (_YEAR.findall(plain_key(text)) for text in (said, period))
    if not own:
        return True
    ends = last_day(int(own[-1]), period)
    if years and years[-1] != own[-1]:
        return False
    rest = _YEAR.sub("", plain_key(said)).removesuffix("度")
    found = last_day(int(own[-1]), said) if rest else None
    if ends is None or found is None:
        return True
    return abs((found - ends).days) <= (_NEAR if _DAY.search(plain_key(said)) else 0)


def period_line(period: str) -> str:
    """The line that says for which period a sheet is (报告期一行)."""
    return _PERIOD + period


def unit_line(unit: str) -> str:
    """The line of a return form that says whose it is (填报单位一行); the reader of returns knows it."""
    return _UNIT_LINE + unit


def record_sheet(record: Record) -> SheetText:
    """The record as a sheet of the ledger's workbook."""
    rows = [
        (
            *(each.file, each.unit, each.unit_from, each.moment, str(each.rows), _state(each)),
            *(each.note, each.sha256),
        )
        for each in record.returns
    ]
    above = ("汇总记录（由程序填写，请勿改动）", period_line(record.period))
    return SheetText(name=RECORD_SHEET, columns=RETURNS_COLUMNS, rows=rows, above=above)


def _state(each: Received) -> str:
    return _STATES[each.readable, each.replaced]


def record_of(table: Table) -> Record:
    """The period and the returns in a record sheet; what does not stand there is empty."""
    return Record(period=period_in(table), returns=tuple(_received(table)))


def period_in(table: Table) -> str:
    """The period (报告期) that a record sheet states, empty if it states none."""
    for row in table.rows:
        if (found := _PERIOD_LINE.fullmatch(row[0].text)) and found[1].strip():
            return found[1].strip()
    return ""


def rows_below(table: Table, columns: tuple[Column, ...]) -> Iterator[tuple[str, ...]]:
    """The rows (行) below the head that has all these columns, each row in their order; none without such a head."""
    top, places = _head(table, columns)
    for row in table.rows[top + 1 :]:
        yield tuple(row[i].text.strip() for i in places)


def cells_beside(table: Table, columns: tuple[Column, ...]) -> Iterator[Cell]:
    """The cells (表外内容) that are none of the sheet's own: other columns, more lines above; all without a head."""
    top, places = _head(table, columns)
    if not places:
        yield from (cell for row in table.rows[:1] for cell in row if cell.text.strip())
        return
    for number, row in enumerate(table.rows):
        beside = (cell for i, cell in enumerate(row) if number >= top and i not in places)
        above = (cell for cell in row if _LINES_ABOVE <= number < top)
        yield from (cell for cell in (*beside, *above) if cell.text.strip())


def _head(table: Table, columns: tuple[Column, ...]) -> tuple[int, list[int]]:
    for top, row in enumerate(table.rows[: HEAD_ROWS + 1]):
        heads = {header_key(cell.text): i for i, cell in enumerate(row)}
        places = [i for column in columns if (i := heads.get(header_key(column.title))) is not None]
        if len(places) == len(columns):
            return top, places
    return len(table.rows), []


def _received(table: Table) -> Iterator[Received]:
    for file, unit, unit_from, moment, rows, state, note, digest in rows_below(table, RETURNS_COLUMNS):
        if file or digest:
            yield Received(
                file=file,
                unit=unit,
                sha256=digest,
                unit_from=unit_from,
                moment=moment,
                rows=int(rows) if rows.isdecimal() else 0,
                readable=state not in (_STATES[False, False], _STATES[False, True]),
                replaced=state in (_STATES[True, True], _STATES[False, True]),
                note=note,
            )
