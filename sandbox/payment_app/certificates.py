"""Certificate mode (公钥证书模式): which certificate each app has, and which one the platform shows to it.

A certificate's name is the MD5 of its issuer, most specific part first, and its serial number in decimal. Written apart
from the service's own implementation, so that the two judge each other. It must not know any method.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import NameOID

from sandbox.keys import public_spki
from sandbox.payment_app.apps import App
from sandbox.payment_app.authority import Authority
from sandbox.payment_app.protocol import SUCCESS, BusinessFailure, Call, InvalidArgument
from sandbox.shelf import Shelf

OWN = "app_cert_sn"
ROOT = "alipay_root_cert_sn"

_APPS = "app-certificate"
_PLATFORM = "platform-certificate"
_LETTERS = {
    NameOID.COMMON_NAME: "CN",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.COUNTRY_NAME: "C",
}


class Certificates:
    """What the platform's console hands out to a merchant, and what the gateway checks and shows."""

    def __init__(self, shelf: Shelf, authority: Authority, platform_key: RSAPublicKey) -> None:
        self._shelf = shelf
        self._authority = authority
        self._key = platform_key

    def files(self, app: App) -> dict[str, str]:
        """The three files of the console: the app's certificate, the platform's for it, the roots."""
        return {
            "app": self._of(app)["pem"],
            "platform": self._shown(app)["pem"],
            "roots": self._authority.roots(),
        }

    def renew(self, app: App) -> str:
        """Show another certificate to the app from now on, over the same key; returns its name."""
        name = f"支付宝沙箱-{app.seller_id}"
        pem = self._authority.for_platform(name, f"Merchant {app.seller_id}", self._key)
        sn = certificate_name(pem)
        with self._shelf.change():
            self._shelf.put(_PLATFORM, sn, {"pem": pem, "appId": app.app_id})
            self._shelf.put(_PLATFORM, app.app_id, {"pem": pem, "sn": sn})
        return sn

    def shown(self, app: App, params: Mapping[str, str]) -> str | None:
        """The name beside the answer to a call of that app; None in key mode."""
        return str(self._shown(app)["sn"]) if OWN in params else None

    def check(self, app: App, params: Mapping[str, str]) -> None:
        """Refuse a call that names another certificate than the app's, or other roots than ours."""
        if OWN not in params and ROOT not in params:
            return
        if params.get(OWN) != self._of(app)["sn"]:
            raise InvalidArgument("isv.app-cert-not-exist", "应用公钥证书不存在")
        if params.get(ROOT) != root_name(self._authority.roots()):
            raise InvalidArgument("isv.invalid-alipay-root-cert-sn", "无效支付宝根证书序列号")

    def download(self, call: Call) -> Mapping[str, Any]:
        """A certificate of the platform by its name, for the app it was made for."""
        kept = self._shelf.get(_PLATFORM, call.required("alipay_cert_sn"))
        if kept is None or kept.get("appId") != call.app.app_id:
            raise BusinessFailure("isv.alipay-cert-not-exist", "支付宝公钥证书不存在")
        return {**SUCCESS, "alipay_cert_content": base64.b64encode(kept["pem"].encode()).decode()}

    def _shown(self, app: App) -> dict[str, Any]:
        kept = self._shelf.get(_PLATFORM, app.app_id)
        if kept is None:
            self.renew(app)
            kept = self._shelf.get(_PLATFORM, app.app_id) or {}
        return kept

    def _of(self, app: App) -> dict[str, Any]:
        """The app's certificate; a new one where its key has changed."""
        kept, key = self._shelf.get(_APPS, app.app_id), public_spki(app.public_key)
        if kept is None or kept["key"] != key:
            name = f"{app.seller_id}-{app.app_id}"
            pem = self._authority.for_merchant(name, f"Merchant {app.seller_id}", app.public_key)
            kept = {"pem": pem, "sn": certificate_name(pem), "key": key}
            self._shelf.put(_APPS, app.app_id, kept)
        return kept


def certificate_name(pem: str) -> str:
    """The name of a file's first certificate."""
    return _name(x509.load_pem_x509_certificate(pem.encode()))


def root_name(pem: str) -> str:
    """The names of a file's certificates that RSA signed, joined by `_`."""
    every = x509.load_pem_x509_certificates(pem.encode())
    return "_".join(_name(each) for each in every if isinstance(each.public_key(), RSAPublicKey))


def _name(certificate: x509.Certificate) -> str:
    parts = [f"{_LETTERS[part.oid]}={part.value!s}" for part in certificate.issuer]
    issuer = ",".join(reversed(parts))
    return hashlib.md5(f"{issuer}{certificate.serial_number}".encode(), usedforsecurity=False).hexdigest()
