"""What a unit types into its page (填报草稿): two may write, the list may change meanwhile, and no text is lost."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from reportgen.service.model import LedgerOrigin, Person, Role
from reportgen.service.office.units import drafts, forms
from reportgen.service.office.units.draft_merging import Clash, as_typed, mark_of, merge_drafts
from reportgen.service.office.units.drafts import Saved, Writing
from reportgen.service.office.units.unit_tasks import key_of, parts_of
from reportgen.service.refusals import NotFound, Refusal
from reportgen.service.store import blobs, ledgers
from reportgen.service.store.opening import writing
from tests.unit_office import PERSON, Office, office


def marks(answers: Mapping[str, str]) -> dict[str, str]:
    return {key: mark_of(text) for key, text in answers.items()}


def test_what_one_of_two_changed_is_taken_whoever_saves_first() -> None:
    began = {"a": "1", "b": "2", "c": "3"}
    merged = merge_drafts(marks(began), began | {"a": "theirs"}, began | {"b": "mine"})
    assert merged.answers == {"a": "theirs", "b": "mine", "c": "3"}
    assert (merged.taken, merged.clashes) == (("a",), ())


def test_what_both_changed_is_a_clash_with_both_texts() -> None:
    began = {"a": "1", "b": "2"}
    merged = merge_drafts(marks(began), {"a": "theirs", "b": "2"}, {"a": "mine", "b": "2"})
    assert merged.clashes == (Clash(key="a", mine="mine", theirs="theirs"),)
    assert merge_drafts(marks(began), {"a": "same"}, {"a": "same"}).clashes == ()


def test_no_text_of_any_two_writers_is_lost() -> None:
    chance = random.Random(8)
    texts = ["", "一", "二", "三"]
    for began, theirs, mine in itertools.islice(_three(chance, texts), 400):
        merged = merge_drafts(marks(began), theirs, mine)
        shown = {clash.key: {clash.mine, clash.theirs} for clash in merged.clashes}
        for key in began:
            kept = {merged.answers[key]} | shown.get(key, set())
            changed = {text for text in (theirs[key], mine[key]) if text != began[key]}
            assert changed <= kept, (began, theirs, mine)
            if not changed:
                assert merged.answers[key] == began[key]


def _three(chance: random.Random, texts: list[str]) -> Iterator[tuple[dict[str, str], ...]]:
    while True:
        yield tuple({key: chance.choice(texts) for key in "abcd"} for _ in range(3))


def test_line_ends_of_a_browser_are_no_change() -> None:
    assert as_typed("一\r\n二\r三 \n") == "一\n二\n三"
    assert mark_of("一\r\n二") == mark_of("一\n二")


def test_the_name_of_an_answer_gives_its_parts_back_whatever_the_task_is_called() -> None:
    assert parts_of(key_of("重点任务", "甲@乙@丙", "progress")) == ("重点任务", "甲@乙@丙", "progress")
    assert parts_of("progress@重点任务") is None


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Office:
    made = office(tmp_path_factory.mktemp("office"))
    forms.make_forms(made.desk, PERSON, made.period.id)
    made.work()
    return made


def begun(place: Office, person: Person) -> Writing:
    found = drafts.writing_of(place.desk, person, place.period.id)
    assert found is not None
    return found


def save(place: Office, person: Person, began: Writing, **changes: str) -> Saved:
    mine = dict(began.answers) | changes
    return drafts.save_draft(place.desk, person, place.period.id, mine, marks(began.answers))


def test_a_unit_sees_its_own_tasks_led_ones_first_and_nothing_of_the_others(place: Office) -> None:
    tasks = begun(place, place.unit("区民政局")).tasks
    assert [(task.text, task.leads) for task in tasks.tasks] == [
        ("建成社区食堂3个", True), ("改造老旧小区5个", True), ("新建公园2座", False),
    ]  # fmt: skip
    assert [[asked.field for asked in task.asks] for task in tasks.tasks] == [
        ["progress", "judgement"], ["progress", "judgement"], ["progress"],
    ]  # fmt: skip
    # The ledger says nothing of its period: what it has is last period's progress.
    assert tasks.tasks[0].last_progress == "已建成2个，第三个正在装修。"
    assert set(tasks.answers().values()) == {""}
    assert tasks.tasks[0].asks[1].choices == ("正常推进", "推进较为滞后")


def test_two_of_a_unit_write_at_once_and_both_find_all_of_it(place: Office) -> None:
    first, second = place.unit("区民政局"), replace(place.unit("区民政局"), name="另一位")
    before = begun(place, second)
    one, two, three = (task.key("progress") for task in before.tasks.tasks)
    assert save(place, first, before, **{one: "甲写的", two: "甲也写的"}).clashes == ()
    saved = save(place, second, before, **{two: "乙写的", three: "乙也写的"})
    assert saved.taken == (one,)
    assert saved.clashes == (Clash(key=two, mine="乙写的", theirs="甲也写的"),)
    now = begun(place, first).answers
    assert (now[one], now[two], now[three]) == ("甲写的", "甲也写的", "乙也写的")
    # Whoever has seen both decides.
    decided = drafts.save_draft(place.desk, second, place.period.id, {two: "甲乙合写的"}, {two: mark_of("甲也写的")})
    assert decided.clashes == ()
    assert begun(place, first).answers[two] == "甲乙合写的"
    draft = decided.writing.draft
    assert draft is not None
    assert (draft.version, draft.author) == (3, "另一位")


def test_saving_the_same_again_makes_no_new_version(place: Office) -> None:
    person = place.unit("区城管局")
    first = save(place, person, begun(place, person)).writing.draft
    again = save(place, person, begun(place, person)).writing.draft
    assert first == again
    assert first is not None
    assert first.version == 1


def test_a_text_that_no_cell_holds_is_refused_and_told_by_its_task(place: Office) -> None:
    person = place.unit("区城管局")
    before = begun(place, person)
    key = before.tasks.tasks[0].key("progress")
    with pytest.raises(Refusal) as refused:
        save(place, person, before, **{key: "长" * 32_768})
    (problem,) = refused.value.problems
    assert problem.code == "service.long-answer"
    assert before.tasks.tasks[0].id in problem.what
    assert save(place, person, before, **{key: "长" * 32_767}).clashes == ()


def test_a_draft_without_end_is_refused(place: Office) -> None:
    person = place.unit("区城管局")
    many = {key_of("重点任务", f"X-{number}", "progress"): "长" * 30_000 for number in range(60)}
    with pytest.raises(Refusal) as refused:
        drafts.save_draft(place.desk, person, place.period.id, many, {})
    assert [problem.code for problem in refused.value.problems] == ["service.large-draft"]
    assert refused.value.status == 413


def test_a_unit_without_tasks_and_one_of_another_period_have_nothing_to_write_into(place: Office) -> None:
    assert drafts.writing_of(place.desk, place.unit("区档案馆"), place.period.id) is None
    stranger = replace(place.unit("区民政局"), period="f" * 32)
    with pytest.raises(NotFound):
        drafts.writing_of(place.desk, stranger, place.period.id)
    clerk = Person(id="b" * 32, name="处室", role=Role.UNIT, unit="")
    with pytest.raises(NotFound):
        drafts.writing_of(place.desk, clerk, place.period.id)


def test_a_task_that_leaves_the_ledger_leaves_its_text_with_the_unit(tmp_path: Path) -> None:
    place = office(tmp_path)
    person = place.unit("区民政局")
    forms.make_forms(place.desk, PERSON, place.period.id)
    place.work()
    before = begun(place, person)
    gone, kept = before.tasks.tasks[0], before.tasks.tasks[1]
    save(place, person, before, **{gone.key("progress"): "已建成2个", kept.key("progress"): "已改造3个"})
    text = blobs.read(place.desk.store, _newest(place)).replace("建成社区食堂3个".encode(), "建成公厕1个".encode())
    with writing(place.desk.store) as con:
        ledgers.put_ledger(
            con,
            place.period.id,
            "台账.yaml",
            blobs.put(place.desk.store, text),
            len(text),
            LedgerOrigin.UPLOADED,
            PERSON,
        )
    # Until the new list is made, the unit has the old one.
    assert begun(place, person).tasks.tasks[0].text == "建成社区食堂3个"
    place.work()
    after = begun(place, person)
    assert after.tasks.tasks[0].text == "建成公厕1个"
    assert after.left_over == {gone.key("progress"): "已建成2个"}
    assert after.answers[kept.key("progress")] == "已改造3个"


def _newest(place: Office) -> str:
    with writing(place.desk.store) as con:
        found = ledgers.newest(con, place.period.id)
    assert found is not None
    return found.sha256
