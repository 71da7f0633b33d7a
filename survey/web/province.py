"""Widgets of the province page: totals, what is shown in which order, the table, the map of communes, the table as a file."""

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st

from survey import province
from survey.domain.criteria import Edition
from survey.web import maps, text
from survey.web.province_words import NONE, cells, columns, group_name
from survey.web.session import Here
from survey.web.text import _

_ALL = ""
# Light to dark as well as by hue, so that the order of the steps is seen in black and white; each stands against both backgrounds.
_STEPS = ((196, 68, 52), (206, 98, 12), (168, 122, 0), (74, 140, 60), (22, 106, 66))
_STYLE = """<style>
.province { overflow-x: auto; max-width: 100%; }
.province table { border-collapse: collapse; width: 100%; font-size: .875rem; }
.province th, .province td { border: 1px solid color-mix(in srgb, currentColor 30%, transparent); padding: .35rem .4rem; text-align: left;
  vertical-align: top; line-height: 1.35; font-variant-numeric: tabular-nums; }
.province th[scope=col] { font-size: .8125rem; }
.province th[scope=row] { font-weight: 600; }
.province meter { display: block; width: 100%; min-width: 4rem; height: .6rem; }
@media (max-width: 720px) {
  .province table { font-size: 1rem; }
  .province table, .province tbody, .province tr, .province td, .province th { display: block; border: 0; padding: 0; }
  .province thead { position: absolute; left: -999rem; }
  .province tr { border: 1px solid color-mix(in srgb, currentColor 35%, transparent); border-radius: .5rem; padding: .6rem .75rem;
    margin-bottom: .5rem; }
  .province td { display: grid; grid-template-columns: 8.5rem 1fr; gap: .1rem .6rem; }
  .province td::before { content: attr(data-label); }
  .province td > b, .province td > span { overflow-wrap: anywhere; }
  .province td.none { display: none; }
}
</style>"""


def choose_edition(editions: Mapping[str, Edition | None]) -> str:
    """Show the choice of an edition; it stays in the address."""
    titles = {name: name if known is None else known.title.say(text.locale()) for name, known in editions.items()}
    ids, shown = list(titles), st.query_params.get("edition")
    chosen = st.selectbox(_("Edition"), ids, index=ids.index(shown) if shown in titles else 0, format_func=titles.__getitem__)
    st.query_params["edition"] = chosen
    return chosen


def show_totals(found: province.Comparison) -> None:
    """Show what all communes come to."""
    totals = province.add_up(found.rows)
    share = text.format_share(totals.visited / totals.registered) if totals.registered else NONE
    shown = (
        (text.format_number(totals.communes), _("communes and wards")),
        (_("{n} of {total}", n=totals.reached, total=totals.goals), _("have reached their goal")),
        (share, _("of the registered sites have evidence")),
        (_("{n} of {total}", n=totals.computed, total=totals.communes), _("have figures")),
    )
    parts = "".join(f'<div class="count"><b>{escape(figure)}</b><span>{escape(words)}</span></div>' for figure, words in shown)
    st.html(f'<div class="counts">{parts}</div>')


def show_choices(found: province.Comparison) -> list[province.Standing]:
    """Show search, group and order; returns the communes to show."""
    orders = {
        province.Order.SCORE: _("Criteria met"), province.Order.NAME: _("Name"), province.Order.CLAIMED: _("Claimed"),
        province.Order.APPRAISED: _("Appraised"), province.Order.COVERAGE: _("Sites with evidence"),
        province.Order.AGE: _("Age of the evidence"), province.Order.GOAL: _("Day of the goal"), province.Order.FORECAST: _("Forecast"),
    }  # fmt: skip
    groups = sorted({row.group for row in found.rows if row.group})
    words = st.text_input(_("Find a commune"), max_chars=60, key="province_words")
    left, right = st.columns(2)
    order = left.selectbox(_("Sort by"), list(orders), format_func=orders.__getitem__, key="province_order")
    group = _ALL
    if groups:
        names = {_ALL: _("All groups"), **{code: group_name(found, code) for code in groups}}
        group = right.selectbox(_("Group of communes"), list(names), format_func=names.__getitem__, key="province_group")
    first = st.segmented_control(
        _("Order"), [False, True], default=False, required=True, key="province_down",
        format_func=lambda down: _("greatest first") if down else _("smallest first"),
    )  # fmt: skip
    return province.arrange(found.rows, order, downwards=bool(first), group=group or None, words=words)


def shows_map() -> bool:
    """Show the choice between list and map; returns whether it is the map."""
    views = {False: _("List"), True: _("Map")}
    chosen = st.segmented_control(
        _("Show"), list(views), default=False, required=True, format_func=views.__getitem__, key="province_map_shown",
        label_visibility="collapsed",
    )  # fmt: skip
    return bool(chosen)


def show_table(found: province.Comparison, rows: Sequence[province.Standing]) -> None:
    """Show the communes as a table; on a phone each is a card."""
    if not rows:
        st.info(_("No commune fits. Change the search or the group."), icon=":material/search_off:")
        return
    names = columns()
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(_row(names, cells(row, found), row) for row in rows)
    st.html(f'{_STYLE}<div class="province"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>')


def show_map(here: Here, found: province.Comparison, rows: Sequence[province.Standing]) -> None:
    """Show the communes coloured by their share of criteria met, each with its number; the legend says it in words."""
    drawn = province.outlines(here.survey, here.actor)
    areas = [_area(row, drawn[row.code]) for row in rows if row.code in drawn]
    if not areas:
        return
    maps.show_areas(None, areas, key=f"province_map_{found.edition}")
    steps = [(colour, escape(_step_words(number))) for number, colour in enumerate(_STEPS)]
    st.html(maps.legend([*steps, (maps.GREY, escape(_("not computed yet")))]))


def show_download(found: province.Comparison) -> None:
    """Show the way to the table as a file."""
    address = "/province.csv?" + urlencode({"edition": found.edition})
    st.html(f'<a class="door" href="{escape(address)}" download>{escape(_("Download the table (CSV)"))}</a>')
    st.caption(_("Sums only: names, positions and photos of other communes are not shown here."))


def _row(names: Sequence[str], said: Sequence[str], row: province.Standing) -> str:
    parts = [f'<th scope="row">{escape(said[0])}</th>']
    for number, (name, words) in enumerate(zip(names[1:], said[1:], strict=True), 1):
        meter = ""
        if number == 2 and row.summary is not None:  # noqa: PLR2004 - the column of the score
            meter = f'<meter min="0" max="{row.summary.criteria}" value="{row.summary.met}" aria-hidden="true"></meter>'
        empty = ' class="none"' if words == NONE else ""
        parts.append(f'<td{empty} data-label="{escape(name)}"><span>{escape(words)}{meter}</span></td>')
    return f"<tr>{''.join(parts)}</tr>"


def _area(row: province.Standing, outline: province.Outline) -> maps.Area:
    line = row.summary
    if line is None or not line.criteria:
        return maps.Area(row.code, f"{row.name}: {_('not computed yet')}", NONE, maps.GREY, outline.ring, outline.middle, filled=False)
    step = min(len(_STEPS) - 1, line.met * len(_STEPS) // line.criteria)
    words = f"{row.name}: {_('{n} of {total}', n=line.met, total=line.criteria)}"
    return maps.Area(row.code, words, str(line.met), _STEPS[step], outline.ring, outline.middle)


def _step_words(number: int) -> str:
    low, high = (text.format_share(edge / len(_STEPS)) for edge in (number, number + 1))
    return _("{low} to {high} of the criteria", low=low, high=high)
