// A real node on a free port, in a directory of its own.
// Must not know the client: tests do.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const binary = process.env["HOLDFAST_BINARY"] ?? "";

export class NodeProcess {
  readonly directory = mkdtempSync(join(tmpdir(), "holdfast-client-"));
  port = 0;
  output = "";
  private child: ChildProcess | undefined;
  private readonly atExit = () => {
    this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  };

  /** `more`: sections for the configuration. */
  constructor(private readonly more: (directory: string) => string = () => "") {
    if (binary === "")
      throw new Error("HOLDFAST_BINARY does not name the program");
    process.on("exit", this.atExit);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** On the port it had before, so that clients find it again. */
  async start(): Promise<this> {
    const config = join(this.directory, "holdfast.toml");
    const listen = this.port || (await freePort());
    writeFileSync(
      config,
      `[node]\ndata_dir = "${this.directory}/data"\n` +
        `listen = "127.0.0.1:${listen}"\nmap_size_gib = 0.25\n` +
        this.more(this.directory),
    );
    this.output = "";
    const child = spawn(binary, ["node", "--config", config]);
    this.child = child;
    const collect = (text: Buffer) => (this.output += text.toString());
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    let code: number | null = null;
    child.once("close", (status) => (code = status));
    await until(() => {
      if (code !== null)
        throw new Error(`the node ended with ${code}:\n${this.output}`);
      return this.output.includes("listening on");
    });
    this.port = Number(/127\.0\.0\.1:(\d+)/.exec(this.output)![1]);
    await until(async () => {
      const ready = await fetch(`${this.url}/readyz`).catch(() => undefined);
      return ready?.status === 200;
    });
    return this;
  }

  signal(name: NodeJS.Signals): void {
    this.child?.kill(name);
  }

  kill(): void {
    this.child?.kill("SIGKILL");
    this.child = undefined;
  }

  /** Ends it and waits until its port is free. */
  async end(name: NodeJS.Signals): Promise<void> {
    const child = this.child!;
    this.child = undefined;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(name);
    await gone;
  }

  async remove(): Promise<void> {
    if (this.child) await this.end("SIGKILL");
    process.off("exit", this.atExit);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Waits for a condition, not for a time. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  patienceMs = 20_000,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
