#!/usr/bin/python3
"""plain.py - measures whether the project's texts are plain English, and names what is not.

  plain.py [FILE...]    all texts below the current directory, or these files
  plain.py --peers      the same figures beside ssh-keygen(1), sshd_config(5), pam_faillock(8)
  plain.py --comments   the figures of the comments, with their offenders; bounds nothing
  plain.py --self-test  plants each kind of offender in scratch texts, and checks that it is found

Bounds, for pages, README, NEWS and other Markdown: who, whom, whose and whoever at most 0.6 per
1,000 words, and at least 90 % of the sentences at most 25 words. No forbidden word is in them, in
the catalog, in --help, or in a string literal that contains a blank.
Headings, tables, examples and the synopsis have no sentences. A single word in literal markup is
a name, such as an option or an account.
"""
import sys
import tempfile

sys.dont_write_bytecode = True

from prose import self_test, texts  # noqa: E402
from prose.judge import findings, measure  # noqa: E402

HEAD = ("", "words", "who", "p50", "p90", "max", "forbidden")


def row(text, figures):
    """A text's line in the table."""
    return (text.name, figures.words, f"{figures.rate():.1f}", figures.percentile(50),
            figures.percentile(90), figures.percentile(100), len(figures.forbidden))


def show_table(rows):
    """Prints the table: who is per 1,000 words, p50, p90 and max are words of a sentence."""
    width = max(len(cells[0]) for cells in rows)
    for cells in [HEAD, *rows]:
        lengths = "".join(f" {cell:>4}" for cell in cells[3:6])
        print(f"{cells[0]:{width}} {cells[1]:>6} {cells[2]:>5}{lengths} {cells[6]:>9}")


def check(found):
    """Judges texts. Returns how many bounds were kept, and how many exceeded."""
    passed, failed, rows = 0, 0, []
    for text in found:
        figures = measure(text)
        rows.append(row(text, figures))
        for finding, offenders in findings(text, figures):
            passed, failed = passed + (finding is None), failed + (finding is not None)
            if finding is not None:
                print(f"not ok: {text.name}: {finding}", *offenders, sep="\n    ")
    show_table(rows)
    return passed, failed


def show_comments():
    """Prints what would fail of the comments, and their figures."""
    rows = []
    for text in texts.comments():
        text.document = True
        figures = measure(text)
        rows.append(row(text, figures))
        for finding, offenders in findings(text, figures):
            if finding is not None:
                print(f"{text.name}: {finding}", *offenders, sep="\n    ")
    show_table(rows)


def show_peers():
    """Prints the figures of our pages, README and NEWS beside the peers'."""
    ours = [text for text in texts.project() if text.document]
    with tempfile.TemporaryDirectory() as scratch:
        show_table([row(text, measure(text)) for text in [*ours, *texts.peers(scratch)]])


def main(arguments):
    """Does what the arguments ask for. Returns the exit status."""
    if arguments == ["--comments"]:
        show_comments()
        return 0
    if arguments == ["--peers"]:
        show_peers()
        return 0
    if arguments == ["--self-test"]:
        passed, failed = self_test.run()
    elif any(argument.startswith("-") for argument in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    else:
        passed, failed = check([texts.read(path) for path in arguments] or texts.project())
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
