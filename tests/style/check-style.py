#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks how the source reads: layout, licence lines, dependencies between folders.

usage: check-style.py SOURCE-ROOT
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

# Which folders of src/ a folder may include from, beside itself.
MAY_USE = {
    "core": set(),
    "json": {"core"},
    "access": {"core"},
    "sources": {"core", "json"},
    "http": {"core", "json", "access"},
    "dbus": {"core", "json", "access"},
    "daemon": {"core", "json", "access", "sources", "http", "dbus"},
    # Helpers such as times and the JSON scanner; the daemon it knows from D-Bus alone.
    "ctl": {"core", "json"},
    "webadmin": set(),
}

# Libraries that only some folders may use, by the beginning of the header's name.
LIBRARIES = {
    "libsoup/": {"http", "daemon"},
    "json-glib/": {"json"},
    "polkit/": {"dbus"},
    "systemd/": {"daemon", "sources"},
}

SPDX = "SPDX-License-Identifier: LGPL-2.1-or-later"
SPDX_SUFFIXES = {".c", ".h", ".py", ".sh", ".js", ".ts", ".css", ".html", ".conf", ".xml", ".policy",
                 ".service", ".socket", ".rules", ".svg"}
SPDX_NAMES = {"meson.build", "meson_options.txt"}
SKIPPED = {".git", "node_modules", "__pycache__", "corpus"}
MAX_FILE_LINES = 800

# Where translations lie, and how their words are found. The catalogue has a domain of its own.
CATALOGUE = "po/catalogue"
TRANSLATIONS = {
    "po": ["--keyword=_", "--keyword=N_", "--keyword=C_:1c,2", "--keyword=ngettext:1,2"],
    CATALOGUE: ["--language=Desktop", "--keyword=Title"],
}


def list_files(root):
    """Lists what belongs to the project: what git knows, or else every file."""
    try:
        output = subprocess.run(
            ["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z", "--cached", "--others",
             "--exclude-standard"],
            check=True, capture_output=True).stdout
        paths = [pathlib.Path(os.fsdecode(name)) for name in output.split(b"\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [p.relative_to(root) for p in pathlib.Path(root).rglob("*")]
        paths = [p for p in paths if not p.parts[0].startswith("_")]
    return sorted(p for p in paths
                  if not SKIPPED.intersection(p.parts) and pathlib.Path(root, p).is_file())


def check_format(root, files):
    tool = shutil.which("clang-format-14") or shutil.which("clang-format")
    if tool is None:
        return None
    sources = [str(p) for p in files if p.suffix in (".c", ".h")]
    done = subprocess.run([tool, "--dry-run", "-Werror", "--ferror-limit=1", *sources], cwd=root,
                          capture_output=True, text=True)
    if done.returncode == 0:
        return []
    return [line for line in done.stderr.splitlines() if "error:" in line]


def check_licence(root, files):
    bad = []
    for path in files:
        if path.suffix not in SPDX_SUFFIXES and path.name not in SPDX_NAMES \
                and path.parts[0] not in ("tools", ".ci"):
            continue
        if SPDX not in pathlib.Path(root, path).read_text("utf-8", "replace")[:600]:
            bad.append(f"{path}: no line \"{SPDX}\" at its head")
    return bad


def check_folders(root, files):
    bad = []
    include = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)
    for path in files:
        if path.suffix not in (".c", ".h") or path.parts[0] != "src":
            continue
        folder = path.parts[1]
        if folder not in MAY_USE:
            bad.append(f"{path}: folder \"{folder}\" has no row in check-style.py")
            continue
        for name in include.findall(pathlib.Path(root, path).read_text("utf-8")):
            other = name.split("/")[0]
            if "/" in name and other in MAY_USE and other not in MAY_USE[folder] | {folder}:
                bad.append(f"{path}: src/{folder} must not use src/{other} (\"{name}\")")
            for prefix, folders in LIBRARIES.items():
                if name.startswith(prefix) and folder not in folders:
                    bad.append(f"{path}: src/{folder} must not use {name}")
    return bad


def check_headers(root, files):
    return [f"{path}: no \"#pragma once\"" for path in files
            if path.suffix == ".h" and "#pragma once" not in pathlib.Path(root, path).read_text("utf-8")]


def check_tests_mirror(root, files):
    """Each class has its test."""
    names = set(map(str, files))
    bad = []
    for path in files:
        if path.parts[0] == "src" and path.suffix == ".h" and path.parts[1] in MAY_USE:
            text = pathlib.Path(root, path).read_text("utf-8")
            if "G_DECLARE_FINAL_TYPE" not in text:
                continue
            noun = path.stem.removeprefix("lt-")
            if f"tests/{path.parts[1]}/test-{noun}.c" not in names:
                bad.append(f"{path}: no tests/{path.parts[1]}/test-{noun}.c")
    return bad


def check_habits(root, files):
    """What the C code does not do."""
    patterns = {
        re.compile(r"\bgoto\b"): "goto",
        re.compile(r"\bg_object_set_q?data\w*\s*\("): "g_object_set_data()",
        re.compile(r"\b(TODO|FIXME|XXX)\b"): "an open end; put it in docs/",
        re.compile(r"\t"): "a tab",
        re.compile(r"[ \t]+$", re.MULTILINE): "white space at a line's end",
    }
    bad = []
    for path in files:
        if path.suffix not in (".c", ".h") or path.parts[0] != "src":
            continue
        text = pathlib.Path(root, path).read_text("utf-8")
        for pattern, what in patterns.items():
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                bad.append(f"{path}:{line}: {what}")
    return bad


def check_length(root, files):
    bad = []
    for path in files:
        if path.suffix in (".c", ".h") and path.parts[0] == "src":
            lines = pathlib.Path(root, path).read_text("utf-8").count("\n")
            if lines > MAX_FILE_LINES:
                bad.append(f"{path}: {lines} lines; make it two files")
    return bad


def check_scripts(root, files):
    tool = shutil.which("shellcheck")
    if tool is None:
        return None
    scripts = [str(p) for p in files
               if re.match(rb"#!/bin/(ba)?sh", pathlib.Path(root, p).read_bytes()[:12])]
    done = subprocess.run([tool, "--format=gcc", "--severity=warning", *scripts], cwd=root,
                          capture_output=True, text=True)
    return done.stdout.splitlines()


def read_list(root, name):
    """The lines of a list that gettext reads."""
    lines = pathlib.Path(root, name).read_text("utf-8").split("\n")
    return [line for line in lines if line and not line.startswith("#")]


def check_potfiles(root, files):
    """Each file with words for people is in a POTFILES."""
    listed = {name: folder for folder in TRANSLATIONS for name in read_list(root, folder + "/POTFILES")}
    names = set(map(str, files))
    marked = re.compile(r"\b(_|N_|C_|ngettext)\s*\(\s*\"|translatable=|gettext-domain=")
    bad = [f"{listed[name]}/POTFILES: there is no {name}" for name in sorted(set(listed) - names)]
    for path in files:
        if path.parts[0] not in ("src", "data") or str(path) in listed:
            continue
        if path.name.endswith(".conf.in"):
            bad.append(f"{path}: has titles and is not in {CATALOGUE}/POTFILES")
        elif marked.search(pathlib.Path(root, path).read_text("utf-8", "replace")):
            bad.append(f"{path}: has words for people and is not in po/POTFILES")
    return bad


def check_language(root, template, name):
    """One language of one domain has all there is to translate."""
    bad = []
    merged = subprocess.run(
        ["msgmerge", "--quiet", "--no-fuzzy-matching", "--output-file=-", name, "-"],
        cwd=root, check=True, input=template, capture_output=True).stdout
    for options in (["--untranslated"], ["--only-fuzzy"]):
        left = subprocess.run(["msgattrib", "--no-obsolete", "--no-wrap", *options, "-"],
                              input=merged, check=True, capture_output=True).stdout.decode("utf-8")
        entries = [entry for entry in left.split("\n\n") if "\nmsgid" in "\n" + entry][1:]
        bad += [f"{name}: no translation: {entry!r}" for entry in entries]
    done = subprocess.run(["msgfmt", "--check-format", "--output-file=/dev/null", name],
                          cwd=root, capture_output=True, text=True)
    return bad + done.stderr.splitlines()


def check_translations(root, files):
    """Each language of a LINGUAS has all there is to translate."""
    if shutil.which("xgettext") is None or shutil.which("msgmerge") is None:
        return None
    bad = []
    for folder, options in TRANSLATIONS.items():
        template = subprocess.run(
            ["xgettext", "--from-code=UTF-8", *options, "--add-comments", "--output=-",
             *read_list(root, folder + "/POTFILES")],
            cwd=root, check=True, capture_output=True).stdout.replace(b"charset=CHARSET", b"charset=UTF-8")
        for language in read_list(root, folder + "/LINGUAS"):
            bad += check_language(root, template, f"{folder}/{language}.po")
    return bad


def check_manuals(root, files):
    """groff has nothing to say about the manual pages."""
    if shutil.which("man") is None:
        return None
    bad = []
    for path in files:
        if path.parts[:2] != ("docs", "man"):
            continue
        done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(path)],
                              cwd=root, capture_output=True, text=True,
                              env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80"})
        bad += done.stderr.splitlines()
    return bad


CHECKS = {
    "format": check_format,
    "licence": check_licence,
    "folders": check_folders,
    "headers": check_headers,
    "class-tests": check_tests_mirror,
    "habits": check_habits,
    "length": check_length,
    "scripts": check_scripts,
    "potfiles": check_potfiles,
    "translations": check_translations,
    "manuals": check_manuals,
}


def main(root):
    files = list_files(root)
    print(f"1..{len(CHECKS)}")
    status = 0
    for number, (name, check) in enumerate(CHECKS.items(), 1):
        bad = check(root, files)
        if bad is None:
            print(f"ok {number} {name} # SKIP the tool is not installed")
        elif bad:
            status = 1
            print(f"not ok {number} {name}")
            for line in bad[:40]:
                print("# " + line)
        else:
            print(f"ok {number} {name}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
