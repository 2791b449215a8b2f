#!/usr/bin/python3 -B
"""run.py - rooms include only what the table lets them, and each rule of it catches its mutant.

Wants build/pam_revoke.so and build/command/pam_revoke/base.a, up to date: `make layers` sees to it.
"""
import pathlib
import sys

from mutants import MUTANTS, survivors
from rules import Tree, check_text
from symbols import built_sources, check_built


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    tree = Tree(root)
    findings = check_text(tree) + check_built(tree)
    for finding in findings:
        print(f'not ok: {finding.path}: {finding.rule.value}: {finding.detail}')
    survived = list(survivors(root))
    for mutant in survived:
        print(f'not ok: mutant not caught: {mutant.what}')
    caught = len(MUTANTS) - len(survived)
    print(f'{len(findings)} findings, {caught} of {len(MUTANTS)} mutants caught')
    failed = len(findings) + len(survived)
    print(f'{len(tree.paths) + len(built_sources(tree)) + caught} passed, {failed} failed')
    return 1 if failed else 0


sys.exit(main())
