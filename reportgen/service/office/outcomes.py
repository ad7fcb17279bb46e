"""What a finished job changes in the rows (任务结果入库): an edition, a new ledger, what became of a return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from reportgen.problems import error
from reportgen.service.model import (
    Job,
    JobFile,
    JobKind,
    JobState,
    LedgerOrigin,
    LedgerVersion,
    Person,
    ReturnState,
    Role,
)
from reportgen.service.office.asking import key_of
from reportgen.service.office.orders import build_order, examine_order, ledger_in, preview_order, settings_in
from reportgen.service.refusals import Conflict
from reportgen.service.store import editions, jobs, ledgers, overrides, periods, returns, setting_files


def settle(
    con: Connection, job: Job, result: Mapping[str, Any], files: Sequence[JobFile], *, looks_ahead: bool = False
) -> None:
    """Take the result of a job over into the rows (结果入库), in the transaction in which it is done.

    Raises `Conflict` where the ledger that the job worked on is not the newest one any more: then nothing of it may be
    taken over, and the job has failed with these problems. With `looks_ahead` the first pages are drawn of a ledger
    that was found fit for a report.
    """
    match job.kind:
        case JobKind.BUILD:
            _keep_edition(con, job, result)
        case JobKind.COLLECT:
            if result["ledger"]:
                _new_ledger(con, job, result, files, LedgerOrigin.COLLECTED)
        case JobKind.OVERRIDE:
            made = _new_ledger(con, job, result, files, LedgerOrigin.OVERRIDDEN)
            for each in result["overrides"]:
                overrides.put_override(
                    con,
                    period=job.period,
                    sheet=each["sheet"],
                    entry=each["id"],
                    judgement=each["judgement"],
                    was=each["was"],
                    reason=each["reason"],
                    ledger=made.id,
                    person=job.author,
                )
        case JobKind.RECEIVE:
            _keep_return(con, job, result, files)
        case JobKind.EXAMINE if looks_ahead and result["ready"]:
            _look_ahead(con, job)
        case JobKind.EXAMINE | JobKind.SETS | JobKind.FORMS | JobKind.COMPARE | JobKind.PREVIEW:
            pass  # what they found is their result, and changes nothing


def _keep_edition(con: Connection, job: Job, result: Mapping[str, Any]) -> None:
    """The report as an edition, with the versions of all that it was made of, found again by their contents."""
    used = settings_in(job.order)
    numbers = {}
    for name, sha256 in used.items():
        known = (each for each in setting_files.versions(con, job.period, name) if each.sha256 == sha256)
        if found := next(known, None):
            numbers[name] = found.version
    ledger = _version_of(con, job)
    assert ledger is not None, "no version is ever removed"
    editions.put_edition(
        con,
        period=job.period,
        job=job.id,
        ledger=ledger.id,
        settings=numbers,
        hashes=used,
        template=result["inputs"]["template"][0]["sha256"],
        program=result["program"],
        author=job.author,
    )


def _version_of(con: Connection, job: Job) -> LedgerVersion | None:
    """The newest version of the ledger with the content that the job worked on."""
    sha256 = ledger_in(job.order)
    return next((each for each in ledgers.versions(con, job.period) if each.sha256 == sha256), None)


def _new_ledger(
    con: Connection, job: Job, result: Mapping[str, Any], files: Sequence[JobFile], origin: LedgerOrigin
) -> LedgerVersion:
    newest = ledgers.newest(con, job.period)
    if newest is None or newest.sha256 != ledger_in(job.order):
        what = f"{origin.value}的时候，台账已经换成了新的一版，没有写入"
        raise Conflict([error("service.ledger-changed", what, "请在新的一版上再做一次；新的一版没有改动")])
    made = next(each for each in files if each.name == result["ledger"])
    # The name stays that of the ledger, which the office knows.
    kept = ledgers.put_ledger(con, job.period, made.name, made.sha256, made.size, origin, job.author)
    _examine(con, job)
    return kept


def _examine(con: Connection, job: Job) -> None:
    """A new ledger is examined at once, as one that somebody sends is, for whoever asked for what made it."""
    period = periods.period(con, job.period)
    if period is not None:
        order = examine_order(con, period)
        person = Person(id=job.person, name=job.author, role=Role.OFFICE)
        jobs.ask(con, order, key_of(order, period.id), period.id, person)


def _look_ahead(con: Connection, job: Job) -> None:
    """The report's first pages, before somebody opens the page that shows them; older ones are worth nothing now."""
    period = periods.period(con, job.period)
    newest = ledgers.newest(con, job.period)
    if period is None or newest is None or newest.sha256 != ledger_in(job.order):
        return
    if jobs.by_key(con, period.id, key_of(build_order(con, period), period.id)):
        return  # the whole report is there, or on its way
    order = preview_order(con, period)
    key = key_of(order, period.id)
    for each in jobs.jobs_of(con, period.id, [JobKind.PREVIEW], [JobState.WAITING, JobState.RUNNING]):
        if each.key != key:
            jobs.ask_cancel(con, each.id)
    jobs.ask(con, order, key, period.id, Person(id=job.person, name=job.author, role=Role.OFFICE))


def _keep_return(con: Connection, job: Job, result: Mapping[str, Any], files: Sequence[JobFile]) -> None:
    state = ReturnState.WRONG if result["wrong"] else ReturnState.ACCEPTED
    form = next((each for each in files if each.name == result["form"]), None)
    for each in returns.by_job(con, job.id):
        returns.set_state(con, each.id, state)
        if not each.unit and result["unit"]:
            returns.set_unit(con, each.id, result["unit"])
        if form is not None:
            returns.set_content(con, each.id, form.name, form.sha256, form.size)
