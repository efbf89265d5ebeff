"""Why a file is refused. Every error says what, where in the file, and what to do next."""

from __future__ import annotations


class SourceError(Exception):
    """A source cannot be read as asked.

    `str(error)` is the English sentence, `zh` the Chinese one. `address` is the place in the file
    (`Sheet1!C7`, `line 12, column 3`) where one can be named.
    """

    code = "source_error"

    def __init__(self, en: str, *, zh: str, address: str | None = None) -> None:
        super().__init__(en)
        self.zh = zh
        self.address = address


class FileRefusedError(SourceError):
    """The file as a whole cannot be taken."""

    code = "file_refused"


class EmptyFileError(FileRefusedError):
    """There is nothing in the file, or nothing under its header."""

    code = "file_empty"


class TooLargeError(FileRefusedError):
    """The file, or a part of it, is over a limit."""

    code = "file_too_large"


class WrongKindError(FileRefusedError):
    """The content is not what the name says, or of no kind that is read here."""

    code = "file_wrong_kind"


class CutOffError(FileRefusedError):
    """The file ends in the middle of something."""

    code = "file_cut_off"


class PasswordError(FileRefusedError):
    """The workbook is protected by a password."""

    code = "file_password"


class ZipBombError(FileRefusedError):
    """A small compressed file would grow beyond any honest table."""

    code = "file_zip_bomb"


class EncodingError(FileRefusedError):
    """The text is neither UTF-8 nor GB18030 throughout."""

    code = "file_encoding"


class NulByteError(FileRefusedError):
    """A text file holds a NUL byte."""

    code = "file_nul_byte"


class RaggedRowError(FileRefusedError):
    """A row has more or fewer cells than the header."""

    code = "row_ragged"


class OpenQuoteError(CutOffError):
    """A quotation mark is opened and never closed."""

    code = "quote_open"


class DuplicateHeaderError(FileRefusedError):
    """Two columns, or two keys of one object, have the same name."""

    code = "header_twice"


class HeaderMissingError(FileRefusedError):
    """No row can be taken as the header."""

    code = "header_missing"


class FormulaCellError(FileRefusedError):
    """A cell would run as a formula in a spreadsheet, or holds one without its value."""

    code = "cell_formula"


class ErrorCellError(FileRefusedError):
    """A cell holds an error of Excel instead of a value."""

    code = "cell_error"


class DigitsLostError(FileRefusedError):
    """A long number was stored as a number, so its last digits are gone."""

    code = "digits_lost"


class UnreadableCellError(FileRefusedError):
    """A cell or a line cannot be understood."""

    code = "cell_unreadable"


class LayoutMismatchError(SourceError):
    """A file does not fit the layout that was confirmed for it."""

    code = "layout_mismatch"


class LayoutInvalidError(SourceError):
    """A stored layout is not one that can be read by."""

    code = "layout_invalid"
