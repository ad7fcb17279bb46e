"""The door of a cluster (接入集群): is a scheduler there, are workers there, and do they make the same bytes as we do?

Everything that can be wrong with a cluster before the run is told here, in Chinese; what distributed and tornado log
in English goes nowhere meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
import re
import socket
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from reportgen.engine import on_worker
from reportgen.engine.model import Facts, RenderLimits
from reportgen.problems import EnvironmentLacking, Problem, ReportError, error

PORT = 8786
INSTALL = 'pip install "duban-reportgen[cluster]"'
# Dask's own parts that must be the same at both ends, or messages are not understood; the rest may differ.
_DASK_PARTS = ("dask", "distributed", "msgpack", "cloudpickle")
_TOLD_WORKERS, _TOLD_FACTS = 20, 4


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a run waits for a cluster (等待时间), in seconds, and how often a job is given to it.

    `lost`: without any worker, or without an answer of the scheduler. `grace`: beside the limit of a job, for its
    process to start and for the way. `silence`: how long nothing may be heard of a job; 0 is reckoned from its limit.
    `submissions`: after each Dask lets a job be lost with four workers.
    """

    connect: float = 8
    workers: float = 10
    answer: float = 10
    check: float = 60
    lost: float = 30
    grace: float = 20
    silence: float = 0
    submissions: int = 2


@contextmanager
def connected(address: str, patience: Patience) -> Iterator[Any]:
    """A client of the scheduler at `address` (连接), its loggers silent; closed at the end within a second.

    Raises `EnvironmentLacking` where there is none.
    """
    try:
        from distributed import Client
    except ImportError:
        what = "没有装用集群的程序包（dask、distributed）"
        raise _lacking("cluster.not-installed", what, f"请运行 {INSTALL}；不用集群请写 --engine local") from None
    with _silent():
        _greet(address, patience.connect)
        client = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # versions that differ are told by `check`
                client = Client(
                    address, timeout=patience.connect, set_as_default=False, name="reportgen", direct_to_workers=False
                )
        except Exception as fault:
            raise _unreachable(address, "没有接受连接", _DIFFERENT) from fault
        try:
            yield client
        finally:
            with suppress(Exception):
                client.close(timeout=1)


@contextmanager
def _silent() -> Iterator[None]:
    """Without the log lines of the libraries, whose English would stand between our sentences."""
    with ExitStack() as restored:
        for name in ("distributed", "tornado", "asyncio", *logging.root.manager.loggerDict):
            if name.partition(".")[0] not in ("distributed", "tornado", "asyncio"):
                continue
            logger = logging.getLogger(name)
            restored.callback(setattr, logger, "handlers", list(logger.handlers))
            restored.callback(setattr, logger, "propagate", logger.propagate)
            logger.handlers, logger.propagate = [logging.NullHandler()], False
        yield


_ADDRESS = f"请写成 tcp://地址:{PORT} 的样子，地址是运行 dask scheduler 的机器"
_START = "请在那台机器上运行 dask scheduler，核对地址和端口，看防火墙是否放行；不用集群请写 --engine local"
_DIFFERENT = "请核对地址和端口，并让两边的 dask、distributed 版本一致；不用集群请写 --engine local"


def _greet(address: str, seconds: float) -> None:
    """Raises `EnvironmentLacking` that says why no scheduler answers at the address.

    What distributed itself would say after its whole time limit is the same for all the reasons.
    """
    host, port = _host_and_port(address)
    try:
        socket.create_connection((host, port), timeout=seconds).close()
    except TimeoutError:
        raise _unreachable(address, f"{seconds:g} 秒内没有回答", _START) from None
    except socket.gaierror:
        raise _unreachable(address, f"找不到名为「{host[:60]}」的机器", _ADDRESS) from None
    except ConnectionRefusedError:
        raise _unreachable(address, f"那台机器的 {port} 端口没有程序在听", _START) from None
    except (OSError, UnicodeError):
        raise _unreachable(address, "到那台机器的网络不通", _START) from None
    with ThreadPoolExecutor(1) as apart:  # the caller may have a running event loop
        try:
            kind = apart.submit(asyncio.run, _kind_of(address, seconds)).result()
        except Exception:  # whatever a stranger's answer makes of the protocol: MemoryError among others
            kind = None
    if kind is None:
        raise _unreachable(address, "那里的程序不像 Dask 调度器那样回答", _DIFFERENT)
    if kind != "Scheduler":
        raise _unreachable(address, "这是工作节点的地址，不是调度器的", _ADDRESS)


async def _kind_of(address: str, seconds: float) -> str:
    from distributed.core import rpc
    from distributed.security import Security

    remote = rpc(address, timeout=seconds, connection_args=Security().get_connection_args("client"))
    try:
        return str((await asyncio.wait_for(remote.identity(), seconds))["type"])
    finally:
        await remote.close_rpc()


def _host_and_port(address: str) -> tuple[str, int]:
    try:
        parts = urlsplit(address if "://" in address else f"tcp://{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    else:
        if parts.scheme not in ("tcp", "tls"):
            raise _unreachable(address, "地址应以 tcp:// 或 tls:// 开头", _ADDRESS)
    if not host or not port or re.search(r"\s", address):
        raise _unreachable(address, "地址里没有机器或端口", _ADDRESS)
    return host, port


def _unreachable(address: str, why: str, fix: str) -> EnvironmentLacking:
    return _lacking("cluster.unreachable", f"用不了调度器「{address[:80]}」：{why}", fix)


def _lacking(code: str, what: str, fix: str) -> EnvironmentLacking:
    return EnvironmentLacking([error(code, what, fix)])


# ---- before the run


def check(client: Any, mine: Mapping[str, str], facts: Facts | None, limits: RenderLimits, patience: Patience) -> None:
    """Raises `EnvironmentLacking` unless workers are there and each of them agrees with this machine (运行前核对)."""
    addresses = _awaited(client, patience)
    problems = list(_scheduler_differs(client, patience))
    told = differing(client, addresses, mine, facts, limits, patience)
    problems += list(told.values())[:_TOLD_WORKERS]
    if len(told) > _TOLD_WORKERS:
        what = f"还有 {len(told) - _TOLD_WORKERS} 个工作节点不能用，没有一一列出"
        problems.append(error("cluster.differs", what, "请先改好上面的工作节点，再运行一次"))
    if problems:
        raise EnvironmentLacking(problems)


def _awaited(client: Any, patience: Patience) -> tuple[str, ...]:
    end = time.monotonic() + patience.workers
    while True:
        with suppress(Exception):
            if workers := tuple(client.nthreads(callback_timeout=patience.answer)):
                return workers
        if time.monotonic() > end:
            what = f"调度器在，但 {patience.workers:g} 秒内没有一个工作节点"
            fix = "请在各工作节点上运行 dask worker 调度器地址，再运行一次；不用集群请写 --engine local"
            raise _lacking("cluster.no-workers", what, fix)
        time.sleep(0.2)


def _scheduler_differs(client: Any, patience: Patience) -> Iterator[Problem]:
    from distributed.versions import get_versions

    with suppress(Exception):
        theirs = client.sync(client.scheduler.versions, callback_timeout=patience.answer)
        own = _parts(get_versions(), ("dask", "distributed"))
        yield from _told("调度器", own, _parts(theirs, ("dask", "distributed")))


def differing(
    client: Any,
    addresses: Sequence[str],
    mine: Mapping[str, str],
    facts: Facts | None,
    limits: RenderLimits,
    patience: Patience,
) -> dict[str, Problem]:
    """The workers that do not agree with this machine (不一致的工作节点), with what is to be said of each."""
    if not addresses:
        return {}
    asked = pickle.dumps(facts)
    names = _names(client, patience)
    found: dict[str, Problem] = {}
    with ThreadPoolExecutor(min(32, len(addresses))) as at_once:
        calls = {
            address: at_once.submit(
                _disagreement, client, address, names.get(address, ""), mine, asked, limits, patience
            )
            for address in addresses
        }
        for address, call in calls.items():
            if problem := call.result():
                found[address] = problem
    return found


def _names(client: Any, patience: Patience) -> dict[str, str]:
    with suppress(Exception):
        identity = client.sync(client.scheduler.identity, n_workers=-1, callback_timeout=patience.answer)
        return {address: str(worker.get("name", "")) for address, worker in identity["workers"].items()}
    return {}


def _disagreement(
    client: Any,
    address: str,
    name: str,
    mine: Mapping[str, str],
    asked: bytes,
    limits: RenderLimits,
    patience: Patience,
) -> Problem | None:
    from distributed.versions import get_versions

    place = urlsplit(address).netloc
    who = f"工作节点「{name}」（{place}）" if name and name != address else f"工作节点「{place}」"
    theirs = _asked(client, address, patience.answer, get_versions)
    if isinstance(theirs, TimeoutError):
        return _no_answer(who, patience.answer)
    if isinstance(theirs, Mapping) and (problem := next(_told(who, _parts(get_versions()), _parts(theirs)), None)):
        return problem
    reply = _asked(client, address, patience.check, on_worker.facts_here, asked, limits)
    if isinstance(reply, Mapping):
        return next(_told(who, mine, reply), None)
    if isinstance(reply, ReportError):
        first = reply.problems[0]
        return error("cluster.differs", f"{who}不能渲染：{first.what}", first.fix)
    if isinstance(reply, TimeoutError):
        return _no_answer(who, patience.check)
    if isinstance(reply, OSError):
        return None  # it has just left
    # What fails before the function is found comes as a plain exception with the other's name in its text.
    if isinstance(reply, (ImportError, AttributeError)) or re.search(
        "ImportError|NotFoundError|AttributeError", str(reply)
    ):
        what = f"{who}没有装 reportgen，或装的版本太旧"
        return error("cluster.differs", what, f"请在那台机器上装与本机相同的版本：{INSTALL}，再重新启动 dask worker")
    what = f"{who}核对时出错（{type(reply).__name__}）"
    return error(
        "cluster.differs", what, "请在那台机器上运行 reportgen doctor，重新启动 dask worker；仍然不行请交给维护人员"
    )


def _no_answer(who: str, seconds: float) -> Problem:
    what = f"{who}在 {seconds:g} 秒内没有回答，无法核对"
    return error("cluster.no-answer", what, "请看那台机器是否太忙或已停住，重新启动它的 dask worker，再运行一次")


def _asked(client: Any, address: str, seconds: float, function: Any, *arguments: Any) -> Any:
    """What a worker answers, or the exception that asking it comes to."""
    try:
        replies = client.run(function, *arguments, workers=[address], on_error="return", callback_timeout=seconds)
        return replies.get(address, OSError("gone"))
    except Exception as fault:
        return fault


def _parts(versions: Mapping[str, Any], parts: Iterable[str] = _DASK_PARTS) -> dict[str, str]:
    """The versions of Dask's parts and of Python, as `get_versions` tells them."""
    packages = versions.get("packages") or {}
    python = ".".join(str(packages.get("python", "")).split(".")[:2])
    return {"Python": python, **{part: str(packages.get(part)) for part in parts}}


def _told(who: str, mine: Mapping[str, str], theirs: Mapping[str, str]) -> Iterator[Problem]:
    """One problem if the facts of another machine are not those of this one."""
    names = [name for name in dict.fromkeys((*mine, *theirs)) if mine.get(name) != theirs.get(name)]
    if not names:
        return
    each = [f"{name}：那边 {_short(theirs.get(name))}，本机 {_short(mine.get(name))}" for name in names[:_TOLD_FACTS]]
    more = f"；等 {len(names)} 项" if len(names) > _TOLD_FACTS else ""
    what = f"{who}与本机不一致，做出的文件会不同。{'；'.join(each)}{more}"
    fix = "请在两边装相同的版本和字体，重新启动 dask worker；暂时不要这个工作节点，就先停掉它"
    yield error("cluster.differs", what, fix)


def _short(value: str | None) -> str:
    """A fact as a message shows it: of a hash the beginning."""
    text = re.sub(r"\b([0-9a-f]{8})[0-9a-f]{24,}\b", r"\1…", value or "没有")
    return text if len(text) <= 40 else text[:39] + "…"
