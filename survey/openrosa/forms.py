"""What there is to fill in: the list of forms, a form as ODK Collect reads it, and the manifest of its files."""

from starlette.responses import Response

from survey.domain.forms import FormHead
from survey.domain.ports import Reader
from survey.domain.problems import FORM_UNKNOWN, Problem
from survey.openrosa import wire
from survey.openrosa.calls import Call
from survey.openrosa.entities import describe_list, lists_named_in
from survey.store.forms import select_form, select_xforms

XML = "text/xml"
_KINDS = {
    "household": ("Phiếu cho hộ", "For households"),
    "road_segment": ("Phiếu cho đoạn đường", "For road segments"),
    "public_place": ("Phiếu cho điểm công cộng", "For public places"),
}


def show_list(call: Call) -> Response:
    """`formList`: the present version of each form; `formID`, `listAllVersions` and `verbose` as the specification has them."""
    query = call.request.query_params
    with call.survey.reading() as reader:
        found = select_xforms(
            reader, call.actor.commune, form=query.get("formID") or None, all_versions=query.get("listAllVersions") == "true"
        )
    listed = [_listed(call, head, xform, verbose=query.get("verbose") == "true") for head, xform in found]
    return Response(wire.form_list(listed), media_type=XML)


def show_form(call: Call) -> Response:
    """A form's version as it was compiled when it was loaded: the bytes whose hash the list gives."""
    with call.survey.reading() as reader:
        return Response(_xform(reader, call).encode(), media_type=XML)


def show_manifest(call: Call) -> Response:
    """The register lists that a form's version offers, each with the hash of what this phone would get of it."""
    with call.survey.reading() as reader:
        lists = [describe_list(call, reader, name) for name in lists_named_in(_xform(reader, call))]
    return Response(wire.manifest(lists), media_type=XML)


def _xform(reader: Reader, call: Call) -> str:
    form, version = call.request.path_params["form"], call.request.path_params["version"]
    found = select_form(reader, call.actor.commune, form, version)
    if found is None:
        raise Problem(FORM_UNKNOWN, form=form, version=version)
    return found.xform


def _listed(call: Call, head: FormHead, xform: str, *, verbose: bool) -> wire.ListedForm:
    path = f"forms/{head.form}/{head.version}"
    vi, en = _KINDS.get(head.site_kind, ("", ""))
    return wire.ListedForm(
        id=head.form,
        name=head.title.get(call.language) or next(iter(head.title.values()), head.form),
        version=head.version,
        hash=head.xform_md5,
        url=call.link(f"{path}.xml"),
        manifest_url=call.link(f"{path}/manifest") if lists_named_in(xform) else None,
        description=(en if call.language == "en" else vi) if verbose else None,
    )
