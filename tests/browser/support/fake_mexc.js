// The fake exchange of tests/fakes as a process, and a node's configuration for
// it. Must not know what is tested.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";

export class FakeExchange {
  url = "";
  #child;

  async start() {
    const program = process.env.HOLDFAST_FAKE_MEXC;
    if (!program) throw new Error("HOLDFAST_FAKE_MEXC does not name the program");
    this.#child = spawn(program, ["--api-key", "test-key", "--secret", "test-secret"]);
    process.on("exit", () => this.stop());
    const line = await new Promise((resolve, reject) => {
      this.#child.stdout.once("data", (text) => resolve(String(text)));
      this.#child.once("exit", (code) => reject(new Error(`fake_mexc ended with ${code}`)));
    });
    this.url = `http://${/127\.0\.0\.1:\d+/.exec(line)[0]}`;
    return this;
  }

  /** Trades whose outcome stays unknown. */
  config(directory) {
    for (const [name, key] of [["key", "test-key"], ["secret", "test-secret"]])
      writeFileSync(`${directory}/${name}`, key, { mode: 0o600 });
    return (
      `[trades]\nexchange = "mexc"\nreconcile_ms = 1700\n[mexc]\nbase_url = "${this.url}"\n` +
      `api_key_file = "${directory}/key"\nsecret_key_file = "${directory}/secret"\n` +
      "recv_window_ms = 400\nreconcile_margin_ms = 200\nrequest_timeout_ms = 700\n"
    );
  }

  async control(path, body) {
    const answer = await fetch(this.url + path, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  }

  stop() {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }
}
