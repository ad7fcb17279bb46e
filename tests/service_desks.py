"""The service in this process (网上服务), without a network: its application asked directly, and a clock to turn."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from reportgen.service.app import make_app
from reportgen.service.model import Person, Role
from reportgen.service.office.desk import Desk
from reportgen.service.settings import Mode, Settings
from reportgen.service.store import people, tokens
from reportgen.service.store.opening import open_store, writing

with warnings.catch_warnings():
    # Starlette would rather have another library under its client; what the client does is the same.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient as TestClient

URL = "http://ducha.local"


@dataclass
class Clock:
    """A clock that somebody turns."""

    at: datetime = datetime(2026, 7, 10, 7, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def turn(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Here:
    """A desk, its application, and clients for it."""

    desk: Desk
    app: FastAPI
    clock: Clock
    _open: ExitStack = field(default_factory=ExitStack)

    def anybody(self, address: str = "192.0.2.7", **headers: str) -> TestClient:
        """A client that nobody knows, from that address; it follows no redirect."""
        client = TestClient(
            self.app, URL, raise_server_exceptions=False, follow_redirects=False, client=(address, 50_000)
        )
        client.headers = {"origin": URL, **headers}
        self._open.callback(client.close)
        return client

    def person(self, role: Role = Role.OFFICE, unit: str = "", login: str = "", password: str = "") -> Person:
        """A new account; with a password's hash where one is given."""
        with writing(self.desk.store) as con:
            login = login or f"p{len(people.all_people(con))}"
            return people.add_person(con, login, f"某{login}", role, unit, password or None)

    def client(self, person: Person, **headers: str) -> TestClient:
        """A client of that person, signed in."""
        with writing(self.desk.store) as con:
            secret = tokens.open_session(con, person.id, timedelta(days=30))
        client = self.anybody(**headers)
        client.cookies.set(f"reportgen-{self.desk.settings.port}", secret)
        return client


@contextmanager
def here(folder: Path, mode: Mode = Mode.USERS, **settings: Any) -> Iterator[Here]:
    """A service in this process."""
    clock = Clock()
    store = replace(open_store(folder), clock=clock)
    desk = Desk(store, Settings(data=folder, mode=mode, **settings))
    with ExitStack() as stack:
        stack.callback(store.close)
        yield Here(desk, make_app(desk), clock, stack)
