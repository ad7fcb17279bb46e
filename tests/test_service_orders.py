"""From rows to orders and back (任务单与入库): contents make an order, what came of it makes rows; in a real store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from reportgen.service.model import (
    Job,
    JobFile,
    JobKind,
    LedgerOrigin,
    LedgerVersion,
    Order,
    Period,
    Person,
    ReturnState,
    Role,
)
from reportgen.service.office import orders
from reportgen.service.office.outcomes import settle
from reportgen.service.refusals import Conflict
from reportgen.service.store import blobs, editions, jobs, ledgers, overrides, periods, returns
from reportgen.service.store.opening import Store, open_store, writing
from reportgen.service.store.setting_files import put_setting

PERSON = Person(id="a" * 32, name="督查室甲", role=Role.OFFICE)


@dataclass
class Office:
    """A period with its files, and the transaction in which a test looks at it."""

    store: Store
    con: Connection
    period: Period

    def blob(self, content: str) -> tuple[str, int]:
        return blobs.put(self.store, content.encode()), len(content.encode())

    def setting(self, name: str, content: str) -> str:
        put_setting(self.con, self.period.id, name, *self.blob(content), PERSON)
        return sha(content)

    def ledger(self, content: str, name: str = "台账.xlsx") -> LedgerVersion:
        return ledgers.put_ledger(self.con, self.period.id, name, *self.blob(content), LedgerOrigin.UPLOADED, PERSON)

    def done(self, order: Order, result: Mapping[str, Any], **files: str) -> Job:
        """The job of that order, done with that result and these files."""
        job, _ = jobs.ask(self.con, order, f"key-{order.kind.name}", self.period.id, PERSON)
        made = [JobFile(job=job.id, name=name, sha256=self.blob(text)[0], size=1) for name, text in files.items()]
        settle(self.con, job, result, made)
        return job


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    store = open_store(tmp_path)
    with writing(store) as con:
        yield Office(store, con, periods.add(con, "2026年上半年", "配置.yaml", PERSON))
    store.close()


def sha(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def test_an_order_names_contents_where_a_worker_looks_for_them(office: Office) -> None:
    config, units = office.setting("配置.yaml", "version: 1"), office.setting("units/本区.yaml", "units: []")
    office.ledger("旧")
    office.ledger("新")
    order = orders.examine_order(office.con, office.period)
    assert order.files == {"配置.yaml": config, "units/本区.yaml": units, "台账/台账.xlsx": sha("新")}
    assert order.options == {"config": "配置.yaml", "ledgers": ["台账/台账.xlsx"]}
    office.ledger("新")  # the same content once more is the same order
    assert orders.examine_order(office.con, office.period) == order
    assert orders.settings_in(order) == {"配置.yaml": config, "units/本区.yaml": units}


def test_a_setting_file_where_the_ledger_would_lie_keeps_its_place(office: Office) -> None:
    office.setting("台账/台账.xlsx", "上期")
    office.ledger("本期")
    order = orders.build_order(office.con, office.period)
    assert order.files == {"台账/台账.xlsx": sha("上期"), "台账2/台账.xlsx": sha("本期")}
    assert orders.ledger_in(order) == sha("本期")


@pytest.mark.row("H2")
def test_a_setting_file_with_the_name_of_a_folder_of_the_order_keeps_its_place(office: Office) -> None:
    for name in ("台账", "反馈", "台账2"):
        office.setting(name, name)
    office.ledger("本期")
    order = orders.build_order(office.con, office.period)
    assert set(order.files) == {"台账", "反馈", "台账2", "台账3/台账.xlsx"}
    sent = orders.receive_order(office.con, office.period, "区民政局", name="表.xlsx", sha256=sha("表"))
    assert sent.options["returns"] == [{"file": "反馈2/区民政局/表.xlsx"}]


def test_without_a_ledger_there_is_nothing_to_order(office: Office) -> None:
    with pytest.raises(Conflict) as refusal:
        orders.forms_order(office.con, office.period)
    assert [each.code for each in refusal.value.problems] == ["service.no-ledger"]


def test_returns_lie_by_unit_and_two_of_one_name_apart(office: Office) -> None:
    office.ledger("台账")
    job, _ = jobs.ask(office.con, Order(kind=JobKind.RECEIVE), "key", office.period.id, PERSON)
    for unit, text in (("区民政局", "一"), ("区财政局", "二"), ("区民政局", "三")):
        returns.put_return(office.con, office.period.id, unit, "表.xlsx", *office.blob(text), job.id, PERSON)
    came = [
        *returns.of_unit(office.con, office.period.id, "区民政局"),
        *returns.newest(office.con, office.period.id).values(),
    ]
    order = orders.collect_order(office.con, office.period, came[:2] + came[-1:], date(2026, 7, 10))
    places = [each["file"] for each in order.options["returns"]]
    assert sorted(places) == ["反馈/区民政局/表.xlsx", "反馈/区财政局/表.xlsx", "反馈2/区民政局/表.xlsx"]
    assert {order.files[place] for place in places} == {sha("一"), sha("二"), sha("三")}
    assert all(datetime.fromisoformat(each["at"]).tzinfo for each in order.options["returns"])
    assert order.options["on"] == "2026-07-10"


def test_a_built_report_is_an_edition_of_just_what_it_was_made_of(office: Office) -> None:
    office.setting("配置.yaml", "第一版")
    used = office.setting("配置.yaml", "第二版")
    ledger = office.ledger("台账")
    order = orders.build_order(office.con, office.period)
    office.setting("配置.yaml", "第三版")  # while it is being built
    job = office.done(order, {"inputs": {"template": [{"file": "t.yaml", "sha256": sha("t")}]}, "program": "0.1.0"})
    edition = editions.by_job(office.con, job.id)
    assert edition is not None
    assert (edition.settings, edition.hashes) == ({"配置.yaml": 2}, {"配置.yaml": used})
    assert (edition.ledger, edition.template, edition.program) == (ledger.id, sha("t"), "0.1.0")
    assert edition.author == "督查室甲"


def test_an_override_is_a_new_ledger_and_is_remembered_with_its_reason(office: Office) -> None:
    office.ledger("台账")
    told = {"sheet": "重点任务", "id": "R-1", "judgement": "推进较为滞后", "was": "正常推进", "reason": "停工"}
    order = orders.override_order(office.con, office.period, [told])
    office.done(order, {"ledger": "台账.xlsx", "overrides": [told]}, **{"台账.xlsx": "改过的"})
    newest = ledgers.newest(office.con, office.period.id)
    assert newest is not None
    assert (newest.version, newest.sha256, newest.origin) == (2, sha("改过的"), LedgerOrigin.OVERRIDDEN)
    (kept,) = overrides.of_period(office.con, office.period.id)
    assert (kept.entry, kept.was, kept.reason, kept.ledger) == ("R-1", "正常推进", "停工", newest.id)


@pytest.mark.parametrize("kind", [JobKind.COLLECT, JobKind.OVERRIDE])
def test_what_was_made_of_an_old_ledger_replaces_no_newer_one(office: Office, kind: JobKind) -> None:
    office.ledger("旧")
    if kind is JobKind.COLLECT:
        order = orders.collect_order(office.con, office.period, [], date(2026, 7, 10))
    else:
        order = orders.override_order(office.con, office.period, [])
    office.ledger("别人刚传的")
    result = {"changed": True, "ledger": "台账.xlsx", "overrides": []}
    with pytest.raises(Conflict) as refusal:
        office.done(order, result, **{"台账.xlsx": "由旧的做成"})
    assert [each.code for each in refusal.value.problems] == ["service.ledger-changed"]
    newest = ledgers.newest(office.con, office.period.id)
    assert newest is not None
    assert newest.sha256 == sha("别人刚传的")


def test_a_collection_that_changes_nothing_makes_no_version(office: Office) -> None:
    office.ledger("台账")
    order = orders.collect_order(office.con, office.period, [], date(2026, 7, 10))
    office.done(order, {"changed": False, "ledger": None})
    assert len(ledgers.versions(office.con, office.period.id)) == 1
    office.done(order, {"changed": True, "ledger": "台账.xlsx"}, **{"台账.xlsx": "汇总的"})
    newest = ledgers.newest(office.con, office.period.id)
    assert newest is not None
    assert (newest.origin, newest.sha256) == (LedgerOrigin.COLLECTED, sha("汇总的"))


@pytest.mark.parametrize("wrong", [False, True])
def test_a_return_is_received_or_wrong_and_has_its_form_and_its_unit(office: Office, wrong: bool) -> None:
    office.ledger("台账")
    order = orders.receive_order(office.con, office.period, "", values=[{"sheet": "重点任务", "id": "R-1"}])
    job, _ = jobs.ask(office.con, order, "key-RECEIVE", office.period.id, PERSON)
    returns.put_return(office.con, office.period.id, "", "填报", *office.blob("{}"), job.id, PERSON)
    office.done(order, {"wrong": wrong, "form": "02_表.xlsx", "unit": "区民政局"}, **{"02_表.xlsx": "填好的表"})
    (found,) = returns.by_job(office.con, job.id)
    assert found.state is (ReturnState.WRONG if wrong else ReturnState.ACCEPTED)
    assert (found.unit, found.name, found.sha256) == ("区民政局", "02_表.xlsx", sha("填好的表"))


def test_a_new_ledger_is_examined_for_whoever_asked_for_what_made_it(office: Office) -> None:
    office.ledger("台账")
    order = orders.collect_order(office.con, office.period, [], date(2026, 7, 10))
    office.done(order, {"changed": True, "ledger": "台账.xlsx"}, **{"台账.xlsx": "汇总的"})
    (asked,) = jobs.jobs_of(office.con, office.period.id, [JobKind.EXAMINE])
    assert orders.ledger_in(asked.order) == sha("汇总的")
    assert (asked.person, asked.author) == (PERSON.id, PERSON.name)


def test_two_editions_are_compared_by_their_files_and_one_without_is_told(office: Office) -> None:
    office.ledger("台账")
    made = []
    for number, name in enumerate(("报告.docx", "报告.docx", "报告.pdf")):
        order = orders.build_order(office.con, office.period)
        job, _ = jobs.ask(office.con, order, f"key-{number}", office.period.id, PERSON)
        taken = jobs.begin(office.con, job.id)
        assert taken
        jobs.finish(
            office.con, job.id, sha("r"), [JobFile(job=job.id, name=name, sha256=office.blob(str(number))[0], size=1)]
        )
        result = {"inputs": {"template": [{"file": "t.yaml", "sha256": sha("t")}]}, "program": "0.1.0"}
        settle(office.con, job, result, [])
        edition = editions.by_job(office.con, job.id)
        assert edition
        made.append(edition)
    order = orders.compare_order(office.con, made[0], made[1])
    assert order.files == {"原版/报告.docx": sha("0"), "现版/报告.docx": sha("1")}
    assert order.options == {"first": "原版/报告.docx", "second": "现版/报告.docx"}
    with pytest.raises(Conflict) as refusal:
        orders.compare_order(office.con, made[0], made[2])
    assert [each.code for each in refusal.value.problems] == ["service.no-file"]
    assert made[0].at.astimezone(UTC) == made[0].at
