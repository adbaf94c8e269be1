"""The authorities' calls: certify a key, stamp a time, publish who was revoked. It must not know keys."""

from dataclasses import dataclass

from sandbox.authority.authorities import LISTS, Authorities
from sandbox.origin.routing import Refused, Request, Response, Route

BASE = "/sandbox/authority"
_PEM = (("Content-Type", "application/x-pem-file"),)


@dataclass(frozen=True, slots=True)
class AuthorityCalls:
    """What anyone may ask the authorities."""

    authorities: Authorities

    def routes(self) -> list[Route]:
        """Every call of the authorities."""
        return [
            Route("POST", f"{BASE}/documents", self.certify),
            Route("GET", f"{BASE}/time-stamps", self.time_chain),
            Route("POST", f"{BASE}/time-stamps", self.stamp),
            Route("GET", f"{BASE}/lists/{{name}}.crl", self.revocation_list),
        ]

    def certify(self, request: Request) -> Response:
        """A chain (PEM) for a P-256 public key (DER); raises Refused 422."""
        try:
            return Response(200, self.authorities.certify(request.body), _PEM)
        except (ValueError, TypeError) as error:
            raise Refused(422, "payload-invalid", "the body is a P-256 public key in DER") from error

    def time_chain(self, _: Request) -> Response:
        """Who stamps times here, and its issuer (PEM)."""
        return Response(200, self.authorities.time_chain(), _PEM)

    def stamp(self, request: Request) -> Response:
        """RFC 3161 over HTTP: a question, an answer."""
        answer = self.authorities.stamp(request.body)
        return Response(200, answer, (("Content-Type", "application/timestamp-reply"),))

    def revocation_list(self, request: Request) -> Response:
        """One authority's list; raises Refused 404."""
        name = request.params["name"]
        if name not in LISTS:
            raise Refused(404, "not-found", "no authority has such a list")
        return Response(
            200, self.authorities.revocation_list(name), (("Content-Type", "application/pkix-crl"),)
        )
