"""An outbox full of real photos, and the proof that each arrived byte for byte, once: shared by the fault tests and the benchmarks."""

import base64
import hashlib
import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image
from playwright.sync_api import Error, Page

from survey.store.check import find_faults
from survey.wiring import Survey
from tests.conftest import COMMUNE

QUESTIONS = ("photo_1", "photo_2", "photo_irrigation")  # of the garden checklist
_COMMENT = 20  # bytes that make each photo another one

# Sealed visits as field/visit.mjs leaves them, straight into the phone's own store, by the client's own modules.
_FILL = """
async ({ visits, questions, version, base }) => {
  const { keepDraft, recall } = await import('/field/drafts.mjs')
  const { photoRecord } = await import('/field/photos.mjs')
  const { value: me } = await recall('me')
  const bytes = window.basePhoto ??= Uint8Array.from(atob(base), (letter) => letter.charCodeAt(0))
  const unique = () => [bytes.slice(0, 2), new Uint8Array([0xff, 0xfe, 0, 18]), crypto.getRandomValues(new Uint8Array(16)), bytes.slice(2)]
  const made = {}
  for (let number = 0; number < visits; number += 1) {
    const id = `uuid:${crypto.randomUUID()}`
    const now = new Date().toISOString()
    const photos = []
    for (const [index, question] of questions.entries()) {
      const file = new File(unique(), 'IMG.jpg', { type: 'image/jpeg', lastModified: Date.now() })
      const about = { draft: id, question, number: index + 1, source: 'system', before: null }
      photos.push(await photoRecord(file, about))
    }
    const answers = photos.map((photo, index) => `<${questions[index]}>${photo.name}</${questions[index]}>`).join('')
    const meta = `<instanceID>${id}</instanceID><timeStart>${now}</timeStart><timeEnd>${now}</timeEnd>`
    const xml = `<data id="household_garden" version="${version}">${answers}<state>scrub</state>` +
      `<meta xmlns="http://openrosa.org/xforms">${meta}</meta>` +
      `<survey xmlns="urn:ntm-survey:capture:1"><by>${me.person}</by></survey></data>`
    const draft = {
      id, person: me.person, form: 'household_garden', version, title: { vi: 'Vườn của hộ', en: 'Household garden' },
      site: null, hamlet: null, data: {}, replaces: null, state: 'sending', startedAt: now, endedAt: now, changedAt: now,
      fix: null, photoCount: photos.length, desk: false, place: null, xml,
    }
    await keepDraft(draft, { photos })
    made[id] = Object.fromEntries(photos.map((photo) => [photo.name, photo.sha256]))
    await window.confirmed?.({ [id]: made[id] })
  }
  return made
}
"""
_LEFT = """
async () => {
  const { readDrafts, recall } = await import('/field/drafts.mjs')
  const { value: me } = await recall('me')
  return (await readDrafts(me.person)).length
}
"""


@dataclass
class Outbox:
    """What a phone has sealed: for each submission the SHA-256 of each photo by name, and the bytes of all photos together."""

    photos: dict[str, dict[str, str]] = field(default_factory=dict)
    size: int = 0

    def fill(self, page: Page, version: str, visits: int, photo: bytes) -> None:
        """Seal *visits* visits with three photos each on *page*'s phone; each photo is *photo* with bytes of its own."""
        self.add(page.evaluate(_FILL, _given(version, visits, photo)), photo)

    def add(self, made: dict[str, dict[str, str]], photo: bytes) -> None:
        """Remember what the phone has sealed: *made* of the base *photo*."""
        self.photos.update(made)
        self.size += sum(len(photos) for photos in made.values()) * (len(photo) + _COMMENT)

    def faults(self, survey: Survey) -> list[str]:
        """What is not on the server byte for byte, exactly once; empty when all is well."""
        found: list[str] = []
        with survey.reading() as reader:
            for submission, photos in self.photos.items():
                rows = reader.rows(
                    "SELECT name, sha256, state FROM attachment WHERE commune = :commune AND submission = :submission",
                    commune=COMMUNE, submission=submission,
                )  # fmt: skip
                if sorted((row["name"], row["sha256"], row["state"]) for row in rows) != sorted(
                    (name, sha256, "stored") for name, sha256 in photos.items()
                ):
                    found.append(f"{submission}: {[dict(row) for row in rows]}")
            halves = reader.rows("SELECT submission FROM submission WHERE missing_files > 0")
            found += [f"{row['submission']}: files missing" for row in halves]
            found += [str(fault) for fault in find_faults(reader, survey.blobs)]
        for photos in self.photos.values():
            found += [f"{name}: bytes differ" for name, sha256 in photos.items() if _stored_hash(survey, sha256) != sha256]
        return found


def fill_without_end(page: Page, version: str, photo: bytes) -> None:
    """Begin to seal visits on *page*'s phone and do not wait; each that is kept is told to the page's function `confirmed`."""
    page.evaluate(f"(given) => void ({_FILL})(given)", _given(version, 1000, photo))


def left_on_phone(page: Page) -> int:
    """How many visits the phone still holds; -1 while the page is being loaded anew."""
    try:
        return int(page.evaluate(_LEFT))
    except Error:
        return -1


def wait_until_sent(page: Page, seconds: float, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Wait until nothing is left on the phone, calling *meanwhile* now and then. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while left_on_phone(page) != 0:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{left_on_phone(page)} visits are still on the phone")
        meanwhile()
        page.wait_for_timeout(100)


def noise_photo(size: int) -> bytes:
    """A JPEG of at least *size* bytes, noise, which does not compress further."""
    side, content = 64, b""
    while len(content) < size:
        side = max(side + 16, int(side * (size / max(1, len(content))) ** 0.5) if content else side)
        buffer = io.BytesIO()
        Image.effect_noise((side, side), 90).convert("RGB").save(buffer, "JPEG", quality=92)
        content = buffer.getvalue()
    return content


def _given(version: str, visits: int, photo: bytes) -> dict[str, object]:
    return {"visits": visits, "questions": list(QUESTIONS), "version": version, "base": base64.b64encode(photo).decode()}


def _stored_hash(survey: Survey, sha256: str) -> str:
    digest = hashlib.sha256()
    if survey.blobs.size(sha256) is not None:
        for piece in survey.blobs.read(sha256):
            digest.update(piece)
    return digest.hexdigest()
