"""A PostgreSQL of the tests' own (测试用数据库服务器): in a temporary folder, without network, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

_NUMBERS = count(1)


class Server:
    """A server that runs (数据库服务器); `programs` is the folder of its commands."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder = programs, folder

    def run(self, program: str, *arguments: str) -> None:
        """One of its commands, as the user that it runs as."""
        # It refuses to run as root, as containers often do.
        as_other = ["runuser", "-u", _other_user(), "--"] if os.geteuid() == 0 else []
        done = subprocess.run(
            [*as_other, str(self.programs / program), *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Begin to serve, on a socket in its folder."""
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -F"
        self.run(
            "pg_ctl", "-D", str(self.folder / "data"), "-o", options, "-l", str(self.folder / "log"), "-w", "start"
        )

    def url(self, database: str) -> str:
        """How SQLAlchemy finds it."""
        return f"postgresql+psycopg://reportgen@/{database}?host={self.folder}"

    def new_database(self, like: str = "template0") -> str:
        """A new database, empty or like another one; its URL."""
        name = f"test{next(_NUMBERS)}"
        self.run("createdb", "-h", str(self.folder), "-U", "reportgen", "-T", like, name)
        return self.url(name)


def programs() -> Path | None:
    """Where PostgreSQL's commands are: on Debian not in the PATH."""
    found = shutil.which("pg_ctl")
    places = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((place for place in reversed(places) if (place / "initdb").exists()), None)


def _other_user() -> str:
    import pwd

    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def serving_postgres() -> Iterator[Server]:
    """A server for as long as it is needed; without PostgreSQL on this machine the test is skipped."""
    place = programs()
    if place is None:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="reportgen-postgres-"))
    server = Server(place, folder)
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _other_user())
        data = str(folder / "data")
        server.run("initdb", "-D", data, "-A", "trust", "-U", "reportgen", "-E", "UTF8", "--locale=C", "--no-sync")
        server.start()
        try:
            yield server
        finally:
            server.run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
