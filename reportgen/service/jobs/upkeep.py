"""What goes on beside the jobs (日常维护): other systems are told, what is old is dropped, once an hour."""

from __future__ import annotations

import logging
import threading
import time

from reportgen.problems import ReportError
from reportgen.service.jobs import retention, webhooks
from reportgen.service.settings import Settings
from reportgen.service.store import webhooks as rows
from reportgen.service.store.opening import Store, reading

_log = logging.getLogger(__name__)

_CLEAN_EVERY = 3600.0
# The first time a while after the start, which others wait for.
_FIRST_CLEANING = 120.0
_LOOK = 60.0
_CLOSING = 0.5


class Upkeep:
    """A thread that nobody waits for (维护线程): what it is at may be done again by the next one."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._wake = threading.Event()
        self._ends = False
        self._thread = threading.Thread(target=self._run, name="reportgen-upkeep", daemon=True)

    def start(self) -> None:
        """Begin (启动维护)."""
        self._thread.start()

    def look(self) -> None:
        """A job has ended; somebody may have to be told (有任务结束)."""
        self._wake.set()

    def stop(self) -> None:
        """Ask it to end (停止维护); one that waits for another system's answer is left to itself."""
        self._ends = True
        self._wake.set()
        self._thread.join(_CLOSING)

    def _run(self) -> None:
        clean_at = time.monotonic() + _FIRST_CLEANING
        while not self._ends:
            self._wake.clear()
            try:
                while not self._ends and webhooks.deliver_due(self._store, self._settings):
                    pass
                if time.monotonic() >= clean_at:
                    clean_at = time.monotonic() + _CLEAN_EVERY
                    retention.clean(self._store, self._settings)
                self._wake.wait(self._pause())
            except ReportError as fault:  # a full disk, a busy database: the next time
                _log.warning("upkeep: %s", fault.problems[0].what)
                self._wake.wait(_LOOK)
            except Exception:
                if self._ends:
                    return
                _log.exception("upkeep failed and is tried again")
                self._wake.wait(_LOOK)

    def _pause(self) -> float:
        with reading(self._store) as con:
            due = rows.next_due(con)
        if due is None:
            return _LOOK
        return max(0.0, min(_LOOK, (due - self._store.clock()).total_seconds()))
