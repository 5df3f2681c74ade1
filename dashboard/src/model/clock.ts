// The node's time, as far as events tell it, for count-downs and waiting times.
// Must not know where events come from.

const samplesMax = 50;
/** Below this it may as well be the way of an event to the page. */
const noiseMs = 1500;

export class NodeClock {
  private samples: number[] = [];

  /** An event of the moment `at` has arrived now. */
  heard(at: string, localMs = Date.now()): void {
    // An event arrives late, never early: the largest difference is the truest.
    this.samples.push(Date.parse(at) - localMs);
    if (this.samples.length > samplesMax) this.samples.shift();
  }

  get offsetMs(): number {
    if (this.samples.length === 0) return 0;
    const offset = Math.max(...this.samples);
    return Math.abs(offset) < noiseMs ? 0 : offset;
  }

  now(localMs = Date.now()): number {
    return localMs + this.offsetMs;
  }
}
