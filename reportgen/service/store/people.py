"""The people who have an account (人员); passwords only as the hash that the door made of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from reportgen.service.model import Person, Role
from reportgen.service.store.ids import new_id
from reportgen.service.store.opening import now
from reportgen.service.store.tables import ONE_TIME_TOKENS, PEOPLE, SESSIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person with what it signs in by (账号); `password` is a hash, None before the first one is set."""

    person: Person
    login: str
    password: str | None
    at: datetime


def add_person(
    con: Connection, login: str, name: str, role: Role, unit: str = "", password: str | None = None
) -> Person:
    """A new account (新建账号); its login must be free, see `with_login`."""
    made = Person(id=new_id(), name=name, role=role, unit=unit)
    con.execute(
        insert(PEOPLE).values(
            id=made.id,
            login=login,
            name=name,
            role=role,
            unit=unit,
            password=password,
            disabled=False,
            at=now(con),
        )
    )
    return made


def person(con: Connection, id: str) -> Person | None:
    """The person of that id (人员)."""
    found = account(con, id)
    return None if found is None else found.person


def account(con: Connection, id: str) -> Account | None:
    """The account of that person (账号)."""
    row = con.execute(select(PEOPLE).where(PEOPLE.c.id == id)).one_or_none()
    return None if row is None else _account(row)


def with_login(con: Connection, login: str) -> Account | None:
    """The account that signs in by this name (按登录名)."""
    row = con.execute(select(PEOPLE).where(PEOPLE.c.login == login)).one_or_none()
    return None if row is None else _account(row)


def all_people(con: Connection) -> list[Account]:
    """All accounts by login (全部账号)."""
    return [_account(row) for row in con.execute(select(PEOPLE).order_by(PEOPLE.c.login))]


def change_person(
    con: Connection,
    id: str,
    *,
    name: str | None = None,
    role: Role | None = None,
    unit: str | None = None,
    disabled: bool | None = None,
) -> None:
    """What is said of a person, changed (修改账号); who is disabled is signed out everywhere."""
    given = {"name": name, "role": role, "unit": unit, "disabled": disabled}
    if values := {field: value for field, value in given.items() if value is not None}:
        con.execute(update(PEOPLE).where(PEOPLE.c.id == id).values(values))
    if disabled:
        sign_out_everywhere(con, id)


def set_password(con: Connection, id: str, password: str) -> None:
    """A new password's hash (设密码); whoever is signed in with the old one is so no more."""
    con.execute(update(PEOPLE).where(PEOPLE.c.id == id).values(password=password))
    sign_out_everywhere(con, id)


def sign_out_everywhere(con: Connection, id: str) -> None:
    """End all sessions of a person, and the links it was given (全部退出)."""
    for table in (SESSIONS, ONE_TIME_TOKENS):
        con.execute(delete(table).where(table.c.person == id))


def is_last_admin(con: Connection, id: str) -> bool:
    """Whether nobody else could administer (是否唯一管理员)."""
    others = select(func.count()).select_from(PEOPLE)
    others = others.where(PEOPLE.c.role == Role.ADMIN, PEOPLE.c.disabled.is_(False), PEOPLE.c.id != id)
    found = person(con, id)
    return found is not None and found.role is Role.ADMIN and con.execute(others).scalar_one() == 0


def has_admin(con: Connection) -> bool:
    """Whether there is an administrator who can sign in (是否已有管理员)."""
    query = select(PEOPLE.c.id).where(
        PEOPLE.c.role == Role.ADMIN, PEOPLE.c.disabled.is_(False), PEOPLE.c.password.is_not(None)
    )
    return con.execute(query.limit(1)).first() is not None


def _account(row: Row[tuple[object, ...]]) -> Account:
    given = row._mapping
    who = Person(**{field: given[field] for field in ("id", "name", "role", "unit", "disabled")})
    return Account(person=who, login=given["login"], password=given["password"], at=given["at"])
