"""Giving papers out, on record."""

import datetime as dt

from django.db import transaction

from huitong.cases.models import Case
from huitong.cases.papers import files
from huitong.cases.papers.content import EXPORTED, CaseFile
from huitong.ledger import actions as ledger
from huitong.organisations.types import Actor


def give_out(case: Case, *, actor: Actor, at: dt.datetime) -> CaseFile:
    """Return the file of a case, its digest recorded: nobody can give out another one later.

    The same content is recorded once, whoever asks for it and how often. The case's row is locked,
    so that no step comes between what is hashed and what is recorded.
    """
    with transaction.atomic():
        case = (
            Case.objects.select_for_update(of=("self",))
            .select_related("jurisdiction__parent__parent")
            .get(pk=case.pk)
        )
        file = files.case_file(case)
        if file["statement"] is None:
            ledger.record(
                kind=EXPORTED,
                subject=f"case:{case.number}",
                actor=actor.ledger_name,
                at=at,
                facts={"content_sha256": file["content_sha256"], "version": case.version},
            )
            file = files.case_file(case)
    return file
