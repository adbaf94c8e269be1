"""Two bits a certificate, packed as the draft packs them: its own vectors, other people's decoders, chance."""

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from token_status_list import BitArray

from chalicelib.certificates.model.status import PROBES, SIZE, Status, compressed, packed, probes

TOLD = json.loads((Path(__file__).parents[2] / "data" / "status-list" / "vectors.json").read_text("utf-8"))
STATUSES = st.dictionaries(st.integers(0, SIZE - 1), st.sampled_from(Status), max_size=60)


def inflated(lst: str) -> bytes:
    return zlib.decompress(base64.urlsafe_b64decode(lst + "=" * (-len(lst) % 4)))


def value_at(array: bytes, bits: int, index: int) -> int:
    """Read as section 4.1 draws it: the whole array as one number, the first place at its lowest bits."""
    return int.from_bytes(array, "little") >> index * bits & (1 << bits) - 1


@pytest.mark.parametrize("vector", TOLD["vectors"], ids=lambda each: str(each["name"]))
def test_the_drafts_own_vectors(vector: dict[str, Any]) -> None:
    statuses = {int(index): value for index, value in vector["statuses"].items()}
    array = packed(statuses, vector["bits"], vector["size"])
    assert array == inflated(vector["lst"])
    assert zlib.decompress(compressed(array)) == array
    assert len(compressed(array)) <= len(base64.urlsafe_b64decode(vector["lst"] + "==")) + 8


@given(STATUSES)
@settings(max_examples=20, deadline=None)
def test_whatever_is_packed_is_read_by_another_decoder(statuses: dict[int, Status]) -> None:
    array = packed(statuses)
    assert len(array) == SIZE // 4
    lst = base64.urlsafe_b64encode(compressed(array)).rstrip(b"=").decode()
    theirs = BitArray.load({"bits": 2, "lst": lst})
    for index in [*statuses, 0, SIZE - 1]:
        assert theirs[index] == statuses.get(index, Status.VALID) == value_at(array, 2, index)
    assert sum(byte.bit_count() for byte in array) == sum(value.bit_count() for value in statuses.values())


@pytest.mark.parametrize(("index", "value"), [(-1, 1), (SIZE, 1), (0, 4), (0, -1)])
def test_what_has_no_room_is_not_packed(index: int, value: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        packed({index: value})


def test_a_certificate_tries_the_same_scattered_places_every_time() -> None:
    tried = list(probes("cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P", 1))
    assert tried == list(probes("cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P", 1))
    assert len({each.index for each in tried}) == PROBES
    assert tried[0].index != next(probes("cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P", 2)).index
    first = [next(probes(f"cert_{number:026}", 1)).index for number in range(4000)]
    quarters = [sum(index // (SIZE // 4) == quarter for index in first) for quarter in range(4)]
    assert min(quarters) > 850  # 1000 each, with a deviation of 27
