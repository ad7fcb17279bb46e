"""The units' returns in the service (部门反馈): links, what was found by task and field, late ones, one new ledger."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from reportgen.service.model import JobKind, JobState, LedgerOrigin, Person, ReturnState, Role
from reportgen.service.office import jobs as job_pages
from reportgen.service.office.reports import periods
from reportgen.service.office.units import collecting, drafts, forms, links, returns
from reportgen.service.office.units.draft_merging import mark_of
from reportgen.service.office.units.return_findings import Found, findings_by_task
from reportgen.service.office.units.returns import Sent
from reportgen.service.office.units.unit_table import LinkState, Standing, UnitRow, unit_table
from reportgen.service.refusals import Conflict, Forbidden, NotFound, Refusal
from reportgen.service.store import blobs, jobs, ledgers
from reportgen.service.store.opening import reading, writing
from reportgen.service.store.tables import LINKS
from tests.unit_office import PERSON, Office, office

ADVICE = "请点选这一项的推进情况（评价）"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Office:
    made = office(tmp_path_factory.mktemp("office"))
    forms.make_forms(made.desk, PERSON, made.period.id)
    made.work()
    return made


@pytest.fixture
def fresh(tmp_path: Path) -> Office:
    made = office(tmp_path)
    forms.make_forms(made.desk, PERSON, made.period.id)
    made.work()
    return made


def row(place: Office, unit: str) -> UnitRow:
    return next(row for row in unit_table(place.desk, PERSON, place.period.id).rows if row.unit == unit)


def send(place: Office, person: Person, **said: str) -> Sent:
    """What the unit types by text of its tasks, sent and looked at; 「 文字」 is chosen for the judgement."""
    writing_now = drafts.writing_of(place.desk, person, place.period.id)
    assert writing_now is not None
    mine = {}
    for task in writing_now.tasks.tasks:
        text, _, judgement = said.get(task.text, "").partition("｜")
        mine[task.key("progress")] = text
        if task.leads:
            mine[task.key("judgement")] = judgement
    began = {key: mark_of(text) for key, text in writing_now.answers.items()}
    saved, made = returns.send_typed(place.desk, person, place.period.id, mine, began)
    assert saved.clashes == ()
    assert made is not None
    place.work()
    return returns.sent_by(place.desk, person, place.period.id)[0]


def found_in(place: Office, person: Person, sent: Sent) -> Found:
    now = drafts.writing_of(place.desk, person, place.period.id)
    assert now is not None
    return findings_by_task(sent, {task.id: frozenset(each.field for each in task.asks) for task in now.tasks.tasks})


# ---- links


def test_the_secret_of_a_link_is_told_once_and_stands_nowhere(place: Office) -> None:
    (made,) = links.make_links(place.desk, PERSON, place.period.id, ["区民政局"], days=3)
    assert len(made.token) == 43
    assert made.link.expires == place.clock.now + timedelta(days=3)
    with reading(place.desk.store) as con:
        kept = [tuple(each) for each in con.execute(LINKS.select())]
    assert not any(made.token in str(each) for each in kept)
    database = b"".join(path.read_bytes() for path in place.desk.store.folder.glob("reportgen.db*"))
    assert made.token.encode() not in database


def test_a_link_made_anew_revokes_the_old_one_of_that_unit_alone(place: Office) -> None:
    old, other = links.make_links(place.desk, PERSON, place.period.id, ["区民政局", "区城管局"])
    (new,) = links.make_links(place.desk, PERSON, place.period.id, ["区民政局"])
    assert links.holder_or_none(place.desk, old.token) is None
    held = [links.holder_or_none(place.desk, each.token) for each in (new, other)]
    assert [(each.unit, each.period) for each in held if each] == [
        ("区民政局", place.period.id),
        ("区城管局", place.period.id),
    ]


def test_a_link_ends_by_its_day_by_revoking_and_with_its_period(fresh: Office) -> None:
    first, second = links.make_links(fresh.desk, PERSON, fresh.period.id, ["区民政局", "区城管局"], days=2)
    fresh.clock.now += timedelta(days=1)
    links.note_opened(fresh.desk, first.token)
    assert row(fresh, "区民政局").link_state is LinkState.OPENED
    assert row(fresh, "区城管局").link_state is LinkState.SENT
    assert links.revoke_links(fresh.desk, PERSON, fresh.period.id, "区民政局") == 1
    assert links.holder_or_none(fresh.desk, first.token) is None
    assert row(fresh, "区民政局").link_state is LinkState.REVOKED
    fresh.clock.now += timedelta(days=1)
    assert links.holder_or_none(fresh.desk, second.token) is None
    assert row(fresh, "区城管局").link_state is LinkState.EXPIRED
    (third,) = links.make_links(fresh.desk, PERSON, fresh.period.id, ["区城管局"])
    periods.archive(fresh.desk, PERSON, fresh.period.id)
    assert links.holder_or_none(fresh.desk, third.token) is None
    with pytest.raises(NotFound):
        forms.forms_now(fresh.desk, Person(id="c" * 32, name="城管", role=Role.UNIT, unit="区城管局"), fresh.period.id)


@pytest.mark.row("H7", "refused")
@pytest.mark.parametrize(
    "token",
    ["", "a", "a" * 43, "a" * 42 + "\n", "../../etc/passwd", "' OR 1=1 --", "令" * 43, "a" * 100_000, "\udc80" * 43],
)
def test_no_made_up_secret_lets_anybody_in(place: Office, token: str) -> None:
    assert links.holder_or_none(place.desk, token) is None


def test_only_the_office_gives_out_links_and_for_days_that_make_sense(place: Office) -> None:
    unit = place.unit("区民政局")
    with pytest.raises(Forbidden):
        links.make_links(place.desk, unit, place.period.id, ["区城管局"])
    with pytest.raises(Forbidden):
        links.links_of(place.desk, unit, place.period.id)
    for days in (0, -1, 366):
        with pytest.raises(Refusal) as refused:
            links.make_links(place.desk, PERSON, place.period.id, ["区民政局"], days)
        assert refused.value.problems[0].code == "service.link-days"
    with pytest.raises(Refusal) as nobody:
        links.make_links(place.desk, PERSON, place.period.id, [])
    assert nobody.value.problems[0].code == "service.no-unit"
    with pytest.raises(NotFound):
        links.make_links(place.desk, PERSON, "0" * 32, ["区民政局"])


# ---- what was found


def test_what_is_wrong_is_told_by_task_and_field_and_is_gone_once_mended(fresh: Office) -> None:
    person = fresh.unit("区民政局")
    sent = send(fresh, person, 建成社区食堂3个="已建成3个。", 改造老旧小区5个="")
    tasks = drafts.writing_of(fresh.desk, person, fresh.period.id)
    assert tasks is not None
    canteen, renewal, park = (task.id for task in tasks.tasks.tasks)
    found = found_in(fresh, person, sent)
    assert sent.state is ReturnState.WRONG
    assert {cell: [each["wrong"] for each in listed] for cell, listed in found.cells.items()} == {
        (canteen, "judgement"): [True],
        (renewal, "progress"): [True],
    }
    assert found.cells[canteen, "judgement"][0]["advice"] == ADVICE
    assert (found.wrong, found.whole, found.problems) == (2, (), ())
    assert row(fresh, "区民政局").standing is Standing.WRONG
    sent = send(fresh, person, 建成社区食堂3个="已建成3个。｜正常推进", 改造老旧小区5个="已改造4个。｜正常推进")
    assert sent.state is ReturnState.ACCEPTED
    assert found_in(fresh, person, sent).wrong == 0
    assert row(fresh, "区民政局").standing is Standing.RETURNED
    # What counts is the unit's own form with the answers in it.
    name, sha256 = returns.return_file(fresh.desk, person, fresh.period.id, sent.given.id)
    assert name == tasks.tasks.file
    sheet = load_workbook(io.BytesIO(blobs.read(fresh.desk.store, sha256)))["重点任务"]
    cells = [[cell.value for cell in each] for each in sheet.iter_rows()]
    assert [each[-2:] for each in cells if each[0] in (canteen, renewal, park)] == [
        ["已建成3个。", "正常推进"], ["已改造4个。", "正常推进"], [None, None],
    ]  # fmt: skip


def test_sent_twice_is_sent_once_and_sent_again_after_another_counts_anew(fresh: Office) -> None:
    person = fresh.unit("区城管局")
    first = send(fresh, person, 新建公园2座="开工1座。｜正常推进")
    assert send(fresh, person, 新建公园2座="开工1座。｜正常推进") == first
    second = send(fresh, person, 新建公园2座="开工2座。")
    third = send(fresh, person, 新建公园2座="开工1座。｜正常推进")
    assert [first.state, second.state, third.state] == [
        ReturnState.ACCEPTED, ReturnState.WRONG, ReturnState.ACCEPTED,
    ]  # fmt: skip
    assert third.given.sha256 == first.given.sha256
    assert [each.given.id for each in returns.sent_by(fresh.desk, person, fresh.period.id)] == [
        third.given.id, second.given.id, first.given.id,
    ]  # fmt: skip


def test_a_form_filled_in_and_uploaded_is_read_as_one_typed_in(fresh: Office) -> None:
    person = fresh.unit("区城管局")
    name, sha256 = forms.form_file(fresh.desk, person, fresh.period.id, person.unit)
    filled = fill(blobs.read(fresh.desk.store, sha256), "开工1座。", "推进较为滞后")
    returns.send_file(fresh.desk, person, fresh.period.id, fresh.upload(name, filled))
    fresh.work()
    (sent,) = returns.sent_by(fresh.desk, person, fresh.period.id)
    assert (sent.state, sent.typed) == (ReturnState.ACCEPTED, False)
    assert sent.result is not None
    assert [each["text"] for each in sent.result["answers"]] == ["开工1座。", "推进较为滞后"]


def fill(form: bytes, progress: str, judgement: str) -> bytes:
    """A form of one task, filled in as a unit does it."""
    book = load_workbook(io.BytesIO(form))
    sheet = book["重点任务"]
    rows = list(sheet.iter_rows())
    at = next(number for number, cells in enumerate(rows) if cells[0].value == "编号")
    for title, below in zip(rows[at], rows[at + 1], strict=True):
        if title.value in ("1—6月进展情况", "推进情况"):
            below.value = progress if title.value != "推进情况" else judgement
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_file_that_cannot_be_read_and_one_of_another_unit_are_told(fresh: Office) -> None:
    person = fresh.unit("区城管局")
    returns.send_file(fresh.desk, person, fresh.period.id, fresh.upload("反馈.xlsx", b"PK\x03\x04 broken"))
    fresh.work()
    sent = returns.sent_by(fresh.desk, person, fresh.period.id)[0]
    assert sent.state is ReturnState.WRONG
    assert [each["title"] for each in found_in(fresh, person, sent).whole] == ["读不了的文件"]
    _, sha256 = forms.form_file(fresh.desk, PERSON, fresh.period.id, "区民政局")
    returns.send_file(
        fresh.desk, person, fresh.period.id, fresh.upload("表.xlsx", blobs.read(fresh.desk.store, sha256))
    )
    fresh.work()
    told = found_in(fresh, person, returns.sent_by(fresh.desk, person, fresh.period.id)[0]).whole
    assert any("区民政局" in each["what"] for each in told)


def test_what_comes_after_the_deadline_is_taken_and_marked_late(fresh: Office) -> None:
    assert row(fresh, "区民政局").standing is Standing.WAITING
    fresh.clock.now = datetime(2026, 7, 5, 15, 59, tzinfo=UTC)  # 23:59 in China
    send(
        fresh, fresh.unit("区民政局"), 建成社区食堂3个="已建成3个。｜正常推进", 改造老旧小区5个="已改造4个。｜正常推进"
    )
    fresh.clock.now += timedelta(minutes=2)
    assert row(fresh, "区城管局").standing is Standing.OVERDUE
    send(fresh, fresh.unit("区城管局"), 新建公园2座="开工1座。｜正常推进")
    assert not row(fresh, "区民政局").late
    assert row(fresh, "区城管局").late
    table = unit_table(fresh.desk, PERSON, fresh.period.id)
    assert table.counts() == {"asked": 3, "returned": 2, "wrong": 0, "overdue": 2, "late": 1, "nameless": 0}
    assert [each.unit for each in table.rows] == ["区发展改革委", "区民政局", "区城管局"]
    assert [each.unit for each in table.shown("overdue")] == ["区发展改革委", "区城管局"]
    assert [each.unit for each in table.shown("missing")] == ["区发展改革委"]
    assert [each.unit for each in table.shown("came")] == ["区民政局", "区城管局"]


# ---- mailed files, and what may be seen


def test_mailed_files_find_their_units_and_the_office_names_those_that_tell_none(fresh: Office) -> None:
    fresh.unit("区城管局")
    _, sha256 = forms.form_file(fresh.desk, PERSON, fresh.period.id, "区城管局")
    filled = fill(blobs.read(fresh.desk.store, sha256), "开工1座。", "正常推进")
    nameless = "编号,工作任务,进展情况\n,新建公园2座,已开工两座公园\n".encode()
    by_name = "工作任务,进展情况,推进情况\n建成社区食堂3个,已建成3个。,正常推进\n".encode()
    uploads = [
        fresh.upload("反馈表.xlsx", filled),
        fresh.upload("回复.csv", nameless),
        fresh.upload("区民政局反馈.csv", by_name),
    ]
    returns.send_mailed(fresh.desk, PERSON, fresh.period.id, uploads)
    fresh.work()
    named, unknown = returns.newest_sent(fresh.desk, PERSON, fresh.period.id)
    assert {unit: each.given.name for unit, each in named.items()} == {
        "区城管局": "反馈表.xlsx", "区民政局": "区民政局反馈.csv",
    }  # fmt: skip
    (lost,) = unknown
    assert lost.given.name == "回复.csv"
    with pytest.raises(NotFound):
        returns.assign_return(fresh.desk, PERSON, fresh.period.id, lost.given.id, "没有的单位")
    returns.assign_return(fresh.desk, PERSON, fresh.period.id, lost.given.id, "区发展改革委")
    fresh.work()
    named, unknown = returns.newest_sent(fresh.desk, PERSON, fresh.period.id)
    assert unknown == []
    assert named["区发展改革委"].given.id == lost.given.id
    assert named["区发展改革委"].state is ReturnState.WRONG
    with pytest.raises(NotFound):  # it has its unit now
        returns.assign_return(fresh.desk, PERSON, fresh.period.id, lost.given.id, "区民政局")


def test_mailed_files_of_many_units_do_not_count_as_many_wishes_of_one_person(tmp_path: Path) -> None:
    place = office(tmp_path)
    uploads = [place.upload(f"区民政局{number}.csv", f"工作任务\n{number}".encode()) for number in range(30)]
    assert place.desk.settings.queue_per_person < len(uploads)
    assert len({each.job for each in returns.send_mailed(place.desk, PERSON, place.period.id, uploads)}) == 30


def test_too_many_files_at_once_and_none_are_refused(place: Office) -> None:
    uploads = [place.upload("反馈.xlsx", b"x")] * (returns.MOST_AT_ONCE + 1)
    for given, code in ((uploads, "service.too-many-files"), ([], "service.no-file")):
        with pytest.raises(Refusal) as refused:
            returns.send_mailed(place.desk, PERSON, place.period.id, given)
        assert refused.value.problems[0].code == code


def test_a_mailed_file_of_a_unit_that_nobody_asks_is_refused(fresh: Office) -> None:
    with pytest.raises(NotFound, match="区某某局"):
        returns.send_mailed(fresh.desk, PERSON, fresh.period.id, [fresh.upload("反馈.csv", b"x")], "区某某局")
    assert returns.sent_by(fresh.desk, PERSON, fresh.period.id) == []


@pytest.mark.row("H7", "refused")
def test_a_unit_sees_nothing_of_another_and_the_office_all(fresh: Office) -> None:
    theirs = fresh.unit("区城管局")
    sent = send(fresh, theirs, 新建公园2座="开工1座。｜正常推进")
    other = fresh.unit("区民政局")
    assert returns.sent_by(fresh.desk, other, fresh.period.id, "区城管局") == []
    for ask in (
        lambda: returns.return_file(fresh.desk, other, fresh.period.id, sent.given.id),
        lambda: forms.form_file(fresh.desk, other, fresh.period.id, "区城管局"),
        lambda: returns.sent_by(fresh.desk, replace(theirs, period="0" * 32), fresh.period.id),
        lambda: returns.return_file(fresh.desk, PERSON, "0" * 32, sent.given.id),
    ):
        with pytest.raises(NotFound):
            ask()
    for forbidden in (
        lambda: unit_table(fresh.desk, theirs, fresh.period.id),
        lambda: collecting.collect_returns(fresh.desk, theirs, fresh.period.id),
        lambda: collecting.look_at_returns(fresh.desk, theirs, fresh.period.id),
        lambda: returns.send_mailed(fresh.desk, theirs, fresh.period.id, []),
        lambda: returns.newest_sent(fresh.desk, theirs, fresh.period.id),
        lambda: forms.all_forms(fresh.desk, theirs, fresh.period.id),
    ):
        with pytest.raises(Forbidden):
            forbidden()
    assert returns.return_file(fresh.desk, PERSON, fresh.period.id, sent.given.id)[0] == sent.given.name
    clerk = Person(id="c" * 32, name="处室", role=Role.UNIT, unit="区城管局")
    assert [each.id for each in forms.periods_of_unit(fresh.desk, clerk)] == [fresh.period.id]
    assert forms.periods_of_unit(fresh.desk, replace(clerk, unit="区档案馆")) == []


# ---- into the ledger


def test_what_came_in_becomes_a_new_version_of_the_ledger_and_the_old_one_stays(fresh: Office) -> None:
    with pytest.raises(Conflict) as nothing:
        collecting.collect_returns(fresh.desk, PERSON, fresh.period.id)
    assert nothing.value.problems[0].code == "service.no-returns"
    send(
        fresh, fresh.unit("区民政局"), 建成社区食堂3个="已建成3个。｜正常推进", 改造老旧小区5个="已改造4个。｜正常推进"
    )
    collecting.collect_returns(fresh.desk, PERSON, fresh.period.id)
    fresh.work()
    with reading(fresh.desk.store) as con:
        new, old = ledgers.versions(con, fresh.period.id)
    assert (old.version, old.origin) == (1, LedgerOrigin.UPLOADED)
    assert (new.version, new.origin, new.name) == (2, LedgerOrigin.COLLECTED, "台账.xlsx")
    cells = [
        [cell.value for cell in each]
        for each in load_workbook(io.BytesIO(blobs.read(fresh.desk.store, new.sha256)))["重点任务"].iter_rows()
    ]
    assert any("已建成3个。" in each and "建成社区食堂3个" in each for each in cells)
    written, telling = collecting.collections_of(fresh.desk, PERSON, fresh.period.id)
    assert written is not None
    assert written == telling
    assert written.result is not None
    assert written.result["counts"]["returned"] == 1
    assert written.result["ledger"] == "台账.xlsx"
    # The units' list is made of the new one, and has what the ledger says by now.
    forms.forms_now(fresh.desk, PERSON, fresh.period.id)
    fresh.work()
    now = forms.tasks_of(fresh.desk, PERSON, fresh.period.id, "区民政局")
    assert now is not None
    assert now[1].tasks[0].stands["progress"] == "已建成3个。"


def test_the_reminder_names_who_has_not_returned_before_anything_came_in_and_after(fresh: Office) -> None:
    def reminder() -> str:
        collecting.look_at_returns(fresh.desk, PERSON, fresh.period.id)
        fresh.work()
        telling = collecting.collections_of(fresh.desk, PERSON, fresh.period.id)[1]
        assert telling is not None
        assert telling.result is not None
        assert telling.result["ledger"] is None
        return str(telling.result["reminder"])

    assert reminder().startswith("请以下 3 个单位尽快报送")
    send(fresh, fresh.unit("区城管局"), 新建公园2座="开工1座。｜正常推进")
    send(fresh, fresh.unit("区民政局"), 建成社区食堂3个="已建成3个。", 改造老旧小区5个="已改造4个。｜正常推进")
    text = reminder()
    assert text.startswith("请以下 1 个单位尽快报送")
    assert "区发展改革委（责任任务 2 项）" in text
    assert "没有按规定点选推进情况（评价）" in text
    with reading(fresh.desk.store) as con:
        assert len(ledgers.versions(con, fresh.period.id)) == 1


def test_nothing_is_collected_while_a_return_is_looked_at_or_of_one_that_nothing_came_of(fresh: Office) -> None:
    person = fresh.unit("区城管局")
    send(fresh, person, 新建公园2座="开工1座。｜正常推进")
    now = drafts.writing_of(fresh.desk, person, fresh.period.id)
    assert now is not None
    key = now.tasks.tasks[0].key("progress")
    returns.send_typed(fresh.desk, person, fresh.period.id, {key: "开工2座。"}, {key: mark_of(now.answers[key])})
    assert row(fresh, "区城管局").standing is Standing.CHECKING
    with pytest.raises(Conflict) as early:
        collecting.collect_returns(fresh.desk, PERSON, fresh.period.id)
    assert (early.value.problems[0].code, early.value.retry_after) == ("service.still-checking", 5)
    with writing(fresh.desk.store) as con:
        (job,) = jobs.in_state(con, JobState.WAITING)
        jobs.begin(con, job.id)
        jobs.fail(
            con,
            job.id,
            [
                {
                    "severity": "error",
                    "code": "job.killed",
                    "what": "没有做成",
                    "fix": "请再试",
                    "where": None,
                    "related": [],
                }
            ],
        )
    assert row(fresh, "区城管局").standing is Standing.WRONG
    newest = returns.sent_by(fresh.desk, person, fresh.period.id)[0]
    assert found_in(fresh, person, newest).wrong == 1
    # What the unit sent before still counts for the ledger.
    collecting.collect_returns(fresh.desk, PERSON, fresh.period.id)
    fresh.work()
    written = collecting.collections_of(fresh.desk, PERSON, fresh.period.id)[0]
    assert written is not None
    assert written.result is not None
    assert written.result["counts"]["answered"] == 1


def test_a_return_whose_check_was_cancelled_says_so_and_can_be_checked_after_all(fresh: Office) -> None:
    person = fresh.unit("区城管局")
    now = drafts.writing_of(fresh.desk, person, fresh.period.id)
    assert now is not None
    key = now.tasks.tasks[0].key("progress")
    returns.send_typed(fresh.desk, person, fresh.period.id, {key: "开工2座。"}, {key: mark_of(now.answers[key])})
    with reading(fresh.desk.store) as con:
        (job,) = jobs.in_state(con, JobState.WAITING)
    job_pages.cancel(fresh.desk, PERSON, job.id)
    (cut_off,) = returns.sent_by(fresh.desk, person, fresh.period.id)
    assert cut_off.state is ReturnState.WRONG
    assert [each["code"] for each in cut_off.problems] == ["service.return-unchecked"]
    job_pages.again(fresh.desk, PERSON, job.id)
    fresh.work()
    (checked,) = returns.sent_by(fresh.desk, person, fresh.period.id)
    assert (checked.given.state, checked.problems) == (ReturnState.WRONG, ())
    assert checked.result is not None


def test_a_form_list_whose_result_was_swept_away_is_made_again(fresh: Office) -> None:
    with writing(fresh.desk.store) as con:
        for job in jobs.jobs_of(con, fresh.period.id, [JobKind.FORMS]):
            jobs.drop_result(con, job.id)
    assert forms.forms_now(fresh.desk, PERSON, fresh.period.id).forms is None
    fresh.work()
    now = forms.forms_now(fresh.desk, PERSON, fresh.period.id)
    assert now.is_current
    assert now.forms is not None
    assert [each.unit for each in now.forms.units] == ["区发展改革委", "区民政局", "区城管局"]
    assert now.forms.without == ("区档案馆",)
