"""The changes between two ledgers (两期变化): which entry became which, and what is different in it."""

from __future__ import annotations

from datetime import date

from reportgen.changes.model import LedgerChanges
from reportgen.ledger.model import Ledger
from reportgen.ledger.units import Register
from reportgen.problems import Outcome
from reportgen.quantities.completion import STANDARD_COMPLETION, CompletionWords


def ledger_changes(
    old: Ledger,
    new: Ledger,
    register: Register | None = None,
    *,
    on: date | None = None,
    year: int = 0,
    completion: CompletionWords = STANDARD_COMPLETION,
) -> Outcome[LedgerChanges]:
    """What became of each entry from one period's ledger to the next (两期变化), with what a reader must know of it.

    Names of units mean what the register says of them on the day of the new ledger (`on`; None: after its last change).
    `completion` are the words that say that a task is finished; an office may add its own.
    """
    raise NotImplementedError
