"""Words that say that a whole task is finished (办结的说法), and those that only seem to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CompletionWords:
    """The words by which a task is told as finished (完成用语).

    `done` say so of what stands beside them (已竣工); `open` in a text say that something is left to do, whatever else
    it says (尚未); `partial` name a part of a task (前期工作): that it is finished does not finish the task.
    """

    done: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()


STANDARD_COMPLETION = CompletionWords()
