"""Any value at any place of what an office writes (任意位置、任意值): a problem with its line, or a file that works."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz_roads import kinds, sound_file
from tests.fuzz_runs import outcome
from tests.mutations import dumped, loaded, slots
from tests.reliability.tally import Tally

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=5
)


@pytest.mark.row("P3")
@pytest.mark.parametrize("examples", [40, pytest.param(2_000, marks=pytest.mark.campaign)])
def test_any_value_at_any_place_is_refused_at_its_line_or_does_its_work(examples: int, tally: Tally) -> None:
    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(sorted(kinds())), st.sampled_from(["yaml", "json"]), st.data())
    def goes_its_road(name: str, suffix: str, data: Any) -> None:
        kind = kinds()[name]
        said = loaded(sound_file(kind, data.draw(st.integers(0, len(kind.sound) - 1)), suffix))
        owner, key = data.draw(st.sampled_from(list(slots(said))))
        owner[key] = data.draw(VALUES)
        with TemporaryDirectory() as folder:
            end, words = outcome(partial(_road, kind.road, folder, dumped(said, suffix), suffix))
        assert end != "fault", words
        (tally.refused if end == "refused" else tally.survived)()

    goes_its_road()


def _road(road: Any, folder: str, text: str, suffix: str) -> Any:
    return road(Path(folder), text, suffix, False)
