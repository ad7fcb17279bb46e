"""The course of a benchmark (测速过程): all peers of a size in turn, round by round, each output read back.

An output that is not the same content gives no time at all: its peer is out of that size, with the first difference.
"""

from __future__ import annotations

import io
import json
import statistics
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from subprocess import CalledProcessError

from lxml.etree import XMLSyntaxError

from tests.bench.case import Case, kept_workbook
from tests.bench.contents import Unlike, check_docx, check_pdf, held_against
from tests.bench.peers import Kind, Peer
from tests.bench.peers.ours import told
from tests.bench.peers.unit_sets import documents
from tests.bench.plain import Report, plain
from tests.bench.worker import Cost, Failed, Worker

FROM_WORKBOOK = (Kind.READ, Kind.SETS, Kind.COMMAND)
WARMING = 5
"""The size of the case with which every process is warmed up: imports and faces are not what is compared."""


@dataclass
class Results:
    """What was measured (测得): costs by peer, size and round; and who was left out of which size, and why."""

    costs: dict[tuple[str, int], dict[int, Cost]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def seconds(self, peer: str, size: int) -> float:
        """The median of the rounds."""
        return statistics.median(cost.seconds for cost in self.costs[peer, size].values())

    def megabytes(self, peer: str, size: int) -> float:
        """The most of the rounds."""
        return max(cost.megabytes for cost in self.costs[peer, size].values())

    def ratio(self, peer: str, base: str, size: int) -> float | None:
        """How many times as long as another one: the median of the rounds in which both took part."""
        ones, others = self.costs.get((peer, size), {}), self.costs.get((base, size), {})
        shared = sorted(ones.keys() & others.keys())
        return statistics.median(ones[n].seconds / others[n].seconds for n in shared) if shared else None


@dataclass(frozen=True)
class Wanted:
    """What an output must say: made once for each round."""

    case: Case
    kind: Kind

    def check(self, blob: bytes) -> None:
        """Raises `Unlike` with the first difference."""
        checks: Mapping[Kind, Callable[[bytes], None]] = {
            Kind.DOCX: lambda blob: check_docx(blob, self.report),
            Kind.PDF: lambda blob: check_pdf(blob, self.report),
            Kind.READ: self._check_ledger,
            Kind.SETS: self._check_sets,
            Kind.COMMAND: self._check_command,
        }
        try:
            checks[self.kind](blob)
        except (zipfile.BadZipFile, KeyError, XMLSyntaxError, CalledProcessError, ValueError) as fault:
            raise Unlike(f"读不出来，{fault}") from None

    @cached_property
    def report(self) -> Report:
        """The report as plain data."""
        return plain(self.case.document)

    @cached_property
    def units(self) -> Mapping[str, Report]:
        """What each unit is to get."""
        return {stem: plain(document) for stem, document in documents(self.case).items()}

    def _check_ledger(self, blob: bytes) -> None:
        wanted, said = json.loads(told(self.case.ledger)), json.loads(blob)
        for number, (row, other) in enumerate(zip_longest(wanted, said, fillvalue=()), 1):
            held_against(f"台账第{number}行", "｜".join(other), "｜".join(row))

    def _check_sets(self, blob: bytes) -> None:
        checks = (("docx", check_docx), ("pdf", check_pdf))
        wanted = {f"{stem}.{end}": (report, check) for stem, report in self.units.items() for end, check in checks}
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            held_against("文件", "、".join(sorted(archive.namelist())), "、".join(sorted(wanted)))
            for name, (report, check) in wanted.items():
                try:
                    check(archive.read(name), report)
                except Unlike as fault:
                    raise Unlike(f"{name}，{fault}") from None

    def _check_command(self, blob: bytes) -> None:
        if self.case.tasks:
            check_docx(blob, self.report)
        elif "build" not in blob.decode():
            raise Unlike("--help 没有列出命令")


def run(
    peers: Sequence[Peer], rounds: Mapping[int, int], folder: Path, results: Results, say: Callable[[str], None]
) -> None:
    """All peers of one kind at all sizes, into the results."""
    present = [each for each in peers if not _lacking(each, results)]
    for size, count in rounds.items():
        taking = [each for each in present if each.takes(size)]
        if taking:
            _run_size(taking, size, count, folder, results, say)
    results.left_out += [f"{each.title}：{_limit(each)}，{each.why}" for each in present if each.why]


def _lacking(peer: Peer, results: Results) -> bool:
    reason = peer.lacks()
    if reason:
        results.left_out.append(f"{peer.title}：没有参加，{reason}")
    return bool(reason)


def _limit(peer: Peer) -> str:
    return "只比" + "、".join(f"{size:,}" for size in peer.sizes) + " 行" if peer.sizes else f"只比到 {peer.most:,} 行"


def _run_size(
    peers: Sequence[Peer], size: int, count: int, folder: Path, results: Results, say: Callable[[str], None]
) -> None:
    workers = {each.name: Worker(each, folder, size) for each in peers}
    try:
        # Round 0 is not measured: there a small report is made by each.
        for number in range(count + 1):
            wanted = Wanted(Case(min(size, WARMING) if number == 0 else size, number), peers[0].kind)
            if wanted.kind in FROM_WORKBOOK and wanted.case.tasks:
                kept_workbook(wanted.case)  # here, so that it does not lie about in the memory of a peer
            for each in peers:
                if each.name not in workers or number > each.rounds.get(size, count):
                    continue
                say(f"{each.kind.value}，{size:,} 行，第 {number} 轮：{each.title}")
                try:
                    cost, blob = workers[each.name].made(wanted.case)
                    wanted.check(blob)
                except (Failed, Unlike) as fault:
                    why = "内容不同" if isinstance(fault, Unlike) else "没有做成"
                    results.faults.append(f"{each.title}（{each.kind.value}，{size:,} 行）{why}：{fault}")
                    say(results.faults[-1])
                    results.costs.pop((each.name, size), None)
                    workers.pop(each.name).close()
                    continue
                if number:
                    results.costs.setdefault((each.name, size), {})[number] = cost
    finally:
        for worker in workers.values():
            worker.close()
