"""What a reviewer reads of real bytes: from the file that a phone sends through receipt and worker to the flag, on both engines."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from PIL import Image

from survey import receive
from survey.domain.submissions import Fix
from survey.domain.times import VIETNAM
from survey.photos.drawing import Scene, Shot, draw_photo
from survey.store.deployment import insert_round
from survey.store.flags import select_flags
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.develop.conftest import BRINGER, REUSE, run_jobs, village
from tests.develop.edits import saved
from tests.photos.test_looks import with_thumbnail
from tests.receive.conftest import fence, new_id, stage, stocked, survey

__all__ = ["stocked", "survey", "village"]

MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=VIETNAM)
NIGHT = MORNING.replace(hour=22)
PLACE = Fix(18.0501234, 106.0502345, 6.0, 14.0)


@dataclass(frozen=True)
class Sent:
    """A photo as the phone sends it: the file's bytes, when the visit was, and where the phone was."""

    content: bytes
    visited: datetime = MORNING
    phone: Fix = PLACE


def shot(**changes: object) -> bytes:
    """A drawn photo of a yard in the morning with the camera's own position and satellites' time, or changed."""
    plain = Shot(Scene.YARD, str(sorted(changes.items(), key=str)), MORNING, replace(PLACE, at=MORNING))
    return draw_photo(replace(plain, **changes))  # type: ignore[arg-type]


def edited(change: Callable[[Image.Image], Image.Image], **options: object) -> bytes:
    """The plain photo after *change*, its EXIF kept."""
    with Image.open(io.BytesIO(shot())) as image:
        out = io.BytesIO()
        change(image.convert("RGB")).save(out, "JPEG", exif=image.info["exif"], **options)
        return out.getvalue()


def thumbnail_of_another_picture() -> bytes:
    """A picture turned upside down after capture, by a program that left the thumbnail as it was."""
    with Image.open(io.BytesIO(shot())) as image:
        return with_thumbnail(saved(image.transpose(Image.Transpose.ROTATE_180)), saved(image.resize((160, 120))))


def through_a_chat_app() -> bytes:
    """The picture as a chat app writes it: JFIF, progressive, nothing else."""
    with Image.open(io.BytesIO(shot())) as image:
        out = io.BytesIO()
        image.convert("RGB").save(out, "JPEG", quality=75, progressive=True)
        return out.getvalue()


def holed() -> bytes:
    """Some thousand bytes in the middle are nought."""
    content = bytearray(shot())
    middle = len(content) // 2
    content[middle : middle + 8000] = bytes(8000)
    return bytes(content)


CASES: dict[str, tuple[Callable[[], Sent], set[str]]] = {
    "plain": (lambda: Sent(shot()), set()),
    "older than the round": (lambda: Sent(shot(taken_at=MORNING - timedelta(days=60), fix=None)), {"before_round", "taken_outside_visit"}),
    "thumbnail of another picture": (lambda: Sent(thumbnail_of_another_picture()), {"other_thumbnail", "metadata_missing"}),
    "chat app": (lambda: Sent(through_a_chat_app()), {"chat_app"}),
    "light of a room": (lambda: Sent(shot(lv=5.0)), {"not_daylight"}),
    "daylight in the night": (lambda: Sent(shot(taken_at=NIGHT, fix=replace(PLACE, at=NIGHT)), visited=NIGHT), {"sun_down_bright"}),
    "outdoors by night": (lambda: Sent(shot(taken_at=NIGHT, fix=None, lv=3.0), visited=NIGHT), {"taken_at_night"}),
    "faked position": (lambda: Sent(shot(), phone=replace(PLACE, accuracy_m=0.0)), {"accuracy_zero"}),
    "far away": (lambda: Sent(shot(fix=None), phone=replace(PLACE, latitude=18.0567891)), {"far_from_site"}),
    "cell tower": (lambda: Sent(shot(fix=None), phone=replace(PLACE, accuracy_m=800.0)), {"position_vague"}),
    "elsewhere in EXIF": (lambda: Sent(shot(fix=replace(PLACE, latitude=18.0567891, at=MORNING))), {"exif_elsewhere"}),
    "camera a day off": (lambda: Sent(shot(fix=replace(PLACE, at=MORNING - timedelta(days=1)))), {"camera_clock_off"}),
    "damaged": (lambda: Sent(holed()), {"pixels_damaged"}),
    "blurred": (lambda: Sent(shot(blur_px=14.0)), {"blurred"}),
    # Little light leaves little contrast.
    "dark": (lambda: Sent(edited(lambda image: image.point(lambda value: value * 0.15))), {"dark", "blurred"}),
    "black": (lambda: Sent(edited(lambda image: image.point(lambda value: value * 0.01))), {"black"}),
    "small": (lambda: Sent(edited(lambda image: image.resize((640, 480)), quality=92)), {"low_resolution"}),
}


def instance(opened: Survey, instance_id: str, sent: Sent) -> bytes:
    """The visit's checklist with the phone's positions around the photo."""
    begun, ended = (sent.visited + timedelta(minutes=minutes) for minutes in (-3, 4))
    phone = sent.phone
    where = {"latitude": phone.latitude, "longitude": phone.longitude, "accuracy": phone.accuracy_m, "altitude": phone.altitude_m}
    fix = " ".join(f'{name}="{value}"' for name, value in where.items())
    photo = f'<photo name="a.jpg" source="system"><after {fix} at="{sent.visited.isoformat()}"/></photo></survey>'
    xml = fence(opened, instance_id, end=ended.isoformat()).decode()
    return xml.replace("2026-11-20T08:00:00.000+07:00", begun.isoformat()).replace("</survey>", photo).encode()


@pytest.mark.usefixtures("village")
def test_each_cheat_and_each_fault_is_told_and_nothing_else(stocked: Survey) -> None:
    """What the file and the phone say of each visit's photo; reuse has its own tests, and so has what lies between visits."""
    with stocked.transaction() as tx:
        insert_round(tx, COMMUNE, "2026-2", "Đợt 2", MORNING.date() - timedelta(days=10), MORNING.date() + timedelta(days=10))
    sent = {}
    for name, (make, _) in CASES.items():
        instance_id, photo = new_id(), make()
        receive.submission(stocked, BRINGER, instance(stocked, instance_id, photo), door="field")
        receive.photo(stocked, BRINGER, instance_id, "a.jpg", stage(stocked, photo.content))
        sent[name] = instance_id
    run_jobs(stocked)

    with stocked.reading() as reader:
        flags = {name: select_flags(reader, COMMUNE, each) for name, each in sent.items()}
    told = {name: {flag["code"] for flag in rows if flag["attachment"]} - REUSE for name, rows in flags.items()}
    assert told == {name: expected for name, (_, expected) in CASES.items()}


def test_altitudes_of_nought_are_told_of_the_visit(stocked: Survey) -> None:
    """Not of one whose phone knows no altitude."""
    instance_id, unknown = new_id(), new_id()
    both = '<photo name="a.jpg" source="system"><before {0} at="{1}"/><after {0} at="{1}"/></photo></survey>'
    for each, altitude in ((instance_id, ' altitude="0"'), (unknown, "")):
        fixes = both.format(f'latitude="18.0501234" longitude="106.0502345" accuracy="6"{altitude}', MORNING.isoformat())
        xml = fence(stocked, each, end=(MORNING + timedelta(minutes=4)).isoformat()).decode().replace("</survey>", fixes)
        receive.submission(stocked, BRINGER, xml.encode(), door="field")
    run_jobs(stocked)

    with stocked.reading() as reader:
        told = [{flag["code"] for flag in select_flags(reader, COMMUNE, each)} & {"altitude_zero"} for each in (instance_id, unknown)]
    assert told == [{"altitude_zero"}, set()]
