"""Mutants of the tree: each breaks one rule, in a scratch copy, and must be caught by that rule."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import typing

from rules import Rule, Tree, check_text
from symbols import check_source, object_of


class Mutant(typing.NamedTuple):
    what: str
    rule: Rule | None  # None: harmless, no finding at all
    files: dict  # path: text to add to it, None to remove it; the first path is to be found
    built_with: list | None = None  # if the object of the first path shows it: words for make


LIST, GATE, DOCTOR = 'pam_revoke/list/', 'pam_revoke/', 'revoke_user/doctor/'
ENDING = '"revoke/logind/ending.hpp"'
ONCE = '#pragma once\n'

MUTANTS = [
    Mutant('includes in comments and texts', None, {
        LIST + 'planted.cpp': '// #include <unistd.h>\n/*\n#include <unistd.h>\n*/\n'
                              'const char* text = R"(\n#include <unistd.h>\n)";\n'
                              '#include "revoke/base/text.hpp" /* below */ // the list\n'}),
    Mutant('std::time() in the list room', Rule.PURE_SYMBOL, {
        LIST + 'planted.cpp': '#include <ctime>\n'
                              'long now();\nlong now() { return std::time({}); }\n'}, []),
    Mutant('new in the gate', Rule.MODULE_SYMBOL, {
        GATE + 'planted.cpp': 'int* one();\nint* one() { return new int(1); }\n'}, []),
    Mutant('<unistd.h> in the list room', Rule.PURE_HEADER, {
        LIST + 'planted.cpp': '#include <unistd.h>\n'}),
    Mutant('the gate includes the ending', Rule.ROOM, {
        GATE + 'planted.cpp': f'#include {ENDING}\n'}),
    Mutant('base/file includes the bus', Rule.ROOM, {
        'pam_revoke/base/file.cpp': '#include "revoke/logind/bus.hpp"\n'}),
    Mutant('a trailing comment', Rule.ROOM, {
        GATE + 'planted.cpp': f'#include {ENDING}  // sessions end here\n'}),
    Mutant('an indent', Rule.ROOM, {GATE + 'planted.cpp': f' \t#include {ENDING}\n'}),
    Mutant('# include', Rule.ROOM, {GATE + 'planted.cpp': f'# include {ENDING}\n'}),
    Mutant('angle brackets', Rule.ROOM, {
        GATE + 'planted.cpp': '#include <revoke/logind/ending.hpp>\n'}),
    Mutant('a comment inside the directive', Rule.ROOM, {
        GATE + 'planted.cpp': f'/**/ # /* */ include/**/{ENDING}\n'}),
    Mutant('a line that goes on', Rule.ROOM, {GATE + 'planted.cpp': f'#inc\\\nlude {ENDING}\n'}),
    Mutant('a macro', Rule.UNREADABLE, {
        GATE + 'planted.cpp': f'#define WHAT {ENDING}\n#include WHAT\n'}),
    Mutant('a header that only the compiler sees', Rule.UNSEEN, {
        GATE + 'planted.cpp': 'int planted;\n'}, ['CPPFLAGS=-include revoke/base/text.hpp']),
    Mutant('headers in a circle', Rule.CIRCLE, {
        'include/revoke/logind/planted.hpp': ONCE + '#include "revoke/logind/second.hpp"\n',
        'include/revoke/logind/second.hpp': ONCE + '#include "revoke/logind/planted.hpp"\n'}),
    Mutant('<string> in the module, by a header', Rule.MODULE_HEADER, {
        GATE + 'planted.cpp': '#include "planted.hpp"\n',
        GATE + 'planted.hpp': ONCE + '#include <string>\n'}),
    Mutant('logind includes revoke_user', Rule.ROOM, {
        'logind/planted.cpp': '#include "../revoke_user/planted.hpp"\n',
        'revoke_user/planted.hpp': ONCE}),
    Mutant('doctor includes the operation', Rule.ROOM, {
        DOCTOR + 'planted.cpp': '#include "../planted.hpp"\n', 'revoke_user/planted.hpp': ONCE}),
    Mutant("a command includes doctor's private header", Rule.PRIVATE, {
        'revoke_user/planted.cpp': '#include "doctor/planted.hpp"\n',
        DOCTOR + 'planted.hpp': ONCE}),
    Mutant('a private header by the search path', Rule.MISSING, {
        'logind/planted.cpp': '#include "planted.hpp"\n', 'revoke_user/planted.hpp': ONCE}),
    Mutant('<pwd.h> away from its home', Rule.HOME, {GATE + 'planted.cpp': '#include <pwd.h>\n'}),
    Mutant('a home that is left', Rule.IDLE_HOME, {'conf/config.cpp': None}),
    Mutant('<systemd/...> in a command', Rule.HOME, {
        'revoke_user/planted.cpp': '#include <systemd/sd-bus.h>\n'}),
    Mutant('a room that the table does not know', Rule.NO_ROOM, {
        'include/revoke/planted/planted.hpp': ONCE}),
    Mutant('a source without a room', Rule.NO_ROOM, {'planted/planted.cpp': 'int planted;\n'}),
]


def plant(root, files):
    for path, text in files.items():
        path = root / path
        if text is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((path.read_text() if path.exists() else '') + text)


def uproot(root, original, files):
    for path in files:
        if (original / path).exists():
            shutil.copy2(original / path, root / path)
        else:
            (root / path).unlink()


def findings_of(root, mutant):
    tree = Tree(root)
    if mutant.built_with is None:
        return check_text(tree)
    path = next(iter(mutant.files))
    # As if it were called by hand: an outer make's flags and job server are not its own.
    environment = {name: value for name, value in os.environ.items() if not name.startswith('MAKE')}
    subprocess.run(['make', '-s', object_of(path), *mutant.built_with], cwd=root, check=True,
                   env=environment)
    return check_source(tree, path)


def is_caught(root, mutant):
    findings = findings_of(root, mutant)
    if mutant.rule is None:
        return not findings
    path = next(iter(mutant.files))
    return any(finding.rule is mutant.rule and finding.path == path for finding in findings)


def survivors(original):
    """The mutants of this tree that no rule catches."""
    with tempfile.TemporaryDirectory() as scratch:
        root = pathlib.Path(scratch) / 'tree'
        shutil.copytree(original, root,
                        ignore=shutil.ignore_patterns('build', '.git', 'corpus'))
        for mutant in MUTANTS:
            plant(root, mutant.files)
            if not is_caught(root, mutant):
                yield mutant
            uproot(root, original, mutant.files)
