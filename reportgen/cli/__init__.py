"""The command line (命令行): parses, calls, prints. Decides nothing but exit codes."""

from __future__ import annotations

from typing import NoReturn

from reportgen.cli import checking, comparing, judging, ledgers, reports, units  # noqa: F401  (each registers its commands)
from reportgen.cli.shell import EXIT_CODES, run_app

__all__ = ["EXIT_CODES", "main"]


def main() -> NoReturn:
    """The command `reportgen` (命令入口)."""
    run_app()
