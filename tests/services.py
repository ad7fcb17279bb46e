"""The service as it is started by its command (网上服务), in a process of its own, with clients that are signed in.

    def test_x(tmp_path):
        with serving(tmp_path / "data", mode="users") as service:
            office = service.client(Role.OFFICE)
            assert office.get("/").status_code == 200

The fixture `service` is one that all tests of a worker share: they make a period each and leave the others alone.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from reportgen.service.model import Person, Role
from reportgen.service.store import people, tokens
from reportgen.service.store.opening import Store, open_store, writing

# What hangs is told; a machine with twenty other things to do takes half a minute for what takes a second else.
_PATIENCE = 90.0


@dataclass
class Service:
    """A running service: `url` without the last slash, `start` the address that it printed."""

    url: str
    start: str
    data: Path
    process: subprocess.Popen[str]
    store: Store
    options: dict[str, Any]
    _clients: list[httpx.Client] = field(default_factory=list)

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    @property
    def log(self) -> str:
        """All that it has written so far."""
        return self.log_file.read_text(encoding="utf-8")

    def heavy(self) -> list[str]:
        """Which parts in C of the libraries that read and render are in the web process: there must be none."""
        loaded = Path(f"/proc/{self.process.pid}/maps").read_text()
        names = ("lxml", "pypdfium2", "pikepdf", "pango", "numpy", "matplotlib", "PIL", "rapidfuzz")
        return [name for name in names if f"/{name}" in loaded or f"lib{name}" in loaded]

    @property
    def log_file(self) -> Path:
        return self.data.with_name(f"{self.data.name}.log")

    def anybody(self) -> httpx.Client:
        """A client that nobody knows; it sends the origin that a browser sends."""
        made = httpx.Client(
            base_url=self.url, headers={"Origin": self.url}, timeout=_PATIENCE, trust_env=False, verify=False
        )
        self._clients.append(made)
        return made

    def client(self, role: Role = Role.ADMIN, unit: str = "", name: str = "") -> httpx.Client:
        """A client of a new person, signed in."""
        client = self.anybody()
        client.cookies.set(self.cookie, self.session(self.person(role, unit, name)), domain="127.0.0.1")
        return client

    def with_token(self, person: Person) -> httpx.Client:
        """A client that shows an API token of this person's, as another system does."""
        client = httpx.Client(base_url=self.url, timeout=_PATIENCE, trust_env=False, verify=False)
        self._clients.append(client)
        with writing(self.store) as con:
            client.headers["Authorization"] = f"Bearer {tokens.add_api_token(con, person.id, 'test')[1]}"
        return client

    @property
    def cookie(self) -> str:
        return f"reportgen-{self.port}"

    def person(self, role: Role = Role.ADMIN, unit: str = "", name: str = "") -> Person:
        """A new account."""
        with writing(self.store) as con:
            number = len(people.all_people(con))
            return people.add_person(con, f"p{number}", name or f"{role.value}{number}", role, unit)

    def session(self, person: Person) -> str:
        """The secret of a new session; the value of the cookie."""
        with writing(self.store) as con:
            return tokens.open_session(con, person.id, timedelta(days=1))

    def stop(self, sig: int = signal.SIGTERM) -> int:
        """End it, and what its exit code is."""
        for client in self._clients:
            client.close()
        if self.process.poll() is None:
            self.process.send_signal(sig)
        code = self.process.wait(_PATIENCE)
        self.store.close()
        return code


def begin(data: Path, **settings: Any) -> Service:
    """A service on a data folder, once it answers; what is given goes into its service.yaml."""
    data.mkdir(parents=True, exist_ok=True)
    if settings:
        (data / "service.yaml").write_text(json.dumps(settings, ensure_ascii=False), encoding="utf-8")
    arguments = [sys.executable, "-m", "reportgen", "serve", "--data", str(data), "--port", "0"]
    with data.with_name(f"{data.name}.log").open("a", encoding="utf-8") as log:
        process = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True, env=_environment()
        )
    assert process.stdout
    address = process.stdout.readline().strip()
    process.stdout.close()
    if not address:
        process.wait(_PATIENCE)
        raise AssertionError(data.with_name(f"{data.name}.log").read_text(encoding="utf-8"))
    url = f"http://127.0.0.1:{urlsplit(address).port}"
    return Service(url, address, data, process, open_store(data, settings.get("database", "")), settings)


@contextmanager
def serving(data: Path, **settings: Any) -> Iterator[Service]:
    """A service for a while."""
    service = begin(data, **settings)
    try:
        yield service
    finally:
        service.stop()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One in mode `users` that the tests of a worker share."""
    data = tmp_path_factory.mktemp("service") / "data"
    with serving(data, mode="users", preview_ahead=False) as running:
        yield running


def forks_others(server: int) -> int:
    """The process from which those of the jobs are forked."""
    tasks = Path(f"/proc/{server}/task").glob("*/children")
    for number in " ".join(path.read_text() for path in tasks).split():
        if b"multiprocessing.forkserver" in Path(f"/proc/{number}/cmdline").read_bytes():
            return int(number)
    raise AssertionError("there is none")


def until(is_so: Any, seconds: float = _PATIENCE, step: float = 0.02) -> Any:
    """What `is_so` gives as soon as that is something; fails when it takes too long."""
    end = time.monotonic() + seconds
    while not (found := is_so()):
        assert time.monotonic() < end, "it did not come about"
        time.sleep(step)
    return found


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
