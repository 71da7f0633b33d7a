"""ODK Collect's own library, asked for the shared cases: a form must not compute one thing here and another there.

pyxform carries the library (JavaRosa, inside ODK Validate); where a JDK is at hand it is asked. A case that Collect answers otherwise
says so in its key `collect`, and tests/vectors/README.md gives the reasons.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest
from pyxform.validators.odk_validate import ODK_VALIDATE_PATH

from survey.forms.circles import paths_in
from survey.forms.render import written
from survey.forms.values import as_scalar, as_text

HERE = Path(__file__).parent
CASES = json.loads((HERE.parent / "vectors" / "expressions.json").read_text(encoding="utf-8"))["cases"]
_ELSEWHERE = {"here", "self", "item"}  # asked from inside a form: the differential test of whole forms covers these


def _askable(case: dict[str, Any]) -> bool:
    fixed_clock = re.search(r"\b(today|now)\(", case["expr_xpath"])
    own = '"self"' in json.dumps(case["tree_expr"])
    return not (own or _ELSEWHERE & case.keys() or case.get("repeats") or "choice-name" in case["expr_xpath"] or fixed_clock)


def _xform(case: dict[str, Any]) -> str:
    """A form whose only question is the case's expression, its answers filled in."""
    values = {**dict.fromkeys(paths_in(case["tree_expr"])), **case["values"]}
    instances = sorted({path[: path.index("]") + 1] for path in values if "[" in path})
    asked = {path.partition("]")[2] for path in values if "[" in path}
    values |= {f"{instance}{rest}": values.get(f"{instance}{rest}") for instance in instances for rest in asked}
    plain = {path.rpartition("/")[2]: re.sub(r"\[\d+\]", "", path) for path in values}
    repeats = sorted({path.partition("[")[0] for path in values if "[" in path})
    plain |= {path.rpartition("/")[2]: path for path in repeats}
    expression = re.sub(r"\$\{(\w+)\}", lambda match: f" {plain[match[1]]} ", case["expr_xpath"])
    binds = {re.sub(r"\[\d+\]", "", path): _type(value) for path, value in values.items() if path not in repeats}
    return (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>t</h:title><model>'
        f'<instance><data xmlns="x" id="t">{_elements(values, "/data", repeats)}<result/></data></instance>{_lists(case)}'
        + "".join(f'<bind nodeset="{path}" type="{kind}"/>' for path, kind in binds.items())
        + f'<bind nodeset="/data/result" type="string" calculate={quoteattr(expression)}/></model></h:head><h:body>'
        + "".join(f'<group ref="{path}"><repeat nodeset="{path}"/></group>' for path in repeats)
        + "</h:body></h:html>"
    )


def _type(value: object) -> str:
    if isinstance(value, int | float):
        return "decimal"
    if re.fullmatch(r"\d\d:\d\d:.*", str(value)):
        return "time"
    return "date" if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)) else "string"


def _elements(values: dict[str, Any], prefix: str, repeats: list[str]) -> str:
    names = dict.fromkeys(path[len(prefix) + 1 :].partition("/")[0] for path in values if path.startswith(f"{prefix}/"))
    parts = []
    for name in names:
        path, tag = f"{prefix}/{name}", name.partition("[")[0]
        inner = _elements(values, path, repeats) or escape(as_text(as_scalar(values.get(path))))
        parts.append("" if path in repeats else f"<{tag}>{inner}</{tag}>")
    return "".join(parts)


def _lists(case: dict[str, Any]) -> str:
    found = ""
    for name, items in case.get("choices", {}).items():
        rows = [{"name": item["name"], "label": item["label"].get("vi", ""), **item.get("columns", {})} for item in items]
        inside = "".join("<item>" + "".join(f"<{key}>{escape(value)}</{key}>" for key, value in row.items()) + "</item>" for row in rows)
        found += f'<instance id="{name}"><root>{inside}</root></instance>'
    return found


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the library says to each case that it can be asked, by the case's name."""
    javac, java = shutil.which("javac"), shutil.which("java")
    if javac is None or java is None:
        pytest.skip("asking ODK Collect's library needs a JDK, and there is none here")
    folder = tmp_path_factory.mktemp("collect")
    subprocess.run([javac, "-encoding", "UTF-8", "-cp", ODK_VALIDATE_PATH, "-d", folder, HERE / "Collect.java"], check=True)
    for number, case in enumerate(CASES):
        if _askable(case):
            (folder / f"{number}.xml").write_text(_xform(case), encoding="utf-8")
    said = subprocess.run(
        [java, "-cp", f"{ODK_VALIDATE_PATH}:{folder}", "Collect", folder], capture_output=True, text=True, check=True
    ).stdout
    lines = [line.split("\t", 1) for line in said.splitlines() if re.match(r"\d+\.xml\t", line)]
    return {CASES[int(name.removesuffix(".xml"))]["name"]: value for name, value in lines}


def _same(ours: object, theirs: str) -> bool:
    text = "" if ours is None else written(ours)
    try:
        return text == theirs or abs(float(text) - float(theirs)) < 1e-9
    except ValueError:
        return ours is None and theirs == "NaN"


@pytest.mark.parametrize("case", [case for case in CASES if _askable(case)], ids=lambda case: re.sub(r"[^\w]+", "-", case["name"]))
def test_collect_computes_the_same(case: dict[str, Any], answers: dict[str, str]) -> None:
    """The library's answer is ours, or the one that the case tells of; `!` is an error, which no form that is in use can hold."""
    theirs = answers[case["name"]]

    if case.get("collect") == "!":
        assert theirs.startswith("!")
    else:
        assert _same(case.get("collect", case["expected"]), theirs), theirs
