// Numbers by the second, of the last minutes, as charts take them.
// Must not know what is counted or how it is drawn.

export class Series {
  private readonly sums = new Map<number, number>();
  private knownFrom = Infinity;
  private knownTo = -Infinity;

  /** With `asRate`, a known second without a number counts as 0. */
  constructor(
    private readonly seconds: number,
    private readonly asRate: boolean,
  ) {}

  /** From this second on, silence means 0; before it nothing is known. */
  knowFrom(second: number): void {
    this.knownFrom = Math.min(this.knownFrom, second);
  }

  /** Up to this second, silence means 0. */
  knowTo(second: number): void {
    this.knownTo = Math.max(this.knownTo, second);
    this.forget();
  }

  add(second: number, n = 1): void {
    this.sums.set(second, (this.sums.get(second) ?? 0) + n);
    this.forget();
  }

  set(second: number, value: number): void {
    this.sums.set(second, value);
    this.forget();
  }

  at(second: number): number | null {
    const value = this.sums.get(second);
    if (value !== undefined) return value;
    const known = second >= this.knownFrom && second <= this.knownTo;
    return this.asRate && known ? 0 : null;
  }

  /** The last `count` seconds up to and with `last`, oldest first. */
  values(last: number, count = this.seconds): (number | null)[] {
    return Array.from({ length: count }, (_, i) => this.at(last - count + 1 + i));
  }

  /** The mean of the `count` seconds before `second`, which is not over yet. */
  mean(second: number, count: number): number | null {
    const known = this.values(second - 1, count).filter((value) => value !== null);
    if (known.length === 0) return null;
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  }

  private forget(): void {
    // A Map keeps the order of insertion, which is nearly that of time.
    if (this.sums.size <= this.seconds * 2) return;
    const newest = Math.max(...this.sums.keys());
    for (const second of this.sums.keys())
      if (second <= newest - this.seconds) this.sums.delete(second);
  }
}
