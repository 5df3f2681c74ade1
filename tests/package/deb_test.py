#!/usr/bin/env python3
"""The Debian package: built, looked into, installed into a root of its own,
its program started with its configuration, and removed again. Without root
privileges it is unpacked instead of installed, and that is said.

usage: deb_test.py BUILD-DIR"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.request

BUILD = pathlib.Path(sys.argv[1]).resolve()
UNIT = "usr/lib/systemd/system/holdfast.service"
CONFIGURATION = "etc/holdfast/holdfast.toml"
# Of systemd-analyze security: 0 is sealed, 10 is open.
EXPOSURE_MAX = 2.0


def run(*command):
    done = subprocess.run([str(part) for part in command], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=120, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n"
                             f"{done.stdout}")
    return done.stdout


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="holdfast-deb-"))
        run("cpack", "--config", BUILD / "CPackConfig.cmake", "-B",
            cls.directory)
        [cls.package] = cls.directory.glob("holdfast_*_*.deb")
        cls.root = cls.directory / "root"
        cls.unpacked = cls.directory / "unpacked"
        run("dpkg-deb", "-x", cls.package, cls.unpacked)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.directory)

    def field(self, name):
        return run("dpkg-deb", "-f", self.package, name).strip()

    def test_contents(self):
        self.assertEqual(self.field("Package"), "holdfast")
        # What the program is linked with, found out and not written down.
        for library in ("liblmdb0", "libcaf-core", "libcurl4", "libssl3"):
            self.assertIn(library, self.field("Depends"))
        for line in self.field("Description").splitlines()[1:]:
            self.assertRegex(line, r"^ \S")
        listed = run("dpkg-deb", "-c", self.package)
        for line in listed.splitlines():
            self.assertIn("root/root", line)
            self.assertNotRegex(line.split()[0], r"^.....w|^........w")
        for path in ("usr/bin/holdfast", UNIT, CONFIGURATION,
                     "usr/lib/sysusers.d/holdfast.conf",
                     "usr/share/doc/holdfast/operations.md"):
            self.assertTrue((self.unpacked / path).is_file(), path)
        self.assertFalse((self.unpacked / "usr/include").exists())
        run("dpkg-deb", "-e", self.package, self.directory / "control")
        conffiles = (self.directory / "control/conffiles").read_text()
        self.assertEqual(conffiles, f"/{CONFIGURATION}\n")
        for script in ("postinst", "prerm", "postrm"):
            run("sh", "-n", self.directory / "control" / script)

    def test_unit(self):
        # What the unit calls is looked for in the root, too; this is of the
        # system and not ours.
        (self.unpacked / "bin").mkdir()
        shutil.copy("/bin/kill", self.unpacked / "bin")
        said = run("systemd-analyze", "verify", "--recursive-errors=no",
                   "--root", self.unpacked, "--man=no", UNIT.rsplit("/", 1)[-1])
        self.assertNotIn("holdfast.service:", said)
        exposed = run("systemd-analyze", "security", "--offline=yes",
                      "--no-pager", self.unpacked / UNIT)
        level = re.search(r"exposure level for \S+: ([0-9.]+)", exposed)
        self.assertLessEqual(float(level.group(1)), EXPOSURE_MAX, exposed)

    def install(self):
        """Into a root of its own; the file of the program there."""
        if os.geteuid() != 0:
            print("not root: unpacked instead of installed", file=sys.stderr)
            shutil.copytree(self.unpacked, self.root)
            return
        for path in ("var/lib/dpkg/info", "var/lib/dpkg/updates",
                     "var/lib/dpkg/triggers", "etc"):
            (self.root / path).mkdir(parents=True)
        for path in ("status", "available"):
            (self.root / "var/lib/dpkg" / path).touch()
        self.dpkg("--install", self.package)
        users = (self.root / "etc/passwd").read_text()
        self.assertRegex(users, r"(?m)^holdfast:.*:/var/lib/holdfast:")

    def dpkg(self, *command):
        # Of what it depends on, the root has nothing; what is linked is this
        # machine's.
        run("dpkg", f"--root={self.root}", "--force-depends",
            "--force-script-chrootless", *command)

    def test_installed_started_removed(self):
        self.install()
        data = self.root / "var/lib/holdfast"
        data.mkdir(parents=True)
        text = (self.root / CONFIGURATION).read_text()
        self.assertIn('data_dir = "/var/lib/holdfast"', text)
        text = text.replace('"/var/lib/holdfast"', f'"{data}"').replace(
            "127.0.0.1:8080", "127.0.0.1:0").replace(
                "map_size_gib = 64", "map_size_gib = 1")
        (self.root / CONFIGURATION).write_text(text)
        program = self.root / "usr/bin/holdfast"
        node = subprocess.Popen([program, "node", "--config",
                                 self.root / CONFIGURATION], text=True,
                                stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT)
        try:
            said = ""
            for line in node.stdout:
                said += line
                if "listening on" in line:
                    break
            url = re.search(r"listening on (\S+)/", said)
            self.assertTrue(url, said)
            with urllib.request.urlopen(url.group(1) + "/healthz") as answer:
                self.assertEqual(answer.status, 200)
            self.assertEqual(run(program, "health", "--url", url.group(1)),
                             "ready\n")
            node.send_signal(signal.SIGTERM)
            self.assertEqual(node.wait(10), 0)
        finally:
            node.kill()
            node.stdout.close()
            node.wait()
        if os.geteuid() == 0:
            self.dpkg("--remove", "holdfast")
            self.assertFalse(program.exists())
            self.assertFalse((self.root / UNIT).exists())
            self.assertTrue((self.root / CONFIGURATION).exists())
            self.dpkg("--purge", "holdfast")
            self.assertFalse((self.root / CONFIGURATION).exists())
        self.assertTrue((data / "data.mdb").exists(), "the data is gone")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
