"""Runs one maker of a bundle's files over evidence written by hand."""

from survey.bundle.arrange import Arrangement, arrange
from survey.bundle.package import Maker
from survey.bundle.spool import Spool
from survey.domain.evidence import Evidence


def made(maker: Maker, evidence: Evidence, arrangement: Arrangement | None = None) -> dict[str, bytes]:
    """The bytes of every file that *maker* makes of *evidence*, by name."""
    spool = Spool()
    try:
        maker(spool, evidence, arrangement or arrange(evidence))
        return {file.name: b"".join(spool.read(file)) for file in spool.files}
    finally:
        spool.close()
