"""A small office (小督查室) whose jobs are carried out when a test says so: three units, five tasks, a clock to set."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reportgen.service.model import Job, LedgerOrigin, Period, Person, Role
from reportgen.service.office.desk import Desk
from reportgen.service.office.units import links
from reportgen.service.office.uploads import Upload
from reportgen.service.settings import Settings
from reportgen.service.store import blobs, ledgers, periods, setting_files
from reportgen.service.store.opening import Store, open_store, writing
from tests.desks import do_jobs
from tests.projects import CONFIG, goal, ledger, task

UNITS = """\
version: 1
units:
  - {name: 区发展改革委, kind: 部门, aliases: [区发改委]}
  - {name: 区民政局, kind: 部门}
  - {name: 区城管局, kind: 部门}
  - {name: 区档案馆, kind: 部门}
"""
SETTINGS = {
    "报告.yaml": f"{CONFIG}units: 单位.yaml\nreturns:\n  deadline: 2026-07-05\n  contact: 督查室 6000-1234\n",
    "单位.yaml": UNITS,
}
LEDGER = ledger(
    [goal(), goal("进出口总额增长5%", 评价="不达预期", 报告用语="进出口总额增长2%", 责任单位="区发展改革委")],
    [
        task(配合单位="区发展改革委"),
        task("改造老旧小区5个", 配合单位=""),
        task("新建公园2座", 责任单位="区城管局", 配合单位="区民政局"),
    ],
)
PERSON = Person(id="a" * 32, name="督查室", role=Role.OFFICE)


@dataclass
class Clock:
    """A clock that a test sets."""

    now: datetime = datetime(2026, 7, 1, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Office:
    """A desk with one period, its settings and its ledger."""

    desk: Desk
    period: Period
    clock: Clock

    def unit(self, name: str) -> Person:
        """Whoever holds a new link of the unit."""
        (made,) = links.make_links(self.desk, PERSON, self.period.id, [name])
        found = links.holder_or_none(self.desk, made.token)
        assert found
        return found

    def work(self) -> list[Job]:
        """Carry out all that waits, as a worker does."""
        return do_jobs(self.desk)

    def upload(self, name: str, blob: bytes) -> Upload:
        """A file that was sent up."""
        return Upload(name=name, sha256=blobs.put(self.desk.store, blob), size=len(blob))


def office(folder: Path) -> Office:
    """An office in a folder of its own."""
    clock = Clock()
    store = open_store(folder / "data", clock=clock)
    return Office(Desk(store, Settings(data=folder / "data")), add_period(store), clock)


def add_period(store: Store) -> Period:
    """A period with three units and five tasks in any store."""
    files = {name: blobs.put(store, text.encode()) for name, text in SETTINGS.items()}
    text = json.dumps(LEDGER, ensure_ascii=False).encode()
    sha256 = blobs.put(store, text)
    with writing(store) as con:
        period = periods.add(con, "2026年上半年", "报告.yaml", PERSON)
        for name, found in files.items():
            setting_files.put_setting(con, period.id, name, found, len(SETTINGS[name].encode()), PERSON)
        ledgers.put_ledger(con, period.id, "台账.yaml", sha256, len(text), LedgerOrigin.UPLOADED, PERSON)
    return period
