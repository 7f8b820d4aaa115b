"""A renewal tried on a copy: the new version opens it, brings its tables up to date and closes it again. Whether it is
right then says `verify`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from command_line import language
from config import Told
from consoles import any_console
from server.store.database import Store


def main(folder: Path) -> None:
    """`folder` holds the copy as hall.db. A database that this version can't go on from ends it in a sentence."""
    try:
        Store(folder).close()
    except Told as error:
        print(error.text.said(language()), file=sys.stderr)
        sys.exit(error.status)


if __name__ == "__main__":
    any_console()
    main(Path(sys.argv[1]))
