"""Rules about what was built: the symbols of objects, and the headers that the compiler read."""
import os
import re
import subprocess

from rules import Finding, Rule, room_of
from table import (NOT_IN_MODULE, OUR_SYMBOLS, PURE_ROOMS, PURE_SYMBOLS, SYMBOLS_OF, SYSTEM_CALLS,
                   THROWING_SYMBOLS)

MODULE = 'build/pam_revoke.so'


def object_of(path):
    flavour = 'command' if path in NOT_IN_MODULE else 'gate'
    return f'build/{flavour}/{path.removesuffix(".cpp")}.o'


def symbols_of(root, path, *options):
    """Symbols of an object or a module, without their versions."""
    done = subprocess.run(['nm', '--format=just-symbols', *options, path], cwd=root, check=True,
                          text=True, stdout=subprocess.PIPE)
    return [line.partition('@')[0] for line in done.stdout.splitlines()]


def throwing(path, symbols):
    return [Finding(Rule.MODULE_SYMBOL, path, symbol) for symbol in symbols
            if re.fullmatch(THROWING_SYMBOLS, symbol)]


def check_object(root, path):
    """Findings of one source's object."""
    symbols = symbols_of(root, object_of(path), '-u')
    findings = [] if path in NOT_IN_MODULE else throwing(path, symbols)
    if room_of(path) in PURE_ROOMS and path not in SYSTEM_CALLS:
        # Our own come from rooms below: archives stand in order, the linker finds no others.
        allowed = '|'.join([OUR_SYMBOLS, PURE_SYMBOLS, SYMBOLS_OF.get(path, '')])
        findings += [Finding(Rule.PURE_SYMBOL, path, symbol) for symbol in symbols
                     if not re.fullmatch(allowed, symbol)]
    return findings


def check_headers_read(tree, path):
    """Each header of ours that the compiler read for a source is one that the rules saw."""
    rule = (tree.root / object_of(path)).with_suffix('.d').read_text().replace('\\\n', '')
    read = rule.partition('\n')[0].partition(':')[2].split()
    read = {os.path.normpath(each) for each in read if not each.startswith('/')}
    return [Finding(Rule.UNSEEN, path, header) for header in read - tree.reached(path)]


def check_source(tree, path):
    """What one source's object and its list of headers show."""
    return check_object(tree.root, path) + check_headers_read(tree, path)


def built_sources(tree):
    return tree.module_sources() + sorted(NOT_IN_MODULE)


def check_built(tree):
    """Findings in the build, which must be up to date."""
    findings = [finding for path in built_sources(tree) for finding in check_source(tree, path)]
    # What the linker took from a library shows in the module alone.
    return findings + throwing(MODULE, symbols_of(tree.root, MODULE))
