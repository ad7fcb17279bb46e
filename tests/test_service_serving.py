"""`reportgen serve` (服务进程): it starts quickly, is alone, ends cleanly, and nobody holds it up."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi.responses import FileResponse

from reportgen.service import serving as serving_process
from reportgen.service.app import make_app
from reportgen.service.office.desk import Desk
from reportgen.service.office.setting.configuration_files import _CONFIGURATION, _FORMER_LEDGER, _LEDGER, _REGISTER
from reportgen.service.settings import Mode, Settings
from reportgen.service.store.opening import open_store
from tests.projects import ROOT, run, run_anew
from tests.services import begin, serving

MB = 1024 * 1024
HEAVY = ("weasyprint", "pypdfium2", "openpyxl", "lxml", "matplotlib", "docx", "pandas", "pikepdf", "PIL", "rapidfuzz")


def processor_seconds(process: int) -> float:
    """What a process has used so far; the clock of a busy machine says nothing about the program."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_it_starts_quickly_is_alone_prints_one_address_and_ends_well(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as local:
        assert processor_seconds(local.process.pid) < 3
        assert httpx.get(f"{local.url}/healthz", trust_env=False, timeout=30).json() == {"ok": True}
        assert local.start.startswith(f"{local.url}/start?token=")
        assert local.anybody().get(local.start).headers["location"] == "/"
        assert local.heavy() == []
        second = run("serve", "--data", local.data)
        assert second.returncode == 4
        assert "[service.already-serving] 另一个服务正在使用数据文件夹「data」" in second.stderr
        taken = run("serve", "--data", tmp_path / "other", "--port", str(local.port))
        assert taken.returncode == 3
        assert f"[service.port-taken] 端口 {local.port} 已被别的程序占用" in taken.stderr
        further = run("serve", "--link", "--data", local.data)
        assert further.stdout.startswith(f"{local.url}/start?token="), "the port that it really has"
        assert local.anybody().get(further.stdout.strip()).headers["location"] == "/"
        assert local.stop(signal.SIGTERM) == 0
        assert "Traceback" not in local.log
        assert f"{local.url}" not in run("serve", "--link", "--data", local.data).stdout, "it is not there any more"
    again = begin(local.data)
    assert again.stop(signal.SIGINT) == 0
    assert "Traceback" not in again.log
    assert not (local.data / "serving.lock").exists()


def test_what_keeps_it_from_starting_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for arguments, code, said in (
        (("--data", tmp_path / "file"), 4, "[service.data-folder]"),
        (("--data", tmp_path / "a", "--host", "192.0.2.250"), 1, "只能在本机打开"),
        (("--data", tmp_path / "b", "--host", "127.0.0.256"), 1, "只能在本机打开"),
    ):
        told = run("serve", *arguments)
        assert told.returncode == code, told.stderr
        assert said in told.stderr
        assert "Traceback" not in told.stderr
    users = tmp_path / "users"
    users.mkdir()
    (users / "service.yaml").write_text("mode: users\nport: 0x1\n", encoding="utf-8")
    told = run("serve", "--data", users)
    assert (told.returncode, "service.yaml:2:1（port）" in told.stderr) == (1, True)
    (users / "service.yaml").write_text("mode: users\nhost: 192.0.2.250\n", encoding="utf-8")
    told = run("serve", "--data", users)
    assert (told.returncode, "[service.no-address]" in told.stderr) == (3, True)
    (users / "service.yaml").write_text("database: nonsense\n", encoding="utf-8")
    told = run("serve", "--data", users)
    assert (told.returncode, "[service.database-url]" in told.stderr) == (3, True)
    lacking = run_anew("serve", "--data", str(tmp_path / "c"), before="import sys; sys.modules['fastapi'] = None")
    assert lacking.returncode == 3
    assert 'pip install "duban-reportgen[service]"' in lacking.stderr


@pytest.mark.row("R1")
def test_the_web_process_loads_nothing_that_reads_or_renders() -> None:
    code = (
        "import sys, tempfile, warnings; from pathlib import Path; warnings.simplefilter('ignore')\n"
        "from tests.service_desks import here\n"
        "import reportgen.service.serving\n"
        "with tempfile.TemporaryDirectory() as folder, here(Path(folder)) as desk:\n"
        "    from reportgen.service.model import Role\n"
        "    admin = desk.client(desk.person(Role.ADMIN))\n"
        "    made = admin.post('/periods/new/sample')\n"
        "    assert made.status_code == 303, made.text\n"
        "    place = made.headers['location'].rstrip('/')\n"
        "    sent = {'file': ('台账.xlsx', admin.get(f'{place}/ledger/1').content)}\n"
        "    assert admin.post(f'{place}/ledger', files=sent).status_code == 303\n"
        "    values = {'title': '一期', 'version': '1', 'number': '青督〔2026〕5号'}\n"
        "    assert admin.post(f'{place}/setting', data=values).status_code == 303\n"
        "    assert admin.post(f'{place}/file-copies', data={'key': 'template'}).status_code == 303\n"
        "    paths = ['/', '/periods/new', '/account', '/people', '/help', '/metrics', '/api/openapi.json']\n"
        "    sections = 'setting ledger problems verdicts preview downloads overview units editions files'.split()\n"
        "    paths += [f'{place}/{each}' for each in sections]\n"
        "    paths += [f'{place}/file-differences/配置.yaml?before=1&after=2', f'{place}/files/配置.yaml']\n"
        "    paths += ['/api/guide', *(f'/api{place}/{each}' for each in ('problems', 'verdicts', 'units'))]\n"
        "    for path in paths:\n"
        "        assert admin.get(path).status_code == 200, path\n"
        f"print('loaded', sorted(set(sys.modules) & set({HEAVY!r})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, cwd=ROOT)
    assert done.stdout.splitlines()[-1:] == ["loaded []"], done.stderr


@dataclass
class Near:
    """A server in a thread of this process."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self, text: str = "", buffer: int = 0) -> socket.socket:
        """A connection on which so much was sent."""
        made = socket.socket()
        if buffer:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        made.settimeout(30)
        made.connect(("127.0.0.1", self.port))
        made.sendall(text.encode())
        return made


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Near]:
    with pytest.MonkeyPatch.context() as patched:
        for name, seconds in (("HEAD_SECONDS", 0.6), ("STUCK_SECONDS", 0.6), ("IDLE_SECONDS", 1), ("END_SECONDS", 1)):
            patched.setattr(serving_process, name, seconds)
        with _near(tmp_path_factory.mktemp("near")) as made:
            yield made


@contextmanager
def _near(folder: Path) -> Iterator[Near]:
    settings = Settings(data=folder, mode=Mode.USERS, upload_mb=3)
    store = open_store(folder)
    app = make_app(Desk(store, settings))
    large = folder / "large.bin"
    large.write_bytes(b"\0" * 8 * MB)

    @app.get("/large")
    def download() -> FileResponse:
        return FileResponse(large, filename="报告“一”.pdf")

    listening = socket.create_server(("127.0.0.1", 0), backlog=200)
    ready = threading.Event()
    server = serving_process.Server(app, ready.set)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
    thread.start()
    try:
        assert ready.wait(20)
        yield Near(listening.getsockname()[1], folder)
    finally:
        server.should_exit = True
        thread.join()
        store.close()


def closed_after(connection: socket.socket) -> float:
    """Seconds until the other side closes."""
    begun = time.monotonic()
    try:
        while connection.recv(65536):
            pass
    except ConnectionResetError:
        pass
    return time.monotonic() - begun


def test_a_head_that_never_ends_is_ended_on_the_first_request_and_on_a_later_one(near: Near) -> None:
    with near.connect("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ") as first:
        until_closed = threading.Thread(target=drip, args=(first,))
        until_closed.start()
        assert closed_after(first) < 10
        until_closed.join()
    with near.connect("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") as later:
        assert is_well(later)
        later.sendall(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
        assert closed_after(later) < 10
    with near.connect("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") as kept:
        assert is_well(kept)
        time.sleep(0.7)
        kept.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert is_well(kept), "an idle connection has its own, longer time"
    with near.connect("GET / HTTP/1.1\r\nHost: x\r\nX: " + "x" * 100_000) as endless:
        assert endless.recv(100).startswith(b"HTTP/1.1 400")


def is_well(connection: socket.socket) -> bool:
    """Whether the answer of /healthz comes."""
    answer = b""
    while b'{"ok":true}' not in answer:
        answer += connection.recv(65536) or b'{"ok":true}?'
    return answer.endswith(b'{"ok":true}')


def drip(connection: socket.socket) -> None:
    try:
        while True:
            connection.sendall(b"1\r\nx\r\n")
            time.sleep(0.1)
    except OSError:
        pass


def test_fifty_slow_connections_keep_nobody_waiting(near: Near) -> None:
    with httpx.Client(base_url=near.url, trust_env=False, timeout=30) as client:

        def slowest_but_one() -> float:
            taken = []
            for _ in range(20):
                begun = time.monotonic()
                assert client.get("/login").status_code == 200
                taken.append(time.monotonic() - begun)
            return sorted(taken)[-2]

        alone = slowest_but_one()
        head = "POST /login HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nContent-Length: 1000\r\n"
        kind = "Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin="
        slow = [near.connect(head + kind) for _ in range(50)]
        try:
            # Other programs of the machine may get in between; they are not in the way each time.
            assert any(slowest_but_one() <= 2 * alone + 0.2 for _ in range(3))
        finally:
            for connection in slow:
                connection.close()


def test_a_hundred_downloads_that_break_off_and_one_that_nobody_takes_leave_nothing_open(near: Near) -> None:
    with httpx.Client(base_url=near.url, trust_env=False, timeout=30) as client:
        whole = client.get("/large")
        assert len(whole.content) == 8 * MB
        assert whole.headers["content-disposition"].startswith("attachment; filename*=utf-8''")
    before = open_files()
    for _ in range(100):
        with near.connect("GET /large HTTP/1.1\r\nHost: x\r\n\r\n", buffer=4096) as download:
            assert download.recv(1000).startswith(b"HTTP/1.1 200")
    stuck = near.connect("GET /large HTTP/1.1\r\nHost: x\r\n\r\n", buffer=4096)
    time.sleep(1.5)
    assert closed_after(stuck) < 10, "long before eight megabytes could come by"
    stuck.close()
    end = time.monotonic() + 10
    while open_files() > before:
        assert time.monotonic() < end
        time.sleep(0.05)


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize(
    "head",
    [
        "\0\1\r\n\r\n",
        "GET /login\r\n\r\n",
        "GET /login HTTP/1.1\r\n\r\n",
        "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        "POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    ],
)
def test_what_is_no_request_is_told_in_words_that_people_read(near: Near, head: str) -> None:
    with near.connect(head) as connection:
        told = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    assert told.startswith("HTTP/1.1 400 ")
    assert told.endswith("这个请求看不懂。请在浏览器里打开本系统的网址；用接口的请对照接口说明。\n")


def _status(connection: socket.socket) -> str:
    """The status of an answer of /healthz, all of it taken."""
    told = b""
    while not told.endswith(b'{"ok":true}'):
        told += connection.recv(65536)
    return told.decode().split()[1]


def test_a_connection_too_many_is_told_so_and_those_before_it_are_served(
    near: Near, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    with near.connect(ask) as first:
        assert _status(first) == "200"
        monkeypatch.setattr(serving_process, "CONNECTIONS", 1)
        with near.connect(ask) as second:
            told = b"".join(iter(lambda: second.recv(65536), b"")).decode()
        assert told.startswith("HTTP/1.1 503")
        assert "retry-after: 5" in told
        assert told.endswith("同时打开的连接太多，请过几秒再试。\n")
        first.sendall(ask.encode())
        assert _status(first) == "200"


def test_an_endless_stream_is_refused_before_it_fills_anything(near: Near) -> None:
    kind = "Content-Type: multipart/form-data; boundary=x\r\n"
    head = f"POST /login HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\n{kind}Transfer-Encoding: chunked\r\n\r\n"
    with near.connect(head) as connection:
        assert b"401" in connection.recv(100), "nobody who is unknown sends files"
    with near.connect(head.replace(kind, "")) as unread:
        threading.Thread(target=drip, args=(unread,)).start()
        assert unread.recv(100).startswith(b"HTTP/1.1 422"), "an answer before the end of what nobody reads"
        assert closed_after(unread) < 10
    kind = "Content-Type: application/x-www-form-urlencoded\r\n"
    head = f"POST /login HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\n{kind}Transfer-Encoding: chunked\r\n\r\n"
    piece = b"10000\r\n" + b"\0" * 65536 + b"\r\n"
    with near.connect(head) as connection:
        sent, answer = 0, b""
        try:
            while sent < 10 * 1024 * MB and not answer:
                connection.sendall(piece)
                sent += len(piece)
                connection.setblocking(False)
                try:
                    answer = connection.recv(65536)
                except BlockingIOError:
                    pass
                finally:
                    connection.setblocking(True)
        except OSError:
            pass
    assert answer.startswith(b"HTTP/1.1 413"), (sent, answer)
    assert sent < 51 * MB
    lying = near.connect("POST /login HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nContent-Length: 10000000000\r\n\r\n")
    with lying:
        assert lying.recv(100).startswith(b"HTTP/1.1 413")
    twice = near.connect("POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc")
    with twice:
        assert twice.recv(100).startswith(b"HTTP/1.1 400")


def test_an_installed_package_has_all_that_the_service_needs(tmp_path: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder

    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("pages/templates", "pages/static", "store/migrations"):
        files = [path for path in (ROOT / "reportgen/service" / folder).rglob("*.*") if "__pycache__" not in path.parts]
        assert files
        assert [path.name for path in files if path.relative_to(ROOT).as_posix() not in names] == []
    samples = [path for path in (_CONFIGURATION, _REGISTER, _LEDGER, _FORMER_LEDGER) if (ROOT / path).is_file()]
    assert len(samples) == 4
    assert [path for path in samples if f"reportgen/data/{path}" not in names] == []
    assert not [name for name in names if re.search(r"(^|/)(tests|service\.yaml|.*\.db)(/|$)", name)]
