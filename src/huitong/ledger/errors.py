"""What can go wrong with the ledger. Every message ends with what to do."""

from huitong.errors import HuitongError


class LedgerError(HuitongError):
    """Base of the ledger's errors."""

    code = "ledger"


class NoTransactionError(LedgerError):
    """An entry was to be recorded outside the transaction of its act."""

    code = "ledger_no_transaction"

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"A ledger entry of kind {kind!r} must stand in the transaction of its act: "
            "call record() inside transaction.atomic().",
            zh=f"存证“{kind}”必须与其业务操作同处一个事务：请在 transaction.atomic() 内记录。",
        )


class NotCanonicalError(LedgerError):
    """An entry holds a value that has no single written form."""

    code = "ledger_not_canonical"

    def __init__(self, where: str, problem: str, mend: str) -> None:
        super().__init__(
            f"The ledger entry cannot be written, {where} {problem}: {mend}.",
            zh=f"存证内容无法写入：{where} 不符合规范格式（{problem}），请修正后重试。",
        )


class EntryUnknownError(LedgerError):
    """No entry has this uuid."""

    code = "ledger_entry_unknown"

    def __init__(self, uuid: object) -> None:
        super().__init__(
            f"The ledger has no entry {uuid}: check the number, or whether its act was undone.",
            zh=f"存证库中没有编号为 {uuid} 的存证：请核对编号，或确认该操作是否已撤销。",
        )


class NotSealedError(LedgerError):
    """The entry stands in the ledger, but no checkpoint covers it yet."""

    code = "ledger_not_sealed"

    def __init__(self, uuid: object) -> None:
        super().__init__(
            f"Entry {uuid} is recorded but not sealed yet: seal the ledger, then ask again.",
            zh=f"存证 {uuid} 已记录但尚未封存：请先封存，再获取凭证。",
        )


class SizeUnknownError(LedgerError):
    """A proof was asked for a size of the log that it does not have."""

    code = "ledger_size_unknown"

    def __init__(self, asked: int, size: int) -> None:
        super().__init__(
            f"A proof for {asked} entries was asked, the sealed ledger has {size}: "
            f"ask for 0 to {size}; if a checkpoint of {asked} was ever published, "
            "the ledger was rolled back.",
            zh=f"请求的证明规模为 {asked}，已封存规模为 {size}：若确曾发布过规模 {asked} 的检查点，"
            "则存证库已被回滚。",
        )


class DamagedError(LedgerError):
    """What the database holds does not lead to the head that was signed."""

    code = "ledger_damaged"

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The ledger in the database is damaged, {problem}: nothing was sealed; run "
            "`huitong ledger verify` and restore the database from before the damage.",
            zh=f"数据库中的存证已损坏（{problem}）：未作封存；"
            "请运行 huitong ledger verify 并恢复数据库。",
        )


class KeyFileError(LedgerError):
    """A key file is missing, unreadable, too open, or not a key."""

    code = "ledger_key_file"


class KeyExistsError(KeyFileError):
    """A key was to be made where there is one."""

    code = "ledger_key_exists"


class CheckpointInvalidError(LedgerError):
    """A checkpoint is not in its form, or no trusted key signed it."""

    code = "ledger_checkpoint_invalid"

    def __init__(self, problem: str, mend: str) -> None:
        super().__init__(
            f"The checkpoint is not valid, {problem}: {mend}.",
            zh=f"检查点无效（{problem}）：请核对检查点原文与公钥。",
        )


class ProofInvalidError(LedgerError):
    """A Merkle proof does not lead to the root that it should."""

    code = "ledger_proof_invalid"

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The proof does not hold, {problem}: treat what it was to prove as not proved.",
            zh=f"默克尔证明不成立（{problem}）：其所证明的内容不应采信。",
        )


class ReceiptInvalidError(LedgerError):
    """A receipt proves nothing."""

    code = "ledger_receipt_invalid"

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The receipt is not valid, {problem}: ask the issuer for a new one, and keep this one "
            "as it is.",
            zh=f"凭证无效（{problem}）：请向出具方重新获取，并保留本凭证原件。",
        )
