"""Login with the app: authorisation codes that work once, and the tokens they are exchanged for.

It must not know sessions of any merchant.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from sandbox.clock import Clock, beijing
from sandbox.payment_app.accounts import open_id
from sandbox.payment_app.protocol import Call, InvalidArgument, MissingArgument
from sandbox.shelf import Shelf

CODE_LIFE = timedelta(minutes=3)
"""The shortest life the platform documents (3 minutes to 24 hours)."""

TOKEN_LIFE = timedelta(days=15)
REFRESH_LIFE = timedelta(days=30)


class Grant(BaseModel):
    """A code or a refresh token: whose, for which app, until when, and whether it was used."""

    user_id: str
    app_id: str
    expires_at: datetime
    used: bool = False


class AuthCodes:
    """Gives codes to users and exchanges them for tokens."""

    def __init__(self, shelf: Shelf, clock: Clock) -> None:
        self._shelf = shelf
        self._clock = clock

    def give(self, user_id: str, app_id: str) -> str:
        """A fresh code with which the app may learn who the user is, once."""
        code = secrets.token_hex(16)
        self._keep("auth-code", code, user_id, app_id, CODE_LIFE)
        return code

    def exchange(self, call: Call) -> dict[str, Any]:
        """`alipay.system.oauth.token`: tokens and the user's ids for a code or a refresh token."""
        kind = call.params.get("grant_type", "")
        if kind == "authorization_code":
            return self._tokens(self._spend("auth-code", call, "code", "isv.code-invalid", "授权码code无效"))
        if kind == "refresh_token":
            sub_code = "isv.refresh-token-invalid"
            return self._tokens(self._spend("refresh-token", call, "refresh_token", sub_code, "刷新令牌无效"))
        raise InvalidArgument("isv.grant-type-invalid", "grant_type参数不正确")

    def _spend(self, kind: str, call: Call, name: str, sub_code: str, sub_msg: str) -> Grant:
        secret = call.params.get(name, "")
        if not secret:
            raise MissingArgument(f"isv.missing-{name}", f"缺少{name}参数")
        with self._shelf.change():
            document = self._shelf.get(kind, secret)
            grant = Grant.model_validate(document) if document else None
            if grant is None or not self._usable(grant, call.app.app_id):
                raise InvalidArgument(sub_code, sub_msg)
            self._shelf.put(kind, secret, grant.model_copy(update={"used": True}).model_dump(mode="json"))
        return grant

    def _usable(self, grant: Grant, app_id: str) -> bool:
        return not grant.used and grant.app_id == app_id and self._clock.now() < grant.expires_at

    def _tokens(self, grant: Grant) -> dict[str, Any]:
        """The answer of a success. Unlike every other method's it has no `code`."""
        access_token, refresh_token = ("composeB" + secrets.token_hex(16) for _ in range(2))
        self._keep("refresh-token", refresh_token, grant.user_id, grant.app_id, REFRESH_LIFE)
        return {
            "access_token": access_token,
            "auth_start": beijing(self._clock.now()),
            "expires_in": int(TOKEN_LIFE.total_seconds()),
            "open_id": open_id(grant.app_id, grant.user_id),
            "re_expires_in": int(REFRESH_LIFE.total_seconds()),
            "refresh_token": refresh_token,
            "user_id": grant.user_id,
        }

    def _keep(self, kind: str, secret: str, user_id: str, app_id: str, life: timedelta) -> None:
        grant = Grant(user_id=user_id, app_id=app_id, expires_at=self._clock.now() + life)
        self._shelf.put(kind, secret, grant.model_dump(mode="json"))
