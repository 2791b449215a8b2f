"""Finds the texts of the project, below the current directory, and those of its peers."""
import glob
import os
import shutil
import subprocess

from prose import cpp, markdown, mdoc
from prose.passage import LINES, Passage, Text

COMMANDS = ("revoke-user", "revokectl", "systemd-login")
# Directories without product sources.
OUTSIDE = {"build", "tests", "debian"}
PEERS = (("1", "ssh-keygen", "openssh-client"), ("5", "sshd_config", "openssh-server"),
         ("8", "pam_faillock", "libpam-modules"))


def read(path):
    """A text by the name of its file."""
    name = os.path.basename(path)
    if name.endswith(".catalog"):
        return Text(path, markdown.read_catalog(path))
    if name.endswith((".cpp", ".hpp")):
        return sources([path], cpp.read_literals, "literals of " + path)
    if name.endswith(".md") or name == "NEWS":
        return Text(path, markdown.read(path), document=True)
    return Text(path, mdoc.read(path), document=True)


def sources(paths, reader, name):
    """What reader finds in several sources, as one text."""
    text = Text(name, [])
    for path in paths:
        with open(path, encoding="utf-8") as file:
            passages = reader(file.read())
        text.passages += passages
        text.files.update((id(passage), path) for passage in passages)
    return text


def product_sources():
    """The product's sources, by directory."""
    found = {}
    for directory, below, names in os.walk("."):
        below[:] = sorted(name for name in below if not name.startswith(".") and
                          not (directory == "." and name in OUTSIDE))
        paths = [os.path.normpath(os.path.join(directory, name)) for name in sorted(names)
                 if name.endswith((".cpp", ".hpp"))]
        if paths:
            found[os.path.normpath(directory)] = paths
    return found


def helps(literals):
    """Each command's --help: the literal, unless it is built and no source is newer."""
    newest = max(os.path.getmtime(path) for paths in product_sources().values() for path in paths)
    for command in COMMANDS:
        program = os.path.join("build", command)
        if os.path.exists(program) and os.path.getmtime(program) >= newest:
            printed = subprocess.run([program, "--help"], stdout=subprocess.PIPE, text=True,
                                     check=True).stdout
            lines = enumerate(printed.splitlines(), 1)
            words = [(number, word) for number, line in lines for word in line.split()]
            yield Text(f"{command} --help", [Passage(LINES, words)])
            continue
        for text in literals:
            for passage in text.passages:
                begins = [word for _, word in passage.words[:2]]
                if passage.kind == LINES and begins == ["usage:", command]:
                    yield Text(f"{command} --help, in the source", [passage],
                               files={id(passage): text.files[id(passage)]})


def project():
    """All texts that are measured."""
    documents = sorted(glob.glob("man/*.[1-9]") + glob.glob("*.md")) + ["NEWS"]
    found = [read(path) for path in documents + sorted(glob.glob("conf/*.catalog"))]
    literals = [sources(paths, cpp.read_literals, f"literals of {directory}/")
                for directory, paths in product_sources().items()]
    return found + list(helps(literals)) + [text for text in literals if text.passages]


def comments():
    """The comments of the product's sources."""
    return [sources(paths, cpp.read_comments, f"comments of {directory}/")
            for directory, paths in product_sources().items()]


def peers(scratch):
    """The peers' pages: those of this host, or out of their packages, unpacked into scratch."""
    for section, page, package in PEERS:
        path = ""
        if shutil.which("man"):
            path = subprocess.run(["man", "-w", section, page], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True, check=False).stdout.strip()
        if not path:
            subprocess.run(["apt-get", "-o", "APT::Sandbox::User=root", "download", "-q", package],
                           cwd=scratch, check=True, stdout=subprocess.DEVNULL)
            archive = glob.glob(os.path.join(scratch, package + "_*.deb"))[0]
            subprocess.run(["dpkg-deb", "-x", archive, scratch], check=True)
            path = os.path.join(scratch, f"usr/share/man/man{section}/{page}.{section}.gz")
        yield Text(f"{page}({section})", mdoc.read(path))
