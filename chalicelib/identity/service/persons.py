"""Who somebody is by name and number, for steps in which they show no face themselves."""

from dataclasses import dataclass

from chalicelib.identity.errors import IdentityNumberInvalid
from chalicelib.identity.model.persons import (
    Person,
    digest_id,
    identity_number,
    masked_name,
    masked_number,
)
from chalicelib.platform.keys import Mac, Sealer


@dataclass(frozen=True, slots=True)
class Persons:
    """People by their identity numbers."""

    mac: Mac
    sealer: Sealer

    def of(self, real_name: str, id_number: str, pointer: str = "/idNumber") -> Person:
        """The person of this number, name and number sealed: two KMS calls. Nothing is checked but the number's form.

        `pointer` says where in the request the number stood. Raises IdentityNumberInvalid.
        """
        number = identity_number(id_number)
        if number is None:
            raise IdentityNumberInvalid((pointer, "has a wrong length, birth date or check character"))
        person_id = digest_id("psn", self.mac.digest(f"person:{number}".encode()))
        return Person(
            id=person_id,
            real_name=real_name,
            id_number=number,
            holder=masked_name(real_name),
            number_masked=masked_number(number),
            sealed=self.sealer.seal({"name": real_name, "number": number}, {"person": person_id}),
        )
