"""Who may come in (登录与人员): sessions, tokens, first administrator, accounts; only hashes of secrets are kept.

Passwords arrive here as the hash that the door made of them.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection

from reportgen.problems import error
from reportgen.service.model import Person, Role
from reportgen.service.office.desk import Desk, need_admin
from reportgen.service.refusals import Conflict, DiskFull, NotFound, Refusal, TooMany, not_found
from reportgen.service.settings import Mode
from reportgen.service.store import audit, people, tokens
from reportgen.service.store.opening import reading, writing
from reportgen.service.store.people import Account
from reportgen.service.store.tokens import ApiToken

# What one-time tokens are for.
LOCAL, FIRST_ADMIN, SET_PASSWORD = "local", "first-admin", "set-password"
FIRST_ADMIN_LIFE, SET_PASSWORD_LIFE = timedelta(minutes=10), timedelta(days=3)
# In mode `local` the printed address is good until it was used; this is long enough for that.
LOCAL_LIFE = timedelta(days=365)
_LOCAL_LOGIN, _LOCAL_NAME = "local", "本机"

# Wrong passwords within this time before one has to wait: for a name from one address, for it from all, from an
# address for all names. Whoever guesses at a colleague's password at his own desk locks himself out, not the colleague.
_WINDOW, _MOST_OF_BOTH, _MOST_OF_NAME, _MOST_OF_ADDRESS = timedelta(minutes=15), 5, 30, 50
# How often the use of an API token is written down.
_NOTED_EVERY = timedelta(hours=1)
_noted: dict[str, datetime] = {}


def with_session(desk: Desk, session: str) -> Person | None:
    """Whose session this is (会话人员)."""
    with reading(desk.store) as con:
        return tokens.session_person(con, session)


def with_api_token(desk: Desk, token: str) -> Person | None:
    """Whose API token this is (令牌人员); now and then its use is written down."""
    with reading(desk.store) as con:
        person = tokens.api_token_person(con, token)
    if person is not None:
        now, before = desk.store.clock(), _noted.get(token)
        if before is None or now - before > _NOTED_EVERY:
            if len(_noted) > 1000:
                _noted.clear()
            _noted[token] = now
            # A full disk or a crowd keeps nobody from looking; the next hour it is written down.
            with suppress(DiskFull, TooMany), writing(desk.store) as con:
                tokens.note_use(con, token)
    return person


def with_proxy_login(desk: Desk, login: str) -> Person | None:
    """Whom the proxy has signed in (代理登录人员): an account of that name; the first administrator has one at once."""
    with reading(desk.store) as con:
        found = people.with_login(con, login)
    if found is None and login == desk.settings.proxy.admin:
        with writing(desk.store) as con:
            found = people.with_login(con, login)
            if found is None:
                person = people.add_person(con, login, login, Role.ADMIN)
                audit.note(con, person, "首位管理员登录")
                return person
    return found.person if found and not found.person.disabled else None


def new_link(desk: Desk, *, again: bool = False) -> str | None:
    """A token for the address that is printed at the start (启动网址的令牌); None where none is needed.

    In mode `users` it makes the first administrator; once there is one, only whoever asks for it `again` at this
    machine gets one, since an administrator may have forgotten the password. A new start's address is the only one.
    """
    with writing(desk.store) as con:
        if not again:
            for purpose in (LOCAL, FIRST_ADMIN):
                tokens.drop_one_time(con, purpose)
        if desk.settings.mode is Mode.LOCAL:
            return tokens.add_one_time(con, LOCAL, LOCAL_LIFE, _local_person(con).id)
        if desk.settings.mode is Mode.USERS and (again or not people.has_admin(con)):
            return tokens.add_one_time(con, FIRST_ADMIN, FIRST_ADMIN_LIFE)
    return None


def _local_person(con: Connection) -> Person:
    found = people.with_login(con, _LOCAL_LOGIN)
    return found.person if found else people.add_person(con, _LOCAL_LOGIN, _LOCAL_NAME, Role.ADMIN)


def purpose_of(desk: Desk, token: str) -> str | None:
    """What a one-time token is for (一次性令牌用途), without using it; None where it is none any more."""
    with reading(desk.store) as con:
        found = tokens.look_at_one_time(con, token)
    return found.purpose if found else None


def start_local(desk: Desk, token: str) -> str:
    """Sign in at this machine by the printed address (本机登录); a session's secret."""
    with writing(desk.store) as con:
        used = tokens.use_one_time(con, token, LOCAL) if desk.settings.mode is Mode.LOCAL else None
        if used is None or used.person is None:
            raise _used_up()
        audit.note(con, _local_person(con), "登录")
        return tokens.open_session(con, used.person, timedelta(days=desk.settings.session_days))


def _used_up() -> NotFound:
    fix = "请在服务器上运行 reportgen serve --link 得到新的网址"
    return NotFound([error("service.link-used", "这个网址已经用过，或已过期", fix)])


def start_admin(desk: Desk, token: str, login: str, name: str, password: str) -> str:
    """Make the administrator whom the printed address is for (首位管理员); a session's secret."""
    with writing(desk.store) as con:
        if desk.settings.mode is not Mode.USERS or tokens.use_one_time(con, token, FIRST_ADMIN) is None:
            raise _used_up()
        _refuse_taken(con, login)
        person = people.add_person(con, login, name, Role.ADMIN, password=password)
        audit.note(con, person, "建立管理员账号", about=login)
        return tokens.open_session(con, person.id, timedelta(days=desk.settings.session_days))


def start_with_password(desk: Desk, token: str, password: str) -> str:
    """Set a password by the address that an administrator gave (首次设口令); a session's secret."""
    with writing(desk.store) as con:
        used = tokens.use_one_time(con, token, SET_PASSWORD)
        person = people.person(con, used.person) if used and used.person else None
        if person is None or person.disabled:
            raise _used_up()
        people.set_password(con, person.id, password)
        audit.note(con, person, "设置口令")
        return tokens.open_session(con, person.id, timedelta(days=desk.settings.session_days))


def refuse_hurried(desk: Desk, login: str, address: str) -> None:
    """Refuse whoever tries one password after the other (登录失败过多)."""
    since = desk.store.clock() - _WINDOW
    with reading(desk.store) as con:
        of_both = tokens.failures(con, since, login=login, address=address)
        of_name = tokens.failures(con, since, login=login)
        of_address = tokens.failures(con, since, address=address)
    if of_both >= _MOST_OF_BOTH or of_name >= _MOST_OF_NAME or of_address >= _MOST_OF_ADDRESS:
        minutes = int(_WINDOW.total_seconds() // 60)
        fix = f"请过 {minutes} 分钟再试；忘了口令请与管理员联系"
        wait = int(_WINDOW.total_seconds())
        raise TooMany([error("service.too-many-failures", "口令错了太多次，暂时不能登录", fix)], retry_after=wait)


def account_of(desk: Desk, login: str) -> Account | None:
    """The account that signs in by this name (账号); a disabled one is none."""
    with reading(desk.store) as con:
        found = people.with_login(con, login)
    return found if found and not found.person.disabled else None


def sign_in(desk: Desk, account: Account, before: str | None) -> str:
    """Sign in (登录) whose password was right: always a new session; the one of `before` ends."""
    with writing(desk.store) as con:
        tokens.forget_failures(con, account.login)
        if before:
            tokens.close_session(con, before)
        audit.note(con, account.person, "登录")
        return tokens.open_session(con, account.person.id, timedelta(days=desk.settings.session_days))


def note_failure(desk: Desk, login: str, address: str) -> None:
    """A password was wrong (登录失败)."""
    with writing(desk.store) as con:
        tokens.note_failure(con, login[:200], address)


def sign_out(desk: Desk, person: Person, session: str | None) -> None:
    """Sign out (退出)."""
    with writing(desk.store) as con:
        if session:
            tokens.close_session(con, session)
        audit.note(con, person, "退出")


def own_account(desk: Desk, person: Person) -> Account:
    """A person's own account (本人账号)."""
    with reading(desk.store) as con:
        found = people.account(con, person.id)
    if found is None:
        raise not_found("这个账号")
    return found


def set_own_password(desk: Desk, person: Person, password: str) -> str:
    """A new password (改口令): all sessions end; a new one for whoever changed it."""
    with writing(desk.store) as con:
        people.set_password(con, person.id, password)
        audit.note(con, person, "修改口令")
        return tokens.open_session(con, person.id, timedelta(days=desk.settings.session_days))


def own_tokens(desk: Desk, person: Person) -> list[ApiToken]:
    """A person's API tokens (本人令牌)."""
    with reading(desk.store) as con:
        return tokens.api_tokens_of(con, person.id)


def add_own_token(desk: Desk, person: Person, label: str, days: int | None = None) -> tuple[ApiToken, str]:
    """A new API token (新建令牌), and its secret, which is shown once."""
    expires = desk.store.clock() + timedelta(days=days) if days else None
    with writing(desk.store) as con:
        if len(tokens.api_tokens_of(con, person.id)) >= _MOST_TOKENS:
            raise Conflict([error("service.too-many-tokens", f"令牌已有 {_MOST_TOKENS} 个", "请先停用不用的")])
        audit.note(con, person, "新建接口令牌", about=label)
        return tokens.add_api_token(con, person.id, label, expires)


_MOST_TOKENS = 20


def remove_own_token(desk: Desk, person: Person, id: str) -> None:
    """An API token works no more (停用令牌)."""
    with writing(desk.store) as con:
        if not tokens.remove_api_token(con, person.id, id):
            raise not_found("这个令牌")
        audit.note(con, person, "停用接口令牌")


def all_people(desk: Desk, person: Person) -> list[Account]:
    """All accounts (全部账号), for an administrator."""
    need_admin(person)
    with reading(desk.store) as con:
        return people.all_people(con)


def add_person(desk: Desk, person: Person, login: str, name: str, role: Role, unit: str) -> tuple[Person, str | None]:
    """A new account (新建账号), and the token by which its owner sets a password; none where a proxy signs in."""
    need_admin(person)
    _refuse_unitless(role, unit)
    with writing(desk.store) as con:
        _refuse_taken(con, login)
        made = people.add_person(con, login, name, role, unit if role is Role.UNIT else "")
        audit.note(con, person, "新建账号", about=f"{login} {role.value}")
        return made, _password_link(con, desk, made.id)


def reset_password(desk: Desk, person: Person, id: str) -> str | None:
    """A token by which somebody sets a new password (重设口令); until then the old one holds."""
    need_admin(person)
    with writing(desk.store) as con:
        account = _account(con, id)
        audit.note(con, person, "发出设口令的链接", about=account.login)
        return _password_link(con, desk, id)


def change_person(desk: Desk, person: Person, id: str, *, name: str, role: Role, unit: str, disabled: bool) -> None:
    """What an account may do, and whether it may at all (修改账号); one administrator always remains."""
    need_admin(person)
    _refuse_unitless(role, unit)
    with writing(desk.store) as con:
        account = _account(con, id)
        if (disabled or role is not Role.ADMIN) and people.is_last_admin(con, id):
            fix = "请先让另一个人当管理员"
            raise Conflict([error("service.last-admin", "这是唯一的管理员，不能停用或改成别的角色", fix)])
        unit = unit if role is Role.UNIT else ""
        people.change_person(con, id, name=name, role=role, unit=unit, disabled=disabled)
        audit.note(con, person, "停用账号" if disabled else "修改账号", about=f"{account.login} {role.value}")


def _account(con: Connection, id: str) -> Account:
    found = people.account(con, id)
    if found is None:
        raise not_found("这个账号")
    return found


def _password_link(con: Connection, desk: Desk, id: str) -> str | None:
    if desk.settings.mode is not Mode.USERS:
        return None
    return tokens.add_one_time(con, SET_PASSWORD, SET_PASSWORD_LIFE, id)


def _refuse_taken(con: Connection, login: str) -> None:
    if people.with_login(con, login) is not None:
        raise Conflict([error("service.login-taken", f"登录名「{login[:40]}」已有人用", "请换一个登录名")])


class WrongPerson(Refusal):
    """What is said of a person makes no account (账号资料不全)."""

    status = 422


def _refuse_unitless(role: Role, unit: str) -> None:
    if role is Role.UNIT and not unit:
        raise WrongPerson([error("service.no-unit", "部门的账号要写明是哪个单位", "请填单位名称，与台账里的写法一致")])
