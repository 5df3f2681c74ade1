#!/usr/bin/env python3
"""Enforces what docs/architecture.md says of the sources: which folder may
include which, files of at most 400 lines, functions of at most 70, `#pragma
once` and the two lines on top of a header."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MAX_LINES = 400
MAX_FUNCTION_LINES = 70

# Folder -> folders of ours that it may include, itself apart.
MAY_INCLUDE = {
    "messages": set(),
    "rules": {"messages"},
    "storage": {"messages"},
    "actors": {"messages", "rules", "storage"},
    "adapters": {"messages", "rules", "actors"},
    "engine": {"messages", "rules", "storage", "actors"},
    "remote": {"messages", "actors", "engine"},
    "dashboard": set(),
    "gateway": {"messages", "rules", "actors", "engine", "dashboard"},
    "node": {"messages", "rules", "storage", "actors", "adapters", "engine",
             "gateway", "simulation"},
    "simulation": {"messages", "rules", "storage", "actors", "engine"},
}
# Headers of others that a folder must stay clear of.
MUST_NOT_KNOW = {
    "messages": r"lmdb\.h|boost/|spdlog/",
    "rules": r"caf/|lmdb\.h|boost/|spdlog/",
    "storage": r"caf/|boost/|spdlog/",
    "actors": r"lmdb\.h|boost/|spdlog/",
    "adapters": r"lmdb\.h|spdlog/",
    "engine": r"lmdb\.h|boost/|spdlog/",
    "remote": r"lmdb\.h|boost/|spdlog/",
    "gateway": r"lmdb\.h",
    "simulation": r"lmdb\.h|boost/|spdlog/",
    "node": r"lmdb\.h|boost/",
}
# The only files of messages/ that know CAF; type_ids.cpp implements one.
CAF_IN_MESSAGES = {"type_ids.hpp", "type_ids.cpp", "compat.hpp"}

INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]')

TYPE = re.compile(r"(class|struct|union)\b")
NO_CODE = re.compile(r"\}|//|#|[a-z]+:$")


def functions_of(lines):
    """First line and length of the functions of a file that clang-format has
    seen: a body's `}` stands alone below the line its head begins with, at the
    margin, or two columns in when what begins at the margin is a type."""
    starts = {0: (0, ""), 2: (0, "")}
    for number, line in enumerate(lines, 1):
        code = line.lstrip(" ")
        indent = len(line) - len(code)
        if indent not in starts or not code:
            continue
        first, _ = starts[indent]
        inside_type = TYPE.match(starts[0][1])
        if code == "}" and (indent == 0 or inside_type):
            yield first, number - first + 1
        elif not NO_CODE.match(code):
            starts[indent] = number, code


def faults_of(path):
    folder = path.relative_to(ROOT).parts[0]
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) > MAX_LINES:
        yield len(lines), f"has more than {MAX_LINES} lines"
    for first, length in functions_of(lines):
        if length > MAX_FUNCTION_LINES:
            yield first, f"is a function of {length} lines, of at most " \
                f"{MAX_FUNCTION_LINES}"
    if path.suffix == ".hpp":
        if not lines or not lines[0].startswith("// "):
            yield 1, "starts without a comment that says what it is for"
        if "#pragma once" not in lines:
            yield 1, "has no #pragma once"
    for number, line in enumerate(lines, 1):
        include = INCLUDE.match(line)
        if not include or folder not in MAY_INCLUDE:
            continue
        name = include.group(1)
        ours = name.split("/")[0]
        if "/" in name and (ours in MAY_INCLUDE or ours == "tests"):
            if ours != folder and ours not in MAY_INCLUDE[folder]:
                yield number, f"{folder}/ must not include {ours}/"
        elif re.match(MUST_NOT_KNOW.get(folder, r"$^"), name):
            yield number, f"{folder}/ must not know {name}"
        elif (folder == "messages" and name.startswith("caf/")
              and path.name not in CAF_IN_MESSAGES):
            yield number, f"messages/{path.name} must not know CAF"


def main():
    bad = 0
    checked = 0
    for folder in [*MAY_INCLUDE, "tests"]:
        for path in sorted(ROOT.joinpath(folder).rglob("*.[ch]pp")):
            checked += 1
            for line, what in faults_of(path):
                print(f"{path.relative_to(ROOT)}:{line}: {what}")
                bad += 1
    if checked == 0:
        sys.exit("found no sources")
    print(f"{checked} files, {bad} faults")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
