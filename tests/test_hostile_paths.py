"""Paths that lead elsewhere (指到外面去的路径), in every place of a configuration that names a file.

On the command line a configuration may name any file of whoever runs it; in the service it may name its own order's
files and what comes with the program. Python itself tells what is opened meanwhile.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from reportgen.confine import read_here
from reportgen.naming import is_file_name
from reportgen.problems import ReportError
from reportgen.service.model import JobKind
from reportgen.service.work.confining import NAMING
from tests.fuzz_runs import unclear, watched
from tests.orders import Desk
from tests.projects import CONFIG, ROOT
from tests.reliability.tally import Tally

SECRET = "不该看见"
# OUTSIDE stands for the absolute path of a folder beside the order's; each is tried as it stands and as a YAML file.
PAYLOADS = (
    "../秘密.yaml", "../../outside/秘密.yaml", "a/../../../outside/秘密.yaml", "./../秘密.yaml", "..\\秘密.yaml",
    "a\\..\\..\\秘密.yaml", "OUTSIDE/秘密.yaml", "/OUTSIDE/秘密.yaml", "OUTSIDE/管道.yaml", "OUTSIDE/链接.yaml",
    "/etc/passwd", "/dev/zero", "/dev/stdin", "/proc/self/environ", "/proc/self/cwd/README.md", "/proc/self/fd/0",
    "/proc/self/root/etc/passwd", "~/秘密.yaml", "~root/.ssh/id_rsa", "C:/秘密.yaml", "C:秘密.yaml", "//server/甲.yaml",
    "\\\\server\\share\\甲.yaml", "\\\\?\\C:\\甲.yaml", "file:///etc/passwd", "http://127.0.0.1:9/甲.yaml", "..", "../",
    "a/../../秘密.yaml", "....//秘密.yaml", "..%2f秘密.yaml", "．．/秘密.yaml", "..／秘密.yaml", "a\0/../../秘密.yaml",
    "x" * 5000, "x" * 200, "CON", "|id", "$(id)", "${HOME}/甲.yaml", "*.yaml", "**/*.yaml", ".", "./", "", " ", "-",
    "台账", "配置.yaml",
)  # fmt: skip
FIELDS = [*(".".join(map(str, path)) for path in NAMING), "ledger", "output", "extends of style", "extends of judging"]
# What may be opened besides the order's own folder: the program, Python and its libraries, what the system tells.
OWN = (str(ROOT), sys.prefix, sys.base_prefix, "/usr/lib", "/usr/share", "/proc/self/stat", "/etc/localtime", "/sys/")
_FILE_EVENTS = {"open", "os.listdir", "os.scandir", "os.remove", "os.rename", "os.mkdir", "os.link", "os.symlink"}
_NEVER = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "socket.connect", "socket.getaddrinfo"}


def _desk(folder: Path, field: str, payload: str) -> Desk:
    """An order whose configuration names the payload in that place."""
    desk = Desk(folder / "order")
    named = json.dumps(payload.replace("OUTSIDE", str(folder / "outside")), ensure_ascii=False)
    config = CONFIG
    match field.split("."):
        case ["ledger"]:
            config = config.replace("台账.yaml", named)
        case ["fonts"]:
            config += f"fonts: {{仿宋: {named}}}\n"
        case [key, inner]:
            config += f"{key}: {{{inner}: {named}}}\n"
        case [key] if key.startswith("extends"):
            own = key.rpartition(" ")[2]
            config += f"{own}: 本区.yaml\n"
            desk.put("本区.yaml", f"version: 1\nextends: {named}\n")
        case ["template"]:
            config = config.replace("half-year-report", named)
        case ["previous_ledger"]:
            config += f"previous_ledger: [{named}]\nprevious_period: 1—3月\n"
        case [key]:
            config += f"{key}: {named}\n"
    desk.lay(config=config)
    return desk


def _try_paths(told: Connection, place: str, tries: Sequence[tuple[str, str]], kinds: Sequence[JobKind]) -> None:
    folder = Path(place)
    (folder / "outside").mkdir()
    secret = f"version: 1\n秘密: {SECRET}\n"
    for name in ("outside/秘密.yaml", "秘密.yaml", "order/秘密.yaml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(secret, encoding="utf-8")
    os.mkfifo(folder / "outside/管道.yaml")
    (folder / "outside/链接.yaml").symlink_to("秘密.yaml")
    read_here(lambda name, limits: None)
    touched: list[str] = []
    (folder / "tmp").mkdir()
    tempfile.tempdir = str(folder / "tmp")  # as in a job of the service, each of which has one
    places = (str(folder / each) for each in ("order/given", "order/made", "tmp"))
    own = (*OWN, *places, os.path.realpath(sys.prefix))
    is_watched = False

    def look(event: str, arguments: Any) -> None:
        if not is_watched or event not in _FILE_EVENTS | _NEVER:
            return
        path = os.fspath(arguments[0]) if arguments and isinstance(arguments[0], str | bytes | os.PathLike) else ""
        real = os.path.realpath(os.fsdecode(path)) if path else ""
        if event in _NEVER or (path and not real.startswith(own)):
            touched.append(f"{event} {arguments!r}")

    Desk(folder / "order").lay()
    Desk(folder / "order").do(JobKind.EXAMINE)  # what is imported late is imported now
    sys.addaudithook(look)
    for number, (field, payload) in enumerate(tries):
        told.send(("begun", number))
        desk = _desk(folder, field, payload)
        end, said, wrong = "survived", "", []
        is_watched = True
        for kind in kinds:
            try:
                made = desk.do(kind, **({"ledgers": []} if field == "ledger" else {}), **OPTIONS.get(kind, {}))
            except ReportError as fault:
                problems, said, end = fault.problems, said + str(fault), "refused"
                wrong += [f"{amiss} {each}"[:300] for each in problems if (amiss := unclear(each))]
            else:
                said += json.dumps(made.result, ensure_ascii=False)
                wrong += [name for name in made.files if not all(map(is_file_name, name.split("/")))]
                told_of = made.result.get("problems", ())
                wrong += [each["what"][:300] for each in told_of if len(each["what"] + each.get("fix", "")) > 300]
                if any(each.get("severity") == "error" for each in told_of):
                    end = "refused"
        is_watched = False
        if touched or wrong or SECRET in said:
            told.send(("fault", f"{field}: {payload[:60]!r}: {touched[:3]} {wrong[:2]}"))
            touched.clear()
        else:
            told.send((end, ""))


OPTIONS: dict[JobKind, dict[str, Any]] = {JobKind.BUILD: {"formats": ["txt"]}}


def _tried(tmp_path: Path, tries: Sequence[tuple[str, str]], kinds: Sequence[JobKind], tally: Tally) -> None:
    ends = watched(_try_paths, (str(tmp_path), tuple(tries), tuple(kinds)), lambda number: str(tries[number])[:100])
    tally.survived(ends.survived)
    tally.refused(ends.refused)
    assert ends.faults == []
    assert ends.survived + ends.refused == len(tries)
    assert ends.refused > len(tries) / 2


def _some() -> Iterator[tuple[str, str]]:
    """Each payload in two places, each place with some of them, and with a very long name."""
    yield from ((field, "x" * 5000) for field in FIELDS)
    for number, payload in enumerate(PAYLOADS):
        for step in (0, 5):
            yield FIELDS[(number + step) % len(FIELDS)], payload


@pytest.mark.row("T6")
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name on this system")
def test_a_path_that_leads_elsewhere_opens_nothing_there(tmp_path: Path, tally: Tally) -> None:
    assert len(PAYLOADS) >= 30
    _tried(tmp_path, list(_some()), [JobKind.EXAMINE], tally)


@pytest.mark.campaign
@pytest.mark.row("T6")
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name on this system")
@pytest.mark.parametrize("field", FIELDS)
def test_every_path_in_every_place_opens_nothing_elsewhere(field: str, tmp_path: Path, tally: Tally) -> None:
    as_yaml = [payload for each in PAYLOADS for payload in dict.fromkeys((each, f"{each.removesuffix('.yaml')}.yaml"))]
    that_reads_it = JobKind.FORMS if field.startswith(("returns", "units")) else JobKind.BUILD
    _tried(tmp_path, [(field, each) for each in as_yaml], [JobKind.EXAMINE, that_reads_it], tally)
