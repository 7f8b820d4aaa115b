"""What may leave the hall for somebody who helps: texts without names, numbers of people and secrets. Pure.

Rather too little than too much: whatever looks like a secret is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from server.domain.slip_facts import PERSONAL

_PLAIN = str.maketrans("０１２３４５６７８９＠：", "0123456789@:")
HIDDEN = "[***]"
LEAST_SECRET = 6
"""Shorter words are not looked for: they stand in every text."""
_SECRET_KEY = re.compile(r"(?:^|_)(?:(?:pin|password|passphrase|secret|token|user|login)s?|key|hash|salt)$", re.I)
_PATH_KEY = re.compile(r"(?:_file|_folder|known_hosts|ssh_key)$", re.I)
_PATTERNS = (
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"(?<=://)[^/\s:@\"']+(?::[^/\s@\"']*)?(?=@)"),
    re.compile(r"(?i)(?<=bearer )\S+"),
    re.compile(r"(?i)(?:(?<=[?&]key=)|(?<=[?&]token=)|(?<=[?&]secret=)|(?<=[?&]code=))[^&\s\"']+"),
    re.compile(r"(?i)(?:(?<=password=)|(?<=password: )|(?<=密码：)|(?<=密码 ))\S+"),
    re.compile(r"\$argon2\w*\$[^\s\"',}]+"),
    re.compile(r"AGE-SECRET-KEY-\w+", re.I),
    re.compile(r"(?<![\w/+-])[\w-]{40,}(?![\w/+-])"),
)
"""Mail addresses, log-ins in addresses, bearer tokens, keys in a query, passwords that are called so, hashes, backup
keys, and words as long as a token of ours.
"""


def scrubbed(text: str, names: Mapping[str, str], secrets: Iterable[str]) -> str:
    """A text without what nobody outside may read. `names`: staff number -> name; `secrets`: words as they are."""
    text = text.translate(_PLAIN)
    for word in sorted({one for one in secrets if len(one) >= LEAST_SECRET}, key=len, reverse=True):
        text = text.replace(word, HIDDEN)
    for number, name in sorted(names.items(), key=lambda one: -len(one[1])):
        if len(name) > 1 and name != number:
            text = text.replace(name, f"[{number}]")
    for pattern in _PATTERNS:
        text = pattern.sub(HIDDEN, text)
    for pattern, _, _ in PERSONAL:
        text = pattern.sub(HIDDEN, text)
    return text


def without_secrets(table: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a hall's file with every value hidden whose key says that it is secret, however deep."""
    return {key: _hidden(key, value) for key, value in table.items()}


def _hidden(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return without_secrets(value)
    if _SECRET_KEY.search(key) and not _PATH_KEY.search(key) and value not in ("", [], 0):
        return HIDDEN
    if isinstance(value, list):
        return [without_secrets(one) if isinstance(one, Mapping) else one for one in value]
    return value
