"""Stable numbers (编号) of the ledger's entries."""

from __future__ import annotations

from dataclasses import replace

from reportgen.ledger.ids import id_key, with_ids
from reportgen.ledger.model import Entry, Ledger, Sheet


def task(text: str, id: str = "") -> Entry:
    return Entry(sheet=Sheet.TASKS, text=text, id=id)


def ledger(*tasks: Entry) -> Ledger:
    return Ledger(file="台账.xlsx", tasks=tasks)


def test_a_number_does_not_depend_on_the_place_in_the_ledger():
    one, two = task("建成公园2座"), task("改造小区5个")
    forth = {entry.text: entry.id for entry in with_ids(ledger(one, two)).tasks}
    back = {entry.text: entry.id for entry in with_ids(ledger(two, one)).tasks}
    assert forth == back
    assert len(set(forth.values())) == 2


def test_what_is_typed_with_other_spaces_or_widths_is_the_same_task():
    numbers = {with_ids(ledger(task(text))).tasks[0].id for text in ("建成公园2座", "建成公园２座 ", "建成 公园2座")}
    assert len(numbers) == 1


def test_equal_entries_get_different_numbers():
    numbers = [entry.id for entry in with_ids(ledger(*[task("建成公园2座")] * 3)).tasks]
    assert numbers[1:] == [numbers[0] + "-2", numbers[0] + "-3"]


def test_a_number_of_the_office_stays_and_is_not_given_twice():
    new = with_ids(ledger(task("建成公园2座"))).tasks[0].id
    kept = with_ids(ledger(task("别的任务", id=new), task("建成公园2座"))).tasks
    assert [entry.id for entry in kept] == [new, new + "-2"]


def test_numbering_twice_changes_nothing():
    once = with_ids(ledger(task("建成公园2座"), task("改造小区5个")))
    assert with_ids(once) == once


def test_goals_and_tasks_of_the_same_text_differ():
    both = with_ids(
        Ledger(file="台账.xlsx", goals=(replace(task("增长5%"), sheet=Sheet.GOALS),), tasks=(task("增长5%"),))
    )
    assert both.goals[0].id.startswith("M-")
    assert both.tasks[0].id.startswith("R-")


def test_numbers_are_compared_as_people_type_them():
    assert id_key(" ｒ-7k3q9d ") == "R-7K3Q9D"
