"""Yuan as the platform writes them, fen as everybody should count them. It must not know what is paid."""

import re

from sandbox.payment_app.protocol import BusinessFailure

MOST_FEN = 100_000_000_00


def fen(text: str, name: str) -> int:
    """Fen for yuan with at most two decimals, 0.01 to 100,000,000; raises ACQ.INVALID_PARAMETER."""
    if not re.fullmatch(r"(0|[1-9]\d{0,8})(\.\d{1,2})?", text):
        raise BusinessFailure("ACQ.INVALID_PARAMETER", f"{name} 参数无效")
    whole, _, decimals = text.partition(".")
    amount = int(whole) * 100 + int(decimals.ljust(2, "0") or 0)
    if not 1 <= amount <= MOST_FEN:
        raise BusinessFailure("ACQ.INVALID_PARAMETER", f"{name} 参数无效")
    return amount


def yuan(amount_fen: int) -> str:
    """Yuan with two decimals."""
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"
