"""The ledger of a period (台账): its versions, a new one, an older one taken again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from reportgen.ledger.files.package import refuse_at_once
from reportgen.problems import InputError
from reportgen.service.model import Job, LedgerOrigin, LedgerVersion, Person
from reportgen.service.office.asking import ask
from reportgen.service.office.desk import Desk, need_office
from reportgen.service.office.orders import examine_order
from reportgen.service.office.reports.periods import visible_period
from reportgen.service.office.setting.configuration_files import SAMPLE_LEDGER, sample_ledger
from reportgen.service.office.uploads import Upload
from reportgen.service.refusals import not_found
from reportgen.service.store import audit, blobs, ledgers
from reportgen.service.store.opening import reading, writing


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLedger:
    """A new version of the ledger, and the job that examines it (新的一版台账)."""

    ledger: LedgerVersion
    job: Job


def versions(desk: Desk, person: Person, period: str) -> list[LedgerVersion]:
    """All versions of the period's ledger, newest first (台账各版)."""
    with reading(desk.store) as con:
        visible_period(con, person, period)
        return ledgers.versions(con, period)


def the_version(desk: Desk, person: Person, period: str, number: int) -> LedgerVersion:
    """One version of it (台账的一版)."""
    for each in versions(desk, person, period):
        if each.version == number:
            return each
    raise not_found("这一版台账")


def put(desk: Desk, person: Person, period: str, upload: Upload, note: str = "") -> NewLedger:
    """A ledger that somebody sent is the newest version and is examined at once (上传台账).

    What is plainly no ledger is refused here, and the version before it stays the newest one.
    """
    try:
        refuse_at_once(blobs.read(desk.store, upload.sha256), upload.name)
    except InputError as fault:
        told = [replace(each, fix=f"{each.fix}。这份没有收下，原来的台账没有动") for each in fault.problems]
        raise InputError(told) from None
    with writing(desk.store) as con:
        return _put(desk, con, person, period, upload, LedgerOrigin.UPLOADED, note)


def put_sample(desk: Desk, person: Person, period: str) -> NewLedger:
    """The ledger of the sample (用样例台账)."""
    need_office(person)
    blob = sample_ledger()
    upload = Upload(name=SAMPLE_LEDGER, sha256=blobs.put(desk.store, blob), size=len(blob))
    with writing(desk.store) as con:
        return _put(desk, con, person, period, upload, LedgerOrigin.UPLOADED, "程序带来的样例")


def restore(desk: Desk, person: Person, period: str, number: int) -> NewLedger:
    """An older version is the newest one again (退回旧版); those between stay in the history."""
    old = the_version(desk, person, period, number)
    upload = Upload(name=old.name, sha256=old.sha256, size=old.size)
    with writing(desk.store) as con:
        return _put(desk, con, person, period, upload, LedgerOrigin.RESTORED, f"退回第 {number} 版")


def _put(
    desk: Desk, con: Connection, person: Person, period: str, upload: Upload, origin: LedgerOrigin, note: str
) -> NewLedger:
    found = visible_period(con, person, period)
    newest = ledgers.newest(con, period)
    if newest is not None and (newest.sha256, newest.name) == (upload.sha256, upload.name):
        # Sent twice, by an impatient click or because nothing was changed: one version is enough.
        made = newest
    else:
        made = ledgers.put_ledger(con, period, upload.name, upload.sha256, upload.size, origin, person, note=note)
        audit.note(con, person, f"{origin.value}台账", period, f"第 {made.version} 版 {made.name}")
    return NewLedger(ledger=made, job=ask(con, desk, person, examine_order(con, found), period))
