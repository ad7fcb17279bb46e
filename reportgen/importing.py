"""An issued report back into a ledger (导入): the file is read in a worker, the ledger written as a workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from reportgen.confine import confined, read_outside
from reportgen.inputs import attempt, configured_register, configured_words, wanted_sheets
from reportgen.issued.body import Usual
from reportgen.issued.report import Issued, read_issued
from reportgen.ledger.files.word import read_word_contents
from reportgen.ledger.files.workbook import write_workbook
from reportgen.ledger.keeping import ledger_sheets
from reportgen.ledger.model import STATUSES, VERDICTS, Entry, Sheet
from reportgen.ledger.units import Register
from reportgen.ledger.words import STANDARD_WORDS, Words
from reportgen.limits import held
from reportgen.package import DOCUMENTS, DOCX, PDF, WORD_FILE, called, file_kind, refuse_temporary, wrong_kind
from reportgen.problems import CannotWrite, Location, Outcome, Problem, error, has_errors, refuse_errors
from reportgen.publish import refuse_bad_name
from reportgen.source import shown_path
from reportgen.template.filters import FILTERS
from reportgen.template.limits_block import by_limits_of
from reportgen.template.loading import load_sound_config


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """An imported report (导入结果): the workbook, what was recognised in the file, all that a person must look at."""

    workbook: bytes
    issued: Issued
    problems: tuple[Problem, ...]

    @property
    def complete(self) -> bool:
        """Whether every table that belongs to the ledger by its title was read (是否读全)."""
        return not self.issued.unread

    def as_json(self) -> dict[str, Any]:
        """What was recognised, as plain data."""
        ledger = self.issued.ledger
        judgements = Counter(entry.judgement for entry in ledger if entry.judgement)
        return {
            "tables": [
                {
                    "table": table.name,
                    "kind": table.kind.value,
                    "title": table.title,
                    "evidence": table.evidence,
                    "continues": table.continues,
                    "rows": table.rows,
                }
                for table in self.issued.tables
            ],
            "unread": list(self.issued.unread),
            "counts": {"goals": len(ledger.goals), "tasks": len(ledger.tasks)},
            "judgements": {word: judgements[word] for word in (*VERDICTS, *STATUSES) if word in judgements},
            "renumbered": self.issued.renumbered,
            "phrases": self.issued.phrases,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is known of a report beforehand (导入设置): words and units of the office, its period, the sheets."""

    words: Words = STANDARD_WORDS
    register: Register | None = None
    period: str = ""
    day: date | None = None
    sheets: tuple[Sheet, ...] = tuple(Sheet)


@by_limits_of(lambda file, config=None: config)
def import_report(file: Path, config: Path | None = None) -> Imported:
    """The ledger in an issued report; raises `InputError` where the file cannot be read or has no table of a ledger.

    The configuration gives the register of units, the words of the office and the period; without it nobody checks
    the names of units.
    """
    problems: list[Problem] = []
    setting = setting_of(config, problems) if config else Setting()
    name = shown_path(file)
    read = attempt(
        problems, lambda: confined(name, held().outside, read_report, read_outside(file, name), name, setting)
    )
    if read is None or has_errors(problems):
        refuse_errors([*problems, *(read.problems if read else ())])
    assert read, "refused above"
    return written(Outcome(read.value, (*problems, *read.problems)), setting)


def written(read: Outcome[Issued], setting: Setting) -> Imported:
    """The ledger written as a workbook (写成台账)."""
    sheets = ledger_sheets(read.value.ledger, setting.sheets, setting.words)
    return Imported(workbook=write_workbook(sheets), issued=read.value, problems=read.problems)


def refuse_to_replace(blob: bytes, place: Path) -> None:
    """Raise `CannotWrite` if a file stands there that says anything else (不覆盖已有文件)."""
    refuse_bad_name(place)
    if not place.exists():
        return
    try:
        if place.is_file() and place.read_bytes() == blob:
            return
    except OSError:
        pass  # then nobody knows what it holds, and it stays
    what = f"「{called(str(place))}」已经有了，内容与这次要写的不同，没有改动"
    fix = "请在 --out 写一个新的文件名，或先把已有的文件移到别处"
    raise CannotWrite([error("output.exists", what, fix, Location(file=shown_path(place)))])


def setting_of(path: Path, problems: list[Problem]) -> Setting:
    """What a configuration says (取自配置) of the reports made with it; `problems` get all that is wrong in it."""
    sound = load_sound_config(path, shown_path(path))
    config, source = sound.value
    problems += sound.problems
    found = attempt(problems, lambda: configured_register(config, path.parent), source.locate(("units",)))
    register = found[0] if found else None
    problems += register.problems if register else ()
    words = attempt(problems, lambda: configured_words(config, source)) or STANDARD_WORDS
    wants = wanted_sheets(config, source, path.parent, problems)
    return Setting(
        words=words,
        register=register.value if register else None,
        period=config.period or "",
        day=config.date,
        sheets=tuple(wants.fields) if wants else tuple(Sheet),
    )


def read_report(blob: bytes, name: str, setting: Setting) -> Outcome[Issued]:
    """What a Word file says of a report (读报告); for a file from outside, to be run in a worker."""
    _refuse_other(blob, name)
    contents = read_word_contents(blob, name)
    problems = list(contents.problems)
    issued = attempt(
        problems,
        lambda: read_issued(
            contents.value, usual_wording(setting.period), setting.words, setting.register, setting.day
        ),
    )
    refuse_errors(problems)
    assert issued, "refused above"
    return Outcome(issued.value, (*problems, *issued.problems))


# What to do with a file that no ledger can be read from, by how its kind's name begins.
_WAYS_OUT = (
    (DOCUMENTS, WORD_FILE.save_as + "，再导入"),
    ((PDF, "OFD", "图片"), "这样的文件读不回台账；请用这份报告的 Word 文件（.docx）"),
    (("",), "能导入的是已印发报告的 Word 文件（.docx），请选择正确的文件"),
)


def _refuse_other(blob: bytes, name: str) -> None:
    """Raise `InputError` for what is no Word file, in the words of those who have a report to import."""
    refuse_temporary(name, WORD_FILE.programs, "报告")
    kind = file_kind(blob)
    if kind != DOCX:
        raise wrong_kind(kind, name, WORD_FILE, _WAYS_OUT)


def usual_wording(period: str) -> Usual:
    """What our templates say of an entry without 报告用语 (自动成文): such words need not be kept in the ledger."""
    phrases, sentence = FILTERS["phrases"], FILTERS["sentence"]

    def goal(entry: Entry) -> str:
        own: Mapping[str, str] = {"phrase": "", "text": entry.text, "progress": entry.progress}
        return str(phrases([own], period)[0])

    def task(entry: Entry) -> str:
        return str(sentence(entry.text)) + str(sentence(entry.progress))

    return Usual(goal, task)
