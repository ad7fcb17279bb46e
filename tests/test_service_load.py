"""Twenty at once (并发): everybody gets what is theirs and nothing of another's; too many are told to wait.

No time is asserted: the machine that runs this may have other things to do. How quickly the service answered is told.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from reportgen.service.model import Role
from tests.projects import CONFIG, goal, task
from tests.services import Service, serving, until

USERS = 20
# So many of them have a report made; each two of these of the same ledger.
BUILDERS = 6


def ledger(mark: str) -> bytes:
    """A ledger that has the mark in a task; the same mark, the same bytes."""
    tasks = [task(f"建成{mark}社区食堂3个"), task("改造老旧小区5个")]
    return json.dumps({"预期目标": [goal()], "重点任务": tasks}, ensure_ascii=False, indent=1).encode()


def mark_of(number: int) -> str:
    """The mark of a user's ledger; no mark is a part of another one."""
    return f"记号{chr(ord('甲') + number // 2 if number < BUILDERS else 0x4E00 + 200 + number)}号"


@dataclass
class Seen:
    """What the users have seen."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    reports: dict[str, set[str]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def asked(self, ask: Callable[[], httpx.Response], waits: bool = False) -> httpx.Response:
        """An answer, counted, and timed unless it waits for a job."""
        begun = time.perf_counter()
        answer = ask()
        with self.lock:
            if not waits:
                self.seconds.append(time.perf_counter() - begun)
            self.statuses[answer.status_code] += 1
        assert answer.status_code < 300, answer.text
        return answer


def p95(seconds: list[float]) -> str:
    """What 95 of 100 had to wait at most, in words."""
    return f"{sorted(seconds)[int(len(seconds) * 0.95)] * 1000:.0f} 毫秒（{len(seconds)} 次）"


def use(client: httpx.Client, number: int, seen: Seen, seconds: float) -> None:
    """A user's day in a minute: a period, a ledger, looking at it, a report, looking again."""
    end = time.monotonic() + seconds
    mine, others = mark_of(number), [mark_of(each) for each in range(USERS) if mark_of(each) != mark_of(number)]
    name = f"用户{number}的期次"

    def get(path: str) -> httpx.Response:
        return seen.asked(lambda: client.get(path))

    def only_mine(text: str, has_mine: bool = True) -> None:
        assert mine in text or not has_mine
        assert not [each for each in others if each in text], text

    time.sleep(number * 0.25)
    files = [("files", ("配置.yaml", CONFIG.encode()))]
    made = seen.asked(lambda: client.post("/api/periods/from-files", files=files, data={"title": name})).json()
    place = made["url"]
    sent = seen.asked(lambda: client.post(f"{place}/ledgers?name=台账.yaml", content=ledger(mine), headers=RAW)).json()
    job = finished(client, seen, sent["job"]["url"])
    only_mine(get(f"{place}/verdicts").text)
    if number < BUILDERS:
        asked = seen.asked(lambda: client.post(f"{place}/builds")).json()
        job = finished(client, seen, asked["url"])
        blobs = {ending: get(f"{place}/report/{ending}").content for ending in ("docx", "pdf")}
        only_mine(ZipFile(BytesIO(blobs["docx"])).read("word/document.xml").decode())
        with seen.lock:
            for ending, blob in blobs.items():
                seen.reports.setdefault(f"{mine}.{ending}", set()).add(hashlib.sha256(blob).hexdigest())
    looks: list[Callable[[], Any]] = [
        lambda: only_mine(get(f"{place}/verdicts").text),
        lambda: only_mine(get(f"{place}/problems").text, has_mine=False),
        lambda: get(place).json()["title"] == name or pytest.fail("another's period"),
        lambda: get(f"{place}/ledgers/1/file").content == ledger(mine) or pytest.fail("another's ledger"),
        lambda: get(job["url"]).json()["period"] == made["id"] or pytest.fail("another's job"),
        lambda: get(f"{place}/steps"),
        lambda: get(f"{place}/report"),
    ]
    turn = number
    while time.monotonic() < end:
        looks[turn % len(looks)]()
        turn += 1
        time.sleep(2.0 + 0.05 * number)


RAW = {"Content-Type": "application/octet-stream"}


def finished(client: httpx.Client, seen: Seen, url: str) -> Mapping[str, Any]:
    """The job, once it is done."""

    def job_or_none() -> dict[str, Any] | None:
        told = seen.asked(lambda: client.get(f"{url}?wait=20"), waits=True).json()
        return dict(told) if told["ended"] else None

    job = until(job_or_none, 240)
    assert job["state"] == "done", job
    return dict(job)


def crowd(service: Service, seconds: float) -> Seen:
    """All users at once, and somebody who asks every half second whether the service is well."""
    seen, over = Seen(), threading.Event()

    def watch() -> None:
        with httpx.Client(base_url=service.url, trust_env=False, timeout=60) as nobody:
            while not over.wait(0.5):
                begun = time.perf_counter()
                assert nobody.get("/healthz").status_code == 200
                seen.health.append(time.perf_counter() - begun)

    clients = [service.with_token(service.person(Role.OFFICE, name=f"用户{number}")) for number in range(USERS)]
    with ThreadPoolExecutor(USERS + 1) as pool, ExitStack() as ending:
        ending.callback(over.set)
        watching = pool.submit(watch)
        users = [pool.submit(use, client, number, seen, seconds) for number, client in enumerate(clients)]
        for each in users:
            each.result()
        over.set()
        watching.result()
    return seen


def hold(seen: Seen, capsys: pytest.CaptureFixture[str]) -> None:
    """What has to be so of them, however many they were."""
    assert set(seen.statuses) <= {200, 201, 202}
    assert {len(found) for found in seen.reports.values()} == {1}, seen.reports
    assert len(seen.reports) == BUILDERS  # two files of each two users
    with capsys.disabled():
        print(f"\n20 人同时使用：95% 的应答在 {p95(seen.seconds)}以内，/healthz 在 {p95(seen.health)}以内")


@pytest.mark.row("R1")
def test_twenty_users_for_a_minute_get_what_is_theirs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(tmp_path / "data", mode="users") as service:
        hold(crowd(service, 60), capsys)
        assert "意外错误" not in service.log


@pytest.mark.campaign
@pytest.mark.row("R1")
def test_twenty_users_for_ten_minutes_get_what_is_theirs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(tmp_path / "data", mode="users") as service:
        hold(crowd(service, 600), capsys)


def rush(service: Service, people: int, submits: int) -> tuple[Counter[int], list[float]]:
    """So many different ledgers at once; what was answered, and how long /healthz took meanwhile."""
    clients = [service.with_token(service.person(Role.OFFICE)) for _ in range(people)]
    files = [("files", ("配置.yaml", CONFIG.encode()))]
    place = clients[0].post("/api/periods/from-files", files=files).json()["url"]
    health: list[float] = []

    def submit(number: int) -> httpx.Response:
        client = clients[number % people]
        if number % 20 == 0:
            begun = time.perf_counter()
            assert client.get("/healthz").status_code == 200
            health.append(time.perf_counter() - begun)
        return client.post(f"{place}/ledgers?name=台账.yaml", content=ledger(f"第{number}次"), headers=RAW)

    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(submit, range(submits)))
    for answer in answers:
        if answer.status_code == 429:
            assert int(answer.headers["retry-after"]) > 0
    taken = {answer.json()["job"]["url"] for answer in answers if answer.status_code == 202}
    for url in taken:
        until(lambda url=url: clients[0].get(f"{url}?wait=20").json()["state"] == "done", 240)
    kept = clients[0].get(f"{place}/ledgers", params={"limit": 200}).json()["total"]
    assert kept == len(taken)  # what was refused has left nothing
    return Counter(answer.status_code for answer in answers), health


def test_five_hundred_submits_at_once_are_taken_or_told_to_wait(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(tmp_path / "data", mode="users", queue=8, queue_per_person=3) as service:
        statuses, health = rush(service, 5, 500)
        assert set(statuses) == {202, 429}
        assert statuses.total() == 500
        assert "意外错误" not in service.log
    with capsys.disabled():
        print(f"\n500 份同时提交：收下 {statuses[202]} 份，/healthz 95% 在 {p95(health)}以内")


@pytest.mark.campaign
def test_five_hundred_submits_fill_the_whole_queue(tmp_path: Path) -> None:
    with serving(tmp_path / "data", mode="users") as service:
        statuses, _ = rush(service, 50, 500)
        assert set(statuses) == {202, 429}
        assert statuses[202] >= 100
