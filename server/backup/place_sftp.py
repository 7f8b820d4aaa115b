"""Another machine's folder by SFTP, through the system's own `sftp` in batch mode: it asks nothing, and believes no
host that is not among the known ones.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

from server.backup.destination import PART, PlaceError

PROGRAM = "sftp"
CONNECT_S, MOST_S = 15, 3600.0
"""Seconds until a silent machine counts as dead; seconds that one transfer may take."""


class Sftp:
    """One call of the program for each request; nothing stays connected between."""

    def __init__(self, host: str, port: int, folder: str, key: Path | None, known_hosts: Path | None) -> None:
        self._host, self._folder = host, folder.rstrip("/") or "/"
        options = [
            "BatchMode=yes",
            "StrictHostKeyChecking=yes",
            f"ConnectTimeout={CONNECT_S}",
            f"ServerAliveInterval={CONNECT_S}",
            "ServerAliveCountMax=2",
            *([f"UserKnownHostsFile={known_hosts}"] if known_hosts else []),
            *([f"IdentityFile={key}", "IdentitiesOnly=yes"] if key else []),
        ]
        self._command = [PROGRAM, "-q", "-b", "-", "-P", str(port), *(f"-o{option}" for option in options), host]

    @classmethod
    def named(cls, url: str, key: Path | None, known_hosts: Path | None) -> Sftp:
        """`sftp://user@host:port/folder`; `/~/folder` begins at the user's home."""
        parts = urlsplit(url)
        user = f"{unquote(parts.username)}@" if parts.username else ""
        folder = unquote(parts.path).removeprefix("/~/") or "."
        return cls(f"{user}{parts.hostname}", parts.port or 22, folder, key, known_hosts)

    def names(self) -> list[str]:
        listed = self._ask(f"-mkdir {_quoted(self._folder)}", f"ls -1 {_quoted(self._folder)}")
        lines = [line for line in listed.splitlines() if line and not line.startswith("sftp>")]
        return sorted(line.rpartition("/")[2] for line in lines)

    def put(self, file: Path, name: str) -> None:
        there = f"{self._folder}/{name}"
        self._ask(
            f"-mkdir {_quoted(self._folder)}",
            f"put -f {_quoted(str(file))} {_quoted(there + PART)}",
            f"rename {_quoted(there + PART)} {_quoted(there)}",
        )

    def get(self, name: str, file: Path) -> None:
        self._ask(f"get {_quoted(f'{self._folder}/{name}')} {_quoted(str(file))}")

    def remove(self, name: str) -> None:
        self._ask(f"rm {_quoted(f'{self._folder}/{name}')}")

    def free(self) -> int | None:
        """By `df`, which only OpenSSH's servers answer: kilobytes, the third number."""
        told = self._ask(f"-mkdir {_quoted(self._folder)}", f"-df {_quoted(self._folder)}")
        numbers = re.search(r"^\s*\d+\s+\d+\s+(\d+)\s", told, re.M)
        return int(numbers[1]) * 1024 if numbers else None

    def _ask(self, *commands: str) -> str:
        if shutil.which(PROGRAM) is None:
            raise PlaceError(
                "主机上没有传送文件的程序：请技术员安装 SFTP 客户端。",
                "there is no sftp program here: install openssh-client",
            )
        try:
            done = subprocess.run(
                self._command, input="\n".join(commands) + "\n", capture_output=True, text=True, timeout=MOST_S
            )
        except subprocess.TimeoutExpired:
            raise PlaceError(
                f"{self._host}没有应答：请检查那台机器和网络。",
                f"{self._host} does not answer: check that machine and the network",
            ) from None
        if done.returncode:
            raise told(self._host, done.stderr)
        return done.stdout


def told(host: str, stderr: str) -> PlaceError:
    """What sftp says on its standard error -> what to do."""
    last = next((line.strip() for line in reversed(stderr.splitlines()) if line.strip()), "")
    said = stderr.lower()
    if "host key verification failed" in said or "no matching host key" in said or "no ed25519 host key" in said:
        return PlaceError(
            f"{host}的主机密钥不在已知名单里：请技术员核对后加入，见《备份与恢复演练》。",
            f"the key of {host} is not among the known ones: compare it and add it by ssh-keyscan, see docs/backup.md",
        )
    if "permission denied (" in said or "too many authentication" in said:
        return PlaceError(
            f"{host}拒绝登录：请把主机的公钥加到那个账号。",
            f"{host} refuses the login: add the hub's key to the account",
        )
    if "no space" in said or "quota" in said or "write remote" in said or ": failure" in said:
        return PlaceError(
            f"{host}写不进去，可能已满：请清出空间。",
            f"{host} takes no more, it may be full: make room ({last})",
        )
    if "connection" in said or "could not resolve" in said or "timed out" in said or "no route" in said:
        return PlaceError(
            f"连不上{host}：请检查那台机器和网络。",
            f"{host} can't be reached: check that machine and the network ({last})",
        )
    return PlaceError(
        f"{host}不能存取备份：请检查那里的文件夹和权限。",
        f"{host}: {last or 'sftp'}: check the folder and its rights there",
    )


def _quoted(path: str) -> str:
    """As sftp's command line reads it."""
    return '"' + re.sub(r'(["\\])', r"\\\1", path) + '"'
