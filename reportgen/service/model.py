"""What the service speaks of (服务的名词): people, report periods, their files, jobs and editions.

Ids are 32 hexadecimal digits that nobody guesses; times know their zone and are UTC; `sha256` names a file's bytes in
the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any


class Role(Enum):
    """What somebody is there for (角色); an administrator may do what the office may."""

    OFFICE = "督查办"
    UNIT = "部门"
    ADMIN = "管理员"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks (操作人): an account, or whoever holds a unit's link.

    `unit` is the one that a person of a unit speaks for. `period` is set for the holder of a link, who sees that one
    period's tasks of that unit and nothing else.
    """

    id: str
    name: str
    role: Role
    unit: str = ""
    period: str = ""
    disabled: bool = False

    @property
    def is_office(self) -> bool:
        """Whether all of the office's work is open to this person."""
        return self.role in (Role.OFFICE, Role.ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A report period in the service (期次), such as 2026年上半年, with everything that belongs to it.

    `config` names the setting file that is its configuration.
    """

    id: str
    title: str
    config: str
    author: str
    at: datetime
    archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingFile:
    """One version of a file that a period's report is set by (设置文件的一版).

    The configuration, and what it names: templates, units, styles, rules, the former ledger. `name` is its path beside
    the configuration, with `/`; versions count from 1, `restored_from` is the one that somebody went back to.
    """

    period: str
    name: str
    version: int
    sha256: str
    size: int
    author: str
    at: datetime
    note: str = ""
    restored_from: int | None = None


class LedgerOrigin(Enum):
    """Where a version of the ledger came from (台账来源)."""

    UPLOADED = "上传"
    COLLECTED = "汇总反馈"
    OVERRIDDEN = "改判"
    RESTORED = "退回旧版"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerVersion:
    """One version of a period's ledger (台账的一版); the newest one counts. `name` is what its file was called."""

    id: str
    period: str
    version: int
    name: str
    sha256: str
    size: int
    origin: LedgerOrigin
    author: str
    at: datetime
    note: str = ""


class JobKind(Enum):
    """What a worker can be asked for (任务种类)."""

    EXAMINE = "检查台账"
    BUILD = "生成报告"
    SETS = "生成各单位分送件"
    FORMS = "生成反馈表"
    COLLECT = "汇总反馈"
    RECEIVE = "检查反馈"
    OVERRIDE = "改判"
    COMPARE = "比对两版"
    PREVIEW = "预览"

    @property
    def is_unasked(self) -> bool:
        """Whether nobody has asked for it (预先做的): it takes nobody's turn, and counts for nobody."""
        return self is JobKind.PREVIEW


class JobState(Enum):
    """How far a job is (任务状态)."""

    WAITING = "排队"
    RUNNING = "进行中"
    DONE = "完成"
    FAILED = "未成"
    CANCELLED = "已取消"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a worker is asked for (任务单): pure, so that equal orders give equal results.

    `files` are paths inside the job's folder and the SHA-256 of what is put there; `options` are plain JSON.
    """

    kind: JobKind
    files: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job (任务) and what became of it.

    `key` is the same for equal orders of one period. `label`, `done` and `total` tell how far it is; `result` is the
    SHA-256 of a JSON file; `problems` are those that it failed for, as plain data.
    """

    id: str
    kind: JobKind
    period: str
    key: str
    state: JobState
    order: Order
    person: str
    author: str
    at: datetime
    begun: datetime | None = None
    ended: datetime | None = None
    attempts: int = 0
    label: str = ""
    done: int = 0
    total: int = 0
    result: str | None = None
    problems: tuple[Mapping[str, Any], ...] = ()
    cancel_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """What a job told of itself (任务进度); `number` counts from 1 within the job, so that a listener can resume."""

    job: str
    number: int
    at: datetime
    state: JobState
    label: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFile:
    """A file that a job made (任务产物); `name` may have folders, with `/`."""

    job: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An edition of a report (报告的一版), kept with all that it was made of.

    `settings` are the setting files by name with their version, `hashes` the SHA-256 of each; `template` is that of
    the report's template, whether the office's own or one that comes with the program.
    """

    id: str
    period: str
    number: int
    job: str
    ledger: str
    settings: Mapping[str, int]
    hashes: Mapping[str, str]
    template: str
    program: str
    author: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLink:
    """A unit's link (部门链接): who has it speaks for the unit in one period, until it expires or is revoked."""

    id: str
    period: str
    unit: str
    author: str
    at: datetime
    expires: datetime
    revoked: datetime | None = None
    opened: datetime | None = None


class ReturnState(Enum):
    """What became of a unit's return (反馈状态)."""

    CHECKING = "检查中"
    ACCEPTED = "已收到"
    WRONG = "有问题"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReturn:
    """A return that a unit sent, or filled in on its page (部门反馈); the newest one of a unit counts.

    `job` has checked it and has what was found.
    """

    id: str
    period: str
    unit: str
    name: str
    sha256: str
    size: int
    job: str
    state: ReturnState
    author: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a unit has filled in on its page and not sent yet (草稿); `version` counts how often it was saved."""

    period: str
    unit: str
    version: int
    filled: Mapping[str, Any]
    author: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A verdict that a person put instead of the rules' one (改判), and why."""

    period: str
    sheet: str
    entry: str
    judgement: str
    was: str
    reason: str
    ledger: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A finding that the office leaves as it is (认可的问题), and why; `finding` is the same in each check."""

    period: str
    finding: str
    reason: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that is told when a job has ended (完成通知)."""

    id: str
    url: str
    kinds: tuple[JobKind, ...]
    author: str
    at: datetime
    disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who did what, when (操作记录)."""

    at: datetime
    person: str
    name: str
    what: str
    period: str = ""
    about: str = ""
