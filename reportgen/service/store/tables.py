"""The tables (数据表): one description for SQLite and PostgreSQL; migrations/ brings an older database up to it.

Rows are never changed by hand: each noun has its module of queries beside this one. Only hashes of secrets stand here,
but for those of webhooks, which each message is signed with.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

from reportgen.service.model import JobKind, JobState, LedgerOrigin, ReturnState, Role

# The migration that makes these tables what they are; a test holds it against Alembic's own newest one.
NEWEST = "0001"

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A time in UTC (时刻): SQLite knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As the database keeps it."""
        if value is None:
            return None
        moved = value.astimezone(UTC)
        return moved.replace(tzinfo=None) if dialect.name == "sqlite" else moved

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As the service knows it."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Member(TypeDecorator[Enum]):
    """A member of an enumeration by its English name (枚举值): the Chinese one may be put better one day."""

    impl = String(20)
    cache_ok = True

    def __init__(self, members: type[Enum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: Enum | None, dialect: Dialect) -> str | None:
        """As the database keeps it."""
        return None if value is None else value.name

    def process_result_value(self, value: str | None, dialect: Dialect) -> Enum | None:
        """As the service knows it."""
        return None if value is None else self.members[value]


def _table(name: str, *parts: Column[Any] | UniqueConstraint | Index) -> Table:
    return Table(name, METADATA, *parts, sqlite_autoincrement=True)


def _id() -> Column[str]:
    return Column("id", String(32), primary_key=True)


def _serial() -> Column[int]:
    """Counts up in the order of writing; a number that was given once is never given again."""
    return Column("serial", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def _period(*, index: bool = True, key: bool = False) -> Column[str]:
    return Column("period", String(32), ForeignKey("periods.id"), nullable=False, index=index, primary_key=key)


def _file() -> tuple[Column[str], Column[int]]:
    return Column("sha256", String(64), nullable=False, index=True), Column("size", BigInteger, nullable=False)


def _by() -> tuple[Column[str], Column[datetime]]:
    return Column("author", Text, nullable=False), Column("at", Moment, nullable=False)


def _note() -> Column[str]:
    return Column("note", Text, nullable=False, server_default="")


PEOPLE = _table(
    "people",
    _id(),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Member(Role), nullable=False),
    Column("unit", Text, nullable=False, server_default=""),
    Column("password", Text),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
    Column("at", Moment, nullable=False),
)
SESSIONS = _table(
    "sessions",
    Column("token", String(64), primary_key=True),
    Column("person", String(32), ForeignKey("people.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("expires", Moment, nullable=False, index=True),
)
API_TOKENS = _table(
    "api_tokens",
    _id(),
    Column("token", String(64), nullable=False, unique=True),
    Column("person", String(32), ForeignKey("people.id"), nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("expires", Moment),
    Column("used", Moment),
)
ONE_TIME_TOKENS = _table(
    "one_time_tokens",
    Column("token", String(64), primary_key=True),
    Column("purpose", String(20), nullable=False),
    Column("person", String(32), ForeignKey("people.id")),
    Column("at", Moment, nullable=False),
    Column("expires", Moment, nullable=False, index=True),
)
LOGIN_FAILURES = _table(
    "login_failures",
    _serial(),
    Column("login", Text, nullable=False, index=True),
    Column("address", Text, nullable=False, index=True),
    Column("at", Moment, nullable=False, index=True),
)

PERIODS = _table(
    "periods",
    _id(),
    Column("title", Text, nullable=False),
    Column("config", Text, nullable=False),
    *_by(),
    Column("archived", Boolean, nullable=False, server_default=text("false")),
)
SETTING_FILES = _table(
    "setting_files",
    _period(index=False, key=True),
    Column("name", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    *_file(),
    *_by(),
    _note(),
    Column("restored_from", Integer),
)
LEDGERS = _table(
    "ledgers",
    _id(),
    _period(index=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    *_file(),
    Column("origin", Member(LedgerOrigin), nullable=False),
    *_by(),
    _note(),
    UniqueConstraint("period", "version"),
)

JOBS = _table(
    "jobs",
    _serial(),
    Column("id", String(32), nullable=False, unique=True),
    Column("kind", Member(JobKind), nullable=False),
    _period(),
    Column("key", String(80), nullable=False),
    Column("state", Member(JobState), nullable=False, index=True),
    Column("given", JSON, nullable=False),
    Column("options", JSON, nullable=False),
    # Who holds a unit's link has no account: no foreign key.
    Column("person", String(32), nullable=False),
    *_by(),
    Column("begun", Moment),
    Column("ended", Moment, index=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("label", Text, nullable=False, server_default=""),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="0"),
    Column("result", String(64), index=True),
    Column("problems", JSON, nullable=False),
    Column("cancel_asked", Boolean, nullable=False, server_default=text("false")),
    Index("ix_jobs_person_begun", "person", "begun"),
    # The unique one below is no help in looking for a key: it does not hold them all.
    Index("ix_jobs_period_key", "period", "key"),
    # Equal orders of one period are one job, unless that one came to nothing.
    Index(
        "uq_jobs_period_key",
        "period",
        "key",
        unique=True,
        sqlite_where=text("state IN ('WAITING', 'RUNNING', 'DONE')"),
        postgresql_where=text("state IN ('WAITING', 'RUNNING', 'DONE')"),
    ),
)
JOB_INPUTS = _table(
    "job_inputs",
    Column("job", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("sha256", String(64), primary_key=True, index=True),
)
JOB_EVENTS = _table(
    "job_events",
    Column("job", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("state", Member(JobState), nullable=False),
    Column("label", Text, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
)
JOB_FILES = _table(
    "job_files",
    Column("job", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    *_file(),
)

EDITIONS = _table(
    "editions",
    _id(),
    _period(index=False),
    Column("number", Integer, nullable=False),
    Column("job", String(32), ForeignKey("jobs.id"), nullable=False, unique=True),
    Column("ledger", String(32), ForeignKey("ledgers.id"), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("hashes", JSON, nullable=False),
    Column("template", String(64), nullable=False),
    Column("program", Text, nullable=False),
    *_by(),
    _note(),
    UniqueConstraint("period", "number"),
)
LINKS = _table(
    "links",
    _id(),
    Column("token", String(64), nullable=False, unique=True),
    _period(),
    Column("unit", Text, nullable=False),
    *_by(),
    Column("expires", Moment, nullable=False),
    Column("revoked", Moment),
    Column("opened", Moment),
)
RETURNS = _table(
    "returns",
    _serial(),
    Column("id", String(32), nullable=False, unique=True),
    _period(index=False),
    Column("unit", Text, nullable=False),
    Column("name", Text, nullable=False),
    *_file(),
    Column("job", String(32), ForeignKey("jobs.id"), nullable=False, index=True),
    Column("state", Member(ReturnState), nullable=False),
    *_by(),
    Index("ix_returns_period_unit", "period", "unit"),
)
DRAFTS = _table(
    "drafts",
    _period(index=False, key=True),
    Column("unit", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("filled", JSON, nullable=False),
    *_by(),
)
OVERRIDES = _table(
    "overrides",
    _serial(),
    _period(),
    Column("sheet", Text, nullable=False),
    Column("entry", Text, nullable=False),
    Column("judgement", Text, nullable=False),
    Column("was", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ledger", String(32), ForeignKey("ledgers.id"), nullable=False),
    *_by(),
)
ACCEPTANCES = _table(
    "acceptances",
    _period(index=False, key=True),
    Column("finding", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    *_by(),
)

WEBHOOKS = _table(
    "webhooks",
    _id(),
    Column("url", Text, nullable=False),
    Column("kinds", JSON, nullable=False),
    Column("secret", Text, nullable=False),
    *_by(),
    Column("disabled", Boolean, nullable=False, server_default=text("false")),
)
DELIVERIES = _table(
    "deliveries",
    _id(),
    Column("webhook", String(32), ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("job", String(32), nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due", Moment, index=True),
    Column("delivered", Moment),
    Column("answer", Text, nullable=False, server_default=""),
    UniqueConstraint("webhook", "job"),
)
IDEMPOTENCY = _table(
    "idempotency",
    Column("person", String(32), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Moment, nullable=False, index=True),
)
AUDIT = _table(
    "audit",
    _serial(),
    Column("at", Moment, nullable=False, index=True),
    # Who holds a unit's link has no account, and what happened stays when an account goes: no foreign keys.
    Column("person", String(32), nullable=False),
    Column("name", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("period", String(32), nullable=False, server_default="", index=True),
    Column("about", Text, nullable=False, server_default=""),
)
