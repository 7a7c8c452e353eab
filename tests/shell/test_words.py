"""The words command finds what people will read, and what nobody has translated."""

from __future__ import annotations

import pytest

from ritm.shell import words
from ritm.shell.words import Room

PO = """msgid ""
msgstr ""
"Language: ru\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 ? 0 : n%10>=2 ? 1 : 2);\\n"
"""


@pytest.fixture
def room(tmp_path):
    """A room of its own, written file by file: room({"templates/a.html": "…"}, po="…")."""

    def write(files: dict[str, str], po: str = "", name: str = "cellar") -> Room:
        folder = tmp_path / name
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        made = Room(name, folder)
        for word in words._words_of(folder):
            made.words.setdefault(word.key, word)
        if po:
            made.po("ru").parent.mkdir(parents=True, exist_ok=True)
            made.po("ru").write_text(PO + po)
            with made.po("ru").open("rb") as file:
                made.catalogue = words.read_po(file, locale="ru")
        return made

    return write


def test_words_of_templates_and_sources(room):
    made = room({
        "templates/a.html": """<ul>
            {% translate "Call" %} {% translate "May" context "month" %}
              {% blocktranslate count n=n %}{{ n }} box{% plural %}{{ n }} boxes{% endblocktranslate %}
            {% blocktranslate trimmed with a=b %}
                Hello
                {{ a }}
            {% endblocktranslate %}{{ _("Inline") }}{# _("Comment") #}""",
        "views.py": 'x = _("From " "code")\ny = ngettext("%(count)s jar", "%(count)s jars", n)\nz = _(name)',
        "migrations/0001.py": '_("Old")',
    })  # fmt: skip
    assert {(w.context, w.one, w.many) for w in made.words.values()} == {
        (None, "Call", None), ("month", "May", None), (None, "%(n)s box", "%(n)s boxes"), (None, "Hello %(a)s", None),
        (None, "Inline", None), (None, "From code", None), (None, "%(count)s jar", "%(count)s jars"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("po", "fault"),
    [
        ("", "not translated: 'Call'"),
        ('\nmsgid "Call"\nmsgstr ""\n', "empty: 'Call'"),
        ('\n#, fuzzy\nmsgid "Call"\nmsgstr "Звонок"\n', "fuzzy: 'Call'"),
        ('\nmsgid "Call"\nmsgstr "Звонок %(x)s"\n', "placeholders differ"),
        ('\nmsgid "Call"\nmsgstr "Позвонить"\n', None),
    ],
)
def test_faults(room, po, fault):
    found = words.faults([room({"a.py": '_("Call")'}, po)])
    assert (fault is None and found == []) or (fault is not None and any(fault in line for line in found))


def test_another_rooms_translation_serves(room):
    user = room({"a.py": '_("Call")'}, name="user")
    giver = room({}, '\nmsgid "Call"\nmsgstr "Позвонить"\n', name="giver")
    assert words.faults([user, giver]) == []
    other = room({}, '\nmsgid "Call"\nmsgstr "Звонок"\n', name="other")
    assert any("said in two ways: 'Call'" in line for line in words.faults([user, giver, other]))


def test_plural_forms_may_not_be_missing(room):
    made = room({"a.py": 'ngettext("%(n)s jar", "%(n)s jars", n)'}, '\nmsgid "%(n)s jar"\nmsgstr "%(n)s банка"\n')
    assert any("without plural forms" in line for line in words.faults([made]))


def test_missing_words_are_added_once_and_nothing_else_is_touched(room):
    made = room({"a.py": '_("Call")\n_("Say \\"hi\\"\\nthere")'}, '\n# by hand\nmsgid "Old"\nmsgstr "Старое"\n')
    before = made.po("ru").read_text()
    assert words.add_missing([made], []) == {"cellar": 2}
    after = made.po("ru").read_text()
    assert after.startswith(before.rstrip("\n"))
    with made.po("ru").open("rb") as file:
        ids = {message.id for message in words.read_po(file, locale="ru") if message.id}
    assert ids == {"Old", "Call", 'Say "hi"\nthere'}
    assert words.add_missing([made], ["elsewhere"]) == {}
