"""The catalogue's files: sound as they are, every fault is found before packaging, and a new type is a new folder."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.certificates import catalogue, pdf
from chalicelib.certificates.model.content import CertificateContent
from chalicelib.certificates.model.facts import Facts
from infra.bundle import BundleRefused
from infra.catalogue import faults, main
from infra.package import thin

FISHING: dict[str, Any] = {
    "id": "fishing-licence",
    "serial_prefix": "BY",
    "name": {"zh": "捕捞许可证明", "en": "Certificate of a Fishing Licence"},
    "legal_basis": [
        {"zh": "《中华人民共和国渔业法》", "en": "Fisheries Law of the People's Republic of China"}
    ],
    "issuer": {"zh": "{region}渔业局", "en": "Fisheries Bureau of {region}"},
    "department_id": "fisheries",
    "department_name": {"zh": "渔业部门", "en": "Fisheries"},
    "needs": ["fishing-licence", "household"],
    "rules": [
        {
            "value": "fishing-licence.boats",
            "at_least": 1,
            "otherwise": {"code": "no-boat", "zh": "名下无渔船", "en": "No boat is on record"},
        }
    ],
    "statement": {
        "zh": "在{region}有渔船{fishing-licence.boats}。",
        "en": "has {fishing-licence.boats} in {region}.",
    },
    "lines": [{"value": "fishing-licence.boats"}, {"value": "household.address"}],
    "purposes": {"fishing": {"zh": "捕捞", "en": "Fishing"}},
    "valid_days": 30,
    "statutory_days": 3,
}
BOATS = {
    "department_id": "fisheries",
    "name": {"zh": "捕捞许可", "en": "Fishing licence"},
    "fields": {
        "boats": {
            "kind": "number",
            "name": {"zh": "渔船", "en": "Boats"},
            "unit": {"zh": "艘", "en": "boats"},
        }
    },
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the catalogue with one type more, of a department nobody heard of."""
    copy = tmp_path / "catalogue"
    shutil.copytree(catalogue.FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    (copy / "facts" / "fishing-licence.json").write_text(json.dumps(BOATS))
    written(copy, FISHING)
    return copy


def written(folder: Path, kind: dict[str, Any]) -> None:
    (folder / "fishing-licence").mkdir(exist_ok=True)
    (folder / "fishing-licence" / "type.json").write_text(json.dumps(kind))


def test_the_catalogue_is_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert faults() == []
    assert main([]) == 0
    assert "may be packaged" in capsys.readouterr().out


def test_a_new_type_is_a_new_folder_and_no_code(folder: Path) -> None:
    assert faults(folder) == []
    kind = catalogue.read(folder)["fishing-licence"]
    facts: Facts = {
        "fishing-licence": {"boats": 2},
        "household": {
            "householdType": "rural",
            "address": "杭州市西湖区文三路1号",
            "relation": "户主",
            "alive": True,
            "moving": False,
            "region": "330100",
        },
    }
    assert [need.department_id for need in kind.needs] == ["fisheries", "civil-registry"]
    assert kind.fits(facts)
    assert kind.refusal(facts) is None
    none = kind.refusal({**facts, "fishing-licence": {"boats": 0}})
    assert none
    assert none.code == "no-boat"
    region = catalogue.region_name(kind.region_code(facts) or "")
    page = pdf.render(
        CertificateContent(
            type_id=kind.id,
            name=kind.name,
            serial="BY-330100-20261123-7W4Y8N1P",
            holder_name="张伟",
            holder_id_number="330106199003071237",
            region=region,
            issuer=kind.issuer.for_region(region),
            statement=kind.statement_of(facts, region, date(2026, 11, 23)),
            lines=kind.lines_of(facts),
            as_of=date(2026, 11, 23),
            issued_at=datetime(2026, 11, 23, tzinfo=UTC),
            valid_until=date(2026, 12, 23),
        )
    )
    assert page.startswith(b"%PDF")


def changed(**changes: Any) -> Callable[[Path], None]:
    return lambda folder: written(folder, FISHING | changes)


def statement(zh: str, en: str = "has a boat.") -> dict[str, str]:
    return {"zh": zh, "en": en}


def rule(**test: Any) -> list[dict[str, Any]]:
    return [{"value": "fishing-licence.boats", "otherwise": FISHING["rules"][0]["otherwise"], **test}]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (changed(serial_prefix="WF"), "serial prefix"),
        (changed(serial_prefix="by"), "serial prefix"),
        (changed(id="fishing"), "not its folder's name"),
        (changed(colour="blue"), "Extra inputs"),
        (changed(needs=["whale-watching"]), "KeyError"),
        (changed(needs=[], rules=[], lines=[]), "lacks needs"),
        (changed(needs=["fishing-licence"], lines=[]), "which region"),
        (changed(statement=statement("有{fishing-licence.sails}。")), "cannot be filled"),
        (changed(statement=statement("有{houses。")), "brace"),
        (changed(statement=statement("有渔船")), "no whole sentence"),
        (changed(statement=statement("a boat。")), "both languages"),
        (changed(statement=statement("有渔船。", "有")), "both languages"),
        (changed(statement=statement("有渔船。") | {"strong": statement("无渔船")}), "strong part"),
        (changed(name={"zh": "捕捞\U0002c0a9", "en": "Fishing"}), "typeface lacks"),
        (changed(lines=[{"value": "fishing-licence.sails"}]), "a line is about"),
        (changed(rules=rule(value="fishing-licence.sails", equals=1)), "a rule is about"),
        (changed(rules=rule(equals="2")), "can never be"),
        (changed(rules=rule(value="household.address", at_least=2)), "no number"),
        (changed(review=rule(value="household.householdType", one_of=["castle"])), "can never be"),
        (changed(paper=statement("纸质") | {"where": statement("渔业局")}), "still paper"),
        (lambda folder: (folder / "certificate.typ").unlink(), "certificate.typ"),
        (lambda folder: (folder / "no-house" / "type.json").write_text("{"), "JSONDecodeError"),
    ],
)
def test_a_fault_in_a_file_is_found_before_it_is_packaged(
    folder: Path, spoil: Callable[[Path], None], told: str
) -> None:
    spoil(folder)
    assert told in "\n".join(faults(folder))
    assert main([str(folder)]) == 1


def test_an_unsound_catalogue_is_not_packaged(tmp_path: Path, folder: Path) -> None:
    changed(serial_prefix="WF")(folder)
    place = tmp_path / "project" / "chalicelib" / "certificates"
    place.mkdir(parents=True)
    folder.rename(place / "catalogue")
    with pytest.raises(BundleRefused, match="serial prefix"):
        thin(tmp_path / "out", tmp_path / "project")
