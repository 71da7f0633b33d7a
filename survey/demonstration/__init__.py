"""A believable commune for demonstrations and trials: invented land, people, visits and drawn photos, handed in through the usual doors."""
