"""The people who have an account (人员), for administrators."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Request
from pydantic import Field

from reportgen.service.api.account import ROLE, PersonShape, RoleName, person_shape
from reportgen.service.api.answering import CHANGE, LOOK, routes_of
from reportgen.service.api.asked import AnyId
from reportgen.service.api.shapes import DoneShape, Limit, Listing, Offset, Shape, Wanted, listing
from reportgen.service.doors.asking import AdminPerson, TheDesk
from reportgen.service.model import Role
from reportgen.service.office import people
from reportgen.service.store.people import Account

router = routes_of("人员")

Name = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[^\x00-\x1f]*\S[^\x00-\x1f]*$", description="姓名")]
Unit = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f]*$", description="部门的人所代表的单位")]


class AccountShape(PersonShape):
    """An account (账号)."""

    login: str
    """登录名"""
    has_password: bool
    """是否设过口令"""


class NewAccountShape(Shape):
    """A new account (新账号)."""

    person: PersonShape
    password_path: str | None
    """本人设口令的地址，三天内有效，只显示这一次；由统一登录管口令时为 null"""


class PasswordLinkShape(Shape):
    """Where somebody sets a password (设口令的地址)."""

    password_path: str | None
    """本人设口令的地址，三天内有效，只显示这一次；由统一登录管口令时为 null"""


class NewAccount(
    Wanted, json_schema_extra={"example": {"login": "zhujian", "name": "住建委", "role": "unit", "unit": "区住建委"}}
):
    """A new account (新建账号)."""

    login: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.@-]{1,50}$", description="登录名")]
    name: Name
    role: Annotated[RoleName, Field(description=ROLE)]
    unit: Unit = ""


class AccountChange(Wanted, json_schema_extra={"example": {"name": "住建委", "role": "unit", "unit": "区住建委"}}):
    """An account as it is to be (修改账号)."""

    name: Name
    role: Annotated[RoleName, Field(description=ROLE)]
    unit: Unit = ""
    disabled: Annotated[bool, Field(description="停用，不能再登录")] = False


def _shape(account: Account) -> AccountShape:
    shape = person_shape(account.person).model_dump()
    return AccountShape(**shape, login=account.login, has_password=account.password is not None)


def _path(token: str | None) -> str | None:
    return f"/start?token={token}" if token else None


@router.get("/people", summary="全部人员", responses=LOOK, response_model=Listing[AccountShape])
def all_people(
    request: Request, desk: TheDesk, person: AdminPerson, limit: Limit = 50, offset: Offset = 0
) -> dict[str, Any]:
    """限管理员。"""
    return listing(request, people.all_people(desk, person), _shape, limit, offset)


@router.post("/people", summary="新建账号", status_code=201, responses=CHANGE)
def add_person(desk: TheDesk, person: AdminPerson, wanted: NewAccount) -> NewAccountShape:
    """限管理员。把设口令的地址发给本人。"""
    role = Role[wanted.role.upper()]
    made, token = people.add_person(desk, person, wanted.login, wanted.name, role, wanted.unit)
    return NewAccountShape(person=person_shape(made), password_path=_path(token))


@router.put("/people/{id}", summary="修改或停用账号", responses=CHANGE)
def change_person(desk: TheDesk, person: AdminPerson, id: AnyId, wanted: AccountChange) -> DoneShape:
    """限管理员。唯一的管理员不能停用。"""
    role = Role[wanted.role.upper()]
    people.change_person(desk, person, id, name=wanted.name, role=role, unit=wanted.unit, disabled=wanted.disabled)
    return DoneShape()


@router.post("/people/{id}/password-link", summary="给一个设口令的地址", status_code=201, responses=CHANGE)
def password_link(desk: TheDesk, person: AdminPerson, id: AnyId) -> PasswordLinkShape:
    """限管理员。本人设好以前，原来的口令仍然有效。"""
    return PasswordLinkShape(password_path=_path(people.reset_password(desk, person, id)))
