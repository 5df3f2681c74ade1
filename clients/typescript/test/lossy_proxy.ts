// A TCP proxy that passes requests on and can swallow answers.
// Must not know HTTP beyond where an answer begins.
import { connect, createServer, type Server, type Socket } from "node:net";

export class LossyProxy {
  url = "";
  /** How many answers were swallowed so far. */
  swallowed = 0;
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private readonly open = new Set<() => void>();
  private wanted = 0;
  private match = "";

  constructor(private readonly targetPort: number) {}

  /** Swallows the next answers to requests that hold `text`. */
  loseNext(text: string, times = 1): void {
    this.match = text;
    this.wanted = times;
  }

  async start(): Promise<this> {
    const server = createServer((client) => this.serve(client));
    this.server = server;
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve()),
    );
    const { port } = server.address() as { port: number };
    this.url = `http://127.0.0.1:${port}`;
    return this;
  }

  /** Swallows the answers to all requests that are under way. */
  loseOpen(): void {
    for (const lose of this.open) lose();
  }

  /** Ends all connections; new ones are served. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  close(): void {
    this.cut();
    this.server?.close();
  }

  private serve(client: Socket): void {
    const node = connect(this.targetPort, "127.0.0.1");
    this.sockets.add(client).add(node);
    let lose = false;
    let busy = false;
    const loseOne = () => (lose ||= busy);
    this.open.add(loseOne);
    client.on("close", () => this.open.delete(loseOne));
    client.on("data", (data) => {
      if (this.wanted > 0 && data.toString("latin1").includes(this.match)) {
        --this.wanted;
        lose = true;
      }
      busy = true;
      node.write(data);
    });
    node.on("data", (data) => {
      busy = false;
      if (!lose) return void client.write(data);
      // The node has answered: for it, everything is in order.
      ++this.swallowed;
      client.destroy();
      node.end();
    });
    for (const [socket, other] of [
      [client, node],
      [node, client],
    ] as const) {
      socket.on("error", () => other.destroy());
      socket.on("close", () => other.destroy());
    }
  }
}
