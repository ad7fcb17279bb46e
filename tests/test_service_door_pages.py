"""The doors' own pages (登录、账号、人员、系统、帮助) in a browser: on two screens, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from reportgen.service.model import Role
from tests.browsers import DESK, PHONE, is_too_wide, needs_browser, serious_faults, visit
from tests.services import Service, serving

pytestmark = needs_browser
GOOD = "四月 山径 旧伞 七里"


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("pages") / "data", mode="users") as running:
        yield running


def sound(page: Page) -> None:
    """No serious fault, and nothing beyond the screen's edge."""
    assert serious_faults(page) == []
    assert not is_too_wide(page)


def test_the_first_administrator_comes_in_and_lets_others_in(users: Service, chromium: Browser) -> None:
    with visit(chromium, DESK, scripts=False) as page:
        page.goto(users.start)
        page.get_by_label("登录名").fill("guan")
        page.get_by_label("姓名").fill("某管理员")
        page.get_by_label("口令", exact=False).first.fill(GOOD)
        page.get_by_label("再填一次").fill("别的别的别的别的别的")
        page.get_by_role("button", name="建立并登录").click()
        expect(page.get_by_role("alert")).to_contain_text("两次填的口令不一样")
        page.get_by_label("口令", exact=False).first.fill(GOOD)
        page.get_by_label("再填一次").fill(GOOD)
        page.get_by_role("button", name="建立并登录").click()
        page.goto(f"{users.url}/people")
        page.get_by_label("登录名").fill("wang")
        page.get_by_label("姓名").last.fill("王某")
        page.get_by_role("button", name="新建账号").click()
        link = page.locator("#link").inner_text()
        assert link.startswith(f"{users.url}/start?token=")
        expect(page.get_by_text("还没设口令")).to_be_visible()
        page.goto(f"{users.url}/account")
        page.get_by_role("button", name="退出登录").click()
        expect(page).to_have_url(f"{users.url}/login")
    with visit(chromium, PHONE) as page:
        page.goto(link)
        page.get_by_label("口令", exact=False).first.fill(GOOD)
        page.get_by_label("再填一次").fill(GOOD)
        fits(page)
        page.get_by_role("button", name="保存并登录").click()
        page.goto(f"{users.url}/account")
        expect(page.get_by_text("王某，督查办")).to_be_visible()
        page.get_by_label("给哪个系统用").fill("OA 系统")
        page.get_by_role("button", name="新建令牌").click()
        expect(page.locator("#secret")).to_be_visible()
        sound(page)
        page.goto(f"{users.url}/system")
        expect(page.get_by_role("heading", name="不能看这一页")).to_be_visible()


def test_every_page_of_the_doors_is_sound_on_both_screens(
    users: Service,
    chromium: Browser,
    tmp_path: Path,
) -> None:
    users.person(Role.UNIT, "区教委", "<b>教委</b>联络员")
    with visit(chromium, DESK) as page:
        look(page, users, tmp_path, ("login", "help"), sound)
        cookie = {"name": users.cookie, "value": users.session(users.person()), "url": users.url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]
        look(page, users, tmp_path, ("account", "system", "nothing", "people"), sound)
        expect(page.get_by_role("cell", name="<b>教委</b>联络员")).to_be_visible()
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        look(page, users, tmp_path, ("account", "system", "help", "people"), fits)


def look(page: Page, users: Service, folder: Path, names: tuple[str, ...], holds: Callable[[Page], None]) -> None:
    """Look at these pages; their pictures stay for whoever wants to see them."""
    for name in names:
        page.goto(f"{users.url}/{name}")
        holds(page)
        page.screenshot(path=folder / f"{name}-{holds.__name__}.png", full_page=True)


def fits(page: Page) -> None:
    """Nothing beyond the screen's edge."""
    assert not is_too_wide(page)
