"""A real S3 server for the byte store, from the wheel that carries its program."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey.store.age_format import Identity
from survey.store.blob_keys import BlobKeys
from survey.store.blobs import FolderBlobs
from survey.store.object_blobs import ObjectBlobs, open_object_blobs
from survey.store.sealed_blobs import SealedBlobs
from survey.wiring import ROOT

_KEYS = (
    '{"identities":[{"name":"survey","credentials":[{"accessKey":"test","secretKey":"test-secret"}],"actions":["Admin","Read","Write"]}]}'
)


@pytest.fixture(scope="session")
def s3_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A SeaweedFS server on free ports with one key; its address."""
    folder = tmp_path_factory.mktemp("seaweed")
    (folder / "keys.json").write_text(_KEYS)
    names = ("master", "master.grpc", "volume", "volume.grpc", "filer", "filer.grpc", "s3", "s3.grpc")
    ports = dict(zip(names, _free_ports(len(names)), strict=True))
    flags = {f"{name}.port" if "." not in name else name.replace(".", ".port."): port for name, port in ports.items()}
    command = [
        str(ROOT / ".venv/bin/weed"), "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3",
        f"-s3.config={folder / 'keys.json'}", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.volumeSizeLimitMB=64",
        *(f"-{flag}={port}" for flag, port in flags.items()),
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    endpoint = f"http://127.0.0.1:{ports['s3']}"
    try:
        _wait(endpoint, process, folder / "log")
        yield endpoint
    finally:
        process.kill()  # its own farewell takes longer than the tests; the data is temporary
        process.wait(20)


@pytest.fixture(params=["folder", "s3", "sealed-folder", "sealed-s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderBlobs | ObjectBlobs | SealedBlobs:
    """An empty byte store of each kind, in the clear and encrypted."""
    inner: FolderBlobs | ObjectBlobs
    if request.param.endswith("folder"):
        inner = FolderBlobs(tmp_path)
    else:
        monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("s3_endpoint"))
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test-secret")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        inner = open_object_blobs(f"s3://survey/{tmp_path.name.replace('_', '-')}", tmp_path / "incoming")
    if not request.param.startswith("sealed"):
        return inner
    return SealedBlobs(inner, blob_keys(), tmp_path / "incoming")


def blob_keys() -> BlobKeys:
    """A new key that writes and reads."""
    identity = Identity.read(Identity.generate())
    return BlobKeys(identity, (identity,))


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _wait(endpoint: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(endpoint, timeout=2).close()
        except urllib.error.HTTPError:
            return  # it answers, if only to say that we gave no key
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"SeaweedFS did not start: {log.read_text()[-2000:]}")
