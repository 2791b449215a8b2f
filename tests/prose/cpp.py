"""Reads C++: the string literals that hold texts, or the comments."""
import re

from prose.passage import LINES, PROSE, Passage, words_of

TOKEN = re.compile(r"""
    (?P<include>\#[ \t]*include[^\n]*) |
    (?P<raw>(?:u8|[uUL])?R"(?P<mark>[^ ()\\\t\n]{0,16})\((?P<inside>.*?)\)(?P=mark)") |
    (?P<string>(?:u8|[uUL])?"(?P<escaped>(?:[^"\\\n]|\\.)*)") |
    (?P<char>(?:u8|[uUL])?'(?:[^'\\\n]|\\.)+') |
    (?P<line>//(?:\\\n|[^\n])*) |
    (?P<block>/\*.*?\*/) |
    (?P<number>\.?\d(?:[eEpP][-+]|'?[\w.])*) |
    (?P<word>[A-Za-z_]\w*) |
    (?P<blank>\s+) |
    (?P<other>.)""", re.VERBOSE | re.DOTALL)
ESCAPE = re.compile(r"""
    \\(?:(\n) | x[0-9a-fA-F]+ | [0-7]{1,3} | u[0-9a-fA-F]{4} | U[0-9a-fA-F]{8} | (.))""",
                    re.VERBOSE | re.DOTALL)
SIMPLE = {"n": "\n", "t": " ", "r": " ", "v": " ", "f": " ", "a": "", "b": ""}


def decode(escaped, line):
    """A literal's characters, each with its line."""
    letters, at = [], 0
    for found in ESCAPE.finditer(escaped):
        letters += [(letter, line) for letter in escaped[at:found.start()]]
        line += found[1] is not None
        letters += [(letter, line) for letter in SIMPLE.get(found[2], found[2] or "")]
        at = found.end()
    return letters + [(letter, line) for letter in escaped[at:]]


def decode_raw(inside, line):
    """A raw literal's characters, each with its line."""
    letters = []
    for letter in inside:
        letters.append((letter, line))
        line += letter == "\n"
    return letters


def literal(letters):
    """The passage of a literal, or None: without a blank it is a name, without a letter no text."""
    text = "".join(letter for letter, _ in letters)
    if not re.search(r"\s", text) or not re.search(r"[A-Za-z]", text):
        return None
    kind = LINES if "\n" in text.strip() else PROSE
    return Passage(kind, words_of(text, lambda offset: letters[offset][1]))


def tokens(source):
    """Each token's match and line."""
    line = 1
    for found in TOKEN.finditer(source):
        yield found, line
        line += found[0].count("\n")


def read_literals(source):
    """The passages of all literals with a blank; adjacent literals are one."""
    passages, letters = [], []
    for found, line in tokens(source):
        kind = found.lastgroup
        if found["raw"] is not None:
            letters += decode_raw(found["inside"], line)
        elif found["string"] is not None:
            letters += decode(found["escaped"], line)
        elif kind not in ("blank", "line", "block") and letters:
            passages.append(literal(letters))
            letters = []
    passages.append(literal(letters))
    return [passage for passage in passages if passage]


def read_comments(source):
    """The passages of all comments: adjacent lines are one, up to an empty line or a label."""
    passages, last = [], (0, 0)
    for found, line in tokens(source):
        if found["line"] is None and found["block"] is None:
            continue
        column = found.start() - source.rfind("\n", 0, found.start())
        for number, text in enumerate(found[0].split("\n"), line):
            text = text.strip().lstrip("/*").removesuffix("*/").strip()
            label = re.match(r"(Units|Errors|Source|Layer):", text)
            if label or last != (number - 1, column) or not passages:
                passages.append(Passage(PROSE))
            passages[-1].words += [(number, word) for word in text.split()]
            last = (number, column) if text else (0, 0)
    return [passage for passage in passages if passage.words]
