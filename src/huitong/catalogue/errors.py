"""What the catalogue refuses, and what to do then."""

from collections.abc import Sequence
from dataclasses import dataclass

from huitong.errors import HuitongError
from huitong.regulations import clauses


def _articles(cite: Sequence[str], lang: str) -> str:
    labels = [clauses.label(clause, lang, short=True) for clause in cite]
    return ("、" if lang == "zh" else "; ").join(labels)


class CatalogueError(HuitongError):
    """Base of the catalogue's refusals."""

    code = "catalogue"


@dataclass(frozen=True, slots=True)
class MissingField:
    """A field that a regulation requires of an entry and that is empty."""

    name: str
    zh: str
    en: str
    cite: tuple[str, ...]


class CatalogueFieldsMissingError(CatalogueError):
    """An entry was submitted without fields that the regulation requires; all are named."""

    code = "catalogue_fields_missing"

    def __init__(self, missing: Sequence[MissingField]) -> None:
        self.missing = tuple(missing)
        en = "; ".join(f"{field.en} ({_articles(field.cite, 'en')})" for field in missing)
        zh = "；".join(f"{field.zh}（{_articles(field.cite, 'zh')}）" for field in missing)
        cite = dict.fromkeys(clause for field in missing for clause in field.cite)
        super().__init__(
            f"The entry lacks required fields: {en}. Fill them in and submit again.",
            zh=f"目录条目缺少必填信息：{zh}。请补充后重新提交。",
            cite=cite,
        )


class SecretDataRefusedError(CatalogueError):
    """State or work secrets were brought to a platform that may not hold them."""

    code = "secret_data_refused"

    def __init__(self, *, why_en: str, why_zh: str, cite: Sequence[str]) -> None:
        super().__init__(
            f"This platform takes non-secret data only: {why_en}. Nothing was kept; handle the "
            "data under the rules on secrets, or correct the declaration.",
            zh=f"本平台只处理非涉密政务数据：{why_zh}。未保存任何内容；请按保密规定另行办理，或更正声明。",
            cite=cite,
        )


class DatasetNotFoundError(CatalogueError):
    """No dataset has this code."""

    code = "dataset_not_found"

    def __init__(self, code: str) -> None:
        super().__init__(
            f"There is no dataset {code!r}: check the code in the catalogue, or add it with "
            "`huitong dataset add`.",
            zh=f"没有代码为“{code}”的目录条目：请在目录中核对代码，或用 huitong dataset add 新增。",
        )


class DatasetCodeTakenError(CatalogueError):
    """The code names a dataset already."""

    code = "dataset_code_taken"

    def __init__(self, code: str) -> None:
        super().__init__(
            f"A dataset {code!r} exists already: choose another code, or edit that one.",
            zh=f"代码“{code}”已被使用：请换一个代码，或修改原有条目。",
        )


class DatasetUnderReviewError(CatalogueError):
    """An entry cannot be edited while somebody reviews it."""

    code = "dataset_under_review"

    def __init__(self, code: str, case_number: str) -> None:
        super().__init__(
            f"Dataset {code} is under review in case {case_number}: wait for the decision, or ask "
            "the reviewer to return it.",
            zh=f"目录条目 {code} 正在审核（办件 {case_number}）：请等待审核结果，或请审核人退回。",
        )


class DatasetNotUnderReviewError(CatalogueError):
    """A review step was taken on an entry that nobody submitted."""

    code = "dataset_not_under_review"

    def __init__(self, code: str) -> None:
        super().__init__(
            f"Dataset {code} is not under review: submit it first.",
            zh=f"目录条目 {code} 不在审核中：请先提交审核。",
        )


class NothingToSubmitError(CatalogueError):
    """The dataset has no version in work."""

    code = "nothing_to_submit"

    def __init__(self, code: str) -> None:
        super().__init__(
            f"Dataset {code} has no change to submit: edit it first.",
            zh=f"目录条目 {code} 没有待提交的修改：请先编辑。",
        )


class DatasetWithdrawnError(CatalogueError):
    """A withdrawn dataset takes no new version."""

    code = "dataset_withdrawn"

    def __init__(self, code: str) -> None:
        super().__init__(
            f"Dataset {code} is withdrawn: add a new dataset instead.",
            zh=f"目录条目 {code} 已撤销：请新增目录条目。",
        )


class DraftInvalidError(CatalogueError):
    """A draft cannot be read; every fault is named with its place."""

    code = "draft_invalid"

    def __init__(self, faults: Sequence[str], *, source: str) -> None:
        self.faults = tuple(faults)
        listed = "; ".join(faults)
        super().__init__(
            f"{source} cannot be used: {listed}. Correct it and add it again.",
            zh=f"{source} 无法使用：{listed}。请更正后重新添加。",
        )


class BasisRankError(CatalogueError):
    """Sharing of an entry is restricted on a norm that may not restrict it."""

    code = "basis_rank"

    def __init__(
        self,
        *,
        type_zh: str,
        type_en: str,
        given_zh: str,
        given_en: str,
        allowed_zh: Sequence[str],
        allowed_en: Sequence[str],
        cite: Sequence[str],
    ) -> None:
        super().__init__(
            f"The sharing type “{type_en}” needs a basis in {' or '.join(allowed_en)}; the rank "
            f"of the basis is {given_en}. Name such a basis and its rank (withheld_basis_rank), or "
            "choose another sharing type.",
            zh=f"{type_zh}须以{'、'.join(allowed_zh)}为依据，所填依据的层级为{given_zh}。"
            "请写明相应依据及其层级，或选择其他共享类型。",
            cite=cite,
        )


class DatasetCodeError(CatalogueError):
    """A code cannot stand in addresses and file names."""

    code = "dataset_code"

    def __init__(self, code: str) -> None:
        super().__init__(
            f"{code!r} cannot be a dataset's code: use a letter or digit, then letters, digits, "
            "dots, hyphens and underscores, 64 at most.",
            zh=f"“{code}”不能作为目录代码：请以字母或数字开头，只用字母、数字、点、连字符和下划线，"
            "最多64个字符。",
        )


class NotPublishedError(CatalogueError):
    """What was never published cannot be withdrawn."""

    code = "dataset_not_published"

    def __init__(self, code: str) -> None:
        super().__init__(
            f"Dataset {code} is not in the published catalogue: there is nothing to withdraw.",
            zh=f"目录条目 {code} 尚未发布，无需撤销。",
        )


class SourceUnknownError(CatalogueError):
    """A lead department was named that nobody knows."""

    code = "source_unknown"

    def __init__(self, named: str, *, cite: Sequence[str]) -> None:
        super().__init__(
            f"There is no department {named!r}: name the lead department by its code or its full "
            "name.",
            zh=f"没有名为“{named}”的部门：请填写牵头部门的代码或全称。",
            cite=cite,
        )


class DutyItemUnknownError(CatalogueError):
    """An entry does not derive from the duty list of its department."""

    code = "duty_item_unknown"

    def __init__(self, named: str, adopted: Sequence[str] | None, *, cite: Sequence[str]) -> None:
        if adopted is None:
            en = "the department has no adopted duty list: have one adopted first"
            zh = "本机构还没有经审定的职能数据清单：请先办理清单审定"
        else:
            en = f"choose one of its items: {', '.join(adopted)}"
            zh = f"请选择清单中的一项：{'、'.join(adopted)}"
        super().__init__(
            f"{named!r} is no item of the duty list that entries derive from; {en}.",
            zh=f"“{named}”不是职能数据清单中的清单项，目录须根据清单编制；{zh}。",
            cite=cite,
        )


class SourceElsewhereError(CatalogueError):
    """Another department is the registered source of an item and provides it for all."""

    code = "source_elsewhere"

    def __init__(self, item: str, source: str, *, cite: Sequence[str]) -> None:
        super().__init__(
            f"{item} is provided by its source department, {source}: apply for its data instead of "
            "listing it again.",
            zh=f"“{item}”由数源部门{source}统一提供：请申请共享其数据，不得另行编目提供。",
            cite=cite,
        )


class EntriesLeftError(CatalogueError):
    """A department would end and leave entries that nobody provides."""

    code = "entries_left"

    def __init__(self, *, department: str, codes: Sequence[str]) -> None:
        super().__init__(
            f"{department} still provides {', '.join(codes)}: name a successor, or withdraw them.",
            zh=f"“{department}”仍是{'、'.join(codes)}的提供部门：请确定承接部门，或先撤销目录。",
        )
