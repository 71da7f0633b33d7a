"""Which notice phones show: a version is kept when a phone first hears of it, so that it can be said later what people read."""

from survey.domain.canonical import dumps, sha256_hex
from survey.domain.ports import Reader, Survey
from survey.store.notices import insert_notice, select_newest_notice
from survey.store.reviews import lock_decisions


def keep_notice(survey: Survey, commune: str, version: str, words: dict[str, list[str]]) -> bool:
    """Keep what phones show from now on where it is not what they showed before; whether it was new."""
    with survey.reading() as reader:
        if _is_newest(reader, commune, version, words):
            return False
    with survey.transaction() as tx:
        lock_decisions(tx, commune)  # two phones that ask at once
        if _is_newest(tx, commune, version, words):
            return False
        number = insert_notice(tx, commune, version, words, survey.now())
        tx.log(commune, "notice.kept", {"number": number, "version": version, "words_sha256": sha256_hex(dumps(words))})
    return True


def _is_newest(reader: Reader, commune: str, version: str, words: dict[str, list[str]]) -> bool:
    newest = select_newest_notice(reader, commune)
    return newest is not None and (newest.version, newest.words) == (version, words)
