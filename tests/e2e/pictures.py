"""The README's three pictures, taken of the running service when UPDATE_SCREENSHOTS=1, otherwise not at all."""

import os
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True, slots=True)
class Album:
    """Takes pictures of one page."""

    page: Page
    wanted: bool = os.environ.get("UPDATE_SCREENSHOTS") == "1"

    def errand(self) -> None:
        """The whole desk."""
        self._take("errand")

    def terminal(self) -> None:
        """A counter that has just learned the least it needs, beside the phone that showed the code."""
        self._take("terminal")

    def phone(self) -> None:
        """The page as it is on a phone, by night."""
        if not self.wanted:
            return
        wide = self.page.viewport_size
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        self.page.emulate_media(color_scheme="dark")
        self._take("phone")
        self.page.emulate_media(color_scheme="light")
        if wide:
            self.page.set_viewport_size(wide)

    def _take(self, name: str) -> None:
        if not self.wanted:
            return
        self.page.evaluate("scrollTo(0, 0)")
        self.page.wait_for_timeout(1200)  # until what moves has come to rest
        path = FOLDER / f"{name}.png"
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path)
        Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
