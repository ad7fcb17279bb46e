"""One-place faults in the sample report (植入的差异): each told once, in its layer, at its place; no false alarms."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import docx
import pytest

from reportgen.comparison.contents.parts import with_parts
from reportgen.comparison.contents.word_content import word_content
from reportgen.comparison.differences.comparing import differences
from reportgen.comparison.model import Content, Difference, Layer, Spot
from tests.comparison_faults import FAULTS, Draft, Fault, W, parts_of, planted, said
from tests.comparison_rebuilds import REBUILDS
from tests.libreoffice import needs_libreoffice, saved_anew
from tests.projects import SAMPLE, run_anew
from tests.samples import made

SEED = 20260710
ALL = frozenset((Layer.TEXT, Layer.STRUCTURE, Layer.STYLE))
SEEN = frozenset((Layer.TEXT, Layer.STRUCTURE))


@cache
def sample() -> Content:
    return content(made()[".docx"])


def content(blob: bytes) -> Content:
    return with_parts(word_content(blob, "报告.docx"))


def told(first: Content, second: bytes, layers: frozenset[Layer] = ALL) -> tuple[Difference, ...]:
    return differences(first, content(second), layers)


def shown(found: Iterable[Difference]) -> list[str]:
    return [f"{each.layer.value} {each.kind} {each.said}" for each in found]


def places(difference: Difference) -> list[Spot]:
    return [spot for spot in (difference.first, difference.second) if spot is not None]


def stands_at(spot: Spot, fault: Fault, side: Content) -> bool:
    """Whether a place is that of the fault."""
    wanted = fault.spot
    if spot.part != wanted.part:
        return False
    if wanted.row is not None:
        return spot.row == wanted.row and (not wanted.column or spot.column == wanted.column)
    if not wanted.text or spot.block is None:
        return True
    block = side.blocks[spot.block]
    return not hasattr(block, "cells") and block.text in (wanted.text, wanted.other)


def test_there_are_forty_faults_and_twenty_rebuilds() -> None:
    assert len(FAULTS) >= 40
    assert len(REBUILDS) >= 20
    assert {layer for layer, _ in FAULTS.values()} == ALL


@pytest.mark.row("D5")
@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_in_one_place_is_told_once_in_its_layer_and_at_its_place(kind: str) -> None:
    fault = planted(made()[".docx"], kind, SEED)
    faulty = content(fault.blob)
    found = differences(sample(), faulty, ALL)
    assert len(found) == 1, shown(found)
    assert found[0].layer is fault.layer, shown(found)
    sides = ((found[0].first, sample()), (found[0].second, faulty))
    assert any(spot is not None and stands_at(spot, fault, side) for spot, side in sides), (
        places(found[0]),
        fault.spot,
    )
    assert found[0].said


@pytest.mark.parametrize("kind", [kind for kind, (layer, _) in FAULTS.items() if layer is Layer.TEXT])
def test_the_other_layers_say_nothing_of_a_fault_in_the_text(kind: str) -> None:
    fault = planted(made()[".docx"], kind, SEED)
    assert shown(told(sample(), fault.blob, frozenset((Layer.STYLE,)))) == []


@pytest.mark.row("D5")
@pytest.mark.parametrize("kind", REBUILDS)
def test_the_same_file_made_anew_differs_in_nothing(kind: str) -> None:
    blob = made()[".docx"]
    anew = REBUILDS[kind](blob, random.Random(f"{kind} {SEED}"))
    assert anew != blob
    assert shown(told(sample(), anew)) == []


@pytest.mark.row("D1")
@pytest.mark.row("D5")
@pytest.mark.parametrize("seed", ["1", "4711"])
def test_the_report_built_with_another_hash_seed_differs_in_nothing(seed: str, tmp_path: Path) -> None:
    done = run_anew("build", SAMPLE, "--format", "docx", "--out", tmp_path, PYTHONHASHSEED=seed)
    assert done.returncode == 0, done.stderr
    (path,) = tmp_path.glob("*.docx")
    assert shown(told(sample(), path.read_bytes())) == []


def changed_by_hand(old: str, new: str) -> tuple[bytes, int]:
    """The sample with one cell of its last table changed as a clerk changes it, and the row's number below the head."""
    document = docx.Document(io.BytesIO(made()[".docx"]))
    for number, row in enumerate(document.tables[-1].rows):
        for paragraph in row.cells[-1].paragraphs:
            for run in paragraph.runs:
                if old in run.text:
                    run.text = run.text.replace(old, new, 1)
                    buffer = io.BytesIO()
                    document.save(buffer)
                    return buffer.getvalue(), number
    raise AssertionError(f"no cell says {old}")


def test_a_cell_changed_by_hand_is_exactly_one_difference() -> None:
    blob, row = changed_by_hand("核销率91.3%", "核销率93.1%")
    (found,) = told(sample(), blob)
    assert found.layer is Layer.TEXT
    assert [(spot.part, spot.row, spot.column) for spot in places(found)] == [("附件3", row, "任务进展情况")] * 2
    assert f"附件3 第{row}行「任务进展情况」" in found.said
    assert "91.3%" in found.before
    assert "93.1%" in found.after


@needs_libreoffice
def test_a_cell_changed_by_hand_and_saved_by_libreoffice_is_exactly_one_difference() -> None:
    blob, row = changed_by_hand("核销率91.3%", "核销率93.1%")
    (found,) = told(sample(), saved_anew(blob), SEEN)
    assert found.layer is Layer.TEXT
    assert [(spot.part, spot.row, spot.column) for spot in places(found)] == [("附件3", row, "任务进展情况")] * 2


@pytest.mark.parametrize("seed", range(4))
def test_several_cells_changed_at_once_are_as_many_differences(seed: int) -> None:
    chance, draft = random.Random(seed), Draft(parts_of(made()[".docx"]))
    filled = [cell for cell in draft.root().iter(W + "tc") if len(said(cell)) > 8]
    count = 2 + seed % 2
    for cell in chance.sample(filled, count):
        letters = max(cell.iter(W + "t"), key=lambda each: len(each.text or ""))
        words = letters.text or ""
        at = chance.randrange(len(words))
        letters.text = f"{words[:at]}{'改' if words[at] != '改' else '动'}{words[at + 1 :]}"
    found = told(sample(), draft.blob())
    assert [each.kind for each in found] == ["text.changed"] * count
    assert len({(each.second.block, each.second.cell) for each in found if each.second}) == count
