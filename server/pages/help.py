"""帮助: the handbooks as pages under ? and as paper. Every member of staff may read all of them."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, abort, g, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from server.handbooks.book import HEADS, NAMES, OF_ROLE, Handbook, handbook
from server.handbooks.printed import printed
from server.pages.access import EVERYBODY, allowed, the_hub

pages = APIBlueprint("help", __name__, url_prefix="/help", enable_openapi=False)


@pages.get("")
@allowed(roles=EVERYBODY)
def own() -> AnyResponse:
    """The handbook of whoever asks."""
    return redirect(url_for("help.page", name=OF_ROLE[g.staff.role]))


@pages.get("/<name>")
@allowed(roles=EVERYBODY)
def page(name: str) -> str:
    return render_template(
        "help/handbook.html",
        hall=the_hub().hall.hall,
        book=_known(name),
        heads=HEADS,
        books=[handbook(one) for one in NAMES],
    )


@pages.get("/<name>/<any('zh', 'en'):language>.pdf")
@allowed(roles=EVERYBODY)
def paper(name: str, language: str) -> Response:
    book, hall = _known(name), the_hub().hall.hall
    return Response(
        printed(book.name, language, hall.text.said(language)),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="jiaohao-{book.name}-{language}.pdf"'},
    )


def _known(name: str) -> Handbook:
    if name not in NAMES:
        abort(
            404,
            description=f"没有手册“{name}”，有：{'、'.join(NAMES)}。There is no handbook '{name}'; {', '.join(NAMES)}.",
        )
    return handbook(name)
