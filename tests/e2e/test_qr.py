"""The page's own QR encoder against an independent encoder (segno) and an independent decoder (ZXing)."""

import random
from typing import Any

import pytest
import segno
import zxingcpp
from PIL import Image
from playwright.sync_api import Error, Page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("page")]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
MASKS = range(8)
QR = zxingcpp.barcode_formats_from_str("QRCode")
ENCODE = """async ([texts, masks]) => {
  const { qrMatrix } = await import("/qr.js");
  return texts.map((text) => masks.map((mask) => qrMatrix(text, { mask }).map((row) => row.map(Number))));
}"""


def _bits(length: int) -> int:
    """Mode, count, characters and terminator of an alphanumeric segment."""
    return 4 + 9 + 11 * (length // 2) + 6 * (length % 2) + 4


# Where the terminator ends on a byte, segno 1.6 adds a whole byte of zeros, which ISO/IEC 18004 does not ask for.
LENGTHS = [
    length
    for length in (
        1,
        2,
        20,
        21,
        37,
        38,
        40,
        61,
        62,
        90,
        91,
        122,
        123,
        154,
        178,
        200,
        221,
        222,
        262,
        263,
        311,
        312,
        366,
        367,
        419,
    )
    if _bits(length) % 8
]


def _texts(lengths: list[int]) -> list[str]:
    draw = random.Random(18004)
    return ["".join(draw.choices(ALPHABET, k=length)) for length in lengths]


def _encode(page: Page, files: str, texts: list[str], masks: list[int]) -> list[list[list[list[int]]]]:
    page.goto(files)
    matrices: Any = page.evaluate(ENCODE, [texts, masks])
    return list(matrices)


def _read(matrix: list[list[int]]) -> str:
    """What a decoder of somebody else's sees when the matrix is drawn with its quiet zone."""
    size = len(matrix)
    image = Image.new("L", (size + 8, size + 8), 255)
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            image.putpixel((column + 4, row + 4), 0 if dark else 255)
    enlarged = image.resize((image.width * 6, image.height * 6), Image.Resampling.NEAREST)
    # Of this kind alone: in thousands of random rows, some look like a barcode of another kind.
    found = zxingcpp.read_barcodes(enlarged, formats=QR)
    return "".join(symbol.text for symbol in found)


def test_every_version_and_mask_is_the_matrix_of_an_independent_encoder(page: Page, files: str) -> None:
    texts = _texts(LENGTHS)
    for text, matrices in zip(texts, _encode(page, files, texts, list(MASKS)), strict=True):
        for mask, matrix in zip(MASKS, matrices, strict=True):
            theirs = segno.make(
                text, mode="alphanumeric", error="m", mask=mask, boost_error=False, micro=False
            )
            assert [list(row) for row in theirs.matrix] == matrix, (text, mask)


def test_lengths_of_every_version_are_read_back_by_an_independent_decoder(page: Page, files: str) -> None:
    texts = _texts(list(range(1, 420, 3)))
    for text, (matrix,) in zip(texts, _encode(page, files, texts, [0]), strict=True):
        assert _read(matrix) == text


def test_a_card_code_fits_29_modules_and_keeps_its_spaces(page: Page, files: str) -> None:
    text = "SC1:" + " 7Q$ C+/. 0AZ %*-: 5 9B2XK+E 8H W6 T"[:35] + " "
    ((matrix,),) = _encode(page, files, [text], [0])
    assert (len(text), len(matrix)) == (40, 29)
    assert _read(matrix) == text


@pytest.mark.parametrize("text", ["sc1:lower", "0" * 420, "卡码"])
def test_what_a_code_cannot_hold_is_refused(page: Page, files: str, text: str) -> None:
    with pytest.raises(Error, match="RangeError"):
        _encode(page, files, [text], [0])
