"""One's own download is a read too: entered before the address is given, once in five minutes."""

import contextlib

import pytest

from tests.memory.calls import Died, Moment, Strike
from tests.memory.cloud import Place
from tests.unit.shares.conftest import Holder


def test_a_download_is_entered_once_in_five_minutes(holder: Holder) -> None:
    path = f"/v1/certificates/{holder.request.id}/download"
    holder.clock.turn(seconds=300 - holder.clock().timestamp() % 300)
    for _ in range(2):
        assert holder.api.get(path, token=holder.phone.token).status == 302
        holder.clock.turn(minutes=2)
    (read,) = holder.reads()
    assert (read["receiverCode"], read["receiverName"], read["sourceCode"]) == (
        "self",
        "张*",
        "certificate/no-house/pdf",
    )
    holder.clock.turn(minutes=2)
    holder.api.get(path, token=holder.phone.token)
    assert len(holder.reads()) == 2


def test_verifying_is_nobodys_read(holder: Holder, town: Place) -> None:
    before = town.cloud.items()
    with contextlib.suppress(KeyError):
        holder.api.get(f"/v1/verify/{holder.certificate.id}")
    assert town.cloud.items() == before


@pytest.mark.parametrize("moment", list(Moment))
@pytest.mark.parametrize("number", range(1, 4))
def test_a_process_killed_anywhere_gives_no_address_without_its_entry(
    holder: Holder, town: Place, number: int, moment: Moment
) -> None:
    def download() -> int:
        path = f"/v1/certificates/{holder.request.id}/download"
        return holder.api.get(path, token=holder.phone.token).status

    with contextlib.suppress(Died):
        assert town.cloud.live(download, Strike(number, moment, town.cloud.calls.die)) == 302
    assert download() == 302
    assert len(holder.reads()) == 1
