"""Twenty at once (并发): everybody gets what is theirs and nothing of another's; too many are told to wait.

No time is asserted: the machine that runs this may have other things to do. How quickly the service answered is told.
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from itertools import repeat
from pathlib import Path
from statistics import median
from typing import Any
from zipfile import ZipFile

import httpx
import pypdfium2
import pytest
from sqlalchemy import select

from reportgen.service.jobs import retention
from reportgen.service.jobs.supervisor import WORK
from reportgen.service.model import Role
from reportgen.service.settings import Settings
from reportgen.service.store import blobs
from reportgen.service.store.opening import DATABASE, FILES, Store, open_store, reading, utc_now
from reportgen.service.store.tables import JOB_EVENTS, JOB_FILES
from reportgen.service.work.layout import PICTURES
from tests.projects import CONFIG, goal, task
from tests.reliability.tally import Tally
from tests.services import Service, forks_others, serving, until

USERS = 20
RAW = {"Content-Type": "application/octet-stream"}


def ledger(mark: str) -> bytes:
    """A ledger that has the mark in a task; the same mark, the same bytes."""
    tasks = [task(f"建成{mark}社区食堂3个"), task("改造老旧小区5个")]
    return json.dumps({"预期目标": [goal()], "重点任务": tasks}, ensure_ascii=False, indent=1).encode()


def mark_of(number: int) -> str:
    """The mark of a user's ledger, the same one for each two of them; no mark is a part of another one."""
    return f"记号{chr(0x4E00 + 200 + number // 2)}号"


MARKS = {mark_of(number) for number in range(USERS)}


@dataclass
class Seen:
    """What the users have seen."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    reports: dict[str, list[str]] = field(default_factory=dict)
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


class User:
    """Somebody of the office with a period of his own, and a mark that nobody sees but he and his twin."""

    def __init__(self, client: httpx.Client, number: int, seen: Seen) -> None:
        self.client, self.number, self.seen, self.mark = client, number, seen, mark_of(number)
        self.title = f"用户{number}的期次"
        files = [("files", ("配置.yaml", CONFIG.encode()))]
        made = self.asked(lambda: client.post("/api/periods/from-files", files=files, data={"title": self.title}))
        self.place, self.period, self.version = made.json()["url"], made.json()["id"], 1
        where = f"{self.place}/ledgers?name=台账.yaml"
        sent = self.asked(lambda: client.post(where, content=ledger(self.mark), headers=RAW)).json()
        self.job = self.finished(sent["job"]["url"])

    def asked(self, ask: Callable[[], httpx.Response], waits: bool = False) -> httpx.Response:
        return self.seen.asked(ask, waits)

    def get(self, path: str) -> httpx.Response:
        return self.asked(lambda: self.client.get(path))

    def finished(self, url: str) -> Mapping[str, Any]:
        """The job, once it is done."""

        def job_or_none() -> dict[str, Any] | None:
            told = self.asked(lambda: self.client.get(f"{url}?wait=20"), waits=True).json()
            return dict(told) if told["ended"] else None

        job = until(job_or_none, 240)
        assert job["state"] == "done", job
        return dict(job)

    def only_mine(self, text: str) -> bool:
        return {each for each in MARKS if each in text} == {self.mark}

    def report(self, round_: int) -> None:
        """One of its own for each round, by either engine in turn."""
        engine = "pdf_engine: typst\n" if round_ % 2 else ""
        text = f"{CONFIG.replace('2026-07-10', f'2026-07-{10 + round_ % 20}')}{engine}# {round_}\n"
        sent = {"text": text, "version": self.version}
        self.version = self.asked(lambda: self.client.put(f"{self.place}/settings/配置.yaml", json=sent)).json()[
            "version"
        ]
        asked = self.asked(lambda: self.client.post(f"{self.place}/builds")).json()
        self.job = self.finished(asked["url"])
        blobs = {ending: self.get(f"{self.place}/report/{ending}").content for ending in ("docx", "pdf")}
        assert self.only_mine(ZipFile(BytesIO(blobs["docx"])).read("word/document.xml").decode())
        assert self.only_mine(text_of(blobs["pdf"]))
        with self.seen.lock:
            for ending, blob in blobs.items():
                known = self.seen.reports.setdefault(f"{self.mark} {round_}.{ending}", [])
                known.append(hashlib.sha256(blob).hexdigest())

    def look(self, turn: int) -> None:
        """At something, and find only what is his own."""
        place = self.place
        looks: list[Callable[[], bool]] = [
            lambda: self.only_mine(self.get(f"{place}/verdicts").text),
            lambda: not MARKS - {self.mark} & set(self.get(f"{place}/problems").text.split('"')),
            lambda: self.get(place).json()["title"] == self.title,
            lambda: self.get(f"{place}/ledgers/1/file").content == ledger(self.mark),
            lambda: self.get(self.job["url"]).json()["period"] == self.period,
            lambda: self.get(f"{place}/steps").json()["next"] != "",
            lambda: bool(self.get(f"{place}/report").json()),
        ]
        assert looks[turn % len(looks)](), f"another's, at the look {turn % len(looks)}"


def text_of(pdf: bytes) -> str:
    """All text of a PDF, without blanks and line ends."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join("".join(page.get_textpage().get_text_bounded().split()) for page in document)
    finally:
        document.close()


@dataclass
class Sizes:
    """How large a service is between two rounds, when nobody asks for anything."""

    memory: list[int] = field(default_factory=list)
    forks_memory: list[int] = field(default_factory=list)
    open_files: list[int] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    temporary: list[int] = field(default_factory=list)
    database: list[int] = field(default_factory=list)
    log: list[int] = field(default_factory=list)

    def look(self, service: Service, temporary: Path) -> None:
        server = service.process.pid
        forks = forks_others(server)
        self.memory.append(of_status(server, "VmRSS"))
        self.forks_memory.append(of_status(forks, "VmRSS"))
        self.open_files.append(sum(len(list(Path(f"/proc/{each}/fd").iterdir())) for each in (server, forks)))
        self.threads.append(of_status(server, "Threads"))
        folders = (temporary, service.data / WORK, service.data / "incoming")
        self.temporary.append(sum(len(list(each.rglob("*"))) for each in folders))
        self.database.append((service.data / DATABASE).stat().st_size)
        self.log.append((service.data / f"{DATABASE}-wal").stat().st_size)

    def hold(self) -> None:
        """The second half is as the first, but for the first third, in which a program becomes warm."""
        for each in (self.memory, self.forks_memory, self.open_files, self.temporary, self.log):
            first, second = halves(each)
            assert second <= first * 1.1, (each, vars(self))
        # As many as the web server has at most, and a few that stay.
        assert max(self.threads) < 60, self.threads
        # What is kept of each report is kept for good: as much of a later one as of an early one, give or take what
        # SQLite brings over from its log at once.
        third = len(self.database) // 3
        first, second = self.database[2 * third] - self.database[third], self.database[-1] - self.database[-1 - third]
        assert second <= first * 1.1 + 256 * 1024, self.database


def halves(values: list[int]) -> tuple[float, float]:
    """The middle of the second third, and of the last one."""
    third = len(values) // 3
    return median(values[third : 2 * third]), median(values[2 * third :])


def of_status(process: int, name: str) -> int:
    """A figure that the system has of a process."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])


def crowd(service: Service, temporary: Path, rounds: int, builders: int) -> tuple[Seen, Sizes]:
    """All users at once: in each round so many of them have a report made, the others look at what they have.

    Somebody asks every half second whether the service is well.
    """
    seen, sizes, over = Seen(), Sizes(), threading.Event()

    def watch() -> None:
        with httpx.Client(base_url=service.url, trust_env=False, timeout=60) as nobody:
            while not over.wait(0.5):
                begun = time.perf_counter()
                assert nobody.get("/healthz").status_code == 200
                seen.health.append(time.perf_counter() - begun)

    def take_part(user: User, round_: int) -> None:
        if (user.number - round_ * builders) % USERS < builders:
            user.report(round_)
        for turn in range(2):
            user.look(user.number + 2 * round_ + turn)

    clients = [service.with_token(service.person(Role.OFFICE, name=f"用户{number}")) for number in range(USERS)]
    with ThreadPoolExecutor(USERS + 1) as pool, ExitStack() as ending:
        ending.callback(over.set)
        watching = pool.submit(watch)
        users = list(pool.map(lambda number: User(clients[number], number, seen), range(USERS)))
        for round_ in range(rounds):
            list(pool.map(take_part, users, repeat(round_)))
            # A job is done a moment before its folder is gone.
            until(lambda: not list((service.data / WORK).glob("*")))
            sizes.look(service, temporary)
        over.set()
        watching.result()
    return seen, sizes


def hold(seen: Seen, reports: int, capsys: pytest.CaptureFixture[str]) -> None:
    """What has to be so of them, however many they were: each two of one mark have the same bytes."""
    assert set(seen.statuses) <= {200, 201, 202}
    assert {len(found) for found in seen.reports.values()} == {2}
    assert {len(set(found)) for found in seen.reports.values()} == {1}, seen.reports
    assert len(seen.reports) == reports  # two files of each two users
    with capsys.disabled():
        print(f"\n20 人同时使用：95% 的应答在 {p95(seen.seconds)}以内，/healthz 在 {p95(seen.health)}以内")


def only_what_is_kept_for_good_stays(store: Store, data: Path, reports: int) -> None:
    """A month later: the files of all editions, the pictures of the newest ones, and no file that nobody names."""
    later = replace(store, clock=lambda: utc_now() + timedelta(days=31))
    settings = Settings(data=data)
    assert retention.clean(later, settings).files > 0
    assert retention.clean(later, settings).files == 0
    with reading(store) as con:
        named = blobs.used(con)
        rows = con.execute(select(JOB_FILES.c.name, JOB_FILES.c.job)).all()
        told = con.execute(select(JOB_EVENTS.c.job).distinct()).scalars().all()
    assert {path.name for path in (data / FILES).glob("??/*")} == named
    assert sum(row.name.endswith(".docx") for row in rows) == reports
    assert len({row.job for row in rows if row.name.startswith(PICTURES)}) <= USERS
    assert len(told) <= reports + USERS, "what else was told of jobs is forgotten"


@pytest.mark.row("R1")
@pytest.mark.row("K1")
@pytest.mark.row("R3")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells how large a process is")
@pytest.mark.parametrize(
    ("rounds", "builders"), [(8, 4), pytest.param(50, 20, marks=pytest.mark.campaign)], ids=["32", "1000"]
)
def test_twenty_users_get_what_is_theirs_and_the_service_grows_no_larger(
    rounds: int,
    builders: int,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    tally: Tally,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary, reports = tmp_path / "t", rounds * builders
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    with serving(tmp_path / "data", mode="users", preview_ahead=False) as service:
        seen, sizes = crowd(service, temporary, rounds, builders)
        assert "意外错误" not in service.log
        hold(seen, reports, capsys)
        sizes.hold()
        assert service.stop() == 0
        # The process that forked the others ends a moment after it, and removes its own folder.
        until(lambda: not list(temporary.iterdir()))
    store = open_store(tmp_path / "data")
    only_what_is_kept_for_good_stays(store, tmp_path / "data", reports)
    store.close()
    tally.survived(reports)


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
            (told,) = answer.json()["problems"]
            assert told["code"] in ("service.queue-full", "service.queue-own", "service.busy"), told
            assert re.search("[一-鿿]", told["fix"])
    taken = {answer.json()["job"]["url"] for answer in answers if answer.status_code == 202}
    for url in taken:
        until(lambda url=url: clients[0].get(f"{url}?wait=20").json()["state"] == "done", 240)
    kept = clients[0].get(f"{place}/ledgers", params={"limit": 200}).json()["total"]
    assert kept == len(taken)  # what was refused has left nothing
    return Counter(answer.status_code for answer in answers), health


@pytest.mark.row("H5")
def test_five_hundred_submits_at_once_are_taken_or_told_to_wait(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tally: Tally
) -> None:
    with serving(tmp_path / "data", mode="users", queue=8, queue_per_person=3) as service:
        statuses, health = rush(service, 5, 500)
        assert set(statuses) == {202, 429}
        assert statuses.total() == 500
        assert "意外错误" not in service.log
    tally.survived(statuses[202])
    tally.refused(statuses[429])
    with capsys.disabled():
        print(f"\n500 份同时提交：收下 {statuses[202]} 份，/healthz 95% 在 {p95(health)}以内")


@pytest.mark.campaign
@pytest.mark.row("H5")
def test_five_hundred_submits_fill_the_whole_queue(tmp_path: Path, tally: Tally) -> None:
    with serving(tmp_path / "data", mode="users") as service:
        statuses, health = rush(service, 50, 500)
        assert set(statuses) == {202, 429}
        assert statuses[202] >= 100
        # A hundred threads of this process ask on the same cores: what is held is that nobody is left waiting.
        assert sorted(health)[int(len(health) * 0.95)] <= 3, health
    tally.survived(statuses[202])
    tally.refused(statuses[429])


@pytest.mark.campaign
@pytest.mark.row("H6")
def test_fifty_who_drip_for_a_minute_keep_nobody_waiting(tmp_path: Path, tally: Tally) -> None:
    """Fifty letters a minute of fifty forms; meanwhile somebody opens a page again and again, and by turns one of a
    service that nobody keeps: what else this machine does slows both."""
    with serving(tmp_path / "data", mode="users") as service, serving(tmp_path / "quiet", mode="users") as quiet:
        taken: dict[str, list[float]] = {}
        people = {each.url: each.client(Role.OFFICE) for each in (service, quiet)}
        place = f"Host: 127.0.0.1:{service.port}\r\nOrigin: http://127.0.0.1:{service.port}\r\n"
        head = f"POST /login HTTP/1.1\r\n{place}Content-Length: 100000\r\n"
        kind = "Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin="
        over = threading.Event()
        with ExitStack() as opened, ThreadPoolExecutor(1) as pool:
            slow = [opened.enter_context(socket.create_connection(("127.0.0.1", service.port))) for _ in range(50)]
            for each in slow:
                each.sendall((head + kind).encode())

            def drip() -> None:
                while not over.wait(1):
                    for each in slow:
                        each.sendall(b"x")

            dripping = pool.submit(drip)
            try:
                end = time.monotonic() + 60
                while time.monotonic() < end:
                    for url, person in people.items():
                        begun = time.perf_counter()
                        assert person.get("/periods/new").status_code == 200
                        taken.setdefault(url, []).append(time.perf_counter() - begun)
            finally:
                over.set()
            dripping.result()
            for each in slow:  # none has been answered: the service waits for the rest
                each.setblocking(False)
                with pytest.raises(BlockingIOError):
                    each.recv(1)
        kept_waiting, alone = (sorted(each)[int(len(each) * 0.95)] for each in map(taken.__getitem__, people))
        assert kept_waiting <= 2 * alone + 0.02
    tally.survived(50)
