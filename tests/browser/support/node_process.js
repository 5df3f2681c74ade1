// A real node on a free port, in a directory of its own.
// Must not know the page: tests do.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const binary = process.env.HOLDFAST_BINARY ?? "";

export class NodeProcess {
  directory = mkdtempSync(join(tmpdir(), "holdfast-browser-"));
  port = 0;
  output = "";
  /** Sent with calls of tests, where the node wants tokens. */
  token = "";
  #child;
  #more;
  #environment;
  #atExit = () => {
    this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  };

  /** `more`: sections for the configuration, given the directory. */
  constructor(more = () => "", environment = {}) {
    if (binary === "") throw new Error("HOLDFAST_BINARY does not name the program");
    this.#more = more;
    this.#environment = environment;
    process.on("exit", this.#atExit);
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** On the port it had before, so that the page finds it again. */
  async start() {
    const config = join(this.directory, "holdfast.toml");
    const listen = this.port || (await freePort());
    writeFileSync(
      config,
      `[node]\ndata_dir = "${this.directory}/data"\nlisten = "127.0.0.1:${listen}"\n` +
        `map_size_gib = 1\n${this.#more(this.directory)}`,
    );
    this.output = "";
    this.#child = spawn(binary, ["node", "--config", config], {
      env: { ...process.env, ...this.#environment },
    });
    const collect = (text) => (this.output += text.toString());
    this.#child.stdout.on("data", collect);
    this.#child.stderr.on("data", collect);
    let code = null;
    this.#child.once("close", (status) => (code = status));
    await until("the node listens", async () => {
      if (code !== null) throw new Error(`the node ended with ${code}:\n${this.output}`);
      if (!this.output.includes("listening on")) return false;
      const ready = await fetch(`http://127.0.0.1:${listen}/readyz`).catch(() => undefined);
      return ready?.status === 200;
    });
    this.port = listen;
    return this;
  }

  kill() {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  /** SIGKILL, and waits until its port is free. */
  async crash() {
    const child = this.#child;
    this.#child = undefined;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  async remove() {
    if (this.#child) await this.crash();
    process.off("exit", this.#atExit);
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** A call; answers its JSON, and fails on a status that is not `expected`. */
  async call(method, path, body, expected = [200, 201, 202, 204]) {
    const headers = {};
    if (body) headers["Content-Type"] = "application/json";
    if (this.token) headers["Authorization"] = `Bearer ${this.token}`;
    const answer = await fetch(this.url + path, {
      method,
      headers,
      body: body && JSON.stringify(body),
    }).catch((error) => {
      throw new Error(`${method} ${path}: ${error.cause ?? error}\n${this.output}`);
    });
    const text = await answer.text();
    if (!expected.includes(answer.status))
      throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  /** Takes a lock; more of the request in `more`. */
  async lock(resourceId, more = {}) {
    return (await this.call("POST", "/v1/locks", { resourceId, ownerId: "bot-1", ...more })).lock;
  }

  /** Waits in the queue. */
  async wait(resourceId, more = {}) {
    return (await this.call("POST", "/v1/locks", { resourceId, ownerId: "bot-2", ...more })).entry;
  }

  async journal(resourceId = "") {
    const items = [];
    let after = 0;
    for (;;) {
      const query = resourceId ? `&resourceId=${encodeURIComponent(resourceId)}` : "";
      const page = await this.call("GET", `/v1/journal?after=${after}&limit=1000${query}`);
      items.push(...page.items);
      if (page.nextCursor === undefined) return items;
      after = Number(page.nextCursor);
    }
  }
}

/** Waits for a condition, not for a time. */
export async function until(what, condition, patienceMs = 30_000) {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
