"""A citizen's notices on the wire."""

from typing import Annotated

from pydantic import Field

from chalicelib import wiring
from chalicelib.errors import Invalid
from chalicelib.identity.model.accounts import Citizen
from chalicelib.notices.model import Notice, Words
from chalicelib.notices.service import texts
from chalicelib.types import Moment, Wire

routes = wiring.routes(__name__)


class Page(Wire):
    """Which part of a list."""

    cursor: Annotated[str, Field(max_length=1024)] | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class WordsView(Wire):
    """One text in Chinese and English."""

    zh: str
    en: str


class NoticeView(Wire):
    """One message; `about` is the id of what it tells of."""

    id: str
    kind: str
    about: str
    title: WordsView
    body: WordsView
    created_at: Moment


class NoticeList(Wire):
    """Newest first."""

    items: list[NoticeView]
    cursor: str | None


def _view(notice: Notice) -> NoticeView:
    text = texts()[notice.kind]
    return NoticeView(
        id=notice.id,
        kind=notice.kind,
        about=notice.about,
        title=_words(text.title, notice),
        body=_words(text.body, notice),
        created_at=notice.created_at,
    )


def _words(words: Words, notice: Notice) -> WordsView:
    return WordsView(zh=words.zh.format_map(notice.names), en=words.en.format_map(notice.names))


@routes.on("GET", "/v1/notices", auth=wiring.citizen, errors=(Invalid,))
def list_notices(caller: Citizen, query: Page) -> NoticeList:
    """My messages."""
    notices, cursor = wiring.notices().list_own(caller.id, query.limit, query.cursor)
    return NoticeList(items=[_view(notice) for notice in notices], cursor=cursor)
