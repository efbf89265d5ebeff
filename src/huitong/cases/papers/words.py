"""Words of the platform's own that papers use, in both languages (`Names`).

Official names come from the case's table; these are the labels around them.
"""

from collections.abc import Mapping

from huitong.regulations.types import FactWord, FlatTable, Names

LABELS: Mapping[str, Names] = {
    "case_file": Names("政务数据办件卷宗", "Case File"),
    "number": Names("办件编号", "Number"),
    "kind": Names("事项", "Procedure"),
    "title": Names("标题", "Title"),
    "subject": Names("对象", "Subject"),
    "jurisdiction": Names("行政区划", "Jurisdiction"),
    "regulation": Names("适用规定", "Regulation"),
    "table": Names("流程表摘要", "Digest of the table"),
    "received": Names("收到时间", "Received"),
    "state": Names("当前状态", "State"),
    "closed": Names("办结时间", "Closed"),
    "open": Names("尚未办结", "still open"),
    "file_digest": Names("电子卷宗摘要", "Digest of the JSON file"),
    "attached": Names(
        "电子卷宗已附于本文件内，可离线核验",
        "The JSON file is attached to this document and can be verified offline",
    ),
    "steps": Names("办理过程", "What was done"),
    "deadlines": Names("办理期限", "Deadlines"),
    "refusals": Names("未予办理的操作", "Steps that were refused"),
    "overdue": Names("逾期记录", "Overdue"),
    "documents": Names("出具的文书", "Documents given out"),
    "receipts": Names("存证", "Ledger"),
    "none": Names("无。", "None."),
    "who": Names("办理人", "By"),
    "as": Names("身份", "As"),
    "at": Names("时间", "At"),
    "from_to": Names("状态变化", "State"),
    "articles": Names("依据", "Basis"),
    "practice": Names("平台操作，非条文所定", "the platform's own step, in no article"),
    "entry": Names("存证编号", "Ledger entry"),
    "step": Names("环节", "Step"),
    "reason": Names("原因", "Why"),
    "due": Names("期限届满", "Due"),
    "how_counted": Names("计算方法", "How counted"),
    "counted": Names("计入之日", "Days counted"),
    "skipped": Names("不计入之日", "Days not counted"),
    "outcome": Names("结果", "Outcome"),
    "met": Names("按期", "in time"),
    "late": Names("逾期办理", "late"),
    "moved": Names("期限已变更，见后", "changed, see below"),
    "running": Names("正在计算", "running"),
    "document": Names("文书", "Document"),
    "digest": Names("摘要（SHA-256）", "Digest (SHA-256)"),
    "place": Names("序号", "Place"),
    "unsealed": Names("未封存", "not sealed"),
    "checkpoint": Names("签名树头", "Signed head"),
    "how": Names(
        "核验方法：取得存证公钥，运行 huitong case verify。流程表、事实、存证和签名逐项核对；"
        "任何改动都会被指出。",
        "To verify: get the ledger's public key and run `huitong case verify`. Table, facts, "
        "entries and signatures are checked one by one; any change is named.",
    ),
    "yes": Names("是", "yes"),
    "no": Names("否", "no"),
    "platform": Names("平台", "the platform"),
    "platform_name": Names("汇通政务数据平台", "Huitong Government Data Platform"),
    "copies": Names("抄送", "Copies"),
    "recorded_by": Names("代为记录", "Recorded by"),
    "remedy": Names(
        "对本决定有异议的，可以依照{article}办理{kind}。",
        "Whoever disagrees may turn to: {kind} ({article}).",
    ),
    "issued": Names("已出具存证", "issued on record"),
    "not_issued": Names("可生成，尚未出具存证", "can be made, not issued on record"),
}

REFUSALS: Mapping[str, Names] = {
    "unknown_step": Names("本事项没有这一环节", "no such step in this procedure"),
    "wrong_state": Names("当前状态不能办理", "not open in this state"),
    "wrong_person": Names("办理人不具有该环节的身份", "not this person's step"),
    "fact_missing": Names("缺少法定内容", "a fact that the article asks for was missing"),
    "consent_missing": Names("未经同意", "without the consent that it needs"),
    "fact_invalid": Names("内容不合格式", "a fact did not have its form"),
    "fact_not_asked": Names("该环节不得填报此项内容", "a fact that the step does not ask for"),
    "step_forbidden": Names("条文禁止", "forbidden by the article"),
    "too_early": Names("期限尚未届满", "the period still ran"),
    "stale_case": Names("办件已被他人办理", "somebody else was faster"),
    "party_missing": Names("没有确定当事方", "a party was missing"),
    "no_post": Names("办理人已不任该职", "the post was lost"),
    "no_authority": Names("没有承担该职责的机构", "nobody holds the duty"),
}
"""Error codes of a refused step, as the ledger keeps them, in few words."""


def label(name: str, lang: str) -> str:
    """Return a label."""
    return LABELS[name].get(lang)


def refusal(code: str, lang: str) -> str:
    """Return why a step was refused; rooms above have codes of their own, shown as they are."""
    return REFUSALS[code].get(lang) if code in REFUSALS else code


def fact(table: FlatTable, name: str, value: object, lang: str) -> tuple[str, str]:
    """Return a fact's label and its value as people read them."""
    word = table.facts.get(name)
    return (word.names.get(lang) if word else name), _value(word, value, lang)


def _value(word: FactWord | None, value: object, lang: str) -> str:
    if word is not None and isinstance(value, str) and value in word.choices:
        return word.choices[value].get(lang)
    if isinstance(value, bool):
        return label("yes" if value else "no", lang)
    stop, colon = ("、", "：") if lang.startswith("zh") else (", ", ": ")
    if isinstance(value, list):
        return stop.join(_value(word, one, lang) for one in value)
    if isinstance(value, Mapping):
        return stop.join(f"{key}{colon}{_value(word, one, lang)}" for key, one in value.items())
    return "" if value is None else str(value)
