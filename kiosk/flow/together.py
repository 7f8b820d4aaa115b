"""A number for several items (一件事一次办, 再加一项): which page or wish follows a touch. Pure.

The hub says what such a number would be (`AskPlan`) before anybody takes it: the order of the items and the one list of
what to bring are its alone.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.flow.events import (
    Adding,
    AskPlan,
    Item,
    Origin,
    Packages,
    Planned,
    Question,
    RequestTicket,
    Screen,
)
from kiosk.flow.view import Package, Plan, View

MOST = 9
"""Items that a kiosk puts on one number; more is the guide desk's (config/packages.py allows more)."""


def chosen(view: View, screen: Screen, name: str, value: str, key: str) -> Screen | AskPlan | None:
    """The page or the wish that a touch leads to; None if this page does not offer it."""
    match name, screen:
        case "package", Packages() if package := view.package(value):
            return _on(package, Question(package.id), key)
        case "answer", Question(id, at, yes) if (package := view.package(id)) and value in {"yes", "no"}:
            said = (*yes, package.questions[at].id) if value == "yes" else yes
            return _on(package, Question(id, at + 1, said), key)
        case "add", Packages():
            return Adding((), screen)
        case "add", Item(code):
            return Adding((code,), screen)
        case "add", Planned(origin=Adding(first, origin)) as planned if may_add(planned):
            return Adding(tuple(one.code for one in planned.plan.items) or first, origin)
        case "group", Adding(codes, origin) if view.group(value):
            return Adding(codes, origin, value)
        case "service", Adding(codes) if value not in codes and (service := view.service(value)):
            return None if service.closed else AskPlan(key, items=(*codes, value))
        case "drop", Planned(plan, yes=yes) if open := open_items(view, plan):
            return AskPlan(key, plan.package, yes, open)
    return None


def _on(package: Package, question: Question, key: str) -> Question | AskPlan:
    """The next question, or after the last one what the number would be."""
    return question if question.at < len(package.questions) else AskPlan(key, package.id, question.yes)


def planned(wish: AskPlan, origin: Origin, plan: Plan) -> Planned | None:
    """The page of a plan; None where nothing on screen has asked for one."""
    if isinstance(origin, Planned):  # some of it is left out
        return Planned(plan, origin.origin, wish.yes, wish.items)
    if isinstance(origin, Packages | Question | Adding):
        return Planned(plan, origin, wish.yes)
    return None


def back(view: View, screen: Adding | Planned | Question) -> Origin:
    """Where 返回 leads: what was chosen last is taken off again."""
    match screen:
        case Question(id, at, yes) if at > 0 and (package := view.package(id)):
            before = {one.id for one in package.questions[: at - 1]}
            return Question(id, at - 1, tuple(one for one in yes if one in before))
        case Question():
            return Packages()
        case Adding(chosen, origin, group) if group:
            return Adding(chosen, origin)
    return screen.origin


def may_add(screen: Planned) -> bool:
    """Whether one more item may be chosen: a package is what it is."""
    return not screen.plan.package and len(screen.plan.items) < MOST


def codes(code: str, origin: Origin) -> tuple[str, ...]:
    """The items that a number is for."""
    return tuple(one.code for one in origin.plan.items) if isinstance(origin, Planned) else (code,)


def closed_items(view: View, plan: Plan) -> tuple[str, ...]:
    """Those of its items for which there is no number today."""
    return tuple(one.code for one in plan.items if (known := view.service(one.code)) and known.closed)


def open_items(view: View, plan: Plan) -> tuple[str, ...]:
    closed = closed_items(view, plan)
    return tuple(one.code for one in plan.items if one.code not in closed)


def may_take(view: View, screen: Planned) -> bool:
    return view.issuing and bool(screen.plan.items) and not closed_items(view, screen.plan)


def of(wish: RequestTicket, origin: Origin) -> RequestTicket:
    """The wish for all items of a plan, where one was made."""
    if not isinstance(origin, Planned):
        return wish
    plan = origin.plan
    if plan.package:
        return replace(wish, package=plan.package, yes=origin.yes, items=origin.kept)
    return replace(wish, items=tuple(one.code for one in plan.items))


def is_gone(screen: Screen, view: View) -> bool:
    """Whether a page speaks of a package, a group or items that the hall has no more."""
    match screen:
        case Packages():
            return not view.packages
        case Question(package, at):
            known = view.package(package)
            return known is None or at >= len(known.questions)
        case Adding(group=group) if group:
            return view.group(group) is None
        case Planned(plan):
            return bool(plan.package) and view.package(plan.package) is None
    return False
