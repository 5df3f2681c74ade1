// Which alerts are firing, as the journal tells.
// Must not know what alerts there are.
import type { JournalEvent } from "../api/types";

export interface Alert {
  name: string;
  since: string;
  text: string;
}

function nameOf(event: JournalEvent): string {
  const { alert, name } = event.detail;
  const base = [alert, name].find((value) => typeof value === "string") ?? "alert";
  return event.resourceId ? `${String(base)} ${event.resourceId}` : String(base);
}

export class Alerts {
  private readonly firing = new Map<string, { seq: number; alert?: Alert }>();

  /** Events may come in any order: the newest of each alert counts. */
  fold(event: JournalEvent, text: (event: JournalEvent) => string): void {
    const fires = event.kind === "alert_firing";
    if (!fires && event.kind !== "alert_resolved") return;
    const name = nameOf(event);
    if ((this.firing.get(name)?.seq ?? 0) > event.seq) return;
    const alert = fires ? { name, since: event.at, text: text(event) } : undefined;
    this.firing.set(name, { seq: event.seq, alert });
  }

  get list(): Alert[] {
    return [...this.firing.values()].flatMap(({ alert }) => alert ?? []);
  }
}
