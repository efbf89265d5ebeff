"""What a call may ask for, and whether the memory lets it through."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from huitong.gateway.errors import BadCallError, CallTooLargeError
from huitong.gateway.types import Caller

KEY_LENGTH = 256
_PAGE_SIZE = 100
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(slots=True)
class Call:
    """One call as far as it is known; what is noted of a refusal is taken from here.

    `token` is the SHA-256 of the token that it came with.
    """

    dataset: str
    token: bytes = b""
    keys: tuple[str, ...] = ()
    page: str = ""
    size: int = -1
    columns: tuple[str, ...] = ()
    grant_id: int = 0
    many: bool = False
    values: tuple[str | None, ...] | None = None
    caller: Caller | None = None
    dataset_id: int = 0


def dataset_of(path: str, ending: str) -> str | None:
    """Return the code in `/v1/datasets/{code}{ending}`, or None for another path.

    >>> dataset_of("/v1/datasets/A01/records", "/records")
    'A01'
    """
    if path.startswith("/v1/datasets/") and path.endswith(ending):
        code = path[13 : -len(ending)]
        if code and "/" not in code:
            return code
    return None


def read_query(call: Call, given: Mapping[str, str], page_limit: int) -> None:
    """Fill the call from the parameters of a GET.

    Raises: BadCallError, naming the parameter.
    """
    for name, value in given.items():
        reader = _READERS.get(name)
        if reader is None:
            raise BadCallError(f"There is no parameter {name!r}.", zh=f"没有参数 {name!r}。")
        reader(call, value)
    if bool(call.keys) == bool(call.page):
        raise BadCallError(
            "Give either key=… or page=first.", zh="请提供 key=… 或 page=first 之一。"
        )
    if call.keys and call.size >= 0:
        raise BadCallError("size belongs to page.", zh="size 只能与 page 一起使用。")
    if call.page:
        if call.size < 0:
            call.size = min(_PAGE_SIZE, page_limit)
        if not 1 <= call.size <= page_limit:
            raise BadCallError(
                f"size must be from 1 to {page_limit}.", zh=f"size 须为 1 至 {page_limit}。"
            )


def _read_key(call: Call, value: str) -> None:
    call.keys = (_key(value),)


def _read_columns(call: Call, value: str) -> None:
    call.columns = _columns(value.split(","))


def _read_page(call: Call, value: str) -> None:
    call.page = value


def _read_size(call: Call, value: str) -> None:
    call.size = _number("size", value)


def _read_grant(call: Call, value: str) -> None:
    call.grant_id = _number("grant", value)


_READERS: Mapping[str, Callable[[Call, str], None]] = {
    "key": _read_key,
    "columns": _read_columns,
    "page": _read_page,
    "size": _read_size,
    "grant": _read_grant,
}


def read_body(call: Call, data: bytes, batch_limit: int) -> None:
    """Fill the call from the JSON of a POST: `key` or `keys`, and `columns`, `grant`.

    Raises: BadCallError, CallTooLargeError.
    """
    try:
        given = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise BadCallError("The body is not JSON.", zh="请求体不是 JSON。") from None
    if not isinstance(given, dict) or given.keys() - {"key", "keys", "columns", "grant"}:
        raise BadCallError(
            "The body must be an object with key or keys, columns, grant.",
            zh="请求体须为对象，成员为 key 或 keys、columns、grant。",
        )
    if ("key" in given) == ("keys" in given):
        raise BadCallError("Give either key or keys.", zh="请提供 key 或 keys 之一。")
    call.many = "keys" in given
    keys = given["keys"] if call.many else [given["key"]]
    if not isinstance(keys, list) or not keys:
        raise BadCallError("keys must be a list of texts.", zh="keys 须为文本列表。")
    if len(keys) > batch_limit:
        raise CallTooLargeError(
            f"At most {batch_limit} keys a call.", zh=f"每次最多 {batch_limit} 个主键。"
        )
    call.keys = tuple(_key(key) for key in keys)
    if "columns" in given:
        if not isinstance(given["columns"], list):
            raise BadCallError("columns must be a list of texts.", zh="columns 须为文本列表。")
        call.columns = _columns(given["columns"])
    grant_id = given.get("grant", 0)
    if not isinstance(grant_id, int) or isinstance(grant_id, bool) or grant_id < 0:
        raise BadCallError("grant must be a number.", zh="grant 须为数字。")
    call.grant_id = grant_id


def read_verification(call: Call, data: bytes) -> None:
    """Fill the call from the JSON of a POST: `key`, `values` (item → text or null) and `grant`.

    The items stand in one order, and `values` beside them. Raises: BadCallError.
    """
    try:
        given = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise BadCallError("The body is not JSON.", zh="请求体不是 JSON。") from None
    if not isinstance(given, dict) or given.keys() - {"key", "values", "grant"}:
        raise BadCallError(
            "The body must be an object with key, values, grant.",
            zh="请求体须为对象，成员为 key、values、grant。",
        )
    call.keys = (_key(given.get("key")),)
    values = given.get("values")
    if not isinstance(values, dict) or not values:
        raise BadCallError(
            "values is an object of item names and the values to compare.",
            zh="values 须为对象：数据项名称与待核验的值。",
        )
    call.columns = _columns(list(values))
    if not all(value is None or isinstance(value, str) for value in values.values()):
        raise BadCallError("Values to compare are texts or null.", zh="待核验的值须为文本或 null。")
    call.values = tuple(values[name] for name in call.columns)
    grant_id = given.get("grant", 0)
    if not isinstance(grant_id, int) or isinstance(grant_id, bool) or grant_id < 0:
        raise BadCallError("grant must be a number.", zh="grant 须为数字。")
    call.grant_id = grant_id


def _key(value: object) -> str:
    if not isinstance(value, str) or not value or len(value) > KEY_LENGTH or "\x00" in value:
        raise BadCallError(
            f"A key is a text of 1 to {KEY_LENGTH} characters.",
            zh=f"主键须为 1 至 {KEY_LENGTH} 个字符的文本。",
        )
    return value


def _columns(values: list[object] | list[str]) -> tuple[str, ...]:
    found = []
    for value in values:
        if not isinstance(value, str) or not value or len(value) > 63:
            raise BadCallError(
                "columns is a list of item names.", zh="columns 须为数据项名称列表。"
            )
        found.append(value)
    # In one order, so that the same choice waits at the same desk.
    return tuple(sorted(set(found)))


def _number(name: str, value: str) -> int:
    if not _NUMBER.fullmatch(value):
        raise BadCallError(f"{name} must be a number.", zh=f"{name} 须为数字。")
    return int(value)
