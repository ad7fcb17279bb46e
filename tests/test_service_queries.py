"""How often a page asks the database (每页查询数): as often for fifty units and twenty editions as for one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from reportgen.service.model import JobFile, JobKind, Order, Period, ReturnState
from reportgen.service.office.asking import key_of
from reportgen.service.office.desk import Desk
from reportgen.service.office.orders import build_order, forms_order
from reportgen.service.office.reports import editions as reports
from reportgen.service.office.reports import steps
from reportgen.service.office.units import collecting, unit_table
from reportgen.service.settings import Settings
from reportgen.service.store import blobs, editions, jobs, ledgers, links, returns
from reportgen.service.store.opening import Store, open_store, writing
from tests.unit_office import PERSON, add_period

UNITS = 50
EDITIONS = 20


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("queries")
    store = open_store(folder)
    yield Desk(store, Settings(data=folder))
    store.close()


def done(desk: Desk, period: Period, order: Order, key: str, result: Any, *names: str) -> str:
    """A job that is done, with its result and files of one content."""
    kept = blobs.put(desk.store, json.dumps(result).encode())
    with writing(desk.store) as con:
        job, _ = jobs.ask(con, order, key, period.id, PERSON)
        jobs.begin(con, job.id)
        jobs.finish(con, job.id, kept, [JobFile(job=job.id, name=name, sha256=kept, size=1) for name in names])
    return job.id


def grown(desk: Desk, units: int, made: int) -> Period:
    """A period with so many units, each with link, draft and return, and so many editions with two page pictures."""
    period = add_period(desk.store)
    with writing(desk.store) as con:
        order, built = forms_order(con, period), build_order(con, period)
        ledger = ledgers.newest(con, period.id)
        assert ledger
    names = [f"单位{number}" for number in range(units)]
    counts = {"kind": "部门", "leads": 1, "supports": 0}
    told: dict[str, Any] = {
        "period": "", "issuer": "", "contact": "", "deadline": "2026-07-05", "without": [], "archive": None,
        "problems": [], "forms": [{"unit": name, "file": f"{name}.xlsx", **counts} for name in names],
        "tasks": {name: [] for name in names},
    }  # fmt: skip
    done(desk, period, order, key_of(order, period.id), told)
    for number, name in enumerate(names):
        receive = Order(kind=JobKind.RECEIVE, options={"unit": name, "values": []})
        job = done(desk, period, receive, f"receive-{number}", {"wrong": False, "unit": name, "findings": []})
        with writing(desk.store) as con:
            links.add(con, period.id, name, desk.store.clock() + timedelta(days=1), PERSON)
            returns.save_draft(con, period.id, name, {}, 0, PERSON)
            returns.put_return(con, period.id, name, "表.xlsx", "0" * 64, 1, job, PERSON)
            returns.set_state(con, returns.by_job(con, job)[0].id, ReturnState.ACCEPTED)
    for number in range(made):
        job = done(desk, period, built, f"build-{number}", {}, "报告.docx", "pages/001.png", "pages/002.png")
        with writing(desk.store) as con:
            editions.put_edition(
                con, period=period.id, job=job, ledger=ledger.id, settings={}, hashes={}, template="", program="",
                author="督查室",
            )  # fmt: skip
    return period


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements that are carried out meanwhile."""
    asked: list[str] = []

    def note(_con: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(store.engine, "before_cursor_execute", note)


LOOKS: dict[str, Callable[[Desk, str], object]] = {
    "部门反馈": lambda desk, id: unit_table.unit_table(desk, PERSON, id),
    "汇总": lambda desk, id: collecting.look_at_returns(desk, PERSON, id),
    "报告版次": lambda desk, id: reports.all_editions(desk, PERSON, id, 30),
    "六步": lambda desk, id: steps.steps_of(desk, PERSON, id),
}


def test_a_page_asks_the_database_as_often_for_many_units_and_editions_as_for_one(desk: Desk) -> None:
    small, large = grown(desk, 1, 1), grown(desk, UNITS, EDITIONS)
    _, kept, total = reports.all_editions(desk, PERSON, large.id, 30)
    assert (len(kept), total, [each.name for each in kept[0].files]) == (EDITIONS, EDITIONS, ["报告.docx"])
    table = unit_table.unit_table(desk, PERSON, large.id)
    assert len(table.rows) == UNITS
    assert all(row.sent and row.link and row.sent.typed for row in table.rows)
    for name, look in LOOKS.items():
        numbers = []
        for period in (small, large):
            look(desk, period.id)
            with counted(desk.store) as asked:
                look(desk, period.id)
            numbers.append(len(asked))
        assert numbers[0] == numbers[1] <= 25, (name, numbers)
