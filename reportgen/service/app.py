"""The service put together (服务的组成): doors before everything, pages and API behind them, the jobs beside."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Scope

import reportgen
from reportgen.problems import ReportError
from reportgen.service.api import routes as api
from reportgen.service.doors import errors
from reportgen.service.doors.headers import SecurityHeaders
from reportgen.service.doors.heads import HeadAsGet
from reportgen.service.doors.limits import BodyLimits, Limits
from reportgen.service.doors.metrics import Metrics
from reportgen.service.doors.origin import OriginCheck
from reportgen.service.doors.request_log import RequestLog
from reportgen.service.doors.unforeseen import Unforeseen
from reportgen.service.doors.who import may_upload
from reportgen.service.office.desk import Desk
from reportgen.service.pages import (
    account,
    downloads,
    editions,
    health,
    help,
    jobs,
    ledger,
    overview,
    people,
    periods,
    preview,
    problems,
    setting,
    setting_files,
    signing_in,
    static_files,
    system,
    unit_side,
    units,
    verdicts,
)
from reportgen.service.pages.api_guide import router as api_guide
from reportgen.service.pages.rendering import page

# Whoever writes a room of pages or API adds its router here.
ROUTERS: Sequence[APIRouter] = (
    account.router,
    downloads.router,
    editions.router,
    health.router,
    help.router,
    jobs.router,
    ledger.router,
    overview.router,
    people.router,
    periods.router,
    preview.router,
    problems.router,
    setting.router,
    setting_files.router,
    signing_in.router,
    static_files.router,
    system.router,
    unit_side.router,
    units.router,
    verdicts.router,
)

# What runs beside the web server while it serves: told how to begin, ended with it.
Beside = Callable[[Desk], AbstractContextManager[Any]]


def make_app(desk: Desk, beside: Beside | None = None) -> FastAPI:
    """The service (服务) as an ASGI application; `app.state.beside` is what works beside it while it runs."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        with beside(desk) if beside else nullcontext() as running:
            app.state.beside = running
            yield

    app = FastAPI(
        title="督查报告生成服务",
        version=reportgen.__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=life,
        redirect_slashes=False,
    )
    app.state.desk = desk
    app.state.beside = None
    app.state.metrics = Metrics(desk.settings.data)
    errors.install(app, _error_page)
    _layers(app, desk)
    for router in (*ROUTERS, api_guide, *api.ROUTERS):
        app.include_router(router)
    return app


def _layers(app: FastAPI, desk: Desk) -> None:
    """What every request goes through; the last one added is the first to see it."""
    settings = desk.settings

    def refuse(scope: Scope, fault: ReportError) -> ASGIApp:
        return errors.answer(Request(scope), errors.told_of(fault), _error_page)

    def bug(scope: Scope, fault: Exception) -> ASGIApp:
        told = errors.told_of_bug(fault)
        try:
            return errors.answer(Request(scope), told, _error_page)
        except Exception as another:  # even the page cannot be made
            return errors.plain(errors.told_of_bug(another))

    limits = Limits(
        body=settings.body_kb * 1024,
        upload=settings.upload_mb * 1024**2,
        data=settings.data,
        may_upload=lambda scope: may_upload(desk, scope),
    )
    app.add_middleware(HeadAsGet)
    app.add_middleware(BodyLimits, limits=limits, answer=refuse)
    app.add_middleware(OriginCheck, settings=settings, answer=refuse)
    app.add_middleware(Unforeseen, answer=bug)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog, seen=app.state.metrics.seen)


def _error_page(request: Request, told: errors.Told) -> Response:
    problems = [problem.as_json() for problem in told.problems]
    return page(request, "error", status=told.status, title=told.title, problems=problems)
