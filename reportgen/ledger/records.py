"""The record of a collection (汇总记录) inside a merged ledger: for which period, and which returns went in.

Its sheets belong to the program: reading a ledger passes over them without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reportgen.ledger.tables import Table
from reportgen.ledger.words import header_key, plain_key
from reportgen.ledger.workbook import Column, SheetText

RECORD_SHEET, ORIGINS_SHEET, OPEN_SHEET = "汇总记录", "来源", "待处理"
# They are the program's only in a workbook that has the first of them: an office may call a sheet of its own 来源.
RECORD_SHEETS = (RECORD_SHEET, ORIGINS_SHEET, OPEN_SHEET)

_PERIOD, _UNIT_LINE = "报告期：", "填报单位："
_FILE, _UNIT, _DIGEST = "文件", "单位", "校验码（SHA-256）"
_COLUMNS = (Column(title=_FILE, width=50), Column(title=_UNIT, width=28), Column(title=_DIGEST, width=70))


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One return that was read (已读入的反馈): its file, who sent it, and its fingerprint."""

    file: str
    unit: str = ""
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a merged ledger says of its making (汇总记录)."""

    period: str
    returns: tuple[Received, ...] = ()


def period_name(year: int, period: str) -> str:
    """The period of a configuration in one piece (报告期): 2026年1—6月."""
    return f"{year}年{period}"


def same_period(one: str, other: str) -> bool:
    """Whether two periods (报告期) are the same one, however they were typed."""
    return plain_key(one) == plain_key(other)


def period_line(period: str) -> str:
    """The line that says for which period a sheet is (报告期一行)."""
    return _PERIOD + period


def unit_line(unit: str) -> str:
    """The line of a return form that says whose it is (填报单位一行); the reader of returns knows it."""
    return _UNIT_LINE + unit


def record_sheet(record: Record) -> SheetText:
    """The record as a sheet of the ledger's workbook."""
    rows = [(each.file, each.unit, each.sha256) for each in record.returns]
    above = ("汇总记录（由程序填写，请勿改动）", period_line(record.period))
    return SheetText(name=RECORD_SHEET, columns=_COLUMNS, rows=rows, above=above)


def record_of(table: Table) -> Record:
    """The record in a sheet; what does not stand there is empty."""
    return Record(period=period_in(table), returns=tuple(_received(table)))


def period_in(table: Table) -> str:
    """The period (报告期) that a record sheet states, empty if it states none."""
    for row in table.rows:
        text = row[0].text.strip()
        if text.startswith(_PERIOD):
            return text.removeprefix(_PERIOD).strip()
    return ""


def _received(table: Table) -> Iterator[Received]:
    places: dict[str, int] | None = None
    for row in table.rows:
        if places is None:
            heads = {header_key(cell.text): i for i, cell in enumerate(row)}
            wanted = {name: heads.get(header_key(name)) for name in (_FILE, _UNIT, _DIGEST)}
            places = {name: i for name, i in wanted.items() if i is not None}
            if len(places) < len(wanted):
                places = None
            continue
        file, unit, digest = (row[places[name]].text.strip() for name in (_FILE, _UNIT, _DIGEST))
        if file or digest:
            yield Received(file=file, unit=unit, sha256=digest)
