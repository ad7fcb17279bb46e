"""The API (接口): all that the pages do, one shape of refusals, nothing done twice, the guide's lines as they stand."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar, get_args

import httpx
import pytest

from reportgen.service.api import jobs as api_jobs
from reportgen.service.model import JobKind, JobState, Person, Role
from reportgen.service.office.desk import Desk
from reportgen.service.office.idempotency import Answer, once
from reportgen.service.pages.api_guide import WALK, described
from reportgen.service.refusals import Conflict
from reportgen.service.settings import Settings
from reportgen.service.store.opening import open_store
from tests.ledger_files import GOAL_HEAD, GOAL_ROW, TASK_HEAD, workbook
from tests.projects import CONFIG, ROOT
from tests.services import Service, serving, until

RAW = {"Content-Type": "application/octet-stream"}
TASKS = [
    [1, "城市更新", "建成口袋公园5个", "区城管局", "区财政局", "已建成3个。", "正常推进"],
    [2, "城市更新", "改造老旧小区2个", "区住建委", "", "已开工1个。", "正常推进"],
]
UNIT = "区城管局"


@cache
def tiny(mark: str = "") -> bytes:
    """A ledger of a goal and two tasks; with a mark no two of them are equal."""
    first = [*TASKS[0][:2], f"{TASKS[0][2]}{mark}", *TASKS[0][3:]]
    return workbook({"预期目标": [GOAL_HEAD, GOAL_ROW], "重点任务": [TASK_HEAD, first, TASKS[1]]})


class Heard(BaseHTTPRequestHandler):
    """Another system that is told of jobs."""

    told: ClassVar[list[tuple[Mapping[str, str], bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.told.append((dict(self.headers), body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture(scope="module")
def server() -> Iterator[HTTPServer]:
    """Another system, which writes down what it is told."""
    with HTTPServer(("127.0.0.1", 0), Heard) as listening:
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, server: HTTPServer) -> Iterator[Service]:
    """One that may tell the other system of its jobs."""
    folder = tmp_path_factory.mktemp("api") / "data"
    known = [f"http://127.0.0.1:{server.server_port}/notify"]
    with serving(folder, mode="users", webhooks=known, queue_per_person=50) as running:
        yield running


@pytest.fixture(scope="module")
def office(service: Service) -> httpx.Client:
    """An administrator's own system."""
    return service.with_token(service.person(Role.ADMIN))


def new_period(office: httpx.Client, title: str = "一期") -> str:
    """A period with the plain configuration of the tests."""
    made = office.post(
        "/api/periods/from-files", files=[("files", ("配置.yaml", CONFIG.encode()))], data={"title": title}
    )
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"/api/periods/{made.json()['id']}"
    return str(made.json()["id"])


def upload(office: httpx.Client, period: str, ledger: bytes) -> dict[str, Any]:
    """A new version of the ledger, examined."""
    made = office.post(f"/api/periods/{period}/ledgers", files={"file": ("台账.xlsx", ledger)})
    assert made.status_code == 202, made.text
    return {"ledger": made.json()["ledger"], "job": over(office, made)}


def over(office: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    """The job that was asked for, once it is over."""
    assert answer.status_code == 202, answer.text
    place = answer.headers["location"]
    job = until(lambda: over_or_none(office, place), 120)
    assert job["state"] == "done", job
    return dict(job)


def over_or_none(office: httpx.Client, place: str) -> dict[str, Any] | None:
    told = office.get(place, params={"wait": 25}, timeout=40).json()
    return dict(told) if told["ended"] else None


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The first problem of an answer that says no, in the one shape."""
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert (told["ok"], told["status"]) == (False, status)
    for each in told["problems"]:
        assert set(each) == {"severity", "code", "what", "fix", "where", "related"}
        assert re.search("[一-鿿]", each["what"] + each["fix"])
    assert str(ROOT) not in answer.text
    assert "Traceback" not in answer.text
    return dict(told["problems"][0])


@pytest.fixture(scope="module")
def period(office: httpx.Client) -> str:
    """A period whose ledger has been examined."""
    made = new_period(office)
    upload(office, made, tiny())
    return made


# ---- the whole way


def walked(lines: str, service: Service, token: str, folder: Path) -> dict[str, str]:
    """Run the lines of the guide as they stand; what an answer is to be noted as is a variable from then on."""
    known = {"BASE": service.url, "TOKEN": token}
    noted: list[tuple[str, str]] = []
    for line in lines.replace("\\\n", "").splitlines():
        if line.startswith(("BASE=", "TOKEN=")):
            continue
        if line.startswith("#"):
            noted = re.findall(r"应答里的 ([\w.]+) 记作 ([A-Z]+)", line)
            continue
        ready = False
        while not ready:
            ran = subprocess.run(
                ["bash", "-c", line.replace("curl ", "curl -sS --fail-with-body --noproxy '*' ", 1)],
                cwd=folder, env={"PATH": "/usr/bin:/bin", **known},
                capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
            assert ran.returncode == 0, f"{line}\n{ran.stdout}{ran.stderr}"
            told = json.loads(ran.stdout) if ran.stdout else {}
            ready = "wait=" not in line or told["ended"] is not None
        for path, name in noted:
            value: Any = told
            for part in path.split("."):
                value = value[part]
            known[name] = value
        noted = []
    return known


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_the_guides_lines_lead_from_a_new_period_to_a_report_as_they_stand(
    service: Service, office: httpx.Client, tmp_path: Path
) -> None:
    token = office.headers["Authorization"].removeprefix("Bearer ")
    assert f'<pre id="walk" tabindex="0">{WALK}'.splitlines()[0] in office.get("/api/guide").text
    (tmp_path / "台账.xlsx").write_bytes(tiny("甲"))
    known = walked(WALK, service, token, tmp_path)
    report = office.get(f"/api/periods/{known['PERIOD']}/report").json()
    assert report["is_current"]
    assert (report["edition"], report["ledger"]) == (1, 1)
    files = {each["name"].rpartition(".")[2]: each for each in report["made"]["files"] if "/" not in each["name"]}
    for ending in ("docx", "pdf"):
        blob = (tmp_path / f"报告.{ending}").read_bytes()
        assert hashlib.sha256(blob).hexdigest() == files[ending]["sha256"]
    assert (tmp_path / "报告.pdf").read_bytes()[:5] == b"%PDF-"


def test_the_readme_has_the_lines_of_the_guide() -> None:
    chapter = (ROOT / "README.md").read_text(encoding="utf-8").partition("### 接口\n")[2].partition("\n### ")[0]
    assert f"```bash\n{WALK}```" in chapter


def test_a_ledger_may_be_sent_as_a_form_or_as_bare_bytes_and_comes_back_as_it_was(
    office: httpx.Client, period: str
) -> None:
    kept = office.get(f"/api/periods/{period}/ledgers").json()["items"][0]
    sent = office.post(f"/api/periods/{period}/ledgers?name=C:\\某处\\台账.xlsx", content=tiny(), headers=RAW)
    assert sent.status_code == 202
    assert sent.json()["ledger"] == kept  # equal bytes are no new version
    assert office.get(kept["url"]).content == tiny()
    other = office.post(f"/api/periods/{period}/ledgers?name=台账.xlsx", content=tiny("乙"), headers=RAW)
    assert other.json()["ledger"]["version"] == kept["version"] + 1
    back = office.post(f"/api/periods/{period}/ledgers/{kept['version']}/restore")
    assert back.json()["ledger"]["sha256"] == kept["sha256"]
    assert back.json()["ledger"]["origin"] == "restored"


def test_problems_verdicts_and_steps_are_those_of_the_ledger(office: httpx.Client) -> None:
    place = f"/api/periods/{new_period(office)}"
    upload(office, place.rpartition("/")[2], tiny())
    found = office.get(f"{place}/problems").json()
    assert (found["ready"], found["is_current"], found["counts"]["tasks"]) == (True, True, 2)
    rows = office.get(f"{place}/verdicts", params={"unit": UNIT}).json()["items"]
    assert [(row["text"], row["ledger"]) for row in rows] == [("建成口袋公园5个", "正常推进")]
    seen = office.get(f"{place}/overview").json()
    pictures = {each["name"] for each in office.get(f"/api/jobs/{seen['job']}").json()["files"]}
    assert seen["overview"]["counts"]["tasks"] == 2
    assert {figure["file"] for figure in seen["overview"]["figures"] if figure["file"]} == pictures
    steps = {each["section"]: each["state"] for each in office.get(f"{place}/steps").json()["steps"]}
    assert steps["ledger"] == "done"
    assert steps["preview"] == "todo"

    choice = next(each for each in rows[0]["choices"] if each != "正常推进")
    asked = {"judgement": choice, "reason": "现场核实进度滞后"}
    over(office, office.post(f"{place}/verdicts/{rows[0]['number']}/override", json=asked))
    ledgers = office.get(f"{place}/ledgers").json()["items"]
    assert [each["origin"] for each in ledgers] == ["overridden", "uploaded"]
    over(office, office.post(f"{place}/examinations"))
    row = office.get(f"{place}/verdicts", params={"unit": UNIT}).json()["items"][0]
    assert row["ledger"] == choice
    assert row["override"]["reason"] == asked["reason"]


def test_a_finding_is_let_stand_with_a_reason_and_taken_back(office: httpx.Client) -> None:
    made = new_period(office)
    slip = [*TASKS[1][:5], "已开工1个，，尚未完工。", "正常推进"]
    wrong = workbook({"预期目标": [GOAL_HEAD, GOAL_ROW], "重点任务": [TASK_HEAD, TASKS[0], slip]})
    upload(office, made, wrong)
    issues = [each for group in problems(office, made)["groups"] for each in group["issues"] if each["key"]]
    assert issues, problems(office, made)
    place = f"/api/periods/{made}/acceptances/{issues[0]['key']}"
    assert office.put(place, json={"reason": "口径如此，已核对"}).json() == {"ok": True}
    assert [each["reason"] for each in problems(office, made)["accepted"]] == ["口径如此，已核对"]
    assert office.delete(place).json() == {"ok": True}
    assert problems(office, made)["accepted"] == []
    problem(office.delete(place), 404)


def problems(office: httpx.Client, period: str) -> dict[str, Any]:
    return dict(office.get(f"/api/periods/{period}/problems").json())


def test_editions_are_compared_and_settings_taken_back(office: httpx.Client) -> None:
    made = new_period(office)
    place = f"/api/periods/{made}"
    upload(office, made, tiny())
    first = over(office, office.post(f"{place}/builds"))
    assert over(office, office.post(f"{place}/builds"))["id"] == first["id"]  # equal orders are one job
    opened = office.get(f"{place}/settings/配置.yaml").json()
    text = opened["text"].replace("某区人民政府督查室", "某县人民政府督查室")
    saved = office.put(f"{place}/settings/配置.yaml", json={"text": text, "version": 1, "note": "改署名"})
    assert (saved.json()["version"], saved.json()["note"]) == (2, "改署名")
    problem(office.put(f"{place}/settings/配置.yaml", json={"text": text, "version": 1}), 409)
    lines = office.get(f"{place}/setting-differences/配置.yaml", params={"before": 1, "after": 2}).json()["lines"]
    assert [each["text"] for each in lines if each["kind"] == "more"] == ["issuer: 某县人民政府督查室"]
    over(office, office.post(f"{place}/builds"))
    asked = office.post(f"{place}/editions/1/comparison", params={"other": 2})
    over(office, asked)
    found = office.get(f"{place}/editions/2/comparison", params={"other": 1}).json()
    assert (found["first"], found["second"]) == (1, 2)
    assert found["settings"] == [{"name": "配置.yaml", "before": 1, "after": 2}]
    assert "某县" in json.dumps(found["result"], ensure_ascii=False)
    assert b"<html" in office.get(f"{place}/editions/1/comparison/page", params={"other": 2}).content
    assert office.put(f"{place}/editions/1/note", json={"note": "送审稿"}).json() == {"ok": True}
    assert [each["note"] for each in office.get(f"{place}/editions").json()["items"]] == ["", "送审稿"]
    back = office.post(f"{place}/editions/1/settings/restore").json()["settings"]
    assert [(each["name"], each["version"], each["restored_from"]) for each in back] == [("配置.yaml", 3, 1)]
    assert office.get(f"{place}/setting-files/配置.yaml").content == CONFIG.encode()
    own = office.post(f"{place}/settings/copies", json={"key": "template"})
    assert own.status_code == 201, own.text
    names = {each["name"]: each["label"] for each in office.get(f"{place}/settings").json()["files"]}
    assert names[own.json()["name"]] == "模板"
    values = office.get(f"{place}/values").json()
    later = office.put(f"{place}/values", json={"values": {"year": "2027"}, "version": values["version"]})
    assert later.json()["values"]["year"] == "2027"
    problem(office.put(f"{place}/values", json={"values": {"jahr": "2027"}}), 422)


def test_a_unit_fills_in_by_its_link_and_the_office_collects(service: Service, office: httpx.Client) -> None:
    made = new_period(office)
    place = f"/api/periods/{made}"
    upload(office, made, tiny())
    account = service.with_token(service.person(Role.UNIT, UNIT))
    early = account.get(f"/api/unit/{made}")  # which has the list made
    assert problem(early, 429)["code"] == "service.forms-making"
    assert early.headers["retry-after"]
    over(office, office.post(f"{place}/forms"))
    assert {each["unit"] for each in office.get(f"{place}/units").json()["units"]} >= {UNIT, "区住建委"}
    links = office.post(f"{place}/links", json={"units": [UNIT]}).json()["links"]
    unit = httpx.Client(base_url=service.url, trust_env=False, timeout=40)
    unit.headers["Authorization"] = f"Bearer {links[0]['url'].rpartition('/u/')[2]}"
    with unit:
        assert unit.get("/api/me").json()["unit"] == UNIT
        problem(unit.get("/api/periods"), 403)
        problem(unit.post("/api/me/tokens", json={"label": "偷来的"}), 403)
        tasks = unit.get(f"/api/unit/{made}").json()["tasks"]
        cell = next(each for each in tasks[0]["cells"] if each["field"] == "progress")
        filled = {"answers": {cell["key"]: "已建成4个，第5个正在施工。"}, "marks": {cell["key"]: cell["mark"]}}
        assert unit.put(f"/api/unit/{made}/draft", json=filled).json() == {"version": 1, "taken": []}
        clash = {**filled, "answers": {cell["key"]: "已建成2个。"}}
        told = problem(unit.put(f"/api/unit/{made}/draft", json=clash), 409)
        assert told["code"] == "service.draft-clash"
        assert "已建成4个" in told["what"]
        now = unit.get(f"/api/unit/{made}").json()["tasks"][0]["cells"]
        filled["marks"] = {each["key"]: each["mark"] for each in now}
        sent = unit.post(f"/api/unit/{made}/send", json=filled)
        assert sent.status_code == 202, sent.text
        until(lambda: unit.get(f"/api/unit/{made}").json()["sent"][0]["state"] != "checking", 60)
        assert unit.get(f"/api/unit/{made}").json()["sent"][0]["typed"]
        form = unit.get(f"/api/unit/{made}/form")
        assert form.content[:2] == b"PK"
        problem(unit.get(f"{place}/units/{UNIT}/form"), 403)
        problem(unit.get(office.get(f"{place}/jobs").json()["items"][-1]["url"]), 404)
    mailed = office.post(f"{place}/returns", files=[("files", (f"{UNIT}反馈.xlsx", form.content))], data={"unit": UNIT})
    assert mailed.status_code == 202, mailed.text
    until(lambda: states(office, made) <= {"accepted", "wrong"}, 60)
    over(office, office.post(f"{place}/collections"))
    assert office.get(f"{place}/ledgers").json()["items"][0]["origin"] == "collected"
    assert office.get(f"{place}/collections").json()["written"]["result"] is not None
    assert office.delete(f"{place}/units/{UNIT}/links").json() == {"revoked": 1}
    with httpx.Client(base_url=service.url, trust_env=False, headers=unit.headers) as late:
        problem(late.get(f"/api/unit/{made}"), 401)


def states(office: httpx.Client, period: str) -> set[str]:
    rows = office.get(f"/api/periods/{period}/units").json()["units"]
    return {row["sent"]["state"] for row in rows if row["sent"]}


# ---- nothing is done twice


@pytest.mark.row("S5")
def test_one_key_makes_one_period_however_often_it_is_sent(office: httpx.Client) -> None:
    asked = {"title": "只建一次", "sample": "qingping-2026h1"}
    key = {"Idempotency-Key": "only-once"}

    def send(_: int) -> httpx.Response:
        return office.post("/api/periods", json=asked, headers=key)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(16)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    waits = [answer for answer in answers if answer.status_code == 409]
    assert all(problem(answer, 409)["code"] == "service.under-way" for answer in waits)
    assert all(answer.headers["retry-after"] for answer in waits)
    again = send(0)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert again.headers["location"] == f"/api/periods/{again.json()['id']}"
    assert {again.json()["id"]} == made
    other = office.post("/api/periods", json={**asked, "title": "另一件事"}, headers=key)
    assert problem(other, 409)["code"] == "service.key-taken"
    titles = [each["title"] for each in office.get("/api/periods", params={"limit": 200}).json()["items"]]
    assert titles.count("只建一次") == 1


def test_a_key_is_free_again_after_a_refusal_and_is_each_persons_own(service: Service, office: httpx.Client) -> None:
    key = {"Idempotency-Key": "mine"}
    problem(office.post("/api/periods", json={"title": "无"}, headers=key), 422)
    sound = {"title": "有", "sample": "qingping-2026h1"}
    mine = office.post("/api/periods", json=sound, headers=key)
    other = service.with_token(service.person(Role.OFFICE)).post("/api/periods", json=sound, headers=key)
    assert (mine.status_code, other.status_code) == (201, 201)
    assert mine.json()["id"] != other.json()["id"]
    long = office.post("/api/periods", json=sound, headers={"Idempotency-Key": "a" * 201})
    assert problem(long, 422)["where"] == {"file": "请求头", "key": "Idempotency-Key"}


@pytest.mark.row("S5")
def test_equal_builds_asked_for_at_once_are_one_job(office: httpx.Client, period: str) -> None:
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: office.post(f"/api/periods/{period}/builds"), range(30)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    job = answers[0].json()["url"]
    assert problem(office.get(f"{job}/result"), 409)["code"] == "service.not-done"
    cancelled = office.post(f"{job}/cancel").json()
    assert until(lambda: over_or_none(office, cancelled["url"]))["state"] == "cancelled"
    assert problem(office.get(f"{job}/result"), 404)["code"] == "service.not-kept"
    again = office.post(f"/api/jobs/{cancelled['id']}/again")
    assert again.status_code == 202
    office.post(f"/api/jobs/{again.json()['id']}/cancel")


@pytest.mark.row("S5")
def test_while_a_request_is_under_way_its_twin_waits_and_what_died_is_taken_over(tmp_path: Path) -> None:
    at = datetime(2026, 7, 10, tzinfo=UTC)
    clock = [at]
    store = open_store(tmp_path, clock=lambda: clock[0])
    desk = Desk(store, Settings(data=tmp_path))
    person = Person(id="0" * 32, name="某系统", role=Role.OFFICE)

    def twin() -> Answer:
        with pytest.raises(Conflict) as told:
            once(desk, person, "key", "request", lambda: pytest.fail("done twice"))
        assert told.value.problems[0].code == "service.under-way"
        clock[0] += timedelta(minutes=3)  # as if the first one had died
        return once(desk, person, "key", "request", lambda: Answer(status=201, body="{}", headers={}))[0]

    try:
        assert once(desk, person, "key", "request", twin)[0].status == 201
        assert once(desk, person, "key", "request", lambda: pytest.fail("done twice"))[1]
        clock[0] += timedelta(hours=25)
        assert not once(desk, person, "key", "another", lambda: Answer(status=200, body="{}", headers={}))[1]
    finally:
        store.close()


# ---- reading


def test_a_list_comes_in_parts_and_is_not_sent_again_while_it_is_the_same(office: httpx.Client) -> None:
    for title in ("分段一", "分段二", "分段三"):
        new_period(office, title)
    whole = office.get("/api/periods", params={"limit": 200}).json()["items"]
    place: str | None = "/api/periods?limit=2"
    parts = []
    while place:
        part = office.get(place).json()
        assert len(part["items"]) <= 2
        assert part["total"] == len(whole)
        parts += part["items"]
        place = part["next"]
    assert parts == whole
    first = office.get("/api/periods")
    same = office.get("/api/periods", headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
    assert (same.status_code, same.content) == (304, b"")
    new_period(office, "分段四")
    changed = office.get("/api/periods", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]
    problem(office.get("/api/periods", params={"limit": 201}), 422)


@pytest.mark.row("H3")
def test_a_file_has_its_chinese_name_a_head_and_parts(office: httpx.Client, period: str) -> None:
    place = office.get(f"/api/periods/{period}/ledgers").json()["items"][0]["url"]
    whole, head = office.get(place), office.head(place)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-length", "etag", "content-type", "content-disposition"):
        assert head.headers[name] == whole.headers[name]
    assert whole.headers["content-disposition"] == (
        "attachment; filename=\"download.xlsx\"; filename*=UTF-8''%E5%8F%B0%E8%B4%A6.xlsx"
    )
    assert whole.headers["x-content-type-options"] == "nosniff"
    part = office.get(place, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, whole.content[:4])
    assert office.get(place, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304


def test_a_job_tells_how_far_it_is_and_what_came_of_it(office: httpx.Client, period: str) -> None:
    job = office.get(f"/api/periods/{period}/jobs", params={"kind": "examine", "state": "done"}).json()["items"][-1]
    told = office.get(f"{job['url']}/events").json()
    assert [each["number"] for each in told["events"]] == list(range(1, len(told["events"]) + 1))
    assert told["events"][-1]["state"] == told["state"] == "done"
    assert (
        office.get(f"{job['url']}/events", params={"after": len(told["events"]) - 1}).json()["events"]
        == told["events"][-1:]
    )
    result = office.get(job["result"]).json()
    assert result["counts"]["tasks"] == 2
    problem(office.get(f"{job['url']}/files/没有.pdf"), 404)
    assert get_args(api_jobs.JobKindName) == tuple(kind.name.lower() for kind in JobKind)
    assert get_args(api_jobs.JobStateName) == tuple(state.name.lower() for state in JobState)


# ---- refusals


NOBODY = "0" * 32
REFUSED: Mapping[str, tuple[str, str, dict[str, Any], int, str]] = {
    "no such address": ("GET", "/api/nope", {}, 404, "service.not-found"),
    "no such method": ("PUT", "/api/periods", {}, 405, "service.wrong-method"),
    "an odd method": ("BREW", "/api/periods", {}, 405, "service.wrong-method"),
    "no such period": ("GET", f"/api/periods/{NOBODY}", {}, 404, "service.not-found"),
    "no id at all": ("GET", "/api/jobs/..%2f..%2fetc", {}, 404, "service.not-found"),
    "half a JSON": (
        "POST", "/api/periods", {"content": b"{", "headers": {"Content-Type": "application/json"}},
        422, "service.wrong-form",
    ),
    "no UTF-8": (
        "POST", "/api/periods", {"content": b'{"title": "\xff"}', "headers": {"Content-Type": "application/json"}},
        400, "service.bad-request",
    ),
    "a key of half a letter": (
        "POST", "/api/periods", {"content": b'{"\\ud800": 1}', "headers": {"Content-Type": "application/json"}},
        422, "service.wrong-form",
    ),
    "a number for a text": ("POST", "/api/periods", {"json": {"title": 3}}, 422, "service.wrong-form"),
    "neither sample nor earlier": ("POST", "/api/periods", {"json": {"title": "甲"}}, 422, "service.period-origin"),
    "JSON for a file": ("POST", "/api/periods/from-files", {"json": {}}, 415, "service.wrong-content"),
    "a form without a file": (
        "POST", "/api/periods/from-files", {"files": {"other": ("a.txt", b"a")}}, 422, "service.no-file",
    ),
    "no boundary": (
        "POST", "/api/periods/from-files", {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        400, "service.bad-request",
    ),
    "an address that is not listed": (
        "POST", "/api/webhooks", {"json": {"url": "http://127.0.0.1.example/x"}}, 422, "service.webhook-address",
    ),
    "no such webhook": ("DELETE", f"/api/webhooks/{NOBODY}", {}, 404, "service.not-found"),
    "no reason": (
        "PUT", f"/api/periods/{NOBODY}/acceptances/x", {"json": {"reason": ""}}, 422, "service.wrong-form",
    ),
    "an account of no unit": (
        "POST", "/api/people", {"json": {"login": "nobody", "name": "某人", "role": "unit"}}, 422, "service.no-unit",
    ),
    "too much JSON": ("POST", "/api/periods", {"json": {"title": "长" * 1024**2}}, 413, "service.too-large"),
}  # fmt: skip


@pytest.mark.row("H9", "refused")
@pytest.mark.parametrize("case", REFUSED)
def test_every_refusal_has_one_shape_in_words(office: httpx.Client, case: str) -> None:
    method, path, options, status, code = REFUSED[case]
    told = problem(office.request(method, path, **options), status)
    assert told["code"] == code


def test_a_wrong_field_is_told_with_its_place(office: httpx.Client) -> None:
    told = problem(office.post("/api/people", json={"login": "a b", "name": "甲", "role": "chef", "x": 1}), 422)
    assert told["where"] == {"file": "请求体", "key": "login"}
    query = problem(office.get("/api/periods", params={"limit": "many"}), 422)
    assert query["where"] == {"file": "网址", "key": "limit"}


@pytest.mark.row("H7", "refused")
def test_nobody_comes_in_without_a_token_and_units_see_nothing_of_the_office(service: Service, period: str) -> None:
    with httpx.Client(base_url=service.url, trust_env=False) as nobody:
        for path in ("/api/periods", f"/api/periods/{period}", "/api/people", "/api/me", "/api/system"):
            assert problem(nobody.get(path), 401)["code"] == "service.not-signed-in"
        problem(nobody.post("/api/periods", json={"sample": "qingping-2026h1"}), 401)
    unit = service.with_token(service.person(Role.UNIT, UNIT))
    for path in (f"/api/periods/{period}/ledgers", f"/api/periods/{period}/units", "/api/people", "/api/webhooks"):
        assert problem(unit.get(path), 403)["code"] == "service.not-allowed"
    # Who is asked for what is made out by a worker, if nobody has wanted to know it before.
    assert until(lambda: unit.get("/api/unit/periods").json()["total"], 60)
    clerk = service.with_token(service.person(Role.OFFICE))
    assert clerk.get(f"/api/periods/{period}").status_code == 200
    for path in ("/api/people", "/api/webhooks", "/api/system", "/api/audit"):
        problem(clerk.get(path), 403)


# ---- people, tokens, webhooks


def test_an_administrator_gives_accounts_and_everybody_tokens(service: Service, office: httpx.Client) -> None:
    asked = {"login": "zhujian", "name": "住建委", "role": "unit", "unit": "区住建委"}
    made = office.post("/api/people", json=asked)
    assert made.status_code == 201, made.text
    assert made.json()["password_path"].startswith("/start?token=")
    id = made.json()["person"]["id"]
    assert problem(office.post("/api/people", json=asked), 409)["code"] == "service.login-taken"
    changed = {"name": "住建委", "role": "unit", "unit": "区住建委", "disabled": True}
    assert office.put(f"/api/people/{id}", json=changed).json() == {"ok": True}
    listed = office.get("/api/people", params={"limit": 200}).json()["items"]
    assert next(each for each in listed if each["id"] == id)["disabled"]
    assert office.post(f"/api/people/{id}/password-link").status_code == 201
    token = office.post("/api/me/tokens", json={"label": "OA 系统", "days": 1}).json()
    with httpx.Client(base_url=service.url, trust_env=False) as oa:
        oa.headers["Authorization"] = f"Bearer {token['token']}"
        assert oa.get("/api/me").json()["role"] == "admin"
        assert office.delete(f"/api/me/tokens/{token['id']}").json() == {"ok": True}
        problem(oa.get("/api/me"), 401)
    assert token["token"] not in office.get("/api/me/tokens").text
    assert "新建接口令牌" in {each["what"] for each in office.get("/api/audit").json()["items"]}
    problem(office.put("/api/me/password", json={"before": "不知道", "password": "一个很长的新口令"}), 422)


def test_another_system_is_told_of_a_job_with_a_signature(
    office: httpx.Client, period: str, server: HTTPServer
) -> None:
    url = f"http://127.0.0.1:{server.server_port}/notify"
    hook = office.post("/api/webhooks", json={"url": url, "kinds": ["examine"]}).json()
    sent = office.post(f"/api/periods/{period}/ledgers", files={"file": ("台账.xlsx", tiny("通知"))})
    job = over(office, sent)
    until(lambda: Heard.told)
    headers, body = Heard.told[0]
    signed = hmac.new(hook["secret"].encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Reportgen-Signature"] == f"sha256={signed}"
    told = json.loads(body)
    assert (told["event"], told["job"]["id"], told["job"]["kind"]) == ("job.done", job["id"], "examine")
    deliveries = until(lambda: [
        each for each in office.get(f"/api/webhooks/{hook['id']}/deliveries").json()["items"] if each["delivered"]
    ])  # fmt: skip
    assert (deliveries[0]["job"], deliveries[0]["answer"]) == (job["id"], "应答 204")
    assert hook["secret"] not in office.get("/api/webhooks").text
    assert office.patch(f"/api/webhooks/{hook['id']}", json={"disabled": True}).json()["disabled"]
    assert office.delete(f"/api/webhooks/{hook['id']}").json() == {"ok": True}


def test_an_address_is_registered_once_and_not_too_many_are(office: httpx.Client, server: HTTPServer) -> None:
    url = f"http://127.0.0.1:{server.server_port}/notify"
    asked = [{"url": f"{url}/{number}", "kinds": ["collect"]} for number in range(21)]
    made = [office.post("/api/webhooks", json=each) for each in asked[:20]]
    assert {answer.status_code for answer in made} == {201}
    assert problem(office.post("/api/webhooks", json=asked[0]), 409)["code"] == "service.webhook-known"
    assert problem(office.post("/api/webhooks", json=asked[20]), 409)["code"] == "service.webhooks-many"
    for answer in made:
        assert office.delete(f"/api/webhooks/{answer.json()['id']}").status_code == 200


# ---- the guide, and the pages beside it


def app_of(tmp_path: Path) -> Any:
    from reportgen.service.app import make_app

    store = open_store(tmp_path)
    try:
        return make_app(Desk(store, Settings(data=tmp_path)))
    finally:
        store.close()


def test_the_guide_tells_of_every_route_in_chinese(office: httpx.Client) -> None:
    schema = office.get("/api/openapi.json").json()
    page = office.get("/api/guide")
    assert page.status_code == 200
    operations = [(path, method) for path, found in schema["paths"].items() for method in found]
    assert len(operations) > 80
    for path, method in operations:
        told = schema["paths"][path][method]
        assert re.search("[一-鿿]", told["summary"]), path
        assert f"<code>{method.upper()} {path}</code>" in page.text
    assert not re.search(r"(?:src|href)=\"https?://", page.text)
    for group in described(schema).values():
        for route in group:
            assert route.curl.endswith('"'), route
            assert "{" not in route.curl.partition("$BASE")[2], route


# What a page does, and the route of the API that does the same; a page's own matters are None.
ACTIONS = {
    "POST /account/password": "PUT /api/me/password",
    "POST /account/tokens": "POST /api/me/tokens",
    "POST /account/tokens/{id}/remove": "DELETE /api/me/tokens/{token}",
    "POST /jobs/{id}/again": "POST /api/jobs/{job}/again",
    "POST /jobs/{id}/cancel": "POST /api/jobs/{job}/cancel",
    "POST /login": None,
    "POST /logout": None,
    "POST /people": "POST /api/people",
    "POST /people/{id}": "PUT /api/people/{id}",
    "POST /people/{id}/password": "POST /api/people/{id}/password-link",
    "POST /periods/new/answers": "POST /api/periods",
    "POST /periods/new/earlier": "POST /api/periods",
    "POST /periods/new/files": "POST /api/periods/from-files",
    "POST /periods/new/sample": "POST /api/periods",
    "POST /periods/{id}/archive": "PATCH /api/periods/{period}",
    "POST /periods/{id}/build": "POST /api/periods/{period}/builds",
    "POST /periods/{id}/editions/compare": "POST /api/periods/{period}/editions/{number}/comparison",
    "POST /periods/{id}/editions/{number}/note": "PUT /api/periods/{period}/editions/{number}/note",
    "POST /periods/{id}/editions/{number}/settings": "POST /api/periods/{period}/editions/{number}/settings/restore",
    "POST /periods/{id}/file-copies": "POST /api/periods/{period}/settings/copies",
    "POST /periods/{id}/file-versions/{number}/{name}": "POST /api/periods/{period}/setting-restores/{name}",
    "POST /periods/{id}/files": "POST /api/periods/{period}/settings",
    "POST /periods/{id}/files/{name}": "PUT /api/periods/{period}/settings/{name}",
    "POST /periods/{id}/ledger": "POST /api/periods/{period}/ledgers",
    "POST /periods/{id}/ledger/sample": "POST /api/periods/{period}/ledgers/sample",
    "POST /periods/{id}/ledger/{number}/restore": "POST /api/periods/{period}/ledgers/{version}/restore",
    "POST /periods/{id}/problems/again": "POST /api/periods/{period}/examinations",
    "POST /periods/{id}/problems/{key}/accept": "PUT /api/periods/{period}/acceptances/{finding}",
    "POST /periods/{id}/problems/{key}/withdraw": "DELETE /api/periods/{period}/acceptances/{finding}",
    "POST /periods/{id}/sets": "POST /api/periods/{period}/sets",
    "POST /periods/{id}/setting": "PUT /api/periods/{period}/values",
    "POST /periods/{id}/units/assign": "PUT /api/periods/{period}/returns/{id}/unit",
    "POST /periods/{id}/units/collect": "POST /api/periods/{period}/collections",
    "POST /periods/{id}/units/forms": "POST /api/periods/{period}/forms",
    "POST /periods/{id}/units/links": "POST /api/periods/{period}/links",
    "POST /periods/{id}/units/look": "POST /api/periods/{period}/collections/look",
    "POST /periods/{id}/units/returns": "POST /api/periods/{period}/returns",
    "POST /periods/{id}/units/revoke": "DELETE /api/periods/{period}/units/{unit}/links",
    "POST /periods/{id}/verdicts/{number}": "POST /api/periods/{period}/verdicts/{number}/override",
    "POST /start": None,
    "POST /system/rendering": None,
    "POST /u/{token}/draft": "PUT /api/unit/{period}/draft",
    "POST /u/{token}/file": "POST /api/unit/{period}/file",
    "POST /u/{token}/send": "POST /api/unit/{period}/send",
    "POST /unit/{period}/draft": "PUT /api/unit/{period}/draft",
    "POST /unit/{period}/file": "POST /api/unit/{period}/file",
    "POST /unit/{period}/send": "POST /api/unit/{period}/send",
}


def test_what_a_page_does_can_be_done_by_the_api(tmp_path: Path) -> None:
    app = app_of(tmp_path)
    pages: set[str] = set()
    routes: set[str] = set()
    for route in app_routes(app):
        for method in route.methods - {"GET", "HEAD"}:
            name = f"{method} {route.path}".replace(":path}", "}")
            (routes if route.path.startswith("/api/") else pages).add(name)
    assert pages == set(ACTIONS)
    assert {found for found in ACTIONS.values() if found} <= routes


def app_routes(app: Any) -> Iterator[Any]:
    """All routes, those of included routers, too."""
    waiting = list(app.routes)
    while waiting:
        route = waiting.pop()
        inner = getattr(route, "original_router", None)
        if inner is not None:
            waiting += inner.routes
        elif hasattr(route, "methods"):
            yield route
