"""A shape (dataset, columns, masks, row filter) and the functions that answer it.

Each shape has three functions in schema `gateway`, owned by the pool's role and run with its
rights, so that the gateway's own role needs no right on any table: `shape_<digest>(keys, grants)`
for a batch, `…_one(key, grant)`, and `…_page(grant, after, size)`. In the same statement they check
that the grant lives and is of this very shape, then filter and mask.

For one key alone there is also the security-barrier view `…_row`, with the same checks and masks: a
look-up that finds its row there costs a third less, for a function starts an executor of its own.
No row means that the function is asked, which tells why. A view holds on to its table, so a swap
binds the views to the new table first (`bindings.rebind`).

The functions are plpgsql: its plans
are kept for the session on every PostgreSQL since 15, and names are resolved again after a serving
table was swapped by renaming. And they are volatile: a call that waited for the swap then sees by a
snapshot taken after it. A stable function would read the new table by the caller's older snapshot,
in which it is empty, and answer that there is no such record.

A shape whose columns may only be compared has one function instead, `…_match(key, grant, items,
values)`: a JSON object of item → true or false. No function of records answers its grants, for a
grant is answered by the functions of its own columns alone.

Answers are texts: a JSON object, or `N` (no such record within the grant) or `R` (refused).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from huitong.gateway.errors import GatewayError
from huitong.sharing import masks
from huitong.sharing.types import MATCH

NOT_FOUND = "N"
REFUSED = "R"
_NAME = re.compile(r"[^\W\d]\w*")
# Raised when the functions below change, so that old and new gateways never share one.
_VERSION = 3


class ShapeInvalidError(GatewayError):
    """A grant's columns or row filter are not of the form that `sharing` writes."""

    code = "shape_invalid"
    status = 500


class Granted(Protocol):
    """What of a grant makes its shape; `sharing.models.Grant` is one."""

    @property
    def dataset_id(self) -> int:
        """Return the dataset's id."""

    @property
    def columns(self) -> Any:  # noqa: ANN401 - JSON, checked by `shape_of`
        """Return `[{"name": item, "mask": mask or null}, …]`."""

    @property
    def row_filter(self) -> Any:  # noqa: ANN401
        """Return null or `{"column": item, "in": [text, …]}`."""


@dataclass(frozen=True, slots=True)
class Shape:
    """`columns` are (item, mask or None); `row_filter` is (item, allowed values) or None."""

    dataset_id: int
    columns: tuple[tuple[str, str | None], ...]
    row_filter: tuple[str, tuple[str, ...]] | None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the items in the order in which they are answered."""
        return tuple(name for name, _ in self.columns)

    @property
    def digest(self) -> str:
        """Return 32 hexadecimal digits over all that the functions do."""
        return hashlib.sha256(_canonical(self)).hexdigest()[:32]

    @property
    def matches(self) -> bool:
        """Tell whether its columns are only compared."""
        return any(mask == MATCH for _, mask in self.columns)

    @property
    def last_function(self) -> str:
        """Return the signature of the function that is made last: the others are there too."""
        if self.matches:
            return f"{self.function}_match(text,bigint,text[],text[])"
        return f"{self.function}_page(bigint,text,integer)"

    @property
    def function(self) -> str:
        """Return the name of the batch function, with its schema."""
        return f"gateway.shape_{self.digest}"

    @property
    def view(self) -> str:
        """Return the name of the view for one key, with its schema."""
        return f"{self.function}_row"


def shape_of(dataset_id: int, columns: object, row_filter: object) -> Shape:
    """Return the shape of a grant from its JSON members.

    Raises: ShapeInvalidError, naming the member.

    >>> shape_of(7, [{"name": "xm", "mask": "name"}], None).names
    ('xm',)
    """
    if not isinstance(columns, Sequence) or isinstance(columns, str) or not columns:
        raise _invalid("columns", columns)
    pairs: list[tuple[str, str | None]] = []
    for column in columns:
        if not isinstance(column, Mapping) or column.keys() - {"name", "mask"}:
            raise _invalid("columns", column)
        name, mask = column.get("name"), column.get("mask")
        if not isinstance(name, str) or not _item(name) or name == "_key":
            raise _invalid("columns", column)
        if mask is not None and not isinstance(mask, str):
            raise _invalid("columns", column)
        pairs.append((name, None if mask is None else str(mask)))
    if len({name for name, _ in pairs}) != len(pairs):
        raise _invalid("columns", columns)
    if len({mask == MATCH for _, mask in pairs}) != 1:
        raise _invalid("columns", columns)
    return Shape(dataset_id, tuple(pairs), _filter(row_filter))


def create_statements(shape: Shape, *, reader: str) -> tuple[str, ...]:
    """Return the DDL of the shape's functions, to be run as the pool's role.

    `reader` is the role that may execute them.
    """
    if shape.matches:
        return _match_statements(shape, reader=reader)
    values = {
        "batch": shape.function,
        "table": table_of(shape.dataset_id),
        "body": _body(shape),
        "live": _live(shape),
        "rows": _rows(shape),
        "reader": _identifier(reader),
    }
    return tuple(statement.format(**values) for statement in _STATEMENTS)


def view_statements(shape: Shape, table: str, *, reader: str) -> tuple[str, ...]:
    """Return the DDL that binds the shape's view to a table (with its schema).

    Nothing for a shape that is only compared: a view would show its columns.
    """
    if shape.matches:
        return ()
    columns = ", ".join(
        f"{_masked(name, mask)} AS {_identifier(name)}" for name, mask in shape.columns
    )
    # The masked row is made first and written as JSON after: the planner keeps both index scans.
    view = (
        f"CREATE OR REPLACE VIEW {shape.view} WITH (security_barrier) AS "  # noqa: S608
        "SELECT t._key, g.id AS grant_id, pg_catalog.row_to_json(x)::text AS body "
        f"FROM gateway.granted g, {table} t, LATERAL (SELECT {columns}) x "
        f"WHERE {_rows(shape)} AND {_live(shape)}"
    )
    return view, f"GRANT SELECT ON {shape.view} TO {_identifier(reader)}"


def table_of(dataset_id: int) -> str:
    """Return the name of the dataset's serving copy, with its schema."""
    return f"serving.d_{dataset_id:d}"


def _invalid(member: str, value: object) -> ShapeInvalidError:
    return ShapeInvalidError(
        f"The grant's {member} hold {value!r}, which cannot be served: decide the application "
        "anew.",
        zh=f"授权的 {member} 内容无法提供服务，请重新审核该申请。",
    )


def _item(name: str) -> bool:
    """Tell whether PostgreSQL neither cuts the name (63 bytes) nor takes it for SQL."""
    return bool(_NAME.fullmatch(name)) and len(name.encode()) <= 63


def _filter(given: object) -> tuple[str, tuple[str, ...]] | None:
    if given is None:
        return None
    if not isinstance(given, Mapping) or given.keys() != {"column", "in"}:
        raise _invalid("row_filter", given)
    column, values = given["column"], given["in"]
    if not isinstance(column, str) or not _item(column):
        raise _invalid("row_filter", given)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise _invalid("row_filter", given)
    return column, tuple(values)


def _canonical(shape: Shape) -> bytes:
    found = {
        "version": _VERSION,
        "dataset": shape.dataset_id,
        "columns": shape.columns,
        # A mask that is defined otherwise is another shape: an upgrade makes new functions.
        "masked": [_masked(name, mask) for name, mask in shape.columns if mask != MATCH],
        "filter": shape.row_filter,
    }
    return json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    """Return text as a literal; a `$` is escaped, for it could end the function's quotation."""
    escaped = text.replace("\\", "\\\\").replace("'", "''").replace("$", "\\0024")
    return f"U&'{escaped}'"


def _masked(name: str, mask: str | None) -> str:
    column = f"t.{_identifier(name)}"
    return masks.sql(mask, column)


def _body(shape: Shape) -> str:
    columns = ", ".join(
        f"{_masked(name, mask)} AS {_identifier(name)}" for name, mask in shape.columns
    )
    return f"(SELECT pg_catalog.row_to_json(x)::text FROM (SELECT {columns}) x)"  # noqa: S608


def _live(shape: Shape) -> str:
    """Return the condition on `g` under which its rows may be answered by this shape."""
    columns = json.dumps([{"name": name, "mask": mask} for name, mask in shape.columns])
    if shape.row_filter is None:
        same = "g.row_filter IS NULL"
    else:
        column, values = shape.row_filter
        given = json.dumps({"column": column, "in": list(values)})
        same = f"g.row_filter = {_literal(given)}::jsonb"
    return (
        "g.revoked_at IS NULL AND g.suspended_at IS NULL "
        "AND g.starts_at <= now() AND g.ends_at > now() "
        f"AND g.dataset_id = {shape.dataset_id:d} "
        f"AND g.columns = {_literal(columns)}::jsonb AND {same}"
    )


def _rows(shape: Shape) -> str:
    """Return the condition on `t` of the row filter."""
    if shape.row_filter is None:
        return "true"
    column, values = shape.row_filter
    allowed = ", ".join(_literal(value) for value in values)
    return f"(t.{_identifier(column)})::text = ANY (ARRAY[{allowed}]::text[])"


def _function(signature: str, returns: str, settings: Iterable[str], body: str) -> str:
    configuration = " ".join(f"SET {setting}" for setting in settings)
    return (
        f"CREATE OR REPLACE FUNCTION {{batch}}{signature} RETURNS {returns} LANGUAGE plpgsql "
        f"VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp {configuration} "
        f"AS $shape${body}$shape$"
    )


# Without force_generic_plan a call is planned anew for every array (0.85 against 1.06).
_GENERIC = ("plan_cache_mode = force_generic_plan",)
# Without a known limit the planner would rather sort a third of the table than walk the index.
_BY_INDEX = ("enable_seqscan = off", "enable_sort = off", "enable_bitmapscan = off")

_ONE = """
BEGIN
  RETURN coalesce((
    SELECT CASE WHEN t._key IS NULL THEN 'N' ELSE {body} END
      FROM gateway.granted g
      LEFT JOIN {table} t ON t._key = $1 AND {rows}
     WHERE g.id = $2 AND {live}
     LIMIT 1), 'R');
END
"""

_BATCH = """
BEGIN
  RETURN (
    SELECT array_agg(
             CASE WHEN g.id IS NULL THEN 'R' WHEN t._key IS NULL THEN 'N' ELSE {body} END
             ORDER BY c.place)
      FROM unnest($1, $2) WITH ORDINALITY c(key, grant_id, place)
      LEFT JOIN gateway.granted g ON g.id = c.grant_id AND {live}
      -- One row a key whatever the table holds: the answers stand in the order of the keys.
      LEFT JOIN LATERAL (
        SELECT * FROM {table} t WHERE t._key = c.key AND {rows} LIMIT 1) t ON g.id IS NOT NULL);
END
"""

_PAGE = """
BEGIN
  IF NOT EXISTS (SELECT FROM gateway.granted g WHERE g.id = $1 AND {live}) THEN
    RETURN QUERY SELECT NULL::text, 'R'::text;
    RETURN;
  END IF;
  RETURN QUERY
    SELECT t._key, {body}
      FROM {table} t
     WHERE t._key > coalesce($2, '') AND {rows}
     ORDER BY t._key
     LIMIT $3;
END
"""

_MATCHING = """
BEGIN
  RETURN coalesce((
    SELECT CASE WHEN t._key IS NULL THEN 'N' ELSE (
             SELECT json_object_agg(c.item, CASE c.item {cases} ELSE false END ORDER BY c.place)
               FROM unnest($3, $4) WITH ORDINALITY c(item, value, place))::text END
      FROM gateway.granted g
      LEFT JOIN {table} t ON t._key = $1 AND {rows}
     WHERE g.id = $2 AND {live}
     LIMIT 1), 'R');
END
"""


def _match_statements(shape: Shape, *, reader: str) -> tuple[str, ...]:
    cases = " ".join(
        f"WHEN {_literal(name)} THEN (t.{_identifier(name)})::text IS NOT DISTINCT FROM c.value"
        for name in shape.names
    )
    values = {
        "batch": shape.function,
        "table": table_of(shape.dataset_id),
        "cases": cases,
        "live": _live(shape),
        "rows": _rows(shape),
        "reader": _identifier(reader),
    }
    name = "{batch}_match(text, bigint, text[], text[])"
    statements = (
        _function("_match(text, bigint, text[], text[])", "text", _GENERIC, _MATCHING),
        f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {name} TO {{reader}}",
    )
    return tuple(statement.format(**values) for statement in statements)


_SIGNATURES = {
    "_one": ("(text, bigint)", "text", _GENERIC, _ONE),
    "": ("(text[], bigint[])", "text[]", _GENERIC, _BATCH),
    "_page": (
        "(bigint, text, integer)",
        "TABLE(after text, body text)",
        _GENERIC + _BY_INDEX,
        _PAGE,
    ),
}

_STATEMENTS = tuple(
    statement
    for suffix, (arguments, returns, settings, body) in _SIGNATURES.items()
    for statement in (
        _function(f"{suffix}{arguments}", returns, settings, body),
        f"REVOKE ALL ON FUNCTION {{batch}}{suffix}{arguments} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {{batch}}{suffix}{arguments} TO {{reader}}",
    )
)
