"""What a check of a case file finds."""

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Problem:
    """One thing that does not hold; `where` is `event 3`, `table`, or the uuid of an entry."""

    code: str
    where: str
    en: str
    zh: str

    def __str__(self) -> str:
        return f"{self.code} ({self.where}): {self.en}"


@dataclass
class Verdict:
    """What a check found. `unsealed` are entries without a receipt: recorded, not proved yet."""

    number: str
    events: int
    entries: int
    sealed: int = 0
    unsealed: list[str] = field(default_factory=list)
    key: str | None = None
    is_stated: bool = False
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing in the file contradicts anything else."""
        return not self.problems

    @property
    def is_proved(self) -> bool:
        """Whether, besides, a signed head vouches for every entry and for the file as a whole."""
        return self.ok and self.key is not None and self.is_stated and not self.unsealed

    def as_dict(self) -> dict[str, object]:
        """Return all of it for machines."""
        return {
            "proved": self.is_proved,
            "ok": self.ok,
            "number": self.number,
            "events": self.events,
            "entries": self.entries,
            "sealed": self.sealed,
            "unsealed": self.unsealed,
            "key": self.key,
            "stated": self.is_stated,
            "problems": [asdict(problem) for problem in self.problems],
        }

    def lines(self, lang: str) -> list[str]:
        """Return it in sentences."""
        zh = lang.startswith("zh")
        said = [f"✗ {one.zh if zh else one.en} ({one.code}, {one.where})" for one in self.problems]
        if self.unsealed:
            n = len(self.unsealed)
            said.append(
                f"! {n}条存证尚未封存，不能证明。"
                if zh
                else f"! {n} entries are not sealed yet: recorded, and not proved."
            )
        if self.key is None:
            said.append("! 未提供公钥，签名未核验。" if zh else "! No key: no signature checked.")
        if not self.is_stated:
            said.append(
                "! 卷宗整体（标题、当事方、期限）没有出具存证。"
                if zh
                else "! No ledger entry vouches for the file as a whole (title, parties)."
            )
        if self.is_proved:
            said.append(
                f"✓ 办件{self.number}：{self.events}步、{self.entries}条存证，全部核验无误。"
                if zh
                else f"✓ Case {self.number}: {self.events} steps, {self.entries} ledger entries, "
                "all of it proved."
            )
        return said
