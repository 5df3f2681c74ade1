// What journal events do to the list of those who wait, and their places in it.
// Must not know where the list is shown.
import type { Entry, JournalEvent } from "../api/types";
import type { LiveList, Row } from "./live_list";

export interface QueueFilter {
  resourceId: string;
  ownerId: string;
}

/** The number in an id, which orders entries of one priority. */
export function numberOf(id: string): number {
  return Number(/(\d+)$/.exec(id)?.[1] ?? 0);
}

/** Serving order inside a resource; resources by name. */
export function servingOrder(a: Entry, b: Entry): number {
  if (a.resourceId !== b.resourceId) return a.resourceId < b.resourceId ? -1 : 1;
  return a.priority - b.priority || numberOf(a.entryId) - numberOf(b.entryId);
}

export function foldEntry(
  list: LiveList<Entry>,
  event: JournalEvent,
  filter: QueueFilter,
): boolean {
  if (filter.resourceId && event.resourceId !== filter.resourceId) return false;
  const entryId = event.detail["entryId"];
  if (typeof entryId !== "string") return false;
  // Somebody else's coming and going moves those who are shown.
  if (filter.ownerId && event.ownerId !== filter.ownerId)
    return list.rows.some((row) => row.value.resourceId === event.resourceId);
  if (event.kind === "queued" && !list.has(entryId))
    list.add({
      entryId,
      resourceId: event.resourceId ?? "",
      ownerId: event.ownerId ?? "",
      priority: Number(event.detail["priority"]),
      queuedAt: event.at,
      status: "waiting",
    });
  else if (event.kind === "granted" || event.kind === "cancelled") list.remove(entryId);
  else return false;
  return filter.ownerId !== ""; // places are the node's then
}

/**
 * Each row's place in its resource's queue, counted along `rows`, whose
 * resources are there from their first waiter on.
 */
export function places(rows: readonly Row<Entry>[]): number[] {
  let resource: string | undefined;
  let place = 0;
  return rows.map(({ value, gone }) => {
    if (value.resourceId !== resource) place = 0;
    resource = value.resourceId;
    return gone ? 0 : ++place;
  });
}
