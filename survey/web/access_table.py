"""What every HTTP route of ours needs: the source of docs/roles.md, held against the running application by tests/web/test_roles.py.

A new route gets its line here. `needs` are abilities of which one is enough; a route that needs none is for anybody signed in, or for
anybody at all. *limits* says what narrows an allowed answer down.
"""

from dataclasses import dataclass, replace

from survey.domain.people import ABILITIES, Ability, Role


@dataclass(frozen=True)
class Access:
    """Who may ask: *open* to anybody, else whoever is signed in and has one of *needs*; *hides*: a refusal looks like 404.

    What is for a machine *by_token* is for no account at all.
    """

    needs: frozenset[Ability] = frozenset()
    open: bool = False
    hides: bool = False
    limits: str = ""
    by_token: bool = False

    def lets(self, abilities: frozenset[Ability]) -> bool:
        """Whether somebody signed in with those *abilities* may."""
        return not self.by_token and (self.open or not self.needs or bool(self.needs & abilities))


ANYBODY = Access(open=True)
SIGNED_IN = Access()
PHONE = ABILITIES[Role.INSPECTOR]
"""What an enrolled phone may do, whoever carries it."""


def of(*needs: Ability, limits: str = "", hides: bool = False) -> Access:
    """Whoever has one of *needs*."""
    return Access(frozenset(needs), limits=limits, hides=hides)


_HAMLETS = "own hamlets"
_OWN = "own work"
_CAPTURE = of(Ability.CAPTURE, limits=_HAMLETS)
_HAND_IN = of(Ability.CAPTURE, limits=_OWN)
_SEEN = of(
    Ability.SEE_OWN, Ability.SEE_ALL, Ability.SEE_EVIDENCE, Ability.SEE_CRITERIA, hides=True,
    limits="inspector: own work; desk: own hamlets; appraiser: accepted, own rounds; owner: accepted, own criteria",
)  # fmt: skip
_BUNDLE = of(Ability.SEE_EVIDENCE, limits="own hamlets; appraiser: bundles of one of the own rounds")
_FIGURES = of(Ability.SEE_FIGURES, limits=_HAMLETS)
_REVIEW = of(Ability.REVIEW, limits=_HAMLETS)
_TASKS = of(Ability.SEE_TASKS, limits="own hamlets; owner: own tasks; appraiser: the council's defects")
_LOGS = of(Ability.SEE_LOGS)

ROUTES: dict[str, Access] = {
    "GET /healthz": ANYBODY,
    "GET /metrics": Access(hides=True, by_token=True, limits="whoever shows the token of SURVEY_METRICS_TOKEN"),
    "GET /sign-in": ANYBODY,
    "POST /sign-in": ANYBODY,
    "GET /sign-in/{link}": replace(ANYBODY, limits="whoever holds the link"),
    "POST /sign-in/{link}": replace(ANYBODY, limits="whoever holds the link"),
    "POST /sign-out": ANYBODY,
    "GET /second-step": ANYBODY,
    "POST /second-step": replace(ANYBODY, limits="who gave the first proof"),
    "POST /identity": replace(ANYBODY, limits="who proved an identity to the provider"),
    "GET /api/openapi.json": ANYBODY,
    "GET /api/me": replace(SIGNED_IN, limits="the own account"),
    "GET /api/work": _CAPTURE,
    "GET /api/sites": _CAPTURE,
    "GET /api/forms/{form}/{version}": of(Ability.CAPTURE),
    "GET /api/submissions": of(Ability.SEE_OWN, limits=_OWN),
    "GET /api/submissions/{submission}": _SEEN,
    "GET /api/submissions/{submission}/instance": _SEEN,
    "PUT /api/submissions/{submission}": _HAND_IN,
    "PUT /api/submissions/{submission}/photos/{name}": _HAND_IN,
    "HEAD /api/submissions/{submission}/photos/{name}": _HAND_IN,
    "PATCH /api/submissions/{submission}/photos/{name}": _HAND_IN,
    "GET /api/register": _CAPTURE,
    "GET /api/visits": _CAPTURE,
    "GET /api/map": _CAPTURE,
    "GET /api/map/tiles": of(Ability.CAPTURE),
    "GET /api/earlier": _CAPTURE,
    "GET /api/earlier/{site}": _CAPTURE,
    "GET /api/queue.csv": _REVIEW,
    "GET /rules/{edition}.yaml": of(Ability.SEE_FIGURES),
    "GET /field": ANYBODY,
    "GET /field/": ANYBODY,
    "GET /field/texts/{language}.json": ANYBODY,
    "GET /field/service.mjs": ANYBODY,
    "GET /field/release.mjs": ANYBODY,
    "GET /field/rest.json": ANYBODY,
    "GET /field/{name}": ANYBODY,
    "GET /photos/{sha256}/original": _SEEN,
    "GET /photos/{sha256}/preview": _SEEN,
    "GET /photos/{sha256}/thumb": _SEEN,
    "GET /photos/{sha256}/public": _SEEN,
    "GET /photos/resident/{report}": of(Ability.REVIEW, limits=_HAMLETS),
    "GET /api/desk": _HAND_IN,
    "HEAD /api/desk/files/{upload}": _HAND_IN,
    "PATCH /api/desk/files/{upload}": _HAND_IN,
    "DELETE /api/desk/photos": _HAND_IN,
    "DELETE /api/desk/photos/{sha256}": _HAND_IN,
    "GET /api/desk/photos/{sha256}/thumb": _HAND_IN,
    "POST /api/desk/choices": _HAND_IN,
    "POST /api/desk/visits": _HAND_IN,
    "GET /public/{commune}": replace(ANYBODY, limits="where the commune publishes"),
    "GET /public/{commune}/report": replace(ANYBODY, limits="where the commune takes reports"),
    "POST /public/{commune}/report": replace(ANYBODY, limits="where the commune takes reports"),
    "GET /public/{commune}/privacy": ANYBODY,
    "GET /print/personal/{kind}/{subject}": of(Ability.PROTECT_DATA),
    "GET /print/personal/{kind}/{subject}/zip": of(Ability.PROTECT_DATA),
    "GET /print/key": of(Ability.SEE_EVIDENCE),
    "GET /heads.json": of(Ability.SEE_EVIDENCE),
    "GET /bundles/{bundle}/{number:int}.tsr": _BUNDLE,
    "GET /bundles/{bundle}": _BUNDLE,
    "GET /bundles/{bundle}/{number:int}": _BUNDLE,
    "PUT /api/verify": of(Ability.SEE_FIGURES, limits="the file that is sent"),
    "GET /api/verify/{token}": of(Ability.SEE_FIGURES, limits=_OWN),
    "POST /documents": of(Ability.REPORT, Ability.APPRAISE),
    "GET /documents/{sha256}": of(Ability.SEE_FIGURES),
    "GET /province.csv": of(Ability.SEE_PROVINCE, limits="sums"),
    "GET /print/briefing/{briefing}": of(Ability.SEE_PLAN),
    "GET /print/visit-list/{list}": _REVIEW,
    "GET /print/visit-list/{list}/csv": _REVIEW,
    "GET /print/proof": _FIGURES,
    "GET /print/roadmap": of(Ability.SEE_PLAN, limits=_HAMLETS),
    "GET /api/tasks.csv": _TASKS,
    "GET /print/tasks": _TASKS,
    "GET /logs/changes.jsonl": _LOGS,
    "GET /logs/looks.csv": _LOGS,
    "POST /openrosa/submission": _HAND_IN,
    "GET /openrosa/formList": of(Ability.CAPTURE),
    "GET /openrosa/forms/{form}/{version}.xml": of(Ability.CAPTURE),
    "GET /openrosa/forms/{form}/{version}/manifest": of(Ability.CAPTURE),
    "GET /openrosa/entities/{list}.csv": _CAPTURE,
    "GET /openrosa/entities/{list}/integrity": _CAPTURE,
}
