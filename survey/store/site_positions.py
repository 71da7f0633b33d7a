"""Where the present sites of each hamlet lie, for a map of hamlets."""

from collections import defaultdict

from survey.domain.ports import Reader


def select_hamlet_positions(reader: Reader, commune: str) -> dict[str, list[tuple[float, float]]]:
    """(longitude, latitude) of the open sites with a position, by hamlet; sites of the whole commune are left out."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in reader.rows(
        "SELECT hamlet, longitude, latitude FROM site WHERE commune = :commune AND known_to IS NULL AND closed = 0"
        " AND hamlet IS NOT NULL AND latitude IS NOT NULL AND longitude IS NOT NULL",
        commune=commune,
    ):
        found[row["hamlet"]].append((row["longitude"], row["latitude"]))
    return dict(found)
