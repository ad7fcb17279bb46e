"""Opening the store (打开数据目录), and its transactions (事务).

All writing is done one after the other, in SQLite as in PostgreSQL: whoever reads a number and writes the next one is
alone. So a writing transaction must be short; files are put into the store before it begins.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from reportgen.problems import CannotWrite, EnvironmentLacking, InputError, Problem, error
from reportgen.service.refusals import DiskFull, TooMany
from reportgen.service.store.tables import NEWEST

DATABASE = "reportgen.db"
FILES = "files"
# How long a transaction waits for another one's end.
_PATIENCE = 30.0
# Any number, as long as nobody else in that database takes the same one.
_WRITERS = 7_216_301_455
_SQLITE_BUSY, _SQLITE_FULL = 5, 13
# So does it tell a full disk where the index of its log does not grow.
_SQLITE_IOERR_SHMSIZE = 10 | 19 << 8


def utc_now() -> datetime:
    """The clock of the service (时钟)."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Store:
    """What must not be lost (数据): the rows by `engine`, the files in `folder`.

    `bell` rings after each commit that has asked for a job.
    """

    engine: Engine
    folder: Path
    clock: Callable[[], datetime] = utc_now
    bell: threading.Event = field(default_factory=threading.Event)
    gate: threading.Lock = field(default_factory=threading.Lock)

    def close(self) -> None:
        """Let go of the database (关闭)."""
        self.engine.dispose()


@dataclass(slots=True)
class _Notes:
    """What a transaction knows besides its rows."""

    now: datetime
    rings: bool = False


def now(con: Connection) -> datetime:
    """The time of this transaction (事务时刻): one for all that it writes."""
    return _notes(con).now


def ring(con: Connection) -> None:
    """Have the bell rung after the commit (提交后提醒)."""
    _notes(con).rings = True


def _notes(con: Connection) -> _Notes:
    notes = con.get_execution_options()["notes"]
    assert isinstance(notes, _Notes)
    return notes


def open_store(folder: Path, url: str = "", clock: Callable[[], datetime] = utc_now) -> Store:
    """The store in `folder` (打开数据目录), made or brought up to date where it has to be.

    `url` is a database of SQLAlchemy's elsewhere; without it, SQLite in the folder is used.
    """
    try:
        _keep_to_oneself(folder, with_database=not url)
    except OSError as fault:
        raise CannotWrite([_unusable(folder, fault)]) from None
    engine = _engine(folder, url)
    store = Store(engine, folder, clock)
    try:
        _bring_up_to_date(store)
    except BaseException:
        engine.dispose()
        raise
    return store


def _keep_to_oneself(folder: Path, *, with_database: bool) -> None:
    """The folder with what it needs, which other users of the machine do not get into (本人专用)."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and (mode := stat.S_IMODE(folder.stat().st_mode)) & 0o007:
        with suppress(PermissionError):  # somebody else's folder has the rights that he gave it
            folder.chmod(mode & ~0o007)
    (folder / FILES).mkdir(mode=0o700, exist_ok=True)
    if with_database:
        # SQLite gives its log and index the rights of the database.
        os.close(os.open(folder / DATABASE, os.O_CREAT | os.O_RDWR, 0o600))


def _unusable(folder: Path, fault: OSError) -> Problem:
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return error("service.disk-full", f"磁盘已满，建不了数据目录 {folder.name}", "清理磁盘后再启动")
    return error(
        "service.data-folder", f"数据目录 {folder.name} 建不了或不能写", "用 --data 指定一个可以写入的文件夹，再启动"
    )


def _engine(folder: Path, url: str) -> Engine:
    try:
        made = create_engine(
            url or URL.create("sqlite", database=str(folder / DATABASE)),
            json_serializer=lambda value: json.dumps(value, ensure_ascii=False),
            # As many as there are threads of the web server; more wait, and then are told.
            pool_size=10,
            max_overflow=40,
            pool_timeout=_PATIENCE,
            pool_pre_ping=bool(url),
            hide_parameters=True,
        )
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError):  # a port that is no number
        raise EnvironmentLacking([_unknown_database()]) from None
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", _prepare_sqlite)
        event.listen(made, "begin", _begin_sqlite)
    elif made.dialect.name != "postgresql":
        made.dispose()
        raise EnvironmentLacking([_unknown_database()])
    return made


def _unknown_database() -> Problem:
    return error(
        "service.database-url",
        "数据库地址不能用",
        "写成 postgresql+psycopg://用户:密码@主机/库名，并装好 postgres 组件；不写则用数据目录里的 SQLite",
    )


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late, and never as IMMEDIATE
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(_PATIENCE * 1000)}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(con: Connection) -> None:
    con.exec_driver_sql("BEGIN IMMEDIATE" if con.get_execution_options().get("writes") else "BEGIN")


@contextmanager
def reading(store: Store) -> Iterator[Connection]:
    """One look at the rows (读事务): what is read belongs together, whatever is written meanwhile."""
    with _told(), store.engine.connect() as plain:
        con = plain.execution_options(notes=_Notes(store.clock()))
        if con.dialect.name == "postgresql":
            con = con.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with con.begin():
            yield con


@contextmanager
def writing(store: Store) -> Iterator[Connection]:
    """All of it or nothing (写事务); alone, and on the disk when it is over."""
    if not store.gate.acquire(timeout=_PATIENCE):
        raise _busy()
    notes = _Notes(store.clock())
    try:
        with _told(), store.engine.connect() as plain:
            con = plain.execution_options(notes=notes, writes=True)
            with con.begin():
                if con.dialect.name == "postgresql":
                    con.execute(text("SELECT pg_advisory_xact_lock(:writers)"), {"writers": _WRITERS})
                yield con
    finally:
        store.gate.release()
    if notes.rings:
        store.bell.set()


@contextmanager
def _told() -> Iterator[None]:
    """A full disk, a busy database, and what no database can keep as refusals."""
    try:
        yield
    except (UnicodeEncodeError, OverflowError, DataError) as fault:
        what, fix = "内容里有保存不了的字符，或过大的数", "请删去看不见的字符，或把数改小，再试一次"
        raise InputError([error("service.not-storable", what, fix)]) from fault
    except DBAPIError as fault:
        if is_full(fault.orig):
            raise disk_full() from fault
        if (_code(fault.orig) or 0) & 0xFF == _SQLITE_BUSY:
            raise _busy() from fault
        if fault.connection_invalidated or (isinstance(fault, OperationalError) and not _is_sqlite(fault.orig)):
            raise EnvironmentLacking([_unreachable()]) from fault
        raise
    except PoolTimeout as fault:
        raise _busy() from fault
    except OSError as fault:
        if is_full(fault):
            raise disk_full() from fault
        raise


def _is_sqlite(fault: BaseException | None) -> bool:
    return _code(fault) is not None


def is_full(fault: BaseException | None) -> bool:
    """Whether this is a full disk (磁盘是否已满), as SQLite, PostgreSQL or the system tells it."""
    if isinstance(fault, OSError):
        return fault.errno in (errno.ENOSPC, errno.EDQUOT)
    full = _code(fault) in (_SQLITE_FULL, _SQLITE_IOERR_SHMSIZE)
    return full or getattr(fault, "sqlstate", None) == "53100"


def _code(fault: BaseException | None) -> int | None:
    return getattr(fault, "sqlite_errorcode", None)


def disk_full() -> DiskFull:
    """The one sentence about it (磁盘已满)."""
    return DiskFull(
        [
            error(
                "service.disk-full",
                "服务器磁盘已满，这一步没有保存，以前的内容都在",
                "请告诉信息部门清理磁盘；有了空间以后再做一次即可，不用重新启动",
            )
        ]
    )


def _busy() -> TooMany:
    return TooMany([error("service.busy", "现在用的人多，没有排上", "过几秒再试一次")], retry_after=3)


def _bring_up_to_date(store: Store) -> None:
    try:
        with reading(store) as con:
            found = _version(con)
        if found != NEWEST:
            with writing(store) as con:
                _migrate(con, _version(con))
    except DBAPIError as fault:
        raise EnvironmentLacking([_broken(store)]) from fault


def _unreachable() -> Problem:
    return error("service.database-unreachable", "连不上数据库", "请信息部门确认数据库已启动，地址、用户名和密码无误")


def _broken(store: Store) -> Problem:
    name = DATABASE if store.engine.dialect.name == "sqlite" else store.engine.url.database
    return error("service.database-broken", f"{name} 打不开，不是本程序的数据库，或已损坏", "用最近的备份替换后再启动")


def _version(con: Connection) -> str | None:
    if not inspect(con).has_table("alembic_version"):
        return None
    return con.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(con: Connection, found: str | None) -> None:
    # Alembic is loaded only where there is something to do: most starts are quick ones.
    from reportgen.service.store.migrating import migrate

    migrate(con, found)
