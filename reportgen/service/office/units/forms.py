"""The forms of a period and what each unit is asked for in it (反馈表与填报清单).

They are made anew whenever the ledger or a setting has changed; meanwhile the units see those made before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from reportgen.service.model import Job, JobFile, Period, Person, Role
from reportgen.service.office.asking import ask
from reportgen.service.office.desk import Desk, need_office
from reportgen.service.office.job_results import latest, result_of
from reportgen.service.office.orders import forms_order
from reportgen.service.office.reports.periods import known_period
from reportgen.service.office.units.links import for_period
from reportgen.service.office.units.unit_tasks import UnitTasks, unit_tasks_in
from reportgen.service.refusals import DiskFull, TooMany, not_found
from reportgen.service.store import jobs, ledgers, periods
from reportgen.service.store.opening import reading, writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """What all units are asked for (填报清单): by whom, until when; `units` in the register's order.

    `without` are the units that have nothing to answer, `files` the forms as the job made them, all in `archive`, too.
    """

    job: str
    period: str
    issuer: str
    contact: str
    deadline: date | None
    units: tuple[UnitTasks, ...]
    without: tuple[str, ...]
    archive: str
    files: tuple[JobFile, ...]
    problems: tuple[Mapping[str, Any], ...]

    def of_unit(self, unit: str) -> UnitTasks | None:
        """What one unit is asked for (某单位清单)."""
        return next((each for each in self.units if each.unit == unit), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormsNow:
    """The forms as they are now (反馈表现状): `job` is the one that makes those of today; None without a ledger.

    `forms` are today's, or those made before, while today's are made or cannot be.
    """

    job: Job | None
    forms: Forms | None

    @property
    def is_current(self) -> bool:
        """Whether the forms are those of today's ledger and settings."""
        return self.forms is not None and self.job is not None and self.forms.job == self.job.id


def forms_now(desk: Desk, person: Person, period: str) -> FormsNow:
    """The forms of a period, asked for if nobody has (反馈表): for the office, and for whoever speaks for a unit."""
    if not person.is_office:
        for_period(person, period)
    with reading(desk.store) as con:
        found = known_period(con, period)
        if found.archived and not person.is_office:
            raise not_found("这一期的填报任务")
        if ledgers.newest(con, period) is None:
            return FormsNow(job=None, forms=None)
        order = forms_order(con, found)
        job, shown = latest(con, period, order)
        made = (shown, tuple(jobs.files_of(con, shown.id))) if shown else None
    if job is None:
        try:
            with writing(desk.store) as con:
                job = ask(con, desk, _asker(person), order, period)
        except (TooMany, DiskFull):
            # Whoever has a list to look at need not know that today's is not even asked for.
            if made is None:
                raise
    return FormsNow(job=job, forms=_read(desk, made) if made else None)


def make_forms(desk: Desk, person: Person, period: str) -> Job:
    """The job that makes today's forms (生成反馈表); one that came to nothing is done again."""
    need_office(person)
    with writing(desk.store) as con:
        return ask(con, desk, person, forms_order(con, known_period(con, period)), period)


def periods_of_unit(desk: Desk, person: Person) -> list[Period]:
    """The periods in which a signed-in person's unit has something to answer (本单位的期次), newest first."""
    with reading(desk.store) as con:
        found = periods.all_periods(con)
    return [each for each in found if tasks_of(desk, for_period(person, each.id), each.id, person.unit)]


def tasks_of(desk: Desk, person: Person, period: str, unit: str) -> tuple[Forms, UnitTasks] | None:
    """The forms, and what this unit is asked for in them (某单位的填报清单); None until there are any."""
    now = forms_now(desk, person, period)
    if now.forms is None:
        return None
    tasks = now.forms.of_unit(unit)
    return (now.forms, tasks) if tasks else None


def form_file(desk: Desk, person: Person, period: str, unit: str) -> tuple[str, str]:
    """The form of one unit (某单位的反馈表): what it is called, and its SHA-256."""
    if not person.is_office and unit != person.unit:
        raise not_found("这份反馈表")
    if found := tasks_of(desk, person, period, unit):
        forms, tasks = found
        for file in forms.files:
            if file.name.rpartition("/")[2] == tasks.file:
                return tasks.file, file.sha256
    raise not_found("这份反馈表")


def all_forms(desk: Desk, person: Person, period: str) -> tuple[str, str]:
    """The archive with the forms of all units (全部反馈表): what it is called, and its SHA-256."""
    need_office(person)
    now = forms_now(desk, person, period)
    found = next((file for file in now.forms.files if file.name == now.forms.archive), None) if now.forms else None
    if found is None:
        raise not_found("反馈表的压缩包")
    return found.name, found.sha256


def _asker(person: Person) -> Person:
    """Whoever opens a page first has the forms made, not at the cost of what that unit may ask for itself."""
    return person if person.is_office else Person(id=person.period or person.id, name=person.name, role=Role.UNIT)


def _read(desk: Desk, made: tuple[Job, tuple[JobFile, ...]]) -> Forms | None:
    job, files = made
    result = result_of(desk, job)
    if result is None:
        return None
    return Forms(
        job=job.id,
        period=result["period"],
        issuer=result["issuer"],
        contact=result["contact"],
        deadline=date.fromisoformat(result["deadline"]) if result["deadline"] else None,
        units=unit_tasks_in(result),
        without=tuple(result["without"]),
        archive=result["archive"] or "",
        files=files,
        problems=tuple(result["problems"]),
    )
