"""What tests about certificates share: the trust chain in its bucket, the registry, and what it stores."""

from dataclasses import dataclass, field
from typing import Any

import boto3
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib import wiring
from chalicelib.config import settings
from chalicelib.platform.keys import Es256Signer
from sandbox.trust import document_chain
from tests.cloud import REGION
from tests.fakes import Department, World
from tests.parties import a_department

NO_HOUSE = {"houses": 0, "region": "330100"}
ONE_HOUSE = {"houses": 1, "region": "330100"}


def trust_documents() -> bytes:
    """Certify the document key and keep the chain where the worker looks for it; returns the chain."""
    public = Es256Signer(settings().document_key).public_key
    chain = document_chain(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    wiring.certificate_bucket().put(wiring.DOCUMENT_CHAIN, chain, "application/x-pem-file")
    return chain


@dataclass
class Registry:
    """The real-estate registry: knows people by number, answers how many houses they have."""

    world: World
    department: Department = field(init=False)

    def __post_init__(self) -> None:
        self.department = a_department("real-estate", self.world)

    def knows(self, number: str, name: str, value: dict[str, Any] | None) -> None:
        """From now on, this is what it says about this person."""
        self.department.names[number] = name
        self.department.facts[number] = value

    @property
    def asked(self) -> list[dict[str, Any]]:
        """Every question so far."""
        return [each.json for each in self.world.at(self.department.path)]


def stored_files() -> list[dict[str, Any]]:
    """Every version of every certificate's file in the bucket."""
    s3 = boto3.client("s3", REGION)
    answer = s3.list_object_versions(Bucket=settings().certificate_bucket, Prefix="certificates/")
    return [dict(each) for each in answer.get("Versions", [])]


def stored_file(key: str) -> tuple[bytes, dict[str, Any]]:
    """A file's bytes and everything that the bucket says of it."""
    answer = boto3.client("s3", REGION).get_object(Bucket=settings().certificate_bucket, Key=key)
    return answer["Body"].read(), dict(answer)
