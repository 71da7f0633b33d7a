"""The S3 server of the byte store's own tests serves a journey, too."""

from tests.store.conftest import s3_endpoint

__all__ = ["s3_endpoint"]
