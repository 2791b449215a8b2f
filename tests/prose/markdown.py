"""Reads Markdown (README, NEWS, DESIGN) and the journal's catalog."""
import re

from prose.passage import APART, PROSE, Passage, name, words_of

ITEM = re.compile(r"^( *)(?:[-*+]|\d+[.)]) +")
HEADING, RULE = re.compile(r"^#{1,6} "), re.compile(r"^(=+|-+|\*\*\*+)\s*$")
FENCE, TABLE = re.compile(r"^ *(```|~~~)"), re.compile(r"^ *\|")


def plain(lines):
    """Takes the marks out of the lines of a paragraph: a code span of one word becomes a name."""
    text = "\n".join(text for _, text in lines)
    text = re.sub(r"(?s)(`+)(.+?)\1", lambda span: span[2] if re.search(r"\s", span[2].strip())
                  else name(span[2].strip()), text)
    text = re.sub(r"!?\[([^]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(?s)<[^<>]*>", lambda tag: "\n" * tag[0].count("\n"), text)
    text = re.sub(r"\*\*|(?<!\w)[*_](?=\w)|(?<=[\w.,;:!?])[*_](?!\w)", "", text)
    first = lines[0][0]
    return words_of(text, lambda offset: first + text.count("\n", 0, offset))


class Reader:
    """Divides lines into paragraphs, headings, tables and code."""

    def __init__(self):
        self.passages, self.lines, self.kind = [], [], PROSE
        self.fence, self.blank, self.base = "", True, 0

    def flush(self, kind=PROSE):
        """Ends the passage; the next one is of this kind."""
        if self.lines:
            words = plain(self.lines) if self.kind == PROSE else [
                (number, word) for number, line in self.lines for word in line.split()]
            self.passages.append(Passage(self.kind, words))
        self.lines, self.kind = [], kind

    def code(self, line):
        """Whether the line belongs to a block of code."""
        fence = FENCE.match(line)
        if self.fence:
            if fence and fence[1] == self.fence:
                self.fence = ""
            return True
        if fence:
            self.fence = fence[1]
            return True
        indent = len(line) - len(line.lstrip())
        indented = indent >= self.base + 4 and (self.blank or self.kind == APART)
        return indented and not (self.base and ITEM.match(line))

    def line(self, number, line):
        """Takes one line."""
        if self.code(line):
            if self.kind != APART:
                self.flush(APART)
            self.lines.append((number, line))
        elif not line.strip():
            self.flush(self.kind if self.kind == APART else PROSE)
        elif RULE.match(line):  # what stands above it was a heading
            self.kind = APART if self.lines else PROSE
            self.flush()
        elif TABLE.match(line) or HEADING.match(line):
            self.flush(APART)
            self.lines.append((number, line))
            self.flush()
            self.base = 0
        else:
            self.prose(number, line)
        self.blank = not line.strip()

    def prose(self, number, line):
        """Takes a line of a paragraph or of a list item."""
        item = ITEM.match(line)
        if item or self.kind == APART:
            self.flush()
        if item:
            self.base = item.end()
            line = line[item.end():]
        elif self.blank and not line.startswith(" "):
            self.base = 0
        self.lines.append((number, line.lstrip("> ")))


def read(path):
    """The passages of a Markdown file."""
    reader = Reader()
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            reader.line(number, line.rstrip("\n").expandtabs(4))
    reader.flush()
    return reader.passages


def read_catalog(path):
    """The passages of a journal catalog: subjects, paragraphs and comments, without ids."""
    passages = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            field = re.match(r"(--|[A-Z][A-Za-z-]*:) ?", line)
            if field or not line.strip() or not passages:
                passages.append(Passage(PROSE))
            if field and field[1] != "Subject:":
                continue
            text = line[field.end():] if field else line.lstrip("# ")
            passages[-1].words.extend((number, word) for word in text.split())
            if field:
                passages.append(Passage(PROSE))
    return [passage for passage in passages if passage.words]
