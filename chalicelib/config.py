"""What the deployment decides: names of tables, queues and keys, addresses, the payment app's identity.

Read from the environment on first use, never at import, so that `import app` works anywhere. Plain `os.environ`
instead of pydantic-settings: it costs nothing at a cold start, and the template's own tests check the names.
"""

import os
from dataclasses import dataclass, fields
from functools import cache


@dataclass(frozen=True, slots=True)
class Settings:
    """One field per environment variable of the same name in upper case (see `infra/functions.yaml`)."""

    core_table: str
    clinic_table: str
    certificate_bucket: str
    payments_queue_url: str
    certificates_queue_url: str
    events_queue_url: str
    notices_queue_url: str
    storage_key: str
    identity_key: str
    identity_mac_key: str
    code_mac_key: str
    token_key: str
    token_key_b: str
    token_key_slot: str
    outbound_key: str
    payment_app_key: str
    document_key: str
    timestamp_url: str
    payment_app_gateway: str
    payment_app_id: str
    payment_app_trust: str
    payment_app_public_key: str
    payment_seller_id: str
    payment_bill_hosts: str
    public_base_url: str
    family_slots: str
    day_key_epoch: str
    offline_code_hours: str
    offline_spend_limit_fen: str


@cache
def settings() -> Settings:
    """The process's settings. A missing variable raises KeyError with its name: a fault of deployment."""
    return Settings(**{field.name: os.environ[field.name.upper()] for field in fields(Settings)})
