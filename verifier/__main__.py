"""`python -m verifier FILE --trust root.pem --status list.jwt`: one certificate, judged without a network."""

import argparse
import hashlib
import json
import logging
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from verifier.trust import Trust
from verifier.verdict import Judgement, judge

_SHOWN = {"vct", "iss", "iat", "nbf", "exp", "status", "cnf", "_sd_alg"}
_CODES = "0 valid, 1 not genuine, 2 revoked, 3 suspended, 4 expired, 5 not yet valid, 6 status unknown"


def main(words: list[str] | None = None) -> int:
    """Judge one file, print the verdict, and return its code."""
    for library in (
        "pyhanko",
        "pyhanko_certvalidator",
    ):  # they tell at length what the verdict tells in a line
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)
    asked = _parser().parse_args(words)
    if not asked.trust and not asked.keys:
        _parser().error("whom do you trust? give --trust root.pem, or --keys jwks.json")
    at = asked.at or datetime.now(UTC)
    document = asked.file.read_bytes()
    lists = [path.read_text("ascii") for path in asked.status]
    judgement = judge(document, Trust.read(asked.trust, asked.keys), lists, at)
    digest = hashlib.sha256(document).hexdigest()
    print(_as_json(judgement, digest) if asked.json else _as_text(judgement, digest, at))
    return judgement.verdict.code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("verifier", description=__doc__, epilog=f"Exit codes: {_CODES}.")
    parser.add_argument("file", type=Path, help="the certificate: PDF, SD-JWT or signed JSON")
    parser.add_argument("--trust", type=Path, action="append", default=[], help="PEM with a root you trust")
    parser.add_argument("--keys", type=Path, action="append", default=[], help="JWKS with keys you trust")
    parser.add_argument("--status", type=Path, action="append", default=[], help="a status list (JWT)")
    parser.add_argument("--at", type=_moment, help="RFC 3339: judge as of then, with the status list of then")
    parser.add_argument("--json", action="store_true", help="tell it to a program")
    return parser


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("a time zone is missing, such as Z")
    return moment


def _as_json(judgement: Judgement, digest: str) -> str:
    said = {
        "verdict": judgement.verdict.name.lower().replace("_", "-"),
        "why": judgement.why,
        "signer": judgement.signer,
        "statusOf": judgement.status_of.isoformat() if judgement.status_of else None,
        "sha256": digest,
        "claims": judgement.claims,
    }
    return json.dumps(said, ensure_ascii=False, indent=1)


def _as_text(judgement: Judgement, digest: str, at: datetime) -> str:
    _, chinese, english = judgement.verdict.value
    rows = [("判断时间", "at", f"{at:%Y-%m-%d %H:%M:%S %Z}"), ("依据", "because", judgement.why)]
    if judgement.signer:
        rows.append(("签名者", "signed by", judgement.signer))
    if judgement.status_of:
        age = timedelta(seconds=max(0, int((at - judgement.status_of).total_seconds())))
        rows.append(("状态列表时效", "status list's age", str(age)))
    rows += [("文件", "claim", f"{name}: {value}") for name, value in _flat(judgement).items()]
    rows.append(("文件摘要", "SHA-256", digest))
    lines = [f"  {zh} {en}: {text}" for zh, en, text in rows]
    return "\n".join([f"[{judgement.verdict.code}] {chinese} · {english}", *lines])


def _flat(judgement: Judgement) -> dict[str, str]:
    told = {name: value for name, value in judgement.claims.items() if name not in _SHOWN}
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in told.items()
    }


if __name__ == "__main__":
    sys.exit(main())
