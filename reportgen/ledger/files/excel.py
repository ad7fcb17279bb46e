"""A workbook as a ledger (台账工作簿): which of its sheets hold the goals and the tasks, and what is not read."""

from __future__ import annotations

from collections.abc import Collection

from reportgen.ledger.acceptances import has_acceptances, is_acceptance_title
from reportgen.ledger.files.sheet_table import as_ledger_table, as_table, unseen
from reportgen.ledger.files.xlsx import Workbook, open_workbook, read_sheet, read_top
from reportgen.ledger.model import Sheet
from reportgen.ledger.records import RECORD_SHEET, RECORD_SHEETS, period_in
from reportgen.ledger.tables import Found, Table, choose_sheets
from reportgen.package import short
from reportgen.problems import InputError, Problem, warning


def read_workbook(blob: bytes, name: str, wanted: Collection[Sheet], most_rows: int = 0) -> Found:
    """The tables of a workbook by sheet; `wanted` only decides what a single sheet of any name means."""
    with open_workbook(blob, name, most_rows) as workbook:
        return _read(workbook, name, wanted)


def _read(workbook: Workbook, name: str, wanted: Collection[Sheet]) -> Found:
    titles = workbook.titles
    chosen, problems = choose_sheets(titles, name, wanted)
    accepted = {i for i, title in enumerate(titles) if is_acceptance_title(title) and _has_acceptances(workbook, i)}
    rest = [i for i in range(len(titles)) if i not in accepted]
    if not chosen and len(rest) == 1 and set(wanted) == {Sheet.TASKS}:
        # 「Sheet1」 of a workbook that has nothing else.
        chosen = {Sheet.TASKS: rest}
    tables: dict[Sheet, Table] = {}
    for kind, found in chosen.items():
        if len(found) > 1:
            continue
        sheet = workbook.sheets[found[0]]
        if sheet.state != "visible":
            what = f"工作表「{short(sheet.title)}」是隐藏的，仍已读入"
            problems.append(warning("ledger.hidden", what, "请取消隐藏并核对，或删去这张表", sheet.where))
        try:
            read_sheet(workbook, found[0])
            tables[kind] = as_ledger_table(sheet)
            problems += unseen(sheet)
        except InputError as fault:
            problems += fault.problems
    own = {i: title for i, title in enumerate(titles) if title in RECORD_SHEETS and RECORD_SHEET in titles}
    spare, unread = _unread(workbook, {i for found in chosen.values() for i in found} | own.keys() | accepted)
    if set(wanted) <= chosen.keys():
        spare = []
    given_up = frozenset(chosen.keys() - tables.keys())
    period = ""
    for i, title in own.items():
        if title == RECORD_SHEET and (top := read_top(workbook, i)):
            period = period_in(as_table(top))
            if not period:
                what = "「汇总记录」里没有报告期，分不清是哪一期的台账"
                fix = "请在这张表第二行补上「报告期：2026年1—6月」；不补，发反馈表和汇总时当作上一期的"
                problems.append(warning("record.no-period", what, fix, workbook.sheets[i].where))
    return Found(tables, tuple(titles), (*problems, *unread), given_up, tuple(spare), period)


def _has_acceptances(workbook: Workbook, index: int) -> bool:
    """Whether a sheet is the program's list of findings, which says nothing of goals and tasks."""
    top = read_top(workbook, index)
    return top is not None and has_acceptances(as_table(top))


def _unread(workbook: Workbook, read: Collection[int]) -> tuple[list[Table], list[Problem]]:
    """The first rows of the sheets that are not read, and a warning for each."""
    spare: list[Table] = []
    problems: list[Problem] = []
    for i, sheet in enumerate(workbook.sheets):
        # A sheet that nobody can unhide by hand is a program's own.
        if i in read or sheet.state == "own":
            continue
        top = read_top(workbook, i)
        if top is not None and not top.values:
            continue
        if top:
            spare.append(as_table(top))
        if sheet.state == "visible":
            what = f"工作表「{short(sheet.title)}」不是「预期目标」或「重点任务」，没有读入"
            problems.append(warning("ledger.unread-sheet", what, "如有台账内容，请移到这两张表里", sheet.where))
        else:
            what = f"隐藏的工作表「{short(sheet.title)}」里有内容，没有读入"
            fix = "请取消隐藏并核对：有台账内容的移到「预期目标」或「重点任务」表，不要的请删除"
            problems.append(warning("ledger.hidden", what, fix, sheet.where))
    return spare, problems
