"""Returns in Word (Word 反馈): read as Word shows them; what is not read is told; no letter is lost."""

from __future__ import annotations

import time

import pytest

from reportgen.ledger.contents import Contents, Passage
from reportgen.ledger.word import read_word_contents
from reportgen.problems import InputError, Location, Problem, Severity
from tests.test_template_loading import check_message
from tests.word_generated import Author, Fate, fates
from tests.word_returns import (
    BAD_RETURNS,
    KIT,
    BadReturn,
    WordReturn,
)


def texts(contents: Contents) -> list[list[list[str]]]:
    return [[[cell.text for cell in row] for row in table.rows] for table in contents.tables]


def place(where: Location | None) -> str:
    assert where
    return " ".join(filter(None, (where.sheet, where.cell)))


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str, str]]:
    return [(problem.code, place(problem.where), problem.what) for problem in problems]


@pytest.mark.parametrize("odd", KIT, ids=lambda odd: odd.name)
def test_an_odd_return_is_read_as_word_shows_it_and_the_rest_is_told(odd: WordReturn) -> None:
    outcome = read_word_contents(odd.make(), odd.name)
    assert texts(outcome.value) == odd.tables
    assert [passage.text for passage in outcome.value.passages] == list(odd.passages)
    found = told(outcome.problems)
    assert [(code, where) for code, where, _ in found] == [(code, where.strip()) for code, where, _ in odd.told]
    for (_, _, what), (_, _, says) in zip(found, odd.told, strict=True):
        assert says in what
    for problem in outcome.problems:
        assert problem.severity is Severity.WARNING
        assert problem.where
        assert problem.where.file == odd.name
        check_message(problem)


@pytest.mark.parametrize("bad", BAD_RETURNS, ids=lambda bad: bad.name)
def test_a_bad_return_is_refused_by_name_with_what_to_do(bad: BadReturn) -> None:
    blob = bad.make()
    begun = time.process_time()
    with pytest.raises(InputError) as fault:
        read_word_contents(blob, bad.name)
    assert time.process_time() - begun < 2
    (problem,) = fault.value.problems
    assert problem.code == bad.code
    assert bad.says in problem.what
    assert bad.fix in problem.fix
    assert problem.where
    assert problem.where.file == bad.name
    check_message(problem)


# ---- the sum of the letters


def read_and_told(blob: bytes) -> tuple[str, str]:
    """All that a file's contents say, merged cells once, and all that its warnings say."""
    outcome = read_word_contents(blob, "反馈.docx")
    read = []
    for block in outcome.value.blocks:
        if isinstance(block, Passage):
            read.append(block.text)
        else:
            read += [cell.text for row in block.rows for cell in row if cell.merged in (None, cell.where)]
    return "\n".join(read), "\n".join(problem.what for problem in outcome.problems)


@pytest.mark.parametrize("odd", KIT, ids=lambda odd: odd.name)
def test_no_letter_of_an_odd_return_is_lost(odd: WordReturn) -> None:
    blob = odd.make()
    read, told = read_and_told(blob)
    lost = [letter for letter, fate in fates(blob).items() if fate not in (Fate.GONE, Fate.NOT_READ)]
    assert [letter for letter in lost if letter not in read + told] == []


@pytest.mark.parametrize("begin", range(0, 500, 50))
def test_no_letter_of_a_generated_file_is_lost(begin: int) -> None:
    cuts = 0
    for seed in range(begin, begin + 50):
        blob = Author(seed).file()
        read, told = read_and_told(blob)
        becomes = fates(blob)
        order = {letter for letter, fate in becomes.items() if fate is Fate.READ}
        assert [letter for letter in read if letter in order] == list(filter(order.__contains__, becomes)), seed
        # A long text is told by its first words and its length.
        cut = "（共 " in told
        for letter, fate in becomes.items():
            if fate is Fate.READ_OR_TOLD:
                assert letter in read + told, (seed, letter)
            elif fate is not Fate.READ:
                assert letter not in read, (seed, letter)
            if fate is Fate.TOLD:
                assert letter in told or cut, (seed, letter)
            if fate is Fate.GONE:
                assert letter not in told, (seed, letter)
        cuts += cut
    assert cuts < 5
