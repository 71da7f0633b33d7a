"""Large made files go to an object store and come back without being held in memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

from survey.wiring import ROOT

_SIZE = 200 << 20
_PROGRAM = """
import hashlib, json, os, sys
from pathlib import Path
from survey.store.object_blobs import open_object_blobs

def peak():
    return next(int(line.split()[1]) // 1024 for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))

blobs, size = open_object_blobs("s3://survey/large", Path(sys.argv[1])), int(sys.argv[2])
staged = blobs.stage((os.urandom(1 << 20) for _ in range(size >> 20)), name="x", limit=size)
before, path = peak(), staged.path
blobs.keep(staged)
blobs.keep(staged)
digest = hashlib.sha256()
for chunk in blobs.read(staged.sha256):
    digest.update(chunk)
print(json.dumps({"more_mb": peak() - before, "same": digest.hexdigest() == staged.sha256, "size": blobs.size(staged.sha256)}))
"""


def test_memory_stays_flat(tmp_path: Path, s3_endpoint: str) -> None:
    """200 MB, put twice and read, add less than half of that to the process."""
    keys = {"AWS_ENDPOINT_URL": s3_endpoint, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test-secret", "AWS_REGION": "us-east-1"}
    command = [sys.executable, "-c", _PROGRAM, str(tmp_path), str(_SIZE)]
    done = subprocess.run(command, env={**os.environ, **keys}, cwd=ROOT, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)

    assert (said["same"], said["size"]) == (True, _SIZE)
    assert said["more_mb"] < 100
