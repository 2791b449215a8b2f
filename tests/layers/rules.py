"""The rules that the text of the sources shows."""
import enum
import functools
import os
import pathlib
import re
import typing

from table import (HOMELESS, HOMES, MODULE_ROOMS, NOT_FOR_MODULE, NOT_IN_MODULE, PURE_HEADERS,
                   PURE_ROOMS, ROOMS, SYSTEM_CALLS)


class Rule(enum.Enum):
    NO_ROOM = 'in no room that the table knows'
    UNREADABLE = 'an include that is neither <NAME> nor "NAME.hpp"'
    MISSING = 'includes what is not there'
    ROOM = 'includes a room that it may not'
    PRIVATE = "includes another directory's private header"
    CIRCLE = 'headers include each other'
    HOME = 'includes a header whose home is elsewhere'
    IDLE_HOME = 'the home of a header, and does not include it'
    PURE_HEADER = 'a pure room includes a header of the system'
    PURE_SYMBOL = 'a pure room calls'
    MODULE_HEADER = 'the module reaches a header of the C++ library'
    MODULE_SYMBOL = 'the module throws or allocates'
    UNSEEN = 'the compiler read a header that these rules did not see'


class Finding(typing.NamedTuple):
    rule: Rule
    path: str
    detail: str = ''


class Include(typing.NamedTuple):
    name: str
    path: str | None  # in this tree; None for a foreign header


NOT_SOURCES = {'build', 'debian', 'tests'}
SUFFIXES = {'.c', '.cc', '.cpp', '.h', '.hh', '.hpp', '.inc', '.ipp'}
# Comments and raw strings hide what looks like an include; other literals hide comments.
LITERALS = re.compile(r"""(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<raw>R"(?P<end>[^()\\\s]*)\(.*?\)(?P=end)")
    |"(?:\\.|[^"\\\n])*"|(?<!\w)'(?:\\.|[^'\\\n])+'""", re.S | re.X)
DIRECTIVE = re.compile(r'^\s*(?:\#|%:)\s*(include\w*|import)\b\s*(.*?)\s*$', re.M)
INCLUDED = re.compile(r'<([^<>]+)>|"([^"]+\.hpp)"')


@functools.cache
def directives(text):
    """(name or None when unreadable, is quoted, as written) of each include in a source's text."""
    def blank(found):
        return ' ' if found['comment'] else '""' if found['raw'] else found[0]
    text = LITERALS.sub(blank, text.replace('\\\n', ''))
    result = []
    for word, rest in DIRECTIVE.findall(text):
        read = INCLUDED.fullmatch(rest) if word == 'include' else None
        name = (read[1] or read[2]) if read else None
        result.append((name, bool(read and read[2]), f'{word} {rest}'))
    return result


class Tree:
    """The sources below a root, with their rooms and includes."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.findings = []  # what could not be read
        self.paths = sorted(self._sources())
        self.includes = {path: self._includes(path) for path in self.paths}

    def _sources(self):
        for top in self.root.iterdir():
            if top.name in NOT_SOURCES or top.name.startswith('.'):
                continue
            for path in [top] if top.is_file() else top.rglob('*'):
                if path.suffix in SUFFIXES:
                    yield str(path.relative_to(self.root))

    def _includes(self, path):
        result = []
        for name, quoted, written in directives((self.root / path).read_text()):
            if name is None:
                self.findings.append(Finding(Rule.UNREADABLE, path, written))
                continue
            places = [os.path.dirname(path)] if quoted else []
            places = [os.path.normpath(os.path.join(place, name)) for place in places + ['include']]
            found = next((place for place in places if (self.root / place).is_file()), None)
            if found is None and (quoted or name.startswith('revoke/')):
                self.findings.append(Finding(Rule.MISSING, path, name))
            else:
                result.append(Include(name, found))
        return result

    def reached(self, path):
        """Each header of this tree that a source reaches, with the source itself."""
        seen, todo = set(), [path]
        while todo:
            path = todo.pop()
            if path not in seen:
                seen.add(path)
                todo += [include.path for include in self.includes[path] if include.path]
        return seen

    def module_sources(self):
        return [path for path in self.paths if path.endswith('.cpp') and
                room_of(path) in MODULE_ROOMS and path not in NOT_IN_MODULE]


def room_of(path):
    directory = os.path.dirname(path)
    for name, room in ROOMS.items():
        if directory in (room.directory, f'include/revoke/{name}'):
            return name
    return None


def is_in(name, names):
    return any(name == each or (each.endswith('/') and name.startswith(each)) for each in names)


def check_rooms(tree):
    for path in tree.paths:
        room = room_of(path)
        if room is None:
            yield Finding(Rule.NO_ROOM, path)
            continue
        for include in tree.includes[path]:
            if include.path is None:
                continue
            other = room_of(include.path)
            if other != room and other not in ROOMS[room].may_include:
                yield Finding(Rule.ROOM, path, include.name)
            elif not include.path.startswith('include/') and \
                    os.path.dirname(include.path) != os.path.dirname(path):
                yield Finding(Rule.PRIVATE, path, include.name)


def check_circles(tree):
    done = set()

    def visit(path, way):
        if path in way:
            yield Finding(Rule.CIRCLE, path, ' -> '.join(way[way.index(path):] + [path]))
        elif path not in done:
            for include in tree.includes[path]:
                if include.path:
                    yield from visit(include.path, way + [path])
            done.add(path)

    for path in tree.paths:
        yield from visit(path, [])


def check_homes(tree):
    idle = {(header, home) for header, homes in HOMES.items() for home in homes}
    for path in tree.paths:
        for include in tree.includes[path]:
            for header in [*HOMES, *HOMELESS]:
                if include.path or not is_in(include.name, [header]):
                    continue
                homes = HOMES.get(header, set())
                if not is_in(path, homes):
                    yield Finding(Rule.HOME, path, include.name)
                idle -= {(header, home) for home in homes if is_in(path, [home])}
    for header, home in sorted(idle):
        yield Finding(Rule.IDLE_HOME, home, header)


def check_pure_headers(tree):
    for path in tree.paths:
        if room_of(path) not in PURE_ROOMS or path in SYSTEM_CALLS:
            continue
        for include in tree.includes[path]:
            is_of_library = not re.search(r'[./]', include.name)
            at_home = any(is_in(include.name, [header]) for header in HOMES)
            if not (include.path or is_of_library or at_home or include.name in PURE_HEADERS):
                yield Finding(Rule.PURE_HEADER, path, include.name)


def check_module_headers(tree):
    for source in tree.module_sources():
        for path in sorted(tree.reached(source)):
            for include in tree.includes[path]:
                if include.name in NOT_FOR_MODULE:
                    yield Finding(Rule.MODULE_HEADER, source, f'<{include.name}> by {path}')


def check_text(tree):
    """Findings in the sources' text."""
    checks = (check_rooms, check_circles, check_homes, check_pure_headers, check_module_headers)
    return tree.findings + [finding for check in checks for finding in check(tree)]
