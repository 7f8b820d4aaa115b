#!/usr/bin/env python3
"""A stand-in for OpenSSH's `sftp -b -`: the other machine is a folder. What the host is called says how it fails.

Written from sftp(1): a command that begins with `-` may fail; the first other that does ends it with status 1, or with
255 where nobody could log in.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

DEAD = {
    "dead": "ssh: connect to host dead port 22: Connection timed out\r\nConnection closed.",
    "stranger": "Host key verification failed.\r\nConnection closed.",
    "denied": "hall@denied: Permission denied (publickey,password).\r\nConnection closed.",
}


def main() -> int:
    host = sys.argv[-1].rpartition("@")[2]
    if not {"-oBatchMode=yes", "-oStrictHostKeyChecking=yes"} <= {*sys.argv}:
        print("it may ask, or believe anybody", file=sys.stderr)
        return 255
    if host in DEAD:
        print(DEAD[host], file=sys.stderr)
        return 255
    for line in sys.stdin:
        word, *paths = [one for one in shlex.split(line) if one != "-f" and one != "-1"]
        try:
            run(word.lstrip("-"), paths, host)
        except OSError as error:
            if not word.startswith("-"):
                print(error.strerror, file=sys.stderr)
                return 1
    return 0


def there(path: str) -> Path:
    return Path(os.environ["FAKE_SFTP"]) / path.lstrip("/")


def run(command: str, paths: list[str], host: str) -> None:
    if command == "put" and host == "full":
        raise OSError(0, 'write remote "x": Failure')
    if command == "mkdir":
        there(paths[0]).mkdir()
    elif command == "put":
        shutil.copyfile(paths[0], there(paths[1]))
        if host == "liar":
            content = bytearray(there(paths[1]).read_bytes())
            content[len(content) // 2] ^= 1
            there(paths[1]).write_bytes(content)
    elif command == "get":
        shutil.copyfile(there(paths[0]), paths[1])
    elif command == "rename":
        there(paths[0]).replace(there(paths[1]))
    elif command == "rm":
        there(paths[0]).unlink()
    elif command == "ls":
        print("\n".join(f"{paths[0]}/{one.name}" for one in there(paths[0]).iterdir()))
    elif command == "df":
        print("        Size         Used        Avail       (root)    %Capacity")
        print("     1000000       500000       400000       450000          50%")


if __name__ == "__main__":
    sys.exit(main())
