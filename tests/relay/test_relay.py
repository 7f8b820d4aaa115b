"""A hall without inbound Internet, its relay and a telephone, across a line that is cut and mended."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import orjson
import pytest
import urllib3
from click.testing import CliRunner

from config import RelayTable
from relay.__main__ import main
from relay.halls import Halls
from relay.mirrored import Mirrored, Word
from relay.nearby import Busy, elsewhere, span
from relay.site import RESTARTED_S, create_app
from server.domain import codes
from server.domain.guesses import GUESSES, Guesses
from server.domain.outbound import Answer
from server.domain.ticket import Ticket
from server.outbound import signature, to_relay
from server.outbound.sending import Post
from server.outbound.to_relay import CARRIED, STAYS
from server.pages.telephone import EARLY
from server.store import secret
from server.verbs import calls, counters, remote, tickets
from server.verbs import slots as booking
from server.verbs.hub import By, Hub
from server.views import slots, telephone
from tests.conftest import MONDAY_9
from tests.relay.conftest import Relay
from tests.waiting import DEADLINE_S, until

NINE = MONDAY_9 + 86_400
"""Tuesday 09:00; tests begin on Monday 09:00."""


def take(hub: Hub, many: int) -> list[Ticket]:
    return [tickets.issue(hub, By("K1"), "SB01", paper=False) for _ in range(many)]


def path_of(hub: Hub, ticket: Ticket) -> str:
    return f"p/{codes.ticket_code(secret.key(hub.hall, 'code').encode(), ticket.id)}"


def allow(hub: Hub) -> None:
    hub.hall = hub.hall.model_copy(update={"remote": hub.hall.remote.model_copy(update={"allowed": True})})


def steps(hub: Hub, ticket: Ticket) -> list[str]:
    return [row.event for row in hub.read().life_line(ticket.id)]


def test_a_telephone_outside_sees_its_place_and_presses_its_keys(hub: Hub, relay: Relay) -> None:
    mine = take(hub, 6)[3]
    path = path_of(hub, mine)
    status, page = relay.open(path)
    assert status == 200 and mine.label in page and "3 人" in page and "信息已中断：下面" not in page
    assert relay.press(path, "give-way", "touch-0001")[0] == 303
    assert relay.press(path, "give-way", "touch-0001")[0] == 303, "the same touch again is answered alike"
    assert "5 人" in relay.open(path)[1] and steps(hub, mine).count("GaveWay") == 1
    assert relay.press(f"r{path[1:]}", "rate", "touch-0002", level="5")[0] == 409, (
        "what the rules refuse is said as the hub says it"
    )
    counters.open_counter(hub, By("08"), "1", staff="08")
    for _ in range(6):
        calls.call_next(hub, By("08"), "1")
        if hub.read().at_counter("1").id != mine.id:  # type: ignore[union-attr]
            calls.finish(hub, By("08"), "1", outcome="done")
    until(lambda: "1号窗口" in relay.open(path)[1])
    assert "现在忙不忙" in relay.open("busy")[1]


def test_a_code_that_opens_nothing_is_the_hubs_word(hub: Hub, relay: Relay) -> None:
    mine, other = take(hub, 2)
    forged = path_of(hub, mine).partition("-")[0] + "-" + path_of(hub, other).partition("-")[2]
    status, page = relay.open(forged)
    assert status == 404 and "再扫一次" in page
    assert relay.press("p/T1C8-9XK3MZ", "give-back", "touch-0003")[0] == 404
    assert relay.open("p/../../etc")[0] in (404, 405)


def test_across_a_severed_line(hub: Hub, relay: Relay) -> None:
    mine, unseen = take(hub, 5)[3:]
    path = path_of(hub, mine)
    assert "3 人" in relay.open(path)[1]
    relay.sever()
    relay.ahead += 130
    tickets.leave(hub, By("30"), 1)
    status, page = relay.open(path)
    assert status == 200 and "信息已中断：下面是 2 分钟前的情况" in page and "3 人" in page, "how old it is"
    assert relay.open(path_of(hub, unseen))[0] == 503, "what nobody has asked for is not here"
    status, page = relay.press(path, "give-back", "touch-0004")
    assert status == 503 and "没有办成" in page and "Left" not in steps(hub, mine)
    relay.line.mend()
    until(lambda: "2 人" in relay.open(path)[1])
    assert "信息已中断：下面" not in relay.open(path)[1]
    assert "Left" not in steps(hub, mine), "what was refused is not done later"
    assert relay.press(path, "give-back", "touch-0005")[0] == 303 and steps(hub, mine).count("Left") == 1


def test_a_key_whose_answer_was_lost_is_done_once(hub: Hub, relay: Relay) -> None:
    """The line breaks behind the key and before its end is told: it is brought again, and the hub knows it."""
    mine = take(hub, 6)[1]
    path = path_of(hub, mine)
    relay.open(path)
    done = threading.Event()

    def break_it(events: object) -> None:
        if "GaveWay" in events and not done.is_set():  # type: ignore[operator]
            relay.line.cut()
            done.set()

    hub.follow(break_it)
    with ThreadPoolExecutor(1) as touch:
        pressed = touch.submit(relay.press, path, "give-way", "touch-0006")
        assert done.wait(DEADLINE_S)
        relay.line.mend()
        assert pressed.result(DEADLINE_S)[0] in (202, 303)
    until(lambda: relay.press(path, "give-way", "touch-0006")[0] == 303)
    assert steps(hub, mine).count("GaveWay") == 1


def test_a_key_that_nobody_answered_is_void_after_a_minute(hub: Hub, relay: Relay) -> None:
    mine = take(hub, 3)[1]
    path, here = path_of(hub, mine), relay.here
    relay.line.cut()
    here.press_s = 0.05  # in the relay the hub's ask is still held: mostly it is given the key, and the answer is lost
    assert here.press("touch-0007", path, {"act": "give-back"}).status in (202, 503)
    relay.sever()
    relay.ahead += 61
    relay.line.mend()
    until(lambda: relay.open(path)[0] == 200)
    assert "Left" not in steps(hub, mine)


def test_nothing_is_left_when_the_day_ends(hub: Hub, relay: Relay) -> None:
    (mine,) = take(hub, 1)
    assert relay.open(path_of(hub, mine))[0] == 200
    relay.sever()
    relay.ahead += 86_400
    assert relay.here.shown(path_of(hub, mine)).sheet is None


def test_who_has_no_secret_tells_nothing_and_an_older_word_is_not_taken(hub: Hub, relay: Relay) -> None:
    assert relay.post(b"{}", {}) == 401
    forged = signature.headers([b"x" * 32], "one", time.time(), b"{}")
    assert relay.post(b"{}", forged) == 401
    keys = signature.read(relay.file)

    def say(run: str, count: int) -> int:
        body = b'{"relay":1,"run":"%b","now":"","left_s":9,"hall":{},"count":%d}' % (run.encode(), count)
        return relay.post(body, signature.headers(keys, f"{run}{count}", time.time(), body))

    relay.sever()
    assert [say("a", 2), say("a", 1), say("b", 1), say("a", 3)] == [200, 409, 200, 409]
    assert relay.post(b"{", signature.headers(keys, "x", time.time(), b"{")) == 400


def test_what_leaves_the_hall_is_named(hub: Hub) -> None:
    """Another field of a page is carried outside, or stays, by somebody's decision."""
    (mine,) = take(hub, 1)
    allow(hub)
    kept = remote.take(hub, By("visitor"), "SB01", remote.door_code(hub, "take"))
    rating = f"r{path_of(hub, mine)[1:]}"
    booked = booking.book(hub, By("30"), "SB01", NINE, channel="desk")
    own = (f"n/{remote.code(hub, kept)}", f"b/{booking.code_of(hub.hall, booked.id)}")
    paths = (path_of(hub, mine), rating, *own, "take", "here", "busy", "privacy", "items", "lease/SB01")
    paths = (*paths, f"move/{booking.code_of(hub.hall, booked.id)}")
    assert {telephone.sheet(hub, path).page for path in paths} == {*CARRIED}
    for path in paths:
        page, view = telephone.sheet(hub, path)
        assert {*view} - {"now"} == CARRIED[page] | STAYS[page] and not CARRIED[page] & STAYS[page]


def test_a_remote_number_is_taken_outside_and_becomes_one_at_the_door(hub: Hub, relay: Relay) -> None:
    allow(hub)
    status, page = relay.open("take")
    assert status == 200 and "远程码" in page
    assert relay.press("take", "", "touch-0010", service="SB01", door="000000")[0] == 404
    form = {"service": "SB01", "door": remote.door_code(hub, "take")}
    assert relay.press("take", "", "touch-0011", **form)[0] == 303
    assert relay.press("take", "", "touch-0011", **form)[0] == 303
    (kept,) = hub.read().remotes(hub.day(hub.now()))
    path = f"n/{remote.code(hub, kept)}"
    assert "已为您留号" in relay.open(path)[1]
    assert relay.press(path, "here", "touch-0012", door=remote.door_code(hub, "here"))[0] == 303
    assert remote.number_of(hub, hub.read(), kept)


def test_the_link_is_a_row_of_the_page_of_health(hub: Hub, relay: Relay) -> None:
    until(lambda: (link := hub.read().link("relay")) is not None and link.state == "up")
    relay.line.cut()
    until(lambda: hub.read().link("relay").state == "down")  # type: ignore[union-attr]


def test_an_open_page_is_told_of_changes(hub: Hub, relay: Relay) -> None:
    """Of its number, and that the line is cut."""
    mine = take(hub, 2)[1]
    path = path_of(hub, mine)
    relay.open(path)
    url = f"http://127.0.0.1:{relay.port}/{relay.hall}/api/v1/places/{path[2:]}?beat"
    stream = urllib3.PoolManager().request("GET", url, preload_content=False, timeout=DEADLINE_S)
    lines = (line for piece in stream.stream(64) for line in piece.decode().splitlines() if line.startswith("event:"))
    assert next(lines) == "event: show"
    tickets.leave(hub, By("30"), mine.id)
    assert "event: show" in lines
    relay.sever()
    relay.ahead += 70
    assert "event: show" in lines
    stream.close()


def test_a_hall_is_a_file_of_the_folder(tmp_path: Path) -> None:
    made = CliRunner().invoke(main, ["secret", "jiangnan", "--secrets", str(tmp_path)])
    assert made.exit_code == 0 and signature.read(tmp_path / "jiangnan.secret")
    assert (tmp_path / "jiangnan.secret").stat().st_mode & 0o077 == 0
    assert CliRunner().invoke(main, ["secret", "jiangnan", "--secrets", str(tmp_path)]).exit_code == 1
    assert CliRunner().invoke(main, ["secret", "../x", "--secrets", str(tmp_path)]).exit_code == 1
    halls = Halls(tmp_path)
    assert halls.names() == ["jiangnan"] and halls.find("jiangnan") and halls.find("other") is None
    client = create_app(halls).test_client()
    assert client.get("/busy").headers["Location"] == "/jiangnan/busy"
    assert client.get("/jiangnan/busy").status_code == 503 and client.get("/other/busy").status_code == 404
    for path in ("voice", "voice/complaint", "v", "v/AB12CD34"):
        answer = client.get(f"/jiangnan/{path}")  # what is written by hand never leaves the hall: the page says where
        assert answer.status_code == 404 and "写的不出大厅" in answer.get_data(as_text=True)
        assert client.get(f"/{path}").headers["Location"] == "/jiangnan/voice"
    assert client.get("/static/hall.css").status_code == 404 and client.get("/static/visitor.css").status_code == 200


def word(**more: object) -> Word:
    return Word.model_validate({"relay": 1, "run": "a", "now": "", "left_s": 99, "hall": {}, **more})


def test_two_strangers_who_fill_in_a_sheet_alike_are_two() -> None:
    """While nobody has answered the first; on a page with a code the same key is one touch."""
    hall = Mirrored("jiangnan", press_s=DEADLINE_S)
    hall.heard(word())
    form, own = {"service": "SB01", "door": "123456"}, {"act": "give-way"}
    touches = [("take", form, "touch-01"), ("take", form, "touch-02"), ("p/A", own, "touch-03"), ("p/A", own, "t-04")]
    with ThreadPoolExecutor(4) as telephones:
        pressed = []
        for path, fields, key in touches:
            pressed.append(telephones.submit(hall.press, key, path, fields))
            until(lambda: len(hall._changed._waiters) == len(pressed))  # type: ignore[attr-defined]
        acts = hall.heard(word())["acts"]
        done = {act["id"]: {"status": 303, "to": act["id"]} for act in acts}
        hall.heard(word(count=1, done=done))
        became = [one.result(DEADLINE_S).to for one in pressed]
    assert became == ["touch-01", "touch-02", "touch-03", "touch-03"]


def test_a_page_that_nobody_opened_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And whoever tries codes there is refused as on the page itself; but of those who followed before the relay was
    started anew nobody is taken for such.
    """
    seconds = [0.0]
    monkeypatch.setattr("relay.site.time", SimpleNamespace(monotonic=lambda: seconds[0]))
    (tmp_path / "jiangnan.secret").write_text(signature.fresh())
    halls = Halls(tmp_path)
    here, client = halls.find("jiangnan"), create_app(halls).test_client()
    assert here
    here.heard(word())
    again = [client.get(f"/jiangnan/api/v1/places/T1-{n}").status_code for n in range(GUESSES + 5)]
    assert again == [503] * (GUESSES + 5)
    seconds[0] = RESTARTED_S + 60.0  # all that follows is in one minute
    tried = [client.get(f"/jiangnan/api/v1/places/T1-{n}").status_code for n in range(GUESSES + 1)]
    assert tried == [404] * GUESSES + [429] and here.heard(word())["wanted"] == []
    early = [client.get("/jiangnan/api/v1/places/KA641-7QF2HM").status_code for _ in range(EARLY + 1)]
    assert early == [404] * EARLY + [429], "an offline slip that is not entered yet is counted apart"


@pytest.fixture
def running(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> to_relay._Running:
    monkeypatch.setattr(to_relay, "WAITS_S", (0.01,))
    return to_relay._Running(hub, RelayTable(url="http://127.0.0.1:9"), None, Post, Guesses())


def answered(boot: str) -> Answer:
    return Answer(200, body=json.dumps({"relay": 1, "boot": boot, "version": 1, "wanted": [], "acts": []}).encode())


def test_an_ask_that_stumbles_is_asked_again(running: to_relay._Running, monkeypatch: pytest.MonkeyPatch) -> None:
    said = []

    def say(problem: object) -> None:
        said.append(problem)
        if len(said) == 1:
            raise RuntimeError("the store is busy")
        running._stopping = True

    monkeypatch.setattr(running, "_send", lambda *_: answered("one"))
    monkeypatch.setattr(running, "_say", say)
    running._ask()
    assert said == [None, None] and running._boot == "one"


def test_a_relay_that_was_started_anew_is_told_the_rest_later(
    running: to_relay._Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    running._boot, running._told = "one", {"take": running._content("take")}
    monkeypatch.setattr(running, "_send", lambda *_: answered("two"))
    running._tell_once(["take", "privacy"], {}, "one")
    assert running._boot == "two" and {*running._told} == {"privacy"}


def test_a_page_that_cannot_be_made_leaves_the_others(
    running: to_relay._Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, told = telephone.sheet, []

    def sheet(hub: Hub, path: str) -> telephone.Sheet:
        if path == "busy":
            raise RuntimeError("a view that fails")
        return whole(hub, path)

    def send(post: Post, body: dict[str, dict[str, object]]) -> Answer:
        told.append({path: json.loads(bytes(orjson.dumps(one)))["status"] for path, one in body["sheets"].items()})
        return answered("one")

    monkeypatch.setattr(telephone, "sheet", sheet)
    monkeypatch.setattr(running, "_send", send)
    running._tell_once(["busy", "privacy"], {}, "one")
    assert told == [{"busy": 500, "privacy": 200}]


def test_a_booking_leads_to_its_page_also_at_a_relay_which_has_none_of_the_others(hub: Hub) -> None:
    relay = RelayTable(url="https://queue.cn/")
    here, there, other = (
        hub.hall.model_copy(
            update={"relay": table, "public": hub.hall.public.model_copy(update={"url": f"https://{name}/jiangnan"})}
        )
        for table, name in ((RelayTable(), "queue.cn"), (relay, "queue.cn"), (relay, "queue.cn.hall"))
    )
    assert [slots.reached(one) for one in (here, there, other)] == [True, False, True]
    assert slots.address(here, "B1") == slots.address(there, "B1") == "https://queue.cn/jiangnan/b/B1"
    assert slots.address(hub.hall, "B1") == "B1", "no address, no page"


def busy(id: str, minutes: int) -> Word:
    group = {
        "id": "g",
        "name": "社会保险",
        "name_en": "Social insurance",
        "ahead": 9,
        "estimate_min": [minutes, minutes],
        "wait": f"约{minutes}分钟",
        "wait_en": f"{minutes} min",
    }
    view = {"issuing": True, "remote": False, "notice": None, "waiting": 12, "counters_open": 3, "groups": [group]}
    told = {"status": 200, "page": "busy", "view": view}
    hall = {"name": f"{id}厅", "name_en": f"Hall {id}"}
    return word(now="2026-11-30T10:00:00+08:00", hall=hall, count=1, sheets={"busy": told})


def test_one_address_tells_how_busy_all_halls_are_and_where_a_wait_is_shorter(tmp_path: Path) -> None:
    halls = Halls(tmp_path, look_s=0.0)
    for name in ("east", "north", "west", "away"):
        halls.file(name).touch()
    (tmp_path / "places.toml").write_text(
        "[east]\nat = [118.60, 24.90]\n[north]\nat = [118.61, 24.90]\n[west]\nat = [118.70, 24.90]\n"
        "[away]\nname = '远厅'\n",
        encoding="utf-8",
    )
    for name, minutes in (("east", 40), ("north", 38), ("west", 6)):
        found = halls.find(name)
        assert found
        found.heard(busy(name, minutes))
    client = create_app(halls).test_client()
    page = client.get("/").get_data(as_text=True)
    assert "east厅" in page and "12 人等候" in page and "大约等 40 分钟" in page
    assert "远厅<small>现在连不上，不知道忙不忙，中转启动以来没有联系上" in page, "one that never spoke, by its name"
    page = client.get("/east/busy").get_data(as_text=True)
    assert (
        "附近等得短的大厅" in page and "/west/busy" in page and "直线 10.1 公里" in page and "/north/busy" not in page
    )
    assert "附近等得短的大厅" not in client.get("/west/busy").get_data(as_text=True)
    told = client.get("/api/v1/busy").get_json()
    assert [one["id"] for one in told["halls"]] == ["away", "east", "north", "west"] and told["at"]["west"] == [
        118.7,
        24.9,
    ]
    assert "Social insurance" in client.get("/east/busy?lang=en").get_data(as_text=True)


def test_what_is_compared_is_what_a_hub_tells(hub: Hub) -> None:
    """The page of a hall as it goes out: a wait is a range there."""
    counters.open_counter(hub, By("08"), "1", staff="08")
    told = orjson.loads(orjson.dumps(telephone.sheet(hub, "busy").view))
    here = orjson.loads(orjson.dumps(told))
    known = [one for one in here["groups"] if one["estimate_min"]]
    for one in known:
        one["estimate_min"] = [50, 70]
    found = elsewhere(Busy("here", {}, here), [Busy("there", {}, told)], {})
    assert known and [one.group["name"] for one in found] == [one["name"] for one in known]
    low, high = span(told) or (1, 0)
    assert 0 <= low <= high
