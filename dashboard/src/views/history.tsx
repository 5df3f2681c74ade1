// Everything that happened, newest first, live; with filters, and to take away.
// Must not know how the journal is read; model/history.ts does.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { reasonOf } from "../api/client";
import type { JournalEvent } from "../api/types";
import { describeEvent } from "../model/describe";
import { kindsByGroup, toneOf, words } from "../model/event_groups";
import { dateTime, timeOfDay } from "../model/format";
import { History as Journal, exportLines, exportRowsMax, type HistoryFilter } from "../model/history";
import { Facts } from "../ui/dialog";
import { useNode, useObserved } from "../ui/node_context";
import { say } from "../ui/notices";
import { ChoiceFilter, Detail, Json, ListState, ResourceLink, TextFilter, View, emptyText } from "../ui/parts";
import { setParams, toHash } from "../ui/route";
import { VirtualGrid, type Column } from "../ui/virtual_grid";

export function History({ params }: { params: Record<string, string> }) {
  const { resourceId = "", ownerId = "", kind = "", open } = params;
  const filter = { resourceId, ownerId, kind, lockId: "" };
  const { journal, following, setFollowing } = useJournal(filter);
  const { list } = journal;
  const event = open === undefined ? undefined : list.get(open);
  return (
    <View
      title="History"
      tools={
        <>
          <TextFilter label="Resource" name="resourceId" value={resourceId} />
          <TextFilter label="Owner" name="ownerId" value={ownerId} />
          <KindFilter kind={kind} />
          <label class="switch">
            <input
              type="checkbox"
              checked={following}
              onChange={(change) => setFollowing(change.currentTarget.checked)}
            />
            Follow
          </label>
          <Export filter={filter} />
          <ListState of={journal} />
        </>
      }
    >
      <div class={open ? "split with-detail" : "split"}>
        <VirtualGrid<JournalEvent>
          label="Journal, newest first"
          layout="history"
          columns={columns}
          list={list}
          openKey={open}
          empty={<Empty journal={journal} />}
          rowClass={(row) => toneOf(row.kind)}
          onOpen={(chosen) => setParams({ open: String(chosen.seq) })}
          onEnd={() => {
            // Where nothing was found, somebody has to ask for more.
            if (list.rows.length > 0 && journal.state === "ready") void journal.readOlder();
          }}
          onHold={(on) => journal.hold(on || !following)}
        />
        {event && <EventDetail event={event} />}
      </div>
    </View>
  );
}

function useJournal(filter: HistoryFilter) {
  const { feed } = useNode();
  const [following, setFollowing] = useState(true);
  const journal = useMemo(() => new Journal(feed, filter), [JSON.stringify(filter)]);
  useEffect(() => {
    void journal.load();
    const ends = [
      feed.onEvents((events) => journal.fold(events)),
      feed.onRestart(() => void journal.load()),
    ];
    return () => {
      for (const end of ends) end();
      journal.close();
    };
  }, [journal]);
  useEffect(() => journal.hold(!following), [journal, following]);
  return { journal: useObserved(journal), following, setFollowing };
}

const columns: Column<JournalEvent>[] = [
  { title: "No.", name: "seq number", cell: (x) => x.seq },
  {
    title: "Time",
    name: "time",
    cell: (x) => <time dateTime={x.at} title={dateTime(x.at)}>{timeOfDay(x.at)}</time>,
  },
  { title: "Event", name: "kind", cell: (x) => words(x.kind) },
  { title: "Resource", name: "resource id", cell: (x) => x.resourceId ?? "" },
  { title: "Owner", name: "owner id", cell: (x) => x.ownerId ?? "" },
  {
    title: "What",
    name: "doing",
    cell: (x) => {
      const what = describeEvent(x) + (x.actor ? ` · by ${x.actor}` : "");
      return <span title={what}>{what.replace(/^ · /, "")}</span>;
    },
  },
];

function KindFilter({ kind }: { kind: string }) {
  return (
    <ChoiceFilter label="Event" name="kind" value={kind}>
      <option value="">any</option>
      {kindsByGroup().map(([group, kinds]) => (
        <optgroup label={group} key={group}>
          {kinds.map((name) => (
            <option value={name}>{words(name)}</option>
          ))}
        </optgroup>
      ))}
    </ChoiceFilter>
  );
}

function Empty({ journal }: { journal: Journal }) {
  return (
    <>
      {emptyText(journal.state, journal.before > 0 ? "Nothing fits among the newest events. " : "Nothing fits.")}
      {journal.before > 0 && journal.state === "ready" && (
        <button type="button" class="quiet" onClick={() => void journal.readOlder()}>
          Look further back
        </button>
      )}
    </>
  );
}

function EventDetail({ event }: { event: JournalEvent }) {
  return (
    <Detail kind="Event" title={`${words(event.kind)} ${event.seq}`}>
      <Facts
        rows={[
          ["Time", `${dateTime(event.at)} (${event.at})`],
          ["Resource", event.resourceId && <ResourceLink id={event.resourceId} />],
          ["Owner", event.ownerId],
          ["By", event.actor],
          ["Lock", event.lockId && <a href={toHash("locks", { status: "any", open: event.lockId })}>{event.lockId}</a>],
          ["Fencing token", event.fencingToken],
        ]}
      />
      <Json title="Detail" value={event.detail} />
    </Detail>
  );
}

const spans: [label: string, ms: number][] = [
  ["last hour", 3_600_000],
  ["last day", 86_400_000],
  ["last week", 7 * 86_400_000],
  ["everything", 0],
];

/** What the filters let through, as a file of JSON lines. */
function Export({ filter }: { filter: HistoryFilter }) {
  const { feed } = useNode();
  const [span, setSpan] = useState(3_600_000);
  const [rows, setRows] = useState<number>();
  const running = useRef<AbortController>();
  useEffect(() => () => running.current?.abort(), []);
  const start = async () => {
    const stop = new AbortController();
    running.current = stop;
    const since = span === 0 ? 0 : feed.clock.now() - span;
    try {
      setRows(0);
      const { lines, complete } = await exportLines(feed, filter, since, stop.signal, setRows);
      save(lines);
      say(
        complete
          ? `Exported ${lines.length} events.`
          : `Exported the first ${exportRowsMax} events; take a shorter time for the rest.`,
      );
    } catch (error) {
      if (!stop.signal.aborted) say(`Could not export: ${reasonOf(error)}`);
    } finally {
      setRows(undefined);
    }
  };
  return (
    <span class="export">
      <label class="filter">
        <span>Export</span>
        <select value={span} onChange={(event) => setSpan(Number(event.currentTarget.value))}>
          {spans.map(([label, ms]) => (
            <option value={ms}>{label}</option>
          ))}
        </select>
      </label>
      {rows === undefined ? (
        <button type="button" onClick={() => void start()}>
          Save as JSON lines
        </button>
      ) : (
        <button type="button" onClick={() => running.current?.abort()}>
          Stop at {rows}
        </button>
      )}
    </span>
  );
}

function save(lines: string[]): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(lines, { type: "application/x-ndjson" }));
  link.download = `holdfast-journal-${new Date().toISOString().replace(/[:.]/g, "-")}.jsonl`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
