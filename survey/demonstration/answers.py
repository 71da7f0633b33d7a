"""What an inspector finds at an invented site: answers by question, and what each photo shows; a second round is better than the first."""

from collections.abc import Callable, Mapping
from random import Random

from survey.demonstration.chance import chance
from survey.demonstration.ground import hamlet_number
from survey.domain.sites import Site
from survey.photos.drawing import Scene

Answers = dict[str, object]

BEFORE, AFTER = 1, 2
_NO_FENCE, _NO_GARDEN, _GIVES_LAND = 0.03, 0.03, 0.06
_PACE = {1: 1.4, 2: 0.3}  # how much faster than elsewhere fences turn green: the first hamlet leads, the second lags
_GREEN_KIND = 0.6  # from this share on the fence is called green


def answers_of(form: str, site: Site, round_number: int, seed: int) -> Answers:
    """Answers by question name; the same *site* gives answers that fit together in both rounds."""
    random = chance(seed, f"answers {form} {site.code}")
    found = _FORMS[form](site, round_number, random)
    if round_number == AFTER:
        found |= _contributions(random)
    return found


def scene_of(form: str, question: str, answers: Mapping[str, object]) -> Scene:
    """What the photo of *question* shows, given the other *answers*."""
    fixed = _PROOFS.get(question)
    return fixed if fixed is not None else _VIEWS[form](answers)


def _contributions(random: Random) -> Answers:
    found: Answers = {"work_days": float(random.randint(0, 12)), "money_thousand": float(random.randrange(0, 3000, 50))}
    if random.random() < _GIVES_LAND:
        found["land_m2"] = float(random.randint(5, 60))
    return found


def _yes(random: Random, share: float) -> str:
    return "yes" if random.random() < share else "no"


def _fence(site: Site, round_number: int, random: Random) -> Answers:
    total = 0.0 if random.random() < _NO_FENCE else float(random.randint(18, 95))
    before, gain, tidy = random.uniform(0.05, 0.7), random.uniform(0.15, 0.8), random.random()
    gain *= _PACE.get(hamlet_number(site), 1.0)
    share = before if round_number == BEFORE else min(1.0, before + gain)
    green = float(round(total * share))
    found: Answers = {"total_m": total, "green_m": green, "trimmed": "yes" if tidy < share + 0.2 else "no"}
    found["kind"] = random.choice(("hedge", "hedge", "covered_by_plants")) if share > _GREEN_KIND else random.choice(("wall", "mesh"))
    if green < total:
        found["planned_m"] = float(round((total - green) / 2))
    return found


def _garden(site: Site, round_number: int, random: Random) -> Answers:
    if random.random() < _NO_GARDEN:
        return {"state": "no_garden"}
    start, pace = random.choice(("scrub", "scrub", "in_progress", "renovated")), random.random()
    done = start == "renovated" or (round_number == AFTER and pace < 0.7)  # noqa: PLR2004 - how many finish by the second round
    registered = bool(site.attributes.get("garden_registered"))
    found: Answers = {
        "state": "renovated" if done else start,
        "area_m2": site.attributes.get("garden_m2", 500.0),
        "model_status": random.choice(("registered", "nearly")) if registered else "not_registered",
        "irrigation": random.choice(("proper", "proper", "partial")) if done else random.choice(("partial", "none")),
        "advance": random.sample(("growing", "harvest", "storage"), random.randint(1, 2)) if done else ["none"],
        "trees": random.randint(20, 90) if done else random.randint(3, 30),
        "tree_share_percent": random.randint(30, 60) if done else random.randint(10, 35),
        "shed": random.choice(("no_livestock", "sanitary", "sanitary")) if done else random.choice(("no_livestock", "unsanitary")),
    }
    return found | (_model_garden(found, random, done=done) if registered else {})


def _model_garden(garden: Answers, random: Random, *, done: bool) -> Answers:
    product, fence = float(random.randint(20, 120)), float(random.randint(20, 90))
    return {
        "plan": "yes" if done else _yes(random, 0.5), "plan_confirmed": _yes(random, 0.8), "plan_followed": _yes(random, 0.8),
        "safe_food": _yes(random, 0.9), "product_million": product, "key_product_million": round(product * random.uniform(0.4, 0.8), 1),
        "income_million": round(product * random.uniform(0.4, 0.7), 1), "fence_m": fence,
        "fence_green_m": float(round(fence * (random.uniform(0.7, 1) if done else random.uniform(0.2, 0.7)))),
        "drainage": "yes" if garden["irrigation"] == "proper" else "no", "waste_in_place": _yes(random, 0.85),
    }  # fmt: skip


def _environment(_site: Site, round_number: int, random: Random) -> Answers:
    good = 0.55 if round_number == BEFORE else 0.92
    luck = [random.random() for _ in range(9)]
    shed = "no_livestock" if luck[4] > good + 0.03 and luck[8] > 0.5 else "sanitary" if luck[4] < good else "unsanitary"  # noqa: PLR2004
    return {
        "waste_collected": "collected" if luck[0] < good else random.choice(("treated_at_home", "neither")),
        "waste_sorted": "yes" if luck[1] < good - 0.15 else "no",
        "waste_water": "sanitary" if luck[2] < good else "standing",
        "latrine": "sanitary" if luck[3] < good + 0.05 else "unsanitary",
        "bath": "yes" if luck[3] < good + 0.05 else "no",
        "water_tank": "yes" if luck[5] < good else "no",
        "livestock_shed": shed,
        "clean_water": "yes" if luck[6] < good else "no",
        "three_clean": "yes" if luck[7] < good else "no",
        "pesticide_packs": random.choice(("collected", "collected", "not_used")) if luck[8] < good else "not_collected",
    }


def _road(site: Site, round_number: int, random: Random) -> Answers:
    length, surface = site.length_m or 0.0, str(site.attributes["surface"])
    hard = surface in {"asphalt", "concrete"} or (round_number == AFTER and random.random() < 0.5)  # noqa: PLR2004 - half are paved meanwhile
    hardened = float(round(length * (1 if hard else random.uniform(0, 0.4))))
    soft = "stone_brick" if surface == "crushed_stone" else "earth"
    shown = surface if surface in {"asphalt", "concrete"} else "concrete" if hard else soft
    better, width = 0.25 if round_number == AFTER else 0.0, float(str(site.attributes["width_m"]))
    found: Answers = {
        "class": site.attributes["class"], "surface": shown, "length_m": length, "hardened_m": hardened,
        "passable": "yes" if hard else _yes(random, 0.4), "clean": "yes" if hard else _yes(random, 0.3), "width_m": width,
        "junctions": random.randint(0, 4), "formation_m": round(width + random.uniform(1, 2), 1),
    }  # fmt: skip
    for name, share in (("drained", 0.4), ("lit", 0.5), ("planted", 0.45)):
        luck = random.random()
        found[name] = "whole" if luck < share + better else "part" if luck < share + better + 0.25 else "none"
        found[f"{name}_part_m"] = float(round(length * random.uniform(0.2, 0.8)))
    found["junctions_signed"] = random.randint(0, int(str(found["junctions"])))
    return found


def _public_place(site: Site, round_number: int, random: Random) -> Answers:
    good = 0.6 if round_number == BEFORE else 0.9
    ground = float(random.randrange(400, 3000, 50))
    drain = site.length_m or float(random.randrange(60, 300, 10))
    found: Answers = {
        "place": site.attributes["type"], "house_condition": "good" if random.random() < good else "repair",
        "house_m2": float(random.randrange(80, 220, 10)), "sports_ground": _yes(random, good), "toilet": _yes(random, good),
        "sign": _yes(random, good), "sign_kind": random.choice(("w205", "w207", "w208")), "sign_reflective": _yes(random, 0.8),
        "sign_lower_edge_m": round(random.uniform(1.8, 2.2), 1), "sign_edge_distance_m": round(random.uniform(0.5, 1.7), 1),
        "sign_before_m": float(random.randint(20, 60)), "drain_m": drain, "drain_kind": random.choice(("covered", "open")),
        "drain_flows": _yes(random, good), "ground_m2": ground, "green_m2": float(round(ground * random.uniform(0.02, 0.4))),
        "clean": _yes(random, good), "lit": "working" if random.random() < good else random.choice(("broken", "none")),
    }  # fmt: skip
    return found


_FORMS: dict[str, Callable[[Site, int, Random], Answers]] = {
    "household_fence": _fence, "household_garden": _garden, "household_environment": _environment,
    "road_segment": _road, "public_place": _public_place,
}  # fmt: skip
FORMS = tuple(_FORMS)

_PROOFS = {
    "photo_irrigation": Scene.SPRINKLERS, "photo_plan": Scene.PLAN, "photo_shed": Scene.SHED, "photo_waste": Scene.BINS,
    "photo_waste_water": Scene.DRAIN, "photo_latrine": Scene.LATRINE, "photo_defect": Scene.MUD, "photo_sign": Scene.JUNCTION,
}  # fmt: skip


def _fence_view(answers: Mapping[str, object]) -> Scene:
    return {"wall": Scene.WALL, "mesh": Scene.MESH}.get(str(answers.get("kind")), Scene.HEDGE)


def _garden_view(answers: Mapping[str, object]) -> Scene:
    return Scene.GARDEN if answers.get("state") == "renovated" else Scene.YARD if answers.get("state") == "no_garden" else Scene.SCRUB


def _road_view(answers: Mapping[str, object]) -> Scene:
    if answers.get("passable") == "no":
        return Scene.MUD
    return {"asphalt": Scene.ASPHALT_ROAD, "concrete": Scene.CONCRETE_ROAD}.get(str(answers.get("surface")), Scene.EARTH_ROAD)


def _place_view(answers: Mapping[str, object]) -> Scene:
    shown = {"culture_house": Scene.CULTURE_HOUSE, "junction": Scene.JUNCTION, "drain": Scene.DRAIN}
    return shown.get(str(answers.get("place")), Scene.GROUND)


def _yard_view(_answers: Mapping[str, object]) -> Scene:
    return Scene.YARD


_VIEWS: dict[str, Callable[[Mapping[str, object]], Scene]] = {
    "household_fence": _fence_view, "household_garden": _garden_view, "household_environment": _yard_view,
    "road_segment": _road_view, "public_place": _place_view,
}  # fmt: skip
