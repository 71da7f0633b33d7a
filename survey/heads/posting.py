"""Post the head of each commune's log once a day to an address outside, signed; what is not taken is tried again the next hour."""

import json

from survey.bundle.sending import UnsentError, send, shown
from survey.domain.people import Ability, Actor
from survey.domain.ports import Row, Survey
from survey.domain.problems import HEAD_NOT_TAKEN, Problem
from survey.domain.signing import HEAD, Head, HeadPost, Signer
from survey.domain.times import local_date, to_text
from survey.store.head_posts import select_head_posts, select_unposted, upsert_head_post
from survey.store.jobs import upsert_job

POST_JOB = "post_heads"
_KEPT = 200  # characters of an answer
_LONGEST_LIST = 400


def ask_to_post(survey: Survey) -> bool:
    """Leave a job where a commune's head of today was not taken yet; the worker asks every hour."""
    now = survey.now()
    with survey.transaction() as tx:
        waiting = bool(select_unposted(tx, local_date(now)))
        if waiting:
            upsert_job(tx, "", POST_JOB, "all", {}, now, background=True)
    return waiting


def post_waiting(survey: Survey, signer: Signer, address: str | None) -> int:
    """Post the head of each commune that was not taken today; returns how many were. Ends at the first that fails: HEAD_NOT_TAKEN.

    None is posted where the operator took the *address* away since the work was asked for.
    """
    if address is None:
        return 0
    day, taken = local_date(survey.now()), 0
    with survey.reading() as reader:
        waiting = select_unposted(reader, day)
    for row in waiting:
        head = Head(row["commune"], row["seq"], row["hash"], survey.now())
        answer, good = _post(row, head, signer, address)
        with survey.transaction() as tx:
            upsert_head_post(tx, head, day, shown(address), answer, taken=good)
        if not good:
            raise Problem(HEAD_NOT_TAKEN, address=shown(address), reason=answer)
        taken += 1
    return taken


def posted(survey: Survey, actor: Actor, limit: int = 60) -> list[HeadPost]:
    """The newest *limit* posts of the actor's commune, a day each, those that were not taken too. Raises NOT_ALLOWED."""
    actor.require(Ability.SEE_EVIDENCE)
    with survey.reading() as reader:
        return select_head_posts(reader, actor.commune, limit=max(1, min(limit, _LONGEST_LIST)))


def _post(row: Row, head: Head, signer: Signer, address: str) -> tuple[str, bool]:
    body = {
        "commune": head.commune, "name": row["name"], "demonstration": bool(row["demonstration"]), "seq": head.seq, "hash": head.hash,
        "at": to_text(head.at), "fingerprint": signer.fingerprint, "signature": signer.sign(head.text(), HEAD),
    }  # fmt: skip
    try:
        answer = send(address, json.dumps(body, ensure_ascii=False).encode(), "application/json")
    except UnsentError as error:
        return str(error), False
    said = " ".join(answer.content.decode("utf-8", "replace").split())
    said = "".join(letter for letter in said if letter.isprintable())
    return f"{answer.status} {said}"[:_KEPT].rstrip(), answer.is_good
