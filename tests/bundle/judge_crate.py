"""Ask the public validator of RO-Crates about an unpacked bag, without a network; runs in the judges' own environment.

    .venv/judges/bin/python tests/bundle/judge_crate.py BAG

Prints the messages of REQUIRED issues, one a line. The context that crates name lies on the web; here its address gets the terms that
our crates use, mapped as the specification maps them (RO-Crate 1.1: schema.org, but for File and conformsTo).
"""

import json
import sys
from types import SimpleNamespace
from typing import Any

import rdflib.plugins.shared.jsonld.context as jsonld
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

_SCHEMA = "http://schema.org/"
_TERMS = (
    "about", "agent", "author", "contentLocation", "contentSize", "CreateAction", "CreativeWork", "Dataset", "dateCreated", "datePublished",
    "description", "encodingFormat", "endTime", "hasPart", "identifier", "IndividualProduct", "instrument", "latitude", "license",
    "longitude", "name", "object", "Organization", "Person", "Place", "publisher", "result", "ReviewAction", "SoftwareApplication",
)  # fmt: skip
CONTEXT = {
    "@context": {
        **{term: f"{_SCHEMA}{term}" for term in _TERMS},
        "File": f"{_SCHEMA}MediaObject",
        "conformsTo": "http://purl.org/dc/terms/conformsTo",
    }
}


def main() -> None:
    """Validate the bag named on the command line."""
    headers = {"Content-Type": "application/ld+json"}
    answer = SimpleNamespace(status_code=200, headers=headers, json=lambda: CONTEXT, text=json.dumps(CONTEXT))
    HttpRequester.get = lambda _self, _url, **_given: answer
    jsonld.source_to_json = _context
    settings = services.ValidationSettings(
        rocrate_uri=sys.argv[1], profile_identifier="ro-crate-1.1", requirement_severity=models.Severity.REQUIRED
    )
    for issue in services.validate(settings).get_issues():
        sys.stdout.write(f"{issue.check.identifier} {issue.message}\n")


def _context(_source: Any, *_given: Any, **_more: Any) -> Any:
    return CONTEXT, None


if __name__ == "__main__":
    main()
