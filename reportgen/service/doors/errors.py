"""What an error looks like (出错时的样子): one shape as JSON, one page for people, a number for what nobody foresaw.

JSON: `{"ok": false, "status": 422, "problems": [what Problem.as_json gives]}`. Nothing of this machine is in it: no
path, no name of a class, no trace; those stand in the log beside the number that the page shows.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from reportgen.problems import CannotWrite, EnvironmentLacking, Problem, ReportError, error
from reportgen.service.doors.asking import known_person
from reportgen.service.doors.forms import told_of_form
from reportgen.service.doors.who import sign_in_place
from reportgen.service.refusals import DiskFull, NotSignedIn, Refusal

_LOG = logging.getLogger("reportgen.service")


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a request that failed (出错说明)."""

    status: int
    problems: tuple[Problem, ...]
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The one shape of all errors."""
        return {"ok": False, "status": self.status, "problems": [problem.as_json() for problem in self.problems]}

    @property
    def title(self) -> str:
        """What the page is called."""
        return _TITLES.get(self.status, "没有做成")


ShowPage = Callable[[Request, Told], Response]

_TITLES = {
    401: "请先登录",
    403: "不能看这一页",
    404: "找不到",
    405: "不能这样打开",
    409: "与别人的改动冲突",
    413: "文件太大",
    422: "内容有误",
    429: "现在太忙",
    500: "程序出错",
    503: "暂时做不了",
    507: "磁盘已满",
}


def install(app: FastAPI, page: ShowPage) -> None:
    """Let every fault of a request be told by these (装上出错处理); `page` shows it to people.

    They are called in a thread.
    """

    def known(request: Request, fault: Exception) -> Response:
        assert isinstance(fault, ReportError)
        return answer(request, told_of(fault), page)

    def routing(request: Request, fault: Exception) -> Response:
        assert isinstance(fault, HTTPException)
        if not wants_json(request):
            _look_who(request)
        return answer(request, told_of_status(fault.status_code, fault.headers or {}), page)

    def wrong_form(request: Request, fault: Exception) -> Response:
        assert isinstance(fault, RequestValidationError)
        return answer(request, Told(422, told_of_form(fault.errors())), page)

    app.add_exception_handler(ReportError, known)
    app.add_exception_handler(HTTPException, routing)
    app.add_exception_handler(RequestValidationError, wrong_form)


def _look_who(request: Request) -> None:
    """The page about an unknown address has the bar of whoever asks, if that can be known."""
    try:
        known_person(request)
    except ReportError:
        request.state.person = None


def answer(request: Request, told: Told, page: ShowPage) -> Response:
    """The answer (答复) that tells it: JSON, a page, or, where only signing in is lacking, the way there."""
    if wants_json(request):
        return plain(told)
    if told.status == NotSignedIn.status and request.method == "GET" and (place := sign_in_place(request)):
        return RedirectResponse(place, 303)
    shown = page(request, told)
    shown.headers.update(told.headers)
    return shown


def plain(told: Told) -> JSONResponse:
    """The answer as JSON (以 JSON 答复)."""
    return JSONResponse(told.as_json(), told.status, dict(told.headers))


def wants_json(request: Request) -> bool:
    """Whether a program asks, not a person (要 JSON)."""
    if request.url.path == "/api" or request.url.path.startswith("/api/"):
        return not request.url.path.startswith("/api/guide")
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def told_of(fault: ReportError) -> Told:
    """A fault of the roads below or a refusal, with its status (已知的错误)."""
    if isinstance(fault, Refusal):
        headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
        if isinstance(fault, NotSignedIn):
            headers["WWW-Authenticate"] = "Bearer"
        return Told(fault.status, fault.problems, headers)
    if isinstance(fault, CannotWrite):
        return Told(DiskFull.status, fault.problems)
    return Told(503 if isinstance(fault, EnvironmentLacking) else 422, fault.problems)


def told_of_status(status: int, headers: Mapping[str, str]) -> Told:
    """What the framework refuses by itself (框架拒绝的请求): an unknown address, a method, a body."""
    what, fix = _OF_STATUS.get(status, ("这个请求看不懂", "请回到上一页重新操作"))
    return Told(status, (error(_CODES.get(status, "service.bad-request"), what, fix),), headers)


_OF_STATUS = {
    400: ("送来的内容不完整，或格式不对", "请回到上一页重新操作；用接口的请对照接口说明"),
    404: ("没有这个网址", "请从首页重新进入"),
    405: ("这个网址不能这样打开", "请从首页重新进入；用接口的请对照接口说明"),
    413: ("送来的内容太大", "请缩小文件或分几次上传"),
}
_CODES = {404: "service.not-found", 405: "service.wrong-method", 413: "service.too-large"}


def told_of_bug(fault: BaseException) -> Told:
    """What nobody foresaw (意外错误): all of it into the log, of it only a number to whoever asked."""
    number = secrets.token_hex(4)
    _LOG.error("意外错误 %s", number, exc_info=fault)
    what = f"程序出错，编号 {number}；已保存的内容没有丢"
    return Told(500, (error("service.bug", what, "请再试一次；仍然不行，请把编号告诉管理员，日志里有详情"),))
