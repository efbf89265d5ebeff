"""The regulation by whose words pages speak where no case or dataset says another."""

from django.db.models.signals import post_save
from django.dispatch import receiver

from huitong.organisations.models import Jurisdiction
from huitong.regulations import profiles
from huitong.regulations.errors import ExpiredError
from huitong.regulations.law import Profile
from huitong.web import clock

# Read once by each process: the root of an installation changes its regulation hardly ever, and
# then in a process that is told by the signal; the others speak so after they are started again.
_chosen: dict[str, str] = {}
_KEY = "root"


@receiver(post_save, sender=Jurisdiction)
def keep(sender: type[Jurisdiction], instance: Jurisdiction, **_more: object) -> None:
    """Keep the regulation of the root jurisdiction when it is founded or chooses another."""
    del sender
    if instance.parent_id is None and instance.profile_id:
        _chosen[_KEY] = instance.profile_id


def regulation() -> Profile | None:
    """Return the regulation of the root jurisdiction; None before there is one."""
    if _KEY not in _chosen:
        roots = Jurisdiction.objects.filter(parent=None).exclude(profile_id="").order_by("code")
        found = roots.values_list("profile_id", flat=True).first()
        if found is None:
            return None
        _chosen[_KEY] = found
    try:
        return profiles.standing_in(_chosen[_KEY], clock.day_of(clock.now()))
    except ExpiredError:
        # Its words are still the place's own; that it ended is for whoever opens a case.
        return profiles.load(_chosen[_KEY])
