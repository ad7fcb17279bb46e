"""What IT sets (服务设置): where it listens, who may come in, how much may be sent, kept and made at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from reportgen.limits import SERVICE, STANDARD, Limits


class Mode(Enum):
    """Who may come in (登录方式): one person at this machine, accounts, or whom a proxy has signed in."""

    LOCAL = "local"
    USERS = "users"
    PROXY = "proxy"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxySettings:
    """The proxy that signs people in (统一登录代理); `admin` is the first administrator's name as it tells it."""

    addresses: tuple[str, ...] = ()
    header: str = "X-Forwarded-User"
    admin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that IT sets (服务设置), with what holds where nothing is said.

    `database` is a URL of SQLAlchemy, SQLite in the data folder without one. A job has `job_seconds` by the clock,
    one that makes or reads many files `long_job_seconds`. What can be made again is dropped after `keep_days`, or
    when it comes to more than `keep_gb`; `webhooks` are the beginnings of addresses that may be told.
    `limits` are those of what is read in the service's jobs: a configuration may lower them there, and not raise them.
    `preview_ahead` draws the first pages of a report before somebody asks for it, as long as nobody waits for that.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8765
    mode: Mode = Mode.LOCAL
    public_url: str = ""
    database: str = ""
    proxy: ProxySettings = field(default_factory=ProxySettings)
    upload_mb: int = SERVICE.upload_mb
    body_kb: int = SERVICE.body_kb
    queue: int = SERVICE.queue
    queue_per_person: int = SERVICE.queue_per_person
    workers: int | None = None
    job_seconds: int = SERVICE.job_seconds
    long_job_seconds: int = SERVICE.long_job_seconds
    job_memory_mb: int = SERVICE.job_memory_mb
    keep_days: int = SERVICE.keep_days
    keep_gb: float = SERVICE.keep_gb
    session_days: int = SERVICE.session_days
    link_days: int = SERVICE.link_days
    preview_ahead: bool = True
    webhooks: tuple[str, ...] = ()
    limits: Limits = STANDARD
