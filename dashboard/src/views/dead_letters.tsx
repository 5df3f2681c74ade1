// Transactions that ended badly and wait for somebody: requeue, or discard.
// Must not know why they ended badly.
import { useState } from "preact/hooks";
import type { DeadLetter, Entry, JournalEvent } from "../api/types";
import { describeIntent } from "../model/describe";
import { words } from "../model/event_groups";
import { age, dateTime } from "../model/format";
import type { LiveList } from "../model/live_list";
import { ActionDialog, Facts } from "../ui/dialog";
import { useCollection, useMay, useNode, useNow } from "../ui/node_context";
import { say } from "../ui/notices";
import { Detail, Json, ListState, ResourceLink, View } from "../ui/parts";
import { setParams } from "../ui/route";
import { Timeline } from "../ui/timeline";
import { CollectionGrid } from "../ui/collection_grid";
import type { Column } from "../ui/virtual_grid";

type Act = "requeue" | "discard";

function fold(list: LiveList<DeadLetter>, event: JournalEvent): boolean {
  const id = event.detail["deadLetterId"];
  if (typeof id !== "string") return false;
  if (event.kind === "requeued" || event.kind === "resolved") list.remove(id);
  return event.kind === "dead_lettered";
}

export function DeadLetters({ params }: { params: Record<string, string> }) {
  const { open } = params;
  const letters = useCollection<DeadLetter>("dead letters", {
    path: "/v1/dead-letters",
    query: {},
    keyOf: (letter) => letter.deadLetterId,
    fold,
  });
  const [acting, setActing] = useState<{ act: Act; letter: DeadLetter }>();
  const now = useNow();
  const { list } = letters;
  const letter = open === undefined ? undefined : list.get(open);
  return (
    <View
      title="Dead letters"
      tools={
        <ListState of={letters} />
      }
    >
      <div class={open ? "split with-detail" : "split"}>
        <CollectionGrid<DeadLetter>
          label="Dead letters"
          layout="dead-letters"
          columns={columns(now)}
          of={letters}
          openKey={open}
          empty="No dead letters."
          onOpen={(chosen) => setParams({ open: chosen.deadLetterId })}
        />
        {open && (
          <LetterDetail
            id={open}
            letter={letter}
            onAct={(act, chosen) => setActing({ act, letter: chosen })}
          />
        )}
      </div>
      {acting && <Confirm {...acting} onClose={() => setActing(undefined)} />}
    </View>
  );
}

function columns(now: number): Column<DeadLetter>[] {
  return [
    { title: "Kind", name: "type", cell: (x) => words(x.kind) },
    { title: "Resource", name: "resource id", cell: (x) => x.resourceId },
    { title: "Owner", name: "owner id", cell: (x) => x.ownerId ?? "–" },
    { title: "Why", name: "doing", cell: (x) => <span title={x.reason}>{x.reason}</span> },
    { title: "Tries", name: "prio number", cell: (x) => x.attempts },
    { title: "Age", name: "held number", cell: (x) => age(x.at, now) },
  ];
}

interface LetterDetailProps {
  id: string;
  letter: DeadLetter | undefined;
  onAct(act: Act, letter: DeadLetter): void;
}

function LetterDetail({ id, letter, onAct }: LetterDetailProps) {
  const allowed = useMay();
  if (!letter)
    return <Detail kind="Dead letter" title={id}><p>It was requeued, discarded, or is too old.</p></Detail>;
  return (
    <Detail
      kind="Dead letter"
      title={id}
      actions={
        allowed("operate", letter.ownerId) && (
          <>
            <button type="button" class="primary" onClick={() => onAct("requeue", letter)}>
              Requeue…
            </button>
            <button type="button" class="danger" onClick={() => onAct("discard", letter)}>
              Discard…
            </button>
          </>
        )
      }
    >
      <Facts
        rows={[
          ["Kind", words(letter.kind)],
          ["Why", letter.reason],
          ["Resource", <ResourceLink id={letter.resourceId} />],
          ["Owner", letter.ownerId],
          ["Meant", describeIntent(letter.transactionData) || letter.transactionType],
          ["Key", letter.idempotencyKey],
          ["Tries", letter.attempts],
          ["Since", dateTime(letter.at)],
        ]}
      />
      <Json title="Transaction data" value={letter.transactionData} />
      <Timeline resourceId={letter.resourceId} lockId={letter.lockId} />
    </Detail>
  );
}

function Confirm({ act, letter, onClose }: { act: Act; letter: DeadLetter; onClose(): void }) {
  const { api } = useNode();
  const path = `/v1/dead-letters/${letter.deadLetterId}`;
  const requeue = async () => {
    const entry = await api.send<Entry>("POST", `${path}/requeue`);
    say(`Requeued: ${entry.resourceId}.`);
  };
  const discard = async () => {
    await api.send("DELETE", path);
    say(`Discarded: ${letter.resourceId}.`);
  };
  const again = act === "requeue";
  return (
    <ActionDialog
      title={again ? "Queue this transaction again?" : "Discard this dead letter?"}
      confirm={again ? "Requeue" : "Discard"}
      danger={!again}
      act={again ? requeue : discard}
      onClose={onClose}
    >
      <Facts
        rows={[
          ["Resource", <b class="id">{letter.resourceId}</b>],
          ["Owner", letter.ownerId],
          ["Meant", describeIntent(letter.transactionData) || letter.transactionType],
          ["Why it is here", letter.reason],
        ]}
      />
      <p>
        {again
          ? "It gets a place in its resource's queue and is done when its turn comes."
          : "It is not done and does not come back. The journal keeps what happened."}
      </p>
    </ActionDialog>
  );
}
