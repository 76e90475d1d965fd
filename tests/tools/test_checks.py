import zipfile
from importlib.metadata import Distribution
from pathlib import Path
from textwrap import dedent

import pytest
from packaging.requirements import Requirement

from tools import check_licences, check_lock
from tools.check_skips import find_skips
from tools.check_wheel import find_missing


def test_a_mirror_in_the_lock_is_told() -> None:
    lock = """
    [[package]]
    name = "fine"
    source = { registry = "https://pypi.org/simple" }
    wheels = [{ url = "https://files.pythonhosted.org/fine.whl" }]
    [[package]]
    name = "mirrored"
    source = { registry = "https://pypi.org/simple" }
    sdist = { url = "https://pypi.example.org/mirrored.tar.gz" }
    [[package]]
    name = "disguised"
    source = { registry = "https://pypi.org@evil.example/simple" }
    [[package]]
    name = "local"
    source = { path = "../local" }
    """
    assert list(check_lock.find_problems(dedent(lock))) == [
        "mirrored comes from pypi.example.org, not from the public index",
        "disguised comes from evil.example, not from the public index",
        "local comes from path, not from the public index",
    ]


class Package(Distribution):
    """An installed package that has nothing but its metadata."""

    def __init__(self, metadata: str) -> None:
        self._text = f"Metadata-Version: 2.4\nName: x\nVersion: 1\n{metadata}\n"

    def read_text(self, filename: str) -> str | None:
        return self._text if filename == "METADATA" else None

    def locate_file(self, path: object) -> Path:
        raise FileNotFoundError(path)


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ("License-Expression: GPL-3.0-or-later", "GPL-3.0-or-later"),
        ("License-Expression: LGPL-3.0-only", None),
        ("License-Expression: MIT OR GPL-2.0-only", None),
        ("License: AGPLv3", "AGPLv3"),
        ("License: MIT", None),
        (
            "Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
            "License :: OSI Approved :: GNU General Public License v3 (GPLv3)",
        ),
        ("Classifier: License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", None),
        ("Classifier: Programming Language :: Python", None),
    ],
)
def test_strong_copyleft_is_recognised(metadata: str, licence: str | None) -> None:
    assert check_licences.copyleft(Package(metadata)) == licence


def test_what_we_ship_with_is_fine() -> None:
    assert check_licences.main() == 0


def test_a_dependency_that_is_not_there_is_told() -> None:
    wanted = [Requirement("no-such-package"), Requirement("not-on-this-machine; python_version < '3'")]
    assert list(check_licences.find_problems(wanted)) == ["no-such-package, needed by dragoman, is not installed"]


def test_a_skipped_test_is_told(tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    report.write_text(
        '<testsuites><testsuite><testcase classname="tests.test_a" name="test_b"/>'
        '<testcase classname="tests.test_a" name="test_c"><skipped message="no browser"/></testcase>'
        "</testsuite></testsuites>"
    )
    assert list(find_skips(report)) == ["skipped: tests.test_a::test_c: no browser"]
    report.write_text("<testsuites/>")
    assert list(find_skips(report)) == ["junit.xml: no test ran"]


def test_what_a_wheel_lacks_is_told(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.whl", "w") as wheel:
        wheel.writestr("bot/__init__.py", "")
    assert find_missing(tmp_path / "x.whl", ["bot/__init__.py", "locales/en/cli.toml"]) == ["locales/en/cli.toml"]
