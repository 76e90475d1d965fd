"""Makes sure that Debian's Chromium and the fonts of the screenshots are here: installs them as root, else says how."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
# Without these, Chinese, Arabic and emoji come out as boxes in the screenshots.
PACKAGES = ["chromium", "fonts-noto-core", "fonts-noto-cjk", "fonts-noto-color-emoji"]


def main() -> int:
    missing = missing_packages()
    if not missing:
        return 0
    install = f"apt-get install --yes --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"The browser tests need {', '.join(missing)}. On Debian or Ubuntu:\n  sudo {install}", file=sys.stderr)
        return 1
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "--quiet=2"], check=True, env=environment)
    subprocess.run([*install.split(), "--quiet=2"], check=True, env=environment)
    return 0


def missing_packages() -> list[str]:
    if shutil.which("dpkg-query"):
        return [package for package in PACKAGES if not _installed(package)]
    return [] if CHROMIUM.exists() else PACKAGES[:1]


def _installed(package: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    return subprocess.run(query, capture_output=True, text=True, check=False).stdout == "installed"


if __name__ == "__main__":
    sys.exit(main())
