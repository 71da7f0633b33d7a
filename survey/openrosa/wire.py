"""OpenRosa's wire texts: headers, envelope, form list, manifest and integrity (https://docs.getodk.org/openrosa/)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape  # nosec B406 # it writes XML and reads none

from starlette.responses import Response

VERSION = "1.0"
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True)
class ListedForm:
    """One form of a form list; *hash* is `md5:` and the hex of its bytes, *manifest_url* None where it needs no file."""

    id: str
    name: str
    version: str
    hash: str
    url: str
    manifest_url: str | None = None
    description: str | None = None


@dataclass(frozen=True)
class EntityList:
    """A register list of a manifest: its file name, hash and addresses."""

    name: str
    hash: str
    url: str
    integrity_url: str


def headers(*, limit: int) -> dict[str, str]:
    """The headers of every answer beside `Date`, which the server itself writes; *limit* is the largest request body in bytes."""
    return {
        "X-OpenRosa-Version": VERSION,
        "X-OpenRosa-Accept-Content-Length": str(limit),
        "X-Content-Type-Options": "nosniff",
    }


def envelope(status: int, nature: str, message: str, *, limit: int, language: str = "vi") -> Response:
    """An answer that Collect shows to its user; *nature* is `submit_success` or `error`."""
    said = f'<message nature="{nature}">{escape(_writable(message))}</message>'
    body = f'<OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0">{said}</OpenRosaResponse>'
    return Response(body, status, headers(limit=limit) | {"Content-Language": language}, media_type="text/xml")


def form_list(forms: Iterable[ListedForm]) -> str:
    """The document of a form list."""
    return f'{_HEAD}<xforms xmlns="http://openrosa.org/xforms/xformsList">{"".join(map(_form, forms))}</xforms>'


def manifest(lists: Iterable[EntityList]) -> str:
    """The document that names a form's files."""
    return f'{_HEAD}<manifest xmlns="http://openrosa.org/xforms/xformsManifest">{"".join(map(_entity_list, lists))}</manifest>'


def integrity(deleted: Iterable[tuple[str, bool]]) -> str:
    """The document that says which entities (by id) are no longer in a list."""
    entities = "".join(
        f"<entity{_attribute('id', identifier)}>{_element('deleted', str(gone).lower())}</entity>" for identifier, gone in deleted
    )
    return f"{_HEAD}<data><entities>{entities}</entities></data>"


def _form(form: ListedForm) -> str:
    given = {
        "formID": form.id, "name": form.name, "version": form.version, "hash": form.hash, "descriptionText": form.description,
        "downloadUrl": form.url, "manifestUrl": form.manifest_url,
    }  # fmt: skip
    return f"<xform>{''.join(_element(name, text) for name, text in given.items() if text is not None)}</xform>"


def _entity_list(one: EntityList) -> str:
    given = {"filename": one.name, "hash": one.hash, "downloadUrl": one.url, "integrityUrl": one.integrity_url}
    return f'<mediaFile type="entityList">{"".join(_element(name, text) for name, text in given.items())}</mediaFile>'


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(_writable(text))}</{name}>"


def _attribute(name: str, text: str) -> str:
    return f' {name}="{escape(_writable(text), {chr(34): "&quot;"})}"'


def _writable(text: str) -> str:
    """*text* without what XML 1.0 cannot hold."""
    return _UNWRITABLE.sub("", text)
