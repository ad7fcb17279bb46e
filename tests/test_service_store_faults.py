"""What must not be lost is not (不丢数据): full disks, kills at any moment, files cut short, damaged databases."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from reportgen.problems import CannotWrite, EnvironmentLacking, ReportError
from reportgen.service.model import JobState, Person, Role
from reportgen.service.refusals import DiskFull, TooLarge
from reportgen.service.store import audit, blobs, people
from reportgen.service.store.opening import DATABASE, FILES, Store, open_store, reading, writing
from tests.desks import opened
from tests.postgres import serving_postgres
from tests.projects import ledger, workbook

PERSON = Person(id="a" * 32, name="张三", role=Role.OFFICE)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "小盘"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only the administrator mounts a disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / FILES).rglob("*") if path.is_file())


def codes(told: pytest.ExceptionInfo[ReportError]) -> list[str]:
    return [problem.code for problem in told.value.problems]


def hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# ---- files


def test_a_file_stands_once_under_its_hash_however_it_came(store: Store, tmp_path: Path) -> None:
    data = os.urandom(3 << 20)
    given = tmp_path / "给.bin"
    given.write_bytes(data)
    assert blobs.put(store, data) == blobs.put_file(store, given) == hash_of(data)
    received = blobs.take_in(store, (data[at : at + 70_000] for at in range(0, len(data), 70_000)), len(data))
    assert (received.sha256, received.size) == (hash_of(data), len(data))
    assert blobs.path_of(store, received.sha256).read_bytes() == blobs.read(store, received.sha256) == data
    assert files_in(store.folder) == [hash_of(data)]
    assert blobs.total_size(store) == len(data)
    assert given.read_bytes() == data
    assert blobs.put(store, b"") == hash_of(b"")


@pytest.mark.parametrize("sha256", ["../reportgen.db", "", "A" * 64, "a" * 63, "a" * 64 + "\n", "/etc/passwd"])
def test_what_is_no_hash_names_no_file(store: Store, sha256: str) -> None:
    with pytest.raises(ValueError, match="no SHA-256"):
        blobs.path_of(store, sha256)


def test_an_upload_that_is_too_long_or_breaks_off_leaves_nothing(store: Store) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        while True:
            read += 65536
            yield b"x" * 65536

    with pytest.raises(TooLarge) as told:
        blobs.take_in(store, endless(), 2 << 20)
    assert codes(told) == ["service.too-large"]
    assert "2 MB" in str(told.value)
    assert read <= (2 << 20) + 65536

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        blobs.take_in(store, broken(), 100)
    assert files_in(store.folder) == []


def test_a_sweep_removes_only_what_is_old_and_nobody_names(store: Store) -> None:
    kept, gone, young = (blobs.put(store, data) for data in (b"kept", b"gone!", b"young"))
    cut = store.folder / FILES / ".new-abc"
    cut.write_bytes(b"cut short")
    for path in (blobs.path_of(store, kept), blobs.path_of(store, gone), cut):
        os.utime(path, (1, 1))
    assert blobs.sweep(store, {kept}) == blobs.Swept(files=2, size=14)
    assert files_in(store.folder) == sorted([kept, young])
    os.utime(blobs.path_of(store, young), (1, 1))
    assert blobs.put(store, b"young") == young
    assert blobs.sweep(store, {kept}) == blobs.Swept(files=0, size=0)
    assert blobs.read(store, young) == b"young"


# ---- opening


def test_what_is_no_database_of_ours_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"no database at all, only some text that is long enough" * 100)
    with pytest.raises(EnvironmentLacking) as told:
        open_store(tmp_path)
    assert codes(told) == ["service.database-broken"]
    assert str(tmp_path) not in str(told.value)


@pytest.mark.parametrize(
    "url", ["nonsense", "x://[", "mysql://a@b/c", "oracle://a", "postgresql+nodriver://a@b/c", "postgresql://a@b:9x/c"]
)
def test_an_address_that_cannot_be_used_is_told_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(EnvironmentLacking) as told:
        open_store(tmp_path, url)
    assert codes(told) == ["service.database-url"]


def test_a_database_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentLacking) as told:
        open_store(tmp_path, f"postgresql+psycopg://me:geheim@/x?host={tmp_path}")
    assert codes(told) == ["service.database-unreachable"]
    assert "geheim" not in str(told.value)


def test_a_data_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(CannotWrite) as told:
        open_store(tmp_path / "data")
    assert codes(told) == ["service.data-folder"]


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_nobody_else_at_this_machine_gets_at_the_data(tmp_path: Path) -> None:
    (open_folder := tmp_path / "open").mkdir(mode=0o755)
    open_folder.chmod(0o755)
    for folder in (tmp_path / "new", open_folder):
        store = open_store(folder)
        blobs.put(store, b"one")
        with writing(store) as con:
            people.add_person(con, "p", "P", Role.ADMIN)
        rights = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
        store.close()
        assert rights.pop(folder.name) == (0o700 if folder.name == "new" else 0o750)
        assert {f"{each:o}" for name, each in rights.items() if name.startswith("reportgen.db")} == {"600"}
        assert [name for name, each in rights.items() if each & 0o077] == []


def test_opening_what_is_up_to_date_loads_no_alembic(store: Store) -> None:
    code = (
        "import sys, pathlib; from reportgen.service.store.opening import open_store\n"
        "open_store(pathlib.Path(sys.argv[1])).close(); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, store.folder], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_every_connection_writes_through_to_the_disk(store: Store) -> None:
    with reading(store) as first, reading(store) as second:
        for con in (first, second):
            found = [
                con.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
            assert found == ["wal", 2, 1]


def test_a_database_that_somebody_else_holds_is_told_and_goes_on_afterwards(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(store.folder / DATABASE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with store.engine.connect() as con:
        con.exec_driver_sql("PRAGMA busy_timeout = 50")
    with pytest.raises(ReportError) as told, writing(store):
        pass
    assert codes(told) == ["service.busy"]
    other.execute("ROLLBACK")
    other.close()
    with writing(store) as con:
        audit.note(con, PERSON, "好了")


# ---- backup


def test_a_backup_taken_while_it_is_written_to_is_whole(store: Store, tmp_path: Path) -> None:
    """As README says: the rows first, then the files, of which there can only be more by then."""
    one, copy = blobs.put(store, b"one"), tmp_path / "备份"
    copy.mkdir()
    with writing(store) as con:
        audit.note(con, PERSON, "一", about=one)
    if (program := shutil.which("sqlite3")) is not None:
        subprocess.run([program, store.folder / DATABASE, f".backup '{copy / DATABASE}'"], check=True)
    else:
        with sqlite3.connect(store.folder / DATABASE) as source, sqlite3.connect(copy / DATABASE) as target:
            source.backup(target)
    two = blobs.put(store, b"two")
    with writing(store) as con:
        audit.note(con, PERSON, "二", about=two)
    shutil.copytree(store.folder / FILES, copy / FILES)
    restored = open_store(copy)
    with reading(restored) as con:
        assert [entry.what for entry in audit.entries(con)] == ["一"]
        assert [blobs.read(restored, entry.about) for entry in audit.entries(con)] == [b"one"]
    restored.close()


# ---- full disk


@pytest.mark.row("S2")
def test_on_a_full_disk_nothing_is_lost_and_it_goes_on_when_there_is_room(small_disk: Path) -> None:
    store = open_store(small_disk)
    ballast = small_disk / "ballast"
    known = blobs.put(store, b"known")
    for left in (0, 1, 4, 8, 16, 33, 64, 100, 150, 250):
        _fill(ballast, left << 10)
        said = _write_until_full(store, str(left))
        assert len(said) < 60, f"{left} KB were enough"
        with pytest.raises(DiskFull) as told:
            blobs.put(store, os.urandom(1 << 20))
        assert codes(told) == ["service.disk-full"]
        assert files_in(small_disk) == [known]
        with reading(store) as con:
            assert [entry.what for entry in reversed(audit.entries(con))] == said
        ballast.unlink()
        with writing(store) as con:
            audit.note(con, PERSON, "again")
            assert audit.entries(con)[0].what == "again"
            audit.drop(con, store.clock() + timedelta(days=1))
    with reading(store) as con:
        assert con.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    store.close()


def _write_until_full(store: Store, name: str) -> list[str]:
    said: list[str] = []
    with suppress(DiskFull):
        for number in range(60):
            what = f"{name}/{number} " + "x" * 8000
            with writing(store) as con:
                audit.note(con, PERSON, what)
            said.append(what)
    return said


def _fill(path: Path, left: int) -> None:
    """Everything but that many bytes."""
    path.write_bytes(b"")
    with path.open("r+b") as file, suppress(OSError):
        state = os.statvfs(path)
        os.posix_fallocate(file.fileno(), 0, max(state.f_bavail * state.f_frsize - left, 1))


# ---- kills

WRITER = """
import sys
from pathlib import Path
from reportgen.service.model import JobState, Person, Role
from reportgen.service.store import audit, blobs, jobs
from reportgen.service.store.opening import open_store, writing
store = open_store(Path(sys.argv[1]))
person = Person(id="a" * 32, name="张三", role=Role.OFFICE)
for number in range(int(sys.argv[2]), 1_000_000):
    sha256 = blobs.put(store, b"%d" % number * 5000)
    with writing(store) as con:
        audit.note(con, person, str(number), about=sha256)
    print(number, flush=True)
"""


@pytest.mark.row("S3")
@pytest.mark.row("S1")
def test_no_row_and_no_file_that_was_told_of_is_lost_in_ten_kills(tmp_path: Path) -> None:
    told: list[int] = []
    for round_ in range(10):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, tmp_path, str(10_000 * round_)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(0.01 * (round_ + 1) * 1.37)
        writer.send_signal(signal.SIGKILL)
        told += [int(line) for line in (first + writer.stdout.read()).splitlines(keepends=True) if line.endswith("\n")]
        writer.wait()
        writer.stdout.close()
    store = open_store(tmp_path)
    with reading(store) as con:
        rows = {int(entry.what): entry.about for entry in audit.entries(con, limit=1_000_000)}
        assert con.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    assert len(told) >= 20
    assert set(told) <= set(rows)
    for number, sha256 in rows.items():
        assert blobs.read(store, sha256) == b"%d" % number * 5000
    for path in (store.folder / FILES).glob("??/*"):
        assert hash_of(path.read_bytes()) == path.name
    named = set(rows.values())
    blobs.sweep(store, named, older_than=-10)
    assert files_in(store.folder) == sorted(named)
    store.close()


@pytest.mark.row("S3")
def test_a_thousand_commits_all_stand_after_a_kill(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER.replace('blobs.put(store, b"%d" % number * 5000)', '"0" * 64'), tmp_path, "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(1000)]
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    store = open_store(tmp_path)
    with reading(store) as con:
        assert {str(number) for number in told} <= {entry.what for entry in audit.entries(con, limit=2_000_000)}
    store.close()


def test_the_service_works_on_postgresql_as_it_does_without(tmp_path: Path) -> None:
    with serving_postgres() as server, opened(tmp_path / "data", database=server.new_database()) as office:
        client = office.client(office.person(Role.ADMIN))
        made = client.post("/periods/new/sample", data={"title": "2026年上半年"})
        period = made.headers["location"].rstrip("/")
        ledger_file = workbook(tmp_path / "台账.xlsx", ledger()).read_bytes()
        assert client.post(f"{period}/ledger", files={"file": ("台账.xlsx", ledger_file)}).status_code == 303
        assert {job.state for job in office.do_jobs()} == {JobState.DONE}
        for place in (
            "setting",
            "ledger",
            "problems",
            "verdicts",
            "preview",
            "downloads",
            "units",
            "editions",
            "files",
        ):
            assert client.get(f"{period}/{place}").status_code == 200, place
        for place in ("/", "/account", "/people"):
            assert client.get(place).status_code == 200, place
        assert not (tmp_path / "data" / DATABASE).exists()


def test_a_postgresql_that_goes_away_is_told_and_comes_back_without_restart(tmp_path: Path) -> None:
    with serving_postgres() as server:
        store = open_store(tmp_path, server.new_database())
        with writing(store) as con:
            audit.note(con, PERSON, "一")
        server.run("pg_ctl", "-D", str(server.folder / "data"), "-m", "immediate", "-w", "stop")
        with pytest.raises(EnvironmentLacking) as told, writing(store):
            pass
        assert codes(told) == ["service.database-unreachable"]
        server.start()
        with writing(store) as con:
            audit.note(con, PERSON, "二")
            assert [entry.what for entry in audit.entries(con)] == ["二", "一"]
        store.close()
