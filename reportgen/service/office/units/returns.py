"""The units' returns (部门反馈): typed into the page, uploaded, or sent by mail and uploaded by the office."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from reportgen.arrivals import CHINA_TIME
from reportgen.package import short
from reportgen.problems import error
from reportgen.service.model import Job, JobState, Person, ReturnState, Role, UnitReturn
from reportgen.service.office.asking import ask
from reportgen.service.office.desk import Desk, need_office
from reportgen.service.office.job_results import result_of
from reportgen.service.office.orders import receive_order
from reportgen.service.office.reports.periods import known_period
from reportgen.service.office.units.drafts import Saved, save_in, sound_answers
from reportgen.service.office.units.forms import forms_now, tasks_of
from reportgen.service.office.units.links import for_period
from reportgen.service.office.units.unit_tasks import UnitTasks
from reportgen.service.office.uploads import Upload
from reportgen.service.refusals import Refusal, not_found
from reportgen.service.store import audit, blobs, jobs, returns
from reportgen.service.store.opening import reading, writing

_UNCHECKED = error("service.return-unchecked", "这份反馈还没有检查，检查就被取消了", "请再交一次；内容没有变也可以")

MOST_AT_ONCE = 100
"""How many mailed files are taken in one go (一次最多收几份)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A return as it stands (一份反馈的现状): `result` is what was found in it, None until it has been looked at.

    `problems` say why it could not be looked at, as plain data.
    """

    given: UnitReturn
    state: ReturnState
    typed: bool = False
    result: Mapping[str, Any] | None = None
    problems: tuple[Mapping[str, Any], ...] = ()

    def is_late(self, deadline: date | None) -> bool:
        """Whether it came after the deadline (是否迟报), by the day in China."""
        return deadline is not None and self.given.at.astimezone(CHINA_TIME).date() > deadline


def send_typed(
    desk: Desk, person: Person, period: str, mine: Mapping[str, str], began: Mapping[str, str]
) -> tuple[Saved, UnitReturn | None]:
    """Save what was filled in, and send it (提交填报): a job makes it the unit's form and looks at it.

    Where somebody else has changed the same text meanwhile, nothing is sent before that is settled.
    """
    person = for_period(person, period)
    tasks = tasks_of(desk, person, period, person.unit)
    if tasks is None:
        raise not_found("填报清单")
    mine = sound_answers(mine)
    with writing(desk.store) as con:
        saved = save_in(con, person, period, tasks, mine, began)
    if saved.clashes:
        return saved, None
    values = _values(saved.writing.answers, tasks[1])
    content = json.dumps(values, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    sha256 = blobs.put(desk.store, content)
    with writing(desk.store) as con:
        order = receive_order(con, known_period(con, period), person.unit, values=values)
        job = ask(con, desk, person, order, period)
        upload = Upload(name=tasks[1].file or f"{person.unit}.xlsx", sha256=sha256, size=len(content))
        return saved, _put(con, person, period, person.unit, upload, job)


def send_file(desk: Desk, person: Person, period: str, upload: Upload) -> UnitReturn:
    """A file that a unit has filled in (上传反馈表), to be looked at."""
    person = for_period(person, period)
    with writing(desk.store) as con:
        return _send(con, desk, person, period, person.unit, upload)


def send_mailed(
    desk: Desk, person: Person, period: str, uploads: Sequence[Upload], unit: str = ""
) -> tuple[UnitReturn, ...]:
    """Files that units sent by mail (代收反馈): each is of the unit that its name or content names, or of `unit`."""
    need_office(person)
    if not uploads:
        raise Refusal([error("service.no-file", "没有选文件", "请选要上传的反馈，可以一次选几份")])
    refuse_too_many(len(uploads))
    if unit:
        _refuse_unknown(desk, person, period, unit)
    with writing(desk.store) as con:
        return tuple(_send(con, desk, person, period, unit, upload) for upload in uploads)


def _refuse_unknown(desk: Desk, person: Person, period: str, unit: str) -> None:
    """A return of a unit that nobody asks for would stand in no list and be collected by nobody."""
    now = forms_now(desk, person, period)
    if now.forms is None or now.forms.of_unit(unit) is None:
        raise not_found(f"单位「{short(unit, 40)}」")


def refuse_too_many(number: int) -> None:
    """Refuse more files than are taken in one go (一次文件过多)."""
    if number > MOST_AT_ONCE:
        what = f"一次上传了 {number} 份，最多 {MOST_AT_ONCE} 份"
        raise Refusal([error("service.too-many-files", what, "请分几次上传")])


def assign_return(desk: Desk, person: Person, period: str, id: str, unit: str) -> UnitReturn:
    """Say whose return it is (指定单位), where neither its name nor its content tells; it is looked at again."""
    need_office(person)
    _refuse_unknown(desk, person, period, unit)
    with writing(desk.store) as con:
        given = returns.unit_return(con, id)
        if given is None or given.period != period or given.unit:
            raise not_found("这份反馈")
        returns.set_unit(con, id, unit)
        order = receive_order(con, known_period(con, period), unit, name=given.name, sha256=given.sha256)
        job = ask(con, desk, person, order, period)
        returns.check_again(con, id, job.id)
        _take_over(con, id, job)
        audit.note(con, person, "指定反馈的单位", period, f"{given.name}：{unit}")
        moved = returns.unit_return(con, id)
        assert moved, "it was there"
        return moved


def sent_by(desk: Desk, person: Person, period: str, unit: str = "") -> list[Sent]:
    """What a unit has sent (已报反馈), newest first, the first one counts: for the unit, and for the office by name."""
    if not person.is_office:
        unit = for_period(person, period).unit
    with reading(desk.store) as con:
        known_period(con, period)
        sent = returns.of_unit(con, period, unit)[:20]
        found = jobs.jobs_by_id(con, (each.job for each in sent))
    return [_sent(desk, each, found.get(each.job)) for each in sent]


def newest_sent(desk: Desk, person: Person, period: str) -> tuple[dict[str, Sent], list[Sent]]:
    """The return of each unit that counts (各单位现用反馈), and the files of which nobody knows whose they are."""
    need_office(person)
    with reading(desk.store) as con:
        known_period(con, period)
        named = {unit: each for unit, each in returns.newest(con, period).items() if unit}
        nameless = returns.of_unit(con, period, "")
        found = jobs.jobs_by_id(con, (each.job for each in (*named.values(), *nameless)))
    return (
        {unit: _sent(desk, each, found.get(each.job)) for unit, each in named.items()},
        [_sent(desk, each, found.get(each.job)) for each in nameless],
    )


def return_file(desk: Desk, person: Person, period: str, id: str) -> tuple[str, str]:
    """The file of a return (反馈文件): what it is called, and its SHA-256; only to the unit and the office."""
    if not person.is_office:
        person = for_period(person, period)
    with reading(desk.store) as con:
        given = returns.unit_return(con, id)
    if given is None or given.period != period or not (person.is_office or given.unit == person.unit):
        raise not_found("这份反馈")
    return given.name, given.sha256


def is_over(desk: Desk, deadline: date | None) -> bool:
    """Whether the deadline has passed (是否已过截止日期), by the day in China."""
    return deadline is not None and desk.store.clock().astimezone(CHINA_TIME).date() > deadline


def _values(answers: Mapping[str, str], tasks: UnitTasks) -> list[dict[str, str]]:
    """The answers task by task in the form's order, without those to tasks that are not asked for any more."""
    return [
        {
            "sheet": task.sheet,
            "id": task.id,
            **{each.field: answers.get(task.key(each.field), "") for each in task.asks},
        }
        for task in tasks.tasks
    ]


def _send(con: Connection, desk: Desk, person: Person, period: str, unit: str, upload: Upload) -> UnitReturn:
    order = receive_order(con, known_period(con, period), unit, name=upload.name, sha256=upload.sha256)
    job = ask(con, desk, _sender(person, unit, upload), order, period)
    return _put(con, person, period, unit, upload, job)


def _sender(person: Person, unit: str, upload: Upload) -> Person:
    """Each mailed file counts as its unit's, not as one more of whoever uploads them all."""
    if not person.is_office:
        return person
    return Person(id=upload.sha256[:32], name=person.name, role=Role.OFFICE, unit=unit)


def _put(con: Connection, person: Person, period: str, unit: str, upload: Upload, job: Job) -> UnitReturn:
    """A row for the return, unless it is the one that counts already: sent twice is sent once."""
    before = next(iter(returns.of_unit(con, period, unit)), None)
    if before is not None and before.job == job.id and before.name == upload.name:
        return before
    made = returns.put_return(con, period, unit, upload.name, upload.sha256, upload.size, job.id, person)
    _take_over(con, made.id, job)
    audit.note(con, person, "收到反馈", period, f"{unit or '未注明单位'}：{upload.name}")
    found = returns.unit_return(con, made.id)
    assert found, "just put"
    return found


def _take_over(con: Connection, id: str, job: Job) -> None:
    """What an equal return was found to be holds for this one, too: its job is over and tells nobody any more."""
    if job.state is not JobState.DONE:
        return
    for twin in returns.by_job(con, job.id):
        if twin.id != id and twin.state is not ReturnState.CHECKING:
            returns.set_state(con, id, twin.state)
            returns.set_content(con, id, twin.name, twin.sha256, twin.size)
            return


def _sent(desk: Desk, given: UnitReturn, job: Job | None) -> Sent:
    """With what its job has to say; one that came to nothing is a return with something wrong."""
    state, result = given.state, None
    problems: tuple[Mapping[str, Any], ...] = ()
    if job is not None and job.state in (JobState.FAILED, JobState.CANCELLED):
        state, problems = ReturnState.WRONG, job.problems or (_UNCHECKED.as_json(),)
    elif job is not None and job.result:
        result = result_of(desk, job)
    typed = job is not None and "values" in job.order.options
    return Sent(given=given, state=state, typed=typed, result=result, problems=problems)
