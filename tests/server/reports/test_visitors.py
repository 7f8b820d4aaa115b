"""Ratings, notices, first contacts, substitutions and devices of random registers, each against a plain loop from the
words of docs/figures.md.
"""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import config
from server.domain import events as ev
from server.reports.figures import availability, visitors
from server.reports.report import _contacts, _substitutions
from tests.server.reports.oracle import overlap, ratio

HALL = config.load()


def of(rows: list[dict[str, Any]], finished: int) -> dict[str, Any]:
    active = [row["level"] for row in rows if not row["is_default"]]
    every = [row["level"] for row in rows]
    return {
        "n": len(every),
        "active": len(active),
        "default": len(every) - len(active),
        "levels": {str(n): every.count(n) for n in (5, 4, 3, 2, 1)},
        "active_rate": ratio(len(active), finished),
        "satisfied": ratio(len([n for n in active if n in (3, 4, 5)]), len(active)),
        "satisfied_with_defaults": ratio(len([n for n in every if n in (3, 4, 5)]), len(every)),
        "stars": round(sum(active) / len(active), 2) if active else None,
        "stars_with_defaults": round(sum(every) / len(every), 2) if every else None,
        "bad": len([n for n in every if n in (1, 2)]),
    }


@given(st.integers(0, 2**32), st.integers(0, 40))
def test_ratings(seed: int, n: int) -> None:
    chance = Random(seed)
    rows = [
        {
            "ticket": i,
            "service": chance.choice(["SB01", "MZ01", "OLD9"]),
            "counter": chance.choice(["1", "2", None]),
            "staff": chance.choice(["08", "09", None]),
            "level": chance.randint(1, 5),
            "source": chance.choice(["窗口", "扫码", "默认"]),
            "is_default": chance.choice([0, 0, 1]),
            "options": chance.sample(["101", "102", "103"], chance.randint(0, 3)),
            "second": chance.choice([None, None, 2]),
        }
        for i in range(n)
    ]
    cuts = {
        key: [{"key": name, "finished": chance.randint(0, 50)} for name in names]
        for key, names in (("service", ("SB01", "MZ01")), ("counter", ("1", None)), ("staff", ("08",)))
    }
    made = visitors.ratings(HALL, visitors.Rated(rows), cuts, 77, {"08": "张三"})
    assert made["total"] == of(rows, 77)
    for key in ("service", "counter", "staff"):
        done = {row["key"]: row["finished"] for row in cuts[key]}
        assert {row["key"] for row in made[key]} == {row[key] for row in rows}
        for row in made[key]:
            expected = of([one for one in rows if one[key] == row["key"]], done.get(row["key"], 0))
            assert {name: row[name] for name in expected} == expected
    for row in made["sources"]:
        expected = of([one for one in rows if one["source"] == row["source"]], 0)
        assert (row["levels"], row["n"]) == (expected["levels"], expected["n"])
        assert row["satisfied"] == expected["satisfied_with_defaults"], "a way is of defaults or of none"
    ticked = [code for one in rows for code in one["options"]]
    assert {row["code"]: row["n"] for row in made["options"]} == {code: ticked.count(code) for code in set(ticked)}
    assert [row["n"] for row in made["options"]] == sorted((row["n"] for row in made["options"]), reverse=True)
    assert made["second"] == len([one for one in rows if one["second"] is not None])


@given(st.integers(0, 2**32), st.integers(0, 25))
def test_notices(seed: int, n: int) -> None:
    chance = Random(seed)
    told: list[dict[str, Any]] = []
    for _ in range(n):
        case = (chance.randint(1, 6), chance.choice(["SB01", "MZ01"]))
        before = sum((row["ticket"], row["service"]) == case for row in told)
        missing = chance.sample(["身份证", "户口簿", "照片"], chance.randint(0, 3))
        told.append({"ticket": case[0], "service": case[1], "told": before + 1, "missing": missing, "staff": "08"})
    made = visitors.notices(HALL, told)
    cases = {(row["ticket"], row["service"]) for row in told}
    times = {case: sum((row["ticket"], row["service"]) == case for row in told) for case in cases}
    assert (made["n"], made["repeated"]) == (len(told), ratio(sum(k >= 2 for k in times.values()), len(cases)))
    for row in made["service"]:
        mine = [k for (_, service), k in times.items() if service == row["key"]]
        assert (row["n"], row["repeated"]) == (sum(mine), ratio(sum(k >= 2 for k in mine), len(mine)))
    lacking = [material for row in told for material in row["missing"]]
    assert {row["material"]: row["n"] for row in made["missing"]} == {
        material: lacking.count(material) for material in set(lacking)
    }


@given(st.integers(0, 2**32), st.integers(0, 30))
def test_notifications(seed: int, n: int) -> None:
    """Each by a loop of its own over every row, from the words of docs/figures.md."""
    chance, told = Random(seed), []
    for _ in range(n):
        outcome = chance.choice(["sent", "sent", "failed", "stale", "limited"])
        told.append(
            {
                "about": f"ticket {chance.randint(1, 5)}",
                "occasion": chance.choice(["near", "called", "missed"]),
                "channel": chance.choice(["modem", "gateway"]) if outcome in ("sent", "failed") else "",
                "outcome": outcome,
                "parts": chance.randint(1, 3),
                "arrived": chance.choice([None, 0, 1]) if outcome == "sent" else None,
            }
        )
    made = visitors.notifications(told)
    due, reached, parts = set(), set(), 0
    for row in told:
        due.add(row["about"])
        if row["outcome"] == "sent":
            parts += row["parts"]
            if row["arrived"] in (None, 1):
                reached.add(row["about"])
    assert (made["reached"], made["parts"]) == (ratio(len(reached), len(due)), parts)
    outcomes = [row["outcome"] for row in told]
    assert made["not_sent"] == {why: outcomes.count(why) for why in ("failed", "stale", "limited")}
    assert made["n"] == made["sent"] + sum(made["not_sent"].values())
    for cut in ("channel", "occasion"):
        assert {row["key"] for row in made[cut]} == {row[cut] for row in told if row[cut]}
        for row in made[cut]:
            mine = [(one["outcome"], one["arrived"]) for one in told if one[cut] == row["key"]]
            sent = [arrived for outcome, arrived in mine if outcome == "sent"]
            assert (row["n"], row["sent"]) == (len(mine), len(sent))
            assert (row["arrived"], row["lost"]) == (sent.count(1), sent.count(0))


@given(st.integers(0, 2**32), st.integers(0, 20))
def test_contacts_and_substitutions(seed: int, n: int) -> None:
    chance = Random(seed)
    noted: list[dict[str, Any]] = []
    for _ in range(n):
        result, at = chance.choice(["answered", "led", "passed on"]), chance.uniform(0, 1000)
        noted.append(
            {
                "at": at,
                "result": result,
                "closed_at": at if result != "passed on" else chance.choice([None, at + chance.randint(0, 900)]),
            }
        )
    made = _contacts(noted)
    over = [
        row["closed_at"] - row["at"] for row in noted if row["result"] == "passed on" and row["closed_at"] is not None
    ]
    assert (made["n"], made["open"], made["handover"]["n"]) == (
        n,
        sum(row["closed_at"] is None for row in noted),
        len(over),
    )
    assert made["handover"]["mean"] == (round(sum(over) / len(over), 1) if over else None)
    assert made["first_contact"] == ratio(sum(row["result"] == "answered" for row in noted), n)
    states = ("waiting", "approved", "refused")
    stood = [
        {"reason": chance.choice(["请假", "会议"]), "state": chance.choice(states), "is_b": chance.choice([0, 1])}
        for _ in range(n)
    ]
    summed = _substitutions(stood, {})
    assert summed["n"] == n and summed["by_b"] == sum(row["is_b"] for row in stood)
    assert all(summed[state] == sum(row["state"] == state for row in stood) for state in states)
    assert sum(summed["reasons"].values()) == n


@given(st.integers(0, 2**32), st.integers(0, 15))
def test_devices(seed: int, n: int) -> None:
    """Up-time second by second: whole seconds, so that a plain overlap is exact."""
    chance = Random(seed)
    opening, start, until = [(100, 400), (500, 900)], 50, 800
    moments = sorted(chance.sample(range(0, until), n))
    told: list[tuple[float, ev.Event]] = [
        (
            at,
            ev.DeviceChanged(
                device=chance.choice("ab"),
                state=chance.choice(("ready", "near_end", "offline", "paper_out", "unknown", "cover_open")),
            ),
        )
        for at in moments
    ]
    open_now = [(max(a, start), min(b, until)) for a, b in opening]
    rows = {row["device"]: row for row in availability.availability(told, [], opening, start, until)}
    for device, row in rows.items():
        mine = [
            (at, event.state) for at, event in told if isinstance(event, ev.DeviceChanged) and event.device == device
        ]
        spans = [(at, mine[i + 1][0] if i + 1 < len(mine) else until, state) for i, (at, state) in enumerate(mine)]
        seconds = {
            state: sum(overlap(a, b, open_now) for a, b, s in spans if s == state) for state in {s for *_, s in spans}
        }
        good = seconds.get("ready", 0) + seconds.get("near_end", 0)
        known = sum(seconds.values()) - seconds.get("unknown", 0)
        assert row["up"] == ratio(good, known) and row["unknown_s"] == sum(b - a for a, b in open_now) - known
        assert (row["offline_s"], row["paper_out_s"], row["fault_s"]) == tuple(
            seconds.get(s, 0) for s in ("offline", "paper_out", "cover_open")
        )
        assert (row["offline"], row["paper_outs"], row["faults"]) == tuple(
            sum(s == state and start <= a for a, _, s in spans) for state in ("offline", "paper_out", "cover_open")
        )
