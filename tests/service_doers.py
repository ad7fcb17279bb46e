"""What the processes of jobs are given to do in the tests of the queue (任务做法): good, slow, hostile."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from reportgen.confine import LIMITS, confined
from reportgen.limits import held
from reportgen.problems import InputError, Location, error
from reportgen.service.model import Order
from reportgen.service.work.model import Made, Room
from tests.engine_jobs import hang, stumble, swallow


def carry_out(order: Order, room: Room) -> Made:
    """What the order's option `deed` says."""
    deed = order.options.get("deed", "digest")
    text = b"".join((room.given / name).read_bytes() for name in sorted(order.files))
    match deed:
        case "digest":
            return digest(order, room, text)
        case "count":
            for number in range(3):
                room.told("正在数", number, 3)
                time.sleep(0.3)
            return digest(order, room, text)
        case "hand-over":
            # Some pages at once, and what the mark says when somebody has looked: go on, or do as it says.
            for name in ("pages/001.png", "pages/002.png"):
                place = room.made / name
                place.parent.mkdir(exist_ok=True)
                place.write_bytes(f"early {name}".encode())
                room.hand_over(name, place)
            what = mark_in(order.options["marks"])
            if what == "refuse":
                raise InputError([error("ledger.no-rows", "甲", "乙", Location(file="台账.xlsx"))])
            if what == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            place = room.made / "pages/001.png"
            place.write_bytes(b"final")
            return Made(result={"options": {}}, files={"pages/001.png": place})
        case "limits":
            within = confined("来件.docx", held().outside, rows_that_hold)
            return Made(result={"rows": held().tables.rows, "within": within, "options": {}}, files={})
        case "modules":
            return Made(result={"weasyprint": "weasyprint" in sys.modules, "options": {}}, files={})
        case "sleep" | "loop" | "c":
            hang(deed)
        case "swallow":
            swallow(10**12)
        case "stumble":
            stumble()
        case "refuse":
            raise InputError([error("ledger.no-rows", "甲", "乙", Location(file="台账.xlsx"))])
        case "die":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "die-once" | "killed":
            mark = Path(order.options["marks"]) / "mark"
            if deed == "killed" or not mark.exists():
                mark.write_text(str(mark.exists()))
                os.kill(os.getpid(), signal.SIGSEGV if deed == "die-once" else signal.SIGKILL)
                time.sleep(60)
        case "spawn":
            # A child of its own, which nobody is to find later.
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
            (Path(order.options["marks"]) / "pids").write_text(f"{os.getpid()} {child.pid}")
            time.sleep(600)
        case "read":
            confined("来件.docx", replace(LIMITS, seconds=1), hang_or_die, order.options["how"])
        case "fill":
            (room.made / "大").write_bytes(bytes(order.options["size"]))
    return digest(order, room, text)


def mark_in(folder: str) -> str:
    """What somebody writes into the folder while the job waits for it; taken away with it."""
    mark = Path(folder) / "say"
    while not mark.exists():
        time.sleep(0.01)
    mark.rename(taken := mark.with_name("said"))
    return taken.read_text()


def rows_that_hold() -> int:
    """What holds where an outside file is read."""
    return held().tables.rows


def hang_or_die(how: str) -> None:
    """What a hostile file does to whoever reads it."""
    if how == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif how == "swallow":
        swallow(10**12)
    elif how == "stumble":
        stumble()
    else:
        hang(how)


def digest(order: Order, room: Room, text: bytes) -> Made:
    """A small file that says what was given: the same order, the same bytes."""
    time.sleep(order.options.get("seconds", 0))
    place = room.made / "摘要.txt"
    place.write_bytes(hashlib.sha256(text + repr(sorted(order.options.items())).encode()).hexdigest().encode() * 100)
    return Made(result={"size": len(text), "options": dict(order.options)}, files={"摘要.txt": place})
