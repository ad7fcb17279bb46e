"""Who takes part (参加比较的做法): we, and what others would use for the same thing.

A peer is one module here; `PEERS` names them all. What a peer is given is made before the clock starts, and what it
makes is read back before its time counts.
"""

from __future__ import annotations

import importlib
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tests.bench.case import Case


class Kind(Enum):
    """What is made (比什么); the value is how the table says it."""

    DOCX = "Word 文件"
    PDF = "PDF"
    READ = "读台账（Excel）"
    SETS = "49 个单位的分送件（Word 和 PDF）"
    COMMAND = "命令（从启动到写完）"


def own_seconds() -> float:
    """The processor time of this process and of all its threads."""
    return time.process_time()


def children_seconds() -> float:
    """That of the processes that it started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def with_children() -> float:
    """Both."""
    return own_seconds() + children_seconds()


def children_kb() -> int:
    """The memory of the largest of those processes at its highest."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


@dataclass(frozen=True)
class Ready:
    """A peer that stands ready in a process (就绪): `given` makes its input of a case, `make` does what is measured.

    `output` makes bytes of that, to be read back. `seconds` tells the processor time spent so far, `highest_kb` how
    much memory the work took at its highest where that is not this process's own. `close` ends what it has started.
    """

    given: Callable[[Case], Any]
    make: Callable[[Any], Any]
    output: Callable[[Any], bytes] = lambda made: bytes(made)
    seconds: Callable[[], float] = own_seconds
    highest_kb: Callable[[], int] | None = None
    close: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Peer:
    """One way to do it (做法): `loaded` makes it ready, in a process of its own, and is named by module and function.

    Only that module is loaded there, so that nobody carries what another one needs. `most` is the largest size it
    takes part with, or `sizes` the only ones, and `why` says why not more; `rounds` are how many rounds of a size it
    can be waited for. `lacking` says what this machine lacks for it.
    """

    name: str
    title: str
    kind: Kind
    loaded: str
    ours: bool = False
    sizes: tuple[int, ...] = ()
    most: int = 100_000
    why: str = ""
    rounds: Mapping[int, int] = field(default_factory=dict)
    lacking: str = ""

    def takes(self, size: int) -> bool:
        """Whether it takes part with a size."""
        return size in self.sizes if self.sizes else 0 < size <= self.most

    def ready(self) -> Ready:
        """Load it."""
        ready: Ready = _function(self.loaded)()
        return ready

    def lacks(self) -> str:
        """What this machine lacks for it, empty if nothing."""
        return str(_function(self.lacking)()) if self.lacking else ""


def _function(name: str) -> Callable[[], Any]:
    module, _, function = name.partition(":")
    found: Callable[[], Any] = getattr(importlib.import_module(f"tests.bench.peers.{module}"), function)
    return found
