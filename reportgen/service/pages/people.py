"""Accounts (人员), for an administrator: who may come in, as what, and the address by which a password is set."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from reportgen.problems import error
from reportgen.service.doors.asking import AdminPerson, TheDesk
from reportgen.service.doors.who import own_url
from reportgen.service.model import Person, Role
from reportgen.service.office import people
from reportgen.service.office.desk import Desk
from reportgen.service.office.people import WrongPerson
from reportgen.service.pages.rendering import page
from reportgen.service.settings import Mode

router = APIRouter(include_in_schema=False)

Text = Annotated[str, Form(max_length=200)]
Line = Annotated[str, Form(min_length=1, max_length=100)]


@router.get("/people")
def all_people(request: Request, desk: TheDesk, person: AdminPerson) -> Response:
    """The page (人员)."""
    return _people(request, desk, person)


def _people(request: Request, desk: Desk, person: Person, *, link: str = "", link_for: str = "") -> Response:
    return page(
        request,
        "people",
        accounts=people.all_people(desk, person),
        roles=list(Role),
        mode=desk.settings.mode.value,
        has_password=desk.settings.mode is Mode.USERS,
        link=link,
        link_for=link_for,
    )


@router.post("/people")
def add(
    request: Request, desk: TheDesk, person: AdminPerson, login: Line, called: Line, role: Line, unit: Text = ""
) -> Response:
    """A new account (新建账号); the answer shows the address by which its owner sets a password."""
    login, called, unit = login.strip(), called.strip(), unit.strip()
    _refuse_odd(login, called, unit)
    made, token = people.add_person(desk, person, login, called, _role(role), unit)
    if token is None:
        return RedirectResponse("/people", 303)
    return _people(request, desk, person, link=f"{own_url(request)}/start?token={token}", link_for=made.name)


@router.post("/people/{id}")
def change(
    desk: TheDesk, person: AdminPerson, id: str, called: Line, role: Line, unit: Text = "", disabled: Text = ""
) -> Response:
    """What an account may do (修改账号)."""
    called, unit = called.strip(), unit.strip()
    _refuse_odd(called, called, unit)
    people.change_person(desk, person, id, name=called, role=_role(role), unit=unit, disabled=bool(disabled))
    return RedirectResponse("/people", 303)


@router.post("/people/{id}/password")
def reset_password(request: Request, desk: TheDesk, person: AdminPerson, id: str) -> Response:
    """The address by which somebody sets a new password (重设口令)."""
    token = people.reset_password(desk, person, id)
    if token is None:
        return RedirectResponse("/people", 303)
    of = next(each.person.name for each in people.all_people(desk, person) if each.person.id == id)
    return _people(request, desk, person, link=f"{own_url(request)}/start?token={token}", link_for=of)


def _role(name: str) -> Role:
    for role in Role:
        if role.name == name:
            return role
    raise _wrong("没有这个角色", "请选 " + "、".join(role.value for role in Role) + " 中的一个")


def _refuse_odd(login: str, called: str, unit: str) -> None:
    if not login or not called or not (login + called + unit).isprintable():
        raise _wrong("登录名、姓名不能空着，也不能有看不见的字符", "请改正后再提交")


def _wrong(what: str, fix: str) -> WrongPerson:
    return WrongPerson([error("service.wrong-form", what, fix)])
