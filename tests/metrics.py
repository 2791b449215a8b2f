#!/usr/bin/env python3
"""metrics.py - measures the sources: rooms, functions, branches, columns and header comments.

    metrics.py [--commit COMMIT] [--base COMMIT]
    metrics.py --self-test

The tree that is measured is the one this script stands in, as it is. A COMMIT is taken out of git
and formatted with this tree's .clang-format at 100 columns first, so that two ways to break lines
are not compared. --base prints that commit beside the tree. Bars are printed; nothing fails.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import cpp_reader  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent.parent
PRODUCT = ("pam_revoke", "logind", "conf", "revoke_user", "include")
COLUMNS = 100
LIMIT = re.compile(r"(?m)^ColumnLimit: (\d+)$")
TAB = 4  # .editorconfig
CPP = (".cpp", ".hpp", ".c")
WITH_UNIT = re.compile(r"_(sec|msec|usec|nsec|bytes|ticks)$")
NOTES = """
Room: a directory of sources with include/revoke/ROOM. Product: the C++ of these.
Lines: with blanks and comments. Code: lines without these. A tab is four columns.
Branches: if, for, while, case, catch, &&, || and ?: for each line of code. The body of a macro
    counts once; a use of TRY counts none.
Function lines: from the signature to the closing brace, with the lambdas in it.
Header function: a public function that a product header declares. Defaulted and deleted ones are
    not counted. Cannot fail: destructors, noexcept, and a body in the header of at most one
    statement that returns no Result; no Errors are asked of these.
Comment of a header function: the lines directly above it, or above the declarations that it
    follows without a blank line.
Units apply where a name ends in _sec, _msec, _usec, _nsec, _bytes or _ticks. A UID has no unit.
"""


class Source:
    """One C++ file, read."""

    def __init__(self, path, text):
        self.path, self.lines = path, text.count("\n")
        tokens = cpp_reader.lex(text)
        self.code = len(cpp_reader.code_lines(tokens))
        self.branches = cpp_reader.branches(tokens)
        self.tries = sum(token.text == "TRY" for token in tokens)
        self.head = re.match(r"(//[^\n]*\n)*", text).group()
        try:
            self.items = cpp_reader.Scanner(tokens).items
        except ValueError as error:
            sys.exit(f"{path}: not understood: {error}")
        self.functions = [item for item in self.items if item.body is not None]
        parts = path.split("/")
        self.is_product = parts[0] in PRODUCT
        self.room = parts[-2] if self.is_product else parts[0]
        if path.startswith("include/revoke/") and len(parts) == 3:
            self.room = "include"


def language_of(path, text):
    if path.endswith(CPP):
        return "C++"
    first = text.split("\n", 1)[0]
    if path.endswith((".sh", ".bash")) or re.match(r"#!.*\b(ba|da)?sh\b", first):
        return "shell"
    if path.endswith(".py") or re.match(r"#!.*\bpython3?\b", first):
        return "python"
    return None


def columns_of(line):
    return len(line.expandtabs(TAB))


def percentile(values, percent):
    """The nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else 0


def is_counted(item):
    """Whether a declaration in a header is a header function."""
    words = [token.text for token in item.head]
    written = words[-2:] not in (["=", "default"], ["=", "delete"])
    return item.kind == "function" and item.public and written


def cannot_fail(item):
    words = [token.text for token in item.head]
    before = words[:words.index(item.name)] if item.name in words else words[:words.index("(")]
    one_statement = item.body is not None and sum(token.text == ";" for token in item.body) <= 1
    return "~" in item.name or "noexcept" in words or (one_statement and "Result" not in before)


def has_unit(item):
    return any(token.kind == "word" and WITH_UNIT.search(token.text) for token in item.head)


def share(part, whole):
    return f"{part} of {whole}, {100 * part / whole:.1f} %" if whole else "0 of 0"


def lines_of(sources):
    code = sum(source.code for source in sources)
    return (f"{len(sources)} files, {sum(source.lines for source in sources)} lines, {code} code, "
            f"{sum(source.branches for source in sources) / max(code, 1):.3f} branches")


class Tree:
    """All that is measured of one tree: rows for the table, and lists of what stands out."""

    def __init__(self, root, paths):
        self.rows, self.lists = {}, {}
        self.sources, self.long_lines = [], {"C++": 0, "shell": 0, "python": 0}
        for path in paths:
            text = (root / path).read_text(encoding="utf-8", errors="replace")
            language = language_of(path, text)
            if language is None:
                continue
            lines = text.split("\n")
            self.long_lines[language] += sum(columns_of(line) > COLUMNS for line in lines)
            if language == "C++":
                self.sources.append(Source(path, text))
        self.product = [source for source in self.sources if source.is_product]
        self.rooms()
        self.functions()
        self.columns(root, paths)
        self.headers()

    def rooms(self):
        for room in sorted({source.room for source in self.product}):
            sources = [source for source in self.product if source.room == room]
            self.rows[f"room {room}"] = lines_of(sources)
        self.rows["product"] = lines_of(self.product)
        others = [source for source in self.sources if not source.is_product]
        self.rows["C++ of tests"] = lines_of(others)
        self.rows["uses of TRY"] = str(sum(source.tries for source in self.product))

    def functions(self):
        for label, is_product in (("functions", True), ("test functions", False)):
            found = [(item.end - item.start + 1, f"{source.path}:{item.start} {item.name}")
                     for source in self.sources if source.is_product == is_product
                     for item in source.functions]
            found.sort(reverse=True)
            sizes = [lines for lines, _ in found]
            p50, p90, most = (percentile(sizes, percent) for percent in (50, 90, 100))
            self.rows[label] = f"{len(sizes)}, lines p50 {p50}, p90 {p90}, max {most}"
            for limit in (40, 60):
                over = sum(lines > limit for lines in sizes)
                self.rows[f"{label} over {limit} lines"] = str(over)
            shown = max(10, sum(lines > 40 for lines in sizes))
            self.lists[f"longest {label}"] = [f"{lines} {name}" for lines, name in found[:shown]]

    def columns(self, root, paths):
        for language, count in self.long_lines.items():
            self.rows[f"{language} lines over {COLUMNS} columns"] = str(count)
        for path in paths:
            if path == "Makefile" or path.endswith(".mk"):
                lines = (root / path).read_text(encoding="utf-8").split("\n")[:-1]
                widest = max(map(columns_of, lines), default=0)
                self.rows[path] = f"{len(lines)} lines, the longest {widest} columns"

    def headers(self):
        found = [(source, item) for source in self.product if source.path.endswith(".hpp")
                 for item in source.items if is_counted(item)]
        able = [(source, item) for source, item in found if not cannot_fail(item)]
        united = [(source, item) for source, item in able if has_unit(item)]
        self.rows["header functions"] = f"{len(found)}, {len(found) - len(able)} cannot fail"
        for label, functions, word in (("Errors", able, "Errors:"),
                                       ("Units where they apply", united, "Units:")):
            without = [f"{source.path}:{item.start} {item.name}"
                       for source, item in functions if word not in item.doc]
            documented = len(functions) - len(without)
            self.rows[f"header functions with {label}"] = share(documented, len(functions))
            self.lists[f"header functions without {word[:-1]}"] = without
        sourced = sum("Source:" in item.doc or "Source:" in source.head for source, item in able)
        self.rows["header functions with Source (own or file's)"] = share(sourced, len(able))


BARS = {
    "product": "at least 700 lines fewer, branches 0.25",
    "functions": "p90 26",
    "functions over 60 lines": "0",
    "C++ lines over 100 columns": "0",
    "shell lines over 100 columns": "0",
    "python lines over 100 columns": "0",
    "Makefile": "about 130 lines, 120 columns",
    "header functions with Errors": "95 %",
}


def this_tree():
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=HERE, check=True, stdout=subprocess.PIPE, text=True).stdout
    paths = set(listed.split("\0")) - {""}
    return Tree(HERE, sorted(path for path in paths if (HERE / path).is_file()))


def tree_of(commit):
    """The tree of a commit, in this tree's format."""
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        archive = subprocess.run(["git", "archive", commit], cwd=HERE, check=True,
                                 stdout=subprocess.PIPE).stdout
        subprocess.run(["tar", "-x", "-C", name], input=archive, check=True)
        style = (HERE / ".clang-format").read_text()
        (root / ".clang-format").write_text(LIMIT.sub(f"ColumnLimit: {COLUMNS}", style))
        paths = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
        cpp = [path for path in paths if path.endswith(CPP)]
        subprocess.run(["clang-format", "-i", *cpp], cwd=root, check=True)
        return Tree(root, paths)


def print_table(columns):
    """columns: heading -> Tree; the names in the lists are those of the last."""
    trees = list(columns.values())
    labels = list(trees[-1].rows)
    for tree in trees[:-1]:  # a room that is no more
        labels[:0] = [label for label in tree.rows if label not in labels]
    rows = [("", *columns, "bar")]
    rows += [(label, *(tree.rows.get(label, "-") for tree in trees), BARS.get(label, ""))
             for label in labels]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print(" | ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip(" "))
    for title, names in trees[-1].lists.items():
        print(f"\n{title}: {len(names) or 'none'}", *names, sep="\n    ")
    print(NOTES, end="")


def main():
    parser = argparse.ArgumentParser(description="Measures the sources.")
    parser.add_argument("--commit", help="measure this commit, not the tree")
    parser.add_argument("--base", help="print this commit beside it")
    parser.add_argument("--self-test", action="store_true", help="measure what was counted by hand")
    options = parser.parse_args()
    if options.self_test:
        import metrics_cases
        return metrics_cases.run()
    if (options.commit or options.base) and not shutil.which("clang-format"):
        sys.exit("clang-format: not installed; tests/deps.sh installs it")
    limit = LIMIT.search((HERE / ".clang-format").read_text())
    if limit is None:
        sys.exit(".clang-format: no ColumnLimit")
    columns = {}
    if options.base:
        columns[options.base] = tree_of(options.base)
    if options.commit:
        columns[options.commit] = tree_of(options.commit)
    else:
        columns[f"this tree, {limit.group(1)} columns"] = this_tree()
    print_table(columns)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:  # the program has said why
        sys.exit(f"{error.cmd[0]}: exit status {error.returncode}")
