"""Turns a folder into an archive that Lambda starts fast from, byte for byte the same each time.

Knows nothing about Chalice, templates or AWS calls.
"""

import compileall
import zipfile
from pathlib import Path
from py_compile import PycInvalidationMode

EPOCH = (1980, 1, 1, 0, 0, 0)


class BundleRefused(RuntimeError):
    """The bundle would not run, or not fit, where it is going."""


def compiled(folder: Path, installed_at: str) -> None:
    """Compile every module beside its source.

    A function's code folder is read-only, so what is not compiled here is compiled on every cold start. The
    hash is unchecked because a time stamp does not survive the archive.
    """
    ok = compileall.compile_dir(
        folder,
        force=True,
        quiet=1,
        workers=0,
        stripdir=str(folder),
        prependdir=installed_at,
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )
    if not ok:
        raise BundleRefused(f"a module under {folder.name} does not compile")


def zipped(folder: Path, archive: Path) -> None:
    """Write `archive` from `folder`: sorted, without time stamps, so that equal content gives equal bytes."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if path.suffix == ".so" else 0o644) << 16
            target.writestr(entry, path.read_bytes())


def built_here(folder: Path) -> list[str]:
    """The distributions under `folder` whose wheel carries this machine's own platform tag."""
    wheels = folder.rglob("*.dist-info/WHEEL")
    return sorted(
        path.parent.name for path in wheels if _tagged_for_this_machine(path.read_text(encoding="utf-8"))
    )


def _tagged_for_this_machine(wheel: str) -> bool:
    return any(
        "-linux_" in line or "-macosx_" in line for line in wheel.splitlines() if line.startswith("Tag:")
    )
