"""``./run bundle``: makes one file that installs and renews a hall without Internet; ``./run bundle key`` the key that
signs it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

import config
from bundle import fetch, packing, signing
from bundle.needs import ARCHITECTURES, RELEASES, Target, hall
from command_line import Commands
from consoles import any_console

KEY = config.ROOT / "var" / "release.key"


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--key", type=click.Path(path_type=Path), default=KEY, show_default="var/release.key", help="Signs it.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=config.ROOT / "var", help="Folder.")
@click.option("--debian", "releases", multiple=True, type=click.Choice([*RELEASES]), help="Only for these releases.")
@click.option("--arch", "architectures", multiple=True, type=click.Choice([*ARCHITECTURES]), help="Only for these.")
@click.pass_context
def main(
    context: click.Context, key: Path, out: Path, releases: tuple[str, ...], architectures: tuple[str, ...]
) -> None:
    """One file with the program, its wheels and Debian packages, signed; on a machine with Internet."""
    if context.invoked_subcommand:
        context.obj = key
        return
    signs, version = signing.key(key), fetch.version()
    project, lock = (config.ROOT / name for name in ("pyproject.toml", "requirements.lock"))
    found = hall(project.read_text(encoding="utf-8"), lock.read_text(encoding="utf-8"))
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out) as scratch:
        folder = Path(scratch)
        for pool in ("wheels", "debs"):
            (folder / pool).mkdir()
        for release in releases or RELEASES:
            for architecture in architectures or ARCHITECTURES:
                target = Target(release, architecture)
                missing = fetch.wheels(found, target, folder / "wheels", folder / target.folder)
                fetch.packages(target, folder / "debs", folder / target.folder)
                gone = f"; no wheel: {', '.join(missing)}" if missing else ""
                click.echo(f"Debian {release} {architecture}: {len(found) - len(missing)} wheels{gone}")
        fetch.program(folder / "program.tar")
        file = out / f"jiaohao-{version}.run"
        packing.pack(folder, version, signs, file)
    click.echo(f"{file}  {file.stat().st_size >> 20} MB")
    click.echo(f"key  {signing.fingerprint(signing.public_pem(signs))}")


@main.command("key")
@click.pass_obj
def key_command(file: Path) -> None:
    """Make the key, once; whoever has it can send programs to every hall that trusts it."""
    signing.make(file)
    click.echo(f"{file}  {signing.fingerprint(signing.public_pem(signing.key(file)))}")


if __name__ == "__main__":
    any_console()
    main(prog_name="./run bundle")
