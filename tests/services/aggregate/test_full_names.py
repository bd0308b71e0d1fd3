"""How the contests of an election are told apart when one is spoken of alone."""

from schemas.register import Body, Region
from services.aggregate.rules.full_names import full_body_names, full_contest_names
from services.aggregate.rules.register_details import RegisterDetails
from tests.services.registers import synthetic_contest, synthetic_register

DAY = "2030-05-02"


def told(contests: dict[str, dict[str, object]], **register: object) -> list[str]:
    """Return the names of contests as they are said, in their order; ids are without the day."""
    made = {f"{one}.{DAY}": synthetic_contest(**({"regions": ()} | fields)) for one, fields in contests.items()}
    found = full_contest_names(synthetic_register(contests=made, **register), made)
    return [found.get(one, contest.name) for one, contest in made.items()]


def ward(name: str, body: str | None = None, **fields: object) -> dict[str, object]:
    """Return the fields of a ward."""
    return {"name": name, "office": "councillor", "body": body, **fields}


NORTH_AND_SOUTH = {"north-shire": Body(name="North Shire", seats=9), "south-shire": Body(name="South Shire", seats=9)}


def test_one_office_and_one_council_need_no_more_than_the_name() -> None:
    """Promise: nothing is added where nothing else could be meant."""
    assert told({"pcc.norfolk": {"name": "Norfolk"}, "pcc.essex": {"name": "Essex"}}) == ["Norfolk", "Essex"]
    bodies = {"testing": Body(name="Testing", seats=9)}
    wards = {"local.testing.a": ward("A", "testing"), "local.testing.b": ward("B", "testing")}
    assert told(wards, bodies=bodies) == ["A", "B"]


def test_a_ward_names_its_council_where_there_are_several() -> None:
    """Promise: by the name of the body, of a region that is a council's area, or as the id has it."""
    wards: dict[str, dict[str, object]] = {
        "local.north-shire.st-marys": ward("St Mary's", "north-shire"),
        "local.south-shire.st-marys": ward("St Mary's", "south-shire"),
        "local.south-shire.market": ward("Market", "south-shire"),
        "local.kings-lynn-and-west-norfolk.priory": ward("Priory"),
        "local.east-shire.bridge": ward("Bridge", regions=("east", "area")),
        "mayor.west-shire": {"name": "West Shire", "office": "mayor"},
    }
    regions = {
        "east": Region(name="East", kind="official"),
        "area": Region(name="The Borough of East Shire", kind="council"),
    }
    assert told(wards, bodies=NORTH_AND_SOUTH, regions=regions) == [
        "St Mary's (North Shire)",
        "St Mary's (South Shire)",
        "Market (South Shire)",
        "Priory (Kings Lynn and West Norfolk)",
        "Bridge (The Borough of East Shire)",
        "West Shire (mayor)",
    ]


def test_what_is_called_alike_says_more() -> None:
    """Promise: a by-election says so, a ward called as its council is no council, and at the last the id decides."""
    bodies = {"testing": Body(name="Testing", seats=9)}
    wards = {
        "local.testing.abbey": ward("Abbey", "testing"),
        "local.testing.abbey.by": ward("abbey", "testing"),
        "local.testing.testing": ward("Testing", "testing"),
        "local.testing.bridge-north": ward("Bridge", "testing"),
        "local.testing.bridge-south": ward("Bridge", "testing"),
    }
    assert told(wards, bodies=bodies) == [
        "Abbey",
        "abbey by-election",
        "Testing (councillor)",
        "Bridge (Testing, councillor, local.testing.bridge-north.2030-05-02)",
        "Bridge (Testing, councillor, local.testing.bridge-south.2030-05-02)",
    ]
    one_council = {"council-0": Body(name="Council-0", seats=9)}
    alike = {f"local.testing.ward-{number}": ward("Ward", "council-0") for number in (1, 2)}
    assert told(alike, bodies=one_council) == [
        "Ward (Council-0, councillor, Testing, local.testing.ward-1.2030-05-02)",
        "Ward (Council-0, councillor, Testing, local.testing.ward-2.2030-05-02)",
    ]


def test_bodies_of_one_name_are_told_apart_by_their_slugs() -> None:
    """Promise: control of one is never said in the words of another's."""
    bodies = {"durham-county": Body(name="Durham", seats=9), "durham-city": Body(name="Durham", seats=9)}
    register = synthetic_register(bodies=bodies | {"other": Body(name="Other", seats=1)})
    assert full_body_names(register) == {
        "durham-county": "Durham (Durham County)",
        "durham-city": "Durham (Durham City)",
        "other": "Other",
    }


def test_a_new_name_is_told_apart_and_so_are_the_others_from_then_on() -> None:
    """Promise: an amendment that makes two names alike, or unlike, shows in both contests."""
    abbey, bridge = f"local.testing.abbey.{DAY}", f"local.testing.bridge.by.{DAY}"
    contests = {abbey: synthetic_contest(name="Abbey"), bridge: synthetic_contest(name="Bridge")}
    details = RegisterDetails(synthetic_register(contests=contests))
    assert [details.contest(one).name.full_name for one in contests] == [None, None]
    renamed = contests[bridge].model_copy(update={"name": "Abbey"})
    assert details.details_of(bridge, renamed).name.full_name == "Abbey by-election"
    details.put(bridge, renamed)
    assert [details.contest(one).name.full_name for one in contests] == [None, "Abbey by-election"]
    details.put(abbey, contests[abbey].model_copy(update={"name": "Castle"}))
    assert [details.contest(one).name.full_name for one in contests] == [None, None]
