"""A submission's photos: a grid of thumbnails that open large, with where, when and how each was taken.

Photos come from our own routes by the reader's role; nothing passes through Streamlit's media files, which anybody may fetch.
"""

from datetime import datetime
from typing import Any

import streamlit as st

from survey.domain.checks import CHECKS, Finding
from survey.domain.photos import REFUSALS
from survey.domain.ports import Row
from survey.domain.submissions import FileState, Fix, Source
from survey.domain.times import VIETNAM
from survey.web import text
from survey.web.review_answers import question_labels
from survey.web.review_case import Case, Shot
from survey.web.text import _


def show_photos(case: Case) -> None:
    """Show all files of *case* in the form's order, with those that are missing or were refused."""
    if not case.shots:
        st.write(_("This submission has no photos."))
        return
    labels = question_labels(case.tree, text.locale())
    words = {
        "close": _("Close"), "next": _("Next photo"), "previous": _("Previous photo"), "original": _("Original file"),
        "open": _("Enlarge"), "warning": _("Warning") + ":", "failed": _("No preview can be made; open the original file."),
        "privacy": _("Faces, plates, erasing"),
    }  # fmt: skip
    _GALLERY(data={"photos": [photo_card(case, shot, labels) for shot in case.shots], "words": words}, key="review_gallery")


def photo_card(case: Case, shot: Shot, labels: dict[str, str]) -> dict[str, Any]:
    """One card of the grid: addresses where there is a picture, a sentence where there is none, and the facts as lines."""
    attachment = shot.attachment
    warnings = [flag_sentence(flag) for flag in case.flags if flag["attachment"] == attachment.name and flag["code"] != "file_refused"]
    return {
        "name": attachment.name,
        "title": labels.get(attachment.question) or attachment.name,
        "address": f"/photos/{attachment.sha256}" if shot.is_photo else "",
        "waiting": shot.views == "waiting",
        "absent": _absence(shot),
        "lines": _facts(case, shot) if shot.is_photo else [],
        "warnings": warnings,
    }


def flag_sentence(flag: Row, labels: dict[str, str] | None = None) -> str:
    """A flag in words; questions by their *labels*. A check that this version does not know shows its code."""
    if flag["code"] not in CHECKS:
        return str(flag["code"])
    figures = {name: _figure(name, value) for name, value in flag["figures"].items()}
    if labels and "questions" in figures:
        figures["questions"] = [labels.get(name, name) for name in figures["questions"]]
    return Finding(flag["code"], flag["severity"], figures, flag["attachment"]).sentence(text.locale())


def _figure(name: str, value: Any) -> Any:
    """A figure as people write it; checks keep times of Vietnam as `2026-11-23 07:32`."""
    if isinstance(value, int | float):
        return text.format_number(value)
    return text.format_datetime(datetime.fromisoformat(value).replace(tzinfo=VIETNAM)) if name.endswith("_at") else value


def source_words(source: Source) -> str:
    """How a photo came to be."""
    return {
        Source.SYSTEM: _("phone's camera"), Source.IN_PAGE: _("camera in the page"), Source.FRAME: _("one frame of the video"),
        Source.PICKED: _("picked from the phone's pictures"), Source.DESK: _("added at a desk"), Source.UNKNOWN: _("origin not given"),
    }[source]  # fmt: skip


def _absence(shot: Shot) -> str:
    attachment = shot.attachment
    if shot.erased_at is not None:
        return _("Erased on {date}; the hash and the log remain.", date=text.format_date(shot.erased_at))
    if attachment.state is FileState.MISSING:
        return _("Not here yet: the phone has not sent this file.")
    if attachment.state is FileState.REFUSED:
        refusal = REFUSALS.get(attachment.reason or "unreadable", REFUSALS["unreadable"])
        return _("Not taken as a photo: {reason}", reason=refusal.vi if text.locale() == "vi" else refusal.en)
    return ""


def _facts(case: Case, shot: Shot) -> list[str]:
    facts, capture = shot.facts, shot.attachment.capture
    lines = [place_words(case.distance_m(shot.fix), shot.fix) if shot.fix else _("no position")]
    if shot.from_file:
        lines[0] += " " + _("(position from the file)")
    if facts.taken_at is not None:
        moment = facts.taken_at
        lines.append(text.format_datetime(moment) if moment.tzinfo else f"{moment:%H:%M %d/%m/%Y}")
    lines.append(source_words(capture.source))
    camera = " ".join(part for part in (facts.make, facts.model) if part)
    lines += [camera] if camera else []
    if shot.attachment.state is FileState.UNREFERENCED:
        lines.append(_("the form does not name this file"))
    return lines


def place_words(distance_m: float | None, fix: Fix) -> str:
    """How far from the registered place, and how sure the phone was; or that no phone measured it."""
    sure = "" if fix.accuracy_m is None else f" (±{text.format_distance(fix.accuracy_m)})"
    sure += f" ({_('position entered by hand')})" if fix.by_hand else ""
    if distance_m is None:
        return _("position known") + sure
    return _("{distance} from the registered place", distance=text.format_distance(distance_m)) + sure


_HTML = """
<div class="grid"></div>
<dialog><header><span class="where"></span><button type="button" class="close">✕</button></header>
<div class="stage"><button type="button" class="previous">‹</button><img alt=""><button type="button" class="next">›</button></div>
<footer><div class="facts"></div><a class="privacy" target="_blank" rel="noopener"></a>
<a class="original" target="_blank" rel="noopener"></a></footer></dialog>
"""

_CSS = """
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(200px, 46%), 1fr)); gap: .6rem;
  font-family: var(--st-font); color: var(--st-text-color); }
.card { max-width: 420px; border: 1px solid var(--st-border-color);
  border-radius: .5rem; overflow: hidden; display: flex; flex-direction: column; }
.card button.picture { padding: 0; border: 0; background: var(--st-secondary-background-color); cursor: zoom-in; aspect-ratio: 4 / 3; }
.card img { width: 100%; height: 100%; object-fit: cover; display: block; }
.card .absent { aspect-ratio: 4 / 3; padding: .5rem; display: flex; align-items: center; background: var(--st-secondary-background-color);
  font-size: .85rem; }
.card .text { padding: .4rem .5rem; font-size: .8rem; line-height: 1.35; overflow-wrap: anywhere; }
.card .text b { display: block; font-size: .85rem; }
.warning { display: block; font-weight: 600; }
button:focus-visible, a:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: -3px; }
dialog { width: min(96vw, 1280px); height: 94vh; max-width: none; max-height: none; padding: 0; border: 0; border-radius: .5rem;
  background: #101512; color: #f2f5f3; font-family: var(--st-font); flex-direction: column; }
dialog[open] { display: flex; }
dialog::backdrop { background: rgb(0 0 0 / .75); }
dialog header, dialog footer { display: flex; justify-content: space-between; align-items: center; gap: .75rem; padding: .4rem .75rem; }
dialog footer { flex-wrap: wrap; font-size: .85rem; }
dialog .stage { flex: 1; min-height: 0; display: flex; align-items: center; }
dialog .stage img { flex: 1; min-width: 0; max-height: 100%; height: 100%; object-fit: contain; }
dialog button, dialog a { min-width: 44px; min-height: 44px; background: none; border: 0; color: #f2f5f3; cursor: pointer; }
dialog button { font-size: 1.4rem; }
dialog a { font-size: .95rem; display: inline-flex; align-items: center; }
"""

_JS = """
const make = (tag, className, words) => {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (words) element.textContent = words
  return element
}
const texts = (photo, words) => [...photo.lines, ...photo.warnings.map(sentence => words.warning + ' ' + sentence)]

function card(photo, words, open) {
  const box = make('div', 'card')
  if (photo.address) {
    const button = make('button', 'picture')
    button.type = 'button'
    button.title = words.open
    const image = make('img')
    image.loading = 'lazy'
    image.alt = photo.title
    image.src = photo.address + '/thumb'
    if (photo.waiting) waitFor(image, photo.address + '/thumb', 8)
    button.append(image)
    button.onclick = open
    box.append(button)
  } else box.append(make('div', 'absent', photo.absent))
  const text = make('div', 'text')
  text.append(make('b', '', photo.title), make('span', '', photo.lines.join(' · ')))
  for (const warning of photo.warnings) text.append(make('span', 'warning', words.warning + ' ' + warning))
  box.append(text)
  return box
}

// The worker makes views a moment after receipt: ask again a few times.
function waitFor(image, address, left) {
  if (left > 0) setTimeout(() => {
    if (!image.isConnected) return
    image.src = address + '?again=' + left
    waitFor(image, address, left - 1)
  }, 2500)
}

export default function ({ data, parentElement }) {
  const { photos, words } = data
  const find = selector => parentElement.querySelector(selector)
  const dialog = find('dialog'), image = find('dialog img')
  const pictures = photos.filter(photo => photo.address)
  let shown = 0
  const show = index => {
    shown = (index + pictures.length) % pictures.length
    const photo = pictures[shown]
    image.src = photo.address + '/preview'
    image.alt = photo.title
    find('.where').textContent = `${shown + 1}/${pictures.length} · ${photo.title}`
    find('.facts').textContent = texts(photo, words).join(' · ')
    find('.original').href = photo.address + '/original'
    find('.privacy').href = '/privacy?photo=' + photo.address.split('/').pop()
  }
  find('.original').textContent = words.original
  find('.privacy').textContent = words.privacy
  for (const name of ['close', 'next', 'previous']) find('.' + name).setAttribute('aria-label', words[name])
  find('.close').onclick = () => dialog.close()
  find('.next').onclick = () => show(shown + 1)
  find('.previous').onclick = () => show(shown - 1)
  for (const name of ['.next', '.previous']) find(name).hidden = pictures.length < 2
  // While a photo is open its keys are its own: the page must not take them for the next submission or a decision.
  dialog.onkeydown = event => {
    event.stopPropagation()
    if (event.key === 'ArrowRight') show(shown + 1)
    if (event.key === 'ArrowLeft') show(shown - 1)
  }
  const key = JSON.stringify(data)
  if (parentElement.drawn === key) return
  parentElement.drawn = key
  if (dialog.open) dialog.close()
  find('.grid').replaceChildren(...photos.map(photo => card(photo, words, () => {
    show(pictures.indexOf(photo))
    dialog.showModal()
  })))
}
"""

_GALLERY = st.components.v2.component("review_gallery", html=_HTML, css=_CSS, js=_JS)
