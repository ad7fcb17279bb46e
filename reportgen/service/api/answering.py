"""How the API answers (应答方式): which refusals a route may give, and reading again only what has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from reportgen.service.api.shapes import ProblemsShape

REFUSALS = {
    400: "请求本身有误，如请求体不是 UTF-8，或 multipart 的分隔线不对",
    401: "没有登录，或口令、令牌无效",
    403: "已登录，但无权办理；或页面来自别的网站",
    404: "没有，或不归本人查看",
    405: "这个地址不收这种方法",
    408: "内容没有传完，等得太久",
    409: "已有别人先改过，或现在不能办理；同一个 Idempotency-Key 用在了不同的请求上也如此",
    413: "传的内容过大",
    415: "不收这种内容",
    422: "参数或文件有误，逐条说明位置和改法",
    429: "排队的已经太多，过 Retry-After 秒再试",
    503: "服务器暂时不能办理，如缺组件、数据库忙",
    507: "服务器磁盘已满；什么都没有丢，有空间后再试",
}
"""What each refusal means, in the words of the guide (各状态码的含义)."""


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals that a route may give (可能的拒绝), for its description."""
    found: dict[int | str, dict[str, Any]] = {
        status: {"model": ProblemsShape, "description": REFUSALS[status]} for status in sorted(statuses)
    }
    if 429 in found:
        waiting = {"description": "过多少秒再试", "schema": {"type": "integer"}}
        found[429] = {**found[429], "headers": {"Retry-After": waiting}}
    return found


ETAG = {"description": "内容的标记；带在 If-None-Match 里再问，没有变就答 304", "schema": {"type": "string"}}
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "与 If-None-Match 所说的一样，没有变"}}
LOOK = refusals(401, 403, 404, 422, 429, 503, 507) | UNCHANGED
"""What may come of looking at something (查看时)."""
CHANGE = refusals(400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503, 507)
"""What may come of changing something (办理时)."""


class ApiRoute(APIRoute):
    """A route of the API (接口地址): what is read has a mark, and is not sent again while that is the same."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, which marks what it answers."""
        handler = super().get_route_handler()

        async def answered(request: Request) -> Response:
            response = await handler(request)
            return marked(request, response) if request.method in ("GET", "HEAD") else response

        return answered


def marked(request: Request, response: Response) -> Response:
    """The answer with its ETag, or 304 where the asker has it already (没有变就不再传)."""
    if response.status_code != 200:
        return response
    body = getattr(response, "body", None)
    if body is not None and "etag" not in response.headers:
        response.headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response.headers.setdefault("Cache-Control", "private, no-cache")
    tag = response.headers.get("etag")
    if tag is None or not _is_among(tag, request.headers.get("if-none-match", "")):
        return response
    kept = {name: response.headers[name] for name in ("ETag", "Cache-Control")}
    return Response(status_code=304, headers=kept)


def _is_among(tag: str, asked: str) -> bool:
    """Whether one of the marks that the asker has is this one; weak and strong are the same for reading."""
    known = [each.strip().removeprefix("W/") for each in asked.split(",")]
    return "*" in known or tag.removeprefix("W/") in known


def routes_of(tag: str) -> APIRouter:
    """A router for the routes of one noun (一组地址), under `/api`."""
    return APIRouter(prefix="/api", tags=[tag], route_class=ApiRoute)
