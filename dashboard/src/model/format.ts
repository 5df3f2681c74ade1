// Numbers and times as people read them, always of the same width where they
// stand below each other.
// Must not know HTML.

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const two = (n: number): string => String(n).padStart(2, "0");

/** "0.4 s", "12 s", "4:05", "1:02:03", "3 d 4 h". */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return "–";
  if (ms < 0) return "0 s";
  if (ms < 10 * second && ms % second !== 0) return `${(ms / second).toFixed(1)} s`;
  if (ms < minute) return `${Math.floor(ms / second)} s`;
  if (ms < hour) return `${Math.floor(ms / minute)}:${two(Math.floor((ms % minute) / second))}`;
  if (ms < day) {
    const minutes = Math.floor((ms % hour) / minute);
    return `${Math.floor(ms / hour)}:${two(minutes)}:${two(Math.floor((ms % minute) / second))}`;
  }
  return `${Math.floor(ms / day)} d ${Math.floor((ms % day) / hour)} h`;
}

/** How much later something was: "+23 ms", "+1.7 s". */
export const later = (ms: number): string => `+${ms < second ? `${ms} ms` : duration(ms)}`;

/** In whole seconds, for what counts up or down before one's eyes. */
export const counting = (ms: number): string =>
  duration(Math.max(0, Math.ceil(ms / second)) * second);

/** How long ago, or how long something has lasted. */
export const age = (at: string | undefined, nowMs: number): string =>
  at === undefined ? "–" : duration(Math.floor(Math.max(0, nowMs - Date.parse(at)) / second) * second);

/** "14:03:22.123", in the reader's time zone. */
export function timeOfDay(at: string): string {
  const time = new Date(at);
  const ms = String(time.getMilliseconds()).padStart(3, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${ms}`;
}

/** "2026-11-22 14:03:22", in the reader's time zone. */
export function dateTime(at: string | undefined): string {
  if (at === undefined) return "–";
  const time = new Date(at);
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${timeOfDay(at).slice(0, 8)}`;
}

/** "10,000" */
export const count = (n: number): string => n.toLocaleString("en-US");

/** "0", "0.4", "12.3", "140" */
export function rate(n: number | null): string {
  if (n === null) return "–";
  if (n === 0) return "0";
  return n < 100 ? n.toFixed(1) : count(Math.round(n));
}

/** "840 µs", "1.2 ms", "2.30 s" */
export function micros(us: number): string {
  if (us < 1000) return `${Math.round(us)} µs`;
  if (us < 1_000_000) return `${(us / 1000).toFixed(1)} ms`;
  return `${(us / 1_000_000).toFixed(2)} s`;
}
