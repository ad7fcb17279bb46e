"""The overview as the staff see it (总览页): counts that lead to their lists, pictures with words and tables."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Browser

from reportgen.service.model import Role
from tests.browsers import DESK, PHONE, is_too_wide, needs_browser, profile, serious_faults
from tests.services import Service, until


@pytest.fixture(scope="module")
def period(service: Service) -> str:
    """A period of the sample, once it has been looked at."""
    client = service.client(Role.OFFICE)
    made = client.post("/periods/new/sample", data={"title": "总览的样例"})
    name = made.headers["location"].split("/")[2]
    until(lambda: "<img" in client.get(f"/periods/{name}/overview").text, 60, 0.3)
    return name


@pytest.fixture(scope="module")
def office(service: Service) -> httpx.Client:
    return service.client(Role.OFFICE)


def test_the_counts_lead_to_the_lists_that_have_so_many(office: httpx.Client, period: str) -> None:
    page = office.get(f"/periods/{period}/overview").text
    (behind,) = re.findall(r'<a href="([^"]+)"><b>11</b> 项滞后或不达预期</a>', page)
    listed = office.get(behind.replace("&amp;", "&")).text
    assert len(re.findall(r'<tr id="n\d+">', listed)) == 11
    (unit,) = re.findall(r'<a href="([^"]+)">区城管局</a></td>', page)
    assert len(re.findall(r'<tr id="n\d+">', office.get(unit.replace("&amp;", "&")).text)) == 9
    category = re.findall(r'<a href="([^"]+)">大力发展数字经济</a></td>', page)[0]
    listed = office.get(category.replace("&amp;", "&")).text
    assert "只看分类「大力发展数字经济」" in listed
    assert len(re.findall(r'<tr id="n\d+">', listed)) == 4


def test_each_picture_is_a_file_of_the_job_with_words_for_it(office: httpx.Client, period: str) -> None:
    page = office.get(f"/periods/{period}/overview").text
    pictures = re.findall(r'<img src="([^"]+)" alt="([^"]+)"', page)
    assert len(pictures) == 5
    for address, alt in pictures:
        found = office.get(address)
        assert found.headers["content-type"] == "image/svg+xml"
        assert alt in found.text


def test_what_is_not_ones_own_is_not_there(service: Service, period: str) -> None:
    unit = service.client(Role.UNIT, "区教委")
    assert unit.get(f"/periods/{period}/overview").status_code in (403, 404)
    assert service.client(Role.OFFICE).get("/periods/none/overview").status_code == 404


@needs_browser
@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_it_is_read_on_both_screens_without_scripts_and_by_everybody(
    service: Service, chromium: Browser, period: str, screen: tuple[int, int]
) -> None:
    session = service.session(service.person(Role.OFFICE))
    with profile(chromium, screen) as context:
        context.add_cookies([{"name": service.cookie, "value": session, "url": service.url}])
        page = context.new_page()
        page.goto(f"{service.url}/periods/{period}/overview")
        drawn = page.locator(".chart img")
        assert drawn.count() == 5
        loaded = "all => all.every(each => each.complete && each.naturalWidth > 0)"
        page.wait_for_load_state("networkidle")
        assert drawn.evaluate_all(loaded)
        assert not is_too_wide(page)
        assert serious_faults(page) == []
