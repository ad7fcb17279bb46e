"""How the service is doing (系统), for administrators."""

from __future__ import annotations

from typing import Any

from fastapi import Request

import reportgen
from reportgen.service.api.answering import LOOK, routes_of
from reportgen.service.api.shapes import Limit, Listing, Moment, Offset, Shape, part_of
from reportgen.service.doors.asking import AdminPerson, TheDesk
from reportgen.service.office import system

router = routes_of("系统")


class SystemShape(Shape):
    """How the service is doing (系统状况)."""

    program: str
    """程序版本"""
    well: bool
    """数据库正常"""
    jobs: dict[str, int]
    """各种状态的任务有多少：waiting、running、done、failed、cancelled"""
    queue: int
    """最多排队多少"""
    queue_per_person: int
    upload_mb: int
    keep_days: int
    keep_gb: float


class AuditShape(Shape):
    """Who did what, when (操作记录)."""

    at: Moment
    person: str
    name: str
    what: str
    period: str
    about: str


@router.get("/system", summary="系统状况", responses=LOOK, response_model=SystemShape)
def state(desk: TheDesk, person: AdminPerson) -> SystemShape:
    """限管理员。"""
    settings = desk.settings
    return SystemShape(
        program=reportgen.__version__,
        well=system.is_well(desk),
        jobs=system.job_counts(desk, person),
        queue=settings.queue,
        queue_per_person=settings.queue_per_person,
        upload_mb=settings.upload_mb,
        keep_days=settings.keep_days,
        keep_gb=settings.keep_gb,
    )


@router.get("/audit", summary="操作记录", responses=LOOK, response_model=Listing[AuditShape])
def audit(
    request: Request, desk: TheDesk, person: AdminPerson, limit: Limit = 50, offset: Offset = 0
) -> dict[str, Any]:
    """限管理员。新的在前；total 至少有这么多。"""
    found = system.audit_entries(desk, person, limit + 1, offset)
    names = ("at", "person", "name", "what", "period", "about")
    items = [AuditShape(**{name: getattr(each, name) for name in names}) for each in found[:limit]]
    return part_of(request, items, offset + len(found), limit, offset)
