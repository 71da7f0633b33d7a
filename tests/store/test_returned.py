"""What came back to a person is found by its own index, however much the person has handed in."""

from survey.store import Store
from survey.store.submissions import select_returned
from tests.conftest import COMMUNE


def test_returned_work_is_found_by_its_own_index(sqlite_store: Store) -> None:
    """The plan of the statement names the index of returned submissions."""
    asked: list[tuple[str, dict[str, object]]] = []

    class Reader:
        def rows(self, sql: str, **parameters: object) -> list[object]:
            asked.append((sql, parameters))
            return []

    select_returned(Reader(), COMMUNE, "p-inspector", limit=20)  # type: ignore[arg-type]
    sql, parameters = asked[0]
    with sqlite_store.reading() as reader:
        plan = " ".join(row["detail"] for row in reader.rows(f"EXPLAIN QUERY PLAN {sql}", **parameters))

    assert "submission_returned" in plan
    assert "TEMP B-TREE" not in plan
