"""What worker processes are given to do in the tests of the engines: small functions that can be pickled."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

from reportgen.problems import InputError, Location, error


def double(value: int) -> int:
    return 2 * value


def pid(_: int = 0) -> int:
    return os.getpid()


def think(value: int, seconds: float) -> tuple[int, bytes]:
    """Computes for a while, as rendering does."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        sum(range(2000))
    return value, f"{value}".encode() * 1000


def give(size: int, value: int) -> bytes:
    return value.to_bytes(4, "big") * (size // 4)


def kill_itself(by: int, marks: str = "") -> int:
    """Ends by a signal: every time, or, if there is a folder for its mark, the first time alone."""
    if not marks or not (Path(marks) / "mark").exists():
        if marks:
            (Path(marks) / "mark").touch()
        os.kill(os.getpid(), by)
        time.sleep(60)
    return os.getpid()


def leave_a_file_and_end(by: int) -> None:
    temporary_file("半截")
    os.kill(os.getpid(), by)
    time.sleep(60)


def leave(code: int) -> None:
    os._exit(code)


def exit_politely(code: int) -> None:
    raise SystemExit(code)


def hang(how: str) -> int:
    """Never ends: asleep, in a loop of Python, in one of C that lets nobody else run."""
    match how:
        case "sleep":
            time.sleep(3600)
        case "loop":
            while True:
                pass
        case "c":
            return len(str(3 ** (3**21)))
    return 0


def swallow(size: int) -> int:
    kept = []
    for _ in range(size // 10_000_000):
        kept.append(bytes(10_000_000))
    return len(kept)


def odd_failure_for_want_of_memory() -> None:
    """As libraries in C do: something else is raised where there is no memory."""
    try:
        swallow(10**12)
    except MemoryError:
        raise SystemError("error return without exception set") from None


def stumble() -> float:
    return 1 / len("")


def refuse(marks: str) -> None:
    with (Path(marks) / "begun").open("a") as file:
        file.write("x")
    raise InputError([error("ledger.no-rows", "甲", "乙", Location(file="台账.xlsx"))])


def unpicklable() -> Any:
    return lambda: None


class Spoilt:
    """What can be packed, and breaks when it is unpacked."""

    def __reduce__(self) -> tuple[Any, ...]:
        return int, ("甲",)


def spoilt() -> Spoilt:
    return Spoilt()


def temporary_file(text: str) -> str:
    file = tempfile.NamedTemporaryFile(delete=False)  # noqa: SIM115
    file.write(text.encode())
    file.close()
    return file.name


def write_file(size: int) -> int:
    with tempfile.TemporaryFile() as file:
        return file.write(bytes(size))


def bounds() -> dict[str, Any]:
    import resource

    names = ("RLIMIT_AS", "RLIMIT_CORE", "RLIMIT_NOFILE", "RLIMIT_FSIZE")
    return {name: resource.getrlimit(getattr(resource, name)) for name in names} | {
        "SIGINT": signal.getsignal(signal.SIGINT)
    }


def any_of(name: str, *arguments: Any) -> Any:
    """One of the functions above, so that one run can have jobs of every kind."""
    return globals()[name](*arguments)
