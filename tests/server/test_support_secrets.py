"""What leaves a hall in the file for who helps: the secret of no file that the hall's config names, and no key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import config
from server.store import secret
from server.support import gathered
from tests.conftest import write_hall

FILES = {"sso.secret": "of-the-directory", "city.secret": "whsec_b2YgdGhlIGNpdHk=", "hook.secret": "whsec_b2YgYSBob29r"}


def test_the_words_of_every_secret_file_and_key_are_hidden_in_the_log(tmp_path: Path) -> None:
    def change(hall: Any) -> None:
        hall["sign_on"] = {"secret_file": "sso.secret"}
        hall["platform"] = {"url": "https://city.example/in", "secret_file": "city.secret"}
        hall["webhooks"] = {"board": {"url": "https://board.example/in", "secret_file": "hook.secret"}}

    hall = config.load(write_hall(tmp_path, change))
    for name, text in FILES.items():
        (tmp_path / name).write_text(text + "\n")
    (hall.data / "tls").mkdir(parents=True)
    (hall.data / "tls" / "hub.key").write_text("-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByq\n")
    words = [*FILES.values(), "b2YgYSBob29r", "MIGHAgEAMBMGByq", secret.key(hall, "session")]
    (hall.data / "log").mkdir()
    (hall.data / "log" / "hub.log").write_text("\n".join(f"seen: {word}." for word in words))
    parts = dict(gathered(hall.file, hall, ""))
    assert len(parts["log/hub.log"].splitlines()) == len(words)
    assert [word for word in words for text in parts.values() if word in text] == []
