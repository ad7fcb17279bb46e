"""One's own account (我的账号): the password, tokens for other systems, signing out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from reportgen.problems import error
from reportgen.service.doors import passwords
from reportgen.service.doors.asking import AnyPerson, TheDesk
from reportgen.service.doors.who import address_of, signed_in
from reportgen.service.model import Person
from reportgen.service.office import people
from reportgen.service.office.desk import Desk
from reportgen.service.pages.rendering import page
from reportgen.service.refusals import Refusal
from reportgen.service.settings import Mode

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=200)]


@router.get("/account")
def account(request: Request, desk: TheDesk, person: AnyPerson, saved: bool = False) -> Response:
    """The page (我的账号)."""
    return _account(request, desk, person, saved=saved)


def _account(
    request: Request,
    desk: Desk,
    person: Person,
    *,
    status: int = 200,
    wrong: str = "",
    secret: str = "",
    saved: bool = False,
) -> Response:
    return page(
        request,
        "account",
        status=status,
        account=people.own_account(desk, person),
        tokens=people.own_tokens(desk, person),
        has_password=desk.settings.mode is Mode.USERS,
        can_leave=desk.settings.mode is not Mode.PROXY,
        wrong=wrong,
        secret=secret,
        saved=saved,
    )


@router.post("/account/password")
def change_password(
    request: Request, desk: TheDesk, person: AnyPerson, before: Text, password: Text, again: Text
) -> Response:
    """A new password (改口令), for whoever knows the old one; all other browsers are signed out."""
    kept = people.own_account(desk, person)
    address = address_of(request.scope)
    people.refuse_hurried(desk, kept.login, address)
    try:
        if not passwords.is_right(before, kept.password):
            people.note_failure(desk, kept.login, address)
            raise _wrong("原口令不对")
        if password != again:
            raise _wrong("两次填的新口令不一样")
        passwords.refuse_weak(password, kept.login)
    except passwords.WrongPassword as fault:
        told = "；".join(f"{problem.what}，{problem.fix}" for problem in fault.problems)
        return _account(request, desk, person, status=422, wrong=told)
    session = people.set_own_password(desk, person, passwords.hashed(password))
    return signed_in(desk, RedirectResponse("/account?saved=1", 303), session)


def _wrong(what: str) -> Refusal:
    return passwords.WrongPassword([error("service.wrong-form", what, "请改正后再提交")])


@router.post("/account/tokens")
def add_token(
    request: Request,
    desk: TheDesk,
    person: AnyPerson,
    label: Annotated[str, Form(min_length=1, max_length=100)],
    days: Annotated[int, Form(ge=0, le=3650)] = 365,
) -> Response:
    """A new token (新建令牌); the answer shows it, once."""
    _, secret = people.add_own_token(desk, person, label.strip(), days or None)
    return _account(request, desk, person, secret=secret)


@router.post("/account/tokens/{id}/remove")
def remove_token(desk: TheDesk, person: AnyPerson, id: str) -> Response:
    """A token works no more (停用令牌)."""
    people.remove_own_token(desk, person, id)
    return RedirectResponse("/account", 303)
