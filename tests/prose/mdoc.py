"""Reads a manual page, mdoc(7) or man(7), from mandoc's syntax tree, which has each text's line."""
import re
import subprocess

from prose.passage import APART, PROSE, Passage, name

NODE = re.compile(r"^( *)(.*) \((block|head|body|tail|elem|text)\)(.*?) "
                  r"\*?(\(?)(\d+):\d+(\)?)\.?((?: [A-Z]+(?:=\S*)?)*)$")
# Each begins a passage; text after one belongs to the next passage.
BREAKS = {"Sh", "Ss", "Pp", "Lp", "It", "Bl", "Bd", "Dl", "D1",
          "SH", "SS", "PP", "P", "LP", "HP", "IP", "TP", "RS", "sp"}
NOT_PROSE = {"Dl", "Rs"}
NOT_PROSE_SECTIONS = {"SYNOPSIS", "SEE ALSO"}
LITERALS = {"Ql", "Cm", "Fl", "Pa", "Ev", "Li", "Dv", "Er", "Ic", "Va", "Xr", "Fn", "Nm"}
ESCAPES = {"(aq": "'", "(dq": '"', "(em": "-", "(en": "-", "(lq": '"', "(rq": '"', "(oq": "'",
           "(cq": "'", "-": "-", "e": "\\", " ": " ", "~": " ", "0": " ", "(rs": "\\"}
ESCAPE = re.compile(r"\\(f(?:\(..|\[[^]]*\]|.)|s[-+]?\d|\(..|\*\(..|\[[^]]*\]|.)")


def unescape(text):
    """Replaces roff's escapes, and mandoc's control characters for hyphens and blanks."""
    text = re.sub("[\x1c\x1e]", "-", text.replace("\x1f", " ").replace("\x1d", ""))
    return ESCAPE.sub(lambda found: ESCAPES.get(found[1], ""), text)


def ends_passage(word):
    """Whether this is the last word of a sentence or of an introduction."""
    return word.rstrip(")").endswith((".", ":"))


class Page:
    """Collects passages from the nodes in their order."""

    def __init__(self):
        self.passages = []
        self.open = []  # (indent, macro, part) of the nodes around
        self.section = ""
        self.divided = True  # the next text begins a passage
        self.joined = False  # the next text continues the last word

    def node(self, indent, label, part):
        """Enters a block, a part of one or an element; all that are not around it are left."""
        while self.open and self.open[-1][0] >= indent:
            self.divided |= self.open.pop()[1] in BREAKS
        macro = label.split()[0] if label else ""
        self.open.append((indent, macro, part))
        self.divided |= macro in BREAKS
        self.joined |= macro == "Ns"
        if macro == "RS" and part == "block" and self.passages:
            last = self.passages[-1]  # man(7) pages have a tag as a paragraph above its text
            if last.words and not ends_passage(last.words[-1][1]):
                last.kind = APART

    def kind(self, flags):
        """Whether text at this place is prose."""
        if self.section in NOT_PROSE_SECTIONS or "NOFILL" in flags:
            return APART
        for _, macro, part in self.open:
            if macro in NOT_PROSE or (part == "head" and macro in BREAKS):
                return APART
            if macro == "Bl" and part == "column":
                return APART
        return PROSE

    def text(self, line, text, opens, closes, flags):
        """Adds text: a single word within a literal macro is a name."""
        parents = [macro for _, macro, _ in self.open]
        text = unescape(text)
        if self.divided or not self.passages:
            self.passages.append(Passage(self.kind(flags)))
            self.joined = False
        words, direct = self.passages[-1].words, parents[-1] if parents else ""
        if direct == "Fl":
            text = "-" + text
        found = text.split()
        if direct == "Xr" and found and words and not self.divided and found[0].isdigit():
            found, self.joined = [f"({found[0]})"], True
        elif len(found) == 1 and direct in LITERALS and re.search(r"\w", text):
            found = [name(found[0])]
        if found and words and (self.joined or closes):
            line_before, before = words.pop()
            words.append((line_before, before + found.pop(0)))
        words.extend((line, word) for word in found)
        self.divided, self.joined = False, bool(opens)


def read(path):
    """The passages of the page at path, which may be compressed."""
    done = subprocess.run(["mandoc", "-T", "tree", path], capture_output=True, text=True,
                          encoding="utf-8", errors="replace", check=False)
    page = Page()
    for printed in done.stdout.split("\n"):
        found = NODE.match(printed)
        if not found:
            continue
        blanks, label, part, arguments, opens, line, closes, flags = found.groups()
        if part != "text":
            page.node(len(blanks), label, "column" if "-column" in arguments else part)
            continue
        while page.open and page.open[-1][0] >= len(blanks):
            page.divided |= page.open.pop()[1] in BREAKS
        if page.open and page.open[-1][1:] in (("Sh", "head"), ("SH", "head")):
            page.section = label
        if page.open and page.open[-1][1] in ("Dd", "Dt", "Os"):
            continue
        page.text(int(line), label, opens, closes, flags)
    if not page.passages:
        raise ValueError(f"{path}: mandoc finds no text: {done.stderr.strip()}")
    return page.passages
