"""The application that many pages are shown with: the housing office asks for a dataset."""

import datetime as dt

from huitong.catalogue.models import Dataset
from huitong.operations.demonstration.world import World
from huitong.sharing import actions as sharing
from huitong.sharing.models import Application

USE_UNTIL = dt.date(2027, 11, 30)


def apply(province: World, dataset: Dataset, *items: str, at: dt.datetime) -> Application:
    """Apply for items of a conditional dataset, as an officer of the housing office."""
    return sharing.apply(
        dataset=dataset,
        items=list(items),
        scenario="公共租赁住房资格复核",
        mode="api",
        scope="本市申请家庭",
        basis="《公共租赁住房管理办法》第八条",
        purpose="资格复核",
        use_until=USE_UNTIL,
        actor=province.actor("zhufang"),
        at=at,
    )
