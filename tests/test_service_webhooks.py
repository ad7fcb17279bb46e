"""Messages to other systems (完成通知): signed, only to listed addresses, tried again, never led elsewhere."""

from __future__ import annotations

import hashlib
import hmac
import http.server
import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from reportgen.service.jobs import webhooks
from reportgen.service.model import JobKind, Person, Role
from reportgen.service.settings import Settings
from reportgen.service.store import periods
from reportgen.service.store import webhooks as rows
from reportgen.service.store.opening import Store, open_store, reading, utc_now, writing
from tests.test_service_jobs import queue

PERSON = Person(id="a" * 32, name="甲", role=Role.ADMIN)


class Other(http.server.BaseHTTPRequestHandler):
    """Another system: notes what it is told, and answers as the path says."""

    heard: list[tuple[str, dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        if self.path == "/drip":
            with suppress(OSError):  # nobody waits for the end of it
                for letter in b"HTTP/1.1 204 No Content\r\n\r\n":  # an answer, for who waits to its end
                    self.wfile.write(bytes([letter]))
                    time.sleep(0.2)
            return
        status = {"/moved": 302, "/broken": 500}.get(self.path, 204)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def other() -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    heard: list[tuple[str, dict[str, str], bytes]] = []
    handler = type("Handler", (Other,), {"heard": heard})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", heard
        server.shutdown()
        thread.join()


LISTED = ("https://oa.local/notify", "http://10.0.0.5:8080")


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://oa.local/notify", True),
        ("https://oa.local/notify/reports?x=1", True),
        ("https://OA.local:443/notify/a", True),
        ("http://10.0.0.5:8080", True),
        ("http://10.0.0.5:8080/any/where", True),
        ("https://oa.local/notifyall", False),
        ("https://oa.local/", False),
        ("http://oa.local/notify", False),
        ("https://oa.local:8443/notify", False),
        ("https://oa.local.example/notify", False),
        ("https://oa.local@example/notify", False),
        ("https://a:b@oa.local/notify", False),
        ("https://oa.local/notify/../admin", False),
        ("http://10.0.0.5/any", False),
        ("http://10.0.0.5:99999/", False),
        ("http://10.0.0.5:8080\\@example/", False),
        ("http://10.0.0.5:8080/a b", False),
        ("file:///etc/passwd", False),
        ("//oa.local/notify", False),
        ("", False),
    ],
)
def test_an_address_is_allowed_by_its_parts_and_not_by_its_letters(url: str, allowed: bool) -> None:
    assert webhooks.is_allowed(url, LISTED) is allowed


def test_nothing_is_allowed_where_nothing_is_listed() -> None:
    assert not webhooks.is_allowed("http://127.0.0.1/", ())


def test_other_systems_are_told_of_the_end_of_the_jobs_they_asked_about(
    tmp_path: Path, other: tuple[str, list[tuple[str, dict[str, str], bytes]]]
) -> None:
    url, heard = other
    with queue(tmp_path / "data", webhooks=(url,)) as made:
        with writing(made.store) as con:
            _, secret = rows.add_webhook(con, f"{url}/all", [], PERSON)
            rows.add_webhook(con, f"{url}/builds", [JobKind.BUILD], PERSON)
            off, _ = rows.add_webhook(con, f"{url}/off", [], PERSON)
            rows.disable_webhook(con, off.id)
        done, failed = made.ask(), made.ask(deed="refuse")
        made.wait(done)
        made.wait(failed)
        until = time.monotonic() + 10
        while len(heard) < 2 and time.monotonic() < until:
            time.sleep(0.01)
    assert [path for path, _, _ in heard] == ["/all", "/all"]
    told = {json.loads(body)["job"]["id"]: json.loads(body) for _, _, body in heard}
    assert told[done.id]["event"] == "job.done"
    assert told[failed.id]["event"] == "job.failed"
    assert told[failed.id]["job"]["kind"] == "examine"
    for _, headers, body in heard:
        expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        assert headers["x-reportgen-signature"] == f"sha256={expected}"
    assert len({headers["x-reportgen-delivery"] for _, headers, _ in heard}) == 2


class Clock:
    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now


def owed(store: Store, url: str) -> str:
    """A message to that address that is due; the id of the address."""
    with writing(store) as con:
        periods.add(con, "期次", "期次.yaml", PERSON)
        hook, _ = rows.add_webhook(con, url, [], PERSON)
        rows.put_delivery(con, hook.id, "j" * 32, "{}")
    return hook.id


def test_what_does_not_arrive_is_tried_again_later_and_later_and_given_up(
    tmp_path: Path, other: tuple[str, list[tuple[str, dict[str, str], bytes]]]
) -> None:
    url, heard = other
    clock = Clock()
    store = open_store(tmp_path / "data", clock=clock)
    hook, settings = owed(store, f"{url}/broken"), Settings(data=tmp_path, webhooks=(url,))
    waited = []
    while True:
        assert webhooks.deliver_due(store, settings) == 1
        assert webhooks.deliver_due(store, settings) == 0, "at once it is not tried again"
        with reading(store) as con:
            (delivery,) = rows.deliveries_of(con, hook)
        if delivery.due is None:
            break
        waited.append((delivery.due - clock.now).total_seconds())
        clock.now = delivery.due
    assert waited == [60, 300, 1800, 7200, 21600]
    assert (delivery.attempts, delivery.delivered, delivery.answer) == (6, None, "应答 500")
    assert len(heard) == 6
    store.close()


def test_nobody_is_led_elsewhere_nor_kept_waiting(
    tmp_path: Path, other: tuple[str, list[tuple[str, dict[str, str], bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, heard = other
    monkeypatch.setattr(webhooks, "_SECONDS", 0.5)
    moved = webhooks.send(f"{url}/moved", "1", b"{}", "s", (url,))
    slow = webhooks.send(f"{url}/drip", "2", b"{}", "s", (url,))
    nobody = webhooks.send("http://127.0.0.1:9/", "3", b"{}", "s", ("http://127.0.0.1:9",))
    elsewhere = webhooks.send(f"{url}/any", "4", b"{}", "s", ("http://10.0.0.5",))
    assert not any(answer.arrived for answer in (moved, slow, nobody, elsewhere))
    assert "302" in moved.said
    assert [path for path, _, _ in heard] == ["/moved", "/drip"]
