"""The hall's description as verbs: a draft is written, checked, brought into force now or at its moment, taken back.

config.toml and the tables that it names are the one truth: what comes into force stands in them before anybody goes by
it. Who edits them by hand is noticed; it counts when an administrator takes it, or when the hub starts again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from config import ConfigError, Hall, Text, Told, described
from config.described import Files
from config.editing import Edit, NotEdited, edited
from server.domain import changes, privacy
from server.domain import events as ev
from server.domain.chain import canonical
from server.domain.changes import Change, Rows
from server.domain.rules import Refused
from server.store.queries.descriptions import Draft
from server.store.reader import Reader
from server.store.transaction import Turn
from server.verbs.hub import By, Hub, Unknown

log = logging.getLogger(__name__)

BY_ITSELF, DISTRICT = "hub", "district"
START = "启动时文件已不同"
NOTHING = Refused("没有改动：草稿与现在一样。", "There is nothing to change: the draft is as the hall is now.")
LONGEST_WHY = 200


class Wanted(NamedTuple):
    """A description that somebody wants, looked at: its files, what would be different, what is wrong with it."""

    files: dict[str, bytes]
    changes: list[Change]
    rows: Rows
    mistakes: tuple[tuple[tuple[str | int, ...], Text], ...]
    """Key of the file -> the checker's sentence; () for what belongs to no key."""
    hall: Hall | None
    """None where anything is wrong."""


# --- what is in force, and what stands in the files -------------------------------------------------------------------


def name(hub: Hub) -> str:
    return hub.hall.file.name


def in_force(hub: Hub) -> dict[str, bytes]:
    """The files as the hub goes by them. Read of the disk only while none was ever kept."""
    id = newest(hub)
    made: dict[str, bytes] = hub.kept(("files", id), lambda: _files(hub, id))
    return made


def newest(hub: Hub) -> int:
    """What the description in force is kept by; 0 while none was kept. Whatever is made of one is remembered by it: the
    hall is another one a moment before the row that says so is on the disk.
    """
    kept = hub.read().descriptions(1)
    return kept[0].id if kept else 0


def _files(hub: Hub, id: int) -> dict[str, bytes]:
    files = hub.read().description_files(id) if id else None
    return described.on_disk(hub.hall.file) if files is None else files


def rows(hub: Hub) -> Rows:
    """What stands in the files in force."""
    found: Rows = hub.kept(("rows", newest(hub)), lambda: described.rows_of(in_force(hub), name(hub)))
    return found


def begin(hub: Hub) -> None:
    """At the start: what the files say is in force. What was changed while the hub was away is recorded."""
    files, reader = described.on_disk(hub.hall.file), hub.read()
    now, last = described.version(files), reader.descriptions(1)
    if last and last[0].version == now:
        return
    before = reader.description_files(last[0].id) if last else None
    told = (
        changes.difference(described.rows_of(before, name(hub)), described.rows_of(files, name(hub))) if before else []
    )

    def decide(turn: Turn) -> None:
        if last:
            event = ev.ConfigChanged(before=last[0].version, after=now, why=START, how="start")
            turn.record(_with(event, told, turn), BY_ITSELF)
        turn.keep_description(now, BY_ITSELF, START if last else "", "start", files)

    hub.turn(decide)


def by_hand(hub: Hub) -> Wanted | None:
    """What somebody has edited in the files since; None where they are as the hub goes by them."""
    try:
        stamp = described.stamp(hub.hall.file, in_force(hub))
        found: Wanted | None = hub.latest(("by hand", newest(hub), stamp), lambda: (_by_hand(hub),))[0]
        return found
    except OSError as error:
        gone = Text(f"{name(hub)}读不了：{error.strerror}。", f"{name(hub)} can't be read: {error.strerror}.")
        return Wanted({}, [], {}, (((), gone),), None)


def _by_hand(hub: Hub) -> Wanted | None:
    files = described.on_disk(hub.hall.file)
    return None if described.version(files) == described.version(in_force(hub)) else looked_at(hub, files)


def troubles(hub: Hub) -> list[tuple[str, Text, float]]:
    """What of the hall's file waits for somebody, for the live page: which, what to do, since when."""
    found = []
    if by_hand(hub) is not None:
        words = Text(
            f"{name(hub)}被人在文件里改过，还没有采用：请系统管理员到“管理”里采用或放弃。",
            f"{name(hub)} was edited by hand and does not count yet: an administrator takes or drops it at Admin.",
        )
        found.append(("file", words, _edited_at(hub)))
    for draft in hub.read().drafts():
        if draft.starts_at is not None and any(draft.problem):
            words = Text(
                f"定时的配置改动没能生效：{draft.problem[0]}",
                f"A change of the hall that was due is not in force: {draft.problem[1]}",
            )
            found.append((f"draft {draft.id}", words, draft.starts_at))
    return found


def _edited_at(hub: Hub) -> float:
    """When one of the files was saved last, not after now; now for one that is gone."""
    try:
        stamps = described.stamp(hub.hall.file, in_force(hub))
    except OSError:
        return hub.now()
    return min(hub.now(), max(saved / 1e9 for _, saved, _ in stamps))


def looked_at(hub: Hub, files: Files) -> Wanted:
    """What some files would make of the hall: each mistake, as every program's start tells it."""
    made = described.rows_of(files, name(hub))
    told = changes.difference(rows(hub), made)
    mistakes: list[tuple[tuple[str | int, ...], Text]] = []
    hall = None
    try:
        hall = described.checked(files, hub.hall.file)
        for fits in hub.fits:
            fits(hall)
    except ConfigError as error:
        mistakes = [*error.at] or [((), one) for one in error.problems]
    except Told as error:
        mistakes = [((), error.text)]
    outside = described.elsewhere(files, in_force(hub), hub.hall.file)
    if outside:
        what = Text(
            f"“{outside}”不在配置文件所在的文件夹里，不能在这里改：请把它移进来，再改“大厅”里的文件名。",
            f"'{outside}' lies outside of the hall's folder and can't be changed here: move it in, then name it anew",
        )
        mistakes.append(((), what))
    return Wanted(dict(files), told, made, tuple(mistakes), None if mistakes else hall)


# --- a draft ----------------------------------------------------------------------------------------------------------


def open_draft(reader: Reader) -> Draft | None:
    """The one that is being written."""
    return next((draft for draft in reader.drafts() if draft.starts_at is None), None)


def wanted(hub: Hub, edits: Sequence[Sequence[Any]]) -> Wanted:
    """What some edits would make of the hall as it is now."""
    key = ("wanted", newest(hub), canonical([list(edit) for edit in edits]))
    made: Wanted = hub.latest(key, lambda: _wanted(hub, [edit_of(edit) for edit in edits]))
    return made


def edit_of(told: Sequence[Any]) -> Edit:
    """An edit as a draft keeps it."""
    table, row, key, value = told
    return Edit(table, row, key, value)


def _wanted(hub: Hub, edits: Sequence[Edit]) -> Wanted:
    try:
        return looked_at(hub, edited(in_force(hub), name(hub), edits))
    except NotEdited as error:
        return looked_at(hub, in_force(hub))._replace(mistakes=(((), error.text),), hall=None)


def edit(hub: Hub, by: By, administrator: bool, edits: Sequence[Edit], seen: str = "") -> None:
    """Put some edits into the draft, which may have mistakes as long as it is one. Raises Refused for what is not a
    manager's to change, for what can't be edited at all, and when the draft is not the one that was `seen`.
    """
    with hub.changing:
        draft = open_draft(hub.read())
        _as_seen(hub, draft, seen)
        before = [edit_of(one) for one in draft.edits] if draft else []
        had = wanted(hub, before).rows
        after = _joined(before, [one for told in edits for one in _sealed(told, had)])
        try:
            files = edited(in_force(hub), name(hub), after)
        except NotEdited as error:
            raise Refused(*error.text) from None
        told = changes.difference(rows(hub), described.rows_of(files, name(hub)))
        if not administrator:
            _may(told, changes.difference(rows(hub), had) if before else [])
        empty = described.version(files) == described.version(in_force(hub))

        def decide(turn: Turn) -> None:
            if draft and empty:
                turn.drop_draft(draft.id)
            elif not empty:
                turn.put_draft(draft.id if draft else None, by.actor, after)

        hub.turn(decide)
    hub.wake()


def _sealed(told: Edit, had: Rows) -> list[Edit]:
    """An edit with the secrets that are there already where it has them empty, as they are read."""
    keys = {key for table, key in changes.SEALED if table == told.table}
    if told.key in keys and told.value == "":
        return []
    if told.key or not isinstance(told.value, Mapping):
        return [told]
    was = had.get(told.table, {}).get(told.row, {})
    kept = {key: was[key] for key in keys if told.value.get(key) == "" and was.get(key)}
    return [told._replace(value={**told.value, **kept})]


def _may(told: Sequence[Change], before: Sequence[Change]) -> None:
    for change in told:
        if changes.for_administrators(change) and change not in before:
            place = (
                changes.sentence(change, {}).zh.partition("：")[0],
                changes.sentence(change, {}).en.partition(": ")[0],
            )
            raise Refused(
                f"“{place[0]}”由系统管理员改：它关系到机器、文件或密码。",
                f"“{place[1]}” is an administrator's to change: it is about the machine, files or a secret.",
            )


def _joined(before: Sequence[Edit], more: Sequence[Edit]) -> list[Edit]:
    """Edits one after the other; of two of the same value the later one alone."""
    made = [*before]
    for one in more:
        moved = one.table == "hours" and any(other.table == "hours" and not other.key for other in made)
        if one.key and not moved:
            made = [other for other in made if other[:3] != one[:3]]
        made.append(one)
    return made


def drop(hub: Hub, by: By, draft: int, administrator: bool = False) -> None:
    """Throw a draft away, or one that waits for its moment; the same again changes nothing. Raises Refused for an
    administrator's when it is none who drops it.
    """
    with hub.changing:
        known = next((one for one in hub.read().drafts() if one.id == draft), None)
        if known is not None and not administrator and _of_administrators(hub, known):
            raise Refused(
                "这份草稿里有系统管理员的改动：请系统管理员放弃或生效。",
                "An administrator's changes are in this draft: an administrator drops it, or brings it into force.",
            )
        hub.turn(lambda turn: turn.drop_draft(draft))
    hub.wake()


def _of_administrators(hub: Hub, draft: Draft) -> bool:
    """Whether an administrator wrote it last, or something in it is theirs to change."""
    who = hub.read().staff(draft.actor)
    return (who is not None and who["role"] == "administrator") or any(
        changes.for_administrators(one) for one in wanted(hub, draft.edits).changes
    )


def _as_seen(hub: Hub, draft: Draft | None, seen: str) -> None:
    """Two may write one draft at once: the later is told. `seen`: the version that somebody looked at; "" for none."""
    if seen and described.version(wanted(hub, draft.edits if draft else []).files) != seen:
        raise Refused(
            "您看过以后，草稿又有了改动：请再看一遍。", "The draft was changed since you looked at it: look again."
        )


def schedule(hub: Hub, by: By, why: str, starts_at: float, administrator: bool = False, seen: str = "") -> None:
    """Have the draft come into force at a moment. It is checked now, and once more then. Raises Refused."""
    with hub.changing:
        draft = _right(hub, open_draft(hub.read()))
        _as_seen(hub, draft, seen)
        if not administrator:
            _may(wanted(hub, draft.edits).changes, [])
        if starts_at <= hub.now():
            raise Refused("这个时间已过：请写以后的时间，或选“马上生效”。", "That moment is over: a later one, or now.")
        reason = _reason(hub, why)
        hub.turn(lambda turn: turn.put_draft(draft.id, by.actor, draft.edits, reason, starts_at))
    hub.wake()


def _right(hub: Hub, draft: Draft | None) -> Draft:
    if draft is None:
        raise NOTHING
    found = wanted(hub, draft.edits)
    if found.mistakes:
        raise Refused(
            f"草稿有{len(found.mistakes)}处错误，先改好：{found.mistakes[0][1].zh}",
            f"The draft has {len(found.mistakes)} mistakes, mend them first: {found.mistakes[0][1].en}",
        )
    return draft


def _reason(hub: Hub, why: str) -> str:
    """Why, for the journal. Raises Refused."""
    why = " ".join(why.split())
    if not why:
        raise Refused("请写为什么改：以后查得到。", "Say why: whoever looks later will know.")
    if len(why) > LONGEST_WHY:
        raise Refused(f"原因请控制在{LONGEST_WHY}字以内。", f"At most {LONGEST_WHY} characters for the reason.")
    privacy.check_text(why, lambda: hub.read().names().values())
    return why


# --- into force -------------------------------------------------------------------------------------------------------


def apply(hub: Hub, by: By, why: str, administrator: bool = False, seen: str = "") -> None:
    """Bring the draft into force now. Raises Refused, with what is in the way."""
    with hub.changing:
        draft = _right(hub, open_draft(hub.read()))
        _as_seen(hub, draft, seen)
        if not administrator:
            _may(wanted(hub, draft.edits).changes, [])
        _enforce(hub, by.actor, wanted(hub, draft.edits), _reason(hub, why), "applied", draft.id)


def roll_back(hub: Hub, by: By, id: int, why: str, administrator: bool = False) -> None:
    """Go back to a description that was in force. Raises Refused, Unknown."""
    with hub.changing:
        files = hub.read().description_files(id)
        if files is None:
            raise Unknown("没有这一版：太旧的已不再保存。", "There is no such version: very old ones are not kept.")
        found = looked_at(hub, files)
        if not administrator:
            _may(found.changes, [])
        _enforce(hub, by.actor, found, _reason(hub, why), "rolled back")


def from_district(hub: Hub, edits: Sequence[Edit], why: str, said: ev.Event) -> None:
    """Bring into force what the district sends down, and say so in the same turn; what the hall has like that anyhow is
    said alone. Raises Refused.
    """
    with hub.changing:
        found = wanted(hub, edits)
        if found.hall is not None and described.version(found.files) == described.version(in_force(hub)):
            hub.turn(lambda turn: turn.record(said, DISTRICT))
        else:
            _enforce(hub, DISTRICT, found, why, "district", said=said)
    hub.wake()


def take_file(hub: Hub, by: By, why: str) -> None:
    """What somebody edited in the files by hand counts from now on. Raises Refused."""
    with hub.changing:
        found = by_hand(hub)
        if found is None:
            raise Refused("文件没有变化。", "The files are as they were.")
        _enforce(hub, by.actor, found, _reason(hub, why), "file")


def put_file_back(hub: Hub, by: By) -> None:
    """What somebody edited by hand is thrown away: the files say again what the hub goes by."""
    with hub.changing:
        try:
            described.write(in_force(hub), hub.hall.file)
        except OSError as error:
            raise Refused(
                f"写不了{name(hub)}：{error.strerror}。", f"{name(hub)} can't be written: {error.strerror}."
            ) from None
    hub.wake()


def tick(hub: Hub) -> None:
    """Bring into force what is due; what can't be now says so, and is tried again. Tell who looks of edits by hand."""
    for draft in hub.read().drafts():
        if draft.starts_at is not None and draft.starts_at <= hub.now() and hub.certain:
            _due(hub, draft)


def _due(hub: Hub, draft: Draft) -> None:
    with hub.changing:
        problem: Text | None = None
        try:
            found = wanted(hub, draft.edits)
            if found.mistakes:
                raise Refused(*found.mistakes[0][1])
            if described.version(found.files) == described.version(in_force(hub)):
                hub.turn(lambda turn: turn.drop_draft(draft.id))
                return
            who = hub.read().staff(draft.actor)
            if who is None or who["role"] != "administrator":  # the hall may be another one than when it was written
                _may(found.changes, [])
            _enforce(hub, draft.actor, found, draft.why, "scheduled", draft.id)
        except Refused as refused:
            problem = refused.text
        if problem and tuple(problem) != draft.problem:
            told = problem
            hub.turn(
                lambda turn: turn.put_draft(draft.id, draft.actor, draft.edits, draft.why, draft.starts_at, tuple(told))
            )


def _enforce(
    hub: Hub, actor: str, found: Wanted, why: str, how: str, draft: int | None = None, said: ev.Event | None = None
) -> None:
    """Files first, journal and hall in the same turn: whatever breaks off in between, a start goes by the files."""
    if found.mistakes or found.hall is None:
        raise Refused(*(found.mistakes[0][1] if found.mistakes else NOTHING.text))
    before, files, file, hall = in_force(hub), found.files, hub.hall.file, found.hall
    if described.version(files) == described.version(before):
        raise NOTHING
    if how != "file" and by_hand(hub) is not None:
        raise Refused(
            f"{file.name}被人在文件里改过：请先在这里采用或放弃那些改动。",
            f"{file.name} was edited by hand: take or drop those changes here first.",
        )

    def decide(turn: Turn) -> None:
        here = turn.counters(), turn.held(), turn.suspended(), turn.waiting_lines()
        obstacles = [*changes.in_the_way(hub.hall, hall, turn.now, *here)]
        if obstacles:
            raise Refused("".join(one.zh for one in obstacles), " ".join(one.en for one in obstacles))
        event = ev.ConfigChanged(before=described.version(before), after=described.version(files), why=why, how=how)
        turn.record(_with(event, found.changes, turn), actor)
        if said is not None:
            turn.record(said, actor)
        if not turn.descriptions(1):
            turn.keep_description(described.version(before), BY_ITSELF, "", "start", before)
        turn.keep_description(described.version(files), actor, why, how, files)
        if draft is not None:
            turn.drop_draft(draft)
        described.write(files, file)

    try:
        hub.change_hall(hall, decide)
    except Refused:
        raise
    except BaseException as error:
        if how != "file":
            with suppress(OSError):  # a folder that takes no file has kept the old ones
                described.write(before, file)
        if isinstance(error, OSError):
            raise Refused(
                f"写不了{file.name}（{error.strerror}）：请让主机程序的用户能写它所在的文件夹，磁盘有空间。",
                f"{file.name} can't be written ({error.strerror}): give the hub's user the right to write in its"
                " folder, and room on the disk.",
            ) from None
        raise
    log.warning("%s: the hall's description is another one (%s): %s", actor, how, why)


def _with(event: ev.ConfigChanged, told: Sequence[Change], turn: Turn) -> ev.ConfigChanged:
    """With what is different; a change that names a member of staff is said by its key alone."""
    names = [*turn.names().values()]
    kept = [
        row if privacy.named_in(_texts(row), lambda: names) is None else [*row[:3], None, None]
        for row in changes.journalled(told)
    ]
    return ev.ConfigChanged(before=event.before, after=event.after, why=event.why, how=event.how, changes=tuple(kept))


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        value = [*value, *value.values()]
    if isinstance(value, list | tuple):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []
