"""What stands beside a sealed bundle, for those who may export: the key's sheet of paper, posted heads, time-stamps."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from survey import deliver, heads
from survey.domain.people import Ability, Actor
from survey.domain.problems import SIGNING_KEY_NONE, TIMESTAMP_NONE, Problem
from survey.domain.times import optional_to_text
from survey.paper.key_sheet import key_sheet
from survey.store.head_posts import select_bag_name, select_timestamp
from survey.store.people import select_commune_sign
from survey.store.signing_keys import select_signing_keys
from survey.web import session
from survey.web.pdf import pdf_response

_MOST_BAGS = 1_000_000  # more than any bundle has; a longer number would not fit into a column of PostgreSQL
_TOKEN_TYPE = "application/timestamp-reply"  # noqa: S105  # nosec B105 # a media type


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [
        Route("/print/key", print_key, methods=["GET"]),
        Route("/heads.json", list_heads, methods=["GET"]),
        Route("/bundles/{bundle}/{number:int}.tsr", download_timestamp, methods=["GET"]),
    ]


def print_key(request: Request) -> Response:
    """Answer the fingerprint sheet as PDF, from what is registered. Raises SIGN_IN_NEEDED, NOT_ALLOWED, SIGNING_KEY_NONE."""
    actor = _reader(request)
    survey = session.open()
    with survey.reading() as reader:
        keys = select_signing_keys(reader)
        name, demonstration = select_commune_sign(reader, actor.commune)
    if not keys:
        raise Problem(SIGNING_KEY_NONE)
    return pdf_response(key_sheet(actor.commune, name, keys, survey.now(), demonstration=demonstration), f"khoa-niem-phong-{actor.commune}")


def list_heads(request: Request) -> Response:
    """Answer the heads that were posted, the newest first. Raises SIGN_IN_NEEDED, NOT_ALLOWED."""
    actor = _reader(request)
    found = [
        {
            "day": post.day.isoformat(), "seq": post.seq, "hash": post.hash, "address": post.address,
            "posted_at": optional_to_text(post.posted_at), "answer": post.answer,
        }
        for post in heads.posted(session.open(), actor)
    ]  # fmt: skip
    return JSONResponse({"commune": actor.commune, "heads": found}, headers={"Cache-Control": "no-store"})


def download_timestamp(request: Request) -> Response:
    """Answer a time authority's word on one zip of a bundle. Raises SIGN_IN_NEEDED, NOT_ALLOWED, BUNDLE_UNKNOWN, TIMESTAMP_NONE."""
    actor = _reader(request)
    bundle, number = request.path_params["bundle"], request.path_params["number"]
    deliver.find_bundle(session.open(), actor, bundle)  # who may not have the bundle hears nothing of it
    with session.open().reading() as reader:
        held = select_timestamp(reader, actor.commune, bundle, number) if number < _MOST_BAGS else None
        name = None if held is None else select_bag_name(reader, actor.commune, bundle, number)
    if held is None or name is None:
        raise Problem(TIMESTAMP_NONE)
    headers = {
        "Content-Disposition": f'attachment; filename="{name.removesuffix(".zip")}.tsr"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(held[0], media_type=_TOKEN_TYPE, headers=headers)


def _reader(request: Request) -> Actor:
    actor = session.actor_of(request)
    actor.require(Ability.SEE_EVIDENCE)
    return actor
