"""The routes of hall screens: their pages, what they show as a feed, and the sounds they play.

Public: numbers and counters, never a person.
"""

from __future__ import annotations

from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, abort, current_app, render_template, send_file

from config import Hall, ScreenTable, SightTable
from server.domain.opening_list import TELEVISION
from server.pages.access import bearer, follows, public, the_hub
from server.pages.openapi import answers
from server.views import pictures
from server.views.screen import screen_view

api = APIBlueprint("screen_api", __name__, url_prefix="/api/v1", tag="Hall screen 大厅屏")
pages = APIBlueprint("screen", __name__, enable_openapi=False)


@api.get("/screen")
@public
@answers("devices_told.ScreenView", feed=True)
@api.doc(summary="What the hall screen shows; text/event-stream for changes as they happen")
def show() -> Response:
    hub, stage = the_hub(), current_app.extensions["stage"]
    answer: Response = current_app.extensions["feeds"].answer("screen", lambda: screen_view(hub, stage))
    return _watched(answer)


@api.get("/screens/<area>")
@public
@answers("devices_told.ScreenView", feed=True)
@api.doc(
    summary="What the screen of one area shows, a table of [screens]; text/event-stream for changes",
    responses={404: "No such screen"},
)
def show_area(area: str) -> Response:
    hub, stage = the_hub(), current_app.extensions["stage"]
    table = _area(area)
    answer: Response = current_app.extensions["feeds"].answer(f"screen {area}", lambda: screen_view(hub, stage, table))
    return _watched(answer)


def _watched(answer: Response) -> Response:
    """A screen that follows has opened: a television is there. Who asks once may be anybody."""
    if answer.content_type.startswith("text/event-stream") and answer.status_code == 200:
        answer.call_on_close(current_app.extensions["health"].attend(TELEVISION))
        if device := bearer():  # one that has enrolled itself is named on the page of devices
            follows(answer, device)
    return answer


def _area(area: str) -> ScreenTable:
    known = the_hub().hall.screens
    if area not in known:
        names = "、".join(known) or "无"
        abort(
            404,
            description=(
                f"没有大厅屏“{area}”，本厅有：{names}。 There is no screen '{area}'; known:"
                f" {', '.join(known) or 'none'}."
            ),
        )
    return known[area]


@api.get("/voice/<int:number>.wav")
@public
@answers(None, media=("audio/wav",))
@api.doc(
    summary="What the voice says, for the browser of a hall screen; gone a minute later",
    responses={404: "Not kept any more"},
)
def utterance(number: int) -> Response:
    wav = current_app.extensions["stage"].wav(number)
    return (
        Response(wav, content_type="audio/wav")
        if wav is not None
        else abort(404, description="这句广播已经说完。This was said and is gone.")
    )


@pages.get("/screens")
@public
def start() -> str:
    """Where a television's browser is opened once: a touch here lets it play."""
    hall = the_hub().hall
    whole = ("/screen", "全厅", "The whole hall")
    areas = [(f"/screen/{area}", table.name, table.name_en) for area, table in hall.screens.items()]
    return render_template("screen/start.html", hall=hall.hall, screens=[whole, *areas])


@pages.get("/screen")
@public
def page() -> str:
    return page_of(the_hub().hall, None, the_hub().hall.screen, "/api/v1/screen", "/screen/pictures/")


@pages.get("/screen/<area>")
@public
def area_page(area: str) -> str:
    table = _area(area)
    return page_of(the_hub().hall, table, table, f"/api/v1/screens/{area}", f"/screen/{area}/pictures/")


def page_of(hall: Hall, area: ScreenTable | None, sight: SightTable, feed: str, folder: str) -> str:
    """The page of a hall as it is, or as a draft has it."""
    over = {"plate": hall.plate, "sign": hall.place.sign, "logo": _logo(hall) is not None}
    return render_template(
        "screen/screen.html", hall=hall.hall, **over, area=area, sight=sight, feed=feed, pictures=folder
    )


def _logo(hall: Hall) -> Path | None:
    """The logo of the slips, where the hall has one and its file is there."""
    file = hall.folder / hall.slips.logo
    return file if hall.slips.logo and file.is_file() else None


@pages.get("/screen/logo.png")
@public
def logo() -> Response:
    file = _logo(the_hub().hall)
    if file is None:
        abort(404, description="本厅没有徽标。This hall has no logo.")
    return send_file(file, mimetype="image/png", conditional=True, max_age=3600)


@pages.get("/screen/pictures/<name>")
@public
def picture(name: str) -> Response:
    return _picture(the_hub().hall.screen, name)


@pages.get("/screen/<area>/pictures/<name>")
@public
def area_picture(area: str, name: str) -> Response:
    return _picture(_area(area), name)


def _picture(sight: SightTable, name: str) -> Response:
    file = pictures.path(the_hub().hall, sight, name)
    if file is None:
        abort(404, description="没有这张图片。There is no such picture.")
    return send_file(file, conditional=True, max_age=3600)
