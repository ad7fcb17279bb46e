"""Who comes in (登录与人员): three modes, one-time addresses, sessions, tokens, and what an administrator does."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from reportgen.service.doors import passwords
from reportgen.service.model import Role
from reportgen.service.office import people as office
from reportgen.service.refusals import TooMany
from reportgen.service.settings import Mode, ProxySettings
from reportgen.service.store import people, tokens
from reportgen.service.store.opening import reading, writing
from tests.service_desks import Here, TestClient, here
from tests.services import until

GOOD = "四月 山径 旧伞 七里"


@cache
def hashed() -> str:
    # A kept hash tells itself how much work it is; these many need not be the work that they ought to be.
    return PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64),)).hash(GOOD)


@pytest.fixture
def users(tmp_path: Path) -> Iterator[Here]:
    with here(tmp_path) as made:
        yield made


def log_in(client: TestClient, login: str, password: str = GOOD, next: str = "/"):
    return client.post("/login", data={"login": login, "password": password, "next": next})


def is_in(client: TestClient) -> bool:
    return bool(client.get("/account").status_code == 200)


def test_the_printed_address_signs_in_once_and_what_only_looks_at_it_does_not_use_it_up(tmp_path: Path) -> None:
    with here(tmp_path, Mode.LOCAL) as local:
        token = office.new_link(local.desk)
        first, second = local.anybody(), local.anybody()
        assert first.head(f"/start?token={token}").status_code == 405
        assert first.get(f"/start?token={token}").headers["location"] == "/"
        assert is_in(first)
        again = second.get(f"/start?token={token}")
        assert again.status_code == 404
        assert "已经用过" in again.text
        assert not is_in(second)
        assert first.get(f"/start?token={token}").status_code == 303, "who is in already is led on"
        # A further address is the same person's.
        assert second.get(f"/start?token={office.new_link(local.desk, again=True)}").status_code == 303
        assert "本机" in second.get("/account").text
        assert "reportgen serve --link" in local.anybody().get("/login").text
        forgotten, printed = office.new_link(local.desk), office.new_link(local.desk)
        assert local.anybody().get(f"/start?token={forgotten}").status_code == 404, "a new start's address is the one"
        assert local.anybody().get(f"/start?token={printed}").status_code == 303
        local.clock.turn(days=31)
        assert not is_in(first), "a session has its days"


def test_the_first_administrator_has_ten_minutes_and_there_is_one_address(users: Here) -> None:
    token = office.new_link(users.desk)
    client = users.anybody()
    page = client.get(f"/start?token={token}")
    assert page.status_code == 200
    assert "建立管理员账号" in page.text
    form = {"token": token, "login": "guan", "called": "某管理员", "password": GOOD, "again": GOOD}
    for wrong, said in (
        ({"again": "别的口令别的口令"}, "不一样"),
        ({"password": "short", "again": "short"}, "不足 10 个字符"),
        ({"password": "aaaaaaaaaaaa", "again": "aaaaaaaaaaaa"}, "太容易猜到"),
        ({"password": "guanguanguan", "again": "guanguanguan"}, "太容易猜到"),
        ({"password": "x" * 201, "again": "x" * 201}, "要写"),
        ({"login": "  "}, "登录名和姓名"),
    ):
        told = client.post("/start", data={**form, **wrong})
        assert told.status_code == 422
        assert said in told.text or wrong.get("password", "") == "x" * 201
    made = client.post("/start", data=form)
    assert made.status_code == 303
    assert is_in(client)
    assert users.anybody().post("/start", data={**form, "login": "zwei"}).status_code == 404
    assert office.new_link(users.desk) is None, "there is one now"
    late = office.new_link(users.desk, again=True)
    users.clock.turn(minutes=10, seconds=1)
    assert client.get(f"/start?token={late}").status_code == 303
    assert users.anybody().get(f"/start?token={late}").status_code == 404
    assert users.anybody().post("/start", data={**form, "token": late, "login": "drei"}).status_code == 404


def test_a_password_lets_in_and_nobody_learns_which_names_there_are(users: Here) -> None:
    users.person(login="wang", password=hashed())
    client = users.anybody()
    asked = client.get("/account", headers={"accept": "text/html"})
    assert asked.headers["location"] == "/login?next=/account"
    wrong, nobody = log_in(client, "wang", "这不是那个口令"), log_in(client, "nobody", "这不是那个口令")
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.text.replace("wang", "") == nobody.text.replace("nobody", "")
    assert log_in(client, "wang", next="/account").headers["location"] == "/account"
    assert is_in(client)
    cookie = log_in(client, " wang ").headers["set-cookie"]
    assert re.fullmatch(r"reportgen-8765=[\w-]{43}; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax", cookie), cookie


@pytest.mark.row("H8", "refused")
@pytest.mark.parametrize("place", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\nb", ""])
def test_after_signing_in_nobody_is_led_elsewhere(users: Here, place: str) -> None:
    client = users.client(users.person())
    assert client.get("/login", params={"next": place}).headers["location"] == "/"


def test_a_session_is_new_at_each_login_and_ends_with_logout(users: Here) -> None:
    users.person(login="wang", password=hashed())
    client = users.anybody()
    name = "reportgen-8765"
    client.cookies.set(name, "set-by-somebody-else")
    before = log_in(client, "wang").cookies[name]
    assert before != "set-by-somebody-else"
    client.cookies.set(name, before, domain="ducha.local")
    after = log_in(client, "wang").cookies[name]
    other = users.anybody(cookie=f"{name}={before}")
    assert not is_in(other), "the session from before the login is over"
    here_now = users.anybody(cookie=f"{name}={after}")
    assert is_in(here_now)
    out = here_now.post("/logout")
    assert out.status_code == 303
    assert out.headers["set-cookie"].startswith('reportgen-8765=""; expires=')
    assert not is_in(here_now)


def test_an_https_service_marks_its_cookie_secure(tmp_path: Path) -> None:
    with here(tmp_path, public_url="https://ducha.example.gov.cn") as users:
        users.person(login="wang", password=hashed())
        client = users.anybody(origin="https://ducha.example.gov.cn")
        assert log_in(client, "wang").headers["set-cookie"].endswith("; SameSite=lax; Secure")


def test_five_wrong_passwords_make_wait_whoever_it_is(users: Here) -> None:
    users.person(login="wang", password=hashed())
    users.person(login="li", password=hashed())
    client = users.anybody()
    with writing(users.desk.store) as con:
        for _ in range(4):
            tokens.note_failure(con, "wang", "192.0.2.7")
    assert log_in(client, "wang", "这不是那个口令").status_code == 401
    locked = log_in(client, "wang")
    assert locked.status_code == 429
    assert locked.headers["retry-after"] == "900"
    assert "过 15 分钟再试" in locked.text
    assert log_in(client, "li").status_code == 303, "another name is not locked"
    assert log_in(users.anybody("192.0.2.8"), "wang").status_code == 303, "nor that person at another desk"
    users.clock.turn(minutes=15, seconds=1)
    assert log_in(client, "wang").status_code == 303


def test_a_name_that_is_tried_from_many_addresses_has_to_wait_everywhere(users: Here) -> None:
    users.person(login="wang", password=hashed())
    with writing(users.desk.store) as con:
        for number in range(30):
            tokens.note_failure(con, "wang", f"192.0.2.{100 + number}")
    assert log_in(users.anybody("192.0.2.98"), "wang").status_code == 429


def test_an_address_that_tries_many_names_has_to_wait(users: Here) -> None:
    users.person(login="wang", password=hashed())
    with writing(users.desk.store) as con:
        for number in range(50):
            tokens.note_failure(con, f"name{number}", "192.0.2.99")
    assert log_in(users.anybody("192.0.2.99"), "wang").status_code == 429
    assert log_in(users.anybody("192.0.2.98"), "wang").status_code == 303


def test_a_changed_password_signs_out_everywhere_but_here(users: Here) -> None:
    person = users.person(login="wang", password=hashed())
    one, other = users.client(person), users.client(person)
    new = {"before": GOOD, "password": "五月 长堤 新伞 八里", "again": "五月 长堤 新伞 八里"}
    assert "原口令不对" in one.post("/account/password", data={**new, "before": "不是不是不是"}).text
    assert "不一样" in one.post("/account/password", data={**new, "again": "x"}).text
    assert one.post("/account/password", data=new).status_code == 303
    assert is_in(one)
    assert not is_in(other)
    assert log_in(users.anybody(), "wang").status_code == 401
    assert log_in(users.anybody(), "wang", new["password"]).status_code == 303


def test_a_token_in_the_head_stands_alone(users: Here) -> None:
    person = users.person()
    page = users.client(person).post("/account/tokens", data={"label": "OA 系统", "days": "30"})
    secret = re.search(r'id="secret">([\w-]{43})<', page.text)[1]  # type: ignore[index]
    assert secret not in users.client(person).get("/account").text, "shown once"
    script = users.anybody(authorization=f"Bearer {secret}")
    assert is_in(script)
    del script.headers["origin"]
    assert script.post("/logout").status_code == 303, "no origin is asked of a token"
    wrong = users.client(person, authorization="Bearer wrong")
    assert wrong.get("/account", headers={"accept": "application/json"}).status_code == 401
    basic = users.client(person, authorization="Basic d2FuZzp4")
    assert is_in(basic), "what a proxy or a browser adds by itself is no token"
    with reading(users.desk.store) as con:
        (token,) = tokens.api_tokens_of(con, person.id)
    assert token.used is not None
    users.clock.turn(days=30, seconds=1)
    assert not is_in(script)
    client = users.client(person)
    other = users.client(users.person())
    assert other.post(f"/account/tokens/{token.id}/remove").status_code == 404
    assert client.post(f"/account/tokens/{token.id}/remove").status_code == 303
    assert "OA 系统" not in client.get("/account").text


@pytest.mark.row("S2")
def test_a_token_lets_in_though_its_use_cannot_be_written_down(users: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    person = users.person()
    with writing(users.desk.store) as con:
        secret = tokens.add_api_token(con, person.id, "某系统")[1]

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(tokens, "note_use", full)
    assert users.anybody(Authorization=f"Bearer {secret}").get("/api/periods").status_code == 200


def test_no_more_than_twenty_tokens(users: Here) -> None:
    client = users.client(users.person())
    for number in range(20):
        assert client.post("/account/tokens", data={"label": f"系统{number}"}).status_code == 200
    full = client.post("/account/tokens", data={"label": "系统20"})
    assert full.status_code == 409
    assert "令牌已有 20 个" in full.text


def test_an_administrator_lets_people_in_and_out(users: Here) -> None:
    admin = users.client(users.person(Role.ADMIN, login="guan"))
    made = admin.post("/people", data={"login": "wang", "called": "王某", "role": "OFFICE"})
    link = re.search(r'id="link">http://ducha.local(/start\?token=[\w-]{43})<', made.text)[1]  # type: ignore[index]
    wang = users.anybody()
    assert "设置口令" in wang.get(link).text
    assert wang.post("/start", data={"token": link[-43:], "password": GOOD, "again": GOOD}).status_code == 303
    assert is_in(wang)
    assert users.anybody().get(link).status_code == 404
    assert admin.post("/people", data={"login": "wang", "called": "又一个", "role": "OFFICE"}).status_code == 409
    assert "是哪个单位" in admin.post("/people", data={"login": "jw", "called": "教委", "role": "UNIT"}).text
    assert admin.post("/people", data={"login": "x", "called": "y", "role": "BOSS"}).status_code == 422
    assert admin.post("/people", data={"login": "x\u202e", "called": "y", "role": "OFFICE"}).status_code == 422
    with reading(users.desk.store) as con:
        account = people.with_login(con, "wang")
    assert account
    id = account.person.id
    change = {"called": "王某某", "role": "OFFICE", "unit": "", "disabled": "1"}
    assert admin.post(f"/people/{id}", data=change).status_code == 303
    assert not is_in(wang)
    assert log_in(users.anybody(), "wang").status_code == 401
    reset = admin.post(f"/people/{id}/password")
    link = re.search(r"/start\?token=[\w-]{43}", reset.text)[0]  # type: ignore[index]
    used = users.anybody().post("/start", data={"token": link[-43:], "password": GOOD, "again": GOOD})
    assert used.status_code == 404, "who is not let in gets in by no address"
    admin.post(f"/people/{id}", data={**change, "disabled": ""})
    assert log_in(users.anybody(), "wang").status_code == 303
    assert admin.post(f"/people/{'0' * 32}", data=change).status_code == 404
    text = admin.get("/system").text
    assert "新建账号" in text
    assert "停用账号" in text


def test_one_administrator_always_remains(users: Here) -> None:
    person = users.person(Role.ADMIN, login="guan")
    admin = users.client(person)
    last = admin.post(f"/people/{person.id}", data={"called": "某", "role": "OFFICE"})
    assert last.status_code == 409
    assert "唯一的管理员" in last.text
    users.person(Role.ADMIN, login="zwei")
    assert admin.post(f"/people/{person.id}", data={"called": "某", "role": "OFFICE"}).status_code == 303
    assert admin.get("/people").status_code == 403


def test_a_look_at_faces_that_comes_to_nothing_is_told(
    users: Here, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    admin = users.client(users.person(Role.ADMIN))
    nothing = tmp_path / "nothing"
    nothing.write_text("#!/bin/sh\nexit 1\n")
    nothing.chmod(0o755)
    until(lambda: "排版引擎" in admin.get("/system").text, step=0.3)
    monkeypatch.setattr("sys.executable", str(nothing))
    assert admin.post("/system/rendering").status_code == 303
    until(lambda: "没有查出本机的字体和渲染组件" in admin.get("/system").text)


@pytest.mark.parametrize("path", ["/people", "/system", "/metrics"])
def test_what_is_the_administrator_s_is_nobody_else_s(users: Here, path: str) -> None:
    assert users.client(users.person(Role.ADMIN)).get(path).status_code == 200
    assert users.client(users.person(Role.OFFICE)).get(path).status_code == 403
    assert users.client(users.person(Role.UNIT, "区教委")).get(path).status_code == 403
    assert users.anybody().get(path, headers={"accept": "application/json"}).status_code == 401


def test_a_proxy_is_believed_at_its_own_address_alone(tmp_path: Path) -> None:
    proxy = ProxySettings(addresses=("10.0.0.5/32", "fd00::/8"), admin="guan")
    with here(tmp_path, Mode.PROXY, proxy=proxy) as proxied:
        told = {"x-forwarded-user": "guan"}
        assert not is_in(proxied.anybody("192.0.2.7", **told))
        claims = {"x-forwarded-for": "10.0.0.5", "x-real-ip": "10.0.0.5", "forwarded": "for=10.0.0.5"}
        assert not is_in(proxied.anybody("192.0.2.7", **told, **claims))
        admin = proxied.anybody("10.0.0.5", **told)
        assert is_in(admin), "the first administrator has an account at once"
        assert is_in(proxied.anybody("::ffff:10.0.0.5", **told))
        assert is_in(proxied.anybody("fd00::17", **told))
        assert not is_in(proxied.anybody("10.0.0.5"))
        unknown = proxied.anybody("10.0.0.5", **{"x-forwarded-user": "li"})
        assert not is_in(unknown)
        assert "开通账号" in unknown.get("/login").text
        assert admin.post("/people", data={"login": "li", "called": "李某", "role": "OFFICE"}).status_code == 303
        assert is_in(unknown)
        both = proxied.anybody("10.0.0.5")
        both.headers = [("x-forwarded-user", "li"), ("x-forwarded-user", "guan")]
        assert not is_in(both), "two names are none"
        assert admin.post("/logout", headers={"origin": "http://evil.example"}).status_code == 403
        chinese = proxied.anybody("10.0.0.5")
        chinese.headers = [(b"x-forwarded-user", "王某".encode())]
        assert not is_in(chinese)
        assert admin.post("/people", data={"login": "王某", "called": "王某", "role": "OFFICE"}).status_code == 303
        assert is_in(chinese)


@pytest.mark.row("H5", "refused")
def test_passwords_are_hashed_two_at_a_time_and_a_crowd_is_told_to_wait() -> None:
    for _ in range(10):
        passwords._WAITING.acquire()
    try:
        with pytest.raises(TooMany) as full:
            passwords.is_right(GOOD, None)
    finally:
        for _ in range(10):
            passwords._WAITING.release()
    assert full.value.retry_after == 3
    assert passwords.is_right(GOOD, None) is False
    assert passwords.is_right(GOOD, hashed()) is True
    assert passwords.hashed(GOOD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
