"""The steps of the main job in their order."""

from pathlib import Path

from huitong.config import Config
from huitong.operations.demonstration import (
    acts_catalogue,
    acts_opening,
    acts_pool,
    acts_sharing,
    cast,
    entries,
    making,
    world,
)
from huitong.operations.demonstration.scene import Scene
from huitong.operations.demonstration.stage import Stage, Step, require
from huitong.regulations import checking, compiling, profiles


class Script(Scene):
    """The order in which the acts are played."""

    def __init__(
        self, stage: Stage, config: Config, folder: Path, real: Path | None, people: int
    ) -> None:
        super().__init__(stage, config, folder, real, people)
        self.sharing = acts_sharing.Sharing(self)

    def run(self) -> None:
        """Play all steps; the first that fails ends the play."""
        play = self.stage.play
        play(
            "load_regulation",
            "载入规定，设立演示省 load the regulation, found the province",
            self.load,
        )
        play("draft", "从文件起草目录 draft from files", self.draft)
        play("return", "主管部门退回一次 the authority returns it once", self.give_back)
        play("publish", "修改、审核、发布 revise, approve, publish", self.publish)
        for entry in self.entries:
            play("deliver", f"送数 deliver {entry.path.name}", self.deliver(entry))
        play("swap", "读写并行换服务副本 swap the serving copy under readers", self.swap)
        play("apply", "申请三列 apply for three columns", self.sharing.apply)
        play("grant", "提供部门逐项批准 grant two whole, one masked", self.sharing.grant)
        play("lookup", "系统经网关查询 look up through the gateway", self.sharing.lookup)
        play("refuse", "越权的列被拒绝 refuse a column outside the grant", self.sharing.refuse)
        play("revoke", "督促整改、拒不整改、中断 order, decline, cut off", self.sharing.revoke)
        play("open", "上开放清单，个人信息被拒 open one, refuse the other", self.open)
        play("verify", "核验存证 prove every step", self.verify)

    def load(self, step: Step) -> None:
        """Load and check the regulation, found the province, make the files."""
        profile = profiles.load(cast.PROFILE)
        faults = checking.check(cast.PROFILE)
        require(not faults, "; ".join(str(fault) for fault in faults))
        at = self.stage.now()
        tables = {
            kind: compiling.compiled(profile, kind, at.date()).digest
            for kind, text in profile.kinds.items()
            if text.absent is None
        }
        self.world = world.found(at=at)
        self._make_files()
        step.cite = ["HL-47"]
        step.detail = {
            "profile": profile.id,
            "valid_from": str(profile.valid_from),
            "valid_to": str(profile.valid_to),
            "kinds": {kind: digest[:16] for kind, digest in tables.items()},
            "jurisdictions": len(self.world.jurisdictions),
            "departments": len(self.world.departments),
            "people": len(cast.accounts()),
        }

    def _make_files(self) -> None:
        made = making.graduates(self.folder / "高校毕业生就业登记.csv", people=self.people)
        self.made["HLJ-JY-0001"] = made
        self.entries = [entries.graduates(made.path, made.rows)]
        if self.real is None:
            schools = making.schools(self.folder / "高等学校名单.csv")
            self.made["HLJ-JY-0002"] = schools
            self.entries.append(entries.schools(schools.path, schools.rows))
        else:
            self.entries += entries.real(self.real)

    def draft(self, step: Step) -> None:
        """Draft, refuse what lacks fields or is secret, add."""
        acts_catalogue.draft(self, step)

    def give_back(self, step: Step) -> None:
        """Submit; the authority returns the first entry with an opinion."""
        acts_catalogue.give_back(self, step)

    def publish(self, step: Step) -> None:
        """Revise and approve all entries."""
        acts_catalogue.publish(self, step)

    def deliver(self, entry: entries.Entry) -> "acts_pool.Act":
        """Return the act that delivers one file."""
        return lambda step: acts_pool.deliver(self, entry, step)

    def swap(self, step: Step) -> None:
        """Swap serving copies while readers read."""
        acts_pool.swap(self, step)

    def open(self, step: Step) -> None:
        """Open what may be open; be refused for what may not."""
        acts_opening.open_list(self, step)

    def verify(self, step: Step) -> None:
        """Prove the whole record and one receipt alone."""
        acts_opening.verify(self, self.sharing.granted, step)
