"""The browser that the pages are tested in (真实浏览器): it tells what a page does wrong."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browsers import PHONE, is_too_wide, needs_browser, serious_faults, visit

pytestmark = needs_browser
GOOD = "<!doctype html><html lang='zh-CN'><title>台账</title><main><h1>台账</h1><p>两项目标。</p></main></html>"


def test_a_page_without_faults_has_none(chromium: Browser) -> None:
    with visit(chromium) as page:
        page.set_content(GOOD)
        assert serious_faults(page) == []


def test_scripts_can_be_off(chromium: Browser) -> None:
    with visit(chromium, scripts=False) as page:
        page.set_content(GOOD.replace("</main>", "<script>document.title = '脚本'</script></main>"))
        assert page.title() == "台账"
        with pytest.raises(AssertionError, match="never answer"):
            serious_faults(page)


def test_a_picture_without_words_is_a_serious_fault(chromium: Browser) -> None:
    with visit(chromium) as page:
        page.set_content(GOOD.replace("</main>", "<img src='data:,'></main>"))
        assert [fault.split("（")[0] for fault in serious_faults(page)] == ["image-alt"]


def test_a_wide_table_is_too_wide_for_a_phone(chromium: Browser) -> None:
    with visit(chromium, PHONE) as page:
        page.set_content(GOOD)
        assert not is_too_wide(page)
        page.set_content(GOOD.replace("<p>", "<p style='width: 900px'>"))
        assert is_too_wide(page)


def test_a_fault_in_a_script_fails_the_test(chromium: Browser) -> None:
    with pytest.raises(AssertionError), visit(chromium) as page:
        page.set_content("<script>nowhere()</script>")
