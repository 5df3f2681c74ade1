// The rows of a list that changes while somebody reads it. Rows change in
// place at once; rows that come and go wait while the list is held.
// Must not know what its rows are, nor the DOM.

export interface Row<T> {
  readonly key: string;
  value: T;
  /** It has left the list, which is held. */
  gone: boolean;
}

export class LiveList<T> {
  rows: Row<T>[] = [];
  private readonly byKey = new Map<string, Row<T>>();
  private incoming: Row<T>[] = [];
  private departed = 0;
  private held = false;

  /** With `compare`, rows stand in its order; without, new ones come first. */
  constructor(
    readonly keyOf: (value: T) => string,
    private readonly compare?: (a: T, b: T) => number,
  ) {}

  /** How many rows wait to come or go. */
  get waiting(): number {
    return this.incoming.length + this.departed;
  }

  get isHeld(): boolean {
    return this.held;
  }

  get(key: string): T | undefined {
    const row = this.byKey.get(key);
    return row && !row.gone ? row.value : undefined;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  add(value: T): void {
    const key = this.keyOf(value);
    const known = this.byKey.get(key);
    if (known) {
      if (known.gone) --this.departed;
      known.gone = false;
      known.value = value;
      return;
    }
    const row = { key, value, gone: false };
    this.byKey.set(key, row);
    this.incoming.push(row);
  }

  /** Changes a row where it stands. */
  update(key: string, change: (value: T) => T): boolean {
    const row = this.byKey.get(key);
    if (!row || row.gone) return false;
    row.value = change(row.value);
    return true;
  }

  remove(key: string): void {
    const row = this.byKey.get(key);
    if (!row || row.gone) return;
    row.gone = true;
    ++this.departed;
  }

  /** While it is held, rows neither come nor go. */
  hold(on: boolean): void {
    this.held = on;
    this.settle();
  }

  /** To be called after changes: lets rows come and go, unless held. */
  settle(): void {
    if (this.held) return;
    if (this.departed > 0) {
      for (const row of [...this.rows, ...this.incoming])
        if (row.gone) this.byKey.delete(row.key);
      this.rows = this.rows.filter((row) => !row.gone);
      this.incoming = this.incoming.filter((row) => !row.gone);
      this.departed = 0;
    }
    if (this.incoming.length === 0) return;
    this.rows = this.compare
      ? [...this.rows, ...this.incoming]
      : [...this.incoming.reverse(), ...this.rows];
    this.incoming = [];
    this.sort();
  }

  /** A further page, behind what is there. Rows already known keep their place. */
  append(values: T[]): void {
    for (const value of values) {
      const key = this.keyOf(value);
      if (this.update(key, () => value) || this.byKey.has(key)) continue;
      const row = { key, value, gone: false };
      this.byKey.set(key, row);
      this.rows.push(row);
    }
    this.rows = [...this.rows];
    this.sort();
  }

  /**
   * The beginning of the list, which is not held, was read again. What stood there and is not in
   * it any more has gone; what is behind its last row stays. Answers false when
   * nothing of the old list is left, so that further pages are to be read anew.
   */
  mergeHead(values: T[], isAll: boolean): boolean {
    const last = values.at(-1);
    const end =
      last === undefined || isAll
        ? -1
        : this.rows.findIndex((row) => row.key === this.keyOf(last));
    const tail = end < 0 ? [] : this.rows.slice(end + 1);
    const kept = new Map(this.rows.map((row) => [row.key, row]));
    const head = values.map((value) => {
      const key = this.keyOf(value);
      const row = kept.get(key) ?? { key, value, gone: false };
      row.value = value;
      row.gone = false;
      return row;
    });
    const inHead = new Set(head.map((row) => row.key));
    this.rows = [...head, ...tail.filter((row) => !inHead.has(row.key))];
    this.byKey.clear();
    for (const row of this.rows) this.byKey.set(row.key, row);
    this.incoming = [];
    this.departed = this.rows.filter((row) => row.gone).length;
    this.settle();
    return end >= 0 || isAll;
  }

  /** Forgets rows behind the first `count`. */
  truncate(count: number): void {
    for (const row of this.rows.slice(count)) this.byKey.delete(row.key);
    this.rows = this.rows.slice(0, count);
  }

  clear(): void {
    this.rows = [];
    this.byKey.clear();
    this.incoming = [];
    this.departed = 0;
  }

  private sort(): void {
    const { compare } = this;
    if (compare) this.rows.sort((a, b) => compare(a.value, b.value));
  }
}
