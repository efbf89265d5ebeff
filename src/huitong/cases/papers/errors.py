"""What can go wrong with papers."""

from collections.abc import Iterable, Sequence

from huitong.cases.errors import CaseError
from huitong.regulations.types import Fault


class CaseFileUnreadableError(CaseError):
    """A file is no case file at all, so nothing in it can be checked."""

    code = "case_file_unreadable"

    def __init__(self, why: str, why_zh: str) -> None:
        super().__init__(
            f"This is no case file: {why}. Ask whoever gave it to you for the unchanged file.",
            zh=f"这不是可核验的办件卷宗：{why_zh}。请向提供者索取未经改动的文件。",
        )


class CaseUnknownError(CaseError):
    """There is no case of that number."""

    code = "case_unknown"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"There is no case {number}: see the number on its page, or `huitong case list`.",
            zh=f"没有编号为{number}的办件：请核对办件编号，或用 huitong case list 查找。",
        )


class FontMissingError(CaseError):
    """Without a Chinese font every character of a paper would be an empty box."""

    code = "font_missing"

    def __init__(self) -> None:
        super().__init__(
            "The Chinese font for papers is missing: install the packages of "
            "requirements/runtime.lock again (cvttf-notosanscjk-regular).",
            zh="缺少生成文书所需的中文字体：请按 requirements/runtime.lock 重新安装依赖"
            "（cvttf-notosanscjk-regular）。",
        )


class DocumentsBrokenError(CaseError):
    """The table of documents has faults; the program does not start on it."""

    code = "documents_broken"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(
            "The table of documents has faults: " + " | ".join(map(str, faults)),
            zh="文书表有误：" + "；".join(map(str, faults)),
        )
        self.faults = tuple(faults)


class DocumentUnknownError(CaseError):
    """A case has no document under that name."""

    code = "document_unknown"

    def __init__(self, number: str, paper: str) -> None:
        super().__init__(
            f"Case {number} has no document {paper}: choose one of its list.",
            zh=f"办件{number}没有编号为{paper}的文书：请从文书列表中选择。",
        )


class NotIssuerError(CaseError):
    """Somebody else's document was to be issued."""

    code = "not_issuer"

    def __init__(self, *, actor: str, issuer: str, cite: Iterable[str]) -> None:
        super().__init__(
            f"{actor} may not issue this document: it is {issuer}'s, which took the step.",
            zh=f"{actor}不能出具该文书：应由办理该环节的{issuer}出具。",
            cite=cite,
        )
