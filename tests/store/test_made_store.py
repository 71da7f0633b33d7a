"""Bundles whose made files and photos lie in an object store: made, fetched by ranges, swept and made again."""

from datetime import timedelta
from pathlib import Path

import pytest

from survey import deliver
from survey.deliver import sweeping
from survey.wiring import ROOT, Settings, open_survey
from tests.bundle.world import COORDINATOR, make_world


def test_a_bundle_from_an_object_store(tmp_path: Path, s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Order, parts, seal, whole download, ranges, a sweep that keeps it and one that drops it, the same bytes again."""
    for name, value in (
        ("ENDPOINT_URL", s3_endpoint), ("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test-secret"), ("REGION", "us-east-1"),
    ):  # fmt: skip
        monkeypatch.setenv(f"AWS_{name}", value)
    survey = open_survey(Settings(data=tmp_path / "data", blobs=f"s3://survey/{tmp_path.name.replace('_', '-')}"))
    world = make_world(survey, ROOT / "schema")
    made = world.make()
    (bag,) = made.bags
    whole = world.read(bag)

    assert len(whole) == bag.size
    assert b"".join(deliver.read(survey, COORDINATOR, bag, 70_001, 900_000)) == whole[70_001:900_000]
    deliver.sweep(survey)
    assert world.read(bag) == whole
    assert set(world.photos) <= set(survey.blobs.hashes())
    monkeypatch.setattr(sweeping, "UNUSED_KEPT", timedelta(seconds=-1))
    deliver.sweep(survey)
    assert list(survey.made.hashes()) == []
    assert set(world.photos) <= set(survey.blobs.hashes())
    assert world.make().same is True
    assert world.read(deliver.find_bag(survey, COORDINATOR, made.id)) == whole
    survey.store.close()
