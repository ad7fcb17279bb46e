"""The report of a period (生成、预览、下载): made by jobs, and told of which ledger and settings it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from reportgen.service.model import Edition, Job, JobFile, LedgerVersion, Period, Person
from reportgen.service.office.asking import ask, key_of
from reportgen.service.office.desk import Desk
from reportgen.service.office.job_results import Latest, latest, result_of
from reportgen.service.office.jobs import pictures_in
from reportgen.service.office.orders import build_order, preview_order, sets_order
from reportgen.service.office.reports.periods import visible_period
from reportgen.service.store import audit, editions, jobs, ledgers
from reportgen.service.store.opening import reading, writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Built(Latest):
    """What a period's report is by now (报告现状): `shown` made the newest `edition`, of `ledger`, with `files`.

    `early` is a job that has pictures of first pages of what stands now, `early_files`: the one under way, or one that
    nobody had to ask for.
    """

    period: Period
    newest: LedgerVersion | None
    edition: Edition | None = None
    ledger: LedgerVersion | None = None
    files: tuple[JobFile, ...] = ()
    early: Job | None = None
    early_files: tuple[JobFile, ...] = ()

    def file(self, name: str) -> JobFile | None:
        """One of the edition's files."""
        return next((each for each in self.files if each.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sets(Latest):
    """The units' files of a period (各单位分送件): of the newest ledger, or of an older one if only that has them."""

    files: tuple[JobFile, ...] = ()
    ledger: LedgerVersion | None = None


def built(con: Connection, period: Period) -> Built:
    """How far the period's report is (报告现状), without its files and its result, which many steps need not."""
    newest = ledgers.newest(con, period.id)
    if newest is None:
        return Built(period=period, newest=None)
    job = jobs.last_by_key(con, period.id, key_of(build_order(con, period), period.id))
    edition = editions.by_job(con, job.id) if job is not None else None
    edition = edition or next(iter(editions.editions_of(con, period.id, limit=1)), None)
    if edition is None:
        return Built(period=period, newest=newest, job=job)
    shown = job if job is not None and job.id == edition.job else jobs.job(con, edition.job)
    ledger = newest if newest.id == edition.ledger else ledgers.ledger(con, edition.ledger)
    return Built(period=period, newest=newest, job=job, edition=edition, ledger=ledger, shown=shown)


def the_report(desk: Desk, person: Person, period: str) -> Built:
    """What the period's report is by now (报告现状), looked at by itself."""
    with reading(desk.store) as con:
        found = built(con, visible_period(con, person, period))
        files = tuple(jobs.files_of(con, found.shown.id)) if found.shown else ()
        early = _early(con, found)
    return replace(found, files=files, result=result_of(desk, found.shown), early=early[0], early_files=early[1])


def _early(con: Connection, found: Built) -> tuple[Job | None, tuple[JobFile, ...]]:
    """The job that has most of the first pages to show while the report has none, with their pictures."""
    if found.newest is None or found.is_current:
        return None, ()
    ahead = jobs.last_by_key(con, found.period.id, key_of(preview_order(con, found.period), found.period.id))
    drawn = [(job, tuple(pictures_in(jobs.files_of(con, job.id)))) for job in (found.under_way, ahead) if job]
    most = max(drawn, key=lambda each: len(each[1]), default=None)
    return most if most and most[1] else (None, ())


def build(desk: Desk, person: Person, period: str) -> Job:
    """Have the report made of ledger and settings as they stand (生成报告)."""
    with writing(desk.store) as con:
        found = visible_period(con, person, period)
        made = ask(con, desk, person, build_order(con, found), period)
        audit.note(con, person, "生成报告", period, found.title)
        return made


def the_sets(desk: Desk, person: Person, period: str) -> Sets:
    """What there is of the units' files (分送件现状)."""
    with reading(desk.store) as con:
        found = visible_period(con, person, period)
        if ledgers.newest(con, period) is None:
            return Sets()
        job, shown = latest(con, period, sets_order(con, found))
        if shown is None:
            return Sets(job=job)
        used = {shown.order.files.get(path) for path in shown.order.options.get("ledgers", ())}
        ledger = next((each for each in ledgers.versions(con, period) if each.sha256 in used), None)
        files = tuple(jobs.files_of(con, shown.id))
        return Sets(job=job, shown=shown, files=files, result=result_of(desk, shown), ledger=ledger)


def make_sets(desk: Desk, person: Person, period: str) -> Job:
    """Have the units' files made of ledger and settings as they stand (生成各单位分送件)."""
    with writing(desk.store) as con:
        found = visible_period(con, person, period)
        made = ask(con, desk, person, sets_order(con, found), period)
        audit.note(con, person, "生成各单位分送件", period, found.title)
        return made
