"""A browser for the page, and where the page is: a running service's origin, or the files alone.

`ZEROTRIP_WORLD` names the world.json of a service that is up already; without it, the tests bring up their own.
"""

import json
import os
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.person import Person
from tests.e2e.pictures import WANTED, Album
from tests.stack import Stack

WEB = Path(__file__).resolve().parents[2] / "web"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
]
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)  # a busy machine may take its time; what never comes still fails
PHONES = (360, 430)
"""The narrowest and the widest: what fits both fits what lies between."""
DENSITY = 2 if WANTED else 1
"""Pixels for a pixel: drawing four times as many takes most of a test's time, and only pictures need them."""


class Files(SimpleHTTPRequestHandler):
    """The page's files, without a word on the terminal."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript"}  # noqa: RUF012

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; its tests are skipped where there is none.

    One per module, not per run: while Playwright is up its event loop is this process's, and others need theirs.
    """
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def files() -> Iterator[str]:
    """An origin that serves the page's files and nothing else."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(WEB))) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def origin(request: pytest.FixtureRequest) -> str:
    """The one origin of page, API and outside world."""
    known = os.environ.get("ZEROTRIP_WORLD")
    if known:
        return str(json.loads(Path(known).read_text(encoding="utf-8"))["web"])
    running: Stack = request.getfixturevalue("stack")
    return running.place.url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh tab on a desk: nothing remembered, wide enough for phone and counters side by side."""
    with browser.new_context(viewport={"width": 1440, "height": 960}, device_scale_factor=DENSITY) as context:
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page()


@pytest.fixture
def album(page: Page) -> Album:
    """Pictures of this tab, if they are wanted."""
    return Album(page)


@pytest.fixture
def person(page: Page, origin: str) -> Person:
    """Somebody at a desk who has just opened the page."""
    visitor = Person(page, origin)
    visitor.arrive()
    return visitor


@pytest.fixture
def second_device(browser: Browser, origin: str) -> Iterator[Person]:
    """Another device of the same person, who has just opened the page there."""
    with browser.new_context(viewport={"width": 1440, "height": 960}) as context:
        context.set_default_timeout(PATIENCE_MS)
        visitor = Person(context.new_page(), origin)
        visitor.arrive()
        yield visitor


@pytest.fixture(params=PHONES)
def hand_held(request: pytest.FixtureRequest, browser: Browser, origin: str) -> Iterator[Person]:
    """The same on a phone, narrow, usual and large."""
    size = {"width": request.param, "height": 780}
    with browser.new_context(viewport=size, has_touch=True, is_mobile=True) as context:  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        visitor = Person(context.new_page(), origin)
        visitor.arrive()
        yield visitor
