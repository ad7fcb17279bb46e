"""The pages of the units and the office about them (部门反馈页) as people see them: two screens, scripts on and off."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from reportgen.service.model import LedgerOrigin, Period, Role
from reportgen.service.office.units.draft_merging import mark_of
from reportgen.service.store import ledgers, links, returns
from reportgen.service.store.opening import reading, writing
from tests.browsers import DESK, PHONE, is_too_wide, needs_browser, serious_faults, visit
from tests.services import Service, until
from tests.unit_office import PERSON, add_period

LINK = re.compile(r"<code>(http[^<]+/u/[A-Za-z0-9_-]{43})</code>")


@dataclass
class Place:
    """A period of the running service, with a client of the office and of nobody."""

    service: Service
    period: Period
    office: httpx.Client
    nobody: httpx.Client

    @property
    def here(self) -> str:
        return f"/periods/{self.period.id}/units"

    def link(self, unit: str) -> str:
        """A new link of the unit, as the office's page shows it."""
        made = self.office.post(f"{self.here}/links", data={"unit": unit})
        (url,) = LINK.findall(made.text)
        return str(url)


@pytest.fixture(scope="module")
def place(service: Service) -> Place:
    with_period = add_period(service.store)
    office = service.client(Role.OFFICE)
    office.follow_redirects = True
    made = Place(service, with_period, office, service.anybody())
    until(lambda: "个应报单位" in office.get(made.here).text)
    return made


@contextmanager
def office_page(
    browser: Browser, place: Place, screen: tuple[int, int] = DESK, *, scripts: bool = True
) -> Iterator[Page]:
    """The office's own browser, signed in."""
    session = place.service.session(place.service.person(Role.OFFICE))
    with visit(browser, screen, scripts=scripts) as page:
        page.context.add_cookies([{"name": place.service.cookie, "value": session, "url": place.service.url}])
        page.goto(place.service.url + place.here)
        yield page


def look_at(page: Page, name: str) -> None:
    """Nothing serious is wrong with the page, and it fits its screen."""
    assert serious_faults(page) == [], name
    assert not is_too_wide(page), name


@needs_browser
def test_a_unit_fills_in_on_a_phone_mends_what_is_told_and_the_office_makes_a_ledger_of_it(
    chromium: Browser, place: Place
) -> None:
    with office_page(chromium, place) as desk, visit(chromium, PHONE) as phone:
        desk.get_by_label("选区民政局").check()
        desk.get_by_role("button", name="给选中的单位生成链接").click()
        look_at(desk, "links")
        unit, url, until_day = desk.locator("#list").input_value().splitlines()[1].split("\t")
        assert (unit, until_day) == ("区民政局", "2026年7月5日")
        phone.goto(url)
        look_at(phone, "unit")
        expect(
            phone.get_by_text("某区人民政府督查室请区民政局在2026年7月5日前填报2026年1—6月的工作进展")
        ).to_be_visible()
        first = phone.get_by_label("1—6月进展情况").first
        phone.get_by_role("button", name="从上期的文字改起").first.click()
        expect(first).to_have_value("已建成2个，第三个正在装修。")
        first.fill("已建成3个。")
        expect(phone.locator("#nf1-1-1")).to_have_text("6")
        phone.get_by_role("button", name="保存草稿").click()
        expect(phone.get_by_role("status")).to_contain_text("草稿已保存，还没有提交")
        phone.goto("about:blank")
        phone.goto(url)
        expect(first).to_have_value("已建成3个。")
        phone.get_by_role("button", name="提交").click()
        expect(phone.get_by_text("有 2 处要改")).to_be_visible(timeout=30_000)
        look_at(phone, "what is wrong")
        wrong = phone.get_by_label("推进情况").first
        expect(wrong).to_have_accessible_description("报了进展，没有点选推进情况。请点选这一项的推进情况（评价）")
        wrong.select_option("正常推进")
        phone.get_by_label("1—6月进展情况").nth(1).fill("已改造4个。")
        phone.get_by_label("推进情况").nth(1).select_option("正常推进")
        phone.get_by_role("button", name="提交").click()
        expect(phone.get_by_text("没有要改的")).to_be_visible(timeout=30_000)
        look_at(phone, "received")
        desk.get_by_role("link", name="都复制好了，回到部门反馈").click()
        expect(desk.get_by_role("row", name="区民政局")).to_contain_text("已报")
        look_at(desk, "units")
        desk.get_by_role("button", name="生成催报文字").click()
        expect(desk.locator("#reminder-text")).to_contain_text("区城管局（责任任务 1 项）", timeout=30_000)
        desk.get_by_role("button", name="汇总成新台账").click()
        expect(desk.get_by_text("已反馈 1 个")).to_be_visible(timeout=30_000)
        expect(desk.get_by_role("link", name="新的一版台账")).to_be_visible()
        # The units' forms are made of the new ledger meanwhile; the page comes again when that is done.
        expect(desk.get_by_role("progressbar")).to_have_count(0, timeout=30_000)
        look_at(desk, "collected")
        desk.get_by_role("row", name="区民政局").get_by_role("link", name="看反馈").click()
        expect(desk.get_by_text("没有发现问题")).to_be_visible()
        look_at(desk, "one unit")
    with reading(place.service.store) as con:
        assert [each.origin for each in ledgers.versions(con, place.period.id)] == [
            LedgerOrigin.COLLECTED, LedgerOrigin.UPLOADED,
        ]  # fmt: skip


@needs_browser
def test_all_of_it_goes_without_scripts_and_two_who_changed_the_same_see_both(chromium: Browser, place: Place) -> None:
    with office_page(chromium, place, PHONE, scripts=False) as office, visit(chromium, DESK, scripts=False) as one:
        office.get_by_label("选区城管局").check()
        office.get_by_role("button", name="给选中的单位生成链接").click()
        url = office.locator("#list").input_value().splitlines()[1].split("\t")[1]
        one.goto(url)
        other = one.context.new_page()
        other.goto(url)
        label = one.get_by_label("1—6月进展情况")
        label.fill("甲：开工1座。")
        one.get_by_role("button", name="保存草稿").click()
        other.get_by_label("1—6月进展情况").fill("乙：开工2座。")
        other.get_by_role("button", name="提交").click()
        expect(other.get_by_text("甲：开工1座。")).to_be_visible()
        expect(other.get_by_role("textbox")).to_have_value("乙：开工2座。")
        other.get_by_role("textbox").fill("共开工2座。")
        other.get_by_role("button", name="用框里的，保存").click()
        expect(other.get_by_label("1—6月进展情况")).to_have_value("共开工2座。")
        other.get_by_label("推进情况").select_option("正常推进")
        other.get_by_role("button", name="提交").click()
        expect(other.get_by_text("没有要改的")).to_be_visible(timeout=30_000)  # the page has come by itself
        with other.expect_download() as form:
            other.get_by_role("link", name="下载本单位的反馈表").click()
        assert form.value.suggested_filename.endswith("区城管局_反馈表.xlsx")
        other.set_input_files("input[type=file]", form.value.path())
        other.get_by_role("button", name="上传并检查").click()
        expect(other.get_by_text("已收到，有 1 处要改")).to_be_visible(timeout=30_000)
        office.goto(place.service.url + place.here)
        expect(office.get_by_role("row", name="区城管局")).to_contain_text("有问题")
        office.locator("summary", has_text="停用链接：区城管局").click()
        office.get_by_role("button", name="停用", exact=True).click()
        one.goto(url)
        expect(one.get_by_role("heading", level=1)).to_have_text("找不到")


@needs_browser
def test_the_pages_for_a_clash_and_for_what_was_not_saved_are_whole(chromium: Browser, place: Place) -> None:
    url = place.link("区发展改革委")
    for screen in (DESK, PHONE):
        with visit(chromium, screen) as page:
            page.goto(url)
            page.get_by_label("1—6月进展情况").first.fill(f"{screen} 写的")
            with writing(place.service.store) as con:
                draft = returns.draft(con, place.period.id, "区发展改革委")
                key = str(page.get_by_label("1—6月进展情况").first.get_attribute("name")).removeprefix("a:")
                filled = {**(draft.filled if draft else {}), key: f"别人为 {screen} 写的"}
                returns.save_draft(con, place.period.id, "区发展改革委", filled, draft.version if draft else 0, PERSON)
            page.get_by_role("button", name="提交").click()
            expect(page.get_by_text(f"别人为 {screen} 写的")).to_be_visible()
            look_at(page, "clash")
    with visit(chromium, PHONE) as page:
        page.goto(url)
        page.get_by_label("1—6月进展情况").first.fill("写了很久的文字")
        with writing(place.service.store) as con:
            links.revoke(con, place.period.id, "区发展改革委")
        page.get_by_role("button", name="保存草稿").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("没有保存")
        expect(page.get_by_role("textbox")).to_have_value("写了很久的文字")
        look_at(page, "given back")


@pytest.mark.row("H7", "refused")
def test_no_address_that_somebody_makes_up_shows_anything(place: Place) -> None:
    good = place.link("区城管局").rpartition("/")[2]
    made_up = [secrets.token_urlsafe(32) for _ in range(6)]
    odd = ["x", good[:-1], good + "A", good.swapcase(), "%2e%2e%2f", "%00", "a" * 2000, "令牌", "' or 1=1--"]
    answers = {place.nobody.get(f"/u/{token}{rest}").text for token in made_up for rest in ("", "/form", "/checking")}
    assert len(answers) == 1  # nothing tells what never was from what was
    assert "请向督查室要一个新的" in answers.pop()
    for token in (*made_up, *odd):
        for way in ("", "/form", "/returns/" + "0" * 32):
            assert place.nobody.get(f"/u/{token}{way}").status_code == 404, token
        assert place.nobody.post(f"/u/{token}/draft", data={"a:progress@重点任务@X": ""}).status_code == 404
        assert place.nobody.post(f"/u/{token}/send", data={}).status_code == 404
    told = place.nobody.get(f"/u/{made_up[0]}", headers={"Accept": "application/json"}).json()
    assert [problem["code"] for problem in told["problems"]] == ["service.link-gone"]
    assert place.nobody.get(f"/u/{good}").status_code == 200
    assert good not in place.service.log


def test_another_site_cannot_send_for_a_unit_and_nobody_is_sent_to_sign_in(place: Place) -> None:
    url = place.link("区城管局")
    foreign = place.nobody.post(f"{url}/draft", data={}, headers={"Origin": "http://elsewhere.example"})
    assert foreign.status_code == 403
    assert place.nobody.get(place.here).headers["location"].startswith("/login")
    assert place.nobody.post(f"{place.here}/collect").status_code == 401


def test_whoever_signs_in_for_a_unit_has_the_same_page_and_no_other(place: Place) -> None:
    clerk = place.service.client(Role.UNIT, "区城管局")
    clerk.follow_redirects = True
    assert "区城管局：填报2026年1—6月进展" in clerk.get("/").text
    assert clerk.get(place.here).status_code == 403
    assert clerk.get(f"/unit/{'0' * 32}").status_code == 404
    other = place.service.client(Role.UNIT, "区民政局", "别人")
    with reading(place.service.store) as con:
        sent = returns.of_unit(con, place.period.id, "区民政局")
    for each in sent:
        assert other.get(f"/unit/{place.period.id}/returns/{each.id}").status_code == 200
        assert clerk.get(f"/unit/{place.period.id}/returns/{each.id}").status_code == 404
    unnamed = place.service.client(Role.UNIT, "", "未写单位的人").get("/unit")
    assert unnamed.status_code == 200
    assert "您的账号没有写明单位" in unnamed.text
    # Signed out meanwhile: what was typed comes back.
    key = "progress@重点任务@X"
    lost = place.nobody.post(f"/unit/{place.period.id}/draft", data={f"a:{key}": "写了很久的文字"})
    assert lost.status_code == 401
    assert "写了很久的文字" in lost.text
    assert f'href="/unit/{place.period.id}"' in lost.text


@pytest.mark.row("H8")
def test_what_a_unit_types_stays_text_on_every_page(place: Place) -> None:
    url = place.link("区城管局")
    evil = "</textarea><script>alert(1)</script>"
    page = place.nobody.get(url).text
    (key,) = re.findall(r'name="a:(progress@[^"]+)"', page)
    (mark,) = re.findall(rf'name="m:{re.escape(key)}" value="([0-9a-f]+)"', page)
    saved = place.nobody.post(f"{url}/draft", data={f"a:{key}": evil, f"m:{key}": mark})
    assert saved.status_code == 303
    assert "<script>alert" not in place.nobody.get(url).text
    clash = place.nobody.post(f"{url}/draft", data={f"a:{key}": f"{evil}2", f"m:{key}": "0" * 16})
    assert clash.status_code == 409
    assert "<script>alert" not in clash.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;2" in clash.text


def test_mailed_files_go_up_together_and_names_of_links_and_days_are_held(place: Place) -> None:
    table = "工作任务,进展情况,推进情况\n新建公园2座,已开工。,正常推进\n".encode()
    files = [("file", ("C:\\反馈\\区城管局.csv", table)), ("file", ("../../区民政局\u202e.csv", table))]
    assert place.office.post(f"{place.here}/returns", files=files).status_code == 200

    def names() -> dict[str, str]:
        with reading(place.service.store) as con:
            return {unit: each.name for unit, each in returns.newest(con, place.period.id).items()}

    until(lambda: "" not in names())
    assert names() == {"区城管局": "区城管局.csv", "区民政局": "区民政局.csv"}
    for days in ("0", "366", "abc", "-1", "1.5", "99999999999"):
        refused = place.office.post(f"{place.here}/links", data={"unit": "区城管局", "days": days})
        assert refused.status_code == 400, days
        assert "/u/" not in refused.text
    assert place.office.post(f"{place.here}/links", data={"unit": "没有的单位"}).status_code == 400
    assert place.office.get(f"{place.here}/return?unit=没有的单位").status_code == 404
    assert place.office.post(f"{place.here}/assign", data={"given": "0" * 32, "unit": "区城管局"}).status_code == 404


def test_a_unit_may_write_more_than_other_forms_hold(place: Place) -> None:
    url = place.link("区城管局")
    parts = [(f"a:progress@重点任务@X-{number}", (None, "长" * 1000)) for number in range(400)]
    marks = [(f"m:progress@重点任务@X-{number}", (None, mark_of(""))) for number in range(800)]
    saved = place.nobody.post(f"{url}/draft", files=[*parts, *marks])
    assert saved.headers["location"].endswith("?said=saved")
    assert place.nobody.get(url).text.count("长" * 1000) == 400  # as texts that no task asks for
