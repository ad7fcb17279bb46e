"""What came in, put into a new version of the ledger (汇总反馈); and whom to remind (催报)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from reportgen.arrivals import CHINA_TIME
from reportgen.problems import error
from reportgen.service.model import Job, JobKind, JobState, Person, ReturnState, UnitReturn
from reportgen.service.office.asking import ask
from reportgen.service.office.desk import Desk
from reportgen.service.office.job_results import result_of
from reportgen.service.office.orders import collect_order
from reportgen.service.office.reports.periods import visible_period
from reportgen.service.refusals import Conflict
from reportgen.service.store import audit, jobs, returns
from reportgen.service.store.opening import reading, writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A collection and what it says (一次汇总): `result` is None as long as nothing came of it.

    `writes` is whether a new version of the ledger was asked for, not only what there is to say.
    """

    job: Job
    writes: bool
    result: Mapping[str, Any] | None = None


def collect_returns(desk: Desk, person: Person, period: str) -> Job:
    """Put what came in into a new version of the ledger (汇总成新台账)."""
    with writing(desk.store) as con:
        found = visible_period(con, person, period)
        given = _to_collect(con, period)
        if not given:
            raise Conflict([error("service.no-returns", "还没有收到反馈，没有可汇总的", "请先催报，或上传收到的反馈")])
        job = ask(con, desk, person, collect_order(con, found, given, _today(desk)), period)
        audit.note(con, person, "汇总反馈", period, f"{len(given)} 份")
    return job


def look_at_returns(desk: Desk, person: Person, period: str) -> Job:
    """See how the collection stands and whom to remind (汇总情况和催报文字), without writing a ledger."""
    with writing(desk.store) as con:
        found = visible_period(con, person, period)
        order = collect_order(con, found, _to_collect(con, period), _today(desk), writes=False)
        return ask(con, desk, person, order, period)


def collections_of(desk: Desk, person: Person, period: str) -> tuple[Collection | None, Collection | None]:
    """The newest collection that was to write a ledger, and the newest of all that has something to say (汇总情况)."""
    with reading(desk.store) as con:
        visible_period(con, person, period)
        found = [
            Collection(job=job, writes=job.order.options.get("writes", True))
            for job in jobs.jobs_of(con, period, [JobKind.COLLECT])
        ]
    written = next((each for each in found if each.writes), None)
    telling = next((each for each in found if each.job.state is not JobState.FAILED or each.job is found[0].job), None)
    return _with_result(desk, written), _with_result(desk, telling)


def _with_result(desk: Desk, collection: Collection | None) -> Collection | None:
    return replace(collection, result=result_of(desk, collection.job)) if collection else None


def _to_collect(con: Connection, period: str) -> list[UnitReturn]:
    """The returns that count: of each unit all up to the newest one that was typed into its page, which says all.

    Of files of the same name the newest one counts. Those of which nobody knows whose they are come along, too, so
    that the collection tells of them.
    """
    came: dict[str, list[UnitReturn]] = {}
    for each in returns.of_period(con, period):
        came.setdefault(each.unit, []).append(each)
    checks = jobs.jobs_by_id(con, (each.job for of_unit in came.values() for each in of_unit))
    chosen = [each for of_unit in came.values() for each in _of_unit(of_unit, checks)]
    busy = [each for each in chosen if each.state is ReturnState.CHECKING and not _came_to_nothing(each, checks)]
    if busy:
        what = f"还有 {len(busy)} 份反馈正在检查，没有汇总"
        raise Conflict([error("service.still-checking", what, "请过几秒再点一次")], retry_after=5)
    return chosen


def _of_unit(newest_first: Sequence[UnitReturn], checks: Mapping[str, Job]) -> list[UnitReturn]:
    chosen: dict[str, UnitReturn] = {}
    for each in newest_first:
        job = checks.get(each.job)
        typed = job is not None and "values" in job.order.options
        if typed and each.state is ReturnState.CHECKING and _came_to_nothing(each, checks):
            continue  # no workbook was made of it: its unit is told so
        chosen.setdefault(each.name, each)
        if typed:
            break
    return list(chosen.values())


def _came_to_nothing(given: UnitReturn, checks: Mapping[str, Job]) -> bool:
    job = checks.get(given.job)
    return job is None or job.state in (JobState.FAILED, JobState.CANCELLED)


def _today(desk: Desk) -> date:
    return desk.store.clock().astimezone(CHINA_TIME).date()
