"""The floor of `certificates`: a signed page written by hand, with nothing in it that a certificate could do without.

The same words in the same typeface, a font cut down to their characters, the code, and a signature over all of it. No
layout but lines at fixed places, no tags, no frame, no archive's metadata, no stamp. Knows files' bytes only.
"""

from collections.abc import Callable, Iterable

import segno

from bench.envelope import Envelope
from bench.typeface import font
from chalicelib.certificates.pdf.document import Page, signature_dictionary, stream, written

_CHARACTERS_A_LINE = 44
_MODULE = 2  # points of a module of the code


def certify(words: Iterable[str], address: str, envelope: Envelope, sign: Callable[[bytes], bytes]) -> bytes:
    """The signed page."""
    lines = [line for text in words for line in _lines(text)]
    face = font()
    codes = dict.fromkeys(ord(character) for line in lines for character in line)
    kept = [0, *(face.glyphs.get(code, 0) for code in codes)]
    numbers = {code: at for at, code in enumerate(codes, 1)}
    drawn = _text(lines, numbers) + _code(address)
    widths = b" ".join(b"%d" % face.widths[glyph] for glyph in kept)
    mapped = b"\n".join(b"<%04x> <%s>" % (at, _utf16(code)) for code, at in numbers.items())
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[9 0 R]/SigFlags 3>>>>",
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R"
        b"/Annots[9 0 R]>>",
        4: stream(drawn),
        5: b"<</Type/Font/Subtype/Type0/BaseFont/F/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 8 0 R>>",
        6: (
            b"<</Type/Font/Subtype/CIDFontType0/BaseFont/F/FontDescriptor 7 0 R"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/W[0[%s]]>>" % widths
        ),
        7: b"<</Type/FontDescriptor/FontName/F/Flags 4/FontBBox[0 -250 1000 860]/ItalicAngle 0/Ascent 880"
        b"/Descent -120/CapHeight 733/StemV 80/FontFile3 11 0 R>>",
        8: stream(_CMAP % (len(numbers), mapped)),
        9: b"<</Type/Annot/Subtype/Widget/FT/Sig/T(S)/F 132/Rect[0 0 0 0]/V 10 0 R/P 3 0 R>>",
        10: signature_dictionary(
            b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached", envelope.size
        ),
        11: stream(face.cut(kept), b"/Subtype/CIDFontType0C"),
        12: b"<</Producer(by hand)>>",
    }
    unsigned = written(Page(objects, 1, 12, b"[<00><00>]"), objects, 10)
    digest = unsigned.digest
    return unsigned.with_signature(envelope.closed(digest, sign(envelope.to_sign(digest))))


_CMAP = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /F def
1 begincodespacerange <0000> <ffff> endcodespacerange
%d beginbfchar
%s
endbfchar endcmap end end"""


def _lines(text: str) -> list[str]:
    return [text[at : at + _CHARACTERS_A_LINE] for at in range(0, len(text), _CHARACTERS_A_LINE)]


def _text(lines: Iterable[str], numbers: dict[int, int]) -> bytes:
    shown = b"\n".join(
        b"<%s> Tj T*" % b"".join(b"%04x" % numbers[ord(character)] for character in line) for line in lines
    )
    return b"BT /F 10 Tf 14 TL 60 780 Td\n%s\nET\n" % shown


def _code(address: str) -> bytes:
    rows = segno.make_qr(address, error="m", mask=3, boost_error=False).matrix
    return (
        b" ".join(
            b"%d %d 2 2 re" % (60 + _MODULE * x, 160 - _MODULE * y)
            for y, row in enumerate(rows)
            for x, dark in enumerate(row)
            if dark
        )
        + b" f"
    )


def _utf16(code: int) -> bytes:
    return chr(code).encode("utf-16-be").hex().encode()
