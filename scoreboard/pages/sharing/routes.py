"""Boards on other sites, over HTTP: an element, a frame, an image, a QR code."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import escape

from scoreboard.boards.wire import Where
from scoreboard.core.errors import NotOffered
from scoreboard.core.http import cors
from scoreboard.core.http.bodies import query
from scoreboard.core.http.compression import compress
from scoreboard.core.http.conventions import answer
from scoreboard.core.http.links import link, root
from scoreboard.core.http.openapi import described
from scoreboard.core.http.pages import LanguageQuery
from scoreboard.core.http.parts import parts
from scoreboard.core.ids import BOARD_ID
from scoreboard.core.limits.rules import limited
from scoreboard.pages import params, rendering, view
from scoreboard.pages.sharing.phones import phone_address
from scoreboard.pages.sharing.qr import qr_code
from scoreboard.pages.wire import Embeddable, ImageQuery, OEmbedQuery, Words

bp = Blueprint("sharing", __name__)

SVG = "image/svg+xml"
CACHE_SECONDS = 60
TEXTS_CACHE_SECONDS = 3600
ELEMENT_SECTIONS = ("board", "connection", "carrier")  # of texts, that the element needs
ROW_PIXELS = 40
HEAD_PIXELS = 300  # of a framed board: all but its rows
SCRIPT = "text/javascript; charset=utf-8"
BOARD_PAGE = re.compile(r"^(?:b|embed)/(?P<board>[^/]+)\Z")

image = described(media=SVG, tagged=True, problems=("board_not_found", "ledger_unavailable"))


@bp.get("/embed.js")
@described(media="text/javascript", tagged=True)
def embed_script() -> Response:
    """Get the script that defines <live-leaderboard>, for a page of any site."""
    element = url_for("static", filename="js/board/element.js", version=None)
    module = element.removeprefix(request.script_root)
    text = f'import {{ define }} from ".{module}"\n\ndefine(new URL(".", import.meta.url).href)\n'
    return _make_cacheable(Response(text, content_type=SCRIPT), max_age_seconds=0)


@bp.get("/embed.json")
@described(query=LanguageQuery, answer=Words, tagged=True)
def embed_words() -> Response:
    """Get the texts of <live-leaderboard> in a language, and where pictures of players are."""
    words = Words(
        language=rendering.language().tag,
        texts=rendering.texts(*ELEMENT_SECTIONS),
        avatars=parts().base.settings.avatar_url,
    )
    response = _make_cacheable(answer({"data": words}), max_age_seconds=TEXTS_CACHE_SECONDS)
    response.vary.add("Accept-Language")
    return response


@bp.get("/b/<board>.svg")
@image
@described(query=ImageQuery, problems=("period_not_found", "region_not_found"))
def board_image(board: str) -> Response:
    """Get the first rows of a board as an image, for sites that allow nothing else."""
    found = parts().boards.service.readable(board)
    boards, args = parts().boards.service, request.args
    window, period = boards.window(found, args.get("period", ""), args.get("region", ""))
    rows = params.number(args, "rows", 10, least=1, most=50)
    page = boards.entries(found, window, period, limit=rows)
    text = render_template(
        "board.svg",
        page=page,
        region_name=view.region_name(found, window.region),
        ranks=view.ranks(page.rows),
        theme=params.one_of(args, "theme", ("auto", "dark", "light")),
        period_name=rendering.period_name(period),
    )
    response = _image(text)
    response.vary.add("Accept-Language")
    return response


@bp.get("/b/<board>/qr.svg")
@limited("qr")
@image
@described(query=Where, problems=("period_not_found", "region_not_found"))
def board_qr(board: str) -> Response:
    """Get a QR code that leads to a board's page, with the period and the region of the query."""
    boards = parts().boards.service
    period, region = request.args.get("period", ""), request.args.get("region", "")
    boards.window(boards.readable(board), period, region)
    address = link("pages.board", board=board, period=period or None, region=region or None)
    return _image(qr_code(phone_address(address) or address))


@bp.get("/oembed")
@described(
    query=OEmbedQuery,
    answer=Embeddable,
    bare=True,
    problems=("board_not_found", "ledger_unavailable", "unsupported_format"),
)
def oembed() -> Response:
    """Get the code that embeds the board of a link (oembed.com)."""
    oembed_query = query(request.args, OEmbedQuery)
    if oembed_query.format not in ("", "json"):
        raise NotOffered("This server answers oEmbed requests in JSON only: use format=json.")
    found = parts().boards.service.readable(board_in(oembed_query.url, root()) or "")
    title = found.definition.title or found.id
    rows = min(10, found.definition.size)
    width, height = (
        min(oembed_query.maxwidth, 640),
        min(oembed_query.maxheight, HEAD_PIXELS + rows * ROW_PIXELS),
    )
    address = escape(link("pages.embedded", board=found.id))
    frame = (
        f'<iframe src="{address}" title="{escape(title)}" width="{width}" height="{height}" '
        'frameborder="0" loading="lazy"></iframe>'
    )
    embeddable = Embeddable(
        version="1.0",
        type="rich",
        title=title,
        provider_name="Scoreboard",
        provider_url=root(),
        html=frame,
        width=width,
        height=height,
        cache_age=CACHE_SECONDS,
    )
    response = answer(embeddable)
    response.headers["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    return cors.share(response)


def board_in(url: str, root: str) -> str | None:
    """The board whose page a link under `root` leads to; None for any other link."""
    try:
        target, ours = urlsplit(url), urlsplit(root)
    except ValueError:  # as of "http://["
        return None
    if target.netloc != ours.netloc or not target.path.startswith(ours.path):
        return None
    match = BOARD_PAGE.match(target.path.removeprefix(ours.path))
    return match["board"] if match and re.match(BOARD_ID, match["board"]) else None


def _image(svg: str | bytes) -> Response:
    response = Response(svg, content_type=f"{SVG}; charset=utf-8")
    response.headers["Content-Security-Policy"] = rendering.IMAGE_POLICY
    return _make_cacheable(response, max_age_seconds=CACHE_SECONDS)


def _make_cacheable(response: Response, *, max_age_seconds: int) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={max_age_seconds}"
    response.add_etag(weak=True)
    response.make_conditional(request)
    return cors.share(compress(response))
