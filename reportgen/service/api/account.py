"""Who one is, and one's tokens (本人与令牌)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, Request
from pydantic import Field

from reportgen.problems import error
from reportgen.service.api.answering import CHANGE, LOOK, routes_of
from reportgen.service.api.asked import AnyId
from reportgen.service.api.shapes import DoneShape, Limit, Listing, Moment, Offset, Shape, Wanted, listing, word_of
from reportgen.service.doors import passwords
from reportgen.service.doors.asking import AnyPerson, TheDesk
from reportgen.service.doors.who import address_of
from reportgen.service.model import Person
from reportgen.service.office import people
from reportgen.service.refusals import Forbidden
from reportgen.service.store.tokens import ApiToken

router = routes_of("本人和令牌")

RoleName = Literal["office", "unit", "admin"]
ROLE = "office 督查办，unit 部门，admin 管理员"


class PersonShape(Shape):
    """A person (人员)."""

    id: str
    name: str
    role: Annotated[RoleName, Field(description=ROLE)]
    unit: str
    """部门的人所代表的单位；其他人为空"""
    disabled: bool
    """已停用，不能登录"""


def person_shape(person: Person) -> PersonShape:
    """A person for programs (人员)."""
    return PersonShape(
        id=person.id, name=person.name, role=word_of(person.role), unit=person.unit, disabled=person.disabled
    )


class TokenShape(Shape):
    """An API token without its secret (令牌)."""

    id: str
    label: str
    at: Moment
    expires: Moment | None
    used: Moment | None
    """大约什么时候用过"""


class NewTokenShape(TokenShape):
    """A new API token (新令牌)."""

    token: str
    """令牌本身，只显示这一次"""


class NewPassword(Wanted, json_schema_extra={"example": {"before": "原口令", "password": "新口令"}}):
    """A new password (改口令)."""

    before: Annotated[str, Field(max_length=200, description="原口令")]
    password: Annotated[str, Field(min_length=1, max_length=200, description="新口令")]


class NewToken(Wanted, json_schema_extra={"example": {"label": "OA 系统", "days": 365}}):
    """What a new token is for (新建令牌)."""

    label: Annotated[str, Field(min_length=1, max_length=100, description="用在哪里，如 OA 系统")]
    days: Annotated[int | None, Field(ge=1, le=3650, description="多少天后失效；不写则一直有效")] = None


def token_shape(token: ApiToken) -> TokenShape:
    """A token for programs (令牌)."""
    return TokenShape(**_told(token))


def _told(token: ApiToken) -> dict[str, Any]:
    times = {"at": token.at, "expires": token.expires, "used": token.used}
    return {"id": token.id, "label": token.label, **times}


@router.get("/me", summary="我是谁", responses=LOOK, response_model=PersonShape)
def me(person: AnyPerson) -> PersonShape:
    """口令属于谁，能办什么。"""
    return person_shape(person)


def _with_account(person: AnyPerson) -> Person:
    if person.period:
        raise Forbidden([error("service.not-allowed", "部门链接没有令牌可管", "请用账号登录")])
    return person


AccountPerson = Annotated[Person, Depends(_with_account)]


@router.put("/me/password", summary="改口令", responses=CHANGE)
def change_password(request: Request, desk: TheDesk, person: AccountPerson, wanted: NewPassword) -> DoneShape:
    """要知道原口令；别处的登录都退出，令牌不变。"""
    kept = people.own_account(desk, person)
    people.refuse_hurried(desk, kept.login, address_of(request.scope))
    if not passwords.is_right(wanted.before, kept.password):
        people.note_failure(desk, kept.login, address_of(request.scope))
        raise passwords.WrongPassword([error("service.wrong-form", "原口令不对", "请改正后再提交")])
    passwords.refuse_weak(wanted.password, kept.login)
    people.set_own_password(desk, person, passwords.hashed(wanted.password))
    return DoneShape()


@router.get("/me/tokens", summary="我的令牌", responses=LOOK, response_model=Listing[TokenShape])
def tokens(
    request: Request, desk: TheDesk, person: AccountPerson, limit: Limit = 50, offset: Offset = 0
) -> dict[str, Any]:
    """只列名称和时间，不列令牌本身。"""
    return listing(request, people.own_tokens(desk, person), token_shape, limit, offset)


@router.post("/me/tokens", summary="新建令牌", status_code=201, responses=CHANGE)
def add_token(desk: TheDesk, person: AccountPerson, wanted: NewToken) -> NewTokenShape:
    """令牌只显示这一次，请妥善保存。给出密钥的请求不认 Idempotency-Key：密钥不留底。"""
    made, secret = people.add_own_token(desk, person, wanted.label, wanted.days)
    return NewTokenShape(**_told(made), token=secret)


@router.delete("/me/tokens/{token}", summary="停用令牌", responses=CHANGE, response_model=DoneShape)
def remove_token(desk: TheDesk, person: AccountPerson, token: AnyId) -> DoneShape:
    """立即失效。"""
    people.remove_own_token(desk, person, token)
    return DoneShape()
