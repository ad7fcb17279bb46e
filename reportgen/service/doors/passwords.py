"""Passwords (口令): kept as Argon2 hashes, two computed at a time, since each takes its memory and a core."""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore

from pwdlib import PasswordHash

from reportgen.problems import error
from reportgen.service.refusals import Refusal, TooMany

LEAST = 10
MOST = 200
_AT_ONCE = BoundedSemaphore(2)
_WAITING = BoundedSemaphore(10)


def hashed(password: str) -> str:
    """What is kept of a password (口令散列)."""
    with _turn():
        return _hasher().hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Whether this is the password (核对口令); without an account it takes as long to say no."""
    with _turn():
        is_so = _hasher().verify(password[:MOST], kept or _nobodys())
    return is_so and kept is not None


def refuse_weak(password: str, name: str) -> None:
    """Refuse a password that is guessed at once (口令太弱)."""
    if len(password) > MOST:
        raise _weak(f"口令超过 {MOST} 个字符")
    if len(password) < LEAST:
        raise _weak(f"口令不足 {LEAST} 个字符")
    if len(set(password)) < 4 or password.casefold() in (name.casefold() * 3, name.casefold()):
        raise _weak("口令太容易猜到")
    if not password.isprintable():
        raise _weak("口令里有看不见的字符")


def _weak(what: str) -> Refusal:
    fix = f"请用 {LEAST} 个以上的字符，例如几个不相干的词"
    return WrongPassword([error("service.weak-password", what, fix)])


class WrongPassword(Refusal):
    """A password that is not taken (口令不能用)."""

    status = 422


class _turn:
    """One of two places at the hashing; with ten waiting, no further one."""

    def __enter__(self) -> None:
        if not _WAITING.acquire(blocking=False):
            raise TooMany([error("service.busy", "同时登录的人太多", "请过几秒再试")], retry_after=3)
        _AT_ONCE.acquire()

    def __exit__(self, *_: object) -> None:
        _AT_ONCE.release()
        _WAITING.release()


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody's password")
