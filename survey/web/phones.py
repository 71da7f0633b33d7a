"""Widgets of the page about phones: the codes of a new phone, shown once; a card for each phone with what can be done with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import babel.dates
import streamlit as st

from survey import devices
from survey.domain.collation import sort_key
from survey.domain.people import ABILITIES, Ability, Device, Person, Role
from survey.web import people_widgets, text
from survey.web.text import _

NAME_LENGTH = devices.LONGEST_NAME
Wish = Literal["revoke", "link"]


@dataclass(frozen=True)
class Handover:
    """What is shown once of a phone: the path of its link and, where it is new, its token, which no one can show again."""

    phone: str
    person: str
    link: str
    token: str | None = None


def hand_over(handover: Handover, address: str, *, secure: bool, project: str) -> None:
    """Show the link that enrols the phone as a QR code, and under a fold the code that sets up ODK Collect on it."""
    phone, person = text.plain(handover.phone), text.plain(handover.person)
    if secure:
        st.success(_("{phone} for {person}: scan the code with the phone's own camera. It works once, within three days.",
                     phone=phone, person=person))  # fmt: skip
    else:
        st.success(_("{phone} for {person}: open this address on the phone. It works once, within three days.",
                     phone=phone, person=person))  # fmt: skip
    people_widgets.address_with_code(address + handover.link, secure=secure)
    if handover.token is not None and secure:
        with st.expander(_("ODK Collect on this phone"), icon=":material/assignment:"):
            steps = (
                _("Install ODK Collect on the phone and open it."),
                _("Choose to configure it with a QR code, and scan this one."),
                _("Collect fetches the checklists by itself and sends finished ones when there is a network."),
            )
            st.markdown("\n".join(f"1. {step}" for step in steps))
            settings = devices.collect_settings(address, handover.token, project)
            people_widgets.code_image(settings, _("QR code with the settings of ODK Collect"))
            st.caption(_("The code holds the phone's key: let nobody take a picture of it. It is shown only now."))


def by_carrier(listed: Iterable[Device], people: Mapping[str, Person]) -> list[tuple[Person, list[Device]]]:
    """Return the phones of each person who carries any, people by name, phones by age."""
    found: dict[str, list[Device]] = {}
    for device in listed:
        found.setdefault(device.person, []).append(device)
    carriers = sorted((people[person] for person in found), key=lambda person: (sort_key(person.name), person.login))
    return [(person, found[person.id]) for person in carriers]


def by_need(people: Iterable[Person]) -> list[Person]:
    """Return who may carry a phone, inspectors first, then by name."""
    active = [person for person in people if person.disabled_at is None and Ability.CAPTURE in ABILITIES[person.role]]
    return sorted(active, key=lambda person: (person.role is not Role.INSPECTOR, sort_key(person.name), person.login))


def card(device: Device, now: datetime) -> Wish | None:
    """Show one phone that is not revoked; return what the coordinator wants of it."""
    with st.container(border=True, key=f"phone_{device.id}"):
        st.markdown(f"**{text.plain(device.name)}**")
        st.caption(state(device, now))
        with st.container(horizontal=True):
            if st.button(_("Revoke"), key=f"revoke_{device.id}", icon=":material/phonelink_erase:"):
                return "revoke"
            if st.button(_("New code"), key=f"link_{device.id}", icon=":material/qr_code_2:"):
                return "link"
    return None


def revoked(listed: Iterable[Device], people: Mapping[str, Person]) -> None:
    """Show the phones that were shut out, the latest first."""
    gone = sorted((device for device in listed if device.revoked_at), key=lambda device: str(device.revoked_at), reverse=True)
    if gone:
        with st.expander(_("Revoked phones"), icon=":material/phonelink_erase:"):
            for device in gone:
                when = text.format_datetime(device.revoked_at or device.created_at)
                who = text.plain(f"{device.name} – {people[device.person].name}")
                st.markdown(f"{who}  \n" + _("Revoked {when}", when=when))


def state(device: Device, now: datetime) -> str:
    """Return since when the phone is enrolled and when it was last seen, or that it is awaited."""
    if device.is_awaited:
        return _("Waiting for the phone: its code was made {when}", when=text.format_datetime(device.created_at))
    since = text.format_date(device.enrolled_at or device.created_at)
    return _("Enrolled {when} · last seen {ago}", when=since, ago=ago(device.seen_at or device.created_at, now))


def ago(moment: datetime, now: datetime) -> str:
    """Return how long before *now* the *moment* was, in the language of the moment."""
    return babel.dates.format_timedelta(moment - now, granularity="minute", add_direction=True, locale=text.locale())
