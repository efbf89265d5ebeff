"""A ledger in a database of its own, as tests use and abuse it."""

import uuid as uuids
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import psycopg

from huitong.ledger import leaves, sealing, verification
from huitong.ledger.checkpoints import Signer
from huitong.ledger.sealing import Head
from huitong.ledger.verification import Verification

AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)


def append(
    connection: psycopg.Connection,
    *,
    kind: str = "test.act",
    subject: str = "thing",
    **facts: object,
) -> leaves.Row:
    """Insert an entry as a process without Django does; the caller commits."""
    row = leaves.row(
        leaves.entry(
            uuid=uuids.uuid4(),
            kind=kind,
            subject=subject,
            actor="system",
            at=AT,
            cite=["HL-22.3"],
            facts=facts,
        )
    )
    connection.execute(leaves.INSERT_STATEMENT, row)
    return row


class Databases(Protocol):
    """What these tests use of the fixture `fresh_database`."""

    @property
    def app_dsn(self) -> str: ...
    @property
    def owner_dsn(self) -> str: ...
    @property
    def shipper_dsn(self) -> str: ...


@dataclass
class Log:
    """A ledger in a database of its own, reached by psycopg as the application's role."""

    connection: psycopg.Connection
    signer: Signer
    owner_dsn: str

    def append(
        self, number: int = 1, *, kind: str = "test.act", subject: str = "thing", **facts: object
    ) -> list[leaves.Row]:
        with self.connection.transaction():
            return [
                append(self.connection, kind=kind, subject=subject, number=index, **facts)
                for index in range(number)
            ]

    def seal(self) -> Head | None:
        with self.connection.transaction():
            return sealing.seal(self.connection, signer=self.signer, at=AT)

    def verify(self, *saved: str) -> Verification:
        with self.connection.transaction():
            return verification.verify(self.connection, key=self.signer.public, saved=saved)

    def tamper(self, *statements: str) -> None:
        """Change rows as the owner, all triggers off: what the database cannot stop."""
        tables = ("entry", "leaf", "node", "checkpoint")
        with psycopg.connect(self.owner_dsn) as owner:
            for table in tables:
                owner.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
            for statement in statements:
                changed = owner.execute(statement).rowcount
                assert changed > 0, f"nothing changed by {statement}"
            for table in tables:
                owner.execute(f"ALTER TABLE ledger_{table} ENABLE TRIGGER USER")

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement).fetchall()
