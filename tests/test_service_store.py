"""The service's rows (服务数据): the same on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from reportgen.problems import InputError, ReportError
from reportgen.service.model import JobFile, JobKind, JobState, LedgerOrigin, Order, Period, Person, ReturnState, Role
from reportgen.service.store import (
    acceptances,
    audit,
    blobs,
    editions,
    idempotency,
    jobs,
    ledgers,
    links,
    overrides,
    people,
    periods,
    returns,
    setting_files,
    tokens,
    webhooks,
)
from reportgen.service.store.migrating import alembic_config
from reportgen.service.store.opening import Store, open_store, reading, writing
from reportgen.service.store.tables import METADATA, NEWEST
from tests.postgres import Server, serving_postgres

MORNING = datetime(2026, 7, 10, 1, 2, 3, 456789, tzinfo=UTC)
DAY = timedelta(days=1)
ONE, TWO = "1" * 64, "2" * 64


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = MORNING

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | Server]:
    """An empty store of that kind, to be copied: its tables are made once."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("empty")
        open_store(folder).close()
        yield folder
        return
    with serving_postgres() as server:
        server.run("createdb", "-h", str(server.folder), "-U", "reportgen", "empty")
        open_store(tmp_path_factory.mktemp("files"), server.url("empty")).close()
        yield server


@pytest.fixture
def store(database: Path | Server, tmp_path: Path) -> Iterator[Store]:
    folder = tmp_path / "data"
    if isinstance(database, Path):
        shutil.copytree(database, folder)
        made = open_store(folder, clock=Clock())
    else:
        made = open_store(folder, database.new_database("empty"), Clock())
    yield made
    made.close()


def move(store: Store, by: timedelta) -> None:
    assert isinstance(store.clock, Clock)
    store.clock.time += by


@pytest.fixture
def office(store: Store) -> Person:
    with writing(store) as con:
        return people.add_person(con, "zhang", "张三", Role.OFFICE)


@pytest.fixture
def period(store: Store, office: Person) -> Period:
    with writing(store) as con:
        return periods.add(con, "2026年上半年", "qingping.yaml", office)


def asked(con: Connection, period: Period, person: Person, key: str, **files: str) -> str:
    return jobs.ask(con, Order(kind=JobKind.BUILD, files=files, options={"版": key}), key, period.id, person)[0].id


# ---- opening


def test_the_migrations_make_the_tables_that_the_queries_speak_of(store: Store) -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_current_head() == NEWEST
    with reading(store) as con:
        context = MigrationContext.configure(con, opts={"compare_type": True, "compare_server_default": False})
        assert compare_metadata(context, METADATA) == []


def test_a_database_of_a_newer_program_is_left_alone(store: Store) -> None:
    with writing(store) as con:
        con.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    url = "" if store.engine.dialect.name == "sqlite" else store.engine.url.render_as_string(hide_password=False)
    with pytest.raises(ReportError) as told:
        open_store(store.folder, url)
    assert [problem.code for problem in told.value.problems] == ["service.newer-database"]
    assert "9999" in str(told.value)
    assert "换用新版程序" in str(told.value)


def test_a_migration_that_fails_leaves_no_table(store: Store) -> None:
    with suppress(ZeroDivisionError), writing(store) as con:
        con.execute(text("CREATE TABLE half (id INTEGER)"))
        raise ZeroDivisionError
    with reading(store) as con:
        assert not con.dialect.has_table(con, "half")


# ---- transactions


def test_a_transaction_is_all_or_nothing_and_rings_only_when_a_job_was_asked_for(store: Store, period: Period) -> None:
    person = Person(id="a" * 32, name="张三", role=Role.OFFICE)
    with suppress(ZeroDivisionError), writing(store) as con:
        asked(con, period, person, "一")
        raise ZeroDivisionError
    assert not store.bell.is_set()
    with writing(store) as con:
        assert jobs.jobs_of(con, period.id) == []
        audit.note(con, person, "看了")
    assert not store.bell.is_set()
    with writing(store) as con:
        asked(con, period, person, "一")
        assert not store.bell.is_set()
    assert store.bell.is_set()


def test_what_is_read_belongs_together_whatever_is_written_meanwhile(store: Store, office: Person) -> None:
    with reading(store) as con:
        assert periods.all_periods(con) == []
        writer = threading.Thread(target=_add_period, args=(store, office))
        writer.start()
        writer.join()
        assert periods.all_periods(con) == []
    with reading(store) as con:
        assert [period.title for period in periods.all_periods(con)] == ["同时"]


def _add_period(store: Store, person: Person) -> None:
    with writing(store) as con:
        periods.add(con, "同时", "a.yaml", person)


def test_what_no_database_can_keep_is_told(store: Store, office: Person) -> None:
    told = []
    for write in (
        lambda con: periods.add(con, "半个字\ud800", "a.yaml", office),
        lambda con: audit.entries(con, limit=2**70),
        lambda con: jobs.jobs_of(con, "0" * 32, offset=2**70),
        lambda con: setting_files.version(con, "0" * 32, "a.yaml", 2**70),
    ):
        with pytest.raises(ReportError) as fault, writing(store) as con:
            write(con)
        told += [problem.code for problem in fault.value.problems]
    assert told == ["service.not-storable"] * 4
    with writing(store) as con:
        assert periods.all_periods(con) == []
        assert jobs.job(con, "没有") is None


def test_a_text_with_a_nul_is_told_where_the_database_keeps_none(store: Store) -> None:
    def look() -> None:
        with reading(store) as con:
            assert jobs.job(con, "a\0b") is None

    if store.engine.dialect.name == "sqlite":
        look()
        return
    with pytest.raises(InputError) as fault:
        look()
    assert [problem.code for problem in fault.value.problems] == ["service.not-storable"]


def test_fifty_writers_at_once_are_served_one_after_the_other(store: Store, period: Period, office: Person) -> None:
    made: list[tuple[str, int, int]] = []

    def write(number: int) -> None:
        with writing(store) as con:
            same, _ = jobs.ask(con, Order(kind=JobKind.EXAMINE), "同一份", period.id, office)
            setting = setting_files.put_setting(con, period.id, "a.yaml", f"{number:064}", 1, office)
            ledger = ledgers.put_ledger(con, period.id, "台账.xlsx", ONE, 1, LedgerOrigin.UPLOADED, office)
            made.append((same.id, setting.version, ledger.version))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(50)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len({job for job, _, _ in made}) == 1
    assert sorted(version for _, version, _ in made) == list(range(1, 51))
    assert sorted(version for _, _, version in made) == list(range(1, 51))


# ---- jobs


def test_an_equal_order_is_the_same_job_until_it_came_to_nothing(store: Store, period: Period, office: Person) -> None:
    order = Order(kind=JobKind.BUILD, files={"台账/一.xlsx": ONE, "a.yaml": TWO, "b": ONE}, options={"份": [1, "二"]})
    with writing(store) as con:
        job, is_new = jobs.ask(con, order, "k", period.id, office)
        assert (is_new, job.state, job.order, job.author, job.at) == (True, JobState.WAITING, order, "张三", MORNING)
        other = periods.add(con, "2026年下半年", "qingping.yaml", office)
        assert jobs.ask(con, order, "k", other.id, office)[1]
        assert jobs.ask(con, order, "k", period.id, office) == (job, False)
        jobs.begin(con, job.id)
        assert jobs.ask(con, order, "k", period.id, office)[1] is False
        problems = [{"code": "ledger.empty", "what": "台账没有内容"}]
        assert jobs.fail(con, job.id, problems)
        again, is_new = jobs.ask(con, order, "k", period.id, office)
        assert is_new
        assert again.id != job.id
        failed = jobs.job(con, job.id)
        assert failed is not None
        assert (failed.state, failed.problems, failed.ended) == (JobState.FAILED, tuple(problems), MORNING)
        assert jobs.begin(con, again.id)
        assert jobs.finish(con, again.id, TWO, [])
        assert jobs.ask(con, order, "k", period.id, office)[0].id == again.id
        jobs.drop_result(con, again.id)
        assert jobs.ask(con, order, "k", period.id, office)[1]


def test_nobody_waits_for_all_jobs_of_somebody_else(store: Store, period: Period) -> None:
    zhang, li, wang = (Person(id=name * 32, name=name, role=Role.OFFICE) for name in "abc")
    with writing(store) as con:
        for number in range(5):
            asked(con, period, zhang, f"张{number}")
        first = jobs.waiting(con)[0]
        assert first.key == "张0"
        jobs.begin(con, first.id)
    move(store, timedelta(seconds=1))
    taken = []
    with writing(store) as con:
        late = asked(con, period, li, "李0")
        asked(con, period, li, "李1")
        assert [job.key for job in jobs.waiting(con)] == ["李0", "李1", "张1", "张2", "张3", "张4"]
        assert jobs.ahead(con, late) == 0
        jobs.finish(con, first.id, ONE, [])
    while True:
        move(store, timedelta(seconds=1))
        with writing(store) as con:
            job = next(iter(jobs.waiting(con)), None)
            if job is None:
                break
            assert jobs.begin(con, job.id) is not None
            assert jobs.begin(con, job.id) is None
            taken.append(job.key)
            if len(taken) == 3:
                asked(con, period, wang, "王0")
            jobs.finish(con, job.id, ONE, [])
    assert taken == ["李0", "张1", "李1", "王0", "张2", "张3", "张4"]


def test_what_a_job_tells_can_be_taken_up_at_any_number(store: Store, period: Period, office: Person) -> None:
    with writing(store) as con:
        id = asked(con, period, office, "k")
        jobs.tell(con, id, "还没有开始", 1, 2)
        jobs.begin(con, id)
        jobs.tell(con, id, "排版", 3, 7)
        file = JobFile(job=id, name="预览/1.png", sha256=TWO, size=5_000_000_000)
        assert jobs.finish(con, id, ONE, [file])
        jobs.tell(con, id, "太迟", 9, 9)
        assert not jobs.fail(con, id, [])
    with reading(store) as con:
        told = [
            (event.number, event.state, event.label, event.done, event.total) for event in jobs.events_after(con, id)
        ]
        assert told == [
            (1, JobState.WAITING, "", 0, 0),
            (2, JobState.RUNNING, "", 0, 0),
            (3, JobState.RUNNING, "排版", 3, 7),
            (4, JobState.DONE, "", 0, 0),
        ]
        assert [event.number for event in jobs.events_after(con, id, 2)] == [3, 4]
        assert jobs.files_of(con, id) == [jobs.file_of(con, id, "预览/1.png")] == [file]
        job = jobs.job(con, id)
        assert job is not None
        assert (job.state, job.result, job.label, job.attempts) == (JobState.DONE, ONE, "排版", 1)


def test_after_a_restart_what_ran_waits_again_and_a_waiting_job_is_cancelled_at_once(
    store: Store, period: Period, office: Person
) -> None:
    with writing(store) as con:
        ran, waited = asked(con, period, office, "一"), asked(con, period, office, "二")
        jobs.begin(con, ran)
    store.bell.clear()
    with writing(store) as con:
        assert jobs.requeue(con, ran)
        assert not jobs.requeue(con, waited)
        assert [job.key for job in jobs.waiting(con)] == ["一", "二"]
        assert jobs.counts(con)[JobState.WAITING] == jobs.under_way(con) == jobs.under_way(con, office.id) == 2
        jobs.begin(con, ran)
        running, waiting = jobs.ask_cancel(con, ran), jobs.ask_cancel(con, waited)
        assert running is not None
        assert waiting is not None
        assert (running.state, running.cancel_asked, running.attempts) == (JobState.RUNNING, True, 2)
        assert (waiting.state, waiting.cancel_asked) == (JobState.CANCELLED, True)
        assert jobs.cancelled(con, ran)
        assert jobs.under_way(con) == 0
        assert [job.id for job in jobs.ended_before(con, MORNING + DAY)] == [ran, waited]
    assert store.bell.is_set()


# ---- files of a period


def test_a_setting_file_has_versions_and_equal_bytes_make_none(store: Store, period: Period, office: Person) -> None:
    with writing(store) as con:
        first = setting_files.put_setting(con, period.id, "模板/正文.yaml", ONE, 10, office)
        assert setting_files.put_setting(con, period.id, "模板/正文.yaml", ONE, 10, office) == first
        second = setting_files.put_setting(con, period.id, "模板/正文.yaml", TWO, 20, office, note="改标题")
        third = setting_files.put_setting(con, period.id, "模板/正文.yaml", ONE, 10, office, restored_from=1)
        setting_files.put_setting(con, period.id, "配置.yaml", TWO, 20, office)
    with reading(store) as con:
        assert setting_files.versions(con, period.id, "模板/正文.yaml") == [third, second, first]
        assert (third.version, third.restored_from, second.note) == (3, 1, "改标题")
        current = setting_files.current_settings(con, period.id)
        assert {name: file.version for name, file in current.items()} == {"模板/正文.yaml": 3, "配置.yaml": 1}
        assert setting_files.version(con, period.id, "模板/正文.yaml", 2) == second
        assert setting_files.version(con, period.id, "模板/正文.yaml", 4) is None
        assert setting_files.current_settings(con, "0" * 32) == {}


def test_ledgers_editions_and_overrides_are_numbered_and_kept(store: Store, period: Period, office: Person) -> None:
    with writing(store) as con:
        first = ledgers.put_ledger(con, period.id, "台账.xlsx", ONE, 10, LedgerOrigin.UPLOADED, office)
        second = ledgers.put_ledger(con, period.id, "台账.xlsx", TWO, 11, LedgerOrigin.COLLECTED, "李四", note="12 家")
        assert ledgers.newest(con, period.id) == second == ledgers.ledger(con, second.id)
        assert ledgers.versions(con, period.id) == [second, first]
        made = [
            editions.put_edition(
                con,
                period=period.id,
                job=asked(con, period, office, key),
                ledger=second.id,
                settings={"配置.yaml": 2},
                hashes={"配置.yaml": TWO},
                template=ONE,
                program="0.1.0",
                author="张三",
            )
            for key in "一二"
        ]
        again = editions.put_edition(
            con,
            period=period.id,
            job=made[0].job,
            ledger=first.id,
            settings={},
            hashes={},
            template=TWO,
            program="0",
            author="",
        )
        assert again == made[0]
        editions.set_note(con, made[1].id, "送审稿")
        assert [(each.number, each.note) for each in editions.editions_of(con, period.id)] == [(2, "送审稿"), (1, "")]
        assert editions.edition(con, made[0].id) == editions.by_job(con, made[0].job) == made[0]
        for judgement in ("正常", "滞后"):
            overrides.put_override(
                con,
                period=period.id,
                sheet="重点任务",
                entry="3",
                judgement=judgement,
                was="滞后",
                reason="已补材料",
                ledger=second.id,
                person=office,
            )
        assert [each.judgement for each in overrides.of_period(con, period.id)] == ["正常", "滞后"]
        assert overrides.standing(con, period.id)["重点任务", "3"].judgement == "滞后"
        acceptances.accept(con, period.id, "重点任务!C3 数字", "以部门为准", office)
        acceptances.accept(con, period.id, "重点任务!C3 数字", "以年报为准", office)
        assert [each.reason for each in acceptances.of_period(con, period.id).values()] == ["以年报为准"]
        acceptances.withdraw(con, period.id, "重点任务!C3 数字")
        assert acceptances.of_period(con, period.id) == {}


def test_files_that_a_row_names_are_known_wherever_the_row_stands(store: Store, period: Period, office: Person) -> None:
    named = [f"{number:064x}" for number in range(6)]
    with writing(store) as con:
        setting_files.put_setting(con, period.id, "a", named[0], 1, office)
        ledgers.put_ledger(con, period.id, "b", named[1], 1, LedgerOrigin.UPLOADED, office)
        id = asked(con, period, office, "k", given=named[2])
        returns.put_return(con, period.id, "教育局", "c", named[3], 1, id, office)
        jobs.begin(con, id)
        jobs.finish(con, id, named[4], [JobFile(job=id, name="d", sha256=named[5], size=1)])
        assert blobs.used(con) == set(named)
        jobs.drop_files(con, id, ["d"])
        assert blobs.used(con) == set(named[:5])
        jobs.drop_result(con, id)
        assert blobs.used(con) == {named[0], named[1], named[3]}


# ---- units


def test_the_newest_return_of_each_unit_counts(store: Store, period: Period, office: Person) -> None:
    with writing(store) as con:
        id = asked(con, period, office, "k")
        made = [
            returns.put_return(con, period.id, unit, f"{number}.xlsx", ONE, 1, id, office)
            for number, unit in enumerate(("教育局", "民政局", "教育局"))
        ]
        returns.set_state(con, made[2].id, ReturnState.ACCEPTED)
        returns.set_content(con, made[2].id, "填报.xlsx", TWO, 7)
        newest = returns.newest(con, period.id)
        assert newest["民政局"] == made[1]
        assert (newest["教育局"].state, newest["教育局"].name, newest["教育局"].size) == (
            ReturnState.ACCEPTED,
            "填报.xlsx",
            7,
        )
        assert [each.id for each in returns.of_unit(con, period.id, "教育局")] == [made[2].id, made[0].id]
        assert len(returns.by_job(con, id)) == 3
        assert returns.unit_return(con, made[1].id) == made[1]


def test_of_two_who_fill_in_the_same_page_the_later_one_is_told(store: Store, period: Period, office: Person) -> None:
    with writing(store) as con:
        first = returns.save_draft(con, period.id, "教育局", {"3": "已开工"}, 0, office)
        assert first is not None
        assert (first.version, first.filled) == (1, {"3": "已开工"})
        assert returns.save_draft(con, period.id, "教育局", {"3": "未开工"}, 0, office) is None
        second = returns.save_draft(con, period.id, "教育局", {"3": "已完工"}, 1, office)
        assert returns.draft(con, period.id, "教育局") == second
        assert returns.draft(con, period.id, "民政局") is None


def test_a_link_works_until_it_expires_or_is_revoked_and_its_token_is_not_kept(
    store: Store, period: Period, office: Person
) -> None:
    with writing(store) as con:
        link, token = links.add(con, period.id, "教育局", MORNING + DAY, office)
        other, revoked = links.add(con, period.id, "民政局", MORNING + 2 * DAY, office)
        assert links.by_token(con, token) == link
        links.opened(con, link.id)
        assert links.revoke(con, period.id, id=other.id) == 1
        assert links.revoke(con, period.id, id=other.id) == 0
        assert links.by_token(con, revoked) is None
        kept = con.execute(text("SELECT token FROM links")).scalars().all()
        assert token not in kept
        assert all(len(each) == 64 for each in kept)
    move(store, timedelta(hours=23))
    with writing(store) as con:
        links.opened(con, link.id)
        found = links.by_token(con, token)
        assert found is not None
        assert found.opened == MORNING
    move(store, timedelta(hours=1))
    with reading(store) as con:
        assert links.by_token(con, token) is None
        assert {each.unit: each.revoked for each in links.of_period(con, period.id)} == {
            "教育局": None,
            "民政局": MORNING,
        }


# ---- people


def test_who_is_disabled_or_has_a_new_password_is_signed_out(store: Store, office: Person) -> None:
    with writing(store) as con:
        session = tokens.open_session(con, office.id, DAY)
        api, secret = tokens.add_api_token(con, office.id, "统计系统", MORNING + 2 * DAY)
        assert tokens.session_person(con, session) == tokens.api_token_person(con, secret) == office
        assert tokens.session_person(con, secret) is tokens.api_token_person(con, session) is None
        people.set_password(con, office.id, "$argon2id$…")
        assert tokens.session_person(con, session) is None
        session = tokens.open_session(con, office.id, DAY)
        tokens.note_use(con, secret)
        assert [each.used for each in tokens.api_tokens_of(con, office.id)] == [MORNING]
        people.change_person(con, office.id, disabled=True, unit="督查室")
        assert tokens.session_person(con, session) is tokens.api_token_person(con, secret) is None
        people.change_person(con, office.id, disabled=False)
        assert tokens.session_person(con, session) is None
        found = tokens.api_token_person(con, secret)
        assert found is not None
        assert found.unit == "督查室"
        session = tokens.open_session(con, office.id, DAY)
        assert not tokens.remove_api_token(con, "0" * 32, api.id)
    move(store, 2 * DAY)
    with writing(store) as con:
        assert tokens.session_person(con, session) is tokens.api_token_person(con, secret) is None
        tokens.drop_expired(con, store.clock())
        assert tokens.api_tokens_of(con, office.id) == []


def test_a_one_time_token_works_once_and_for_its_purpose(store: Store, office: Person) -> None:
    with writing(store) as con:
        token = tokens.add_one_time(con, "password", DAY, office.id)
        assert tokens.use_one_time(con, token, "start") is None
        used = tokens.use_one_time(con, token, "password")
        assert used is not None
        assert used.person == office.id
        assert tokens.use_one_time(con, token, "password") is None
        late = tokens.add_one_time(con, "start", DAY)
    move(store, DAY)
    with writing(store) as con:
        assert tokens.use_one_time(con, late, "start") is None


def test_failures_are_counted_by_login_and_by_address(store: Store) -> None:
    with writing(store) as con:
        for login, address in (("a", "10.0.0.1"), ("b", "10.0.0.1"), ("a", "10.0.0.2")):
            tokens.note_failure(con, login, address)
        assert tokens.failures(con, MORNING - DAY, login="a") == 2
        assert tokens.failures(con, MORNING - DAY, address="10.0.0.1") == 2
        assert tokens.failures(con, MORNING, login="a") == 0
        tokens.forget_failures(con, "a")
        assert tokens.failures(con, MORNING - DAY) == 1


def test_the_last_administrator_is_known_as_such(store: Store, office: Person) -> None:
    with writing(store) as con:
        assert not people.has_admin(con)
        admin = people.add_person(con, "admin", "管理员", Role.ADMIN)
        assert not people.has_admin(con)
        people.set_password(con, admin.id, "x")
        assert people.has_admin(con)
        assert people.is_last_admin(con, admin.id)
        assert not people.is_last_admin(con, office.id)
        people.change_person(con, office.id, role=Role.ADMIN)
        assert not people.is_last_admin(con, admin.id)
        audit.note(con, admin, "停用账号", about="zhang")
        assert [account.login for account in people.all_people(con)] == ["admin", "zhang"]
        assert [(entry.name, entry.about, entry.at) for entry in audit.entries(con)] == [("管理员", "zhang", MORNING)]


# ---- other systems


def test_a_message_is_due_until_it_has_arrived_and_is_one_for_each_job(store: Store, office: Person) -> None:
    with writing(store) as con:
        hook, secret = webhooks.add_webhook(con, "http://10.0.0.9/done", [JobKind.BUILD, JobKind.SETS], office)
        assert webhooks.webhook(con, hook.id) == hook
        assert webhooks.all_webhooks(con) == [hook]
        assert webhooks.secret_of(con, hook.id) == secret
        for _ in range(2):
            webhooks.put_delivery(con, hook.id, "a" * 32, '{"state": "完成"}')
        (message,) = webhooks.due_deliveries(con)
        assert message.body == '{"state": "完成"}'
        webhooks.not_delivered(con, message.id, "500", MORNING + DAY)
        assert webhooks.due_deliveries(con) == []
        assert webhooks.next_due(con) == MORNING + DAY
    assert store.bell.is_set()
    move(store, DAY)
    with writing(store) as con:
        webhooks.disable_webhook(con, hook.id)
        assert webhooks.due_deliveries(con) == []
        webhooks.disable_webhook(con, hook.id, False)
        (message,) = webhooks.due_deliveries(con)
        webhooks.delivered(con, message.id, "204")
        assert webhooks.next_due(con) is None
        (message,) = webhooks.deliveries_of(con, hook.id)
        assert (message.attempts, message.delivered, message.answer) == (2, MORNING + DAY, "204")
        assert webhooks.remove_webhook(con, hook.id)
        assert not webhooks.remove_webhook(con, hook.id)


def test_an_answer_is_found_again_by_its_person_and_key(store: Store, office: Person) -> None:
    with writing(store) as con:
        idempotency.remember(con, office.id, "k", ONE, 202, {"Location": "/api/jobs/1"}, '{"id": "一"}')
    with writing(store) as con:
        found = idempotency.answered(con, office.id, "k")
        assert found is not None
        assert (found.request, found.status, found.headers, found.body) == (
            ONE,
            202,
            {"Location": "/api/jobs/1"},
            '{"id": "一"}',
        )
        assert idempotency.answered(con, "0" * 32, "k") is None
        idempotency.forget(con, MORNING + DAY)
        assert idempotency.answered(con, office.id, "k") is None
