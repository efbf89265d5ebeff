"""Giving papers out, on record."""

import datetime as dt

from django.db import transaction

from huitong.cases.models import Case
from huitong.cases.papers import files, letters
from huitong.cases.papers.content import EXPORTED, PAPER, CaseFile
from huitong.cases.papers.errors import NotIssuerError
from huitong.ledger import actions as ledger
from huitong.ledger.models import Entry
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


def issue(case: Case, paper_id: str, lang: str, *, actor: Actor, at: dt.datetime) -> Entry:
    """Record the digest of a document's PDF: whoever holds the PDF can then prove it is this one.

    Only the department that took the step issues its document, also where it recorded what another
    body decided; the platform's own notices follow from the record alone, so any reader may have
    their digest recorded. The same bytes are recorded once.

    Raises: DocumentUnknownError, NotIssuerError, FontMissingError.
    """
    paper = letters.paper_of(case, paper_id)
    if not letters.is_of_platform(paper) and actor.department_id != paper.event.department_id:
        raise NotIssuerError(
            actor=actor.name or actor.username,
            issuer=paper.event.department_name,
            cite=paper.cite,
        )
    digest = letters.digest(letters.paper_pdf(case, paper, lang))
    with transaction.atomic():
        Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        before = letters.paper_of(case, paper_id).issued.get(lang)
        if before is not None and before.facts["sha256"] == digest:
            return before
        return ledger.record(
            kind=PAPER,
            subject=f"case:{case.number}",
            actor=actor.ledger_name,
            at=at,
            cite=paper.cite,
            facts={
                "paper": paper.id,
                "document": paper.document.name,
                "lang": lang,
                "sha256": digest,
                "seq": paper.event.seq,
            },
        )
