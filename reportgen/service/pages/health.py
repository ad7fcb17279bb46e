"""Whether the service is well (健康检查), for whatever watches it: /healthz for all, /metrics for an administrator."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from reportgen.service.doors.asking import AdminPerson, TheDesk
from reportgen.service.doors.metrics import TYPE, Metrics
from reportgen.service.office import system

router = APIRouter()

_OWN = ThreadPoolExecutor(1, thread_name_prefix="reportgen-health")


@router.api_route("/healthz", methods=["GET", "HEAD"], include_in_schema=False)
async def healthz(request: Request, desk: TheDesk) -> JSONResponse:
    """Well or not (健康检查): the database answers, the jobs are worked at.

    Asked in a thread of its own: a service that is busy is not ill.
    """
    answers = await asyncio.get_running_loop().run_in_executor(_OWN, system.is_well, desk)
    is_well = answers and is_working(request)
    return JSONResponse({"ok": is_well}, 200 if is_well else 503)


def is_working(request: Request) -> bool:
    """Whether jobs are being worked at (任务在做)."""
    beside = request.app.state.beside
    return beside is None or bool(beside.health().is_alive)


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request, desk: TheDesk, person: AdminPerson) -> Response:
    """Figures for Prometheus (监测指标)."""
    kept: Metrics = request.app.state.metrics
    return Response(kept.text(system.job_counts(desk, person)), media_type=TYPE)
