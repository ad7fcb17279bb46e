"""What a route asks for (路由的依赖): the desk, and the person who asks.

A route names who may come in by its parameter: `person: OfficePerson`. Who nobody knows is sent to sign in.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from reportgen.problems import error
from reportgen.service.doors.who import person_of
from reportgen.service.model import Person, Role
from reportgen.service.office.desk import Desk, need_admin, need_office
from reportgen.service.refusals import Forbidden, NotSignedIn


def desk_of(request: Request) -> Desk:
    """The desk of this service (工作台)."""
    desk: Desk = request.app.state.desk
    return desk


async def _desk_here(request: Request) -> Desk:
    """The same for a route: not worth a thread."""
    return desk_of(request)


def known_person(request: Request) -> Person | None:
    """Who asks, or None where nobody is known (可能的操作人); asked once a request."""
    if not hasattr(request.state, "person"):
        request.state.person = person_of(desk_of(request), request.scope)
    person: Person | None = request.state.person
    return person


def any_person(request: Request) -> Person:
    """Who asks; whoever is signed in (任何已登录的人)."""
    person = known_person(request)
    if person is None:
        raise NotSignedIn([error("service.not-signed-in", "还没有登录，或登录已过期", "请登录后再试")])
    return person


def office_person(request: Request) -> Person:
    """Who asks; of the office (督查办)."""
    person = any_person(request)
    need_office(person)
    return person


def admin_person(request: Request) -> Person:
    """Who asks; an administrator (管理员)."""
    person = any_person(request)
    need_admin(person)
    return person


def unit_person(request: Request) -> Person:
    """Who asks; signed in for a unit (部门)."""
    person = any_person(request)
    if person.role is not Role.UNIT:
        raise Forbidden([error("service.not-allowed", "这一页只给部门用", "督查办请从首页进入")])
    return person


TheDesk = Annotated[Desk, Depends(_desk_here)]
AnyPerson = Annotated[Person, Depends(any_person)]
OfficePerson = Annotated[Person, Depends(office_person)]
AdminPerson = Annotated[Person, Depends(admin_person)]
UnitPerson = Annotated[Person, Depends(unit_person)]
