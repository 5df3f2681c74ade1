// Who holds what, until when, and what is being done under it; force release.
// Must not know how the list is kept up to date; model/lock_events.ts does.
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Lock } from "../api/types";
import { describeWork } from "../model/describe";
import { words } from "../model/event_groups";
import { age, count, dateTime, duration } from "../model/format";
import { LeaseWatch } from "../model/lease_watch";
import { foldLock, type LockRow } from "../model/lock_events";
import { ActionDialog, Facts, ReasonField } from "../ui/dialog";
import { useCollection, useMay, useNode, useNow, useObserved } from "../ui/node_context";
import { say } from "../ui/notices";
import {
  ChoiceFilter,
  Detail,
  Json,
  Lease,
  ListState,
  ResourceLink,
  Status,
  TextFilter,
  View,
} from "../ui/parts";
import { setParams } from "../ui/route";
import { Timeline } from "../ui/timeline";
import { CollectionGrid } from "../ui/collection_grid";
import type { Column } from "../ui/virtual_grid";

const statuses = ["active", "in_doubt", "released", "failed", "expired", "force_released"];
/** Leases looked at again at one time. */
const looksMax = 8;

type Params = Record<string, string>;

export function Locks({ params }: { params: Params }) {
  const { resourceId = "", ownerId = "", status = "active", open } = params;
  const filter = { resourceId, ownerId, status: status === "any" ? "" : status };
  const locks = useCollection<LockRow>(JSON.stringify(filter), {
    path: "/v1/locks",
    query: filter,
    keyOf: (lock) => lock.lockId,
    fold: (list, event) => foldLock(list, event, filter),
  });
  const [forcing, setForcing] = useState<Lock>();
  const { stats } = useNode();
  const active = useObserved(stats).value?.activeLocks;
  const now = useNow();
  const look = useLeaseLooks(locks.put.bind(locks), locks);
  return (
    <View
      title="Locks"
      tools={
        <>
          <TextFilter label="Resource" name="resourceId" value={resourceId} />
          <TextFilter label="Owner" name="ownerId" value={ownerId} />
          <ChoiceFilter label="Status" name="status" value={status}>
            {statuses.map((name) => (
              <option value={name}>{words(name)}</option>
            ))}
            <option value="any">any</option>
          </ChoiceFilter>
          {active !== undefined && <span class="figure total">{count(active)} active in all</span>}
          <ListState of={locks} />
        </>
      }
    >
      <div class={open ? "split with-detail" : "split"}>
        <CollectionGrid<LockRow>
          label="Locks"
          layout="locks"
          columns={columns(now, status)}
          of={locks}
          openKey={open}
          empty="No lock fits."
          rowClass={(lock) => (lock.status === "in_doubt" ? "doubt" : "")}
          onOpen={(lock) => setParams({ open: lock.lockId })}
          onShown={look}
        />
        {open && <LockDetail key={open} lockId={open} now={now} onForce={setForcing} />}
      </div>
      {forcing && <ForceRelease lock={forcing} onClose={() => setForcing(undefined)} />}
    </View>
  );
}

function columns(now: number, status: string): Column<LockRow>[] {
  const running = status === "active" || status === "any";
  return [
    { title: "Resource", name: "resource id", cell: (lock) => lock.resourceId },
    { title: "Holder", name: "owner id", cell: (lock) => lock.ownerId },
    { title: "Status", name: "state", cell: (lock) => <Status of={lock.status} /> },
    {
      title: "Doing",
      name: "doing",
      cell: (lock) => <span title={describeWork(lock, lock.activity)}>{describeWork(lock, lock.activity)}</span>,
    },
    { title: "Prio", name: "prio number", cell: (lock) => lock.priority ?? "–" },
    { title: "Token", name: "token number", cell: (lock) => lock.fencingToken },
    {
      title: running ? "Held" : "Ended",
      name: "held number",
      cell: (lock) =>
        lock.status === "active" || lock.status === "in_doubt"
          ? age(lock.acquiredAt, now)
          : `${age(lock.releasedAt, now)} ago`,
    },
    {
      title: "Lease",
      name: "left number",
      cell: (lock) =>
        lock.status === "active" ? (
          <Lease expiresAt={lock.expiresAt} timeoutMs={lock.timeoutMs} now={now} />
        ) : (
          "–"
        ),
    },
  ];
}

/** Looks again at leases on the screen that may have been renewed unheard. */
function useLeaseLooks(put: (locks: LockRow[]) => void, of: object) {
  const { api, feed } = useNode();
  const watch = useMemo(() => new LeaseWatch(), [of]);
  return (shown: LockRow[]) => {
    if (feed.state.kind !== "live") return;
    const byId = new Map(shown.map((lock) => [lock.lockId, lock]));
    for (const id of watch.take(shown, feed.clock.now(), looksMax))
      api.get<Lock>(`/v1/locks/${id}`).then(
        (lock) => {
          watch.seen(lock, feed.clock.now());
          put([{ ...byId.get(id), ...lock }]);
        },
        () => undefined, // looked at again when it is due once more
      );
  };
}

function LockDetail(props: { lockId: string; now: number; onForce(lock: Lock): void }) {
  const { api, feed } = useNode();
  const allowed = useMay();
  const [lock, setLock] = useState<Lock>();
  const [error, setError] = useState("");
  useEffect(() => {
    const read = () =>
      api.get<Lock>(`/v1/locks/${encodeURIComponent(props.lockId)}`).then(setLock, (why: Error) => setError(why.message));
    void read();
    return feed.onEvents((events) => {
      if (events.some((event) => event.lockId === props.lockId)) void read();
    });
  }, [props.lockId]);
  if (!lock) return <Detail kind="Lock" title={props.lockId}><p>{error || "Reading…"}</p></Detail>;
  const holds = lock.status === "active" || lock.status === "in_doubt";
  const mayForce = holds && allowed("operate", lock.ownerId);
  return (
    <Detail
      kind="Lock"
      title={lock.lockId}
      actions={
        mayForce && (
          <button type="button" class="danger" onClick={() => props.onForce(lock)}>
            Force release…
          </button>
        )
      }
    >
      <Facts
        rows={[
          ["Resource", <ResourceLink id={lock.resourceId} />],
          ["Holder", `${lock.ownerId} (${lock.ownerType ?? "user"})`],
          ["Status", <Status of={lock.status} />],
          ["Fencing token", lock.fencingToken],
          ["Lease", holds ? <Lease expiresAt={lock.expiresAt} timeoutMs={lock.timeoutMs} now={props.now} /> : "ended"],
          ["Acquired", dateTime(lock.acquiredAt)],
          [holds ? "Held for" : "Ended", holds ? age(lock.acquiredAt, props.now) : dateTime(lock.releasedAt)],
          ["Transaction", lock.transactionType],
          ["Key", lock.idempotencyKey],
          ["Priority", lock.priority],
          ["Lease length", lock.timeoutMs && duration(lock.timeoutMs)],
          ["Attempts", lock.attempts ? `${lock.attempts} of ${(lock.maxRetries ?? 0) + 1}` : "the client's own"],
          ["Error", lock.error],
        ]}
      />
      <Json title="Transaction data" value={lock.transactionData} />
      <Json title="Result" value={lock.result} />
      <Timeline resourceId={lock.resourceId} lockId={lock.lockId} />
    </Detail>
  );
}

function ForceRelease({ lock, onClose }: { lock: Lock; onClose(): void }) {
  const { api } = useNode();
  const [reason, setReason] = useState("");
  const act = async () => {
    const query = `?reason=${encodeURIComponent(reason.trim())}`;
    const { released } = await api.send<{ released: number }>("DELETE", `/v1/locks/${lock.lockId}${query}`);
    say(released > 0 ? `Released the lock of ${lock.resourceId}.` : "The lock had ended already.");
  };
  return (
    <ActionDialog title="Force release this lock?" confirm="Force release" danger ready={reason.trim() !== ""} act={act} onClose={onClose}>
      <Facts
        rows={[
          ["Resource", <b class="id">{lock.resourceId}</b>],
          ["Holder", lock.ownerId],
          ["Fencing token", lock.fencingToken],
        ]}
      />
      <p>
        The holder is not told. Its token is refused from now on, and the next in the queue gets
        the resource at once, while the holder may still be at work. Be sure that it is not.
      </p>
      <ReasonField value={reason} onInput={setReason} />
    </ActionDialog>
  );
}
