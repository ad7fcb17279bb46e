"""The editions on their pages (报告版次页): what each was made of, any two compared, the settings of one taken back."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pytest
from httpx import Client, Response
from playwright.sync_api import Browser

from reportgen.problems import ReportError
from reportgen.service.model import JobKind, JobState, Person, Role
from reportgen.service.office.asking import ask
from reportgen.service.office.orders import build_order
from reportgen.service.office.reports import editions, ledgers, periods
from reportgen.service.office.setting import setting_copies, setting_files
from reportgen.service.office.uploads import Upload
from reportgen.service.store import audit, blobs, jobs
from reportgen.service.store import periods as period_rows
from reportgen.service.store import setting_files as rows
from reportgen.service.store.opening import reading, writing
from tests.browsers import DESK, PHONE, needs_browser, profile, serious_faults, visit
from tests.desks import Office, opened
from tests.projects import ROOT, ledger, workbook

TEMPLATE = "half-year-report.yaml"


@dataclass(frozen=True)
class Made:
    """A period with two editions: the second by a template in which a word was changed."""

    office: Office
    person: Person
    client: Client
    id: str
    path: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with opened(tmp_path_factory.mktemp("editions") / "data") as office:
        person = office.person()
        period = periods.new_from_sample(office.desk, person, "2026年上半年")
        blob = workbook(tmp_path_factory.mktemp("ledger") / "台账.xlsx", ledger()).read_bytes()
        sent = Upload(name="台账.xlsx", sha256=blobs.put(office.desk.store, blob), size=len(blob))
        ledgers.put(office.desk, person, period.id, sent)
        with writing(office.desk.store) as con:  # what is found in the ledger is not looked at here
            for job in jobs.waiting(con):
                jobs.ask_cancel(con, job.id)
        setting_copies.own_copy(office.desk, person, period.id, "template")
        build(office, person, period.id)
        text = setting_files.the_file(office.desk, person, period.id, TEMPLATE).text
        assert text is not None
        changed = text.replace("区政府工作部署", "区政府任务部署")
        setting_files.save_text(office.desk, person, period.id, TEMPLATE, changed, 1, "改措辞")
        build(office, person, period.id)
        yield Made(office, person, office.client(person), period.id, f"/periods/{period.id}")


def build(office: Office, person: Person, id: str) -> None:
    with writing(office.desk.store) as con:
        period = period_rows.period(con, id)
        assert period is not None
        ask(con, office.desk, person, build_order(con, period, formats=("docx",)), id)
    (job,) = office.do_jobs()
    assert job.state is JobState.DONE, job.problems


def said(page: Response) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)))


def test_each_edition_is_listed_and_says_what_it_was_made_of(made: Made) -> None:
    page = made.client.get(f"{made.path}/editions")
    assert page.status_code == 200
    assert re.findall(rf'{made.path}/editions/(\d+)"', page.text) == ["2", "1"]
    template = (ROOT / "templates" / TEMPLATE).read_bytes()
    first = said(made.client.get(f"{made.path}/editions/1"))
    assert "张三" in first
    assert f"模板 {TEMPLATE} 第 1 版 {sha256(template).hexdigest()[:16]}" in first
    assert f"报告模板的指纹 {sha256(template).hexdigest()[:16]}" in first
    assert "台账 台账.xlsx 第 1 版" in first
    assert "单位名录 units/qingping.yaml 第 1 版" in first
    assert f"{TEMPLATE}：第 1 版 → 第 2 版" in first
    second = said(made.client.get(f"{made.path}/editions/2"))
    assert f"模板 {TEMPLATE} 第 2 版" in second
    assert "现在的设置就是做这一版时用的" in second


def test_two_editions_are_compared_by_a_worker_and_shown_side_by_side(made: Made) -> None:
    address = f"{made.path}/editions/compare"
    query = "first=2&second=1&ending=.docx"
    asked = said(made.client.get(f"{address}?{query}"))
    assert "没有比对结果" in asked
    assert f"{TEMPLATE} 第 1 版 第 2 版 看改了哪些" in asked
    assert "报告模板" in asked
    assert made.client.get(f"{address}/page?{query}").status_code == 404
    answer = made.client.post(address, data={"first": 1, "second": 2})
    assert answer.status_code == 303
    assert "马上开始" in said(made.client.get(answer.headers["location"]))
    assert made.client.post(address, data={"first": 2, "second": 1}).status_code == 303
    (job,) = made.office.do_jobs()
    assert (job.kind, job.state) == (JobKind.COMPARE, JobState.DONE)
    page = said(made.client.get(f"{address}?{query}"))
    assert "1 处不同" in page
    assert "工作部署" in page
    assert "任务部署" in page
    shown = made.client.get(f"{address}/page?{query}")
    assert shown.headers["content-security-policy"].startswith("sandbox allow-scripts; default-src 'none'")
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert "并排" in shown.text or "比对" in shown.text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("first=1&second=1", 409),
        ("first=1&second=9", 404),
        ("first=1&second=2&ending=.exe", 404),
        ("first=1&second=2&ending=.pdf", 409),
        ("first=0&second=2", 422),
        ("first=1", 422),
    ],
)
def test_what_cannot_be_compared_is_told(made: Made, query: str, status: int) -> None:
    page = made.client.get(f"{made.path}/editions/compare?{query}")
    assert page.status_code == status
    assert "Traceback" not in page.text


def test_the_settings_of_an_edition_are_taken_back_and_the_ledger_stays(made: Made) -> None:
    answer = made.client.post(f"{made.path}/editions/1/settings")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{made.path}/files?restored=1")
    assert "已退回 1 份设置文件" in said(made.client.get(answer.headers["location"]))
    with reading(made.office.desk.store) as con:
        current = rows.current_settings(con, made.id)
        assert (current[TEMPLATE].version, current[TEMPLATE].restored_from) == (3, 1)
        assert (
            blobs.read(made.office.desk.store, current[TEMPLATE].sha256) == (ROOT / "templates" / TEMPLATE).read_bytes()
        )
        assert audit.entries(con, made.id)[0].what == "设置退回到版次"
    assert "现在的设置就是做这一版时用的" in said(made.client.get(f"{made.path}/editions/1"))
    assert made.client.post(f"{made.path}/editions/1/settings").headers["location"].endswith("restored=0")
    assert made.client.post(f"{made.path}/editions/2/settings").headers["location"].endswith("restored=1")


def test_a_note_says_what_an_edition_is(made: Made) -> None:
    note = "送审稿 <b>\n二"
    assert made.client.post(f"{made.path}/editions/1/note", data={"text": note}).status_code == 303
    page = made.client.get(f"{made.path}/editions")
    assert "送审稿 <b> 二" in said(page).replace("&lt;", "<")
    assert "<b>\n" not in page.text
    assert made.client.post(f"{made.path}/editions/9/note", data={"text": "x"}).status_code == 404


def test_only_the_office_sees_editions_and_only_those_of_the_period(made: Made) -> None:
    unit = made.office.client(made.office.person(Role.UNIT, "区教育局"))
    places = (f"{made.path}/editions", f"{made.path}/editions/1", f"{made.path}/editions/compare?first=1&second=2")
    for address in places:
        assert unit.get(address).status_code in (403, 404)
    assert unit.post(f"{made.path}/editions/1/settings").status_code in (403, 404)
    other = periods.new_from_sample(made.office.desk, made.person, "另一期")
    assert made.client.get(f"/periods/{other.id}/editions/1").status_code == 404
    with pytest.raises(ReportError) as fault:
        editions.compare(made.office.desk, made.person, other.id, 1, 2)
    assert [problem.code for problem in fault.value.problems] == ["service.not-found"]


def cookies_of(made: Made) -> list[Any]:
    """What the browser shows to be known by."""
    return [{"name": name, "value": value, "url": made.office.url} for name, value in made.client.cookies.items()]


@needs_browser
@pytest.mark.parametrize("screen", [DESK, PHONE])
def test_the_pages_fit_the_screen_and_hold_no_serious_fault(
    made: Made, chromium: Browser, screen: tuple[int, int]
) -> None:
    cookies = cookies_of(made)
    addresses = (
        "/editions", "/editions/1", "/editions/compare?first=1&second=2", "/files", f"/files/{TEMPLATE}",
        f"/file-differences/{TEMPLATE}?before=1&after=2",
    )  # fmt: skip
    with visit(chromium, screen) as page:
        page.context.add_cookies(cookies)
        for address in addresses:
            page.goto(f"{made.office.url}{made.path}{address}")
            assert page.evaluate("document.documentElement.scrollWidth") <= screen[0], address
            if screen == DESK:
                assert serious_faults(page) == [], address


@needs_browser
def test_without_scripts_a_text_is_changed_and_taken_back(made: Made, chromium: Browser) -> None:
    cookies = cookies_of(made)
    with profile(chromium, DESK, scripts=False) as context:
        context.add_cookies(cookies)
        page = context.new_page()
        page.goto(f"{made.office.url}{made.path}/files")
        page.locator("tr", has_text="配置.yaml").get_by_role("link", name="打开").click()
        text = page.get_by_label("文字").input_value()
        page.get_by_label("文字").fill(text + "note: 附注\n")
        page.get_by_label("改了什么").fill("加附注")
        page.get_by_role("button", name="保存").click()
        assert page.get_by_text("现在用第 3 版").is_visible()
        page.get_by_role("link", name="改了哪些").first.click()
        assert "note: 附注" in page.locator(".diff .more").inner_text()
        page.get_by_role("link", name="回到这份文件").click()
        page.locator("tr", has_text="模板改用").get_by_text("退回此版").click()
        page.get_by_role("button", name="退回第 2 版").click()
        assert page.get_by_label("文字").input_value() == text
