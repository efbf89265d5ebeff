"""Who may send how much: asked before a byte of a file is kept.

`UploadDoor` stands before CSRF, which reads the body; `Gate` stands before the handler that writes
the file, and counts, since a length that the sender states proves nothing.
"""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from huitong.errors import HuitongError
from huitong.pool.errors import TooLargeError
from huitong.web.access import refused
from huitong.web.api import problems as api_problems
from huitong.web.middleware import Answer
from huitong.web.refusals import status_of

# Pages and the one call of the API that take a file; everything else takes none.
TAKE_FILES = frozenset({"book-new", "deliver", "dataset-new", "api-1:deliver"})
_REFUSAL = "upload_refused"  # the attribute of the request by which the gate tells the door


class FormTooLargeError(HuitongError):
    """A request is larger than a form without a file ever is."""

    code = "form_too_large"

    def __init__(self, limit: int) -> None:
        mebibytes = limit / 2**20
        super().__init__(
            f"This page takes at most {mebibytes:.0f} MiB and no file: shorten what you wrote and "
            "submit again; files are delivered on the page of their dataset.",
            zh=f"本页面最多接收 {mebibytes:.0f} MiB，且不接收文件：请精简内容后重新提交；"
            "数据文件请在数据目录的归集页面上传。",
        )


def takes_files(request: HttpRequest) -> bool:
    """Whether the address takes a file, and somebody is logged in who may send one."""
    match = request.resolver_match
    return match is not None and match.view_name in TAKE_FILES and request.user.is_authenticated


class Gate(FileUploadHandler):
    """Take no file from strangers and for other pages, and of a file no byte over the limit."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._taken = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  as Django's own
        """Let the file begin. Raises: StopUpload."""
        super().new_file(*args, **kwargs)
        if self.request is None or not takes_files(self.request):
            raise StopUpload(connection_reset=True)
        Path(settings.FILE_UPLOAD_TEMP_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002  Django's
        """Hand the piece on to the handler that writes. Raises: StopUpload."""
        self._taken += len(raw_data)
        limit = settings.CONFIG.upload_limit
        if self._taken > limit:
            setattr(self.request, _REFUSAL, TooLargeError(limit))
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handler that wrote it."""


class UploadDoor:
    """Refuse what is too large with 413, by its stated length and then by what really comes."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; the door itself is `process_view`, where the address is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Return a refusal, or nothing when the request may go on."""
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return None
        with_files = takes_files(request)
        form = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        limit = settings.CONFIG.upload_limit
        if _stated(request) > form + (limit if with_files else 0):
            return _answer(request, TooLargeError(limit) if with_files else FormTooLargeError(form))
        if not (with_files and request.content_type == "multipart/form-data"):
            return None
        try:
            request.POST  # noqa: B018  read here, so that the gate speaks before the view does
        except UnreadablePostError:
            return HttpResponse(status=HTTPStatus.BAD_REQUEST)  # the sender is gone
        error = getattr(request, _REFUSAL, None)
        return None if error is None else _answer(request, error)


def _stated(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if text.isdecimal() else 0


def _answer(request: HttpRequest, error: HuitongError) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        return api_problems.answer(status_of(error), error.problem())
    return refused(request, error)
