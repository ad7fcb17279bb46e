"""From the rows of a period to the orders of its jobs (任务单): which files, where in the folder, with which options.

An order names contents: the same contents give the same order, and so the same job. Only one that writes into the
ledger is another one for each version of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection

from reportgen.naming import safe_name
from reportgen.problems import error
from reportgen.service.model import Edition, JobKind, LedgerVersion, Order, Period, UnitReturn
from reportgen.service.refusals import Conflict
from reportgen.service.store import jobs, ledgers, setting_files
from reportgen.service.work.layout import FIRST_FOLDER, LEDGER_FOLDER, NAMELESS_FOLDER, RETURNS_FOLDER, SECOND_FOLDER


def examine_order(con: Connection, period: Period) -> Order:
    """To examine the newest ledger (检查台账).

    Which findings were accepted is no part of it: the pages look that up, so that accepting twenty of them one by one
    does not have the ledger examined twenty times.
    """
    files, options = _report(con, period)
    return Order(kind=JobKind.EXAMINE, files=files, options=options)


def build_order(con: Connection, period: Period, formats: Sequence[str] = ("docx", "pdf")) -> Order:
    """To make the report of the newest ledger (生成报告)."""
    files, options = _report(con, period)
    return Order(kind=JobKind.BUILD, files=files, options={**options, "formats": list(formats)})


def preview_order(con: Connection, period: Period) -> Order:
    """To draw the first pages of the report of the newest ledger (预览)."""
    files, options = _report(con, period)
    return Order(kind=JobKind.PREVIEW, files=files, options=options)


def sets_order(
    con: Connection, period: Period, units: Sequence[str] = (), formats: Sequence[str] = ("docx", "pdf")
) -> Order:
    """To make each unit's own files (生成分送件), or those of some units."""
    files, options = _report(con, period)
    return Order(kind=JobKind.SETS, files=files, options={**options, "units": list(units), "formats": list(formats)})


def forms_order(con: Connection, period: Period, units: Sequence[str] = ()) -> Order:
    """To make the return forms (生成反馈表), and to list what each unit has to answer."""
    files, options = _report(con, period)
    return Order(kind=JobKind.FORMS, files=files, options={**options, "units": list(units)})


def receive_order(
    con: Connection,
    period: Period,
    unit: str,
    *,
    name: str = "",
    sha256: str = "",
    values: Sequence[Mapping[str, Any]] = (),
) -> Order:
    """To look at one return (检查反馈): the file of that name and content, or what was typed in.

    Each of `values` has `id` and `sheet` of a task and what was answered: `progress`, `judgement`, `phrase`.
    """
    files, options = _report(con, period)
    options["unit"] = unit
    if sha256:
        path = _free(files, RETURNS_FOLDER, _folder_of(unit), name)
        files[path] = sha256
        options["returns"] = [{"file": path}]
    else:
        options["values"] = [dict(each) for each in values]
    return Order(kind=JobKind.RECEIVE, files=files, options=options)


def collect_order(
    con: Connection, period: Period, returns: Sequence[UnitReturn], on: date, *, writes: bool = True
) -> Order:
    """To put these returns into the newest ledger (汇总反馈), as of that day; or only to say how it stands."""
    files, options = _report(con, period, writes=writes)
    listed = []
    for each in sorted(returns, key=lambda each: (each.unit, each.at, each.id)):
        path = _free(files, RETURNS_FOLDER, _folder_of(each.unit), each.name)
        files[path] = each.sha256
        listed.append({"file": path, "at": each.at.isoformat(timespec="seconds")})
    asked = {**options, "returns": listed, "on": on.isoformat(), "writes": writes}
    return Order(kind=JobKind.COLLECT, files=files, options=asked)


def override_order(con: Connection, period: Period, overrides: Sequence[Mapping[str, str]]) -> Order:
    """To write judgements into the newest ledger (改判).

    Each of `overrides` has `sheet` and `id` of an entry, the new `judgement` and the `reason`.
    """
    files, options = _report(con, period, writes=True)
    return Order(
        kind=JobKind.OVERRIDE, files=files, options={**options, "overrides": [dict(each) for each in overrides]}
    )


def compare_order(con: Connection, first: Edition, second: Edition, ending: str = ".docx") -> Order:
    """To compare the files of two editions with that ending (比对两版)."""
    files: dict[str, str] = {}
    paths = []
    for edition, folder in ((first, FIRST_FOLDER), (second, SECOND_FOLDER)):
        made = next((each for each in jobs.files_of(con, edition.job) if each.name.endswith(ending)), None)
        if made is None:
            what = f"第 {edition.number} 版没有 {ending} 文件，不能比对"
            raise Conflict([error("service.no-file", what, "请先重新生成这一版，再比对")])
        paths.append(f"{folder}/{made.name}")
        files[paths[-1]] = made.sha256
    return Order(kind=JobKind.COMPARE, files=files, options={"first": paths[0], "second": paths[1]})


def ledger_in(order: Order) -> str:
    """The SHA-256 of the ledger that an order works on (任务单里的台账)."""
    return order.files[order.options["ledgers"][0]]


def settings_in(order: Order) -> dict[str, str]:
    """Name and SHA-256 of each setting file of an order (任务单里的设置文件)."""
    others = {*order.options.get("ledgers", ()), *(each["file"] for each in order.options.get("returns", ()))}
    return {name: sha256 for name, sha256 in order.files.items() if name not in others}


def newest_ledger(con: Connection, period: Period) -> LedgerVersion:
    """The ledger that counts (现用台账); refuses where there is none yet."""
    found = ledgers.newest(con, period.id)
    if found is None:
        raise Conflict([error("service.no-ledger", "这一期还没有台账", "请先在“传台账”一步上传台账，再做这一步")])
    return found


def _report(con: Connection, period: Period, *, writes: bool = False) -> tuple[dict[str, str], dict[str, Any]]:
    """Files and options of every order about a period's report: its setting files and its newest ledger.

    What is written into the ledger names the version, too: whoever went back to an older one and asks for the same
    change again must not be told that it has been made.
    """
    files = {name: each.sha256 for name, each in setting_files.current_settings(con, period.id).items()}
    ledger = newest_ledger(con, period)
    path = _free(files, LEDGER_FOLDER, "", ledger.name)
    files[path] = ledger.sha256
    options = {"config": period.config, "ledgers": [path]}
    return files, {**options, "upon": ledger.version} if writes else options


def _folder_of(unit: str) -> str:
    return safe_name(unit) if unit else NAMELESS_FOLDER


def _free(files: Mapping[str, str], folder: str, within: str, name: str) -> str:
    """A path that no other file has: settings may lie in a folder of that name, a unit may send two files of one."""
    number = 1
    while True:
        place = PurePosixPath(folder if number == 1 else f"{folder}{number}", within, name)
        # Nor may a file have the name of a folder on the way to it.
        if not any(each.as_posix() in files for each in (place, *place.parents)):
            return place.as_posix()
        number += 1
