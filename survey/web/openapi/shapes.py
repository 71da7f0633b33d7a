"""JSON schemas of what our routes take and answer: small builders, and the objects that several routes share."""

from typing import Any

from survey.domain.people import Role
from survey.domain.proposals import Certainty
from survey.domain.sites import SiteKind
from survey.domain.submissions import FileState, State

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
INTEGER: Schema = {"type": "integer"}
COUNT: Schema = {"type": "integer", "minimum": 0}
YES_NO: Schema = {"type": "boolean"}
ANY_OBJECT: Schema = {"type": "object"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
KIND: Schema = {"type": "string", "enum": [kind.value for kind in SiteKind]}
STATE: Schema = {"type": "string", "enum": [state.value for state in State]}


def thing(optional: tuple[str, ...] = (), /, **properties: Schema) -> Schema:
    """An object with these properties and no others; all of them always there but the *optional* ones."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def many(schema: Schema) -> Schema:
    """A list of *schema*."""
    return {"type": "array", "items": schema}


def row(*schemas: Schema) -> Schema:
    """A list with one value of each of *schemas*, in their order."""
    return {"type": "array", "prefixItems": list(schemas), "minItems": len(schemas), "maxItems": len(schemas)}


def by_name(schema: Schema) -> Schema:
    """An object that holds *schema* under names of its own."""
    return {"type": "object", "additionalProperties": schema}


def maybe(schema: Schema) -> Schema:
    """*schema*, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def shared(name: str) -> Schema:
    """A reference to the schema called *name* in `SHARED`."""
    return {"$ref": f"#/components/schemas/{name}"}


WORDS = by_name(TEXT)
_PLACE = {"latitude": maybe(NUMBER), "longitude": maybe(NUMBER)}
_SITE = {"site": TEXT, "code": TEXT, "name": TEXT, "kind": KIND, "hamlet": maybe(TEXT), **_PLACE}
_EARLIER = {"form": TEXT, "question": TEXT, "repeat": TEXT, "sha256": SHA256, "submission": TEXT, "captured_at": maybe(MOMENT)}
_STANDING = {
    "id": TEXT, "code": TEXT, "form": TEXT, "version": TEXT, "state": STATE, "reason": maybe(TEXT), "missing": many(TEXT),
    "site": maybe(thing(site=TEXT, code=TEXT, name=TEXT)), "received_at": MOMENT,
}  # fmt: skip

SHARED: dict[str, Schema] = {
    "Problem": thing(
        code={"type": "string", "pattern": "^[A-Z][A-Z0-9_]*$", "description": "A code of docs/problems.md"},
        message={"type": "string", "description": "What went wrong, in the language of who asks"},
        remedy={"type": "string", "description": "What to do about it"},
    ),
    "Commune": thing(code=TEXT, name=TEXT, center=row(NUMBER, NUMBER), demonstration=YES_NO),
    "Site": thing(**_SITE, distance_m=maybe(NUMBER)),
    "RegisterSite": thing(("line",), **_SITE, line=many(row(NUMBER, NUMBER))),
    "FormHead": thing(form=TEXT, version=TEXT, title=WORDS, site_kind=TEXT),
    "Standing": thing(**_STANDING),
    "TitledStanding": thing(**_STANDING, title=WORDS),
    "File": thing(name=TEXT, state={"type": "string", "enum": [state.value for state in FileState]}, sha256=maybe(SHA256)),
    "EarlierPhoto": thing(**_EARLIER),
    "EarlierPhotoOfSite": thing(**_EARLIER, site=maybe(TEXT)),
    "Receipt": thing(
        id=TEXT, code=TEXT, state=STATE, missing=many(TEXT), head=TEXT, received_at=MOMENT, server_time=MOMENT,
        clock_drift_s=maybe(NUMBER),
    ),
    "PhotoReceipt": thing(
        name=TEXT, sha256=SHA256, size=COUNT, accepted=YES_NO, reason=maybe(TEXT), message=maybe(TEXT), missing=many(TEXT)
    ),
    "DeskPhoto": thing(
        sha256=SHA256, name=TEXT, time=TEXT, day=TEXT, date=TEXT, timed=YES_NO, site=TEXT, chosen=YES_NO, others=many(TEXT),
        certainty={"type": "string", "enum": [one.value for one in Certainty]}, place=TEXT, left_out=YES_NO, handed_in=TEXT,
        small=maybe(YES_NO),
    ),
    "DeskSite": thing(site=TEXT, code=TEXT, name=TEXT, kind=KIND, hamlet=TEXT),
    "Fault": thing(code=TEXT, place=TEXT, meaning=TEXT, advice=TEXT),
    "Role": {"type": "string", "enum": [role.value for role in Role]},
}  # fmt: skip
