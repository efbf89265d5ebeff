"""Running cases of a department that ends wait for its successor from then on."""

from django.db.models import Q
from django.db.models.expressions import RawSQL

from huitong.cases.errors import CasesRunningError
from huitong.cases.models import Case, Waiting
from huitong.organisations.succession import Ended, on_ended

# Under whatever role: a text names its own (upper_department, checking_department, …).
_NAMED = (
    "SELECT id FROM cases_case WHERE closed_at IS NULL AND "
    "jsonb_path_exists(parties, '$.* ? (@ == $pk)', jsonb_build_object('pk', %s::bigint))"
)


@on_ended
def carry_on(ended: Ended) -> None:
    """Hand over what waits; the cases keep the parties that they were opened with.

    `queries.parties_of` finds the successor. A body without a successor cannot end while a case
    runs that names it or waits for it.

    Raises: CasesRunningError.
    """
    pk = ended.department.pk
    if ended.successor is None:
        waiting = Waiting.objects.filter(department_id=pk).values("case_id")
        named = RawSQL(_NAMED, [pk])  # noqa: S611  the text is ours, the id a parameter
        running = Case.objects.filter(closed_at__isnull=True).filter(
            Q(pk__in=waiting) | Q(pk__in=named)
        )
        numbers = list(running.order_by("number").values_list("number", flat=True)[:20])
        if numbers:
            raise CasesRunningError(department=ended.department.name, numbers=numbers)
        return
    Waiting.objects.filter(department_id=pk).update(department_id=ended.successor.pk)
