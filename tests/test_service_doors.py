"""What every request goes through (门户): where it comes from, how much it sends, what an error looks like."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import pytest
from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import Response
from starlette.types import Message

from reportgen.problems import CannotWrite, EnvironmentLacking, InputError, Location, error
from reportgen.service.doors.headers import HEADERS
from reportgen.service.doors.limits import BodyLimits, Limits
from reportgen.service.doors.request_log import shown_path
from reportgen.service.model import Role
from reportgen.service.office import system
from reportgen.service.refusals import Conflict, DiskFull, TooMany
from reportgen.service.settings import Mode
from tests.service_desks import URL, Here, here

MB = 1024 * 1024
odd = APIRouter()
PLACE = Location(file="台账.xlsx", sheet="重点任务", cell="F12")
FAULTS: dict[str, Exception] = {
    "input": InputError([error("ledger.x", "这一格<b>写错</b>了", "请改正", PLACE)]),
    "machine": EnvironmentLacking([error("fonts.x", "没有字体", "请装字体")]),
    "write": CannotWrite([error("output.x", "写不进去", "请腾出空间")]),
    "full": DiskFull([error("service.disk-full", "磁盘已满", "请清理")]),
    "busy": TooMany([error("service.busy", "太忙", "请等等")], retry_after=7),
    "conflict": Conflict([error("service.conflict", "有人改了", "请再看")]),
    "bug": ValueError("<_io.BytesIO object at 0x7f00> in /srv/reportgen/x.py"),
}


@odd.get("/fault/{name}")
@odd.get("/api/fault/{name}")
def fault(name: str) -> None:
    raise FAULTS[name]


@odd.post("/take")
async def take(file: UploadFile) -> int:
    return len(await file.read())


@odd.post("/api/count")
def count(number: int = Form(ge=3), kind: str = Form(max_length=3)) -> int:
    return number + len(kind)


@odd.get("/own")
def own() -> Response:
    return Response("x", headers={"Content-Security-Policy": "sandbox", "Cache-Control": "max-age=9"})


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    with here(tmp_path_factory.mktemp("doors") / "data", upload_mb=3) as made:
        made.app.include_router(odd)
        yield made


STATUS = {"input": 422, "machine": 503, "write": 507, "full": 507, "busy": 429, "conflict": 409, "bug": 500}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_has_one_shape_for_programs_and_a_page_for_people(
    desk: Here, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = desk.anybody()
    told = client.get(f"/api/fault/{name}")
    assert told.status_code == STATUS[name]
    body = told.json()
    assert body["ok"] is False
    assert body["status"] == STATUS[name]
    (problem,) = body["problems"]
    assert set(problem) == {"severity", "code", "what", "fix", "where", "related"}
    page = client.get(f"/fault/{name}", headers={"accept": "text/html,*/*"})
    assert page.status_code == STATUS[name]
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for said in (problem["fix"], '<a class="button main" href="/">'):
        assert said in page.text
    for leak in ("0x7f", "/srv", "Traceback", "ValueError", "BytesIO", str(desk.desk.settings.data), "<b>"):
        assert leak not in page.text
        assert leak not in told.text.replace("<b>写错</b>", "")
    if name == "input":
        assert "「重点任务」F12" in page.text
        assert problem["where"] == {"file": "台账.xlsx", "sheet": "重点任务", "cell": "F12"}
    if name == "busy":
        assert told.headers["retry-after"] == page.headers["retry-after"] == "7"
    if name == "bug":
        number = re.search(r"编号 ([0-9a-f]{8})", problem["what"])[1]  # type: ignore[index]
        record = next(each for each in caplog.records if number in each.getMessage())
        assert (record.exc_info or (None, None))[1] is FAULTS["bug"]


def test_a_program_that_asks_a_page_for_json_gets_it(desk: Here) -> None:
    told = desk.anybody().get("/fault/conflict", headers={"accept": "application/json"})
    assert told.json()["problems"][0]["code"] == "service.conflict"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/periods/../../etc/passwd", 404),
        ("GET", "/static/..%2f..%2fapp.py", 404),
        ("GET", "/static/app.css", 404),
        ("DELETE", "/login", 405),
        ("PROPFIND", "/login", 405),
        ("TRACE", "/", 404),
        ("OPTIONS", "/login", 405),
    ],
)
def test_unknown_addresses_and_methods_are_told_in_chinese(desk: Here, method: str, path: str, status: int) -> None:
    client = desk.anybody()
    told = client.request(method, path)
    assert told.status_code in {status, 405 if path == "/" else status}
    assert "怎么办" in told.text
    as_json = client.request(method, path, headers={"accept": "application/json"}).json()
    assert as_json["problems"][0]["code"] in ("service.not-found", "service.wrong-method")


def test_a_wrong_form_is_told_field_by_field(desk: Here) -> None:
    told = desk.anybody().post("/api/count", data={"number": "x", "kind": "zu lang"})
    assert told.status_code == 422
    assert [problem["what"] for problem in told.json()["problems"]] == ["「number」要写整数", "「kind」太长"]
    none = desk.anybody().post("/api/count", data={"number": "1"})
    assert [problem["what"] for problem in none.json()["problems"]] == ["「number」太小", "「kind」没有填"]
    form = {"content-type": "multipart/form-data"}
    broken = desk.anybody().post("/api/count", content=b"--x\r\nbroken", headers=form)
    assert broken.status_code == 400
    assert "格式不对" in broken.json()["problems"][0]["what"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/login", 200), ("/account", 303), ("/nothing", 404), ("/fault/bug", 500), ("/healthz", 200), ("/people", 303)],
)
def test_every_answer_has_the_security_headers(desk: Here, path: str, status: int) -> None:
    told = desk.anybody().get(path)
    assert told.status_code == status
    for name, value in HEADERS.items():
        assert told.headers[name] == value
    assert "unsafe" not in told.headers["content-security-policy"]
    assert "server" not in told.headers


def test_what_a_route_says_itself_stays(desk: Here) -> None:
    told = desk.anybody().get("/own")
    assert told.headers["content-security-policy"] == "sandbox"
    assert told.headers["cache-control"] == "max-age=9"
    style = re.search(r'href="(/static/app-[0-9a-f]{12}\.css)"', desk.anybody().get("/login").text)[1]  # type: ignore[index]
    assert "immutable" in desk.anybody().get(style).headers["cache-control"]


def test_no_page_of_ours_has_a_script_or_a_style_in_it(desk: Here) -> None:
    admin = desk.client(desk.person(Role.ADMIN))
    for path in ("/account", "/people", "/system", "/help", "/nothing"):
        text = admin.get(path).text
        assert not re.search(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=|javascript:", text), path


@pytest.mark.parametrize(
    ("headers", "lets_in"),
    [
        ({"origin": URL}, True),
        ({"origin": URL.upper()}, True),
        ({"referer": f"{URL}/account"}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": f"{URL}.evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "", "referer": f"{URL}/x"}, False),
        ({"origin": "http://evil.example", "referer": f"{URL}/x"}, False),
        ({"origin": "file://ducha.local"}, False),
        ({"origin": "http://[ducha.local"}, False),
        ({}, False),
    ],
)
def test_a_form_of_another_site_does_nothing(desk: Here, headers: dict[str, str], lets_in: bool) -> None:
    person = desk.person()
    client = desk.client(person)
    del client.headers["origin"]
    told = client.post("/account/tokens", data={"label": "x"}, headers=headers)
    assert told.status_code == (200 if lets_in else 403)
    assert ("x</td>" in client.get("/account").text) == lets_in
    if not lets_in:
        assert "没有执行" in told.text
        assert told.headers["x-frame-options"] == "DENY"


def test_a_program_without_a_token_is_told_that_it_needs_one_not_where_it_comes_from(desk: Here) -> None:
    client = desk.anybody()
    del client.headers["origin"]
    assert client.post("/api/count", data={}).status_code == 422, "nothing that could be misused"
    client.cookies.set("reportgen-8765", "x")
    assert client.post("/api/count", data={}).status_code == 403


def test_bodies_have_their_limit_and_files_a_larger_one_from_who_is_known(desk: Here) -> None:
    nobody, known = desk.anybody(), desk.client(desk.person())
    large = known.post("/login", data={"login": "x" * MB, "password": "y"})
    assert large.status_code == 413
    assert "超过 1024 KB" in large.text
    assert large.headers["connection"] == "close"
    assert known.post("/login", data={"login": "x" * (MB - 100), "password": "y"}).status_code == 422

    def file(size: int) -> dict[str, Any]:
        return {"file": ("台账.xlsx", b"\0" * size)}

    assert known.post("/take", files=file(2 * MB)).json() == 2 * MB
    assert nobody.post("/take", files=file(1000)).json() == 1000
    refused = nobody.post("/take", files=file(2 * MB))
    assert refused.status_code == 401
    assert "不能上传" in refused.text
    assert desk.anybody().post("/u/nonsense/take", files=file(2 * MB)).status_code == 401
    assert known.post("/take", files=file(3 * MB)).status_code == 413
    assert "超过 3 MB" in known.post("/take", files=file(4 * MB)).text


@pytest.mark.row("S2", "refused")
def test_a_full_disk_is_told_before_anything_is_read(desk: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    known = desk.client(desk.person())
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 3 * MB - 1})())
    assert known.post("/take", files={"file": ("x", b"\0" * 2 * MB)}).status_code == 507
    monkeypatch.undo()
    assert known.post("/take", files={"file": ("x", b"\0" * 2 * MB)}).status_code == 200


def limited(
    messages: list[Message | None], headers: dict[str, str], *, reads: bool = True, seconds: float = 30
) -> tuple[list[Message], int, int]:
    """What the layer answers to a body in these pieces, None being one that never comes; how much was read until then,
    and in all.
    """
    sent: list[Message] = []
    taken, before = 0, None
    pieces = iter(messages)

    async def receive() -> Message:
        nonlocal taken
        piece = next(pieces, None)
        if piece is None:
            await anyio.sleep(60)
            raise AssertionError
        taken += len(piece.get("body", b""))
        return piece

    async def send(message: Message) -> None:
        nonlocal before
        before = taken if before is None else before
        sent.append(message)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        try:
            while reads and (await receive()).get("more_body"):
                pass
        except Exception:  # as a framework does that takes every fault of reading for a broken form
            await send({"type": "http.response.start", "status": 400, "headers": []})
            await send({"type": "http.response.body", "body": b"broken form"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    def answer(scope: Any, refused: Any) -> Any:
        return Response(refused.problems[0].code, refused.status)

    limits = Limits(
        body=MB,
        upload=50 * MB,
        data=Path(),
        may_upload=lambda scope: True,
        piece_seconds=seconds,
        body_seconds=4 * seconds,
    )
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    # In a thread of its own: a browser of other tests may have an event loop in this one.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(anyio.run, BodyLimits(app, limits, answer), scope, receive, send).result()
    return sent, before or 0, taken


def piece(size: int, more: bool = True) -> Message:
    return {"type": "http.request", "body": b"\0" * size, "more_body": more}


FORM = {"content-type": "multipart/form-data; boundary=x"}


@pytest.mark.parametrize("declared", ["10", "-1", "١٢", "", "99999999999999999999999", str(10 * 1024**3), None])
@pytest.mark.parametrize("kind", [FORM, {}])
def test_what_a_request_says_of_its_length_is_not_believed(declared: str | None, kind: dict[str, str]) -> None:
    headers = {**kind, **({"content-length": declared} if declared is not None else {})}
    sent, taken_before_answer, taken = limited(
        [piece(256 * 1024)] * 4000, {k: v for k, v in headers.items() if v.isascii()}
    )
    assert sent[0]["status"] == 413
    assert b"".join(each.get("body", b"") for each in sent) == b"service.too-large"
    assert (b"connection", b"close") in sent[0]["headers"]
    assert taken_before_answer <= (51 if kind else 2) * MB
    assert taken <= taken_before_answer + 17 * MB, "and the rest is not waited for"


def test_a_body_that_stands_still_or_drips_is_ended() -> None:
    sent, _, _ = limited([piece(10), None], {}, seconds=0.05)
    assert sent[0]["status"] == 408
    assert sent[1]["body"] == b"service.too-slow"


def test_an_app_that_reads_nothing_may_answer_and_one_that_reads_on_may_wait() -> None:
    sent, _, _ = limited([piece(10)], {}, reads=False)
    assert sent[0]["status"] == 200
    sent, _, _ = limited([piece(10, more=False)], {})
    assert sent[0]["status"] == 200


def test_the_log_has_one_line_for_a_request_and_no_secret(desk: Here, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "reportgen.service.requests")
    person = desk.person()
    client = desk.client(person)
    client.get("/account?token=geheim", headers={"x": "geheim"})
    client.get("/u/geheim/forms")
    client.post("/login", data={"login": "geheim", "password": "geheim"})
    lines = [each.getMessage() for each in caplog.records if each.name == "reportgen.service.requests"]
    assert len(lines) == 3
    assert re.fullmatch(rf"192\.0\.2\.7 {person.id} GET /account 200 \d+ 毫秒 \d+ 字节", lines[0])
    assert "/u/…/forms 404" in lines[1]
    assert "geheim" not in "".join(lines)
    assert shown_path("/a\nb\x1b[31m" + "x" * 999) == "/a?b?[31m" + "x" * 291


def test_figures_count_routes_not_addresses(desk: Here) -> None:
    admin = desk.client(desk.person(Role.ADMIN))
    for number in range(3):
        admin.get(f"/api/fault/conflict?{number}")
        admin.get(f"/nothing/{number}")
    text = admin.get("/metrics").text
    assert 'reportgen_requests_total{method="GET",route="/api/fault/{name}",status="409"}' in text
    assert "/nothing" not in text
    assert 'reportgen_jobs{state="waiting"} 0.0' in text
    assert re.search(r"reportgen_disk_free_bytes [1-9]", text)


def test_the_service_is_well_while_database_and_jobs_are(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with here(tmp_path, Mode.LOCAL) as local:
        client = local.anybody()
        assert client.get("/healthz").json() == {"ok": True}

        class Dead:
            is_alive = False

        local.app.state.beside = type("Beside", (), {"health": lambda self: Dead})()
        assert client.get("/healthz").status_code == 503
        local.app.state.beside = None
        local.desk.store.engine.dispose()
        (tmp_path / "reportgen.db").unlink()
        (tmp_path / "reportgen.db").mkdir()
        assert client.get("/healthz").status_code == 503
        assert not system.is_well(local.desk)
