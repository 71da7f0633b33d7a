"""A briefing as a web page: the same words and lists as on paper, in one column on a phone, black on white in print."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from survey.domain.verdicts import Outcome
from survey.web.briefing_words import NAMED, Said

_SIGNS = {Outcome.MET.value: "✓", Outcome.NOT_MET.value: "✗", Outcome.NOT_ENOUGH_DATA.value: "…"}

STYLE = """<style>
.briefing { max-width: 60rem; } .briefing h2 { font-size: 1.15rem; margin: 1.4rem 0 .4rem; padding: 0; }
.briefing .score { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: center; }
.briefing .score > b { border: 2px solid currentColor; border-radius: .375rem; padding: .3rem .9rem; font-size: 2.25rem; line-height: 1.15;
  font-variant-numeric: tabular-nums; text-align: center; } .briefing .score small { display: block; font-size: .8125rem; }
.briefing .score ul, .briefing ul { margin: 0; padding-left: 1.1rem; } .briefing li { margin: .2rem 0; }
.briefing .wide { overflow-x: auto; } .briefing table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
.briefing th, .briefing td { border: 1px solid color-mix(in srgb, currentColor 35%, transparent); padding: .35rem .5rem;
  text-align: left; vertical-align: top; } .briefing td.n { text-align: right; font-variant-numeric: tabular-nums; }
.briefing .pair { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem; margin: 0 0 .75rem; }
.briefing .pair img { width: 100%; aspect-ratio: 4 / 3; object-fit: cover; border-radius: .375rem; display: block; }
.briefing figure { margin: 0; } .briefing figcaption, .briefing .foot { font-size: .8125rem; overflow-wrap: anywhere; }
@media (max-width: 640px) { .briefing .stack thead { display: none; } .briefing .stack td { display: block; border-width: 0 0 1px; }
  .briefing .stack tr { display: block; border: 1px solid color-mix(in srgb, currentColor 35%, transparent); border-radius: .5rem;
  margin: 0 0 .6rem; } .briefing .stack td:last-child { border: 0; }
  .briefing .stack td[data-name]:not(:first-child)::before { content: attr(data-name) ": "; font-weight: 600; } }
</style>"""


def briefing_html(data: Said) -> str:
    """The page of what `printable` made of a briefing; photos come from our own route, as small pictures."""
    said, words = data["briefing"], data["words"]
    head = f"<b>{said['met']}/{said['total']}<small>{escape(words['met'])}</small></b>"
    sections = [
        f"<p>{escape(words['number'])} · {escape(said['edition_title'])} · {escape(words['as_of'])}</p>",
        f'<div class="score">{head}<ul>{_items(data["headline"])}</ul></div>',
        _section(data, "changes", [_change(data, one) for one in said["changes"]], as_list=True),
        _section(data, "gaps", [_gap(data, one) for one in said["gaps"]], heads=("criterion", "missing", "behind", "owner")),
        _section(data, "hamlets", [_hamlet(one) for one in said["hamlets"]], heads=_HAMLET_HEADS),
        _section(data, "steps", [_step(one, words) for one in said["steps"]], heads=_STEP_HEADS, title="path"),
        _section(data, "overdue", [_overdue(one) for one in said["overdue"]], as_list=True),
        _photos(said["photos"], words),
        f'<p class="foot">{escape(words["made"])}{escape(" · " + words["head"] + " " + said["head"]) if said["head"] else ""}</p>',
    ]
    return f'{STYLE}<article class="briefing">{"".join(sections)}</article>'


_STEP_HEADS = ("step", "dates", "owner", "done", "late")
_HAMLET_HEADS = ("hamlet", "met_short", "not_met_short", "open_short", "visited", "tasks")


def _section(
    data: Said, name: str, parts: Sequence[str], *, heads: Sequence[str] = (), as_list: bool = False, title: str | None = None
) -> str:
    words, label = data["words"], title or name
    body = f"<p>{escape(words[f'no_{label}'])}</p>"
    if parts and as_list:
        body = f"<ul>{''.join(parts)}</ul>"
    elif parts:
        columns = "".join(f'<th scope="col">{escape(words[head])}</th>' for head in heads)
        look = ' class="stack"' if name == "gaps" else ""
        body = f'<div class="wide"><table{look}><thead><tr>{columns}</tr></thead><tbody>{"".join(parts)}</tbody></table></div>'
    body += f'<p class="foot">{escape(words["signs"])}</p>' if parts and name == "gaps" else ""
    more = f"<p><em>{escape(data['more'][name])}</em></p>" if name in data["more"] else ""
    return f"<h2>{escape(words[label])}</h2>{body}{more}"


def _items(lines: Sequence[str]) -> str:
    return "".join(f"<li>{escape(line)}</li>" for line in lines)


def _change(data: Said, change: Mapping[str, Any]) -> str:
    cause = f" – {change['cause']}" if change["cause"] else ""
    moved = f"{data['outcomes'][change['before']]} → {_SIGNS[change['now']]} {data['outcomes'][change['now']]}{cause}"
    return f"<li><b>{escape(change['code'])}. {escape(change['title'])}</b>: {escape(moved)}</li>"


def _gap(data: Said, gap: Mapping[str, Any]) -> str:
    words = data["words"]
    name = f"{_SIGNS[gap['outcome']]} {gap['code']}. {gap['title']}{' ▲' if gap['critical'] else ''}"
    missing = gap["missing"] + (f" ({gap['words_tasks']})" if gap["tasks_open"] else "")
    owner = " · ".join(part for part in (gap["owner"] or words["nobody"], gap["words_due"]) if part)
    cells = (("criterion", name), ("missing", missing), ("behind", ", ".join(gap["hamlets"]) or "–"), ("owner", owner))
    return "<tr>" + "".join(f'<td data-name="{escape(words[head])}">{escape(value)}</td>' for head, value in cells) + "</tr>"


def _hamlet(hamlet: Mapping[str, Any]) -> str:
    tasks = str(hamlet["tasks_open"]) + (f" ({hamlet['words_overdue']})" if hamlet["tasks_overdue"] else "")
    numbers = (hamlet["met"], hamlet["not_met"], hamlet["unknown"], f"{hamlet['visited']}/{hamlet['registered']}", tasks)
    cells = "".join(f'<td class="n">{escape(str(number))}</td>' for number in numbers)
    return f"<tr><td>{escape(hamlet['name'])}</td>{cells}</tr>"


def _step(step: Mapping[str, Any], words: Mapping[str, str]) -> str:
    late = step["words_late"] if step["late_days"] > 0 else "–"
    cells = (step["title"], step["words_dates"], step["owner"] or words["nobody"], step["words_done"], late)
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _overdue(one: Mapping[str, Any]) -> str:
    items = "; ".join(f"{words} ({day})" for words, day in one["items"][:NAMED["page"]])
    more = f"; {one['more']['page']}" if one["more"]["page"] else ""
    return f"<li><b>{escape(one['person'])}</b>: {escape(items)}{escape(more)}</li>"


def _photos(pairs: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> str:
    if not pairs:
        return ""
    shown = "".join(f'<div class="pair">{_picture(pair, "before", words)}{_picture(pair, "after", words)}</div>' for pair in pairs)
    return f"<h2>{escape(words['photos'])}</h2>{shown}"


def _picture(pair: Mapping[str, Any], side: str, words: Mapping[str, str]) -> str:
    said = f"{words[side]} {pair[f'words_{side}_on']} · {pair['place']} · {pair['what']}"
    return (
        f'<figure><img src="/photos/{escape(pair[side])}/thumb" alt="{escape(said)}" loading="lazy">'
        f"<figcaption>{escape(said)}</figcaption></figure>"
    )
