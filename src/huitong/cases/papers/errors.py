"""What can go wrong with papers."""

from huitong.cases.errors import CaseError


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
