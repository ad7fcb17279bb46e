"""The ledger that a collection writes (汇总台账): whether it may be replaced, and what it says already."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportgen.confine import confined, read_outside
from reportgen.intake.merging import Merged, rolled_over
from reportgen.intake.open_sheet import record_in, spoilt_cells
from reportgen.ledger.acceptances import Acceptance, accepted_in, has_acceptances, strange_cells
from reportgen.ledger.files.contents import Contents
from reportgen.ledger.files.outside import read_contents
from reportgen.ledger.model import Ledger
from reportgen.ledger.reading import Wants, read_ledger
from reportgen.ledger.records import ORIGINS_SHEET, RECORD_SHEET, RECORD_SHEETS, period_in, same_period
from reportgen.ledger.tables import Table
from reportgen.ledger.units import Register
from reportgen.ledger.words import Words
from reportgen.limits import held
from reportgen.package import called, short
from reportgen.problems import CannotWrite, InputError, Location, Outcome, Problem, error, refuse_errors
from reportgen.publish import refuse_bad_name
from reportgen.source import shown_path

# What reading a ledger tells of, and writing it anew would lose.
_LOST = {
    "ledger.remark-row": "没有读入的说明行",
    "ledger.above-head": "表头上面的内容",
    "ledger.unread-sheet": "别的工作表",
    "ledger.unknown-status": "不认识的推进情况",
    "ledger.ambiguous-sheet": "重名的工作表",
    "ledger.comment": "批注",
    "ledger.unseen-text": "文本框或图形",
}
_MOST_TOLD = 8


@dataclass(frozen=True, slots=True)
class ExistingLedger:
    """The ledger that stands there already (已有的汇总台账), its bytes, and what it told when it was read.

    `accepted` are the findings of proofreading that the office lets stand.
    """

    blob: bytes
    merged: Merged
    problems: tuple[Problem, ...]
    accepted: tuple[Acceptance, ...] = ()


def check_target(into: Path) -> None:
    """Raise `InputError` or `CannotWrite` where nothing can be put under that name (能否写入)."""
    shown = shown_path(into)
    where = Location(file=shown)
    refuse_bad_name(into)
    if into.is_dir():
        raise InputError(
            [error("collect.bad-target", f"「{called(shown)}」是文件夹", "请写出文件名，如 台账.xlsx", where)]
        )
    if into.suffix.lower() != ".xlsx":
        what = f"汇总台账只能写成 .xlsx，不能写成「{called(shown)}」"
        raise InputError([error("collect.bad-target", what, "请把 --into 的文件名改为以 .xlsx 结尾", where)])
    if into.exists() and not into.is_file():
        what = f"「{called(shown)}」不是普通文件"
        raise InputError([error("collect.bad-target", what, "请换一个文件名", where)])
    for lock in (f"~${into.name}", f".~lock.{into.name}#", f".~{into.name}"):
        if os.path.exists(into.parent / lock):
            what = f"「{called(shown)}」正在 WPS、Excel 或 LibreOffice 里打开着，没有写入"
            fix = f"请先关闭它再汇总；如果没有打开，请删去旁边的「{short(lock, 60)}」"
            raise CannotWrite([error("collect.target-open", what, fix, where)])


def read_target(
    into: Path, period: str, words: Words, register: Register | None, on: date | None
) -> ExistingLedger | None:
    """The ledger at that place as the beginning of this run; None if there is none.

    Raises `InputError` if it is of another period, is damaged, or holds what writing it anew would lose.
    """
    if not into.exists():
        return None
    name = shown_path(into)
    blob = read_outside(into, name)
    contents, ledger = confined(name, held().outside, _read_whole, blob, name, words, register, on)
    tables = {table.name: table for table in contents.value.tables}
    record = record_in(tables)
    if record is not None and record.period and not same_period(record.period, period):
        what = f"「{called(name)}」是{short(record.period)}的汇总，这次要汇总{short(period)}"
        fix = "请给这一期的台账另起一个文件名；上期的台账可写进配置的 ledger，作为这一期的底稿"
        raise InputError([error("collect.other-period", what, fix, Location(file=name))])
    problems = [*_spoilt(tables, name), *_would_lose(name, tables, contents, ledger, record is not None)]
    refuse_errors(problems)
    accepted = accepted_in(tables.values())
    told = (*ledger.problems, *accepted.problems)
    if record is not None:
        return ExistingLedger(blob, Merged(ledger=ledger.value, record=record), told, accepted.value)
    return ExistingLedger(blob, rolled_over(ledger.value, period), told, accepted.value)


def _read_whole(
    blob: bytes, name: str, words: Words, register: Register | None, on: date | None
) -> tuple[Outcome[Contents], Outcome[Ledger]]:
    """All that the workbook holds, and the ledger with all its sheets; runs in a worker.

    What is wrong in any sheet of the ledger stops the run, since it would be written anew.
    """
    first = read_ledger(blob, name, Wants(), register, words, on)
    sheets = {entry.sheet: frozenset[str]() for entry in first.value}
    ledger = read_ledger(blob, name, Wants(sheets), register, words, on) if sheets else first
    return read_contents(blob, name), ledger


def _spoilt(tables: dict[str, Table], name: str) -> Iterator[Problem]:
    """The record must be as the program wrote it, else a person's texts could not be told from the units'."""
    if RECORD_SHEET not in tables:
        return
    if not period_in(tables[RECORD_SHEET]):
        # Without it nobody knows whether the progress is this period's or the last one's.
        what = f"「{RECORD_SHEET}」表上面没有「报告期：」一行，或者这一行是空的"
        yield error("collect.spoilt-record", what, _RESTORE, tables[RECORD_SHEET].where)
    if ORIGINS_SHEET not in tables:
        what = f"「{called(name)}」里有「{RECORD_SHEET}」，却没有「{ORIGINS_SHEET}」"
        yield error("collect.spoilt-record", what, _RESTORE, Location(file=name))
    for sheet in RECORD_SHEETS:
        if sheet in tables:
            for cell in spoilt_cells(tables[sheet]):
                what = f"「{sheet}」表里有认不出的内容「{short(cell.text)}」，不是程序写的"
                yield error("collect.spoilt-record", what, _RESTORE, cell.where)
                break


_RESTORE = "这几张表由程序填写，除「处理结果」外请勿改动；请恢复原样，自己的内容请移到别的文件"


def _would_lose(
    name: str, tables: dict[str, Table], contents: Outcome[Contents], ledger: Outcome[Ledger], collected: bool
) -> Iterator[Problem]:
    places: dict[str, list[Problem]] = {}
    for problem in dict.fromkeys((*ledger.problems, *contents.problems)):
        if what := _LOST.get(problem.code):
            places.setdefault(what, []).append(problem)
    parts = [_listed(what, [problem.where for problem in problems]) for what, problems in places.items()]
    first = next((problems[0].where for problems in places.values()), None)
    if strange := [cell.where for table in tables.values() if has_acceptances(table) for cell in strange_cells(table)]:
        parts.append(_listed("没有表头或编号的内容", strange))
        first = first or strange[0]
    if not collected:
        twice = [entry for entry in ledger.value if entry.progress and entry.last_progress]
        if twice:
            parts.append(f"「上期进展情况」{len(twice)} 格（本期的进展要移到这里）")
            first = first or twice[0].where("last_progress")
    if parts:
        what = short(f"「{called(name)}」里有写不回去的内容：" + "；".join(parts), 200)
        fix = "请把这些内容移到别的文件，或把 --into 改为一个新的文件名（底稿由配置的 ledger 给出）"
        yield error("collect.would-lose", what, fix, first or Location(file=name))


def _listed(what: str, places: Sequence[Location | None]) -> str:
    known = [place for place in places if place]
    named = [f"「{short(place.sheet or '', 20)}」{place.cell or ''}" for place in known[:_MOST_TOLD] if place.sheet]
    return f"{what} {'、'.join(dict.fromkeys(named))}".strip()
