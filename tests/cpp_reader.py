"""cpp_reader.py - reads C++ far enough to count it: tokens, functions, declarations, comments.

A lexer and a scanner of scopes, not a compiler. The body of a function is not taken apart: a lambda
or a local class counts to the function around it. Both sides of an #if are read.
"""
import collections
import re

Token = collections.namedtuple("Token", "kind text line spaced")
TOKEN = re.compile(r"""
    (?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<raw>(?:u8|[uUL])?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)")
    |(?P<string>(?:u8|[uUL])?"(?:\\.|[^"\\\n])*")
    |(?P<number>\.?\d(?:'\w|[eEpP][+-]|[\w.])*)
    |(?P<char>(?:u8|[uUL])?'(?:\\.|[^'\\\n])+')
    |(?P<directive>^[ \t]*\#(?:\\\n|[^\n])*)
    |(?P<space>[^\S\n]+|\n)
    |(?P<word>[A-Za-z_]\w*)
    |(?P<mark_>\.\.\.|<=>|<<=|::|->|\+\+|--|<<|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
""", re.DOTALL | re.MULTILINE | re.VERBOSE)
CLOSING = {"(": ")", "[": "]", "{": "}"}
NO_NAME = {"alignas", "decltype", "__attribute__", "explicit", "requires"}
ACCESS = {"public", "private", "protected"}
NO_FUNCTION = {"using", "typedef", "static_assert"}
LINKAGE = ["inline", "namespace"], ["extern", '""']
TYPES = {"class", "struct", "union", "enum"}
BRANCHES = {"if", "for", "while", "case", "catch", "||", "?"}

# One declaration. start, end: lines; head, body: tokens; doc: the comment above it or its group.
Item = collections.namedtuple("Item", "kind name start end head body public doc")


def lex(text):
    """The tokens of a text. What a #define puts in follows it as tokens of kind "macro"."""
    tokens, line, spaced = [], 1, True
    for match in TOKEN.finditer(text):
        kind, found = match.lastgroup, match.group()
        if kind == "mark":
            kind = "raw"
        if kind != "space":
            tokens.append(Token(kind, found, line, spaced))
        if kind == "directive" and (macro := re.match(r"\s*#\s*define\s+\w+(\([^)]*\))?", found)):
            tokens += [token._replace(kind="macro", line=line) for token in lex(found[macro.end():])
                       if token.kind != "comment"]
        spaced = kind in ("space", "directive")
        line += found.count("\n")
    return tokens


def code_lines(tokens):
    """The numbers of the lines that hold anything but comments."""
    lines = set()
    for token in tokens:
        if token.kind not in ("comment", "macro"):
            parts = enumerate(token.text.split("\n"), token.line)
            lines.update(number for number, part in parts if part.strip())
    return lines


def branches(tokens):
    """How many if, for, while, case, catch, &&, || and ?: there are; the && of a type is none."""
    code = [token for token in tokens if token.kind not in ("comment", "directive")]
    count = 0
    for token, following in zip(code, code[1:] + [Token("end", ";", 0, True)]):
        if token.kind in ("string", "char", "raw"):
            continue
        reference = not token.spaced or following.text in (*"{;=),>", "noexcept", "...")
        count += token.text in BRANCHES or (token.text == "&&" and not reference)
    return count


def comment_blocks(tokens):
    """Comments that begin their line, joined where they follow each other: last line -> text."""
    blocks, last_line = {}, 0
    for token in tokens:
        end = token.line + token.text.count("\n")
        if token.kind == "comment" and token.line > last_line:
            blocks[end] = blocks.pop(token.line - 1, "") + token.text + "\n"
        last_line = end
    return blocks


class Scanner:
    """Collects the declarations of a file into items, in their order."""

    def __init__(self, tokens):
        self.blocks = comment_blocks(tokens)
        self.tokens = [token for token in tokens
                       if token.kind not in ("comment", "directive", "macro")]
        self.items = []
        if self.scope(0, public=True, in_class=False) != len(self.tokens):
            raise ValueError("a brace closes nothing")

    def text(self, i):
        if i >= len(self.tokens):
            raise ValueError("the file ends inside a declaration")
        return self.tokens[i].text if self.tokens[i].kind not in ("string", "char", "raw") else '""'

    def closing(self, i):
        """The position of the bracket that closes the one at i."""
        depth = 0
        opened, closed = self.text(i), CLOSING[self.text(i)]
        while True:
            depth += (self.text(i) == opened) - (self.text(i) == closed)
            if depth == 0:
                return i
            i += 1

    def scope(self, i, public, in_class, outer_public=True):
        above = None  # the declaration before, in this scope
        while i < len(self.tokens):
            if self.text(i) == "}":
                return i
            if self.text(i) == ";":
                i += 1
            elif in_class and self.text(i) in ACCESS and self.text(i + 1) == ":":
                public = self.text(i) == "public"
                i += 2
            else:
                i, above = Statement(self, i, public and outer_public, in_class, above).read()
        if in_class:
            raise ValueError("the file ends inside a class")
        return i


class Statement:
    """One declaration or definition, from its first token to its semicolon or closing brace."""

    def __init__(self, scanner, start, public, in_class, above):
        self.scanner, self.start = scanner, start
        self.public, self.in_class, self.above = public, in_class, above
        self.flat = []  # texts outside all brackets and template arguments
        self.name_at = None  # of the parenthesis behind a function's name
        self.angles = 0
        self.assigned = self.initialising = False

    def read(self):
        i = self.start
        text = self.scanner.text
        while text(i) != ";":
            now, before = text(i), text(i - 1) if i > self.start else ""
            if now == "{" and not self.angles:
                end, done = self.brace(i, before)
                if done:
                    return end + 1, self.above
                i = end
            elif now in CLOSING:
                if now == "(" and before == "operator":
                    i += 1  # of operator()
                else:
                    self.parenthesis(i, before)
                    i = self.scanner.closing(i)
            elif now == "<" and before != "operator" and not self.assigned:
                self.angles += 1
            elif now == ">" and self.angles:
                self.angles -= 1
            elif not self.angles:
                self.assigned |= now == "=" and before != "operator"
                self.initialising |= now == ":" and self.name_at is not None
                self.flat.append(now)
            i += 1
        is_call = not self.in_class and len(self.flat) == 1
        is_function = self.name_at is not None and not is_call and self.flat[0] not in NO_FUNCTION
        self.add("function" if is_function else "other", i, None)
        return i + 1, self.above

    def parenthesis(self, i, before):
        if self.angles or self.assigned or self.name_at is not None or self.scanner.text(i) != "(":
            return
        is_name = self.scanner.tokens[i - 1].kind == "word" or "operator" in self.flat
        if i > self.start and is_name and before not in NO_NAME and self.scanner.text(i + 1) != "*":
            self.name_at = i

    def brace(self, i, before):
        """Where the group that opens at i ends, and whether the declaration ends with it."""
        if self.flat[:1] == ["namespace"] or self.flat[:2] in LINKAGE:
            return self.scanner.scope(i + 1, public=True, in_class=False), True
        kind = next((word for word in self.flat if word in TYPES), None)
        if kind and self.name_at is None and not self.assigned:
            if kind == "enum":
                return self.scanner.closing(i), False
            place = len(self.scanner.items)
            end = self.scanner.scope(i + 1, kind != "class", True, self.public)
            self.add("type", end, None, place)
            return end, False
        if self.name_at is None or self.assigned or before == "requires":
            return self.scanner.closing(i), False
        if self.initialising and (self.scanner.tokens[i - 1].kind == "word" or before == ">"):
            return self.scanner.closing(i), False
        end = self.scanner.closing(i)
        self.add("function", end, self.scanner.tokens[i + 1:end], head_end=i)
        return end, True

    def name(self):
        words = [token.text for token in self.scanner.tokens[self.start:self.name_at]]
        if "operator" in words:
            return " ".join(words[words.index("operator"):])
        if len(words) == 1 and not self.in_class:  # a macro, which says its name in the parenthesis
            return "".join(token.text for token in
                           self.scanner.tokens[self.start:self.scanner.closing(self.name_at) + 1])
        name = words.pop()
        while words and words[-1] in ("::", "~"):
            name = words.pop() + name
            if words and name.startswith("::") and words[-1].isidentifier():
                name = words.pop() + name
        return name

    def add(self, kind, end, body, place=None, head_end=None):
        """Adds the item, a type once: its statement goes on behind the brace."""
        tokens = self.scanner.tokens
        if self.above and self.above.kind == "type" and self.above.start == tokens[self.start].line:
            return
        first, last = tokens[self.start].line, tokens[end].line
        doc = self.scanner.blocks.get(first - 1)
        if doc is None and self.above is not None and first - 1 <= self.above.end:
            doc = self.above.doc
        name = self.name() if kind == "function" else ""
        head = tokens[self.start:head_end or end]
        self.above = Item(kind, name, first, last, head, body, self.public, doc or "")
        self.scanner.items.insert(len(self.scanner.items) if place is None else place, self.above)


def items_of(text):
    """The declarations of a text, outside of functions."""
    return Scanner(lex(text)).items
