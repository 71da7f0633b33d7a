"""Positions of a hamlet's sites, on both engines."""

from dataclasses import replace

from survey.domain.sites import Site, SiteKind
from survey.store import Store
from survey.store.site_positions import select_hamlet_positions
from survey.store.sites import close_site, insert_site, update_site
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.made_submissions import START


def test_present_sites_with_a_position_by_hamlet(store: Store) -> None:
    """Each site once, where it is now; closed ones, those without a position and those of the whole commune are left out."""
    seed(store)
    house = Site(COMMUNE, "s1", SiteKind.HOUSEHOLD, "HO-0001", "Hộ 1", HAMLETS[0], 18.05, 106.05)
    with store.transaction() as tx:
        insert_site(tx, house, at=START)
        insert_site(tx, replace(house, id="s2", code="HO-0002", latitude=None, longitude=None), at=START)
        insert_site(tx, replace(house, id="s3", code="HO-0003", hamlet=None), at=START)
        gone = replace(house, id="s4", code="HO-0004")
        insert_site(tx, gone, at=START)
        close_site(tx, gone, at=START.replace(day=21))
        update_site(tx, replace(house, latitude=18.06, longitude=106.07), at=START.replace(day=22))
    with store.reading() as reader:
        found = select_hamlet_positions(reader, COMMUNE)

    assert found == {HAMLETS[0]: [(106.07, 18.06)]}
