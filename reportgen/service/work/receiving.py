"""RECEIVE (检查反馈): one unit's return, sent as a file or typed in, read as a collection would read it.

Options: `config` and `ledgers` as of EXAMINE; `unit`, whose it is, "" for what the file says; and either `returns`, a
list of one `file`, or `values`, a list of `sheet`, `id` and what was answered to that task: `progress`, `judgement`,
`phrase`. What was typed in is written into the unit's own form, which is then read back: it is a return like any other.
The result is

- `unit`, "" where nobody knows; `wrong`: whether the unit has something to mend; `readable`: whether it could be read
- `form`: the name of the form that was filled in, among the job's files; null for a file that was sent
- `counts`: `leads`, `answered` (of these), `supports`, `rows` (that were read)
- `answers`: what was read, a list of `id`, `field`, `text`, `where`
- `findings`: what there is to say about it: `wrong` (to be mended, or only to be looked at), `title`, `id` and `task`
  ("" where it is about the whole), `field` ("" where it is about the whole task), `what`, `advice`, `where`
- `problems`: why nothing could be read, and what is wrong with configuration and ledger, as `Problem.as_json()`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from reportgen.collect import Collected, Request, collect
from reportgen.distribute import distribute
from reportgen.intake.findings import Finding, Kind, UnitState
from reportgen.ledger.model import Sheet
from reportgen.ledger.origins import COLLECTED
from reportgen.ledger.records import Received
from reportgen.ledger.tables import MAX_CELL_CHARACTERS
from reportgen.ledger.words import plain_key
from reportgen.naming import safe_name
from reportgen.package import short
from reportgen.problems import InputError, Problem, error, refuse_errors
from reportgen.service.model import Order
from reportgen.service.work.collecting import beginning, received
from reportgen.service.work.confining import refuse_outside
from reportgen.service.work.layout import NAMELESS_FOLDER, Given, given_in, put
from reportgen.service.work.model import Made, Room

_FILL_IN = "请填写这一项本期的进展，要有数字、有节点"
_CHOOSE = "请点选这一项的推进情况（评价）"
_LOOK = "请看一眼，是这样的不用改"
# What a unit is told of its return, whether it has to mend it, which field it is about, what to do. All else that a
# collection finds is the office's to decide.
_TOLD: Mapping[Kind, tuple[bool, str, str]] = {
    Kind.UNREAD: (True, "", "请用发出的反馈表填写，再传一次；也可以在网页上直接填写"),
    Kind.OTHER_PERIOD: (True, "", "请用本期的反馈表填写，再传一次"),
    Kind.FAULT: (True, "", "请打开反馈表改好这一处，再传一次"),
    Kind.UNPLACED: (True, "", "请在这一行写上反馈表里的编号，再传一次；不是本单位任务的，请删去这一行"),
    Kind.NAMELESS: (True, "", "请在表头写明填报单位，再传一次"),
    Kind.UNIT_DOUBT: (True, "", "请核对填报单位和文件名，改好再传一次"),
    Kind.TWO_ROWS: (True, "", "同一项只留一种说法，改好再传一次"),
    Kind.FOREIGN: (True, "", "请核对是不是填错了行；不是本单位任务的，请删去"),
    Kind.UNREAD_JUDGEMENT: (True, "judgement", "请改成规定的写法，从格里点选"),
    Kind.UNJUDGED: (True, "judgement", _CHOOSE),
    Kind.EMPTY: (True, "progress", _FILL_IN),
    Kind.UNREPORTED: (True, "progress", _FILL_IN),
    Kind.BLANK: (True, "", "请填写内容后再传一次"),
    Kind.LIKELY: (False, "", _LOOK),
    Kind.CHANGED: (False, "", "这一格不用单位填写，没有采用；确需改动的，请告诉督查室"),
    Kind.IN_LAST: (False, "progress", "写在上期一栏，没有采用；是本期进展的，请写到本期一栏"),
    Kind.SAME_AS_LAST: (False, "progress", "与上期一字不差，请补充本期的新进展"),
    Kind.EXTRA: (False, "", "反馈表没有这一列，内容只作记录"),
    Kind.NOTE: (False, "", _LOOK),
}


def receive(order: Order, room: Room) -> Made:
    """What is to be said of one return (反馈检查结果)."""
    given = given_in(room.given, order)
    refuse_outside(given)
    unit = order.options["unit"]
    files: dict[str, Path] = {}
    if given.returns:
        path = given.returns[0]
    else:
        room.told("填写反馈表", 0, 0)
        name, blob = _filled_form(given, unit, order.options["values"])
        path = files[name] = put(room.made, name, blob)
    room.told("检查反馈", 0, 0)
    # As a collection calls it; the folder tells whose the file is, where it does not say so itself.
    called = PurePath(safe_name(unit) if unit else NAMELESS_FOLDER, path.name)
    with received(room, [(called, path, "")]) as folder:
        into, base = beginning(given, room.made / "汇总")
        collected = collect(Request(config=given.config, returns=[folder], into=into, ledgers=base))
    return Made(result=_result(collected, unit, called.as_posix(), next(iter(files), None)), files=files)


# ---- what was typed in


def _filled_form(given: Given, unit: str, values: Sequence[Mapping[str, Any]]) -> tuple[str, bytes]:
    """The unit's own form with the answers in it; raises `InputError` where one of them has no place there."""
    answers = {
        (Sheet(each["sheet"]), str(each["id"])): {name: str(each[name]) for name in COLLECTED if name in each}
        for each in values
    }
    made = distribute(given.config, given.ledgers, (unit,), answers)
    form = next((each for each in made.forms if each.unit == unit), None) or next(iter(made.forms), None)
    if form is None:
        what = f"「{short(unit)}」在这一期没有要反馈的任务"
        raise InputError([error("service.no-tasks", what, "请与督查室联系，核对责任单位")])
    known = {(sheet.sheet, duty.entry.id) for sheet in form.sheets for duty in sheet.duties}
    problems = [_no_task(id) for sheet, id in answers if (sheet, id) not in known]
    problems += [
        _too_long(id, text)
        for (_, id), said in answers.items()
        for text in said.values()
        if len(text) > MAX_CELL_CHARACTERS
    ]
    refuse_errors(problems)
    return form.file, made.files[form.file]


def _no_task(id: str) -> Problem:
    what = f"「{short(id)}」不是本单位这一期的任务，台账可能换过"
    return error("service.no-task", what, "请重新打开填报页面，再填写")


def _too_long(id: str, text: str) -> Problem:
    what = f"「{short(id)}」的内容有 {len(text)} 字，最多 {MAX_CELL_CHARACTERS} 字"
    return error("service.long-answer", what, "请写得简短些，附件请另送督查室")


# ---- the result as plain data


def _result(collected: Collected, unit: str, file: str, form: str | None) -> dict[str, Any]:
    record = collected.collection.record
    source = next((each for each in record.returns if each.file == file), None)
    unit = unit or (source.unit if source else "")
    findings = list(_findings(collected, unit, source, file))
    state = _state(collected, source.unit if source and source.unit else unit)
    readable = source is not None and source.readable
    answers = [
        {"id": each.id, "field": each.field, "text": each.text, "where": each.where.as_json()}
        for each in record.origins
        if source is not None and each.digest == source.digest and each.field in COLLECTED and each.id and each.text
    ]
    return {
        "unit": unit or (source.unit if source else ""),
        "wrong": not readable or any(each["wrong"] for each in findings),
        "readable": readable,
        "form": form,
        "counts": {
            "leads": state.leads if state else 0,
            "answered": state.answered if state else 0,
            "supports": state.supports if state else 0,
            "rows": source.rows if source else 0,
        },
        "answers": answers,
        "findings": findings,
        "problems": [problem.as_json() for problem in collected.problems],
    }


def _state(collected: Collected, unit: str) -> UnitState | None:
    return next((each for each in collected.collection.units if each.unit == unit), None)


def _findings(collected: Collected, unit: str, source: Received | None, file: str) -> Iterator[dict[str, Any]]:
    if source is None:
        why = next((why for name, why in collected.skipped if name == file), "没有读到反馈")
        yield _finding(True, "没有收下", f"这份文件没有收下：{why}", "请传填好的反馈表")
        return
    own = source.unit or unit
    if unit and source.unit and plain_key(source.unit) != plain_key(unit):
        what = f"表上写的是「{short(source.unit)}」的反馈，这里只收「{short(unit)}」的"
        yield _finding(True, "不是本单位的反馈", what, "请传本单位的反馈表")
    for each in collected.collection.findings:
        told = _TOLD.get(each.kind)
        is_own = each.digest == source.digest if each.digest else own in each.unit.split("、")
        if told and is_own and not each.settled:
            yield _told(each, *told)


def _told(each: Finding, wrong: bool, field: str, advice: str) -> dict[str, Any]:
    found = _finding(wrong, each.kind.title, each.what, advice)
    where = each.where.as_json() if each.where else None
    return {**found, "id": each.id, "task": each.task, "field": field, "where": where}


def _finding(wrong: bool, title: str, what: str, advice: str) -> dict[str, Any]:
    return {
        "wrong": wrong, "title": title, "id": "", "task": "", "field": "", "what": what, "advice": advice,
        "where": None,
    }  # fmt: skip
