"""All communes of the deployment at once: names, borders and settings; nothing of people, sites or submissions."""

from collections.abc import Collection

from survey.domain.places import Border
from survey.domain.ports import Reader


def select_commune_names(reader: Reader) -> list[tuple[str, str, str]]:
    """Code, name and moment of entry (UTC text) of every commune, by code; the borders are left where they are."""
    rows = reader.rows("SELECT commune, name, created_at FROM commune ORDER BY commune")
    return [(row["commune"], row["name"], row["created_at"]) for row in rows]


def select_borders(reader: Reader, communes: Collection[str]) -> dict[str, Border]:
    """The borders of *communes*: some 80 kB each, so ask for those that are not known yet."""
    names = {f"commune{number}": commune for number, commune in enumerate(sorted(communes))}
    if not names:
        return {}
    rows = reader.rows(f"SELECT commune, border FROM commune WHERE commune IN ({', '.join(f':{name}' for name in names)})", **names)
    return {row["commune"]: Border(row["border"]) for row in rows}


def select_settings_of_all(reader: Reader, names: Collection[str]) -> dict[tuple[str, str], str]:
    """The present value of each of *names* by commune and name; what is at its default is left out."""
    asked = {f"name{number}": name for number, name in enumerate(sorted(names))}
    rows = reader.rows(
        f"SELECT s.commune, s.name, s.value FROM setting s WHERE s.name IN ({', '.join(f':{name}' for name in asked)}) AND s.number ="
        " (SELECT MAX(x.number) FROM setting x WHERE x.commune = s.commune AND x.name = s.name)",
        **asked,
    )
    return {(row["commune"], row["name"]): row["value"] for row in rows if row["value"]}


def select_summarized_editions(reader: Reader) -> list[str]:
    """The ids of the editions of which any commune has kept figures."""
    return [row["edition"] for row in reader.rows("SELECT DISTINCT edition FROM figure_summary ORDER BY edition")]
