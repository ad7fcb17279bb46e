"""Whoever means harm (恶意使用): names, addresses, bodies and other people's numbers, through every door."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from playwright.sync_api import Browser

from reportgen.service.model import Job, JobFile, JobKind, LedgerOrigin, Order, Person, Role
from reportgen.service.office.asking import key_of
from reportgen.service.office.units.links import make_links
from reportgen.service.store import blobs, jobs, ledgers, periods, returns
from reportgen.service.store.ids import new_id
from reportgen.service.store.opening import FILES, reading, writing
from tests.browsers import needs_browser, visit
from tests.desks import Office, opened
from tests.projects import CONFIG
from tests.reliability.tally import Tally
from tests.service_desks import Here, TestClient, here
from tests.test_service_rights import routes
from tests.unit_office import UNITS, add_period

ODD_NAMES = (
    "../../etc/台账.xlsx", "..\\..\\windows\\台账.xlsx",
    "/etc/台账.xlsx", "C:\\台账.xlsx", "\\\\server\\share\\台账.xlsx",
    "~/台账.xlsx", "..", ".", "...", ".xlsx", "台账.xlsx/", "台账.xlsx/../..", "con.xlsx", "NUL", "aux.台账.xlsx",
    "长" * 300 + ".xlsx", "x" * 1000, "台账\u202exslx.exe", "台\u200b账.xlsx", "台账\x7f\x1b[31m.xlsx", "台账 \t.xlsx ",
    "$(touch x).xlsx", "`id`.xlsx", "-rf.xlsx", "; rm -rf ~.xlsx", "<script>alert(1)</script>.xlsx",
    "%2e%2e%2f台账.xlsx",
    "e\u0301.xlsx", "ＡＵＸ.xlsx", "台账.xlsx:stream",
)  # fmt: skip
"""Names under which a file may be sent up."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    with here(tmp_path_factory.mktemp("hostile") / "data", queue=1000, queue_per_person=1000) as made:
        yield made


def period_in(desk: Here) -> str:
    return add_period(desk.desk.store).id


def form(name: str, field: str = "file", blob: bytes = b"version: 1\n") -> dict[str, Any]:
    """A form with one file of that name, as a client that keeps to no rule sends it."""
    said = name.replace("\\", "\\\\").replace('"', "%22").encode("utf-8", "surrogatepass")
    head = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n' % (field.encode(), said)
    return {"content": head + blob + b"\r\n--x--\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}


@pytest.mark.row("H2")
def test_a_file_of_any_name_lies_under_its_hash_and_its_name_is_a_label(desk: Here, tally: Tally) -> None:
    office, period = desk.client(desk.person(Role.ADMIN)), period_in(desk)
    api, page = f"/api/periods/{period}", f"/periods/{period}"
    assert len(ODD_NAMES) == 30
    for number, name in enumerate(ODD_NAMES):
        by_turns = (f"{api}/ledgers", f"{page}/ledger")[number % 2]
        for place, field in ((by_turns, "file"), (f"{api}/returns", "files")):
            sent = office.post(place, **form(name, field, b"%d %s" % (number, place.encode())))
            assert sent.status_code < 500, (place, name)
        taken = office.post(f"{api}/settings", **form(name, "files"))
        assert taken.status_code in (201, 422), (name, taken.text)
        tally.survived()
    with reading(desk.desk.store) as con:
        labels = {each.name for each in ledgers.versions(con, period)}
        labels |= {each.name for each in returns.of_period(con, period)}
    assert len(labels) > 20
    for each in labels:
        assert not re.search(r"[/\\\x00-\x1f\x7f\u202e\u200b:]", each), each
        assert each not in (".", "..", "")
        assert len(each.encode()) <= 200
    assert stray(desk.desk.store.folder) == []
    assert stray(desk.desk.store.folder.parent, depth=1) == []


def stray(folder: Path, depth: int = 9) -> list[str]:
    """Files by names that are not the program's own."""
    own = re.compile(rf"[0-9a-f]{{64}}|[0-9a-f]{{2}}|{FILES}|reportgen\.db(-wal|-shm)?|data|serving\.lock")
    found = (path for path in folder.rglob("*") if len(path.relative_to(folder).parts) <= depth)
    return [path.name for path in found if not own.fullmatch(path.name)]


STORED_NAMES = (
    "报告.{}", '引"号.{}', "换\r\nX-Evil: 1\r\n行.{}", "分;号=.{}", "单'引*号.{}", "反\\斜\\.{}",
    "空  格 .{}", "百%0d%0a分.{}",
    "\u202e倒.{}", "表情😀.{}", "a" * 180 + ".{}", "e\u0301.{}",
)  # fmt: skip
"""Names that rows may have: an older program may have taken in more than this one does."""


@pytest.mark.row("H3")
@pytest.mark.parametrize(("ending", "kind"), [("docx", "wordprocessingml"), ("pdf", "application/pdf"), ("zip", "zip")])
def test_a_file_goes_out_under_its_name_and_nothing_else(desk: Here, ending: str, kind: str, tally: Tally) -> None:
    store, period = desk.desk.store, period_in(desk)
    office = desk.client(desk.person())
    sha256 = blobs.put(store, ending.encode())
    for form_ in STORED_NAMES:
        name = form_.format(ending)
        with writing(store) as con:
            author = desk_person()
            number = ledgers.put_ledger(con, period, name, sha256, 3, LedgerOrigin.UPLOADED, author).version
            other = blobs_of_its_own(con, desk, period, author)
        for path in (f"/api/periods/{period}/ledgers/{number}/file", f"/periods/{period}/ledger/{number}"):
            answer = office.get(path)
            assert (answer.status_code, answer.content) == (200, ending.encode())
            said = answer.headers["content-disposition"]
            assert "x-evil" not in answer.headers
            plain, _, encoded = said.partition("; filename*=UTF-8''")
            assert re.fullmatch(r'attachment; filename="download\.?[a-z]*"', plain), plain
            assert re.fullmatch(r"[A-Za-z0-9._~%-]+", encoded), encoded
            assert unquote(encoded) == name
            assert kind in answer.headers["content-type"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert other != number
        tally.survived()


def desk_person() -> Person:
    return Person(id="a" * 32, name="督查室", role=Role.OFFICE)


def blobs_of_its_own(con: Any, desk: Here, period: str, author: Person) -> int:
    """Another ledger, so that equal bytes are a new version again."""
    sha256 = blobs.put(desk.desk.store, new_id().encode())
    return ledgers.put_ledger(con, period, "别的.yaml", sha256, 32, LedgerOrigin.UPLOADED, author).version


# ---- other people's


@pytest.mark.row("H7")
def test_two_hundred_numbers_of_another_unit_open_nothing(desk: Here, tally: Tally) -> None:
    """Its jobs with their early and late files, its returns; and two hundred that nobody has."""
    store, period = desk.desk.store, period_in(desk)
    mine, other = desk.person(Role.UNIT, "区民政局"), desk.person(Role.UNIT, "区城管局")
    client, owner = desk.client(mine), desk.client(other)
    sha256 = blobs.put(store, b"secret")
    made: list[tuple[str, str]] = []
    result = blobs.put(store, b"{}")
    with writing(store) as con:
        for number in range(200):
            kind = (JobKind.RECEIVE, JobKind.BUILD, JobKind.PREVIEW)[number % 3]
            order = Order(kind=kind, options={"unit": "区城管局", "number": number})
            job, _ = jobs.ask(con, order, key_of(order, period), period, other)
            jobs.begin(con, job.id)
            files = [JobFile(job=job.id, name="pages/001.png", sha256=sha256, size=6)]
            if number % 2:
                jobs.finish(con, job.id, result, files)
            else:
                jobs.hand_over(con, job.id, files)
            given = returns.put_return(con, period, "区城管局", "表.xlsx", sha256, 6, job.id, other)
            made.append((job.id, given.id))
    asked = 0
    for at, (job_id, given_id) in enumerate(made):
        paths = [
            f"/api/jobs/{job_id}", f"/jobs/{job_id}", f"/api/jobs/{job_id}/files/pages/001.png",
            f"/jobs/{job_id}/files/pages/001.png", f"/api/jobs/{job_id}/result", f"/jobs/{job_id}/events",
        ]  # fmt: skip
        paths += [f"/unit/{period}/returns/{given_id}", f"/api/jobs/{new_id()}"]
        for path in (paths[at % 8], paths[(at + 3) % 8]):
            answer = client.get(path)
            assert answer.status_code == 404, path
            assert b"secret" not in answer.content
            assert "\u627e\u4e0d\u5230" in answer.text or "\u6ca1\u6709" in answer.text
            asked += 1
        if not at % 4:
            assert client.post(f"/api/jobs/{job_id}/cancel").status_code == 404
    with reading(store) as con:
        assert not any(found.cancel_asked for job_id, _ in made if (found := jobs.job(con, job_id)))
    tally.refused(asked)
    receives = made[0]
    assert owner.get(f"/api/jobs/{receives[0]}/files/pages/001.png").content == b"secret", "its own it does get"


# ---- what an answer tells of this machine

LEAKS = re.compile(
    r"0x[0-9a-f]{6,}|Traceback|site-packages|\.py\b|Error:|/tmp/|/home/|/root/|/usr/|sqlalchemy|starlette|pydantic|fastapi"
)
TEXTS = ("\ud800", "a\0b", "\u202e", "x" * 5000, "", " ", "../../etc/passwd", "' OR 1=1 --", "{{7*7}}", "\ufffe")
VALUES: tuple[Any, ...] = (*TEXTS, None, -1, 10**30, 1e400, float("nan"), True, [[[]]], {"\ud800": 1}, ["a"] * 2000)
RAW = (
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"NaN",
    b"9" * 6000,
    b"\xff\xfe",
    b'"\\ud800"',
    b"null",
    b"[]",
    b"\xef\xbb\xbf{}",
)
ADDRESSES = ("%00", "%ff", "%ED%A0%80", "9" * 30, "-1", "..%2f..%2fetc%2fpasswd", "%0d%0aX:%20y", "x" * 2000, "\u0663")
HEADS: tuple[Mapping[str, bytes], ...] = (
    {"range": b"bytes=9-1,5-"}, {"range": b"bytes=" + b",".join(b"%d-%d" % (n, n) for n in range(2000))},
    {"if-none-match": b"\xff"}, {"accept": b"\xff"}, {"idempotency-key": b"\xff"}, {"last-event-id": "٣".encode()},
    {"content-type": b"application/json; charset=utf-99"}, {"content-type": b"multipart/form-data; boundary=\xff"},
)  # fmt: skip


def properties(shape: Any, shapes: Mapping[str, Any]) -> list[str]:
    """The names of the fields of a body, as the description has them."""
    if "$ref" in shape:
        return properties(shapes[shape["$ref"].rpartition("/")[2]], shapes)
    return list(shape.get("properties", ()))


@dataclass
class Doors:
    """Every route, and one who may use it, with what is really there in its address."""

    client: TestClient
    real: Mapping[str, str]
    described: Mapping[str, Any]

    def address(self, route: str, wrong: str = "") -> str:
        """The route with what is there, or with something wrong in the last place that it has."""
        names = re.findall(r"\{([^}]+)\}", route)
        known = {name: self.real[name.partition(":")[0]] for name in names}
        if names and wrong:
            known[names[-1]] = wrong
        return re.sub(r"\{([^}]+)\}", lambda found: known[found[1]], route)

    def tries(self, method: str, route: str, thin: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """Address and options of what is sent to a route: each odd thing, or every so many of them in turn."""
        every: list[tuple[str, dict[str, Any]]] = []
        if "{" in route:
            every += [(self.address(route, wrong), {}) for wrong in ADDRESSES]
        every += [(self.address(route), {"headers": dict(head)}) for head in HEADS]
        every += [(f"{self.address(route)}?limit={each}&offset={each}&wait={each}", {}) for each in ADDRESSES]
        if method in ("POST", "PUT", "PATCH"):
            kind = {"headers": {"Content-Type": "application/json"}}
            body = self.described.get(route, {}).get(method.lower(), {}).get("requestBody", {})
            shape = body.get("content", {}).get("application/json", {}).get("schema", {})
            names = properties(shape, self.described_shapes)
            every += [(self.address(route), {"content": raw, **kind}) for raw in RAW]
            for name in names:
                for value in VALUES:
                    good = dict.fromkeys(names, "1") | {name: value}
                    every.append((self.address(route), {"content": json.dumps(good).encode(), **kind}))
            every += [(self.address(route), form(name, "files")) for name in ("a\0.yaml", "\ud800.yaml", "")]
            every += [
                (self.address(route), {"data": {"title": text, "note": text, "unit": text}}) for text in TEXTS[1:6]
            ]
        yield from every[sum(route.encode()) % thin :: thin]

    @property
    def described_shapes(self) -> Mapping[str, Any]:
        shapes: Mapping[str, Any] = self.described["shapes"]
        return shapes


@pytest.fixture(scope="module")
def doors(desk: Here) -> Doors:
    period = period_in(desk)
    client = desk.client(desk.person(Role.ADMIN))
    with writing(desk.desk.store) as con:
        found = periods.period(con, period)
        assert found
        order = Order(kind=JobKind.EXAMINE, options={"n": 1})
        job: Job = jobs.ask(con, order, key_of(order, period), period, desk_person())[0]
    (link,) = make_links(desk.desk, desk_person(), period, ["区城管局"])
    described = client.get("/api/openapi.json").json()
    real = {
        "period": period, "job": job.id, "given": "0" * 32, "token": link.token, "version": "1", "number": "1",
        "unit": "区城管局", "name": "报告.yaml", "format": "docx", "key": "k", "finding": "k", "id": period,
    }  # fmt: skip
    return Doors(client, real, {**described["paths"], "shapes": described["components"]["schemas"]})


@pytest.mark.row("H4", "refused")
@pytest.mark.row("H9", "refused")
# The library that takes forms apart leaves a file of one that it cannot read to the garbage collector.
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
@pytest.mark.parametrize("thin", [24, pytest.param(1, marks=pytest.mark.campaign)])
def test_no_answer_of_any_route_is_a_fault_or_tells_of_this_machine(doors: Doors, thin: int, tally: Tally) -> None:
    for method, route in routes():
        if route in ("/logout", "/account/password"):
            continue  # they would end this client's session
        for address, options in doors.tries(method, route, thin):
            try:
                answer = doors.client.request(method, address, **options)
            except (httpx.InvalidURL, UnicodeEncodeError):  # this client cannot say that
                continue
            about = (method, address[:200], str(options)[:200], answer.status_code)
            assert answer.status_code < 500 or answer.status_code == 503, (about, answer.text[:500])
            if answer.status_code >= 400:
                assert not LEAKS.search(answer.text), (about, LEAKS.findall(answer.text))
                assert str(doors.client.base_url) not in answer.text or "<html" in answer.text
                is_plain = method == "HEAD" or answer.status_code == 416  # a part that a file does not have
                assert is_plain or re.search("[\u4e00-\u9fff]", answer.text), about
                tally.refused()
            else:
                tally.survived()


# ---- scripts

PAYLOADS = (
    "<script>window.hit=1</script>", "<img src=x onerror=window.hit=1>", "<svg onload=window.hit=1>",
    '"><script>window.hit=1</script>', "'><img src=x onerror=window.hit=1>", "</title><script>window.hit=1</script>",
    "</textarea><script>window.hit=1</script>", "</script><script>window.hit=1</script>", "javascript:window.hit=1",
    "<a href=javascript:window.hit=1 autofocus onfocus=window.hit=1>x", "{{constructor.constructor('window.hit=1')()}}",
    "<iframe srcdoc='<script>parent.hit=1</script>'>", "<details open ontoggle=window.hit=1>",
    "&lt;script&gt;window.hit=1&lt;/script&gt;", "<style>@import 'javascript:window.hit=1'</style>",
)  # fmt: skip
"""What runs where a page takes a text for markup."""


@contextmanager
def scripted(folder: Path, *asked: str) -> Iterator[tuple[Office, str]]:
    """A period in which departments, files, tasks and people are called so, and what was asked for is done."""
    with opened(folder, queue_per_person=1000, queue=1000) as office:
        names = "".join(f"  - {{name: {json.dumps(each)}, kind: 部门}}\n" for each in PAYLOADS)
        files = {"报告.yaml": f"{CONFIG}units: 单位.yaml\n", "单位.yaml": UNITS + names}
        client = office.client(office.person(Role.ADMIN, name=PAYLOADS[0]))
        sent = [("files", (name, text.encode())) for name, text in files.items()]
        place = client.post("/api/periods/from-files", files=sent, data={"title": PAYLOADS[5]}).json()["url"]
        rows = [
            {"分类": each, "工作任务": f"建成{number}个{each}", "责任单位": each, "配合单位": "", "任务进展情况": each,
             "推进情况": "正常推进"}
            for number, each in enumerate(PAYLOADS)
        ]  # fmt: skip
        text = json.dumps({"预期目标": [], "重点任务": rows}, ensure_ascii=False).encode()
        assert client.post(f"{place}/ledgers", **form(f"{PAYLOADS[1]}.yaml", "file", text)).status_code == 202
        for number, each in enumerate(PAYLOADS):
            account = {"login": f"p{number:02}", "name": each[:40], "role": "office"}
            assert client.post("/api/people", json=account).status_code == 201
        for each in asked:
            assert client.post(f"{place}/{each}").status_code == 202
        office.do_jobs()
        # A return that still waits: its name stands on the page of the units all the same.
        assert client.post(f"{place}/returns", **form(f"{PAYLOADS[2]}.xlsx", "files")).status_code == 202
        yield office, place.removeprefix("/api")


@needs_browser
@pytest.mark.row("H8")
@pytest.mark.parametrize("asked", [(), pytest.param(("forms", "builds", "sets"), marks=pytest.mark.campaign)])
def test_no_name_that_somebody_makes_up_is_run_by_a_real_browser(
    asked: tuple[str, ...], tmp_path: Path, chromium: Browser, tally: Tally
) -> None:
    with scripted(tmp_path / "data", *asked) as (office, place):
        look_around(office, place, chromium)
    tally.survived(len(PAYLOADS))


def look_around(office: Office, place: str, chromium: Browser) -> None:
    """Every page of the period, and those of the people, in a real browser."""
    client = office.client(office.person(Role.ADMIN, name=PAYLOADS[2]))
    sections = "setting ledger problems verdicts preview downloads overview units editions files"
    shown: set[str] = set()
    with visit(chromium) as page:
        cookie = dict(client.cookies)
        page.context.add_cookies([{"name": name, "value": value, "url": office.url} for name, value in cookie.items()])
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        for path in (*(f"{place}/{each}" for each in sections.split()), "/", "/people", "/account"):
            page.goto(f"{office.url}{path}", wait_until="load")
            assert page.evaluate("window.hit") is None, path
            seen = page.evaluate(
                "document.body.innerText + [...document.querySelectorAll('input,textarea')].map(e => e.value)"
            )
            shown |= {each for each in PAYLOADS if each in seen}
            assert page.evaluate("document.querySelectorAll('iframe, [onerror], [onload], [ontoggle]').length") == 0
    assert shown == set(PAYLOADS), "each was seen as text on some page"
