"""What IT sets (服务设置): where it listens, who may come in, how much may be sent, kept and made at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path


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
    `preview_ahead` draws the first pages of a report before somebody asks for it, as long as nobody waits for that.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8765
    mode: Mode = Mode.LOCAL
    public_url: str = ""
    database: str = ""
    proxy: ProxySettings = field(default_factory=ProxySettings)
    upload_mb: int = 50
    body_kb: int = 1024
    queue: int = 100
    queue_per_person: int = 10
    workers: int | None = None
    job_seconds: int = 60
    long_job_seconds: int = 1800
    job_memory_mb: int = 2048
    keep_days: int = 7
    keep_gb: float = 5
    session_days: int = 30
    link_days: int = 30
    preview_ahead: bool = True
    webhooks: tuple[str, ...] = ()
