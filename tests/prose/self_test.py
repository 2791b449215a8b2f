"""Plants offenders in a scratch tree, one at a time, and checks that each is found at its line."""
import os
import tempfile

from prose import texts
from prose.judge import findings, measure

PAGE = r""".Dd November 21, 2026
.Dt SCRATCH 8
.Os
.Sh NAME
.Nm scratch
.Nd denies a login
.Sh SYNOPSIS
.Nm
.Ar who
.Sh DESCRIPTION
.Nm
recommends to amend the account
.Ql nobody
and the path
.Pa folder/people .
.Bl -tag -width Ds
.It Fl -whose Ar name
Prints the user.
.El
.Bd -literal
who | wc -l
.Ed
"""
README = """# Scratch, who is it

The account `nobody` is personal. See `who` and [the list](people/folder.md).

| who | who it concerns  |
|-----|------------------|

    $ who
"""
CATALOG = """-- 31c3c4475237450993fced101c139c33
Subject: Access revoked
Documentation: man:people(8)

The user is denied.
"""
SOURCE = r"""// nobody reads whose comments, people can not be a text
#include "people folder/somebody.hpp"
int count = 1'000'000 /* of people */;
char quote = '"', people = '\'';
const char* names[] = {"people", "nobody", u8"whose", R"(folder)", "of", "theirs"};
const char* text = "a recommended " /* people */ "text: \"quoted\" //";
const char* help = R"x(usage: revoke-user NAME
)" is a user's)x";
"""
CLEAN = {"man/scratch.8": PAGE, "README.md": README, "NEWS": "scratch 1\n=====\n\n* A list.\n",
         "conf/scratch.catalog": CATALOG, "room/scratch.cpp": SOURCE}
FORMS = ["can not", "all the same", "of theirs"] + (
    "person persons people whoever whom whose nobody somebody everybody folder folders anew mend "
    "mends mended mending trouble troubles complaint complaints Whoever").split()
# What is appended to which file, and which word must be found in which line after the clean ones.
PLANTED = [("README.md", f"\nThe list has {form} in it.\n", 2, form) for form in FORMS] + [
    ("README.md", "\nIt can\nnot be read.\n", 2, "can not"),
    ("README.md", "\n* It **can** not be read.\n", 2, "can not"),
    ("README.md", "\n## All the same\n", 2, "All the same"),
    ("README.md", "\n| one | of theirs |\n", 2, "of theirs"),
    ("README.md", "\n```\n# mend it\n```\n", 3, "mend"),
    ("README.md", "\nRun `scratch mend`.\n", 2, "mend"),
    ("NEWS", "* A list that\n  can not be read.\n", 2, "can not"),
    ("NEWS", "* People's lists.\n", 1, "People"),
    ("man/scratch.8", "It can\nnot be\n.Em read .\n", 1, "can not"),
    ("man/scratch.8", "It is\n.Em mended .\n", 2, "mended"),
    ("man/scratch.8", "A person-like entry.\n", 1, "person"),
    ("man/scratch.8", ".Sh TROUBLE\nIt ends.\n", 1, "TROUBLE"),
    ("man/scratch.8", ".Bl -tag -width Ds\n.It Ar person\nEnds.\n.El\n", 2, "person"),
    ("man/scratch.8", ".Bl -column a b\n.It one Ta of theirs\n.El\n", 2, "of theirs"),
    ("man/scratch.8", ".Dl scratch \\(dqall the same\\(dq\n", 1, "all the same"),
    ("man/scratch.8", ".Ql no folder\n", 1, "folder"),
    ("conf/scratch.catalog", "Whoever it is.\n", 1, "Whoever"),
    ("conf/scratch.catalog", "\n-- 31c3\nSubject: A trouble\n", 3, "trouble"),
    ("room/scratch.cpp", 'auto a = "can not be read";\n', 1, "can not"),
    ("room/scratch.cpp", 'auto a = "one of "\n  // between\n  "theirs";\n', 1, "of theirs"),
    ("room/scratch.cpp", 'auto a = "none of\\ntheirs";\n', 1, "of theirs"),
    ("room/scratch.cpp", 'auto a = R"(one\ntwo\nanew)";\n', 3, "anew"),
    ("room/scratch.cpp", 'auto a = "by " NAME " person";\n', 1, "person"),
    ("room/scratch.cpp", """char a = '"', *b = "no person", *c = "";\n""", 1, "person"),
    ("room/scratch.cpp", 'auto a = "\\"quoted\\" person";\n', 1, "person"),
    ("room/scratch.cpp", "auto a = 1'0 + f(\"no person\") + 1'0;\n", 1, "person"),
]
SHORT = "One two three four five. "
LONG = "word " * 25 + "end. "
WHO = "who, whom, whose, whoever: "
# Appended to which file, how the finding must begin, if any, and at which appended line it is.
BOUNDED = [
    ("README.md", SHORT * 328 + "Look who it is.\n", WHO, 1),
    ("README.md", SHORT * 340 + "Look who it is.\n", None, 0),
    ("NEWS", "* This is who logs in.\n", WHO, 1),
    ("NEWS", "* Denies whoever logs in.\n", WHO, 1),
    ("NEWS", "* Whose list it is.\n", WHO, 1),
    ("NEWS", "* By whom it is.\n", WHO, 1),
    ("README.md", "\n```\n$ who\n```\n", None, 0),
    ("README.md", "\n* A list.\n\n      $ who\n", None, 0),
    ("man/scratch.8", "A user\nwho logs in.\n", WHO, 2),
    ("man/scratch.8", ".Bd -filled\nA user who logs in.\n.Ed\n", WHO, 2),
    ("man/scratch.8", ".Bd -unfilled\nA user who logs in.\n.Ed\n", None, 0),
    ("man/scratch.8", ".Bl -column a b\n.It one Ta who logs in\n.El\n", None, 0),
    ("README.md", "\n" + LONG + "\n", "1 of 3 sentences have more than 25 words", 2),
    ("NEWS", "* " + LONG.replace(" ", "\n  ") + "\n", "1 of 2 sentences", 1),
    ("man/scratch.8", LONG.replace(" ", "\n").replace("\n\n", "\n"), "1 of 4 sentences", 1),
    ("README.md", "\n" + LONG + SHORT * 7 + "\n", None, 0),
    ("README.md", "\n" + LONG + SHORT * 6 + "\n", "1 of 9 sentences", 2),
    ("README.md", "\n" + LONG.replace("word ", "", 1) + "\n", None, 0),
    ("README.md", "\n" + LONG.replace("word end", "e.g. an end") + "\n", "1 of 3 sentences", 2),
]


class Tally:
    """Counts what holds, and prints what does not."""
    passed = failed = 0

    def expect(self, holds, label):
        """Counts one expectation."""
        self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)
        if not holds:
            print(f"not ok: self-test: {label}")


def write(path, content):
    """Writes a file of the scratch tree."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)


def measured():
    """All that is found in the scratch tree: forbidden words by place, and the bounds exceeded."""
    forbidden, exceeded = set(), []
    for text in texts.project():
        figures = measure(text)
        forbidden |= {(place, word) for place, word, _ in figures.forbidden}
        exceeded += [found for found in findings(text, figures) if found[0]]
    return forbidden, exceeded


def run_planted(tally):
    """Each forbidden word is found, at its line, and nothing else is."""
    for path, planted, line, word in PLANTED:
        write(path, CLEAN[path] + planted)
        place = f"{path}:{CLEAN[path].count(chr(10)) + line}"
        forbidden, exceeded = measured()
        tally.expect(forbidden == {(place, word)} and "1 forbidden words" in dict(exceeded),
                     f"{place}: '{word}' is planted, but {forbidden or 'nothing'} is found")
        write(path, CLEAN[path])


def run_bounded(tally):
    """Each bound is kept to the word."""
    for path, planted, begin, line in BOUNDED:
        write(path, CLEAN[path] + planted)
        exceeded = [found for found in measured()[1] if not found[0].endswith("forbidden words")]
        place = f"{path}:{CLEAN[path].count(chr(10)) + line}: "
        found = begin and [finding for finding, offenders in exceeded
                           if finding.startswith(begin) and offenders[-1].startswith(place)]
        tally.expect(len(exceeded) == 1 and found if begin else not exceeded,
                     f"{place}'{planted[:30]}...': expected {begin}, found {exceeded}")
        write(path, CLEAN[path])


def run_help(tally):
    """A built command's own help is measured, unless a source is newer."""
    program = "build/revoke-user"
    write(program, "#!/bin/sh\necho usage:\necho of theirs\n")
    os.chmod(program, 0o755)
    expected = {("revoke-user --help:2", "of theirs")}
    tally.expect(measured()[0] == expected, "help of a built command")
    os.utime(program, (0, 0))
    tally.expect(not measured()[0], "help of a command that is older than a source")
    os.remove(program)


def run():
    """Runs all. Returns how many expectations held, and how many did not."""
    tally, before = Tally(), os.getcwd()
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        for path, content in CLEAN.items():
            write(path, content)
        tally.expect(measured() == (set(), []), f"clean texts are blamed: {measured()}")
        run_planted(tally)
        run_bounded(tally)
        run_help(tally)
        os.chdir(before)
    return tally.passed, tally.failed
