"""What the kiosk does next: (state, event, now) -> (state, effects). Pure; knows no pygame, no HTTP and no clock.

`now` is any clock in seconds that never goes back. A touch, scan or card that asks the hub for something brings its own
idempotency key from outside; the same wish with the same key is repeated until it is answered, so that one touch is
one ticket whatever the network does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import words
from kiosk.flow import mobile, rated, together
from kiosk.flow.events import (
    Adding,
    Asking,
    AskPlan,
    CardFailed,
    CardLaid,
    CardNotice,
    CardReading,
    CheckIn,
    Effect,
    Entering,
    Event,
    Fair,
    FetchSample,
    ForWhom,
    Found,
    GiveBack,
    GiveRating,
    Guide,
    Home,
    HubLost,
    Item,
    Items,
    LeaveTelephone,
    ListCame,
    Listed,
    ListNow,
    Lodging,
    LongWait,
    LookUp,
    LookUpFailed,
    Maintained,
    Maintenance,
    Offline,
    Origin,
    Other,
    Packages,
    PlanCame,
    Planned,
    Pressed,
    PrintAgain,
    PrintCame,
    PrintList,
    Publication,
    Question,
    Rating,
    RatingTaken,
    ReadCard,
    Reprint,
    RequestTicket,
    Result,
    Returned,
    Returning,
    Sample,
    SampleCame,
    Scanned,
    Screen,
    Search,
    SearchCame,
    Searching,
    Shown,
    Speak,
    State,
    Step,
    TelephoneLeft,
    TellOnline,
    Texting,
    Tick,
    TicketCame,
    Ticketed,
    TicketFailed,
    Touch,
    Trouble,
    WatchList,
    WatchPrint,
    Wish,
)
from kiosk.flow.view import Hit, LookedUp, Plan, Reminders, Service, Slip, Ticket, View

SETTLE = 0.3  # a page that has just come ignores touches: a trembling second tap must not take a number
CALM = 0.8  # touches that take a number or paper wait so long: old hands tap twice, and slowly
READ = 1.5  # and what they gave stays on screen so long whatever is touched
PATIENCE = 0.4  # an answer this quick needs no waiting page
REPEAT = 0.5  # pause before an unanswered request is sent again
GIVE_UP = 10.0  # seconds after which the kiosk says that the hub is away
FLICKER = 3.0  # a hub lost for less than this is not worth a word
SLOW_PRINT = 12.0  # a print job still unfinished then: say what to do
COUNTDOWN = 20  # the last seconds before going home are counted aloud
MORE = 60.0  # what 还要更多时间 adds
LARGE_LEAST = 60.0  # in large print no page goes by itself before this
OWN = 60.0  # seconds in which a number that was taken here may be given back or printed again here
CODE_MOST = 40  # characters of a typed code
TEXT_MOST = 24  # letters of what is looked for
ITEMS_STAY, TICKET_STAY, PENDING_STAY, FAILED_STAY, TROUBLE_STAY, HOME_STAY = 60.0, 15.0, 60.0, 60.0, 30.0, 120.0
ONLINE = "是"  # 是否全程网办事项: 部分 still needs the counter
WENT_ONLINE = LookedUp(
    kind="online",
    zh="好的，这件事请在网上办理，不用取号。不会用的话，请到咨询台，我们教您。",
    en="Please do this online: you need no number. If you want to be shown how, ask at the guide desk.",
)
READ_STAY, RESULT_STAY, ENTER_STAY, CARD_STAY, SERVICE_STAY = 120.0, 30.0, 60.0, 60.0, 600.0


def step(state: State, event: Event, now: float) -> Step:
    """The next state and what must be done for it. A state that did not change is the same object."""
    after, effects = _step(state, event, now)
    effects = (*_left(state.screen, after.screen), *effects)
    return after, effects if any(isinstance(e, Speak) for e in effects) else (
        *effects,
        *_told(state, event, after, now),
    )


def _told(before: State, event: Event, after: State, now: float) -> tuple[Effect, ...]:
    """What whoever walks by the keypad hears by itself: each page that comes, the ring's next place, what was typed,
    the paper's fate, the last seconds; and no key is pressed in silence.
    """
    if after.focus is None or not after.voice:
        return ()
    told = _changed(before, after, now) if after is not before else ()
    return told or (_unmoved(event, after, now) if isinstance(event, Pressed) else ())


def _unmoved(press: Pressed, state: State, now: float) -> tuple[Effect, ...]:
    """A key that moved nothing: where one stands. While a page that has just come is being said, only an arrow may
    silence it; and an answer that comes in a moment is not talked over.
    """
    screen = state.screen
    if press.name not in ARROWS and now - state.entered_at < READ:
        return ()
    if isinstance(screen, Asking):
        return (Speak(state, now),) if screen.patient else ()
    if isinstance(screen, Entering | Searching | Texting) and _is_typed(press):
        return (Speak(state, now, "typed"),)
    return (Speak(state, now, "ring" if press.targets else "page"),)


def _changed(before: State, after: State, now: float) -> tuple[Effect, ...]:
    a, b = before.screen, after.screen
    if isinstance(a, Entering) and isinstance(b, Entering) and a != b:
        return (Speak(after, now, "typed"),)
    if isinstance(a, Searching) and isinstance(b, Searching) and a != b:
        return (Speak(after, now, "typed" if a.text != b.text else "found"),)
    if isinstance(a, Texting) and isinstance(b, Texting) and a.digits != b.digits:
        return (Speak(after, now, "typed"),)
    quiet = isinstance(b, Asking) and not b.patient  # the page stays as it is
    modes = (before.language, before.large, before.low, before.paper) != (
        after.language,
        after.large,
        after.low,
        after.paper,
    )
    if isinstance(a, Rating) and isinstance(b, Rating) and a.chosen != b.chosen:
        return (Speak(after, now, "ring"),)
    if before.focus is None or modes or (not quiet and (face(before) != face(after) or _page(a) != _page(b))):
        return (Speak(after, now, "page", first=before.focus is None),)
    if before.focus != after.focus:
        return (Speak(after, now, "ring"),)
    return (Speak(after, now, "left"),) if before.warned != after.warned and after.warned is not None else ()


def _page(screen: Screen) -> Screen:
    """A screen without what changes on it while it stays the same page."""
    match screen:
        case Ticketed():
            return replace(screen, fresh=False, taken_at=None)
        case Asking():
            return replace(screen, repeat_at=None)
    return screen


def _step(state: State, event: Event, now: float) -> Step:
    match event:
        case Touch():
            return _touched(state if state.focus is None else replace(state, focus=None), event, now)
        case Pressed():
            return _pressed(state, event, now)
        case Scanned(text, key):
            return _scanned(state, text.strip(), key, now)
        case CardLaid() | CardFailed():
            return _card(state, event, now)
        case Maintenance(open):
            return _maintenance(state, open, now)
        case Tick():
            return _ticked(state, now)
        case Shown():
            return _shown(state, event.view, now), ()
        case Offline(view):
            return _alone(state, view, now), ()
        case HubLost():
            return (replace(state, lost_at=now) if state.lost_at is None else state), ()
        case TicketCame(key, ticket):
            return _ticket_came(state, key, ticket, now)
        case Found(key, result):
            return _found(state, key, result, now), ()
        case SearchCame(text, hits):
            return _search_came(state, text, hits), ()
        case SampleCame():
            return _sample_came(state, event, now), ()
        case TicketFailed() | LookUpFailed():
            return _failed(state, event, now), ()
        case PrintCame():
            return _print_came(state, event.ticket, now), ()
        case ListCame(key, slip):
            return _list_came(state, key, slip, now)
        case PlanCame(key, plan):
            return _plan_came(state, key, plan, now), ()
        case TelephoneLeft(key, reminders):
            return _telephone_left(state, key, reminders, now), ()
        case RatingTaken(key):
            return _rating_taken(state, key, now), ()
        case ListNow():
            return _print_came(state, event.slip, now), ()


def _left(before: Screen, after: Screen) -> tuple[Effect, ...]:
    """What ends and begins with a page: nobody watches a paper or a card that nobody waits for."""
    if isinstance(after, Ticketed) and not isinstance(before, Ticketed) and not after.ticket.paper_is_final:
        return (WatchPrint(after.ticket.id),)
    if isinstance(before, Ticketed | Listed) and type(after) is not type(before):
        return (WatchPrint(None),)
    if isinstance(before, CardReading) and not isinstance(after, CardReading):
        return (ReadCard(on=False),)
    return ()


def offered(before: State, event: Event, after: State) -> TellOnline | None:
    """The page of an item that can be done online came up, or that of a long wait with the same word: it is counted
    once for whoever reads it.
    """
    screen, came = after.screen, isinstance(before.screen, Items | Searching) and isinstance(event, Touch | Pressed)
    if not isinstance(screen, Item | LongWait) or not came or not may_go_online(after, screen):
        return None
    code = screen.code if isinstance(screen, Item) else screen.service
    return TellOnline(code, event.key) if isinstance(event, Touch | Pressed) and event.key else None


def face(state: State) -> str:
    """Which page is on screen: home, closed, connecting, away; other, items, item, sample, guide, publication, enter,
    search, result, rating, reasons, fair, lodge, packages, question, adding, planned, wait, party, notice, card;
    asking, ticket, texting, returning, returned, list, trouble; maintenance.
    """
    screen = state.screen
    match screen:
        case Asking(patient=True):
            return "asking"
        case Asking(origin=origin):
            return (
                "home"
                if isinstance(origin, Home) and state.view and state.view.issuing
                else _origin_face(state, origin)
            )
        case Returned():
            return "returned"
        case Listed():
            return "list"
        case Sample():
            return "sample"
        case Trouble():
            return "trouble"
        case Fair():
            return "fair"
        case Lodging():
            return "lodge"
        case LongWait():
            return "wait"
        case ForWhom():
            return "party"
        case CardNotice():
            return "notice"
        case CardReading():
            return "card"
        case Maintained():
            return "maintenance"
    return _origin_face(state, screen)


def _origin_face(state: State, screen: Origin) -> str:
    match screen:
        case Items():
            return "items"
        case Item():
            return "item"
        case Other():
            return "other"
        case Guide():
            return "guide"
        case Publication():
            return "publication"
        case Entering():
            return "enter"
        case Searching():
            return "search"
        case Result():
            return "result"
        case Ticketed():
            return "ticket"
        case Returning():
            return "returning"
        case Packages():
            return "packages"
        case Question():
            return "question"
        case Adding():
            return "adding"
        case Planned():
            return "planned"
        case Texting():
            return "texting"
        case Rating(level=level):
            return "reasons" if level else "rating"
    if state.view is None or state.link == "connecting":
        return "connecting"
    if state.link == "away":
        return "away"
    return "home" if state.view.issuing else "closed"


def countdown(state: State, now: float) -> int | None:
    """Whole seconds until the kiosk goes home by itself, once that is near enough to say so."""
    if state.leave_at is None or isinstance(state.screen, Home):
        return None
    left = max(0, -int(-(state.leave_at - now) // 1))
    return left if left <= COUNTDOWN else None


def may_issue(state: State, service: Service) -> bool:
    """Whether a number for this item can be asked for."""
    return state.view is not None and state.view.issuing and service.closed is None


def may_go_online(state: State, item: Item | LongWait) -> bool:
    """Whether an item may be done online instead: all of it can be, and whoever reads is on the way to its number; in
    the guide people only read.
    """
    service = state.view.service(item.code if isinstance(item, Item) else item.service) if state.view else None
    reads = isinstance(item.origin, Items) and item.origin.guide
    return service is not None and not reads and service.online == ONLINE and may_issue(state, service)


def may_skip_card(state: State, screen: CardNotice | CardReading) -> bool:
    """Whether there is a number of these items without a card."""
    known = [state.view.service(code) for code in together.codes(screen.service, screen.origin)] if state.view else []
    return not any(one and one.card_needed for one in known)


def waits_long(state: State, code: str) -> bool:
    """Whether somebody is asked before the wait for an item: it is long, and there is another way. Who has the green
    channel waits less than anybody can say, and is not asked.
    """
    view = state.view
    service, wait = (view.service(code), view.wait_of(code)) if view else (None, None)
    if view is None or service is None or wait is None or state.klass:
        return False
    return 0 < view.long_wait_min <= wait and (service.booking is not None or goes_online(service))


def goes_online(service: Service) -> bool:
    """Whether there is an online way that a telephone finds behind a code."""
    return service.online in (ONLINE, "部分") and bool(service.guide.url)


def may_return(screen: Ticketed) -> bool:
    """Whether the number may be given back here: taken a moment ago, and nobody has called it."""
    return screen.fresh and screen.ticket.state == "waiting"


def may_print(screen: Ticketed) -> bool:
    """Whether it may be printed once more here: taken a moment ago, and no paper of it on its way."""
    return screen.fresh and screen.ticket.paper_is_final


def may_list(state: State) -> bool:
    """Whether this kiosk prints what an item needs now: it is meant to, the hub is heard, and paper can be expected."""
    return state.view is not None and state.view.lists and state.link == "up" and state.view.printer.prints


# --- touches ----------------------------------------------------------------------------------------------------------


TAKES = frozenset(
    {
        "service",
        "take",
        "online",
        "number",
        "skip",
        "checkin",
        "list",
        "slip",
        "print",
        "return",
        "give-back",
        "wait",
        "party",
        "send",
    }
)
"""Targets whose touch takes a number or paper, or gives a number back."""


def _touched(state: State, touch: Touch, now: float) -> Step:
    if isinstance(state.screen, Asking | Maintained):
        return state, ()
    name, _, value = touch.target.partition(":")
    if name == "key" and isinstance(state.screen, Entering):
        return _typed(state, state.screen, value, touch.key, now)
    if name == "key" and isinstance(state.screen, Searching):
        return _spelt(state, state.screen, value, now)
    if name == "key" and isinstance(state.screen, Texting):
        return _dialled(state, state.screen, value, touch.key, now)
    given = isinstance(state.screen, Ticketed | Returned | Listed)
    leaves = given and name in {"home", "back"}
    settle = READ if leaves else CALM if name in TAKES else SETTLE
    if now - state.entered_at < settle:
        return state, ()
    if name in {"language", "large", "low", "paper"}:
        return _switched(state, name, now), ()
    if name == "voice" and state.voice:
        return _aloud(_stay(state, now), now)
    if name == "more":
        return replace(state, leave_at=max(now, state.leave_at or now) + MORE), ()
    if name == "home" and given:  # the next person's: Chinese, normal print
        return _enter(_next_person(state), Home(), now), ()
    if name == "home":
        return _enter(state, Home(), now), ()
    if name == "back":
        return _enter(state, _back(state, state.screen), now), ()
    return _chosen(state, name, value, touch.key, now) or (_stay(state, now), ())


def _chosen(state: State, name: str, value: str, key: str, now: float) -> Step | None:
    """A touch on what a page offers; None if this page does not offer it."""
    view, screen = state.view, state.screen
    if view is None:
        return None
    match name, screen:
        case "group", _ if view.group(value) is None:
            return None
        case "group", Home() if view.issuing:
            return _enter(state, Items(value), now), ()
        case "group", Guide():
            return _enter(state, Items(value, guide=True), now), ()
        case "page", paged if isinstance(paged, Paged):
            return _enter(state, replace(paged, page=int(value)), now), ()
        case "service", Items() as items:
            return _service(state, items, value, key, now)
        case "info", Items() | Searching() as origin if view.service(value):
            return _enter(state, Item(value, origin), now), ()
        case "take", Item() as item:
            return _service(state, item, item.code, key, now)
        case "online", Item(code) as item if may_go_online(state, item):
            return _enter(state, Result("", WENT_ONLINE), now), (TellOnline(code, key, taken=True),)
        case "list", Item(code) as item if may_list(state):
            wish = PrintList(code, key, state.language, state.large)
            return _ask(state, wish, item, now, pressed="list")
        case "sample", Item(code) as item if name := view.sample(code, int(value)):
            return _enter(state, Sample(code, int(value), name, item), now), (FetchSample(code, name),)
        case "again", Sample(code, name=name, lost=True) as sample:
            return _enter(state, replace(sample, lost=False), now), (FetchSample(code, name),)
        case "fair", Home() | Other() if view.issuing and view.classes:
            return _enter(state, Fair(), now), ()
        case "ground", Fair():
            return _granted(state, view, value, now)
        case "wait", LongWait(code, origin):
            return _number(state, code, origin, key, now, "take", waits=True)
        case "online", LongWait(code) as wait if may_go_online(state, wait):
            return _enter(state, Result("", WENT_ONLINE), now), (TellOnline(code, key, taken=True),)
        case "party", ForWhom(code, origin) if value in PARTIES:
            return _number(state, code, origin, key, now, "take", waits=True, party=value)
        case "ordinary", Trouble(wish=RequestTicket() as wish, origin=origin) if wish.ground:
            anew = replace(wish, key=key, klass="ordinary", ground="")
            return _ask(replace(state, klass="", ground=""), anew, origin, now, patient=True)
        case "help", Home() | Items() | Searching() as origin if view.issuing:
            return _ask(state, _ticket_wish(state, view.help_service, key), origin, now, pressed="help")
        case "help", Fair() if view.issuing:
            return _ask(state, _ticket_wish(state, view.help_service, key), Home(), now, patient=True)
        case "other", Home():
            return _enter(state, Other(), now), ()
        case "pickup", Home() | Other() if view.pickup:
            return _enter(state, Entering("pickup"), now), ()
        case "progress", Home() | Other() if view.cases:
            return _enter(state, Entering("progress"), now), ()
        case "booked", Home() | Other() if view.bookings:
            return _enter(state, Entering("booked"), now), ()
        case "rate", Home() | Other():
            return _enter(state, Entering("rate"), now), ()
        case "number", Entering(purpose="pickup") as entering if view.pickup:
            return _number(state, view.pickup.service, entering, key, now, "number")
        case "search", Home() | Other():
            return _enter(state, Searching(), now), ()
        case "guide", Home() | Other():
            return _enter(state, Guide(), now), ()
        case "publication", Home() | Other():
            return _enter(state, Publication(), now), ()
        case "lodge", Home() | Other():
            return _enter(state, Lodging(), now), ()
        case "chapter", Publication() if view.chapter(value):
            return _enter(state, Publication(value), now), ()
        case "packages", Home() | Other() if view.issuing and view.packages:
            return _enter(state, Packages(), now), ()
        case "take", Planned() as plan if together.may_take(view, plan):
            return _number(state, plan.plan.items[0].code, plan, key, now, "take")
    if view.issuing and isinstance(screen, Packages | Question | Adding | Planned | Item):
        match together.chosen(view, screen, name, value, key):
            case AskPlan() as asked:
                return _ask(state, asked, screen, now, pressed=f"{name}:{value}" if value else name)
            case page if page is not None:
                return _enter(state, page, now), ()
    return _answered(state, name, value, key, now)


def _answered(state: State, name: str, value: str, key: str, now: float) -> Step | None:
    """A touch on a page that asks something: read a card, check in, print again, try again."""
    screen = state.screen
    if isinstance(screen, Rating):
        return _judged(state, screen, rated.chosen(screen, name, value, key), now)
    match name, screen:
        case "card", CardNotice(service, origin, party):
            return _enter(state, CardReading(service, origin, party=party), now), (ReadCard(on=True),)
        case "skip", CardNotice(service, origin, party=party) | CardReading(service, origin, party=party) if isinstance(
            screen, CardNotice | CardReading
        ) and may_skip_card(state, screen):
            wish: Wish = together.of(_ticket_wish(state, service, key, party=party), origin)
            return _ask(state, wish, origin, now, patient=True)
        case "checkin", Result(code, found) as result if found.may_check_in:
            wish = CheckIn(code, key, state.language, state.large, state.paper)
            return _ask(state, wish, result, now, pressed="checkin")
        case "slip", Result(code, found) as result if found.may_slip and may_list(state):
            return _ask(state, PrintList("", key, state.language, state.large, code), result, now, pressed="slip")
        case "reprint", Result(code, found) as result if found.may_reprint and found.ticket:
            return _ask(state, Reprint(found.ticket.id, code, key), result, now, pressed="reprint")
        case "print", Ticketed() as ticketed if may_print(ticketed):
            return _ask(state, PrintAgain(ticketed.ticket.id, key), ticketed, now, pressed="print")
        case "text", Ticketed() as ticketed if mobile.may_leave(state, ticketed):
            return _enter(state, Texting(ticketed), now), ()
        case "sight", Texting() as texting:
            return _stay(replace(state, screen=replace(texting, by_sight=not texting.by_sight, wrong="")), now), ()
        case "return", Ticketed() as ticketed if may_return(ticketed):
            return _enter(state, Returning(ticketed), now), ()
        case "keep", Returning(origin):
            return _enter(state, origin, now), ()
        case "give-back", Returning(origin) as returning:
            return _ask(state, GiveBack(origin.ticket.id, key), returning, now, pressed="give-back")
        case "again", Trouble(kind="away") as trouble:
            return _ask(state, trouble.wish, trouble.origin, now, patient=True)
    return None


def _judged(state: State, screen: Rating, then: Rating | GiveRating | None, now: float) -> Step | None:
    """What is added to a level changes the page and makes no new one."""
    match then:
        case GiveRating():
            return _ask(state, then, screen, now, pressed="send")
        case Rating(level=level) if level == screen.level:
            return _stay(replace(state, screen=then), now), ()
        case Rating():
            return _enter(state, then, now), ()
    return None


Paged = Home | Other | Items | Item | Sample | Guide | Publication | Fair | Packages | Adding | Planned | Rating
"""Pages that may be leafed through."""


def _back(state: State, screen: Screen) -> Screen:
    """One page up, for those who have gone deeper than one."""
    match screen:
        case Adding() | Planned() | Question() if state.view:
            return together.back(state.view, screen)
        case Trouble(wish=AskPlan() | LeaveTelephone(), origin=origin):
            return origin
        case Texting(ticketed):
            return ticketed
        case Sample(origin=item):
            return item
        case Rating():
            return rated.back(screen) or Home()
        case (
            Item(_, origin) | CardNotice(_, origin) | CardReading(_, origin) | LongWait(_, origin) | ForWhom(_, origin)
        ):
            return origin
        case Listed(origin=item) | Trouble(wish=PrintList(), origin=item):
            return item
        case Returning(ticketed) | Trouble(wish=PrintAgain() | GiveBack(), origin=Ticketed() as ticketed):
            return ticketed
        case Trouble(wish=GiveBack(), origin=Returning(ticketed)):
            return ticketed
        case Items(guide=True):
            return Guide()
        case Publication(chapter=chapter) if chapter:
            return Publication()
    return Home()


def _service(state: State, origin: Items | Item, code: str, key: str, now: float) -> Step | None:
    """A number for an item; in the guide, and where there is none today, its page instead."""
    service = state.view.service(code) if state.view else None
    if service is None:
        return None
    if isinstance(origin, Items) and (origin.guide or not may_issue(state, service)):
        return _enter(state, Item(code, origin), now), ()
    if not may_issue(state, service):
        return None
    return _number(state, code, origin, key, now, "take" if isinstance(origin, Item) else f"service:{code}")


PARTIES = ("person", "company", "agent")
"""For whom a number may be (server/domain/vocabulary.py has the same)."""


def _number(
    state: State, code: str, origin: Origin, key: str, now: float, pressed: str, *, waits: bool = False, party: str = ""
) -> Step:
    """Take a number: after the word about a long wait (`waits`: it was said), after asking for whom it is (`party`:
    the answer) where the item wants that, after the notice about the card where the hall counts numbers per person.
    """
    view, codes = state.view, together.codes(code, origin)
    known = [service for one in codes if view and (service := view.service(one))]
    if not waits and len(codes) == 1 and waits_long(state, code):
        return _enter(state, LongWait(code, origin), now), ()
    if any(one.ask_party for one in known) and not party:
        return _enter(state, ForWhom(code, origin), now), ()
    if view and any(view.counts_persons(one) for one in codes) and state.reader:
        return _enter(state, CardNotice(code, origin, party), now), ()
    there = isinstance(state.screen, LongWait | ForWhom)  # the page that was touched is not the one that stays
    wish = together.of(_ticket_wish(state, code, key, party=party), origin)
    return _ask(state, wish, origin, now, patient=there, pressed=pressed)


def _granted(state: State, view: View, value: str, now: float) -> Step | None:
    """Who it is was said at 绿色通道 (`class/ground`), or taken back (""); on to what is to be done."""
    klass, _, ground = value.partition("/")
    known = view.klass(klass)
    if value and (known is None or known.closed or ground not in {one.id for one in known.grounds}):
        return None
    return _enter(replace(state, klass=klass, ground=ground), Home(), now), ()


def _ticket_wish(
    state: State, service: str, key: str, holder: tuple[str, str] | None = None, party: str = ""
) -> RequestTicket:
    klass = state.klass or "ordinary"
    return RequestTicket(service, key, state.language, state.large, holder, state.paper, klass, state.ground, party)


def _ask(state: State, wish: Wish, origin: Origin, now: float, *, patient: bool = False, pressed: str = "") -> Step:
    asking = Asking(wish, origin, asked_at=now, patient=patient, pressed=pressed)
    return _enter(state, asking, now), (wish,)


def _switched(state: State, name: str, now: float) -> State:
    if name == "language":
        state = replace(state, language=words.after(state.language), screen=_first_page(state.screen))
    elif name == "large":
        state = replace(state, large=not state.large, screen=_first_page(state.screen))
    elif name == "paper":
        state = replace(state, paper=not state.paper)
    else:
        state = replace(state, low=not state.low, screen=_first_page(state.screen))
    return _stay(state, now)


def _first_page(screen: Screen) -> Screen:
    if isinstance(screen, Paged):
        return replace(screen, page=0)
    return screen


def _aloud(state: State, now: float) -> Step:
    return state, (Speak(state, now),)


def _enter(state: State, screen: Screen, now: float) -> State:
    focus = None if state.focus is None else ""
    return replace(state, screen=screen, focus=focus, entered_at=now, leave_at=_leave_at(state, screen, now))


def _stay(state: State, now: float) -> State:
    return replace(state, leave_at=_leave_at(state, state.screen, now))


def _leave_at(state: State, screen: Screen, now: float) -> float | None:
    """When the kiosk goes home by itself; in large print and by ear everything may take half as long again, and a
    minute at least.
    """
    match screen:
        case Asking():
            return None
        case Home():
            stay = None if screen.page == 0 and state == _next_person(state) else HOME_STAY
        case Other() | Items(guide=False) | Fair() | LongWait() | ForWhom() | Packages() | Question() | Adding():
            stay = ITEMS_STAY
        case Items() | Item() | Sample() | Guide() | Publication() | Lodging() | Planned() | Rating():
            stay = READ_STAY
        case Entering() | Searching() | Texting():
            stay = ENTER_STAY
        case CardNotice() | CardReading():
            stay = CARD_STAY
        case Result():
            stay = RESULT_STAY
        case Trouble() | Returning() | Returned():
            stay = TROUBLE_STAY
        case Maintained():
            stay = SERVICE_STAY
        case Ticketed(paper) | Listed(paper):
            stay = {"printed": TICKET_STAY, "sent": TICKET_STAY}.get(paper.print.state, FAILED_STAY)
            stay = stay if paper.paper_is_final else PENDING_STAY
    if stay is None:
        return None
    slow = state.large or state.focus is not None
    return now + (max(LARGE_LEAST, stay * 1.5) if slow else stay)


# --- keypad, scanner, card, technician --------------------------------------------------------------------------------

ARROWS = frozenset({"up", "down", "left", "right"})


def _is_typed(press: Pressed) -> bool:
    return press.name == "del" or (len(press.name) == 1 and press.name.isascii() and press.name.isalnum())


def _typed(state: State, entering: Entering, char: str, key: str, now: float) -> Step:
    """A character of a code, `del` or `ok`."""
    if char == "ok":
        if not entering.code or now - state.entered_at < SETTLE:
            return state, ()
        return _ask(state, LookUp(entering.code, key), entering, now, pressed="key:ok")
    code = entering.code[:-1] if char == "del" else (entering.code + char.upper())[:CODE_MOST]
    return _stay(replace(state, screen=replace(entering, code=code)), now), ()


def _dialled(state: State, texting: Texting, char: str, key: str, now: float) -> Step:
    """A digit of a telephone number, `del` or `ok`; what is plainly wrong is said and nothing is asked."""
    if char != "ok":
        return _stay(replace(state, screen=mobile.typed(texting, char)), now), ()
    if now - state.entered_at < SETTLE:
        return state, ()
    if wrong := mobile.mistake(texting):
        return _stay(replace(state, screen=replace(texting, wrong=wrong)), now), ()
    return _ask(state, mobile.wish(texting, key), texting, now, pressed="key:ok")


def _spelt(state: State, searching: Searching, char: str, now: float) -> Step:
    """A letter of what is looked for, `del` for the last, `clear` for all. What was found stays until the answer."""
    text = {"del": searching.text[:-1], "clear": ""}.get(char, (searching.text + char.lower())[:TEXT_MOST])
    if text == searching.text:
        return _stay(state, now), ()
    after = replace(searching, text=text) if text else Searching()
    return _stay(replace(state, screen=after), now), (Search(text),) if text else ()


def _pressed(state: State, press: Pressed, now: float) -> Step:
    """The ring goes over the targets in reading order; ok touches the one that has it."""
    if isinstance(state.screen, Asking | Maintained):
        return state, ()
    if _is_typed(press):
        if isinstance(state.screen, Entering):
            return _typed(state, state.screen, press.name, press.key, now)
        if isinstance(state.screen, Searching):
            return _spelt(state, state.screen, press.name, now)
        if isinstance(state.screen, Texting) and (press.name == "del" or press.name.isdigit()):
            return _dialled(state, state.screen, press.name, press.key, now)
        return state, ()
    if press.name in {"back", "home", "voice"}:
        return _touched(state, Touch(press.name, press.key), now)
    if press.name not in {*ARROWS, "ok"} or not press.targets:
        return state, ()
    at = press.targets.index(state.focus) if state.focus in press.targets else 0
    if state.focus is None:
        return _stay(replace(state, focus=press.targets[0]), now), ()
    if press.name == "ok":
        focused = replace(state, focus=press.targets[at])
        return _touched(focused, Touch(press.targets[at], press.key), now)
    at = (at + (1 if press.name in {"down", "right"} else -1)) % len(press.targets)
    return _stay(replace(state, focus=press.targets[at]), now), ()


def _scanned(state: State, text: str, key: str, now: float) -> Step:
    """A code is looked up from every page but one that is asking already."""
    if not text or isinstance(state.screen, Asking | Maintained):
        return state, ()
    origin = state.screen if isinstance(state.screen, Entering) else Home()
    return _ask(state, LookUp(text, key), origin, now, patient=True)


def _card(state: State, event: CardLaid | CardFailed, now: float) -> Step:
    reading = state.screen
    if not isinstance(reading, CardReading):
        return state, ()
    if isinstance(event, CardFailed):
        return _stay(replace(state, screen=replace(reading, failed=event.reason)), now), ()
    holder = (event.hash, event.mask)
    wish = together.of(_ticket_wish(state, reading.service, event.key, holder, reading.party), reading.origin)
    older = state.view.by_age(age(event.born, state.view.now.date())) if state.view and not state.klass else None
    if older:
        wish = replace(wish, klass=older.id, ground=BY_CARD)
    return _ask(state, wish, reading.origin, now, patient=True)


BY_CARD = "age"
"""Why a number is of its class, where nobody asked and the card said it."""


def age(born: date | None, today: date) -> int | None:
    """Whole years on a day; None where the date of birth is not known or lies ahead."""
    if born is None or born > today:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _maintenance(state: State, open_: bool, now: float) -> Step:
    """Not while somebody's number is on its way: the technician waits those seconds."""
    if open_ == isinstance(state.screen, Maintained) or isinstance(state.screen, Asking):
        return state, ()
    return _enter(replace(state, focus=None), Maintained() if open_ else Home(), now), ()


# --- time -------------------------------------------------------------------------------------------------------------


def _ticked(state: State, now: float) -> Step:
    if state.link == "up" and state.lost_at is not None and now - state.lost_at >= FLICKER:
        state = replace(state, link="away")
    if isinstance(state.screen, Asking):
        return _waited(state, state.screen, now)
    if isinstance(state.screen, Ticketed | Listed) and not state.screen.slow and _is_slow(state, state.screen, now):
        state = replace(state, screen=replace(state.screen, slow=True))
    if isinstance(state.screen, Ticketed) and state.screen.fresh and now - (state.screen.taken_at or 0.0) >= OWN:
        state = replace(state, screen=replace(state.screen, fresh=False))
    if state.leave_at is not None and now >= state.leave_at:
        if isinstance(state.screen, Rating) and (given := rated.left(state.screen)):
            return _ask(_next_person(state), given, state.screen, now, patient=True)
        return _enter(_next_person(state), Home(), now), ()
    if state.focus is not None and state.leave_at != state.warned and countdown(state, now) == COUNTDOWN:
        state = replace(state, warned=state.leave_at)
    return state, ()


def _next_person(state: State) -> State:
    """As the next one finds the kiosk: Chinese, standard print, a slip for each number, of no class, no keypad in
    use.
    """
    return replace(state, language="zh", large=False, low=False, paper=True, klass="", ground="", focus=None)


def _is_slow(state: State, screen: Ticketed | Listed, now: float) -> bool:
    paper = screen.ticket if isinstance(screen, Ticketed) else screen.slip
    return not paper.paper_is_final and now - state.entered_at >= SLOW_PRINT


def _waited(state: State, asking: Asking, now: float) -> Step:
    if now - asking.asked_at >= GIVE_UP:
        return _enter(state, Trouble("away", asking.wish, asking.origin), now), ()
    if not asking.patient and now - asking.asked_at >= PATIENCE:
        asking = replace(asking, patient=True)
    if asking.repeat_at is not None and now >= asking.repeat_at:
        return replace(state, screen=replace(asking, repeat_at=None)), (asking.wish,)
    return (state if asking == state.screen else replace(state, screen=asking)), ()


# --- what the hub says ------------------------------------------------------------------------------------------------


def _shown(state: State, view: View, now: float) -> State:
    state = replace(state, view=view, plate=view.hall, link="up", lost_at=None)
    screen = state.screen
    if _is_gone(screen, view):
        return _enter(state, Home(), now)
    if isinstance(screen, Asking | Trouble | LongWait | ForWhom | CardNotice | CardReading | Listed) and _is_gone(
        screen.origin, view
    ):
        screen = replace(screen, origin=Home())  # there is no way back to it
        return replace(state, screen=replace(screen, patient=True) if isinstance(screen, Asking) else screen)
    return state


def _alone(state: State, view: View, now: float) -> State:
    """The hub stays away, and numbers are given out all the same; one that was heard meanwhile is believed first."""
    if state.link == "up" and state.lost_at is None:
        return state
    lost_at = now if state.lost_at is None else state.lost_at
    return replace(_shown(state, view, now), link="offline", lost_at=lost_at)


def _is_gone(screen: Screen, view: View) -> bool:
    """Whether the page on screen speaks of something that the hall has no more."""
    match screen:
        case Items(group, guide=guide):
            return view.group(group) is None or not (guide or view.issuing)
        case Item(code, origin):
            lost = isinstance(origin, Items) and view.group(origin.group) is None
            return view.service(code) is None or lost
        case Sample(code, at, name, origin):
            return _is_gone(origin, view) or view.sample(code, at) != name
        case Publication(chapter=chapter) if chapter:
            return view.chapter(chapter) is None
        case CardNotice() | CardReading():
            return not view.issuing
        case LongWait(code) | ForWhom(code):
            return not view.issuing or view.service(code) is None
        case Fair():
            return not view.issuing or not view.classes
        case Packages() | Question() | Adding() | Planned():
            return not view.issuing or together.is_gone(screen, view)
    return False


def _waits_for(state: State, key: str) -> Asking | Trouble | None:
    """The page that waits for this answer; also after the kiosk gave up, as long as its person may still stand
    there.
    """
    screen = state.screen
    return screen if isinstance(screen, Asking | Trouble) and screen.wish.key == key else None


def _ticket_came(state: State, key: str, ticket: Ticket, now: float) -> Step:
    waiting = _waits_for(state, key)
    if waiting is None or isinstance(waiting.wish, LookUp | PrintList | AskPlan | LeaveTelephone | GiveRating):
        return state, ()
    if isinstance(waiting.wish, GiveBack):
        return _enter(state, Returned(ticket), now), ()
    again = isinstance(waiting.wish, Reprint | PrintAgain)
    here = waiting.origin if isinstance(waiting.origin, Ticketed) else None
    taken_at = here.taken_at if here else None if isinstance(waiting.wish, Reprint) else now
    fresh = taken_at is not None and now - taken_at < OWN
    paper = again or getattr(waiting.wish, "paper", True)
    shown = Ticketed(ticket, again=again, taken_at=taken_at, fresh=fresh, paper=paper)
    if here:
        shown = replace(shown, left=here.left, by_sight=here.by_sight)
    return _enter(state, shown, now), ()


def _plan_came(state: State, key: str, plan: Plan, now: float) -> State:
    waiting = _waits_for(state, key)
    if waiting is None or not isinstance(waiting.wish, AskPlan):
        return state
    page = together.planned(waiting.wish, waiting.origin, plan)
    return _enter(state, page, now) if page else state


def _telephone_left(state: State, key: str, reminders: Reminders, now: float) -> State:
    """Back to the number, which says so; what was typed is nowhere any more."""
    waiting = _waits_for(state, key)
    if waiting is None or not isinstance(waiting.wish, LeaveTelephone) or not isinstance(waiting.origin, Texting):
        return state
    shown = replace(waiting.origin.origin, left=reminders.given, by_sight=reminders.by_sight)
    return _enter(state, shown, now)


def _found(state: State, key: str, result: LookedUp, now: float) -> State:
    waiting = _waits_for(state, key)
    if waiting is None or not isinstance(waiting.wish, LookUp):
        return state
    if result.rating:
        return _enter(state, Rating(waiting.wish.code, result.rating), now)
    return _enter(state, Result(waiting.wish.code, result), now)


def _rating_taken(state: State, key: str, now: float) -> State:
    waiting = _waits_for(state, key)
    if waiting is None or not isinstance(waiting.wish, GiveRating):
        return state
    return _enter(state, Result("", rated.THANKS), now)


def _search_came(state: State, text: str, hits: tuple[Hit, ...] | None) -> State:
    """Only the answer to what stands there now; what this kiosk gives no numbers for is left out."""
    searching, view = state.screen, state.view
    if not isinstance(searching, Searching) or view is None or searching.text != text:
        return state
    known = [hit for hit in hits or () if hit.where or view.service(hit.code) or hit.code == view.help_service]
    return replace(state, screen=Searching(text, tuple(known), text, lost=hits is None))


def _sample_came(state: State, event: SampleCame, now: float) -> State:
    """Only the one that is on screen; a page that shows its picture already needs none."""
    shown = state.screen
    if not isinstance(shown, Sample) or (shown.code, shown.name) != (event.service, event.name) or shown.picture:
        return state
    return _stay(replace(state, screen=replace(shown, picture=event.picture, lost=event.picture is None)), now)


def _failed(state: State, event: TicketFailed | LookUpFailed, now: float) -> State:
    asking = state.screen
    if not isinstance(asking, Asking) or asking.wish.key != event.key:
        return state
    if event.refused:
        return _enter(state, Trouble("refused", asking.wish, asking.origin, event.reason), now)
    return replace(state, screen=replace(asking, repeat_at=now + REPEAT))


def _print_came(state: State, paper: Ticket | Slip, now: float) -> State:
    """What became of the paper on screen; news of another changes nothing."""
    changed: Ticketed | Listed
    match state.screen, paper:
        case Ticketed(before) as screen, Ticket() if before.id == paper.id:
            changed = replace(screen, ticket=paper)
        case Listed(before) as screen, Slip() if before.job == paper.job:
            changed = replace(screen, slip=paper)
        case _:
            return state
    if changed == state.screen:
        return state
    changed = replace(changed, slow=changed.slow and not paper.paper_is_final)
    settled = paper.paper_is_final and not before.paper_is_final
    return replace(state, screen=changed, leave_at=_leave_at(state, changed, now) if settled else state.leave_at)


def _list_came(state: State, key: str, slip: Slip, now: float) -> Step:
    waiting = _waits_for(state, key)
    if waiting is None or not isinstance(waiting.wish, PrintList):
        return state, ()
    return _enter(state, Listed(slip, waiting.origin), now), () if slip.paper_is_final else (WatchList(slip.job),)
