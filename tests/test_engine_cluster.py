"""Work on a Dask cluster (集群渲染): a real scheduler, real workers on loopback: killed, stopped, unlike each other."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from reportgen.engine.cluster import work_on_cluster
from reportgen.engine.cluster_door import Patience
from reportgen.engine.model import Ended, Engine, EngineKind, Job, RenderLimits
from reportgen.engine.work import work
from reportgen.problems import EnvironmentLacking
from reportgen.unit_sets.machine import machine_facts
from reportgen.unit_sets.rendering import Order, Rendered, render
from tests.cluster_jobs import (
    ROOT,
    Cluster,
    cluster,
    descendants,
    end_badly,
    facts_by_worker,
    home_facts,
    is_running,
    kill_worker_or_square,
    lacking_facts,
    same_facts,
    square,
    waits,
)
from tests.units_documents import sample

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills and stops processes as Linux does")

SHORT = Patience(connect=2, workers=0.5, lost=1)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


def engine(made: Cluster, seconds: float = 60, memory_bytes: int = 2 * 1024**3) -> Engine:
    limits = RenderLimits(seconds=seconds, memory_bytes=memory_bytes)
    return Engine(kind=EngineKind.DASK, scheduler=made.address, limits=limits)


def squares(count: int, seconds: float = 0.0) -> Iterator[Job]:
    return (Job(f"第{number}份", (number, seconds)) for number in range(count))


def codes(fault: EnvironmentLacking) -> list[str]:
    return [problem.code for problem in fault.problems]


def only_code(ended: Ended[Any]) -> str:
    assert ended.fault is not None
    assert ended.value is None
    return ended.fault.problems[0].code


def refused(made: Cluster | str, facts: Any = same_facts, patience: Patience = SHORT) -> EnvironmentLacking:
    address = made if isinstance(made, str) else made.address
    with pytest.raises(EnvironmentLacking) as fault:
        list(work_on_cluster(Engine(kind=EngineKind.DASK, scheduler=address), square, squares(1), facts, patience))
    return fault.value


# ---- a run


def test_documents_from_a_cluster_with_a_killed_worker_equal_those_of_this_process(tmp_path: Path) -> None:
    order = Order(("docx", "pdf"), sample().inputs.styles, sample().inputs.fonts)
    documents = dict(list(sample().documents.items())[:8])
    jobs = [Job(unit, (order, document)) for unit, document in documents.items()]
    results: dict[str, Ended[Rendered]] = {}
    with cluster(tmp_path) as made:
        children: set[int] = set()
        for ended in work(engine(made), render, jobs, partial(machine_facts, order.fonts, order.draws)):
            results[ended.name] = ended
            if len(results) == 3:
                children = descendants(made.workers[0].pid)
                made.workers[0].kill()
        waits(lambda: not any(map(is_running, children)), 2)
    assert len(children) > 1
    assert {name: each.value for name, each in results.items()} == {
        unit: render(order, document) for unit, document in documents.items()
    }
    assert all(each.value and each.value.files["pdf"].startswith(b"%PDF") for each in results.values())
    assert sum(each.tries > 1 for each in results.values()) in range(1, 5)


def test_jobs_are_drawn_as_there_is_room_and_the_scheduler_keeps_no_result(two: Cluster) -> None:
    from distributed import Client

    drawn: list[int] = []
    kept: list[int] = []

    def jobs() -> Iterator[Job]:
        for number in range(80):
            drawn.append(number)
            yield Job(str(number), (number,))

    with Client(two.address, set_as_default=False) as other:
        with closing(work_on_cluster(engine(two), square, jobs())) as ended:
            for count, each in enumerate(ended):
                assert each.value is not None
                assert len(drawn) <= count + 1 + 4 * 2
                if count % 20 == 10:
                    kept.append(len(other.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.tasks))))
        waits(lambda: not other.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.tasks)))
    assert len(drawn) == 80
    assert max(kept) <= 4 * 2 + 1


def test_each_bad_end_is_told_and_costs_no_other_job(two: Cluster, tmp_path: Path) -> None:
    hows = ("refuse", "kill", "hang", "eat", "fail", "once", "well")
    jobs = [Job(how, (how, str(tmp_path / how))) for how in hows]
    ended = {
        each.name: each for each in work_on_cluster(engine(two, seconds=1.5, memory_bytes=3 * 1024**3), end_badly, jobs)
    }
    assert ended["well"].value == "well"
    assert ended["once"].value == "once"
    assert only_code(ended["refuse"]) == "test.refused"
    assert only_code(ended["kill"]) == "render.killed"
    assert only_code(ended["hang"]) == "render.too-slow"
    assert only_code(ended["eat"]) == "render.too-big"
    assert only_code(ended["fail"]) == "render.bug"
    begun = {how: (tmp_path / how).read_text().count("\n") for how in hows}
    assert begun == {how: ended[how].tries for how in hows}
    assert [begun[how] for how in ("refuse", "hang", "eat", "fail", "once", "well")] == [1, 2, 2, 2, 2, 1]


def test_workers_of_a_nanny_may_have_children_and_what_kills_each_worker_is_told(tmp_path: Path) -> None:
    with cluster(tmp_path, 2, "--nanny") as made:
        patience = Patience(submissions=1, lost=20)
        jobs = [*squares(6), Job("坏", (-1,))]
        ended = {
            each.name: each for each in work_on_cluster(engine(made), kill_worker_or_square, jobs, same_facts, patience)
        }
        begun = [descendants(worker.pid) for worker in made.workers]
        for worker in made.workers:
            worker.kill()
        waits(lambda: not any(is_running(pid) for pids in begun for pid in pids), 5)
    assert only_code(ended.pop("坏")) == "render.killed"
    assert {each.value for each in ended.values()} == {n * n for n in range(6)}


# ---- its end before the end


def test_closing_the_iterator_ends_everything_within_two_seconds(two: Cluster) -> None:
    ended = work_on_cluster(engine(two), square, [Job("快", (2,)), *squares(9, 50)])
    assert next(ended).name == "快"
    busy = set.union(*(descendants(worker.pid) for worker in two.workers))
    begun = time.monotonic()
    ended.close()
    assert time.monotonic() - begun < 2
    waits(lambda: sum(map(is_running, busy)) <= 4, 2)  # those that fork processes and those that count semaphores
    assert [each.value and each.value[0] for each in work_on_cluster(engine(two), square, squares(1))] == [0]


def test_ctrl_c_ends_the_run_within_two_seconds_without_a_word_of_english(two: Cluster) -> None:
    code = (
        "from tests.test_engine_cluster import *\n"
        f"run = Engine(kind=EngineKind.DASK, scheduler={two.address!r})\n"
        "try:\n"
        "    for ended in work_on_cluster(run, square, [Job('快', (2,)), *squares(9, 50)], same_facts):\n"
        "        print(ended.name, flush=True)\n"
        "except KeyboardInterrupt: print('中断', flush=True)\n"
    )
    with _python(code) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "快\n"
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
        assert time.monotonic() - begun < 2
    assert (out, err, process.returncode) == ("中断\n", "", 0)


def _python(code: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", code], stdout=pipe, stderr=pipe, text=True, env=environment)


def test_a_cluster_without_workers_any_more_and_a_lost_scheduler_end_the_run(tmp_path: Path) -> None:
    with cluster(tmp_path, 1) as made:
        ended = work_on_cluster(engine(made), square, [Job("快", (2,)), *squares(9, 50)], None, SHORT)
        assert next(ended).name == "快"
        made.workers[0].kill()
        assert _lost_within(ended, 10) == "集群中断：1 秒没有一个工作节点；没有做完的没有做出来"
        made.add_worker()
        made.meet()
        ended = work_on_cluster(engine(made), square, [Job("快", (2,)), *squares(9, 50)], None, Patience(lost=1))
        assert next(ended).name == "快"
        assert made.scheduler is not None
        made.scheduler.kill()
        assert "与调度器的连接断了" in _lost_within(ended, 10)


@pytest.mark.campaign
def test_a_scheduler_that_does_not_answer_any_more_is_lost(tmp_path: Path) -> None:
    with cluster(tmp_path, 1) as made:
        patience = Patience(answer=0.5, lost=1)
        ended = work_on_cluster(engine(made), square, [Job("快", (2,)), *squares(9, 50)], None, patience)
        assert next(ended).name == "快"
        assert made.scheduler is not None
        made.scheduler.send_signal(signal.SIGSTOP)
        assert "调度器 1 秒没有回答" in _lost_within(ended, 10)


def _lost_within(ended: Iterator[Ended[Any]], seconds: float) -> str:
    begun = time.monotonic()
    with pytest.raises(EnvironmentLacking) as fault:
        list(ended)
    assert time.monotonic() - begun < seconds
    assert codes(fault.value) == ["cluster.lost"]
    return fault.value.problems[0].what


@pytest.mark.campaign
def test_the_jobs_of_a_worker_that_stands_still_are_made_by_another(tmp_path: Path) -> None:
    with cluster(tmp_path) as made:
        # On a busy machine, a worker that is only slow must not be taken for one that stands still.
        patience = Patience(silence=6 * max(1, os.getloadavg()[0] / (os.cpu_count() or 1)), answer=3, submissions=5)
        run = work_on_cluster(engine(made), square, squares(24, 0.05), None, patience)
        results = [next(run)]
        time.sleep(1)  # now it has results, too, that nobody has come for
        made.workers[0].send_signal(signal.SIGSTOP)
        results += run
        assert sorted(each.value[0] for each in results if each.value) == [n * n for n in range(24)]
        assert codes(refused(made, patience=Patience(answer=3))) == ["cluster.no-answer"]


# ---- what is checked


def test_workers_that_differ_are_told_by_name_with_both_values(two: Cluster) -> None:
    fault = refused(two, partial(home_facts, os.getpid()))
    assert codes(fault) == ["cluster.differs", "cluster.differs"]
    what = sorted(problem.what for problem in fault.problems)[0]
    assert what.startswith("工作节点「w0」（127.0.0.1:")
    assert what.endswith("）与本机不一致，做出的文件会不同。Pango：那边 1.40.0，本机 1.50.12")


def test_a_worker_that_lacks_faces_says_so(two: Cluster) -> None:
    fault = refused(two, partial(lacking_facts, os.getpid()))
    assert codes(fault) == ["cluster.differs", "cluster.differs"]
    assert "不能渲染：这台机器没有可用的中文字体（仿宋）" in str(fault)


def test_no_worker_and_one_without_reportgen_are_told(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text(OLD)
    with cluster(tmp_path, 0) as made:
        assert codes(refused(made)) == ["cluster.no-workers"]
        made.add_worker("--preload", str(tmp_path / "hide.py"), name="bare")
        made.add_worker("--preload", str(tmp_path / "old.py"), name="old")
        made.meet()
        fault = refused(made)
    assert codes(fault) == ["cluster.differs", "cluster.differs"]
    assert "「bare」" in str(fault)
    assert "没有装 reportgen，或装的版本太旧" in str(fault)
    assert "distributed：那边 2024.1.0，本机 " in str(fault)


OLD = """\
from distributed import versions
versions._version_cached = lambda name, real=versions._version_cached: (
    "2024.1.0" if name == "distributed" else real(name)
)
"""


@pytest.mark.campaign
def test_workers_that_join_later_and_are_unlike_make_nothing_that_is_taken(tmp_path: Path) -> None:
    with cluster(tmp_path, 1) as made:
        run = work_on_cluster(engine(made), square, squares(80, 0.1), facts_by_worker)
        results = [next(run)]
        made.add_worker(name="unlike", TEST_PANGO="1.40.0")
        made.add_worker("--preload", str(tmp_path / "hide.py"), name="bare")
        made.meet()
        results += run
        assert sorted(each.value[0] for each in results if each.value) == [n * n for n in range(80)]
        assert {each.value[1] for each in results if each.value} == {made.workers[0].pid}
        assert sum(each.tries > 1 for each in results) > 1
        fault = refused(made, facts_by_worker)
    assert codes(fault) == ["cluster.differs", "cluster.differs"]
    assert "「unlike」" in str(fault)
    assert "「bare」" in str(fault)


def test_a_machine_without_dask_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    fault = refused("tcp://127.0.0.1:8786")
    assert codes(fault) == ["cluster.not-installed"]
    assert 'pip install "duban-reportgen[cluster]"' in str(fault)


# ---- no scheduler


def _nobody(listener: socket.socket) -> str:
    port = listener.getsockname()[1]
    listener.close()
    return f"tcp://127.0.0.1:{port}"


def _silent(listener: socket.socket) -> str:
    return f"tcp://127.0.0.1:{listener.getsockname()[1]}"


def _web_server(listener: socket.socket) -> str:
    def answer() -> None:
        for _ in range(2):
            taken, _ = listener.accept()
            taken.settimeout(1)
            try:
                taken.recv(1000)
            finally:
                taken.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                taken.close()

    threading.Thread(target=answer, daemon=True).start()
    return _silent(listener)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (_nobody, "端口没有程序在听"),
        (_silent, "那里的程序不像 Dask 调度器那样回答"),
        (_web_server, "那里的程序不像 Dask 调度器那样回答"),
        ("tcp://no-such-machine.invalid:8786", "找不到名为「no-such-machine.invalid」的机器"),
        ("http://127.0.0.1:8786", "地址应以 tcp:// 或 tls:// 开头"),
        ("tcp://127.0.0.1", "地址里没有机器或端口"),
        ("tcp://127.0.0.1:87860", "地址里没有机器或端口"),
        ("tcp://集群 主机:8786", "地址里没有机器或端口"),
        ("集群", "地址里没有机器或端口"),
    ],
)
def test_a_scheduler_that_is_not_there_is_told_in_one_sentence(
    address: str | Callable[[socket.socket], str], why: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        begun = time.monotonic()
        fault = refused(address if isinstance(address, str) else address(listener))
        assert time.monotonic() - begun < 4
    assert codes(fault) == ["cluster.unreachable"]
    assert fault.problems[0].what.endswith(why)
    assert capfd.readouterr() == ("", "")


def test_the_address_of_a_worker_is_none_of_a_scheduler(two: Cluster) -> None:
    from distributed import Client

    with Client(two.address, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=20)
        worker = next(iter(client.nthreads()))
    assert refused(worker).problems[0].what.endswith("这是工作节点的地址，不是调度器的")
