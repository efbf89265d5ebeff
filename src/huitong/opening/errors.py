"""What opening refuses, and what to do then."""

from collections.abc import Sequence

from huitong.errors import HuitongError
from huitong.opening.types import Refusal


class OpeningError(HuitongError):
    """Base of opening's refusals."""

    code = "opening"


class NotOpenableError(OpeningError):
    """A dataset may not be put on the open list; every ground is named with its fields."""

    code = "not_openable"

    def __init__(self, dataset: str, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        en = "; ".join(refusal.en for refusal in refusals)
        zh = "；".join(refusal.zh for refusal in refusals)
        super().__init__(
            f"Dataset {dataset} cannot be opened: {en}. Open a dataset without these fields "
            "instead, or leave this one closed.",
            zh=f"目录条目 {dataset} 不能开放：{zh}。"
            "可另行编制不含上述内容的数据集，或保持不予开放。",
            cite=tuple(dict.fromkeys(c for refusal in refusals for c in refusal.cite)),
        )


class NotPublishedError(OpeningError):
    """A dataset that is not in the published catalogue cannot be opened."""

    code = "dataset_not_published"

    def __init__(self, dataset: str) -> None:
        super().__init__(
            f"Dataset {dataset} is not in the published catalogue: open it once it is published.",
            zh=f"目录条目 {dataset} 尚未发布：请待发布后再办理开放。",
        )


class EntryChangedError(OpeningError):
    """The catalogue published another version while the opening was under review."""

    code = "entry_changed"

    def __init__(self, dataset: str) -> None:
        super().__init__(
            f"Dataset {dataset} was published anew since it was submitted for opening: return it, "
            "so that its department submits the new version.",
            zh=f"目录条目 {dataset} 在报送开放后又发布了新版本：请退回，由部门按新版本重新报送。",
        )


class NotOnListError(OpeningError):
    """No such dataset is on the open list."""

    code = "not_on_open_list"

    def __init__(self, dataset: str) -> None:
        super().__init__(
            f"There is no open dataset {dataset!r}: look it up in the portal's search.",
            zh=f"开放目录中没有“{dataset}”：请在门户中检索。",
        )


class ApplicationNeededError(OpeningError):
    """Conditionally open data is given on application only."""

    code = "opening_application_needed"

    def __init__(self, dataset: str, *, condition: str, cite: Sequence[str]) -> None:
        super().__init__(
            f"Dataset {dataset} is open on conditions ({condition}): apply to its provider.",
            zh=f"{dataset} 属于有条件开放（{condition}）：请向提供部门申请。",
            cite=cite,
        )


class FormatUnknownError(OpeningError):
    """A download was asked for in a format that is not offered."""

    code = "format_unknown"

    def __init__(self, fmt: str, offered: Sequence[str]) -> None:
        listed = ", ".join(offered)
        super().__init__(
            f"There is no download as {fmt!r}: choose {listed}.",
            zh=f"不提供“{fmt}”格式下载：可选 {listed}。",
        )


class AccessNotForThisError(OpeningError):
    """Access was granted to data that is not published, or not open on conditions."""

    code = "access_not_for_this"

    def __init__(self, subject: str, *, cite: Sequence[str]) -> None:
        super().__init__(
            f"{subject} is no published dataset that is open on conditions: no access can be given "
            "to it.",
            zh=f"{subject} 不是已发布的有条件开放数据，不能开通获取权限。",
            cite=cite,
        )


class AccessCodeInvalidError(OpeningError):
    """A code was shown that no access to this dataset has, or has any more."""

    code = "access_code_invalid"

    def __init__(self, dataset: str, *, cite: Sequence[str]) -> None:
        super().__init__(
            f"The code gives no access to {dataset}: check it, or apply to the provider.",
            zh=f"该获取码不能获取 {dataset}：请核对，或者向提供部门提出申请。",
            cite=cite,
        )


class AccessSuspendedError(OpeningError):
    """An access is closed for the time being, because of a breach."""

    code = "access_suspended"

    def __init__(self, dataset: str, *, case: str, cite: Sequence[str]) -> None:
        super().__init__(
            f"The access to {dataset} is closed until the breach of case {case} is corrected.",
            zh=f"因办件{case}所涉违规，{dataset} 的获取权限已暂时关闭，改正后恢复。",
            cite=cite,
        )
