"""The languages of the pages: complete catalogues, the choice of a language, and correct forms."""

from __future__ import annotations

import json
import re

import pytest
from markupsafe import Markup

from scoreboard.pages import gaps
from scoreboard.pages.messages import LANGUAGES, PLACEHOLDER, Language, choose, load
from scoreboard.pages.plurals import RULES
from tests.support import ROOT

pytestmark = pytest.mark.one_database

ENGLISH = LANGUAGES["en"]
OTHERS = [tag for tag in LANGUAGES if tag != "en"]
SOURCES = [
    *ROOT.glob("frontend/templates/**/*.html"),
    *ROOT.glob("frontend/static/js/**/*.js"),
    *ROOT.glob("scoreboard/pages/**/*.py"),
]
# t("section.words"), and t("section." ~ words) or t(`section.${words}`): any text of that section.
USES = re.compile(r"""\b(?:t|say)\(\s*["'`]([a-z]+\.)(\w*)(["'`]\s*~|\$\{)?""")
KEYS = re.compile(r"""["'`]([a-z]+\.\w+)["'`]""")  # a key that is passed on, as in a table
MAX_GAPS = 20  # texts that may wait for a translator
DYNAMIC = {"frame", "limits", "theme", "connection", "carrier"}  # sections whose keys are computed
WORDED = {"zero", "one", "two"}  # forms that may have the number as a word
CATEGORIES = {
    **{tag: {"one", "other"} for tag in ("en", "de", "hi")},
    **{tag: {"one", "many", "other"} for tag in ("es", "fr", "pt-BR")},
    **{tag: {"other"} for tag in ("ja", "zh-Hans")},
    "ar": {"zero", "one", "two", "few", "many", "other"},
}


def file_texts(tag):
    """The texts of a language in its file."""
    return json.loads((ROOT / "frontend" / "messages" / f"{tag}.json").read_text("utf-8"))


def forms(text):
    return {"other": text} if isinstance(text, str) else text


SOURCE = "\n".join(source.read_text("utf-8") for source in SOURCES)


@pytest.mark.parametrize("tag", OTHERS)
def test_a_language_has_no_text_that_english_lacks(tag):
    assert file_texts(tag).keys() - ENGLISH.texts.keys() == set()


@pytest.mark.parametrize("tag", OTHERS)
def test_a_language_lacks_no_more_texts_than_a_small_feature_brings(tag):
    assert LANGUAGES[tag].gaps == [key for key in ENGLISH.texts if key not in file_texts(tag)]
    assert len(LANGUAGES[tag].gaps) <= MAX_GAPS, f"`make messages` lists what {tag}.json lacks: translate it"


def test_a_text_that_a_language_lacks_is_shown_in_english(tmp_path):
    catalogues(
        tmp_path,
        en={"a.hello": "Hello, {name}", "a.frames": {"one": "{n} frame", "other": "{n} frames"}, "b.c": "C"},
        fr={"b.c": "Ç"},
    )
    french = load(tmp_path)["fr"]

    assert french.say("a.hello", name="<Ada>") == "Hello, &lt;Ada&gt;"
    assert french.say("a.frames", n=0) == "0 frames"  # French would take the form for one
    assert french.say("b.c") == "Ç"
    assert french.sections("a", "b").keys() == {"a.hello", "a.frames", "b.c"}


def test_gaps_are_listed_for_each_language(tmp_path):
    catalogues(tmp_path, en={"a.x": "X", "a.y": "Y"}, de={"a.x": "x", "a.y": "y"}, fr={"a.y": "y"})

    assert list(gaps.report(load(tmp_path))) == [
        "en: complete",
        "de: complete",
        "fr: lacks 1",
        "  \"a.x\": in messages/fr.json, English says 'X'",
    ]


def catalogues(folder, **texts):
    for tag, catalogue in texts.items():
        (folder / f"{tag}.json").write_text(json.dumps(catalogue), "utf-8")


@pytest.mark.parametrize("tag", OTHERS)
def test_a_text_has_the_placeholders_that_it_has_in_english(tag):
    for key, text in file_texts(tag).items():
        expected = set(PLACEHOLDER.findall(forms(ENGLISH.texts[key])["other"]))
        for form, words in forms(text).items():
            optional = {"n"} if form in WORDED else set()
            assert set(PLACEHOLDER.findall(words)) | optional == expected | optional, (key, form)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_text_with_a_number_has_the_forms_of_its_language(tag):
    plural_keys = {key for key, text in ENGLISH.texts.items() if not isinstance(text, str)} & file_texts(
        tag
    ).keys()

    assert {key for key, text in file_texts(tag).items() if not isinstance(text, str)} == plural_keys
    for key in plural_keys:
        assert forms(file_texts(tag)[key]).keys() == CATEGORIES[tag], key


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_text_is_empty_or_begins_or_ends_with_space(tag):
    for key, text in file_texts(tag).items():
        for words in forms(text).values():
            assert words.strip() == words != "", key


def test_every_used_text_exists():
    keys = {section + words for section, words, open in USES.findall(SOURCE) if not open}

    assert keys - ENGLISH.texts.keys() == set()


def test_every_text_is_used():
    texts = {key for key in ENGLISH.texts if key.partition(".")[0] not in DYNAMIC}

    assert texts - set(KEYS.findall(SOURCE)) == set()


def test_only_whole_sections_are_chosen_from_by_scripts():
    sections = {(section.rstrip("."), words) for section, words, open in USES.findall(SOURCE) if open}

    assert sections == {(section, "") for section in DYNAMIC}


def test_every_language_has_plural_rules():
    assert RULES.keys() == LANGUAGES.keys() == CATEGORIES.keys()


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("DE-ch", "de"),
        ("pt", "pt-BR"),
        ("pt-PT,en;q=0.5", "pt-BR"),
        ("zh-CN,zh;q=0.9", "zh-Hans"),
        ("zh-Hans-SG", "zh-Hans"),
        ("zh-TW,ja;q=0.5", "ja"),
        ("zh-Hant-HK", "en"),
        ("en;q=0.2,fr;q=0.9", "fr"),
        ("fr;q=0,es", "es"),
        ("fr;q=0", "en"),
        ("xx,ar;q=0.1", "ar"),
        ("*", "en"),
        ("sv, hi ; q=0.4 , ja;q=0.3", "hi"),
        ("fr;q=nonsense,es;q=0.1", "es"),
        ("fr;level=1,es;q=0.1", "es"),
        ("fr;q=7,es;q=0.1", "es"),
        (",;,;q=1,-,ja", "ja"),
    ],
)
def test_a_page_is_in_the_first_language_of_the_browser_that_we_have(header, language):
    assert choose(LANGUAGES, tag="", accept=header).tag == language


@pytest.mark.parametrize(("tag", "language"), [("ja", "ja"), ("zh-cn", "zh-Hans"), ("tlh", "fr"), ("", "fr")])
def test_a_language_in_the_address_wins_over_the_browsers(tag, language):
    assert choose(LANGUAGES, tag=tag, accept="fr").tag == language


def test_values_in_a_text_are_escaped_unless_they_are_markup():
    language = Language(tag="en", texts={"a.b": "<{name}> & {link}"})

    html = language.say("a.b", name="<script>{link}", link=Markup("<a>x</a>"))

    assert html == "&lt;&lt;script&gt;{link}&gt; &amp; <a>x</a>"


@pytest.mark.parametrize(
    ("tag", "number", "text"),
    [
        ("en", 1, "1 frame"),
        ("en", 0, "0 frames"),
        ("en", 1234567, "1,234,567 frames"),
        ("fr", 0, "0 trame"),
        ("es", 1_000_000, "1.000.000 de tramas"),
        ("ar", 2, "إطاران"),
        ("ar", 105, "105 إطارات"),
        ("ar", 12, "12 إطارًا"),
        ("ja", 1, "1 フレーム"),
    ],
)
def test_a_number_chooses_the_form(tag, number, text):
    assert LANGUAGES[tag].say("events.held", n=number) == text


def test_a_page_says_its_language_and_that_it_depends_on_the_browser(client):
    page = client.get("/docs", headers={"Accept-Language": "ar"})

    assert '<html lang="ar" dir="rtl">' in page.text
    assert page.headers["Content-Language"] == "ar"
    assert page.headers["Vary"] == "Accept-Language, Accept-Encoding"


@pytest.mark.parametrize(
    "path", ["/", "/b/nope", "/play", "/docs", "/docs/api", "/docs/events", "/docs/embed", "/problems"]
)
def test_every_page_is_available_in_every_language(client, path):
    for tag, language in LANGUAGES.items():
        page = client.get(path, query_string={"lang": tag})

        assert f'<html lang="{tag}" dir="{language.direction}">' in page.text
        assert page.headers["Vary"] == "Accept-Language, Accept-Encoding"


def test_a_language_in_the_address_stays_from_page_to_page(client):
    page = client.get("/b/nope?lang=de").text

    assert 'href="/docs?lang=de"' in page
    assert 'href="/b/main?lang=de"' in page
    assert 'href="/b/nope?lang=fr"' in page
    assert 'href="/docs"' in client.get("/b/nope?lang=nonsense").text
