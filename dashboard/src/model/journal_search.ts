// Finding one's way in the journal, which a node reads forward only: its end,
// a moment in it, and what stands before a number.
// Must not know HTTP or who asks: reading is handed in.
import type { JournalEvent } from "../api/types";

export interface Slice {
  items: JournalEvent[];
  /** More rows match behind the last item. */
  more: boolean;
}

/** The first `limit` rows with a larger number than `after`. */
export type ReadJournal = (after: number, limit: number) => Promise<Slice>;

/**
 * The largest number for which `isBefore` holds, by doubling and halving; 0
 * when it holds for no row. Rows must be ordered by it.
 */
async function lastWhere(
  read: ReadJournal,
  isBefore: (event: JournalEvent) => boolean,
): Promise<number> {
  const first = async (after: number) => (await read(after, 1)).items[0];
  const fits = async (after: number) => {
    const event = await first(after);
    return event !== undefined && isBefore(event) ? event.seq : undefined;
  };
  let low = await fits(0);
  if (low === undefined) return 0;
  let step = 1024;
  let high: number | undefined;
  while (high === undefined) {
    const at: number | undefined = await fits(low + step);
    if (at === undefined) high = low + step;
    else low = at;
    step *= 4;
  }
  // Rows with numbers up to `low` fit; behind `high` none does.
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const at = await fits(middle);
    if (at === undefined) high = middle;
    else low = at;
  }
  return low;
}

/** The number of the newest row; 0: there is none. */
export const endOfJournal = (read: ReadJournal): Promise<number> =>
  lastWhere(read, () => true);

/** The number of the last row from before `at` (milliseconds); 0: none is. */
export const lastBefore = (read: ReadJournal, at: number): Promise<number> =>
  lastWhere(read, (event) => Date.parse(event.at) < at);

const pageRows = 1000;
/** So many requests at most before somebody has to ask for more. */
const requestsMax = 20;

export interface Back {
  /** Oldest first. */
  items: JournalEvent[];
  /** Where to go on: rows from here on have been looked at. 0: that was all. */
  before: number;
}

/**
 * Matching rows before the number `before`: about `wanted` of them, fewer when
 * there are no more, or when looking further would take too long. `read` may
 * leave out rows as well: the node filters by resource.
 */
export async function readBack(
  read: ReadJournal,
  before: number,
  wanted: number,
  matches: (event: JournalEvent) => boolean = () => true,
): Promise<Back> {
  let items: JournalEvent[] = [];
  let window = pageRows;
  let requests = 0;
  while (before > 1 && items.length < wanted && requests < requestsMax) {
    const after = Math.max(0, before - 1 - window);
    const found: JournalEvent[] = [];
    let from = after;
    for (;;) {
      const slice = await read(from, pageRows);
      ++requests;
      found.push(...slice.items.filter((event) => event.seq < before));
      const last = slice.items.at(-1);
      if (!slice.more || last === undefined || last.seq >= before - 1) break;
      from = last.seq;
    }
    items = [...found.filter(matches), ...items];
    before = after + 1;
    // Few rows of this resource: look at more of the journal at a time.
    if (found.length < pageRows / 8) window *= 4;
  }
  return { items, before: before > 1 ? before : 0 };
}
