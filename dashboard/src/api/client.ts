// Calls of the node: one way to ask, one kind of error.
// Must not know which calls there are or who asks.

/** What the node refused, in its words; status 0: it was not reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

export type Query = Record<string, string | number | undefined>;

/** Longer than the node lets an answer take. */
const patienceMs = 35_000;

export function toQuery(query: Query): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => `${name}=${encodeURIComponent(value!)}`);
  return pairs.length > 0 ? `?${pairs.join("&")}` : "";
}

export class Api {
  constructor(
    private readonly token: () => string,
    private readonly onUnauthorized: () => void,
  ) {}

  get<T>(path: string, query: Query = {}): Promise<T> {
    return this.call<T>("GET", path + toQuery(query));
  }

  /** Asks for a change. Answers undefined where the node answers nothing. */
  send<T>(method: "POST" | "DELETE", path: string, body?: object): Promise<T> {
    return this.call<T>(method, path, body);
  }

  private async call<T>(method: string, target: string, body?: object): Promise<T> {
    const headers: Record<string, string> = {};
    const token = this.token();
    if (token) headers["Authorization"] = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(target, {
      method,
      headers,
      body: body ? JSON.stringify(body) : undefined,
      cache: "no-store",
      signal: AbortSignal.timeout(patienceMs),
    }).catch(() => {
      throw new ApiError(0, "unreachable", "The node does not answer.");
    });
    if (answer.status === 401) this.onUnauthorized();
    const text = await answer.text().catch(() => {
      throw new ApiError(0, "unreachable", "The node broke off its answer.");
    });
    if (!answer.ok) throw refusal(answer.status, text);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  }
}

function refusal(status: number, text: string): ApiError {
  try {
    const { code, detail, title } = JSON.parse(text) as Record<string, string>;
    return new ApiError(status, code ?? "", detail || title || `The node answered ${status}.`);
  } catch {
    // No problem+json: something between the page and the node has answered.
    return new ApiError(status, "", `The node answered ${status}.`);
  }
}

/** What to tell a person of anything that was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
