"""Who asks (操作人): by a token in the head, by the cookie of a session, or by whom a listed proxy has signed in.

A token in `Authorization: Bearer` stands alone: with a wrong one nobody is known, whatever the cookie says. What a
proxy tells is believed of the connection's other end alone, never of an address that a header claims.
"""

from __future__ import annotations

import ipaddress
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote

from fastapi import Request
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from reportgen.service.model import Person
from reportgen.service.office import people
from reportgen.service.office.desk import Desk
from reportgen.service.office.units import links
from reportgen.service.settings import Mode, Settings


def person_of(desk: Desk, scope: Scope) -> Person | None:
    """Whoever this request shows itself to be (识别操作人), or None."""
    headers = Headers(scope=scope)
    token = bearer(headers)
    if token is not None:
        # The secret of a unit's link lets the unit's own system in, too: to that unit's page and nothing else.
        return people.with_api_token(desk, token) or links.holder_or_none(desk, token)
    if desk.settings.mode is Mode.PROXY:
        login = proxied_login(desk.settings, scope)
        return people.with_proxy_login(desk, login) if login else None
    session = session_of(desk.settings, headers)
    return people.with_session(desk, session) if session else None


def may_upload(desk: Desk, scope: Scope) -> bool:
    """Whether files are taken from this request (可否上传): from a known person, or the holder of a unit's link."""
    parts = scope["path"].split("/")
    if parts[1:2] == ["u"] and len(parts) > 2:
        return links.holder_or_none(desk, parts[2]) is not None
    return person_of(desk, scope) is not None


def bearer(headers: Headers) -> str | None:
    """The token in the head (令牌), None where there is none."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def proxied_login(settings: Settings, scope: Scope) -> str | None:
    """Whom a listed proxy has signed in (代理告知的用户名)."""
    told = Headers(scope=scope).getlist(settings.proxy.header)
    if len(told) != 1 or not _is_listed(settings, address_of(scope)):
        return None
    # Latin-1 is how headers come; what a proxy writes in them is UTF-8.
    login = told[0].encode("latin-1").decode("utf-8", "replace").strip()
    return login if login and login.isprintable() and len(login) <= 200 else None


def _is_listed(settings: Settings, address: str) -> bool:
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(peer, "ipv4_mapped", None)
    return any((mapped or peer) in ipaddress.ip_network(each) for each in settings.proxy.addresses)


def address_of(scope: Scope) -> str:
    """The other end of the connection (对方地址); what headers say of it is not believed."""
    client = scope.get("client")
    return client[0] if client else ""


def cookie_name(settings: Settings) -> str:
    """The session's cookie (会话 Cookie): cookies know no ports, and two services of one machine are two."""
    return f"reportgen-{settings.port}"


def session_of(settings: Settings, headers: Headers) -> str | None:
    """The session's secret from the cookie (会话凭据)."""
    found: SimpleCookie = SimpleCookie()
    try:
        found.load(headers.get("cookie", ""))
    except CookieError:
        return None
    morsel = found.get(cookie_name(settings))
    return morsel.value if morsel and morsel.value else None


def signed_in(desk: Desk, response: Response, session: str) -> Response:
    """The answer with the session's cookie (登录答复)."""
    response.set_cookie(
        cookie_name(desk.settings),
        session,
        max_age=desk.settings.session_days * 24 * 3600,
        httponly=True,
        samesite="lax",
        secure=desk.settings.public_url.startswith("https://"),
    )
    return response


def signed_out(desk: Desk, response: Response) -> Response:
    """The answer without it (退出答复)."""
    secure = desk.settings.public_url.startswith("https://")
    response.delete_cookie(cookie_name(desk.settings), httponly=True, samesite="lax", secure=secure)
    return response


def sign_in_place(request: Request) -> str:
    """Where one signs in, and comes back from (登录网址)."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/login" if path == "/" else f"/login?next={quote(path, safe='/')}"


def own_url(request: Request) -> str:
    """How this service is reached (服务网址), for addresses that are given to others."""
    settings: Settings = request.app.state.desk.settings
    return settings.public_url or f"http://{request.headers.get('host', '')}"


def safe_next(place: str) -> str:
    """An address of this service (登录后的去处); anything else is the first page."""
    is_ours = place.startswith("/") and not place.startswith(("//", "/\\")) and place.isprintable()
    return place if is_ours and len(place) <= 2000 else "/"
