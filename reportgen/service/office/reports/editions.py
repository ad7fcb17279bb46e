"""The editions of a report (报告版次): with what each was made of, any two compared, the settings of one taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from reportgen.problems import error
from reportgen.service.model import Edition, Job, JobFile, LedgerVersion, Period, Person, SettingFile
from reportgen.service.office.asking import ask, key_of
from reportgen.service.office.desk import Desk
from reportgen.service.office.job_results import result_of
from reportgen.service.office.jobs import not_kept
from reportgen.service.office.orders import compare_order
from reportgen.service.office.reports.periods import visible_period
from reportgen.service.office.setting.setting_files import put_back
from reportgen.service.refusals import Conflict, not_found
from reportgen.service.store import audit, blobs, editions, jobs, ledgers, setting_files
from reportgen.service.store.opening import reading, writing

ENDINGS = {".docx": "Word", ".pdf": "PDF"}
"""What can be compared of an edition (可比对的文件)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An edition and what there is of it (一版报告): `files` are its DOCX, PDF and manifest."""

    edition: Edition
    ledger: LedgerVersion | None
    files: tuple[JobFile, ...]

    def file(self, ending: str) -> JobFile | None:
        """Its file with that ending."""
        return next((each for each in self.files if each.name.endswith(ending)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A setting file that two editions were not made of alike (不同的设置文件): its version in each, None for none."""

    name: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two editions held against each other (两版比对): the older one first, as far as it is.

    `job` is None before anybody has asked for it, `result` before it is done; `changed` are the setting files that
    differ.
    """

    period: Period
    first: Kept
    second: Kept
    ending: str
    changed: tuple[Changed, ...]
    job: Job | None = None
    result: Mapping[str, Any] | None = None


def all_editions(
    desk: Desk, person: Person, period: str, limit: int, offset: int = 0
) -> tuple[Period, list[Kept], int]:
    """The period, a part of its editions, newest first (各版), and how many there are in all."""
    with reading(desk.store) as con:
        found = visible_period(con, person, period)
        part = _kept(con, editions.editions_of(con, period, limit, offset))
        return found, part, editions.count(con, period)


def the_edition(desk: Desk, person: Person, period: str, number: int) -> tuple[Period, Kept]:
    """The period and its edition of that number (某一版)."""
    with reading(desk.store) as con:
        found = visible_period(con, person, period)
        return found, _numbered(con, period, number)


def set_note(desk: Desk, person: Person, period: str, number: int, note: str) -> None:
    """What the office says of an edition (批注), such as 送审稿."""
    with writing(desk.store) as con:
        visible_period(con, person, period)
        kept = _numbered(con, period, number)
        editions.set_note(con, kept.edition.id, " ".join(note.split())[:200])
        audit.note(con, person, "批注版次", period, f"第 {number} 版")


def comparison(desk: Desk, person: Person, period: str, one: int, other: int, ending: str = ".docx") -> Comparison:
    """How far the comparison of two editions is (比对现状); which of the two is named first does not matter."""
    with reading(desk.store) as con:
        found = visible_period(con, person, period)
        first, second = _two(con, period, one, other, ending)
        order = compare_order(con, first.edition, second.edition, ending)
        job = jobs.last_by_key(con, period, key_of(order, period))
    return Comparison(
        period=found,
        first=first,
        second=second,
        ending=ending,
        changed=_changed(first.edition, second.edition),
        job=job,
        result=result_of(desk, job),
    )


def compare(desk: Desk, person: Person, period: str, one: int, other: int, ending: str = ".docx") -> Job:
    """Have two editions compared (比对两版)."""
    with writing(desk.store) as con:
        visible_period(con, person, period)
        first, second = _two(con, period, one, other, ending)
        job = ask(con, desk, person, compare_order(con, first.edition, second.edition, ending), period)
        audit.note(con, person, "比对两版", period, f"第 {first.edition.number} 版与第 {second.edition.number} 版")
        return job


def comparison_page(desk: Desk, person: Person, period: str, one: int, other: int, ending: str = ".docx") -> Path:
    """Where the page lies that shows both side by side (比对网页)."""
    found = comparison(desk, person, period, one, other, ending)
    if found.job is None or found.result is None:
        raise not_kept()
    with reading(desk.store) as con:
        file = jobs.file_of(con, found.job.id, found.result["page"])
    path = blobs.path_of(desk.store, file.sha256) if file else None
    if path is None or not path.is_file():
        raise not_kept()
    return path


def restore_settings(desk: Desk, person: Person, period: str, number: int) -> list[SettingFile]:
    """Have all setting files be those that an edition was made of (设置退回到这一版); those that were changed."""
    with writing(desk.store) as con:
        visible_period(con, person, period)
        edition = _numbered(con, period, number).edition
        current = setting_files.current_settings(con, period)
        made = []
        for name, version in sorted(edition.settings.items()):
            old = setting_files.version(con, period, name, version)
            if old is not None and current[name].sha256 != old.sha256:
                made.append(put_back(con, person, old))
        audit.note(con, person, "设置退回到版次", period, f"第 {number} 版")
        return made


def changed_since(desk: Desk, person: Person, period: str, number: int) -> tuple[Changed, ...]:
    """The setting files that have changed since an edition was made (其后改过的设置文件)."""
    with reading(desk.store) as con:
        visible_period(con, person, period)
        edition = _numbered(con, period, number).edition
        now = setting_files.current_settings(con, period)
    return tuple(
        Changed(name=name, before=edition.settings.get(name), after=file.version)
        for name, file in now.items()
        if edition.hashes.get(name) != file.sha256
    )


def _numbered(con: Connection, period: str, number: int) -> Kept:
    found = editions.numbered(con, period, number)
    if found is None:
        raise not_found("这一版报告")
    return _kept(con, [found])[0]


def _kept(con: Connection, found: Sequence[Edition]) -> list[Kept]:
    files = jobs.top_files(con, [each.job for each in found])
    of = ledgers.ledgers_by_id(con, [each.ledger for each in found])
    return [Kept(edition=each, ledger=of.get(each.ledger), files=tuple(files[each.job])) for each in found]


def _two(con: Connection, period: str, one: int, other: int, ending: str) -> tuple[Kept, Kept]:
    if ending not in ENDINGS:
        raise not_found("这种文件的比对")
    if one == other:
        raise Conflict([error("service.same-edition", "选了同一版，没有可比的", "请选两个不同的版次")])
    first, second = sorted((one, other))
    return _numbered(con, period, first), _numbered(con, period, second)


def _changed(first: Edition, second: Edition) -> tuple[Changed, ...]:
    names = sorted(first.hashes.keys() | second.hashes.keys())
    return tuple(
        Changed(name=name, before=first.settings.get(name), after=second.settings.get(name))
        for name in names
        if first.hashes.get(name) != second.hashes.get(name)
    )
