"""What a job hands over before it is done (先做好的产物): seen while it runs, replaced by what comes of it."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route

from reportgen.comparison.pages.page_pictures import page_count, page_pictures
from reportgen.document import Document
from reportgen.generate import Inputs, Request, generate
from reportgen.pdf_engine import PdfEngine
from reportgen.service.jobs import limits
from reportgen.service.model import Job, JobFile, JobKind, JobState, Order, Role
from reportgen.service.office.asking import ask, key_of
from reportgen.service.office.desk import Desk
from reportgen.service.office.orders import build_order, examine_order, preview_order
from reportgen.service.office.outcomes import settle
from reportgen.service.settings import Settings
from reportgen.service.store import blobs, editions, jobs, ledgers, periods, setting_files
from reportgen.service.store.opening import Store, open_store, reading, writing
from reportgen.service.work.first_pages import PICTURE_DPI, beginning, laid_out
from tests.browsers import needs_browser, profile
from tests.projects import ROOT
from tests.samples import made
from tests.service_desks import Here, TestClient, here
from tests.services import Service, until
from tests.test_service_jobs import Queue, queue
from tests.unit_office import PERSON, add_period

needs_signals = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Queue]:
    with queue(tmp_path_factory.mktemp("queue")) as running:
        yield running


def files(store: Store, job: Job) -> dict[str, str]:
    """What can be seen of a job's files, and what is in them."""
    with reading(store) as con:
        return {each.name: blobs.read(store, each.sha256).decode() for each in jobs.files_of(con, job.id)}


EARLY = {name: f"early {name}" for name in ("pages/001.png", "pages/002.png")}


def handing_over(shared: Queue, marks: Path) -> Job:
    """A job that has handed over two pages and waits for a mark."""
    job = shared.ask(JobKind.BUILD, deed="hand-over", marks=str(marks))
    until(lambda: files(shared.store, job) == EARLY)
    assert shared.now(job).state is JobState.RUNNING
    return job


def say(marks: Path, word: str) -> None:
    """Tell the job what to do: the whole word at once, for it looks all the time."""
    whole = marks / "whole"
    whole.write_text(word)
    whole.rename(marks / "say")


@needs_signals
def test_files_that_are_done_are_seen_while_the_job_runs_and_only_its_own_in_the_end(
    shared: Queue, tmp_path: Path
) -> None:
    job = handing_over(shared, tmp_path)
    say(tmp_path, "go on")
    assert shared.wait(job).state is JobState.DONE
    assert files(shared.store, job) == {"pages/001.png": "final"}


@pytest.mark.row("S6")
@needs_signals
@pytest.mark.parametrize("end", ["refuse", "cancel"])
def test_of_a_job_that_comes_to_nothing_nothing_is_seen_any_more(end: str, shared: Queue, tmp_path: Path) -> None:
    job = handing_over(shared, tmp_path)
    if end == "cancel":
        shared.cancel(job)
    else:
        say(tmp_path, end)
    assert shared.wait(job).state is (JobState.CANCELLED if end == "cancel" else JobState.FAILED)
    assert files(shared.store, job) == {}


@pytest.mark.row("R4")
@needs_signals
def test_pages_that_somebody_looks_at_stay_when_the_job_is_begun_anew(shared: Queue, tmp_path: Path) -> None:
    job = handing_over(shared, tmp_path)
    say(tmp_path, "die")
    until(lambda: shared.now(job).attempts == 2)
    assert files(shared.store, job) == EARLY
    say(tmp_path, "go on")
    assert shared.wait(job).state is JobState.DONE
    assert files(shared.store, job) == {"pages/001.png": "final"}


# ---- pages as they will be


def tree(name: str, engine: PdfEngine) -> tuple[Document, Inputs]:
    """A sample report's tree, and what it was made of."""
    seen: list[tuple[Document, Inputs]] = []
    path = ROOT / "configs" / f"{name}.yaml"
    generate(Request(path, (), pdf_engine=engine), seen=lambda *composed: seen.append(composed))
    return seen[0]


def look(pdf: bytes, count: int) -> list[bytes]:
    return [each.tobytes() for each in page_pictures(pdf, range(1, count + 1), PICTURE_DPI // 2)]


@pytest.mark.parametrize("name", ["qingping-2026h1", "qingping-letterhead"])
def test_the_first_section_alone_looks_dot_for_dot_as_in_the_whole_report(name: str) -> None:
    document, inputs = tree(name, PdfEngine.WEASYPRINT)
    first = laid_out(beginning(document), inputs)
    count = page_count(first)
    assert 1 < count < page_count(made(name)[".pdf"])
    assert look(first, count) == look(made(name)[".pdf"], count)


def test_the_first_section_by_typst_looks_dot_for_dot_as_in_the_whole_report() -> None:
    document, inputs = tree("qingping-letterhead", PdfEngine.TYPST)
    first, whole = laid_out(beginning(document), inputs), laid_out(document, inputs)
    count = page_count(first)
    assert 1 < count < page_count(whole)
    assert look(first, count) == look(whole, count)


# ---- drawn ahead, at nobody's cost


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "data")
    yield opened
    opened.close()


def previews(store: Store, period: str, *states: JobState) -> list[Job]:
    with reading(store) as con:
        return jobs.jobs_of(con, period, [JobKind.PREVIEW], states)


def examined(store: Store, *, ready: bool = True, looks_ahead: bool = True, change: str = "") -> str:
    """A period whose ledger has been examined; its id."""
    period = add_period(store)
    with writing(store) as con:
        order = examine_order(con, period)
        job, _ = jobs.ask(con, order, key_of(order, period.id), period.id, PERSON)
        settle(con, job, {"ready": ready}, [], looks_ahead=looks_ahead)
        if change == "settings":
            sha256 = blobs.put(store, b"version: 1\n")
            setting_files.put_setting(con, period.id, "另.yaml", sha256, 11, PERSON)
            settle(con, job, {"ready": ready}, [], looks_ahead=looks_ahead)
    return period.id


def test_a_ledger_that_is_fit_for_a_report_has_its_first_pages_drawn_ahead_once(store: Store) -> None:
    assert len(previews(store, examined(store), JobState.WAITING)) == 1
    assert previews(store, examined(store, ready=False)) == []
    assert previews(store, examined(store, looks_ahead=False)) == []


def test_of_what_has_changed_since_no_pages_are_drawn_ahead(store: Store) -> None:
    period = examined(store, change="settings")
    assert [len(each.order.files) for each in previews(store, period, JobState.WAITING)] == [
        len(previews(store, period, JobState.CANCELLED)[0].order.files) + 1
    ]


def test_what_nobody_asked_for_counts_for_nobody_and_comes_last(store: Store, tmp_path: Path) -> None:
    period = examined(store)
    desk = Desk(store, Settings(data=tmp_path, queue=2, queue_per_person=2))
    with writing(store) as con:
        # The examination itself waits as one of the person's two.
        ask(con, desk, PERSON, Order(kind=JobKind.FORMS), period)
        assert [each.kind for each in jobs.waiting(con)] == [JobKind.EXAMINE, JobKind.FORMS, JobKind.PREVIEW]
        assert jobs.under_way(con, PERSON.id) == jobs.in_queue(con) == 2


def a_job(kind: JobKind) -> Job:
    at = datetime(2026, 7, 10, tzinfo=UTC)
    return Job(
        id=kind.name, kind=kind, period="", key="", state=JobState.WAITING, order=Order(kind=kind), person="",
        author="", at=at,
    )  # fmt: skip


def test_pages_are_drawn_ahead_only_where_a_place_stays_free_beside_them() -> None:
    ahead, build, sets = (a_job(kind) for kind in (JobKind.PREVIEW, JobKind.BUILD, JobKind.SETS))
    chosen: Callable[..., Job | None] = limits.next_job
    assert chosen([ahead], [], 2) is ahead
    assert chosen([ahead], [build], 2) is None
    assert chosen([ahead], [build], 3) is ahead
    assert chosen([build, ahead], [replace(ahead)], 2) is build
    assert chosen([ahead], [], 1) is None, "one place alone is for those who wait"
    assert chosen([sets, ahead], [sets], 2) is None


# ---- the page that shows them


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Here, TestClient, str]]:
    """A service in this process that carries nothing out, somebody of the office, and a period's preview page."""
    with here(tmp_path / "data") as found:
        period = add_period(found.desk.store)
        yield found, found.client(found.person()), f"/periods/{period.id}/preview"


def handed(
    place: tuple[Here, TestClient, str], kind: JobKind, *pictures: bytes, end: bool = False, result: str = "{}"
) -> Job:
    """A job of the period that runs, or is done, with these pictures of pages."""
    desk = place[0].desk
    with writing(desk.store) as con:
        period = periods.period(con, place[2].split("/")[2])
        assert period
        order = (build_order if kind is JobKind.BUILD else preview_order)(con, period)
        job, _ = jobs.ask(con, order, key_of(order, period.id), period.id, PERSON)
        jobs.begin(con, job.id)
        stored = [
            JobFile(job=job.id, name=f"pages/{number:03d}.png", sha256=blobs.put(desk.store, each), size=len(each))
            for number, each in enumerate(pictures, 1)
        ]
        if end:
            jobs.finish(con, job.id, blobs.put(desk.store, result.encode()), stored)
        else:
            jobs.hand_over(con, job.id, stored)
    return job


def pages_of(job: Job, *pictures: bytes) -> list[str]:
    """The addresses under which the page shows them: one for each content, so that no browser shows an old one."""
    return [
        f"/jobs/{job.id}/files/pages/{number:03d}.png?v={hashlib.sha256(each).hexdigest()[:12]}"
        for number, each in enumerate(pictures, 1)
    ]


def shown(place: tuple[Here, TestClient, str]) -> tuple[str, list[str]]:
    """The page, and which pictures it shows small."""
    text = place[1].get(place[2]).text
    return text, re.findall(r'<img src="([^"]+)" alt="" ', text)


def test_the_preview_shows_the_pages_that_are_there_while_the_rest_is_laid_out(
    place: tuple[Here, TestClient, str],
) -> None:
    job = handed(place, JobKind.BUILD)
    text, pictures = shown(place)
    assert pictures == []
    assert 'data-files="0"' in text
    job = handed(place, JobKind.BUILD, b"one", b"two")
    text, pictures = shown(place)
    assert pictures == pages_of(job, b"one", b"two")
    assert 'data-files="2"' in text
    assert "先看前 2 页，其余的正在排版" in text
    assert place[1].get(pictures[0]).content == b"one"
    assert place[1].get(f"/jobs/{job.id}/state").json()["pages"] == 2
    handed(place, JobKind.BUILD, b"one, drawn anew")
    assert shown(place)[1] == pages_of(job, b"one, drawn anew", b"two")


def test_pages_drawn_ahead_stand_on_the_preview_until_the_report_has_its_own(
    place: tuple[Here, TestClient, str],
) -> None:
    ahead = handed(place, JobKind.PREVIEW, b"one", end=True)
    text, pictures = shown(place)
    assert pictures == pages_of(ahead, b"one")
    assert "先排出的前 1 页" in text
    assert "生成报告</button>" in text
    handed(place, JobKind.BUILD)
    assert shown(place)[1] == pages_of(ahead, b"one")
    job = handed(place, JobKind.BUILD, b"uno", b"due")
    assert shown(place)[1] == pages_of(job, b"uno", b"due")


def an_older_edition(place: tuple[Here, TestClient, str], count: int) -> list[str]:
    """Make the period's report, and change the settings since; the addresses of the pictures of its pages."""
    pictures = [b"old %d" % number for number in range(count)]
    names = [f"pages/{number:03d}.png" for number in range(1, count + 1)]
    result = {"pictures": names, "pages": count, "title": "", "contents": [], "problems": [], "pdf": "报告.pdf"}
    job = handed(place, JobKind.BUILD, *pictures, end=True, result=json.dumps(result))
    desk = place[0].desk
    with writing(desk.store) as con:
        ledger = ledgers.newest(con, job.period)
        assert ledger
        editions.put_edition(
            con, period=job.period, job=job.id, ledger=ledger.id, settings={}, hashes={}, template="", program="",
            author="",
        )  # fmt: skip
        changed = blobs.put(desk.store, b"version: 1\n")
        setting_files.put_setting(con, job.period, "另.yaml", changed, 11, PERSON)
    return pages_of(job, *pictures)


@needs_browser
def test_first_pages_take_the_place_of_all_pages_of_an_older_edition(
    place: tuple[Here, TestClient, str], chromium: Browser
) -> None:
    old = an_older_edition(place, 3)
    job = handed(place, JobKind.BUILD)
    text, pictures = shown(place)
    assert pictures == old
    assert "下面还是旧的第 1 版" in text
    assert "打开旧版 PDF" in text
    assert "这是 PDF 每一页的样子" not in text
    with profile(chromium) as context:
        page = context.new_page()

        def answer(route: Route) -> None:
            url = urlsplit(route.request.url)
            if url.path.endswith("/events"):
                handed(place, JobKind.BUILD, b"new")
                route.fulfill(content_type="text/event-stream", body='event: pages\ndata: {"pages": 1}\n\n')
                return
            given = place[1].get(url.path)
            route.fulfill(body=given.content, content_type=given.headers["content-type"])

        page.route("**/*", answer)
        page.goto(f"http://service.test{place[2]}")
        page.get_by_text("先看前 1 页").wait_for()
        seen = page.locator(".thumbs img, .sheet img").evaluate_all("all => all.map(each => each.getAttribute('src'))")
    assert seen == pages_of(job, b"new") * 2


def test_who_listens_hears_of_first_pages_before_the_report_is_done(service: Service) -> None:
    office = service.client(Role.OFFICE)
    period = add_period(service.store)
    office.post(f"/periods/{period.id}/build")
    with reading(service.store) as con:
        (job,) = jobs.jobs_of(con, period.id, [JobKind.BUILD])
    told = office.get(f"/jobs/{job.id}/events").text
    assert 0 < told.index("event: pages") < told.index('"over": true')
    with reading(service.store) as con:
        made = {each.name for each in jobs.files_of(con, job.id)}
    assert {"pages/001.png", "manifest.json"} <= made
