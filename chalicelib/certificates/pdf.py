"""Gateway to the PDF makers: sets a certificate with typst and signs it as PAdES with pyHanko.

The only module that imports typst, pyHanko, segno or the font; the certificate worker alone loads it, on its first
certificate. It must not know how a certificate came about, where it is kept, or how the signing key is held: the
key is a callable.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import certificate_fonts
import segno
import typst
from asn1crypto import pem, x509
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfCMSEmbedder, PdfCMSSignedAttributes, Signer, constants
from pyhanko.sign.signers.cms_embedder import SigAppearanceSetup, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import PdfSignedData, SignatureObject
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from chalicelib.certificates.catalogue import TEMPLATES
from chalicelib.certificates.errors import GlyphMissing
from chalicelib.certificates.model import CertificateContent
from chalicelib.types import CHINA

_QR_MASK = 3  # fixed: choosing the best of the eight costs more than drawing, and any scanner reads any mask
_DIGEST = "sha256"
_FIELD = "Signature"
_CMS_OVERHEAD = 1024  # bytes of a CMS beside its certificates: attributes, identifiers, an ECDSA P-256 signature
_SEE_THROUGH = StaticStampStyle(
    border_width=0, background=RawContent(b" ", box=BoxConstraints(width=1, height=1)), background_opacity=1
)
"""The field can be clicked in a viewer; what one sees there is set by the template, in the page's own font."""

type SignatureBox = tuple[int, int, int, int]
