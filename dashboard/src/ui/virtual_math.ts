// Which rows of a long list are on the screen, and where it stands when rows
// come and go above them.
// Must not know the DOM.

export interface Range {
  from: number;
  /** One behind the last. */
  to: number;
}

/** Rows to draw: those to be seen, and `extra` more on both sides. */
export function visibleRange(
  scrollTop: number,
  height: number,
  rowHeight: number,
  count: number,
  extra: number,
): Range {
  const first = Math.floor(scrollTop / rowHeight);
  const last = Math.ceil((scrollTop + height) / rowHeight);
  return {
    from: Math.max(0, Math.min(first, count) - extra),
    to: Math.min(count, Math.max(0, last) + extra),
  };
}

/**
 * Where to scroll when the row that was `before`th is `after`th now, so that it
 * stays where it is seen. A list that stands at its top shows what is new.
 */
export function anchoredScroll(
  scrollTop: number,
  before: number,
  after: number,
  rowHeight: number,
): number {
  if (scrollTop <= 0 || after < 0) return scrollTop;
  return Math.max(0, scrollTop + (after - before) * rowHeight);
}

/** The row that a key moves to; undefined: the key is none of ours. */
export function moveActive(
  key: string,
  active: number,
  count: number,
  pageRows: number,
): number | undefined {
  const target: Record<string, number> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + pageRows,
    PageUp: active - pageRows,
    Home: 0,
    End: count - 1,
  };
  const to = target[key];
  return to === undefined ? undefined : Math.max(0, Math.min(count - 1, to));
}

/** The least scrolling after which a row is to be seen, below a head. */
export function scrollTo(
  scrollTop: number,
  height: number,
  rowHeight: number,
  index: number,
): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + height) return top + rowHeight - height;
  return scrollTop;
}
