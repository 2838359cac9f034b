from hypothesis import given
from hypothesis import strategies as st

from evals.names import Named, Names, plain

PLANT = Names(
    [
        Named("main", "Building", ("Main Building",)),
        Named("ahu-2", "Asset", ("AHU-2", "north air handler")),
        Named("vav-201", "Asset", ("VAV-201",)),
        Named("room-201", "Space", ("Room 201",)),
        Named("zone-201", "Space", ("Zone 201", "Room 201 zone")),
        Named("p1", "Point", ("Zone Temperature",)),
        Named("p2", "Point", ("Zone Temperature",)),
    ]
)


def named(text: str) -> list[set[str]]:
    return [set(span.ids) for span in PLANT.spans(text)]


def test_a_asset_is_named_by_its_name_an_alias_or_its_id():
    assert named("AHU-2, the north air handler, is ahu-2.") == [{"ahu-2"}, {"ahu-2"}, {"ahu-2"}]


def test_case_and_the_sign_between_words_do_not_matter():
    assert named("ahu 2 and VAV_201 and vav\u2011201") == [{"ahu-2"}, {"vav-201"}, {"vav-201"}]


def test_the_longest_name_wins_where_names_overlap():
    assert named("Room 201 zone is warm") == [{"zone-201"}]


def test_a_name_inside_a_longer_word_or_number_is_none():
    assert named("VAV-2010, XAHU-2 and AHU-20") == []


def test_an_ordinary_word_is_not_its_id():
    assert named("the main reason; the Main Building") == [{"main"}]


def test_a_name_that_several_assets_have_is_one_name_of_them_all():
    assert named("zone temperature") == [{"p1", "p2"}]
    assert PLANT.called("Zone Temperature") == {"p1", "p2"}
    assert PLANT.called("p1") == {"p1"}


def test_only_the_kinds_that_count_are_named():
    assert list(PLANT.spans("zone temperature", lambda kind: kind != "Point")) == []


def test_names_with_digits_can_be_taken_out():
    assert PLANT.blanked("VAV-201 reads 201 in the Main Building") == "        reads 201 in the Main Building"


@given(st.text())
def test_the_plain_form_is_as_long_as_the_text(text: str):
    assert len(plain(text)) == len(text)
    assert len(PLANT.blanked(text)) == len(text)
