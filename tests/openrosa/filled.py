"""Instances and photos as ODK Collect hands them in: no block of ours, the phone's own questions filled."""

import io
import uuid
from collections.abc import Mapping

from PIL import Image

from survey.forms.render import render_instance
from survey.store.forms import select_forms, select_tree
from survey.wiring import Survey
from tests.conftest import COMMUNE

_NOTED = {"start": "2026-11-23T08:00:00.000+07:00", "end": "2026-11-23T08:05:00.000+07:00", "deviceid": "collect:k7m29qxdAAAAAAAA"}
PHOTOS = ("1732331488123.jpg", "1732331502456.jpg")


def new_id() -> str:
    """A fresh instanceID."""
    return f"uuid:{uuid.uuid4()}"


def filled(survey: Survey, form: str, instance_id: str, values: Mapping[str, object], *, corrects: str = "") -> bytes:
    """The present version of *form* filled with *values*; *corrects* is the instanceID that it replaces."""
    with survey.reading() as reader:
        version = next(head.version for head in select_forms(reader, COMMUNE) if head.form == form)
        tree = select_tree(reader, COMMUNE, form, version)
    assert tree is not None
    meta = {"instanceID": instance_id} | ({"deprecatedID": corrects} if corrects else {})
    return render_instance(tree, _NOTED | values, meta)


def fence(
    survey: Survey, instance_id: str, *, site: str = "", photos: tuple[str, ...] = PHOTOS, green: int = 15, corrects: str = ""
) -> bytes:
    """The fence checklist filled in, with *photos* named."""
    answers = {"site": site, "total_m": 20, "green_m": green, "kind": "hedge"}
    named = dict(zip(("photo_1", "photo_2"), photos, strict=False))
    return filled(survey, "household_fence", instance_id, answers | named, corrects=corrects)


def jpeg(colour: str = "green", size: tuple[int, int] = (640, 480)) -> bytes:
    """A small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()
