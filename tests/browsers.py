"""The system's own Chromium (真实浏览器), as staff sit before it: two screens, with scripts and without."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="没有 Chromium（dev.py test 会安装）")
DESK, PHONE = (1366, 768), (390, 844)
"""The screens of an office (办公电脑) and of a phone (手机), in CSS pixels."""

# Profiles without scripts.
_STILL: set[BrowserContext] = set()
# What a browser looks for at its start lies outside; each such try would wait for a network that is not there.
_QUIET = (
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-gpu",
    "--no-first-run",
    "--no-sandbox",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a process; each test has a profile of its own in it (`visit`)."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_QUIET))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def profile(
    browser: Browser, screen: tuple[int, int] = DESK, *, scripts: bool = True, **more: Any
) -> Iterator[BrowserContext]:
    """Somebody's browser (一个人的浏览器) with cookies of its own; leaving it closes all its pages."""
    width, height = screen
    context = browser.new_context(
        viewport={"width": width, "height": height},
        java_script_enabled=scripts,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        accept_downloads=True,
        has_touch=screen == PHONE,
        **more,
    )
    context.set_default_timeout(20_000)
    try:
        if not scripts:
            _STILL.add(context)
        yield context
    finally:
        _STILL.discard(context)
        context.close()


@contextmanager
def visit(browser: Browser, screen: tuple[int, int] = DESK, *, scripts: bool = True) -> Iterator[Page]:
    """One page of a fresh profile; a fault in the page's own scripts or what its policy forbids fails the test."""
    faults: list[str] = []
    with profile(browser, screen, scripts=scripts) as context:
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("console", lambda told: faults.append(told.text) if "Content Security Policy" in told.text else None)
        yield page
    assert faults == []


@cache
def _axe() -> str:
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def serious_faults(page: Page) -> list[str]:
    """What axe calls serious or critical on the page (严重的无障碍问题), and where; it is a script itself."""
    assert page.context not in _STILL, "without scripts axe would never answer"
    page.evaluate(_axe())
    found = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], iframes: false}).then(r => r.violations.map("
        "v => ({id: v.id, impact: v.impact, help: v.help, at: v.nodes.map(n => n.target.join(' '))})))"
    )
    return [
        f"{each['id']}（{each['impact']}）：{each['help']}：{'；'.join(each['at'][:5])}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


def is_too_wide(page: Page) -> bool:
    """Whether the page must be moved sideways to be read (横向滚动)."""
    wide: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1")
    return wide
