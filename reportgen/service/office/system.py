"""How the service is doing (系统状况), for IT; nothing in it names a place of this machine."""

from __future__ import annotations

import json
import logging
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from threading import Lock, Thread
from typing import Any

import reportgen
from reportgen.pdf_engine import PdfEngine
from reportgen.problems import error
from reportgen.service.model import AuditEntry, JobState, Person
from reportgen.service.office.desk import Desk, need_admin
from reportgen.service.settings import Mode
from reportgen.service.store import audit, blobs, jobs
from reportgen.service.store.opening import DATABASE, reading

_LOG = logging.getLogger("reportgen.service")
# Seconds that the look may take, and that a page waits for it.
_DOCTOR_SECONDS, _PATIENCE = 60, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """The room for the data (磁盘): in bytes."""

    total: int
    free: int
    files: int
    database: int | None


def is_well(desk: Desk) -> bool:
    """Whether the database answers (数据库正常)."""
    try:
        with reading(desk.store) as con:
            jobs.counts(con)
    except Exception:  # whatever it is, the service is not well; what it is stands in the log
        _LOG.exception("数据库没有回答")
        return False
    return True


def job_counts(desk: Desk, person: Person) -> dict[str, int]:
    """How many jobs are in which state (任务数), by its English name."""
    return {state.name.lower(): count for state, count in _counts(desk, person).items()}


def counts_in_words(desk: Desk, person: Person) -> dict[str, int]:
    """The same as people say it (任务数)."""
    return {state.value: count for state, count in _counts(desk, person).items()}


def _counts(desk: Desk, person: Person) -> dict[JobState, int]:
    need_admin(person)
    with reading(desk.store) as con:
        return jobs.counts(con)


def audit_entries(desk: Desk, person: Person, limit: int, offset: int) -> list[AuditEntry]:
    """Who did what, newest first (操作记录)."""
    need_admin(person)
    with reading(desk.store) as con:
        return audit.entries(con, limit=limit, offset=offset)


def disk(desk: Desk, person: Person) -> Disk:
    """How much room is left and taken (磁盘)."""
    need_admin(person)
    usage = shutil.disk_usage(desk.settings.data)
    database = desk.settings.data / DATABASE
    size = database.stat().st_size if not desk.settings.database and database.exists() else None
    return Disk(total=usage.total, free=usage.free, files=blobs.total_size(desk.store), database=size)


def versions(desk: Desk, person: Person) -> dict[str, str]:
    """What runs here (版本)."""
    need_admin(person)
    parts = ("fastapi", "uvicorn", "sqlalchemy", "openpyxl")
    return {
        "reportgen": reportgen.__version__,
        "Python": platform.python_version(),
        "数据库": {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[desk.store.engine.dialect.name],
        **{part: version(part) for part in parts},
        **{engine.value: engine.version or "没有装" for engine in PdfEngine},
    }


def limits(desk: Desk, person: Person) -> dict[str, str]:
    """What IT has set (限额与设置), by its key in service.yaml."""
    need_admin(person)
    settings = desk.settings
    modes = {Mode.LOCAL: "只给本机", Mode.USERS: "账号和口令", Mode.PROXY: "统一登录"}
    return {
        "mode": f"{settings.mode.value}（{modes[settings.mode]}）",
        "upload_mb": f"一次上传最多 {settings.upload_mb} MB",
        "body_kb": f"其他内容最多 {settings.body_kb} KB",
        "queue": f"最多 {settings.queue} 份在排队",
        "queue_per_person": f"每人最多 {settings.queue_per_person} 份在排队",
        "workers": f"同时做 {settings.workers} 份" if settings.workers else "同时做几份由处理器核数定",
        "job_seconds": f"检查、读反馈最多 {settings.job_seconds} 秒",
        "long_job_seconds": f"生成报告、分送件最多 {settings.long_job_seconds} 秒",
        "job_memory_mb": f"每份最多用 {settings.job_memory_mb} MB 内存",
        "keep_days": f"能重新做出的文件留 {settings.keep_days} 天",
        "keep_gb": f"这些文件最多留 {settings.keep_gb:g} GB",
        "session_days": f"登录保持 {settings.session_days} 天",
        "link_days": f"部门链接有效 {settings.link_days} 天",
        "preview_ahead": "台账查完先排出头几页" if settings.preview_ahead else "有人要看才排页面",
        "webhooks": "、".join(settings.webhooks) or "不许发完成通知",
    }


class _Looking:
    """A look at this machine that goes on beside the pages: it takes seconds, and a page must not."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._thread: Thread | None = None
        self._found: Mapping[str, Any] | None = None

    def found(self, again: bool) -> Mapping[str, Any] | None:
        with self._lock:
            if self._thread is None or (again and not self._thread.is_alive()):
                self._found = None
                self._thread = Thread(target=self._look, name="reportgen-doctor", daemon=True)
                self._thread.start()
            thread = self._thread
        thread.join(_PATIENCE)
        return self._found

    def _look(self) -> None:
        self._found = _doctor()


_LOOKING = _Looking()


def rendering(desk: Desk, person: Person, *, again: bool = False) -> Mapping[str, Any] | None:
    """What `doctor` says of faces and renderer (字体和渲染), in a process of its own; None while it is looking.

    Kept for as long as the service runs, or until somebody asks to look `again`.
    """
    need_admin(person)
    return _LOOKING.found(again)


def _doctor() -> Mapping[str, Any]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "reportgen", "doctor", "--json"],
            capture_output=True,
            timeout=_DOCTOR_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        told: Mapping[str, Any] = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        _LOG.exception("检查字体没有结果")
        what, fix = "没有查出本机的字体和渲染组件", "请在服务器上运行 reportgen doctor"
        return {
            "ok": False,
            "pdf_engine": None,
            "pdf_engines": {},
            "fonts": [],
            "problems": [error("service.no-doctor", what, fix).as_json()],
        }
    return told
