"""Digest, Basic, the token in the path: how ODK Collect proves whose phone it is, and what does not open the door."""

import base64
import hashlib
import hmac
import re
from dataclasses import replace
from typing import Any

import anyio
import httpx2
import pytest

from survey import accounts, devices
from survey.devices import Enrolled
from survey.domain.people import Role
from survey.openrosa import authentication
from survey.store.secrets import insert_secret, select_secret
from survey.wiring import Survey
from tests.openrosa.collect import Collect, message
from tests.openrosa.filled import PHOTOS, fence, jpeg, new_id
from tests.web.conftest import ORIGIN, Client, cookie_for

DOOR = f"{ORIGIN}/openrosa"
TLS = "https://testserver/openrosa"
PATH = "/openrosa/formList"


@pytest.fixture
def digest(client: Client, phone: Enrolled) -> Collect:
    """ODK Collect set up with user name and password, which it proves by Digest (httpx2 does the handshake)."""
    return Collect(client(origin=None), DOOR, options={"auth": httpx2.DigestAuth(phone.username, phone.token)})


def _challenge(answer: Any) -> dict[str, str]:
    told = next(one for one in answer.headers.get_list("www-authenticate") if one.startswith("Digest "))
    return dict(re.findall(r'(\w+)="?([^",]+)"?', told))


def _proof(phone: Enrolled, nonce: str, *, method: str = "GET", uri: str = PATH, old: bool = False, **other: str) -> dict[str, str]:
    """An Authorization header made by the letter of RFC 2617, or *old*, of RFC 2069; *other* replaces single fields afterwards."""
    ha1, ha2 = (
        hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        for text in (f"{phone.username}:survey:{phone.token}", f"{method}:{uri}")
    )
    middle = f"{nonce}:00000001:c0ffee:auth" if not old else nonce
    given = {
        "username": phone.username, "realm": "survey", "nonce": nonce, "uri": uri,
        "response": hashlib.md5(f"{ha1}:{middle}:{ha2}".encode(), usedforsecurity=False).hexdigest(),
    } | ({"qop": "auth", "nc": "00000001", "cnonce": "c0ffee"} if not old else {}) | other  # fmt: skip
    return {"Authorization": "Digest " + ", ".join(f'{name}="{value}"' for name, value in given.items())}


def test_a_stranger_is_asked_for_digest_as_openrosa_narrows_it(client: Client, stocked: Survey) -> None:
    """Realm, nonce, domain, opaque, MD5 and qop auth; over plain http no word of Basic; the sentence stands in the envelope."""
    answer = client(origin=None).get(f"{DOOR}/formList", headers={"X-OpenRosa-Version": "1.0"})
    told = _challenge(answer)

    assert answer.status_code == 401
    assert answer.headers.get_list("www-authenticate")[1:] == []
    assert (told["realm"], told["domain"], told["algorithm"], told["qop"]) == ("survey", "/openrosa", "MD5", "auth")
    assert told["nonce"]
    assert told["opaque"]
    assert "stale" not in told
    assert message(answer)[0] == "error"


def test_basic_is_offered_over_tls_only(client: Client, stocked: Survey) -> None:
    """It sends the secret itself."""
    offered = client(origin=None).get(f"{TLS}/formList").headers.get_list("www-authenticate")

    assert [one.split()[0] for one in offered] == ["Digest", "Basic"]


def test_collect_signs_in_by_digest_and_hands_in_work(stocked: Survey, digest: Collect, phone: Enrolled) -> None:
    """List, HEAD and POST, each after a real handshake; the work belongs to the phone's carrier; the phone was seen."""
    assert len(digest.forms()) == 5
    key = new_id()
    answers = digest.send(fence(stocked, key), {name: jpeg() for name in PHOTOS})

    assert [answer.status_code for answer in answers] == [201]
    with stocked.reading() as reader:
        row = reader.row("SELECT person, door FROM submission WHERE submission = :key", key=key)
        seen = reader.row("SELECT seen_at FROM device WHERE device = :device", device=phone.device)
    assert row is not None
    assert (row["person"], row["door"]) == ("p-inspector", "openrosa")
    assert seen is not None
    assert seen["seen_at"]


def test_a_first_post_without_credentials_is_challenged(client: Client, phone: Enrolled) -> None:
    """Clients that skip HEAD: 401 with the way to sign in, not a stranger's page."""
    answer = client(origin=None).post(f"{DOOR}/submission", content=b"x")

    assert answer.status_code == 401
    assert _challenge(answer)["nonce"]


@pytest.mark.parametrize("old", [False, True], ids=["2617", "2069"])
def test_a_proof_by_the_letter_is_taken(client: Client, phone: Enrolled, old: bool) -> None:
    """With qop and, for clients of RFC 2069, without; twice with one nonce, which no process counts."""
    http = client(origin=None)
    nonce = _challenge(http.get(DOOR + "/formList"))["nonce"]

    assert [http.get(DOOR + "/formList", headers=_proof(phone, nonce, old=old)).status_code for _ in range(2)] == [200, 200]


def test_a_proof_is_for_the_address_that_it_was_made_for(client: Client, phone: Enrolled) -> None:
    """Overheard, it opens nothing else; another way of escaping the same address is the same address."""
    http = client(origin=None)
    nonce = _challenge(http.get(DOOR + "/formList"))["nonce"]

    assert http.get(f"{DOOR}/entities/household.csv", headers=_proof(phone, nonce)).status_code == 401
    assert http.get(f"{DOOR}/formList?formID=x", headers=_proof(phone, nonce)).status_code == 401
    escaped = _proof(phone, nonce, uri=PATH + "?deviceID=collect%3Ak7")
    assert http.get(f"{DOOR}/formList?deviceID=collect:k7", headers=escaped).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"response": "0" * 32}, {"response": ""}, {"username": "18844-zzzzzzzz"}, {"username": "inspector"}, {"username": ""},
        {"realm": "other"},
        {"algorithm": "SHA-256"}, {"qop": "auth-int"}, {"nc": ""}, {"uri": "http://[/openrosa/formList"}, {"username": 'é\\" 1'},
    ],
    ids=lambda wrong: "-".join(f"{key}" for key in wrong),
)  # fmt: skip
def test_a_wrong_proof_is_challenged_again(client: Client, phone: Enrolled, wrong: dict[str, str]) -> None:
    """Whatever is wrong with it, the same 401, and never `stale`."""
    http = client(origin=None)
    nonce = _challenge(http.get(DOOR + "/formList"))["nonce"]
    header = _proof(phone, nonce, **wrong)["Authorization"].encode("latin-1")
    answer = http.get(DOOR + "/formList", headers={b"Authorization": header})

    assert answer.status_code == 401
    assert "stale" not in _challenge(answer)


@pytest.mark.parametrize(
    "header", ["Digest", "Digest =", 'Digest username=", a', "Digest " + 'a="' * 500, "Basic", "Basic %%%", "Basic 4pyTCg==", "Negotiate x"]
)
def test_senseless_credentials_are_challenged(client: Client, stocked: Survey, header: str) -> None:
    """401 over http and over TLS, never a defect."""
    for door in (DOOR, TLS):
        assert client(origin=None).get(door + "/formList", headers={"Authorization": header}).status_code == 401


def test_an_old_nonce_is_renewed_without_asking_anybody(
    stocked: Survey, client: Client, phone: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`stale=true` where the secret was right, an hour later or with a nonce that is not ours; a wrong secret hears nothing of it."""
    http = client(origin=None)
    nonce = _challenge(http.get(DOOR + "/formList"))["nonce"]
    with stocked.reading() as reader:
        key = bytes.fromhex(select_secret(reader, "digest-nonce") or "")

    def signed(seconds: int) -> str:
        stamp = f"{seconds:x}"
        return f"{stamp}-{hmac.new(key, stamp.encode(), hashlib.sha256).hexdigest()[:32]}"

    issued = int(nonce.partition("-")[0], 16)
    assert signed(issued) == nonce
    assert http.get(DOOR + "/formList", headers=_proof(phone, signed(issued - 3500))).status_code == 200
    for stale in (signed(issued - 3700), f"{issued + 10**6:x}-{'0' * 32}", "0", "-"):
        answer = http.get(DOOR + "/formList", headers=_proof(phone, stale))
        assert (answer.status_code, _challenge(answer).get("stale")) == (401, "true")
        assert "stale" not in _challenge(http.get(DOOR + "/formList", headers=_proof(phone, stale, response="0" * 32)))


def test_every_process_knows_the_nonces_of_the_others(stocked: Survey, client: Client, phone: Enrolled) -> None:
    """The key is made once, in the database; one that another process made first is kept."""
    first, second = (_challenge(client(origin=None).get(DOOR + "/formList"))["nonce"] for _ in range(2))
    with stocked.transaction() as tx:
        insert_secret(tx, "digest-nonce", "00")

    assert client(origin=None).get(DOOR + "/formList", headers=_proof(phone, first)).status_code == 200
    assert client(origin=None).get(DOOR + "/formList", headers=_proof(phone, second)).status_code == 200


def test_basic_takes_the_phones_secret_over_tls(client: Client, phone: Enrolled, stocked: Survey) -> None:
    """Over plain http not even the right one; never with another phone's name, nor a person's login and password."""
    other = devices.enrol(stocked, "18844", "p-reviewer", by=None, name="Máy 2")
    accounts.create_person(stocked, "18844", by=None, login="lan", name="Lan", role=Role.INSPECTOR, password="một câu đủ dài 42")

    def status(door: str, user: str, password: str) -> int:
        return client(origin=None).get(door + "/formList", auth=(user, password)).status_code

    assert status(TLS, phone.username, phone.token) == 200
    assert status(DOOR, phone.username, phone.token) == 401
    assert status(TLS, other.username, phone.token) == 401
    assert status(TLS, phone.username, phone.token[:-1] + "_") == 401
    assert status(TLS, "lan", "một câu đủ dài 42") == 401
    digest = httpx2.DigestAuth("lan", "một câu đủ dài 42")
    assert client(origin=None).get(DOOR + "/formList", auth=digest).status_code == 401


def test_a_browser_that_remembers_the_secret_is_not_used_by_strangers(client: Client, phone: Enrolled) -> None:
    """A stranger's page may make a browser send what somebody typed into its password window."""
    secret = base64.b64encode(f"{phone.username}:{phone.token}".encode()).decode()
    headers = {"Authorization": f"Basic {secret}", "Sec-Fetch-Site": "cross-site"}
    answer = client(origin=None).post(f"{TLS}/submission", headers=headers, content=b"")

    assert answer.status_code == 403


def test_a_session_from_another_site_stays_shut_out(client: Client, stocked: Survey) -> None:
    """A cookie is sent by itself: a stranger's page is told 403, not how to sign in."""
    answer = client("inspector", origin="http://elsewhere.example").post(f"{DOOR}/submission", content=b"")

    assert (answer.status_code, answer.headers.get_list("www-authenticate")) == (403, [])


def test_a_token_that_opens_nothing_is_told_without_asking_for_a_password(stocked: Survey, collect: Collect, phone: Enrolled) -> None:
    """403: on a 401 Collect would ask for a user name, which there is none of. A good cookie does not help a bad token."""
    devices.revoke(stocked, "18844", phone.device, by=None)
    collect.http.cookies.set("survey_session", cookie_for(stocked, "inspector"))  # type: ignore[attr-defined]
    for address in (collect.address, f"{ORIGIN}/key/18844.nonsense/openrosa", f"{ORIGIN}/key/x/openrosa"):
        answer = replace(collect, address=address).get(f"{address}/formList")

        assert (answer.status_code, answer.headers.get_list("www-authenticate")) == (403, [])
        assert "thu hồi" in message(answer)[1]
        assert phone.token not in answer.text


@pytest.mark.parametrize("way", ["path", "digest", "basic"])
def test_a_revoked_phone_is_refused_at_once(stocked: Survey, client: Client, phone: Enrolled, way: str) -> None:
    """By whichever way it comes."""
    ways = {
        "path": Collect(client(origin=None), f"{ORIGIN}/key/{phone.token}/openrosa"),
        "digest": Collect(client(origin=None), DOOR, options={"auth": httpx2.DigestAuth(phone.username, phone.token)}),
        "basic": Collect(client(origin=None), TLS, options={"auth": (phone.username, phone.token)}),
    }
    collect = ways[way]
    assert collect.get(f"{collect.address}/formList").status_code == 200
    devices.revoke(stocked, "18844", phone.device, by=None)

    assert collect.get(f"{collect.address}/formList").status_code == (403 if way == "path" else 401)


def test_a_closed_account_closes_its_phones(stocked: Survey, collect: Collect, digest: Collect) -> None:
    """The phone is its carrier's."""
    accounts.disable_person(stocked, "18844", "p-inspector", by=None)

    assert collect.get(f"{collect.address}/formList").status_code == 403
    assert digest.get(f"{DOOR}/formList").status_code == 401


def test_a_phone_revoked_while_it_sends_is_refused(
    stocked: Survey, collect: Collect, digest: Collect, phone: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The body of minutes is over, the phone was given up meanwhile: nothing of it is taken."""
    from survey.openrosa import app

    key, read = new_id(), app._read

    async def slow(request: Any) -> Any:
        form = await read(request)
        devices.revoke(stocked, "18844", phone.device, by=None)
        return form

    monkeypatch.setattr(app, "_read", slow)
    answers = [one.post(fence(stocked, key), {PHOTOS[0]: jpeg()}) for one in (collect, digest)]

    assert [answer.status_code for answer in answers] == [403, 401]
    with stocked.reading() as reader:
        assert reader.row("SELECT 1 AS one FROM submission") is None
        assert reader.row("SELECT 1 AS one FROM blob") is None


def test_a_nonce_that_was_good_when_a_long_upload_began_is_good_at_its_end(
    stocked: Survey, client: Client, phone: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten photos over a mountain's line take longer than a nonce may have left to live."""
    from survey.openrosa import app

    http, read = client(origin=None), app._read
    nonce = _challenge(http.get(DOOR + "/formList"))["nonce"]
    monkeypatch.setattr(authentication, "NONCE_LIFE_S", 2)
    spent = []

    async def slow(request: Any) -> Any:
        await anyio.sleep(2.5)
        spent.append(request)
        return await read(request)

    monkeypatch.setattr(app, "_read", slow)
    proof = _proof(phone, nonce, method="POST", uri="/openrosa/submission")
    content = {"xml_submission_file": ("x.xml", fence(stocked, new_id()), "text/xml")}

    assert http.post(f"{DOOR}/submission", headers=proof, files=content).status_code == 201
    assert len(spent) == 1
    assert http.post(f"{DOOR}/submission", headers=proof, files=content).status_code == 401  # by now it is old
    assert len(spent) == 1
