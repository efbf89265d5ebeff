"""What can go wrong with a delivery. Messages name files, lines and items, never a value."""

from collections.abc import Iterable

from huitong.errors import HuitongError


class PoolError(HuitongError):
    """The base of the pool's errors."""

    code = "pool"


class RuleError(PoolError):
    """A quality rule of a data item cannot be used as it is written."""

    code = "rule_invalid"

    def __init__(self, item: str, problem: str) -> None:
        super().__init__(
            f"The rules of data item {item}: {problem}. Correct the rule in the dataset's draft.",
            zh=f"数据项 {item} 的规则有误：{problem}。请在目录草稿中更正该规则。",
        )


class PlanError(PoolError):
    """Items, key and layout do not go together."""

    code = "plan_invalid"


class TooLargeError(PoolError):
    """The delivery is larger than this platform takes."""

    code = "too_large"

    def __init__(self, limit: int) -> None:
        mebibytes = limit / 2**20
        super().__init__(
            f"The file is larger than {mebibytes:.0f} MiB: split it, or raise "
            "HUITONG_UPLOAD_LIMIT.",
            zh=f"文件超过 {mebibytes:.0f} MiB 的上限：请拆分文件，或调高 HUITONG_UPLOAD_LIMIT。",
        )


class EmptyDeliveryError(PoolError):
    """The file has a header and not one row."""

    code = "no_rows"

    def __init__(self) -> None:
        super().__init__(
            "The file holds no data row, and an empty delivery would empty the dataset: "
            "deliver the whole file.",
            zh="文件中没有数据行；空文件会清空该数据集，因此未接收：请重新提交完整文件。",
        )


class NotPublishedError(PoolError):
    """The dataset has no published version to deliver for."""

    code = "dataset_not_published"

    def __init__(self, dataset: str) -> None:
        super().__init__(
            f"Dataset {dataset} has no published version: have its entry reviewed and published "
            "first, then deliver.",
            zh=f"数据集 {dataset} 尚无已发布的目录版本：请先完成目录审核与发布，再提交数据。",
            cite=("HL-18.2",),
        )


class WrongProviderError(PoolError):
    """Somebody of another department tried to deliver."""

    code = "wrong_department"

    def __init__(self, dataset: str, provider: str) -> None:
        super().__init__(
            f"Only the provider of dataset {dataset}, {provider}, delivers for it: "
            "log in as one of its officers.",
            zh=f"数据集 {dataset} 仅可由其提供部门{provider}提交数据：请使用该部门人员的账号。",
            cite=("HL-18.2",),
        )


class DeclarationError(PoolError):
    """What the provider declared cannot be read."""

    code = "declaration_invalid"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The declaration is not usable: {what}. Give `rows` as a whole number and `sums` as "
            "numbers by data item.",
            zh=f"对账申报无法识别：{what}。rows 应为整数，sums 应为各数据项的合计数。",
        )


class OpenTransactionError(PoolError):
    """An act that commits by itself was called inside a transaction of the caller."""

    code = "open_transaction"

    def __init__(self, act: str) -> None:
        super().__init__(
            f"{act} commits its own transaction: call it outside transaction.atomic().",
            zh=f"{act} 须自行提交事务：请在事务之外调用。",
        )


class LakeConflictError(PoolError):
    """Another process changed the lake's tables between staging and commit."""

    code = "lake_conflict"

    def __init__(self, table: str) -> None:
        super().__init__(
            f"Lake table {table} was changed by another process: deliver the file again.",
            zh=f"湖表 {table} 已被其他进程更改：请重新提交该文件。",
        )


class StorageError(PoolError):
    """The disk refused a write; nothing was loaded."""

    code = "storage"

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The disk refused a write ({reason}). Nothing was loaded: free some space under "
            "HUITONG_HOME and deliver the same file again.",
            zh=f"磁盘写入失败（{reason}），未载入任何数据："
            "请清理 HUITONG_HOME 所在磁盘后重新提交同一文件。",
        )


class DatabaseLostError(PoolError):
    """The connection to PostgreSQL broke during the delivery."""

    code = "database_lost"

    def __init__(self) -> None:
        super().__init__(
            "PostgreSQL stopped answering during the delivery. Nothing is half loaded: start it "
            "(`huitong up`) and deliver the same file again; if it had been accepted after all, "
            "the same batch is returned.",
            zh="接收过程中与 PostgreSQL 的连接中断，不存在只载入一半的数据："
            "请启动数据库（huitong up）后重新提交同一文件；若先前已成功，将返回同一批次。",
        )


class NothingToServeError(PoolError):
    """No accepted batch stands behind the dataset yet."""

    code = "nothing_to_serve"

    def __init__(self, dataset: str) -> None:
        super().__init__(
            f"Dataset {dataset} has no accepted delivery yet: deliver a file first.",
            zh=f"数据集 {dataset} 尚无已接收的数据：请先提交数据。",
        )


class SwapBusyError(PoolError):
    """Readers held the serving copy longer than a swap waits."""

    code = "swap_busy"

    def __init__(self, dataset: str) -> None:
        super().__init__(
            f"The serving copy of {dataset} was in use without a pause: the earlier copy stays in "
            "service; try the swap again.",
            zh=f"数据集 {dataset} 的服务副本持续占用：原副本仍在服务，请稍后重试切换。",
        )


class DeliveryRefusedError(PoolError):
    """A delivery was refused; the refusal stands in the ledger and nothing was loaded."""

    code = "delivery_refused"

    def __init__(self, en: str, *, zh: str, code: str, cite: Iterable[str] = ()) -> None:
        super().__init__(en, zh=zh, cite=cite)
        self.code = code
