"""The README's pictures, taken of the running service when UPDATE_SCREENSHOTS=1; and what a camera reads of a code."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, ViewportSize

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
DESK: ViewportSize = {"width": 1440, "height": 960}
TABLET: ViewportSize = {"width": 1100, "height": 920}
PHONE: ViewportSize = {"width": 390, "height": 844}
AT_REST_MS = 1200
WANTED = os.environ.get("UPDATE_SCREENSHOTS") == "1"
QR = zxingcpp.barcode_formats_from_str("QRCode")


def read(drawn: Locator) -> list[str]:
    """What a camera reads where a code is drawn."""
    picture = Image.open(io.BytesIO(drawn.screenshot()))
    found = zxingcpp.read_barcodes(picture, formats=QR)
    return [symbol.text for symbol in found]


@dataclass(frozen=True, slots=True)
class Album:
    """Takes pictures of one page."""

    page: Page
    wanted: bool = WANTED

    def errand(self) -> None:
        """Phone, counters and log, side by side."""
        self._take("errand", DESK)

    def terminal(self) -> None:
        """A counter that has just learned the least it needs, beside the phone that showed the code."""
        self._take("terminal", TABLET)

    def phone(self) -> None:
        """The page as it is on a phone, by night."""
        self._take("phone", PHONE, "dark")

    def family(self) -> None:
        """For whom one acts, on a phone."""
        self._take("family", PHONE)

    def usages(self) -> None:
        """Who looked at a card, on a phone."""
        self._take("usages", PHONE)

    def _take(self, name: str, size: ViewportSize, scheme: Literal["light", "dark"] = "light") -> None:
        if not self.wanted:
            return
        FOLDER.mkdir(parents=True, exist_ok=True)
        path = FOLDER / f"{name}.png"
        with self._seen_as(size, scheme):
            self.page.screenshot(path=path)
        Image.open(path).convert("RGB").save(path, optimize=True)

    @contextmanager
    def _seen_as(self, size: ViewportSize, scheme: Literal["light", "dark"]) -> Iterator[None]:
        before = self.page.viewport_size or DESK
        self.page.set_viewport_size(size)
        self.page.emulate_media(color_scheme=scheme)
        self.page.evaluate("scrollTo(0, 0)")
        self.page.wait_for_timeout(AT_REST_MS)
        yield
        self.page.set_viewport_size(before)
        self.page.emulate_media(color_scheme="light")
