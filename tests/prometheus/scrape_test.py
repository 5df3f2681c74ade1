#!/usr/bin/env python3
"""A real Prometheus scrapes a real node, under the rules and with the
dashboard of config/: every metric that those name is there, every expression
is understood, and what was counted arrives.

scrape_test.py HOLDFAST DIRECTORY_OF_PROMETHEUS CONFIG_DIRECTORY"""

import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

PATIENCE_S = 60
NAME = re.compile(r"\bholdfast_[a-z_]+")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def ask(url, body=None):
    data = json.dumps(body).encode() if body is not None else None
    headers = {"Content-Type": "application/json"} if data else {}
    request = urllib.request.Request(url, data, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


def wait_until(what, condition, process):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"ended before {what}")
        try:
            if condition():
                return
        except (urllib.error.URLError, ConnectionError):
            pass  # not there yet
        time.sleep(0.1)
    raise AssertionError(f"waited in vain until {what}")


class Scene:
    """A node, and a Prometheus that scrapes it, each on a port of its own."""

    def __init__(self, holdfast, tools, config):
        self.tools = pathlib.Path(tools)
        self.config = pathlib.Path(config)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="holdfast-prometheus-"))
        self.processes = []
        self.node = f"http://127.0.0.1:{free_port()}"
        self.server = f"http://127.0.0.1:{free_port()}"
        self.holdfast = holdfast

    def start(self):
        self.start_node(self.holdfast)
        self.start_prometheus()

    def spawn(self, *command):
        log = open(self.folder / f"{pathlib.Path(command[0]).name}.log", "w")
        process = subprocess.Popen(command, stdout=log, stderr=log)
        log.close()
        self.processes.append(process)
        return process

    def start_node(self, holdfast):
        config = self.folder / "holdfast.toml"
        config.write_text(
            f'[node]\ndata_dir = "{self.folder}/data"\nmap_size_gib = 1\n'
            f'listen = "{self.node.removeprefix("http://")}"\n')
        process = self.spawn(holdfast, "node", "--config", str(config))
        wait_until("the node is ready", lambda: ask(self.node + "/readyz"), process)

    def start_prometheus(self):
        """With the example configuration, but for the node's port."""
        shutil.copy(self.config / "prometheus/holdfast.rules.yml", self.folder)
        text = (self.config / "prometheus/prometheus.example.yml").read_text()
        assert "127.0.0.1:8080" in text
        text = text.replace("127.0.0.1:8080", self.node.removeprefix("http://"))
        text = re.sub(r"_interval: 5s", "_interval: 500ms", text)
        file = self.folder / "prometheus.yml"
        file.write_text(text)
        process = self.spawn(
            str(self.tools / "prometheus"), f"--config.file={file}",
            f"--storage.tsdb.path={self.folder}/tsdb",
            f"--web.listen-address={self.server.removeprefix('http://')}")
        wait_until("Prometheus is ready", lambda: ask(self.server + "/-/ready"), process)

    def query(self, expression):
        """The samples of an instant query. Fails where it is not understood."""
        query = urllib.parse.urlencode({"query": expression})
        answer = json.loads(ask(f"{self.server}/api/v1/query?{query}"))
        assert answer["status"] == "success", (expression, answer)
        return answer["data"]["result"]

    def close(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(30)
        shutil.rmtree(self.folder)


def work(scene):
    """Three locks, one of which fails."""
    for i in range(3):
        lock = json.loads(ask(scene.node + "/v1/locks",
                              {"resourceId": f"r{i}", "ownerId": "bot"}))["lock"]
        end = {"error": "no"} if i == 0 else {"result": 1}
        ask(f"{scene.node}/v1/locks/{lock['lockId']}/release",
            {"fencingToken": lock["fencingToken"], **end})


def check_format(scene, metrics):
    found = subprocess.run([scene.tools / "promtool", "check", "metrics"],
                           input=metrics, capture_output=True, text=True)
    assert found.returncode == 0 and not found.stdout + found.stderr, \
        found.stdout + found.stderr
    rules = scene.config / "prometheus/holdfast.rules.test.yml"
    tested = subprocess.run([scene.tools / "promtool", "test", "rules", rules],
                            capture_output=True, text=True)
    assert tested.returncode == 0, tested.stdout + tested.stderr


def check_scraped(scene):
    process = scene.processes[-1]
    def three_grants():
        seen = scene.query("holdfast_lock_grants_total")
        return seen and seen[0]["value"][1] == "3"
    wait_until("three grants were scraped", three_grants, process)
    value = lambda name: scene.query(name)[0]["value"][1]
    assert value('up{job="holdfast"}') == "1"
    assert value("holdfast_lock_failures_total") == "1"
    assert value("holdfast_lock_releases_total") == "2"
    assert value("holdfast_lock_hold_seconds_count") == "3"


def check_alerts(scene):
    """The rules are evaluated without an error, and a healthy node is silent:
    one failure of three is for five minutes none that fires."""
    def evaluated():
        groups = json.loads(ask(scene.server + "/api/v1/rules"))["data"]["groups"]
        rules = [rule for group in groups for rule in group["rules"]]
        return rules and all(rule["health"] == "ok" for rule in rules)
    wait_until("all rules are evaluated", evaluated, scene.processes[-1])
    alerts = json.loads(ask(scene.server + "/api/v1/alerts"))["data"]["alerts"]
    assert not [a for a in alerts if a["state"] == "firing"], alerts


def dashboard_expressions(path):
    dashboard = json.loads(path.read_text())
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield (target["expr"].replace("$instance", ".*")
                   .replace("$__rate_interval", "1m"))


def check_dashboard(scene):
    expressions = list(dashboard_expressions(scene.config / "grafana/holdfast.json"))
    assert len(expressions) > 20
    for expression in expressions:
        scene.query(expression)


def check_names(scene, metrics):
    """Rules, dashboard and documentation name what there is, and the last one
    names all of it."""
    there = {line.split()[2] for line in metrics.splitlines()
             if line.startswith("# TYPE ")}
    series = there | {name + end for name in there
                      for end in ("_bucket", "_sum", "_count")}
    page = (scene.config.parent / "docs/metrics.md").read_text()
    told = set(NAME.findall(page))
    for text in (page, (scene.config / "prometheus/holdfast.rules.yml").read_text(),
                 (scene.config / "grafana/holdfast.json").read_text()):
        unknown = set(NAME.findall(text)) - series
        assert not unknown, unknown
    assert not there - told, there - told


def main():
    scene = Scene(*sys.argv[1:])
    try:
        scene.start()
        work(scene)
        metrics = ask(scene.node + "/metrics")
        check_format(scene, metrics)
        check_names(scene, metrics)
        check_scraped(scene)
        check_alerts(scene)
        check_dashboard(scene)
    finally:
        scene.close()


if __name__ == "__main__":
    main()
