// The kinds of journal events: what they are called, what sort they are.
// Must not know how they are shown.

export type Tone = "plain" | "bad" | "doubt" | "operator";

const kinds: Record<string, [group: string, tone: Tone]> = {
  granted: ["Locks", "plain"],
  released: ["Locks", "plain"],
  failed: ["Locks", "bad"],
  expired: ["Locks", "bad"],
  force_released: ["Locks", "operator"],
  queued: ["Queue", "plain"],
  cancelled: ["Queue", "plain"],
  retry_scheduled: ["Tasks", "plain"],
  in_doubt: ["Tasks", "doubt"],
  resolved: ["Tasks", "operator"],
  dead_lettered: ["Tasks", "bad"],
  requeued: ["Tasks", "operator"],
  effect_sending: ["Effects", "plain"],
  effect_done: ["Effects", "plain"],
  effect_failed: ["Effects", "bad"],
  effect_unknown: ["Effects", "doubt"],
  trade_executed: ["Trades", "plain"],
  trade_rejected: ["Trades", "bad"],
  signal_created: ["Signals", "plain"],
  signal_updated: ["Signals", "plain"],
  signal_closed: ["Signals", "plain"],
  telegram_sent: ["Signals", "plain"],
  telegram_edited: ["Signals", "plain"],
  telegram_failed: ["Signals", "bad"],
  alert_firing: ["Node", "bad"],
  alert_resolved: ["Node", "plain"],
  feed_connected: ["Node", "plain"],
  feed_disconnected: ["Node", "bad"],
  paused: ["Node", "operator"],
  resumed: ["Node", "operator"],
  node_started: ["Node", "plain"],
  node_stopped: ["Node", "plain"],
};

/** A kind that this page does not know is shown plainly. */
export const toneOf = (kind: string): Tone => kinds[kind]?.[1] ?? "plain";

/** Group by group, the kinds in each. */
export function kindsByGroup(): [group: string, kinds: string[]][] {
  const groups = new Map<string, string[]>();
  for (const [kind, [group]] of Object.entries(kinds))
    groups.set(group, [...(groups.get(group) ?? []), kind]);
  return [...groups];
}

/** "force_released" as people read it. */
export const words = (name: string): string => name.replaceAll("_", " ");
