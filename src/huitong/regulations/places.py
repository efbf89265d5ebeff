"""The places at which a text can say something, and what it says there.

Each value has words for people and a `key` that is compared: two texts that call one body by two
names differ in the words and not in the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from huitong.regulations.types import Names

Because = Literal["said", "silent", "lost"]

NAMELESS = Names("", "")

PARAMETERS: Mapping[str, Names] = {
    "absent": Names("程序", "procedure"),
    "stage": Names("环节", "stage"),
    "since": Names("自何日起这样表述", "worded so since"),
    "who": Names("由谁办理", "who acts"),
    "time": Names("期限", "period"),
    "wait": Names("此前不得进行下一步", "earliest day"),
    "extend": Names("延长期限", "extension"),
    "supplement": Names("补正", "missing material"),
    "consent": Names("内部同意", "consent inside the body"),
    "facts": Names("应当写明", "must state"),
    "optional": Names("可以写明", "may state"),
    "computed": Names("由平台查明", "found out by the platform"),
    "seats": Names("机关如何确定", "how the body is found"),
    "outcomes": Names("可作的决定和去向", "possible decisions and where they lead"),
    "bars": Names("不得作出的情形", "when it may not be decided"),
    "closed": Names("条文不许的决定", "decisions that the text does not leave"),
    "tell": Names("告知", "who is told"),
    "at_end": Names("期满的后果", "what the lapse of the period does"),
    "force": Names("应当或者可以", "shall or may"),
    "presumed": Names("平台的理解", "reading of the platform"),
    "follow": Names("不服或者未成时", "what follows"),
    "choices": Names("可选的答案", "answers that the text leaves"),
    "recurs": Names("多久办理一次", "how often it is run"),
    "practice": Names("平台另设的步骤", "steps of the platform's own"),
    "status": Names("效力状态", "status"),
    "level": Names("层级", "level"),
    "validity": Names("有效期", "validity"),
    "parent": Names("上位规定", "text above"),
    "clock": Names("一天何时结束", "when a day ends"),
    "overdue": Names("逾期告知", "who is told when a day passes"),
    "bodies": Names("主管部门和职责", "competent bodies and their duties"),
    "terms": Names("用语", "term"),
    "fields": Names("目录必备项", "field of an entry"),
    "excluded": Names("不适用的数据", "data outside the text"),
    "bases": Names("所需依据的层级", "ranks of a legal basis"),
    "opening_bars": Names("不予开放的情形", "bar to opening"),
    "ranks": Names("可以填写的依据层级", "ranks of a basis that can be entered"),
    "binds": Names("适用主体", "whom the text binds"),
    "posts": Names("岗位", "post"),
    "units": Names("工作机构", "unit"),
    "papers": Names("应当建立", "paper to keep"),
    "tasks": Names("职责", "task"),
    "records": Names("应当记录", "record to keep"),
    "kept": Names("记录保存期限", "how long records are kept"),
    "inspected": Names("谁可以查阅记录", "who may inspect records"),
    "guidance": Names("行业指导", "guidance of a sector"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a parameter stands; `kind` is "" for the text as a whole, `stage` "" for the kind.

    `item` is an outcome, a field, a term or the like, with its words in `names`.
    """

    parameter: str
    kind: str = ""
    stage: str = ""
    item: str = ""

    def __str__(self) -> str:
        parts = [self.kind, self.stage, self.item, self.parameter]
        if not self.stage:
            parts = [self.kind, self.parameter, self.item]
        return ".".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says there. `key` is compared, `names` are shown, `label` names the place."""

    names: Names
    cite: tuple[str, ...]
    key: object
    because: Because = "said"
    label: Names = NAMELESS


def said(value: tuple[Names, object], cite: tuple[str, ...], label: Names = NAMELESS) -> Said:
    """Return what a text says, from words and key."""
    return Said(value[0], cite, value[1], "said", label)


def cites(found: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return several cites as one, each clause once."""
    return tuple(dict.fromkeys(one for cite in found for one in cite))
