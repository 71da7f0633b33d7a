"""`key show|rotate|adopt|sheet|signers`: the key that seals bundles, from the server's terminal."""

import argparse
import json
from pathlib import Path

from survey import signing
from survey.commands import open_deployment, options_of_actions
from survey.domain.problems import STORAGE_UNUSABLE, Problem
from survey.domain.signing import BUNDLE, HEAD, SigningKey, allowed_line
from survey.domain.times import optional_to_text, to_text
from survey.paper.key_sheet import key_sheet
from survey.store.deployment import select_first_commune
from survey.store.people import select_commune_sign
from survey.store.signing_keys import select_signing_keys
from survey.wiring import Settings, Survey

SUMMARY = "the key that seals bundles: show it, change it, print its fingerprint for handing over on paper"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`show`, `signers`, `sheet --out FILE.pdf`, `rotate --reason WORDS [--lost]`, `adopt --reason WORDS`."""
    common = options_of_actions(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("show", help="every key, the one in use first; makes the first one", parents=[common])
    actions.add_parser("signers", help="all keys as an allowed_signers file, for seals and posted heads", parents=[common])
    sheet = actions.add_parser("sheet", help="the fingerprint on one A4 page", parents=[common])
    sheet.add_argument("--out", type=Path, required=True, metavar="FILE.pdf", help="where the PDF is written")
    rotate = actions.add_parser("rotate", help="a new key, which the former one endorses", parents=[common])
    rotate.add_argument("--lost", action="store_true", help="the former key is gone or known to others: it endorses nothing")
    adopt = actions.add_parser("adopt", help="use the key whose file lies there, after a move or a restored database", parents=[common])
    for changing in (rotate, adopt):
        changing.add_argument("--reason", required=True, help="why, and by whose decision; it is printed on the sheet")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Do the action. Raises what `signing` raises, STORAGE_UNUSABLE, DEPLOYMENT_EMPTY."""
    survey = open_deployment(settings)
    with survey.reading() as reader:
        commune = arguments.commune or select_first_commune(reader)
    if arguments.action == "rotate":
        signing.rotate(survey, arguments.reason, lost=arguments.lost)
    elif arguments.action == "adopt":
        signing.adopt(survey, arguments.reason)
    elif arguments.action == "show":
        signing.ensure(survey)
    if arguments.action == "sheet":
        _write_sheet(survey, commune, arguments.out)
    elif arguments.action == "signers":
        print("\n".join(allowed_line(commune, key, (BUNDLE, HEAD)) for key in _keys(survey)))
    else:
        _show(_keys(survey), as_json=arguments.json)
    return 0


def _keys(survey: Survey) -> list[SigningKey]:
    with survey.reading() as reader:
        return select_signing_keys(reader)


def _write_sheet(survey: Survey, commune: str, out: Path) -> None:
    keys = signing.sealer(survey).keys
    with survey.reading() as reader:
        name, demonstration = select_commune_sign(reader, commune)
    try:
        out.write_bytes(key_sheet(commune, name, keys, survey.now(), demonstration=demonstration))
    except OSError as error:
        raise Problem(STORAGE_UNUSABLE, reason=f"{out}: {error.strerror}") from error
    print(f"{out}: {keys[0].fingerprint}")


def _show(keys: list[SigningKey], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([_document(key) for key in keys], ensure_ascii=False))
        return
    for key in keys:
        until = "in use" if key.valid_to is None else f"until {to_text(key.valid_to)}{', LOST' if key.lost else ''}"
        print(f"{key.fingerprint}  from {to_text(key.valid_from)}, {until}{f': {key.reason}' if key.reason else ''}")


def _document(key: SigningKey) -> dict[str, str | bool | None]:
    return {
        "fingerprint": key.fingerprint, "public_key": key.public_line, "valid_from": to_text(key.valid_from),
        "valid_to": optional_to_text(key.valid_to), "reason": key.reason, "endorsed": bool(key.endorsement), "lost": key.lost,
    }  # fmt: skip
