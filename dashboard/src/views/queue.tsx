// Who waits for what, in the order in which they will be served; cancel.
// Must not know how the list is kept up to date; model/queue_events.ts does.
import { useMemo, useState } from "preact/hooks";
import type { Entry } from "../api/types";
import { describeIntent } from "../model/describe";
import { age, count, dateTime } from "../model/format";
import { foldEntry, places, servingOrder } from "../model/queue_events";
import { ActionDialog, Facts } from "../ui/dialog";
import { useCollection, useMay, useNode, useNow, useObserved } from "../ui/node_context";
import { say } from "../ui/notices";
import { Detail, Json, ListState, ResourceLink, TextFilter, View } from "../ui/parts";
import { setParams, toHash } from "../ui/route";
import { CollectionGrid } from "../ui/collection_grid";
import type { Column } from "../ui/virtual_grid";

export function Queue({ params }: { params: Record<string, string> }) {
  const { resourceId = "", ownerId = "", open } = params;
  const filter = { resourceId, ownerId };
  const queue = useCollection<Entry>(JSON.stringify(filter), {
    path: "/v1/queue",
    query: filter,
    keyOf: (entry) => entry.entryId,
    compare: servingOrder,
    fold: (list, event) => foldEntry(list, event, filter),
  });
  const [cancelling, setCancelling] = useState<Entry>();
  const waiting = useObserved(useNode().stats).value?.queueLength;
  const now = useNow();
  const { list } = queue;
  const counted = useMemo(() => (ownerId ? undefined : places(list.rows)), [list.rows, ownerId, list.waiting]);
  const entry = open === undefined ? undefined : list.get(open);
  return (
    <View
      title="Queue"
      tools={
        <>
          <TextFilter label="Resource" name="resourceId" value={resourceId} />
          <TextFilter label="Owner" name="ownerId" value={ownerId} />
          {waiting !== undefined && <span class="figure total">{count(waiting)} waiting in all</span>}
          <ListState of={queue} />
        </>
      }
    >
      <div class={open ? "split with-detail" : "split"}>
        <CollectionGrid<Entry>
          label="Queue, in serving order per resource"
          layout="queue"
          columns={columns(now, (entry, index) => counted?.[index] || entry.position)}
          of={queue}
          openKey={open}
          empty="Nobody waits."
          onOpen={(chosen) => setParams({ open: chosen.entryId })}
        />
        {open && <EntryDetail entryId={open} entry={entry} now={now} onCancel={setCancelling} />}
      </div>
      {cancelling && <Cancel entry={cancelling} onClose={() => setCancelling(undefined)} />}
    </View>
  );
}

function columns(
  now: number,
  placeOf: (entry: Entry, index: number) => number | undefined,
): Column<Entry>[] {
  return [
    {
      title: "Resource",
      name: "resource id",
      // Named aloud where its queue begins.
      cell: (entry, index) => (
        <span class={(placeOf(entry, index) ?? 1) > 1 ? "quiet-text" : ""}>{entry.resourceId}</span>
      ),
    },
    { title: "Place", name: "place number", cell: (entry, index) => placeOf(entry, index) ?? "–" },
    { title: "Prio", name: "prio number", cell: (entry) => entry.priority },
    { title: "Owner", name: "owner id", cell: (entry) => entry.ownerId },
    {
      title: "Wants to",
      name: "doing",
      cell: (entry) => describeIntent(entry.transactionData) || entry.transactionType || "",
    },
    { title: "Waiting", name: "held number", cell: (entry) => age(entry.queuedAt, now) },
  ];
}

interface EntryDetailProps {
  entryId: string;
  entry: Entry | undefined;
  now: number;
  onCancel(entry: Entry): void;
}

function EntryDetail({ entryId, entry, now, onCancel }: EntryDetailProps) {
  const allowed = useMay();
  if (!entry)
    return (
      <Detail kind="Queue entry" title={entryId}>
        <p>It does not wait any more, or stands further down.</p>
      </Detail>
    );
  return (
    <Detail
      kind="Queue entry"
      title={entryId}
      actions={
        allowed("trade", entry.ownerId) && (
          <button type="button" class="danger" onClick={() => onCancel(entry)}>
            Cancel…
          </button>
        )
      }
    >
      <Facts
        rows={[
          ["Resource", <ResourceLink id={entry.resourceId} />],
          ["Held now by", <a href={toHash("locks", { resourceId: entry.resourceId, status: "any" })}>its locks</a>],
          ["Owner", entry.ownerId],
          ["Priority", entry.priority],
          ["Queued", dateTime(entry.queuedAt)],
          ["Waiting", age(entry.queuedAt, now)],
          ["Transaction", entry.transactionType],
          ["Key", entry.idempotencyKey],
        ]}
      />
      <Json title="Transaction data" value={entry.transactionData} />
    </Detail>
  );
}

function Cancel({ entry, onClose }: { entry: Entry; onClose(): void }) {
  const { api } = useNode();
  const act = async () => {
    await api.send("DELETE", `/v1/queue/${entry.entryId}`);
    say(`Cancelled the place of ${entry.ownerId} for ${entry.resourceId}.`);
  };
  return (
    <ActionDialog title="Cancel this place in the queue?" confirm="Cancel the place" danger act={act} onClose={onClose}>
      <Facts
        rows={[
          ["Resource", <b class="id">{entry.resourceId}</b>],
          ["Owner", entry.ownerId],
          ["Queued", dateTime(entry.queuedAt)],
        ]}
      />
      <p>Its transaction is not done. Whoever waits for it is answered that it was cancelled.</p>
    </ActionDialog>
  );
}
