// Small things that several views show the same way.
// Must not know any view's data.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { words } from "../model/event_groups";
import { count, counting } from "../model/format";
import { setParams, toHash } from "./route";

const tones: Record<string, string> = {
  active: "good",
  filled: "good",
  done: "good",
  sent: "good",
  in_doubt: "doubt",
  unknown: "doubt",
  partially_filled: "good",
  failed: "bad",
  expired: "bad",
  rejected: "bad",
  force_released: "operator",
};

/** A status; told by its word, the colour only helps. */
export function Status({ of }: { of: string }) {
  return <span class={`status ${tones[of] ?? ""}`}>{words(of)}</span>;
}

/** What is left of a lease, in figures and as a bar. */
export function Lease(props: { expiresAt?: string; timeoutMs?: number; now: number }) {
  if (!props.expiresAt) return <>–</>;
  const left = Math.max(0, Date.parse(props.expiresAt) - props.now);
  const share = props.timeoutMs ? Math.min(1, left / props.timeoutMs) : 0;
  return (
    <span class={left < 5000 ? "lease low" : "lease"}>
      <span class="lease-left">{left === 0 ? "ending" : counting(left)}</span>
      <span class="bar" aria-hidden="true">
        <span style={{ transform: `scaleX(${share.toFixed(3)})` }} />
      </span>
    </span>
  );
}

/** A filter that the node carries out: exactly this text. */
export function TextFilter(props: { label: string; name: string; value: string }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current!.value = props.value;
  }, [props.value]);
  const apply = () => setParams({ [props.name]: input.current!.value.trim(), open: undefined });
  return (
    <label class="filter">
      <span>{props.label}</span>
      <input
        ref={input}
        type="search"
        autocomplete="off"
        spellcheck={false}
        placeholder="exactly"
        maxLength={256}
        onChange={apply}
        onKeyDown={(event) => {
          if (event.key === "Enter") apply();
        }}
      />
    </label>
  );
}

export function ChoiceFilter(props: {
  label: string;
  name: string;
  value: string;
  children: ComponentChildren;
}) {
  return (
    <label class="filter">
      <span>{props.label}</span>
      <select
        value={props.value}
        onChange={(event) => setParams({ [props.name]: event.currentTarget.value, open: undefined })}
      >
        {props.children}
      </select>
    </label>
  );
}

interface Listed {
  state: "loading" | "ready" | "failed";
  error: string;
  hasMore: boolean;
  list: { rows: readonly unknown[]; waiting: number };
}

/** How many rows there are, and whether they stand still. */
export function ListState({ of }: { of: Listed }) {
  const { rows, waiting } = of.list;
  return (
    <span class="list-state">
      {of.state === "failed" && <span class="refusal">{of.error}</span>}
      {waiting > 0 && <span class="standing">standing still, {waiting} to come</span>}
      <span class="figure">
        {count(rows.length)} {rows.length === 1 ? "row" : "rows"}
        {of.hasMore && ", more below"}
      </span>
    </span>
  );
}

export function emptyText(state: "loading" | "ready" | "failed", text: string): string {
  return state === "loading" ? "Reading…" : state === "failed" ? "Could not be read." : text;
}

/** Everything about one row, beside the list; over it on small screens. */
export function Detail(props: {
  title: string;
  kind: string;
  actions?: ComponentChildren;
  children: ComponentChildren;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current!.focus(), [props.title]);
  const close = () => {
    setParams({ open: undefined });
    requestAnimationFrame(() => document.querySelector<HTMLElement>('.row[tabindex="0"]')?.focus());
  };
  return (
    <aside
      class="detail"
      aria-label={`${props.kind} ${props.title}`}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <div class="detail-head">
        <div>
          <span class="detail-kind">{props.kind}</span>
          <h2 ref={heading} tabIndex={-1} class="id">
            {props.title}
          </h2>
        </div>
        <button type="button" class="quiet" onClick={close} aria-label="Close details">
          Close
        </button>
      </div>
      <div class="detail-body">
        {props.children}
        {props.actions && <div class="buttons">{props.actions}</div>}
      </div>
    </aside>
  );
}

export function Json({ title, value }: { title: string; value: unknown }) {
  if (value === undefined || value === null) return null;
  return (
    <section class="json">
      <h3>{title}</h3>
      <pre tabIndex={0}>{JSON.stringify(value, null, 2)}</pre>
    </section>
  );
}

/** A resource, and the way to everything that happened to it. */
export function ResourceLink({ id }: { id: string }) {
  return <a href={toHash("history", { resourceId: id })}>{id}</a>;
}

export function View(props: { title: string; children: ComponentChildren; tools?: ComponentChildren }) {
  return (
    <section class="view">
      <header class="view-head">
        <h1>{props.title}</h1>
        {props.tools}
      </header>
      {props.children}
    </section>
  );
}
