"""Coming in and going out (登录页): the printed address, name and password, signing out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from reportgen.problems import error
from reportgen.service.doors import passwords
from reportgen.service.doors.asking import AnyPerson, TheDesk, known_person
from reportgen.service.doors.who import address_of, safe_next, session_of, signed_in, signed_out
from reportgen.service.office import people
from reportgen.service.office.people import FIRST_ADMIN, LOCAL, SET_PASSWORD
from reportgen.service.pages.rendering import page
from reportgen.service.refusals import NotFound, Refusal
from reportgen.service.settings import Mode

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=200)]


@router.get("/start")
def start(request: Request, desk: TheDesk, token: str = "") -> Response:
    """The printed address (启动网址): at this machine it signs in, elsewhere it asks for a password to be set."""
    purpose = people.purpose_of(desk, token)
    if purpose == LOCAL:
        return signed_in(desk, RedirectResponse("/", 303), people.start_local(desk, token))
    if purpose in (FIRST_ADMIN, SET_PASSWORD):
        return page(request, "start", token=token, is_first=purpose == FIRST_ADMIN, wrong="", login="", called="")
    # Who comes by an old address and is signed in already has nothing to be told.
    if known_person(request) is not None:
        return RedirectResponse("/", 303)
    fix = "请向管理员要新的网址；管理员在服务器上运行 reportgen serve --link"
    raise NotFound([error("service.link-used", "这个网址已经用过，或已过期", fix)])


@router.post("/start")
def start_with_password(
    request: Request, desk: TheDesk, token: Text, password: Text, again: Text, login: Text = "", called: Text = ""
) -> Response:
    """Set the password (设口令) that the address was given for."""
    purpose = people.purpose_of(desk, token)
    login, called = login.strip(), called.strip()
    try:
        if purpose == FIRST_ADMIN and not (login and called and (login + called).isprintable()):
            raise _wrong("请填登录名和姓名")
        if password != again:
            raise _wrong("两次填的口令不一样")
        passwords.refuse_weak(password, login)
        if purpose == FIRST_ADMIN:
            session = people.start_admin(desk, token, login, called, passwords.hashed(password))
        else:
            session = people.start_with_password(desk, token, passwords.hashed(password))
    except Refusal as fault:
        if fault.status != 422:
            raise
        told = "；".join(f"{problem.what}，{problem.fix}" for problem in fault.problems)
        is_first = purpose == FIRST_ADMIN
        return page(
            request, "start", status=422, wrong=told, token=token, is_first=is_first, login=login, called=called
        )
    return signed_in(desk, RedirectResponse("/", 303), session)


def _wrong(what: str) -> Refusal:
    return passwords.WrongPassword([error("service.wrong-form", what, "请改正后再提交")])


@router.get("/login")
def login_page(request: Request, desk: TheDesk, next: str = "/") -> Response:
    """Where one signs in (登录页); what to do where there are no passwords."""
    if known_person(request) is not None:
        return RedirectResponse(safe_next(next), 303)
    return page(request, "login", mode=desk.settings.mode.value, next=safe_next(next), login="", wrong="")


@router.post("/login")
def log_in(
    request: Request, desk: TheDesk, login: Text, password: Text, next: Annotated[str, Form()] = "/"
) -> Response:
    """Sign in by name and password (登录)."""
    if desk.settings.mode is not Mode.USERS:
        return RedirectResponse("/login", 303)
    login, address = login.strip(), address_of(request.scope)
    people.refuse_hurried(desk, login, address)
    account = people.account_of(desk, login)
    if not passwords.is_right(password, account.password if account else None) or account is None:
        people.note_failure(desk, login, address)
        mode, wrong = desk.settings.mode.value, "登录名或口令不对"
        return page(request, "login", status=401, mode=mode, next=safe_next(next), login=login, wrong=wrong)
    before = session_of(desk.settings, request.headers)
    return signed_in(desk, RedirectResponse(safe_next(next), 303), people.sign_in(desk, account, before))


@router.post("/logout")
def log_out(request: Request, desk: TheDesk, person: AnyPerson) -> Response:
    """Sign out (退出)."""
    people.sign_out(desk, person, session_of(desk.settings, request.headers))
    return signed_out(desk, RedirectResponse("/login", 303))
