"""What every reader of a format returns: passages of words, each word with its line."""
from dataclasses import dataclass, field

# Between these two marks stands a name, not prose: an option, a path, an account such as `nobody`.
NAME_BEGINS, NAME_ENDS = "\x01", "\x02"
# PROSE has sentences. LINES is what a program prints on several lines: its words count, but it has
# no sentences. APART is headings, tables, examples and synopsis: its words do not count.
PROSE, LINES, APART = "prose", "lines", "apart"


@dataclass
class Passage:
    """Words that no paragraph, list item or display divides: a list of (line, word)."""
    kind: str
    words: list = field(default_factory=list)


@dataclass
class Text:
    """One row of the table: a file, a program's help, or the literals of a directory."""
    name: str
    passages: list
    document: bool = False  # a page, README, NEWS: rates and lengths of sentences are bounded
    files: dict = field(default_factory=dict)  # id(passage) -> file, where it is not the name

    def place(self, passage, line):
        """Where an offender is, as FILE:LINE."""
        return f"{self.files.get(id(passage), self.name)}:{line}"


def name(word):
    """Marks a word as a name."""
    return f"{NAME_BEGINS}{word}{NAME_ENDS}"


def words_of(text, line_at):
    """Splits text at blanks. line_at maps an offset to a line."""
    words, begin = [], None
    for offset, letter in enumerate(text + " "):
        if letter.isspace():
            if begin is not None:
                words.append((line_at(begin), text[begin:offset]))
            begin = None
        elif begin is None:
            begin = offset
    return words
