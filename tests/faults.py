"""An outbox full of real photos, and the proof that each arrived byte for byte, once: shared by the fault tests and the benchmarks."""

import base64
import hashlib
import io
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Error, Page

from survey.domain.times import to_text
from survey.store.check import find_faults
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS

QUESTIONS = ("photo_1", "photo_2", "photo_irrigation")  # of the garden checklist
_COMMENT = 20  # bytes that make each photo another one

# Whole visits by the client's own modules, as a thumb on its screens would make them; `confirmed` hears of each that is sealed.
_FILL = """
async ({ visits, questions, hamlet, base }) => {
  const modules = ['visit', 'position', 'work', 'drafts'].map((name) => import(`/field/${name}.mjs`))
  const [{ Visit }, { Watch }, { Work }, { keep }] = await Promise.all(modules)
  const work = new Work(`${location.origin}/api/`)
  await work.load()
  const [{ form, version }] = work.forms
  const tree = await work.tree(form, version)
  const bytes = window.basePhoto ??= Uint8Array.from(atob(base), (letter) => letter.charCodeAt(0))
  const comment = () => [new Uint8Array([0xff, 0xfe, 0, 18]), crypto.getRandomValues(new Uint8Array(16))]
  const camera = () => new File([bytes.subarray(0, 2), ...comment(), bytes.subarray(2)], 'IMG.jpg', { type: 'image/jpeg' })
  const made = {}
  for (let number = 0; number < visits; number += 1) {
    const visit = Visit.begin({ person: work.me.person, site: null, hamlet, tree, watch: new Watch(), desk: false })
    const pathOf = (name) => [...visit.answers.nodes.values()].find(({ node }) => node.name === name).node.path
    for (const [name, answer] of [['state', 'scrub'], ['model_status', 'not_registered'], ['irrigation', 'proper']]) {
      visit.answer(pathOf(name), [], answer)
    }
    for (const name of questions) {
      const about = { source: 'system', before: null, picture: null }
      const trouble = await visit.takePhoto({ path: pathOf(name), at: [], node: { name } }, camera(), about)
      if (trouble) throw new Error(trouble)
    }
    if (!(await visit.seal())) throw new Error('not sealed')
    const sealed = { [visit.draft.id]: Object.fromEntries(visit.draft.files.map(({ name, sha256 }) => [name, sha256])) }
    Object.assign(made, sealed)
    await window.confirmed?.(sealed)
  }
  await keep('current', null)
  return made
}
"""
_LEFT = """
async () => {
  const { readOutbox } = await import('/field/drafts.mjs')
  return (await readOutbox()).length
}
"""
# Why each sealed visit waits: what the phone notes of it and of its files, whose bytes are here, and which pages are at it.
_WAITING = """
async () => {
  const { readOutbox, readPhotos } = await import('/field/drafts.mjs')
  const { held, pending } = await navigator.locks.query()
  const why = (trouble) => trouble && `${trouble.code} ${trouble.status} at ${trouble.at} ${trouble.sentence}`.trim()
  const visits = (await readOutbox()).map(async ({ id, state, receipt, trouble, files = [] }) => {
    const here = (await readPhotos(id)).map(({ name, bytes }) => `${name}: ${bytes ? bytes.size : 'no'} bytes`)
    const sent = files.map((file) => ({ name: file.name, state: file.state, here: file.here, trouble: why(file.trouble) }))
    return { id, state, form: receipt ? 'stored' : 'waiting', trouble: why(trouble), files: sent, here }
  })
  const locks = (found) => found.map(({ name, clientId }) => `${name} by ${clientId}`)
  return { now: new Date().toISOString(), visits: await Promise.all(visits), held: locks(held), pending: locks(pending) }
}
"""
# Photos on the phone whose bytes are no longer what was taken, and sealed visits without one of their photos.
_TORN = """
async () => {
  const { readDrafts, readPhotos, recall } = await import('/field/drafts.mjs')
  const { sha256 } = await import('/field/photos.mjs')
  const { value: me } = await recall('me')
  const torn = []
  for (const draft of await readDrafts(me.person)) {
    const photos = await readPhotos(draft.id)
    for (const photo of photos) if ((await sha256(await photo.bytes.arrayBuffer())) !== photo.sha256) torn.push(photo.name)
    const lacking = (draft.files ?? []).filter(({ name }) => !photos.some((photo) => photo.name === name))
    torn.push(...lacking.map(({ name }) => `${draft.id} ${name}`))
  }
  return torn
}
"""


@dataclass
class Outbox:
    """What a phone has sealed: for each submission the SHA-256 of each photo by name, and the bytes of all photos together."""

    photos: dict[str, dict[str, str]] = field(default_factory=dict)
    size: int = 0
    since: str = field(default_factory=lambda: to_text(datetime.now(UTC)))

    def fill(self, page: Page, visits: int, photo: bytes) -> None:
        """Seal *visits* visits with three photos each on *page*'s phone; each photo is *photo* with bytes of its own."""
        self.add(page.evaluate(_FILL, _given(visits, photo)), photo)

    def add(self, made: dict[str, dict[str, str]], photo: bytes) -> None:
        """Remember what the phone has sealed: *made* of the base *photo*."""
        self.photos.update(made)
        self.size += sum(len(photos) for photos in made.values()) * (len(photo) + _COMMENT)

    def add_taken(self, submission: str, photos: dict[str, Path]) -> None:
        """Remember a visit that was filled by thumb: the files that the camera gave, by the photos' names."""
        contents = {name: path.read_bytes() for name, path in photos.items()}
        self.photos[submission] = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
        self.size += sum(map(len, contents.values()))

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
            halves = reader.rows("SELECT submission FROM submission WHERE missing_files > 0 AND received_at >= :since", since=self.since)
            found += [f"{row['submission']}: files missing" for row in halves]
            found += [str(fault) for fault in find_faults(reader, survey.blobs)]
        for photos in self.photos.values():
            found += [f"{name}: bytes differ" for name, sha256 in photos.items() if _stored_hash(survey, sha256) != sha256]
        return found


def fill_without_end(page: Page, photo: bytes) -> None:
    """Begin to seal visits on *page*'s phone and do not wait; each that is sealed is told to the page's function `confirmed`."""
    page.evaluate(f"(given) => void ({_FILL})(given)", _given(1000, photo))


def left_on_phone(page: Page) -> int:
    """How many sealed visits the phone still holds; -1 while the page is being loaded anew."""
    try:
        return int(page.evaluate(_LEFT))
    except Error:
        return -1


def waiting_on_phone(page: Page) -> str:
    """Why each sealed visit is still on *page*'s phone, for who reads a failed test."""
    try:
        return json.dumps(page.evaluate(_WAITING), ensure_ascii=False, indent=1)
    except Error as error:
        return f"the page cannot say: {error.message}"


def torn_on_phone(page: Page) -> list[str]:
    """Photos on *page*'s phone that are not whole any more."""
    return list(page.evaluate(_TORN))


def wait_until_sent(page: Page, seconds: float, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Wait until nothing sealed is left on the phone, calling *meanwhile* now and then. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while left_on_phone(page) != 0:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{left_on_phone(page)} visits are still on the phone: {waiting_on_phone(page)}")
        meanwhile()
        page.wait_for_timeout(50)


def noise_photo(size: int) -> bytes:
    """A JPEG of at least *size* bytes, noise, which does not compress further."""
    side, content = 64, b""
    while len(content) < size:
        side = max(side + 16, int(side * (size / max(1, len(content))) ** 0.5) if content else side)
        buffer = io.BytesIO()
        Image.effect_noise((side, side), 90).convert("RGB").save(buffer, "JPEG", quality=92)
        content = buffer.getvalue()
    return content


def _given(visits: int, photo: bytes) -> dict[str, object]:
    return {"visits": visits, "questions": list(QUESTIONS), "hamlet": HAMLETS[0], "base": base64.b64encode(photo).decode()}


def _stored_hash(survey: Survey, sha256: str) -> str:
    digest = hashlib.sha256()
    if survey.blobs.size(sha256) is not None:
        for piece in survey.blobs.read(sha256):
            digest.update(piece)
    return digest.hexdigest()
