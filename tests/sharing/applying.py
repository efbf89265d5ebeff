"""An application that is in order, for tests to change one thing about it."""

from datetime import date
from typing import Any

from catalogue.world import LATER, World
from huitong.catalogue.models import Dataset
from huitong.sharing import actions
from huitong.sharing.models import Application

WHOLE = {"citizen_id": "whole", "name": "whole", "mobile": "phone"}


def apply(world: World, dataset: Dataset, **changes: Any) -> Application:  # noqa: ANN401
    words = {
        "items": ["mobile", "citizen_id", "name"],
        "scenario": "高校毕业生就业补贴审核",
        "mode": "api",
        "scope": "2025年毕业生",
        "basis": "《就业促进法》第四十四条",
        "purpose": "核验申请人就业状况",
        "use_until": date(2026, 12, 31),
        "actor": world.clerk,
        "at": LATER,
    }
    return actions.apply(dataset=dataset, **{**words, **changes})
