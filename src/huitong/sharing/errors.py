"""What sharing refuses, and what to do then."""

from collections.abc import Iterable, Sequence

from huitong.errors import HuitongError


class SharingError(HuitongError):
    """Base of sharing's refusals."""

    code = "sharing"


class WithheldError(SharingError):
    """An application for data that may not be shared."""

    code = "withheld_from_sharing"

    def __init__(self, *, dataset: str, basis: str, cite: Sequence[str]) -> None:
        super().__init__(
            f"Dataset {dataset} is withheld from sharing on the basis of {basis}: it cannot be "
            "applied for. Ask its provider whether another dataset serves the purpose.",
            zh=f"目录条目 {dataset} 属于不予共享类，依据：{basis}，不能申请。可与提供部门联系，"
            "了解有无其他数据可用。",
            cite=cite,
        )


class NotSharedYetError(SharingError):
    """An application for a dataset without a published version."""

    code = "dataset_not_published"

    def __init__(self, dataset: str) -> None:
        super().__init__(
            f"Dataset {dataset} is not in the published catalogue: apply once it is published.",
            zh=f"目录条目 {dataset} 尚未发布：请待发布后再申请。",
        )


class NoLongerSharedError(SharingError):
    """A grant for a dataset that left the catalogue after the application."""

    code = "dataset_withdrawn"

    def __init__(self, dataset: str) -> None:
        super().__init__(
            f"Dataset {dataset} has been withdrawn from the catalogue: refuse the application and "
            "name that as the reason.",
            zh=f"目录条目 {dataset} 已撤销：请不予同意，并以此为理由答复。",
            cite=("HL-16.1",),
        )


class OwnDatasetError(SharingError):
    """A department applies for its own data."""

    code = "own_dataset"

    def __init__(self, dataset: str) -> None:
        super().__init__(
            f"Dataset {dataset} is your department's own: no application is needed.",
            zh=f"目录条目 {dataset} 由本部门提供，无需申请。",
        )


class ApplicantMissingError(SharingError):
    """Somebody applies without acting for a department."""

    code = "applicant_missing"

    def __init__(self) -> None:
        super().__init__(
            "An application is made by a department: act for one and apply again.",
            zh="共享申请须由部门提出：请以部门人员身份办理。",
        )


class ItemsError(SharingError):
    """The items of an application or decision do not fit the dataset."""

    code = "items"

    def __init__(self, *, wrong: Iterable[str], dataset: str, known: Iterable[str]) -> None:
        named = ", ".join(wrong) or "none at all"
        listed = ", ".join(known)
        super().__init__(
            f"These are not data items that can be named here for dataset {dataset}: {named}. "
            f"Choose among {listed}.",
            zh=f"目录条目 {dataset} 在此没有这些数据项：{named}。可选：{listed}。",
        )


class ModeError(SharingError):
    """A mode of sharing that the platform does not carry out."""

    code = "mode"

    def __init__(self, *, mode: str, offered: Iterable[str]) -> None:
        listed = ", ".join(offered)
        super().__init__(
            f"The mode of sharing {mode!r} is not offered: choose {listed}.",
            zh=f"不支持共享方式“{mode}”：可选 {listed}。",
        )


class UseUntilError(SharingError):
    """A use that has no day on which it ends, or one that is past."""

    code = "use_until"

    def __init__(self, day: object) -> None:
        super().__init__(
            f"The use must end on a day that is not past, not on {day}: state another day.",
            zh=f"使用期限须为今日或以后的日期，所填为 {day}：请更正。",
        )


class UndecidedItemsError(SharingError):
    """A decision leaves out items that were applied for."""

    code = "undecided_items"

    def __init__(self, left_out: Sequence[str]) -> None:
        listed = ", ".join(left_out)
        super().__init__(
            f"Every item applied for is granted whole, masked or refused; undecided: {listed}.",
            zh=f"申请的每个数据项都须作出决定（原值、脱敏或不同意）；尚未决定：{listed}。",
        )


class ApplicationIncompleteError(SharingError):
    """A case that is to issue a grant lacks what an application states."""

    code = "application_incomplete"

    def __init__(self, case: str, missing: str) -> None:
        super().__init__(
            f"Case {case} does not state {missing}, without which nothing can be granted: apply "
            "from the page of the dataset.",
            zh=f"办件 {case} 缺少 {missing}，无法开通授权：请从目录条目页面提出申请。",
        )


class DecisionsDifferError(SharingError):
    """Bodies that decide together decided differently."""

    code = "decisions_differ"

    def __init__(self, case: str) -> None:
        super().__init__(
            f"The bodies that decide case {case} together state different columns or rows: agree "
            "on one decision, or leave the columns out to join the one on record.",
            zh=f"办件 {case} 由多方共同决定，各方填写的数据项或行范围不一致：请协商一致后再办，"
            "或不填数据项以同意已有意见。",
        )


class NotRefusedError(SharingError):
    """The way for data that is not shared, taken for data whose own way is still open."""

    code = "not_refused"

    def __init__(self, dataset: str, cite: Sequence[str] = ()) -> None:
        super().__init__(
            f"Dataset {dataset} is shared on application: apply that way, and this one is open "
            "once that application was refused.",
            zh=f"目录条目 {dataset} 可以按其共享类型申请：请先按该程序申请，"
            "未获同意后再按本程序办理。",
            cite=cite,
        )


class DelegateUnknownError(SharingError):
    """A delegation names nobody who can carry it out."""

    code = "delegate_unknown"

    def __init__(self, named: str, *, cite: Sequence[str]) -> None:
        super().__init__(
            f"{named!r} is no department one level below the provider: take the delegation back "
            "and name the delegate by its code or its full name.",
            zh=f"“{named}”不是数据提供部门下一层级的部门：请撤回后重新提出，"
            "填写受权部门的代码或全称。",
            cite=cite,
        )


class NoDelegationError(SharingError):
    """A delegation was to be ended that does not stand."""

    code = "no_delegation"

    def __init__(self, named: str, areas: Sequence[str], *, cite: Sequence[str]) -> None:
        known = f" It has: {', '.join(areas)}." if areas else ""
        known_zh = f"现有授权的行政区域范围：{'、'.join(areas)}。" if areas else ""
        super().__init__(
            f"No delegation to {named!r} of that area and data stands.{known} Name it as filed.",
            zh=f"没有正在生效的、授权给“{named}”的这一范围的整体授权。{known_zh}请按备案的内容填写。",
            cite=cite,
        )


class UnknownMaskError(SharingError):
    """A decision names a mask that does not exist."""

    code = "unknown_mask"

    def __init__(self, *, mask: str, known: Iterable[str]) -> None:
        listed = ", ".join(known)
        super().__init__(
            f"There is no mask {mask!r}: choose whole, refused, or one of {listed}.",
            zh=f"没有脱敏方式“{mask}”：可选 whole（原值）、refused（不同意）或 {listed}。",
        )


class ReasonMissingError(SharingError):
    """Items are refused without the reason that the law asks for."""

    code = "reason_missing"

    def __init__(self, *, items: Sequence[str], cite: Sequence[str]) -> None:
        listed = ", ".join(items)
        super().__init__(
            f"Refusing {listed} needs a specific reason: state it and decide again.",
            zh=f"不同意共享 {listed} 须说明具体原因：请补充后重新办理。",
            cite=cite,
        )


class RowFilterError(SharingError):
    """A row filter that the gateway could not apply."""

    code = "row_filter"

    def __init__(self, why: str, *, zh: str) -> None:
        super().__init__(
            f"The row filter cannot be used: {why}. Name one data item and the values that its "
            'rows may have ({"column": item, "in": [texts]}), or leave the filter out.',
            zh=f"行范围无法使用：{zh}。请选择一个数据项并列出允许的取值，或不设行范围。",
        )


class GrantNotFoundError(SharingError):
    """No grant has this number."""

    code = "grant_not_found"

    def __init__(self, grant: object) -> None:
        super().__init__(
            f"There is no grant {grant}: look it up among your department's grants.",
            zh=f"没有编号为 {grant} 的授权：请在本部门的授权中查找。",
        )


class GrantEndedError(SharingError):
    """A grant that has ended or was revoked cannot be rectified, changed or ended again."""

    code = "grant_ended"

    def __init__(self, grant: int) -> None:
        super().__init__(
            f"Grant {grant} has ended already: there is no use left to rectify or change.",
            zh=f"授权 {grant} 已经终止，无需整改或变更。",
        )


class NotAboutGrantError(SharingError):
    """A case that is to change a grant names none."""

    code = "not_about_grant"

    def __init__(self, case: str) -> None:
        super().__init__(
            f"Case {case} does not name the grant that it is about: open it from the page of the "
            "grant.",
            zh=f"办件 {case} 没有指明所涉授权：请从该授权的页面发起。",
        )


class NotAboutSystemError(SharingError):
    """A security filing that names no registered system."""

    code = "not_about_system"

    def __init__(self, case: str) -> None:
        super().__init__(
            f"Case {case} does not name a registered system: register the system and file it.",
            zh=f"办件 {case} 没有指明已登记的系统：请先登记系统，再为其备案。",
        )


class NothingChangedError(SharingError):
    """A change that does not say what is to be different."""

    code = "nothing_changed"

    def __init__(self, what: str, *, zh: str) -> None:
        super().__init__(
            f"The change does not state {what}: state it and submit again.",
            zh=f"变更没有写明{zh}：请补充后重新提交。",
        )


class ClientStoppedError(SharingError):
    """A system or token was stopped before."""

    code = "client_stopped"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} was stopped already: nothing is left to do.",
            zh=f"{what} 此前已停用，无需再办。",
        )


class NotTheirDataError(SharingError):
    """A department was to return data that another one provides."""

    code = "not_their_data"

    def __init__(self, dataset: str, department: str, cite: Sequence[str]) -> None:
        super().__init__(
            f"Dataset {dataset} is not {department}'s: start the return flow with its provider.",
            zh=f"目录条目 {dataset} 不是“{department}”提供的：请以其提供部门为回流部门。",
            cite=cite,
        )


class AreaItemError(SharingError):
    """Data is returned by area, and nothing says in which item the area stands."""

    code = "area_item_unknown"

    def __init__(self, dataset: str, named: str, known: Sequence[str], cite: Sequence[str]) -> None:
        said = f" ({named} is none of its items)" if named else ""
        said_zh = f"（没有名为“{named}”的数据项）" if named else ""
        super().__init__(
            f"Say which item of {dataset} holds the area{said}: {', '.join(known)}. What is "
            "returned is limited to the receiving area.",
            zh=f"回流限于接收方行政区域内的数据：请指明目录条目 {dataset} 的属地数据项{said_zh}，"
            f"可选{'、'.join(known)}。",
            cite=cite,
        )
