"""Who of several departments has answered, as a case file tells it."""

from collections.abc import Mapping
from typing import Any

from huitong.cases import several
from huitong.regulations.types import EACH, FlatTable, Step


class Answers:
    """Counts, event after event, which departments of a role have yet to answer in a stage.

    The file names the departments of the case; which of them an event is of stands in its entry
    of the ledger.
    """

    def __init__(self, table: FlatTable, file: Mapping[str, Any]) -> None:
        self._table = table
        self._bodies = {seat: body["code"] for seat, body in file["parties"].items()}
        self._seats = {one["uuid"]: one["facts"].get("seat") for one in file["entries"]}
        self._stage = ""
        self._given: dict[str, set[str]] = {}

    def missing_after(self, row: Step, event: Mapping[str, Any]) -> frozenset[str]:
        """Return which departments have yet to take a step once this event is counted."""
        before = self._table.states.get(event["from"])
        stage = before.stage if before is not None else ""
        if stage != self._stage:
            self._stage, self._given = stage, {}
        if row.several != EACH or row.by not in self._table.roles:
            return frozenset()
        given = self._given.setdefault(row.name, set())
        given |= {str(self._seats.get(event["entry"]) or ""), event["department"]["code"]}
        key = several.key_in(self._table.roles[row.by], self._bodies)
        return frozenset(
            seat
            for seat in several.of(key, self._bodies)
            if seat not in given and self._bodies[seat] not in given
        )
