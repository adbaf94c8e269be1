"""The open platform's console for merchants, as far as certificate mode needs it. It must not know the gateway."""

from dataclasses import dataclass

from sandbox.origin.routing import Refused, Request, Response, Route, json_response
from sandbox.payment_app.apps import OWN_APP_ID, App, Apps
from sandbox.payment_app.certificates import Certificates

BASE = "/sandbox/payment-app/certificates"


@dataclass(frozen=True, slots=True)
class Console:
    """What a merchant downloads, and what the platform does by itself; each for `?appId=`."""

    apps: Apps
    certificates: Certificates

    def routes(self) -> list[Route]:
        """Every call of the console."""
        return [Route("GET", BASE, self.files), Route("POST", f"{BASE}/renewal", self.renew)]

    def files(self, request: Request) -> Response:
        """The three files of certificate mode."""
        return json_response(self.certificates.files(self._app(request)))

    def renew(self, request: Request) -> Response:
        """The platform's certificate is replaced, as it is before it ends."""
        return json_response({"alipayCertSn": self.certificates.renew(self._app(request))})

    def _app(self, request: Request) -> App:
        app = self.apps.find(request.query_params().get("appId", OWN_APP_ID))
        if app is None:
            raise Refused(404, "app-unknown", "no app of that appId has registered its public key")
        return app
