#!/usr/bin/env python3
"""The Dockerfile as far as it can be judged without building it: what
operators of containers expect of an image, and that what it copies and calls
is there.

usage: container_test.py SOURCE-DIR"""

import json
import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(sys.argv[1]).resolve()


def instructions(text):
    """(instruction, rest) of each, lines that go on joined, without comments."""
    lines = [line for line in text.splitlines()
             if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [tuple(line.split(None, 1)) for line in joined.splitlines()]


class Dockerfile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.all = instructions((SOURCE / "Dockerfile").read_text())
        starts = [i for i, (name, _) in enumerate(cls.all) if name == "FROM"]
        cls.stages = [cls.all[i:j] for i, j in zip(starts, starts[1:] + [None])]
        cls.last = cls.stages[-1]

    def rest(self, name, stage=None):
        return [rest for found, rest in stage or self.last if found == name]

    def test_bases_are_pinned_and_stages_named(self):
        self.assertEqual(len(self.stages), 2)
        for stage in self.stages:
            base = stage[0][1].split()[0]
            self.assertRegex(base, r"^[a-z]+:[0-9]")
            self.assertNotIn("latest", base)
        names = [stage[0][1].split()[-1] for stage in self.stages[:-1]]
        used = re.findall(r"from=(\w+)", json.dumps(self.all))
        self.assertTrue(used)
        self.assertLessEqual(set(used), set(names))

    def test_it_does_not_run_as_root(self):
        users = self.rest("USER")
        self.assertEqual(users, ["holdfast"])
        order = [name for name, _ in self.last]
        self.assertLess(order.index("USER"), order.index("ENTRYPOINT"))
        self.assertNotIn("RUN", order[order.index("USER"):])

    def test_signals_reach_the_program(self):
        for name in ("ENTRYPOINT", "CMD"):
            [rest] = self.rest(name)
            self.assertIsInstance(json.loads(rest), list)
        self.assertEqual(json.loads(self.rest("ENTRYPOINT")[0]),
                         ["/usr/bin/holdfast"])

    def test_its_health_is_checked_by_the_program(self):
        [check] = self.rest("HEALTHCHECK")
        command = json.loads(check[check.index("CMD") + 3:])
        self.assertEqual(command, ["/usr/bin/holdfast", "health"])

    def test_data_is_a_volume_that_the_user_owns(self):
        [volume] = self.rest("VOLUME")
        packaged = (SOURCE / "cmake/Package.cmake").read_text()
        self.assertIn(f'data_dir = \\"{volume}\\"', packaged)
        made = [run for run in self.rest("RUN")
                if f"install -d -o holdfast -g holdfast -m 0700 {volume}" in run]
        self.assertTrue(made, "the directory belongs to root")

    def test_nothing_is_left_of_package_lists(self):
        for stage in self.stages:
            for run in self.rest("RUN", stage):
                if "apt-get" in run or "scripts/setup" in run:
                    self.assertIn("rm -rf /var/lib/apt/lists/*", run)
                if "apt-get install" in run:
                    self.assertIn("--no-install-recommends", run)

    def test_what_is_copied_is_there(self):
        for name, rest in self.all:
            if name == "COPY":
                *sources, _ = rest.split()
                if sources[0].startswith("--from="):
                    continue
                for source in sources:
                    self.assertTrue((SOURCE / source).exists(), source)
        for script in re.findall(r"scripts/\w+", json.dumps(self.all)):
            self.assertTrue((SOURCE / script).exists(), script)

    def test_nothing_is_secret_and_nothing_is_downloaded(self):
        for name, rest in self.all:
            self.assertNotIn(name, ("ADD", "ARG", "ENV"), rest)
            self.assertNotRegex(rest, r"curl |wget |https?://")

    def test_builds_start_from_sources_alone(self):
        ignored = (SOURCE / ".dockerignore").read_text().split()
        self.assertLessEqual({".git", "build", "**/node_modules"}, set(ignored))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
