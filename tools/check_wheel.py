"""A wheel must hold what is not Python too: every tracked file of the shipped folders, whatever its ending."""

import subprocess
import sys
import zipfile
from pathlib import Path

SHIPPED = ["bot", "core", "storage", "locales"]


def main(wheel: Path) -> int:
    tracked = subprocess.run(["git", "ls-files", *SHIPPED], capture_output=True, text=True, check=True).stdout.split()
    missing = find_missing(wheel, tracked)
    for name in missing:
        print(f"{wheel.name}: lacks {name}")
    return 1 if missing else 0


def find_missing(wheel: Path, wanted: list[str]) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return sorted(set(wanted) - set(archive.namelist()))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
