"""What somebody shows to be let in (凭据): sessions, API tokens, one-time tokens; and who failed to (登录失败).

Each is a secret that is given out once; only its hash is kept, so that a stolen database lets nobody in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from reportgen.service.model import Person
from reportgen.service.store.ids import hash_of, new_id, new_token
from reportgen.service.store.opening import now
from reportgen.service.store.people import person as person_of
from reportgen.service.store.tables import API_TOKENS, LOGIN_FAILURES, ONE_TIME_TOKENS, SESSIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """An API token (接口令牌), as its owner sees it in the list."""

    id: str
    person: str
    label: str
    at: datetime
    expires: datetime | None = None
    used: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTimeToken:
    """A token that works once (一次性令牌): what for, and for whom."""

    purpose: str
    person: str | None


def open_session(con: Connection, person: str, life: timedelta) -> str:
    """A new session (登录); the secret for its cookie."""
    token = new_token()
    con.execute(insert(SESSIONS).values(token=hash_of(token), person=person, at=now(con), expires=now(con) + life))
    return token


def session_person(con: Connection, token: str) -> Person | None:
    """Whose session this is (会话人员); nobody's when it has expired or the account is disabled."""
    query = select(SESSIONS.c.person).where(SESSIONS.c.token == hash_of(token), SESSIONS.c.expires > now(con))
    return _enabled(con, con.execute(query).scalar())


def close_session(con: Connection, token: str) -> None:
    """Sign out (退出)."""
    con.execute(delete(SESSIONS).where(SESSIONS.c.token == hash_of(token)))


def add_api_token(con: Connection, person: str, label: str, expires: datetime | None = None) -> tuple[ApiToken, str]:
    """A new API token (新建接口令牌), and its secret, which is shown once."""
    token = new_token()
    made = ApiToken(id=new_id(), person=person, label=label, at=now(con), expires=expires)
    con.execute(
        insert(API_TOKENS).values(
            id=made.id, token=hash_of(token), person=person, label=label, at=made.at, expires=expires
        )
    )
    return made, token


def api_token_person(con: Connection, token: str) -> Person | None:
    """Whose API token this is (令牌人员)."""
    alive = or_(API_TOKENS.c.expires.is_(None), API_TOKENS.c.expires > now(con))
    query = select(API_TOKENS.c.person).where(API_TOKENS.c.token == hash_of(token), alive)
    return _enabled(con, con.execute(query).scalar())


def note_use(con: Connection, token: str) -> None:
    """An API token was used now (记录使用); not to be written at each request."""
    con.execute(update(API_TOKENS).where(API_TOKENS.c.token == hash_of(token)).values(used=now(con)))


def api_tokens_of(con: Connection, person: str) -> list[ApiToken]:
    """A person's API tokens, newest first (某人的接口令牌)."""
    kept = [column for column in API_TOKENS.c if column.name != "token"]
    query = select(*kept).where(API_TOKENS.c.person == person).order_by(API_TOKENS.c.at.desc(), API_TOKENS.c.id)
    return [ApiToken(**row._mapping) for row in con.execute(query)]


def remove_api_token(con: Connection, person: str, id: str) -> bool:
    """A person's API token works no more (停用接口令牌); whether there was one."""
    gone = con.execute(delete(API_TOKENS).where(API_TOKENS.c.person == person, API_TOKENS.c.id == id))
    return bool(gone.rowcount)


def add_one_time(con: Connection, purpose: str, life: timedelta, person: str | None = None) -> str:
    """A new one-time token (一次性令牌); its secret."""
    token = new_token()
    con.execute(
        insert(ONE_TIME_TOKENS).values(
            token=hash_of(token), purpose=purpose, person=person, at=now(con), expires=now(con) + life
        )
    )
    return token


def look_at_one_time(con: Connection, token: str) -> OneTimeToken | None:
    """What a one-time token is for (查看一次性令牌), without using it up."""
    table = ONE_TIME_TOKENS.c
    query = select(table.purpose, table.person).where(table.token == hash_of(token), table.expires > now(con))
    row = con.execute(query).one_or_none()
    return None if row is None else OneTimeToken(**row._mapping)


def use_one_time(con: Connection, token: str, purpose: str) -> OneTimeToken | None:
    """Use a one-time token up (使用一次性令牌); None if there is none for that, or no more."""
    found = look_at_one_time(con, token)
    if found is None or found.purpose != purpose:
        return None
    con.execute(delete(ONE_TIME_TOKENS).where(ONE_TIME_TOKENS.c.token == hash_of(token)))
    return found


def drop_one_time(con: Connection, purpose: str) -> None:
    """The one-time tokens for that which nobody has used work no more (作废一次性令牌)."""
    con.execute(delete(ONE_TIME_TOKENS).where(ONE_TIME_TOKENS.c.purpose == purpose))


def note_failure(con: Connection, login: str, address: str) -> None:
    """Somebody did not know the password (记录登录失败)."""
    con.execute(insert(LOGIN_FAILURES).values(login=login, address=address, at=now(con)))


def failures(con: Connection, since: datetime, *, login: str | None = None, address: str | None = None) -> int:
    """How often it failed since then (失败次数), for a login, from an address."""
    query = select(func.count()).select_from(LOGIN_FAILURES).where(LOGIN_FAILURES.c.at > since)
    if login is not None:
        query = query.where(LOGIN_FAILURES.c.login == login)
    if address is not None:
        query = query.where(LOGIN_FAILURES.c.address == address)
    return int(con.execute(query).scalar_one())


def forget_failures(con: Connection, login: str) -> None:
    """Somebody did know it in the end (清除失败记录)."""
    con.execute(delete(LOGIN_FAILURES).where(LOGIN_FAILURES.c.login == login))


def drop_expired(con: Connection, failures_before: datetime) -> None:
    """What lets nobody in any more is kept no longer (清理过期凭据)."""
    con.execute(delete(SESSIONS).where(SESSIONS.c.expires <= now(con)))
    con.execute(delete(ONE_TIME_TOKENS).where(ONE_TIME_TOKENS.c.expires <= now(con)))
    con.execute(delete(API_TOKENS).where(API_TOKENS.c.expires <= now(con)))
    con.execute(delete(LOGIN_FAILURES).where(LOGIN_FAILURES.c.at < failures_before))


def _enabled(con: Connection, id: str | None) -> Person | None:
    found = None if id is None else person_of(con, id)
    return None if found is None or found.disabled else found
