"""Takes in what others publish as FHIR: their locations become hospitals, their slots sessions. Repeatable as it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.appointments.model.bulk import Fault, Publication, read
from chalicelib.appointments.service.directory import Directory
from chalicelib.appointments.service.releasing import Releasing
from chalicelib.platform import log
from chalicelib.platform.clock import Clock


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: how many hospitals and sessions are listed, how many were over, what was no use.

    `unreleased` sessions may not be shown yet by their hospital's rules: import again, then.
    """

    hospitals: int
    sessions: int
    past: int
    unreleased: int
    missing: tuple[str, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Importing:
    """Publishes for others."""

    directory: Directory
    releasing: Releasing
    clock: Clock

    def import_bulk(
        self, manifest: str, files: Mapping[str, str], *, prefix: str, region: str, fee_fen: int
    ) -> Imported:
        """Enrol and publish a bulk publication (SMART Scheduling Links); sessions that have begun are left out.

        `files`: address or file name -> NDJSON text. The same again changes nothing. Raises Unavailable.
        """
        found = read(manifest, files, prefix=prefix, region=region, fee_fen=fee_fen)
        self._enrol(found)
        coming = [each for each in found.sessions if each.starts_at > self.clock()]
        past, unreleased = len(found.sessions) - len(coming), len(self.releasing.publish(coming))
        listed = len(coming) - unreleased
        log.event("bulk.imported", sessions=listed, past=past, faults=len(found.faults))
        return Imported(
            len(found.hospitals), listed, past, unreleased, tuple(found.missing), tuple(found.faults)
        )

    def _enrol(self, found: Publication) -> None:
        for own, hospital in found.hospitals.items():
            here = [schedule for schedule, location in found.places.items() if location == own]
            departments = [found.departments[each] for each in here]
            self.directory.enrol(hospital, departments, [found.practitioners[each] for each in here])
