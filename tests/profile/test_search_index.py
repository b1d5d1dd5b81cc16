"""The index of words: mistakes are forgiven, the nearest come first, and nobody gone is found."""

from hypothesis import given
from hypothesis import strategies as st

from wegweiser.profile.search_index import SearchIndex, worth_of
from wegweiser.profile.search_words import distance, mistakes_in, words_of

NAMES = ("Ada Lovelace", "Grace Hopper", "Jörg Müller", "Jana Müller", "Otto Nordmann")
LETTERS = st.text("abcdefgh", min_size=0, max_size=10)


def index_of(*names: str) -> SearchIndex:
    index = SearchIndex()
    for name in names:
        index.add(name, words_of(name))
    return index


def found(index: SearchIndex, text: str) -> list[str]:
    return [hit.subject for hit in index.find(words_of(text), 10)]


def test_a_mistake_is_forgiven_and_the_exact_word_comes_first() -> None:
    index = index_of(*NAMES, "Jorg Muler")
    for written in ("lovelace", "lovelaec", "lvelace", "loveelace", "LOVELACE", "lovel"):
        assert found(index, written) == ["Ada Lovelace"], written
    assert found(index, "müller")[:2] == ["Jörg Müller", "Jana Müller"]
    assert found(index, "mueller jorg") == ["Jörg Müller"]
    assert found(index, "muler")[0] == "Jorg Muler"
    assert found(index, "xyzzy") == []
    assert found(index, "") == []


def test_words_that_fit_together_leave_out_who_has_only_some() -> None:
    index = index_of(*NAMES)
    assert found(index, "jana muller") == ["Jana Müller"]
    assert found(index, "jana lovelace") == ["Ada Lovelace", "Jana Müller"]


def test_a_letter_alone_finds_nobody_beside_a_word_that_fits_nobody() -> None:
    index = index_of("A b", *NAMES)
    assert found(index, "b") == ["A b"]
    assert found(index, "b nobodyatall") == []
    assert found(index, "a lovelace")[0] == "Ada Lovelace"


def test_who_is_put_anew_is_found_by_the_new_words_only() -> None:
    index = index_of(*NAMES)
    index.put("Ada Lovelace", words_of("Ada Byron"))
    assert found(index, "lovelace") == []
    assert found(index, "byron") == ["Ada Lovelace"]
    index.put("Ada Lovelace", ())
    assert found(index, "byron") == []
    assert found(index, "ada") == []


@given(LETTERS, LETTERS)
def test_distance_is_symmetric_and_zero_for_the_same_only(a: str, b: str) -> None:
    assert distance(a, b, 20) == distance(b, a, 20)
    assert (distance(a, b, 20) == 0) == (a == b)


@given(
    st.lists(st.text("abcdefghijk", min_size=4, max_size=12), min_size=1, max_size=40), st.data()
)
def test_the_signatures_lose_no_word_with_few_mistakes(
    words: list[str], data: st.DataObject
) -> None:
    """What the pass over all signatures leaves out is never what letter by letter would find."""
    index = SearchIndex()
    for word in words:
        index.add(word, (word,))
    wanted = data.draw(st.sampled_from(words))
    place = data.draw(st.integers(0, len(wanted) - 1))
    changed = data.draw(st.sampled_from("abcdefghijk"))
    typed = wanted[:place] + changed + wanted[place + 1 :]
    assert mistakes_in(len(typed)) >= 1
    near = {word for word in words if worth_of(typed, word) > 0}
    assert {words_of(word)[0] for word in near} <= set(found_all(index, typed))
    assert wanted in near


def found_all(index: SearchIndex, typed: str) -> list[str]:
    return [hit.subject for hit in index.find((typed,), 1_000)]
