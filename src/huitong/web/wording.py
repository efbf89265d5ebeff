"""Labels of stored words, and the tone that stands beside them.

Names that a regulation gives (stages, steps, roles, facts) come from the flat table of the case,
the types of sharing and opening from the profile; here stand the words of the platform itself.
A word that no table knows is shown as it is.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huitong.regulations import profiles
from huitong.sharing.masks import MASKS
from huitong.sharing.types import MATCH
from huitong.web import place

Label = str | Promise

_STATUS: Mapping[str, Label] = {
    "draft": _("草稿"),
    "under_review": _("审核中"),
    "returned": _("已退回修改"),
    "published": _("已发布"),
    "withdrawn": _("已撤销"),
}
_TYPE: Mapping[str, Label] = {
    "text": _("文本"),
    "integer": _("整数"),
    "decimal": _("小数"),
    "date": _("日期"),
    "datetime": _("日期时间"),
    "boolean": _("是/否"),
}
_IDENTIFIER: Mapping[str, Label] = {
    "citizen_id": _("公民身份号码"),
    "credit_code": _("统一社会信用代码"),
    "division": _("行政区划代码"),
}
_DECISION: Mapping[str, Label] = {"whole": _("提供原值"), "refused": _("不提供")}
_MASK = {
    **_DECISION,
    MATCH: _("只核实比对，不提供数据"),
    **{mask.value: f"{masking.zh}（{masking.example}）" for mask, masking in MASKS.items()},
}
_MASK_EN = {mask.value: f"{masking.en} ({masking.example})" for mask, masking in MASKS.items()}
_GRADE: Mapping[str, Label] = {
    "1": _("1 级"),
    "2": _("2 级"),
    "3": _("3 级"),
    "4": _("4 级"),
}
_SECRECY: Mapping[str, Label] = {
    "non_secret": _("不涉密"),
    "work_secret": _("涉及工作秘密"),
    "state_secret": _("涉及国家秘密"),
}
_BATCH: Mapping[str, Label] = {
    "accepted": _("已入库"),
    "nothing_accepted": _("没有合格数据，未入库"),
}
_JOB: Mapping[str, Label] = {
    "todo": _("排队中"),
    "doing": _("处理中"),
    "succeeded": _("已完成"),
    "failed": _("未完成"),
    "cancelled": _("已取消"),
    "aborting": _("正在中止"),
    "aborted": _("已中止"),
}
_STAGE: Mapping[str, Label] = {
    "keep": _("保存原始文件"),
    "land": _("读取并转换"),
    "check": _("核查"),
    "commit": _("入库"),
    "done": _("完成"),
}
_REASON: Mapping[str, Label] = {
    "length": _("长度不对"),
    "character": _("含有不允许的字符"),
    "integer": _("不是整数"),
    "decimal": _("不是数字"),
    "date": _("不是有效日期"),
    "datetime": _("不是有效日期时间"),
    "boolean": _("不是“是/否”"),
    "future_date": _("日期晚于今天"),
    "check_digit": _("校验位不符"),
    "organisation_digit": _("组织机构代码校验位不符"),
    "unknown_region": _("地区码不在区划表中"),
    "required": _("必填项为空"),
    "key_conflict": _("同一主键对应不同内容"),
    "pattern": _("不符合规定格式"),
    "enum": _("不在代码表中"),
    "range": _("超出规定范围"),
}
_TRIGGER: Mapping[str, Label] = {
    "over_scope": _("超范围调用"),
    "over_purpose": _("超目的调用"),
    "idle_3_months": _("三个月未调用"),
    "security_risk": _("存在安全风险"),
    "anomaly": _("使用异常"),
    "third_party": _("擅自提供给第三方"),
    "other": _("其他未按申请信息使用的情况"),
}
_USE_MATTER: Mapping[str, Label] = {
    "wider_scope": _("扩大使用范围"),
    "other_purpose": _("用于其他目的"),
    "third_party": _("提供给第三方"),
    "publication": _("向社会发布公开"),
}
_POST: Mapping[str, Label] = {
    "officer": _("经办人"),
    "head": _("负责人"),
    "deputy": _("分管领导"),
    "unit_head": _("工作机构负责人"),
    "daily_staff": _("日常管理人员"),
    "chief_data_officer": _("首席数据官"),
    "security_officer": _("安全管理人员"),
}
_SOURCE: Mapping[str, Label] = {"file": _("文件自述"), "declaration": _("部门申报")}
_ENTRY: Mapping[str, Label] = {
    "applicant.erased": _("删除申请人信息"),
    "case.step": _("办件步骤"),
    "case.refused": _("步骤被拒绝"),
    "calendar.loaded": _("加载放假通知"),
    "case.due_moved": _("重算办理期限"),
    "case.overdue": _("逾期提醒"),
    "case.document": _("文书出具"),
    "case.exported": _("卷宗导出"),
    "client.admitted": _("准许应用系统接入"),
    "client.registered": _("登记应用系统"),
    "client.deactivated": _("停用应用系统"),
    "client.handed_over": _("应用系统移交承接部门"),
    "dataset.added": _("新增目录条目"),
    "dataset.edited": _("修改目录条目"),
    "dataset.published": _("发布目录条目"),
    "dataset.refused": _("目录条目被拒绝"),
    "dataset.submitter_told": _("告知提交部门"),
    "dataset.withdrawn": _("撤销目录条目"),
    "department.abolished": _("撤销部门"),
    "dataset.handed_over": _("目录条目移交承接部门"),
    "department.founded": _("登记部门"),
    "department.guided": _("确定行业指导部门"),
    "department.merged": _("合并部门"),
    "department.moved": _("部门划转"),
    "department.rekinded": _("变更单位类别"),
    "department.renamed": _("部门更名"),
    "delegation.begun": _("委托职责"),
    "delegation.ended": _("终止委托"),
    "duty.assigned": _("确定职责"),
    "gateway.uses": _("接口使用记录"),
    "grant.issued": _("签发授权"),
    "grant.changed": _("变更授权"),
    "grant.ended": _("授权到期"),
    "grant.handed_over": _("授权移交承接部门"),
    "grant.resumed": _("恢复授权"),
    "grant.revoked": _("终止授权"),
    "grant.stays_suspended": _("授权继续暂停"),
    "grant.suspended": _("暂停授权"),
    "jurisdiction.founded": _("登记行政区"),
    "jurisdiction.merged": _("合并行政区"),
    "jurisdiction.moved": _("变更隶属"),
    "jurisdiction.recoded": _("变更区划代码"),
    "jurisdiction.renamed": _("行政区更名"),
    "jurisdiction.regulation": _("选定适用规定"),
    "opening.listed": _("列入开放目录"),
    "opening.code_issued": _("发放获取码"),
    "opening.refused": _("不能列入开放目录"),
    "opening.suspended": _("暂停开放"),
    "opening.unlisted": _("移出开放目录"),
    "period.set": _("设定内控期限"),
    "person.password_set": _("设置密码"),
    "person.registered": _("开通账号"),
    "pool.dataset_mounted": _("挂接数据"),
    "pool.delivery_accepted": _("归集入库"),
    "pool.delivery_refused": _("归集被拒绝"),
    "pool.quarantine_read": _("查看问题数据"),
    "pool.serving_copy_swapped": _("更新服务副本"),
    "organisation.refused": _("机构和人员变动被拒绝"),
    "post.begun": _("任职"),
    "post.ended": _("离任"),
    "register.entered": _("列入登记簿"),
    "register.ended": _("登记终止"),
    "regulation.expiring": _("规定即将失效"),
    "paper.closed": _("办结任务或事项"),
    "paper.filed": _("登记文件"),
    "paper.reported": _("报告进展"),
    "post.contact": _("变更联系方式"),
    "post.stood_in": _("代理职务"),
    "share.applied": _("申请共享"),
    "share.refused": _("共享申请被拒绝"),
    "token.revoked": _("吊销令牌"),
    "unit.named": _("明确工作机构"),
}
_MODE: Mapping[str, Label] = {"api": _("接口调用")}
_FREQUENCY: Mapping[str, Label] = {
    "realtime": _("实时"),
    "daily": _("每日"),
    "weekly": _("每周"),
    "monthly": _("每月"),
    "quarterly": _("每季度"),
    "yearly": _("每年"),
    "irregular": _("不定期"),
}
_OUTCOME: Mapping[str, Label] = {
    "answered": _("查到一条"),
    "page": _("翻页读取"),
    "record_not_found": _("查无此条"),
    "column_not_granted": _("超出授权范围，已拒绝"),
    "grant_revoked": _("授权已终止，已拒绝"),
    "grant_ended": _("授权已到期，已拒绝"),
    "verified": _("核实比对"),
    "verify_only": _("仅限核验，已拒绝"),
    "not_for_verifying": _("不用于核验，已拒绝"),
    "grant_suspended": _("授权已暂停，已拒绝"),
    "too_many_calls": _("调用过于频繁，已拒绝"),
    "bad_call": _("请求有误，已拒绝"),
    "unavailable": _("服务不可用，未答复"),
}
_LEVEL: Mapping[str, Label] = {
    "nation": _("国家级"),
    "province": _("省级"),
    "city": _("市级"),
    "county": _("县级"),
    "town": _("乡镇（街道）"),
    "village": _("村（社区）"),
}
_ACT: Mapping[str, Label] = {
    "founded": _("设立"),
    "renamed": _("更名"),
    "recoded": _("变更代码"),
    "moved": _("变更隶属"),
    "rekinded": _("变更单位类别"),
    "guided": _("确定行业指导部门"),
    "merged": _("合并"),
    "abolished": _("撤销"),
}
_SIDE: Mapping[str, Label] = {
    "consumer": _("使用部门"),
    "provider": _("提供部门"),
    "system": _("应用系统"),
}
_OFFICIAL = ("sharing", "opening")
_TYPES = ("UNCONDITIONAL", "CONDITIONAL", "WITHHELD")

TABLES: Mapping[str, Mapping[str, Label]] = {
    "status": _STATUS,
    "type": _TYPE,
    "identifier": _IDENTIFIER,
    "mask": _MASK,
    "grade": _GRADE,
    "secrecy": _SECRECY,
    "batch": _BATCH,
    "job": _JOB,
    "stage": _STAGE,
    "reason": _REASON,
    "trigger": _TRIGGER,
    "use_matter": _USE_MATTER,
    "mode": _MODE,
    "post": _POST,
    "level": _LEVEL,
    "act": _ACT,
    "side": _SIDE,
    "source": _SOURCE,
    "entry": _ENTRY,
    "outcome": _OUTCOME,
    "frequency": _FREQUENCY,
}
_TONES: Mapping[str, Mapping[str, str]] = {
    "opening": {"UNCONDITIONAL": "ok", "CONDITIONAL": "warn", "WITHHELD": "bad"},
    "sharing": {"UNCONDITIONAL": "ok", "CONDITIONAL": "warn", "WITHHELD": "bad"},
    "status": {"published": "ok", "under_review": "info", "returned": "warn", "withdrawn": "bad"},
    "grade": {"1": "ok", "2": "warn", "3": "bad", "4": "bad"},
    "batch": {"accepted": "ok", "nothing_accepted": "bad"},
    "job": {"succeeded": "ok", "failed": "bad", "doing": "info", "todo": "info"},
}


def label(table: str, value: str, language: str = "zh") -> str:
    """Return the label of a stored word in the reader's language; an empty word is a dash."""
    if not value or value == "None":
        return "—"
    if table in _OFFICIAL:
        return official(f"{table}.{value}", language)
    if table == "mask" and language == "en" and value in _MASK_EN:
        return _MASK_EN[value]
    return str(TABLES[table].get(value, value))


def official(term: str, language: str) -> str:
    """Return the word for a term of the regulation of this place.

    Before a place has chosen one, the word that all regulations share is said.
    """
    chosen = place.regulation()
    if chosen is not None:
        return chosen.term(term, language)
    return profiles.load(profiles.all_ids()[0]).words.terms[term].get(language)


def tone(table: str, value: str) -> str:
    """Return `ok`, `info`, `warn`, `bad` or nothing; the label always stands beside it."""
    return _TONES.get(table, {}).get(value, "")


def choices(table: str, *, empty: Label | None = None) -> list[tuple[str, Label]]:
    """Return a table as the choices of a form field, the empty choice first when there is one."""
    words: list[tuple[str, Label]]
    if table in _OFFICIAL:
        lang = "en" if (get_language() or "").startswith("en") else "zh"
        words = [(word, official(f"{table}.{word}", lang)) for word in _TYPES]
    else:
        words = list(TABLES[table].items())
    return words if empty is None else [("", empty), *words]
