// One line for people about an event, a lock, an order.
// Must not know HTML.
import type { JournalEvent, Lock, Order } from "../api/types";
import { words } from "./event_groups";
import { duration } from "./format";

type Fields = Record<string, unknown>;

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

function text(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const join = (...parts: (string | undefined)[]): string =>
  parts.filter((part) => part).join(" · ");

/** A message on one line, without its markup. */
const plain = (html: string): string =>
  html
    .replace(/<[^>]*>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")
    .replace(/\s+/g, " ")
    .trim();

/** What is to be done, of the terms of an order or the data of a transaction. */
export function describeIntent(intent: unknown): string {
  const x = fieldsOf(intent);
  if (typeof x["text"] === "string") return plain(x["text"]);
  if (x["body"] !== undefined) return text(fieldsOf(x["body"])["event"]);
  if (x["symbol"] === undefined) return intent == null ? "" : text(intent);
  const amount = x["quantity"] ?? x["quoteQuantity"];
  const terms = [x["side"], amount, x["symbol"], x["type"]];
  if (x["price"] !== undefined) terms.push("at", x["price"]);
  return terms.map(text).filter((term) => term).join(" ");
}

/** What the exchange has made of an order. */
export function describeOrder(order: Order | undefined): string {
  if (!order) return "";
  const filled = order.executedQuantity
    ? `${order.executedQuantity}${order.averagePrice ? ` at ${order.averagePrice}` : ""}`
    : "";
  return join(filled, order.orderId);
}

/** What a lock is doing, as far as its row tells. */
export function describeWork(lock: Lock, activity?: string): string {
  if (lock.status === "in_doubt") return lock.error || "outcome unknown";
  if (lock.status !== "active") return lock.error ?? "";
  return activity ?? (describeIntent(lock.transactionData) || lock.transactionType || "");
}

/** What happened; the kind stands beside it. */
export function describeEvent(event: JournalEvent): string {
  const x = event.detail;
  switch (event.kind) {
    case "granted":
      return join(
        text(x["transactionType"]),
        `priority ${text(x["priority"])}`,
        `lease ${duration(Number(x["timeoutMs"]))}`,
        x["entryId"] ? "from the queue" : "",
      );
    case "queued":
      return `priority ${text(x["priority"])}`;
    case "retry_scheduled":
      return join(
        `attempt ${text(x["attempt"])} failed`,
        `again in ${duration(Number(x["delayMs"]))}`,
        text(x["error"]),
      );
    case "effect_sending":
      return join(
        text(x["kind"]),
        Number(x["attempt"]) > 1 ? `attempt ${text(x["attempt"])}` : "",
        describeIntent(x["intent"]),
      );
    case "signal_created":
    case "signal_updated":
    case "signal_closed":
      return describeSignal(x);
    case "effect_done":
    case "effect_failed":
    case "effect_unknown":
    case "telegram_sent":
    case "telegram_edited":
    case "telegram_failed":
      return join(text(x["kind"]), describeOutcome(x["outcome"]));
    case "trade_executed":
      return join(text(x["status"]), describeOrder(fieldsOf(x["order"]) as Order));
    case "alert_firing":
    case "alert_resolved":
      return join(words(text(x["alert"])), text(x["text"]));
    case "trade_rejected":
      return join(text(x["status"]), text(x["failure"]));
    case "resolved":
      return join(text(x["outcome"]), text(x["reason"]));
    case "dead_lettered":
      return join(text(x["kind"]), text(x["reason"]));
    default:
      return describeRest(x);
  }
}

function describeSignal(x: Fields): string {
  const named: [name: string, label: string][] = [
    ["volume", "volume"],
    ["stopLoss", "stop loss"],
    ["takeProfit", "take profit"],
    ["closePrice", "closed at"],
    ["resultPips", "pips"],
  ];
  const parts = named.map(([name, label]) => (x[name] === undefined ? "" : `${label} ${text(x[name])}`));
  return join(`${text(x["type"])} ${text(x["pair"])}`, ...parts);
}

function describeOutcome(outcome: unknown): string {
  const x = fieldsOf(outcome);
  if (x["messageId"] !== undefined) return `message ${text(x["messageId"])} in ${text(x["chatId"])}`;
  if (x["orderId"] !== undefined || x["executedQuantity"] !== undefined)
    return join(text(x["status"]), describeOrder(x as Order));
  return text(x["message"] ?? x["detail"] ?? x["error"] ?? x["reason"] ?? outcome);
}

/** Reasons as they are; everything else by name. Keys and ids are shown apart. */
function describeRest(detail: Fields): string {
  const hidden = new Set(["idempotencyKey", "entryId", "deadLetterId", "signalId"]);
  const bare = new Set(["reason", "error", "detail"]);
  return Object.entries(detail)
    .filter(([name]) => !hidden.has(name))
    .map(([name, value]) => (bare.has(name) ? text(value) : `${name} ${text(value)}`))
    .join(" · ");
}
