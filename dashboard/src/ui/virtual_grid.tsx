// A table of any length that draws only the rows on the screen; one tab stop,
// arrow keys inside.
// Must not know what its rows are.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import type { LiveList, Row } from "../model/live_list";
import { anchoredScroll, moveActive, scrollTo, visibleRange } from "./virtual_math";

export interface Column<T> {
  title: string;
  /** Names the column for the style sheet. */
  name: string;
  cell(value: T, index: number): ComponentChildren;
}

export interface GridProps<T> {
  label: string;
  /** Names the layout of its rows for the style sheet. */
  layout: string;
  columns: Column<T>[];
  list: LiveList<T>;
  openKey?: string;
  empty: ComponentChildren;
  rowClass?(value: T): string;
  onOpen?(value: T): void;
  /** Rows near the end are on the screen. */
  onEnd?(): void;
  /** Somebody points at rows or walks through them; or has ceased to. */
  onHold?(on: boolean): void;
  /** The rows on the screen have changed, or a second has passed. */
  onShown?(values: T[]): void;
}

const extraRows = 6;
/** Rows stand still for so long after the pointer or a key has moved. */
const holdMs = 2500;
const narrow = matchMedia("(max-width: 720px)");

function useRowHeight(): number {
  const height = () => (narrow.matches ? 60 : 28);
  const [value, setValue] = useState(height);
  useEffect(() => {
    const changed = () => setValue(height());
    narrow.addEventListener("change", changed);
    return () => narrow.removeEventListener("change", changed);
  }, []);
  return value;
}

export function VirtualGrid<T>(props: GridProps<T>) {
  const { list, columns } = props;
  const rowHeight = useRowHeight();
  const scroller = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const [height, setHeight] = useState(600);
  const [active, setActive] = useState<string>();
  const anchor = useRef({ key: "", index: 0 });
  const { rows } = list;

  useEffect(() => {
    const observer = new ResizeObserver(() => {
      setHeight(scroller.current!.clientHeight - head.current!.offsetHeight);
    });
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, []);

  // Rows that come above those being read must not push them away.
  const before = anchor.current;
  let scrollTop = scroller.current?.scrollTop ?? 0;
  const moved = rows[before.index]?.key !== before.key && before.key !== "";
  if (moved) {
    const after = rows.findIndex((row) => row.key === before.key);
    scrollTop = anchoredScroll(scrollTop, before.index, after, rowHeight);
  }
  useLayoutEffect(() => {
    const node = scroller.current!;
    if (moved && node.scrollTop !== scrollTop) node.scrollTop = scrollTop;
    const index = Math.floor(node.scrollTop / rowHeight);
    anchor.current = { key: rows[index]?.key ?? "", index };
  });

  const range = visibleRange(scrollTop, height, rowHeight, rows.length, extraRows);
  const activeIndex = activeRow(rows, active);
  const drawn = rows.slice(range.from, range.to).map((row, i) => ({ row, index: range.from + i }));
  if (activeIndex >= 0 && (activeIndex < range.from || activeIndex >= range.to))
    drawn.push({ row: rows[activeIndex]!, index: activeIndex });

  const takeFocus = (to: Row<T> | undefined) => {
    setActive(to?.key);
    const node = scroller.current!;
    requestAnimationFrame(() => node.querySelector<HTMLElement>('[tabindex="0"]')?.focus());
  };

  // Whoever walks through the rows goes on at the place of one that has ended.
  const lastActive = useRef(0);
  const orphaned =
    active !== undefined &&
    activeIndex < 0 &&
    rows.length > 0 &&
    scroller.current!.contains(document.activeElement);
  useLayoutEffect(() => {
    if (activeIndex >= 0) lastActive.current = activeIndex;
    else if (orphaned) takeFocus(rows[Math.min(lastActive.current, rows.length - 1)]);
  });

  const { onEnd, onShown } = props;
  useEffect(() => {
    if (range.to >= rows.length - extraRows) onEnd?.();
    onShown?.(drawn.map(({ row }) => row.value));
  });

  const hold = useHold(props.onHold);
  const onKeyDown = (event: JSX.TargetedKeyboardEvent<HTMLElement>) => {
    const node = scroller.current!;
    const pageRows = Math.max(1, Math.floor(height / rowHeight) - 1);
    const to = moveActive(event.key, Math.max(0, activeIndex), rows.length, pageRows);
    if (to === undefined || (event.target as HTMLElement).closest("input, select")) return;
    event.preventDefault();
    hold();
    node.scrollTop = scrollTo(node.scrollTop, height, rowHeight, to);
    takeFocus(rows[to]);
  };

  return (
    <div
      class={`grid ${props.layout}`}
      role="grid"
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      ref={scroller}
      onScroll={() => draw(0)}
      onPointerMove={hold}
    >
      <div class="grid-head" role="row" aria-rowindex={1} ref={head}>
        {columns.map((column) => (
          <div class={`cell ${column.name}`} role="columnheader" key={column.name}>
            {column.title}
          </div>
        ))}
      </div>
      {rows.length === 0 ? (
        <div class="empty" role="row">
          <div role="gridcell">{props.empty}</div>
        </div>
      ) : (
        <div
          class="grid-body"
          role="rowgroup"
          style={{ height: `${rows.length * rowHeight}px` }}
          onKeyDown={onKeyDown}
        >
          {drawn.map(({ row, index }) => (
            <GridRow
              key={row.key}
              row={row}
              index={index}
              top={index * rowHeight}
              isActive={index === Math.max(0, activeIndex)}
              isOpen={row.key === props.openKey}
              props={props}
              onFocus={() => setActive(row.key)}
            />
          ))}
        </div>
      )}
    </div>
  );
}

/** The row that keys start from; when it has gone, the first. */
function activeRow<T>(rows: readonly Row<T>[], key: string | undefined): number {
  return key === undefined ? -1 : rows.findIndex((row) => row.key === key);
}

/** Holds the list from a movement on until a while after the last one. */
function useHold(onHold: ((on: boolean) => void) | undefined): () => void {
  const timer = useRef<ReturnType<typeof setTimeout>>();
  const latest = useRef(onHold);
  latest.current = onHold;
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    latest.current?.(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => latest.current?.(false), holdMs);
  };
}

interface GridRowProps<T> {
  row: Row<T>;
  index: number;
  top: number;
  isActive: boolean;
  isOpen: boolean;
  props: GridProps<T>;
  onFocus(): void;
}

function GridRow<T>({ row, index, top, isActive, isOpen, props, onFocus }: GridRowProps<T>) {
  const { onOpen } = props;
  const open = onOpen ? () => onOpen(row.value) : undefined;
  const onKeyDown = (event: JSX.TargetedKeyboardEvent<HTMLElement>) => {
    if (event.key !== "Enter" || event.target !== event.currentTarget || !open) return;
    event.preventDefault();
    open();
  };
  const classes = ["row", props.rowClass?.(row.value) ?? ""];
  if (row.gone) classes.push("gone");
  if (isOpen) classes.push("open");
  if (open) classes.push("opens");
  return (
    <div
      class={classes.join(" ")}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isOpen}
      tabIndex={isActive ? 0 : -1}
      style={{ transform: `translateY(${top}px)` }}
      onFocus={onFocus}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        if (!(event.target as HTMLElement).closest("button, a")) open?.();
      }}
      data-key={row.key}
    >
      {props.columns.map((column) => (
        <div class={`cell ${column.name}`} role="gridcell" key={column.name}>
          {column.cell(row.value, index)}
        </div>
      ))}
    </div>
  );
}
