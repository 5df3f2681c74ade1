// Requests over fetch: deadlines, the bearer token, and repeating what is safe
// to repeat. Must not know what a call means.
import { readFileSync } from "node:fs";
import {
  AnswerLostError,
  HoldfastError,
  NotSentError,
  ProblemError,
  problemError,
} from "./errors.js";
import type { Problem } from "./types.js";

export interface RetryOptions {
  /** Tries in all, the first included. 1: never repeat. */
  attempts: number;
  /** The first pause is up to this, each next one up to twice as much. */
  baseMs: number;
  maxMs: number;
}

export interface ClientOptions {
  /** Default: HOLDFAST_URL, or http://127.0.0.1:8080. */
  url?: string;
  /** Bearer token. Default: the text of `tokenFile`, or HOLDFAST_TOKEN. */
  token?: string;
  tokenFile?: string;
  /** For one try, beside what the request itself waits. Default 10000. */
  requestTimeoutMs?: number;
  /** Default {attempts: 8, baseMs: 100, maxMs: 5000}. */
  retry?: Partial<RetryOptions>;
}

export interface Call {
  method: "GET" | "POST" | "DELETE";
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  /** A second one does no harm when the first was carried out unheard. */
  repeatable?: boolean;
  /** How long the node may take on purpose. */
  waitMs?: number;
  timeoutMs?: number;
  /** Instead of the client's number of tries. */
  attempts?: number;
  /** Try until this moment of `performance.now()`, however often. */
  retryUntil?: number;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  body: unknown;
}

/** Failures of a connection that was never there: nothing was sent. */
const notSent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

export class Transport {
  readonly retry: RetryOptions;
  readonly requestTimeoutMs: number;
  private readonly base: string;
  private readonly token: string | undefined;

  constructor(options: ClientOptions = {}) {
    this.base = baseUrl(options.url ?? process.env["HOLDFAST_URL"]);
    this.token = readToken(options);
    this.requestTimeoutMs = options.requestTimeoutMs ?? 10_000;
    this.retry = { attempts: 8, baseMs: 100, maxMs: 5000, ...options.retry };
  }

  /** @throws ProblemError, NotSentError, AnswerLostError, or the signal's reason */
  async send(call: Call): Promise<Answer> {
    let lost = false;
    for (let attempt = 1; ; ++attempt) {
      try {
        return await this.sendOnce(call);
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
        lost ||= error.answerLost;
        error.answerLost = lost;
        const pause = this.pauseMs(error, attempt, call.repeatable ?? false);
        const more =
          call.retryUntil === undefined
            ? attempt < (call.attempts ?? this.retry.attempts)
            : performance.now() + (pause ?? 0) < call.retryUntil;
        if (pause === undefined || !more) throw error;
        await sleep(pause, call.signal);
      }
    }
  }

  /**
   * How long to pause before the next try: full jitter, and no less than the
   * node asks for. Nothing when another try could do harm or cannot help.
   */
  pauseMs(
    error: HoldfastError,
    attempt: number,
    repeatable: boolean,
  ): number | undefined {
    if (!mayRepeat(error, repeatable)) return undefined;
    const { baseMs, maxMs } = this.retry;
    const most = Math.min(maxMs, baseMs * 2 ** Math.min(attempt - 1, 30));
    const atLeast =
      error instanceof ProblemError ? (error.retryAfterMs ?? 0) : 0;
    return atLeast + Math.random() * most;
  }

  private async sendOnce(call: Call): Promise<Answer> {
    call.signal?.throwIfAborted();
    const stop = new AbortController();
    const onAbort = () => stop.abort();
    call.signal?.addEventListener("abort", onAbort, { once: true });
    const limit =
      (call.timeoutMs ?? this.requestTimeoutMs) + (call.waitMs ?? 0);
    const timer = setTimeout(() => stop.abort(), limit);
    const what = `${call.method} ${call.path}`;
    try {
      const response = await fetch(this.target(call), {
        method: call.method,
        headers: this.headers(call),
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        redirect: "error",
        signal: stop.signal,
      });
      return understood(response, await response.text(), what);
    } catch (error) {
      if (error instanceof HoldfastError) throw error;
      call.signal?.throwIfAborted();
      if (stop.signal.aborted)
        throw new AnswerLostError(`${what}: no answer within ${limit} ms`);
      const code = causeCode(error);
      const why = code ?? String((error as Error).message ?? error);
      const Kind = code && notSent.has(code) ? NotSentError : AnswerLostError;
      throw new Kind(`${what}: ${why}`, { cause: error });
    } finally {
      clearTimeout(timer);
      call.signal?.removeEventListener("abort", onAbort);
    }
  }

  private target(call: Call): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(call.query ?? {}))
      if (value !== undefined) query.set(name, String(value));
    const text = query.toString();
    return this.base + call.path + (text === "" ? "" : `?${text}`);
  }

  private headers(call: Call): Record<string, string> {
    const headers: Record<string, string> = {};
    if (call.body !== undefined) headers["content-type"] = "application/json";
    if (this.token) headers["authorization"] = `Bearer ${this.token}`;
    return headers;
  }
}

/** Rejects with the signal's reason as soon as it fires. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

function mayRepeat(error: HoldfastError, repeatable: boolean): boolean {
  if (error instanceof NotSentError) return true;
  if (error instanceof AnswerLostError) return repeatable;
  if (!(error instanceof ProblemError)) return false;
  // Refused before anything was done.
  if (error.status === 429 || error.code === "shutting-down") return true;
  // The node itself may have lost the answer: it may have been carried out.
  return error.code === "storage-unavailable" && repeatable;
}

function understood(response: Response, text: string, what: string): Answer {
  let body: unknown = null;
  try {
    if (text !== "") body = JSON.parse(text);
  } catch (cause) {
    throw new AnswerLostError(
      `${what}: status ${response.status} with a body that is no JSON`,
      { cause },
    );
  }
  if (response.ok) return { status: response.status, body };
  const problem = body as Partial<Problem> | null;
  if (typeof problem?.code !== "string") {
    const why = `${what}: status ${response.status}, which is no node's answer`;
    // A proxy in between may have passed the request on.
    throw response.status >= 500
      ? new AnswerLostError(why)
      : new HoldfastError(why);
  }
  const seconds = Number(response.headers.get("retry-after") ?? NaN);
  const error = problemError({
    ...(Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {}),
    ...(problem as Problem),
    status: response.status,
  });
  error.answerLost = error.code === "storage-unavailable";
  throw error;
}

function baseUrl(text = "http://127.0.0.1:8080"): string {
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new TypeError(`url must be http: or https:, not ${url.protocol}`);
  if (url.username !== "" || url.password !== "")
    throw new TypeError("url must hold no credentials; give a token instead");
  return url.origin + url.pathname.replace(/\/+$/, "");
}

function readToken(options: ClientOptions): string | undefined {
  const token =
    options.token ??
    (options.tokenFile === undefined
      ? process.env["HOLDFAST_TOKEN"]
      : readFileSync(options.tokenFile, "utf8").trim());
  // fetch would quote it in its error.
  if (token && !/^[\x21-\x7e]+$/.test(token))
    throw new TypeError("the token has characters that no token can have");
  return token || undefined;
}

function causeCode(error: unknown): string | undefined {
  const cause = (error as { cause?: { code?: unknown; errors?: unknown } })
    .cause;
  if (typeof cause?.code === "string") return cause.code;
  // Several addresses were tried, and each failed in its own way.
  if (Array.isArray(cause?.errors))
    return (cause.errors as { code?: string }[])[0]?.code;
  return undefined;
}
