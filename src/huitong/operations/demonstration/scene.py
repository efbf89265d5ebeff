"""What the acts of the main job share: the province, its datasets, the stage they play on."""

from pathlib import Path

from huitong.catalogue import queries as catalogue
from huitong.catalogue.models import Dataset
from huitong.config import Config
from huitong.operations.demonstration import entries, making, world
from huitong.operations.demonstration.stage import Stage


class Scene:
    """The state that one act leaves to the next."""

    def __init__(
        self, stage: Stage, config: Config, folder: Path, real: Path | None, people: int
    ) -> None:
        self.stage = stage
        self.config = config
        self.folder = folder
        self.real = real
        self.people = people
        self.entries: list[entries.Entry] = []
        self.made: dict[str, making.Made] = {}
        self.world = world.World({}, {}, stage.now().date())

    @property
    def personal(self) -> entries.Entry:
        """Return the dataset that is shared and never open."""
        return next(entry for entry in self.entries if entry.personal)

    @property
    def public(self) -> entries.Entry:
        """Return the dataset that ends on the portal."""
        return next(entry for entry in self.entries if not entry.personal)

    def dataset(self, entry: entries.Entry) -> Dataset:
        """Return the entry's dataset as it now stands."""
        return catalogue.dataset(entry.code)
