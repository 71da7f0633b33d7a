"""The register as ODK Collect's entity lists: a CSV for each kind of site, with the sites of the phone's hamlets and no others.

A list is made anew for each question: what it says is what the register says. The same register gives the same bytes, so that a phone
fetches a list again only when something in it has changed.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable

from starlette.responses import Response

from survey.domain.forms import REGISTER_LISTS
from survey.domain.ports import Reader, Row
from survey.domain.problems import FILE_UNKNOWN, QUERY_UNUSABLE, Problem
from survey.domain.sites import SiteKind
from survey.openrosa import wire
from survey.openrosa.calls import Call
from survey.store.entities import select_entities, select_known

# The columns whose names are the specification's (https://getodk.github.io/xforms-spec/entities), then ours.
COLUMNS = ("name", "label", "__version", "code", "hamlet", "hamlet_name", "latitude", "longitude", "geometry")
MOST_IDS = 2000  # a question for more does not fit into an address anyway
_NAMED = re.compile(r'"jr://file(?:-csv)?/([^"/]+)"')


def lists_named_in(xform: str) -> list[str]:
    """The register lists that a form asks for, by file name, in its order."""
    return [name for name in dict.fromkeys(_NAMED.findall(xform)) if name in REGISTER_LISTS]


def describe_list(call: Call, reader: Reader, name: str) -> wire.EntityList:
    """What a manifest says of the list called *name*."""
    digest = hashlib.md5(_content(call, reader, name), usedforsecurity=False).hexdigest()
    stem = name.removesuffix(".csv")
    return wire.EntityList(name, f"md5:{digest}", call.link(f"entities/{name}"), call.link(f"entities/{stem}/integrity"))


def show_entities(call: Call) -> Response:
    """The list as CSV."""
    with call.survey.reading() as reader:
        return Response(_content(call, reader, f"{call.request.path_params['list']}.csv"), media_type="text/csv")


def show_integrity(call: Call) -> Response:
    """For each `id=a,b,c` whether it has left the list: closed, unknown, of another kind or in a hamlet that is not this phone's."""
    wanted = [one for one in call.request.query_params.get("id", "").split(",") if one]
    if len(wanted) > MOST_IDS:
        raise Problem(QUERY_UNUSABLE, name="id", value=f"{len(wanted)} > {MOST_IDS}")
    kind = _kind(f"{call.request.path_params['list']}.csv")
    with call.survey.reading() as reader:
        known = select_known(reader, call.actor.commune, kind, call.actor.hamlets, wanted)
    return Response(wire.integrity((one, one not in known) for one in wanted), media_type="text/xml")


def _content(call: Call, reader: Reader, name: str) -> bytes:
    return write_list(select_entities(reader, call.actor.commune, _kind(name), call.actor.hamlets))


def write_list(sites: Iterable[Row]) -> bytes:
    """The CSV of *sites*, UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_line(site) for site in sites)
    return out.getvalue().encode()


def _kind(name: str) -> SiteKind:
    if name not in REGISTER_LISTS:
        raise Problem(FILE_UNKNOWN, name=name)
    return SiteKind(REGISTER_LISTS[name])


def _line(site: Row) -> tuple[object, ...]:
    place = f" ({site['hamlet_name']})" if site["hamlet_name"] else ""
    label = f"{site['code']} {site['name']}{place}"
    return (
        site["site"], label, site["versions"], site["code"], site["hamlet"] or "", site["hamlet_name"] or "",
        _degrees(site["latitude"]), _degrees(site["longitude"]), _geometry(site),
    )  # fmt: skip


def _geometry(site: Row) -> str:
    """Where Collect draws the site on a map: points `latitude longitude altitude accuracy` (0: not measured), joined by `;`."""
    if site["geometry"] is not None:
        pairs = [(pair[1], pair[0]) for pair in json.loads(site["geometry"])["coordinates"]]
    elif site["latitude"] is not None and site["longitude"] is not None:
        pairs = [(site["latitude"], site["longitude"])]
    else:
        return ""
    return ";".join(f"{_degrees(latitude)} {_degrees(longitude)} 0 0" for latitude, longitude in pairs)


def _degrees(value: float | None) -> str:
    return "" if value is None else f"{float(value):.7f}".rstrip("0").rstrip(".")  # 1 cm
