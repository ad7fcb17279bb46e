"""Every route of the service asked by everybody who may not (权限): the routes are the application's own list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute

from reportgen.service.api import routes as api
from reportgen.service.app import ROUTERS
from reportgen.service.model import JobKind, Person, Role, UnitReturn
from reportgen.service.office.units import forms, links, returns
from reportgen.service.office.uploads import Upload
from reportgen.service.pages import jobs as job_pages
from reportgen.service.pages.api_guide import router as api_guide
from reportgen.service.store import blobs, jobs, setting_files
from reportgen.service.store.opening import FILES, reading, writing
from reportgen.service.store.people import change_person
from tests.desks import Office, opened
from tests.unit_office import SETTINGS, add_period

OPEN = {"/healthz", "/start", "/login", "/static/{name}", "/help"}
"""What anybody may ask for."""
OWN = {
    "/", "/account", "/account/password", "/account/tokens", "/account/tokens/{id}/remove", "/logout", "/unit",
    "/api/guide", "/api/me", "/api/me/password", "/api/me/tokens", "/api/me/tokens/{token}", "/api/unit/periods",
}  # fmt: skip
"""What whoever is signed in may ask for, and gets what is his own."""
ADMIN = re.compile(r"/(api/)?(people|system|webhooks|audit|metrics)\b")
UNIT_SIDE = re.compile(r"/(api/)?(unit|u)/\{(period|token)\}")
MINE, OTHER = "区民政局", "区城管局"


@dataclass
class Place:
    """A period in which two units have returned, and who may not see what."""

    office: Office
    period: str
    given: UnitReturn
    links: dict[str, str]
    clients: dict[str, httpx.Client]
    clerk: Person

    def path(self, route: str) -> str:
        """The route's address with what is really there, all of it the other unit's."""
        known = {
            "period": self.period, "job": self.given.job, "given": self.given.id, "token": self.links[OTHER],
            "version": "1", "number": "1", "unit": OTHER, "name": "报告.yaml", "name:path": "报告.yaml",
            "format": "docx", "key": "k", "finding": "k", "id": self.period,
        }  # fmt: skip
        if "/returns/{id}" in route:
            known["id"] = self.given.id
        elif "/jobs/{id}" in route:
            known["id"] = self.given.job
        return re.sub(r"\{([^}]+)\}", lambda found: known[found[1]], route)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with opened(tmp_path_factory.mktemp("rights") / "data") as office:
        desk = office.desk
        period = add_period(desk.store).id
        clerk, mine = office.person(Role.OFFICE), office.person(Role.UNIT, MINE)
        forms.make_forms(desk, clerk, period)
        office.do_jobs()
        made = {each.link.unit: each.token for each in links.make_links(desk, clerk, period, [MINE, OTHER])}
        blob = b"PK nothing"
        upload = Upload(name="反馈.xlsx", sha256=blobs.put(desk.store, blob), size=len(blob))
        other = links.holder_or_none(desk, made[OTHER])
        assert other
        given = returns.send_file(desk, other, period, upload)
        office.do_jobs()
        nobody = office.anybody()
        holder = office.anybody()
        holder.headers["Authorization"] = f"Bearer {made[MINE]}"
        clients = {"nobody": nobody, "unit": office.client(mine), "holder": holder, "clerk": office.client(clerk)}
        yield Place(office, period, given, made, clients, clerk)


def routes() -> list[tuple[str, str]]:
    """Method and path of every route that the application includes."""
    found = []
    for router in (*ROUTERS, api_guide, *api.ROUTERS):
        for route in router.routes:
            assert isinstance(route, APIRoute)
            found += [(method, route.path) for method in sorted(route.methods or ())]
    return found


def refused(answer: httpx.Response) -> bool:
    """Whether this is a no: nothing was told and nothing was done."""
    if answer.status_code == 303:
        return answer.headers["location"].startswith("/login")
    return answer.status_code in (401, 403, 404)


@pytest.mark.row("H7", "refused")
def test_every_route_says_no_to_whoever_may_not(place: Place) -> None:
    let_in, asked = [], 0
    for method, route in routes():
        if route in OPEN or route.startswith("/u/"):
            continue
        may_not = ["nobody"]
        if route not in OWN and (not UNIT_SIDE.match(route) or "/returns/" in route):
            may_not += ["unit", "holder"]
        if ADMIN.match(route):
            may_not.append("clerk")
        for who in may_not:
            answer = place.clients[who].request(method, place.path(route), json={} if "/api/" in route else None)
            asked += 1
            if not refused(answer):
                let_in.append((who, method, route, answer.status_code))
    assert let_in == []
    assert asked > 400


@pytest.mark.row("H7", "refused")
def test_a_job_of_the_office_is_not_a_units_because_its_person_asked_for_it(place: Place) -> None:
    desk = place.office.desk
    moved = place.office.person(Role.OFFICE)
    client = place.office.client(moved)
    assert client.post(f"/periods/{place.period}/build").status_code == 303
    sets = client.post(f"/api/periods/{place.period}/sets").json()["id"]
    assert client.get(f"/api/jobs/{sets}").status_code == 200
    with writing(desk.store) as con:
        change_person(con, moved.id, role=Role.UNIT, unit=MINE)
    assert client.get(f"/api/jobs/{sets}").status_code == 404

    # Whoever of a unit comes first has the forms of all units made, and sees no job of it.
    with writing(desk.store) as con:
        setting_files.put_setting(
            con, place.period, "报告.yaml", blobs.put(desk.store, f"{SETTINGS['报告.yaml']}# 新\n".encode()), 1, moved
        )
    assert client.get(f"/api/unit/{place.period}").status_code == 200
    with reading(desk.store) as con:
        (made,) = (each for each in jobs.jobs_of(con, place.period, [JobKind.FORMS]) if not each.state.is_over)
    for path in (f"/jobs/{made.id}", f"/jobs/{made.id}/files/反馈表.zip", f"/api/jobs/{made.id}"):
        assert client.get(path).status_code == 404
    assert client.post(f"/api/jobs/{made.id}/cancel").status_code == 404


def test_one_person_does_not_take_all_places_of_those_who_listen(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_pages, "_MOST_OF_ONE", 1)
    here = f"/jobs/{place.given.job}/events"
    with place.clients["clerk"].stream("GET", here) as first:
        assert first.status_code == 200
        job_pages._listening[place.clerk.id] += 1  # as one more that goes on
        second = place.clients["clerk"].get(here)
        assert (second.status_code, second.headers["retry-after"]) == (429, "5")
        assert "同时看进度的页面太多" in second.text
        job_pages._listening.clear()
        "".join(first.iter_text())
    assert place.clients["clerk"].get(here).status_code == 200
    assert job_pages._listening.total() == 0


def test_a_file_that_somebody_removed_is_told(place: Place, tmp_path: Path) -> None:
    folder, clerk = place.office.desk.store.folder / FILES, place.clients["clerk"]
    folder.rename(tmp_path / "aside")
    try:
        for path in (f"/periods/{place.period}/{each}" for each in ("files", "ledger/1", "setting")):
            answer = clerk.get(path)
            assert answer.status_code == 503, path
            assert "服务器上缺了这份文件" in answer.text, path
        assert clerk.get(f"/periods/{place.period}/ledger").status_code == 200
    finally:
        (tmp_path / "aside").rename(folder)
    assert clerk.get(f"/periods/{place.period}/ledger/1").status_code == 200
