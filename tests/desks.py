"""The service within this process (进程内的网上服务): its pages over HTTP, its jobs carried out when a test says so.

What takes the server's own process and its queue is tried with `tests/services.py`; this one is there at once.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import uvicorn

from reportgen.problems import ReportError
from reportgen.service.app import make_app
from reportgen.service.model import Job, JobFile, Person, Role
from reportgen.service.office.desk import Desk
from reportgen.service.office.outcomes import settle
from reportgen.service.settings import Mode, Settings
from reportgen.service.store import blobs, jobs, people, tokens
from reportgen.service.store.opening import Store, open_store, reading, writing
from reportgen.service.work.doing import carry_out
from reportgen.service.work.model import Room


@dataclass(frozen=True)
class Office:
    """A desk and the application that serves it."""

    desk: Desk
    url: str
    clients: list[httpx.Client] = field(default_factory=list)

    def person(self, role: Role = Role.OFFICE, unit: str = "", name: str = "张三") -> Person:
        """A new account."""
        with writing(self.desk.store) as con:
            return people.add_person(con, f"p{len(people.all_people(con))}", name, role, unit)

    def anybody(self) -> httpx.Client:
        """A browser that nobody is signed in with; it follows no redirections, so that a test sees them."""
        client = httpx.Client(base_url=self.url, headers={"Origin": self.url}, timeout=30, trust_env=False)
        self.clients.append(client)
        return client

    def client(self, person: Person) -> httpx.Client:
        """That person's browser."""
        client = self.anybody()
        with writing(self.desk.store) as con:
            session = tokens.open_session(con, person.id, timedelta(days=1))
        client.cookies.set(f"reportgen-{self.desk.settings.port}", session, domain="127.0.0.1")
        return client

    def do_jobs(self) -> list[Job]:
        """Carry out all that waits, as a worker does, and take over what came of it."""
        return do_jobs(self.desk)


def do_jobs(desk: Desk) -> list[Job]:
    """Carry out all that waits, as a worker does, and take over what came of it; the jobs as they are then."""
    done: list[Job] = []
    while True:
        with writing(desk.store) as con:
            job = next(iter(jobs.waiting(con)), None)
            if job is None:
                return done
            jobs.begin(con, job.id)
        _do(desk.store, job)
        with reading(desk.store) as con:
            found = jobs.job(con, job.id)
        assert found is not None
        done.append(found)


def _do(store: Store, job: Job) -> None:
    with tempfile.TemporaryDirectory() as folder:
        room = Room(given=Path(folder) / "given", made=Path(folder) / "made", told=lambda *_: None)
        room.made.mkdir()
        for name, sha256 in job.order.files.items():
            place = room.given / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(blobs.read(store, sha256))
        try:
            made = carry_out(job.order, room)
        except ReportError as fault:
            with writing(store) as con:
                jobs.fail(con, job.id, [problem.as_json() for problem in fault.problems])
            return
        result = blobs.put(store, json.dumps(made.result, ensure_ascii=False).encode())
        files = [
            JobFile(job=job.id, name=name, sha256=blobs.put_file(store, path), size=path.stat().st_size)
            for name, path in made.files.items()
        ]
    with writing(store) as con:
        jobs.finish(con, job.id, result, files)
        settle(con, job, made.result, files)


@contextmanager
def opened(data: Path, **settings: object) -> Iterator[Office]:
    """A service on a data folder for a while."""
    store = open_store(data, str(settings.get("database", "")))
    given = Settings(data=data, **{"mode": Mode.USERS, **settings})  # type: ignore[arg-type]
    desk = Desk(store, given)
    server = uvicorn.Server(uvicorn.Config(make_app(desk), port=0, log_level="critical", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.005)
        port = server.servers[0].sockets[0].getsockname()[1]
        office = Office(desk, f"http://127.0.0.1:{port}")
        try:
            yield office
        finally:
            for client in office.clients:
                client.close()
    finally:
        server.should_exit = True
        thread.join()
        store.close()
