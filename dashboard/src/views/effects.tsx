// The ledger of acts on the outside world; what is in doubt is resolved here.
// Must not know how effects are done.
import { useState } from "preact/hooks";
import type { Effect, JournalEvent } from "../api/types";
import { describeIntent } from "../model/describe";
import { words } from "../model/event_groups";
import { age, dateTime } from "../model/format";
import { ActionDialog, Facts, ReasonField } from "../ui/dialog";
import { useCollection, useMay, useNode, useNow } from "../ui/node_context";
import { say } from "../ui/notices";
import { ChoiceFilter, Detail, Json, ListState, ResourceLink, Status, View, emptyText } from "../ui/parts";
import { setParams } from "../ui/route";
import { Timeline } from "../ui/timeline";
import { CollectionGrid } from "../ui/collection_grid";
import type { Column } from "../ui/virtual_grid";

const states = ["unknown", "pending", "sending", "done", "failed"];

const fold = (_: unknown, event: JournalEvent): boolean =>
  event.kind.startsWith("effect_") || event.kind === "resolved" || event.kind === "retry_scheduled";

export function Effects({ params }: { params: Record<string, string> }) {
  const { state = "unknown", open } = params;
  const shown = state === "any" ? "" : state;
  const effects = useCollection<Effect>(`effects ${shown}`, {
    path: "/v1/effects",
    query: { state: shown },
    keyOf: (effect) => effect.effectId,
    fold,
  });
  const [resolving, setResolving] = useState<Effect>();
  const now = useNow();
  const { list } = effects;
  const effect = open === undefined ? undefined : list.get(open);
  return (
    <View
      title="Effects"
      tools={
        <>
          <ChoiceFilter label="State" name="state" value={state}>
            {states.map((name) => (
              <option value={name}>{name === "unknown" ? "in doubt" : words(name)}</option>
            ))}
            <option value="any">any</option>
          </ChoiceFilter>
          <ListState of={effects} />
        </>
      }
    >
      <div class={open ? "split with-detail" : "split"}>
        <CollectionGrid<Effect>
          label="Effects"
          layout="effects"
          columns={columns(now)}
          of={effects}
          openKey={open}
          empty={emptyText(effects.state, state === "unknown" ? "Nothing is in doubt." : "No effect fits.")}
          rowClass={(row) => (row.state === "unknown" ? "doubt" : "")}
          onOpen={(chosen) => setParams({ open: chosen.effectId })}
        />
        {open && <EffectDetail effectId={open} effect={effect} now={now} onResolve={setResolving} />}
      </div>
      {resolving && <Resolve effect={resolving} onClose={() => setResolving(undefined)} />}
    </View>
  );
}

function columns(now: number): Column<Effect>[] {
  return [
    { title: "Act", name: "type", cell: (x) => words(x.kind) },
    { title: "Meant", name: "doing", cell: (x) => describeIntent(x.intent) },
    { title: "State", name: "state", cell: (x) => <Status of={x.state} /> },
    { title: "Resource", name: "resource id", cell: (x) => x.resourceId },
    { title: "Tries", name: "prio number", cell: (x) => x.attempts },
    { title: "Changed", name: "held number", cell: (x) => `${age(x.updatedAt, now)} ago` },
  ];
}

interface EffectDetailProps {
  effectId: string;
  effect: Effect | undefined;
  now: number;
  onResolve(effect: Effect): void;
}

function EffectDetail({ effectId, effect, now, onResolve }: EffectDetailProps) {
  const allowed = useMay();
  if (!effect)
    return <Detail kind="Effect" title={effectId}><p>It is not in this state any more.</p></Detail>;
  return (
    <Detail
      kind="Effect"
      title={effectId}
      actions={
        effect.state === "unknown" &&
        allowed("operate", effect.ownerId) && (
          <button type="button" class="primary" onClick={() => onResolve(effect)}>
            Resolve…
          </button>
        )
      }
    >
      <Facts
        rows={[
          ["Act", words(effect.kind)],
          ["State", <Status of={effect.state} />],
          ["Meant", describeIntent(effect.intent)],
          ["Resource", <ResourceLink id={effect.resourceId} />],
          ["Owner", effect.ownerId],
          ["Tries", effect.attempts],
          ["Begun", dateTime(effect.createdAt)],
          ["Changed", `${age(effect.updatedAt, now)} ago`],
        ]}
      />
      <Json title="Intent" value={effect.intent} />
      <Json title="Outcome" value={effect.outcome} />
      <Timeline resourceId={effect.resourceId} lockId={effect.lockId} />
    </Detail>
  );
}

const outcomes = [
  ["done", "It happened", "Whoever waits is answered that it was done; nothing is sent."],
  ["failed", "It did not happen, and shall not", "The transaction has failed; nothing is sent."],
  ["retry", "It did not happen; do it now", "It is sent once more. If it had happened after all, it happens twice."],
] as const;

function Resolve({ effect, onClose }: { effect: Effect; onClose(): void }) {
  const { api } = useNode();
  const [outcome, setOutcome] = useState("");
  const [reason, setReason] = useState("");
  const [reference, setReference] = useState("");
  const act = async () => {
    const body = {
      outcome,
      reason: reason.trim(),
      ...(outcome === "done" && reference.trim() ? { reference: reference.trim() } : {}),
    };
    await api.send("POST", `/v1/effects/${effect.effectId}/resolve`, body);
    say(`Resolved as ${outcome}.`);
  };
  const ready = outcome !== "" && reason.trim() !== "";
  return (
    <ActionDialog title="What came of it?" confirm="Resolve" danger={outcome === "retry"} ready={ready} act={act} onClose={onClose}>
      <Facts
        rows={[
          ["Act", words(effect.kind)],
          ["Meant", <b>{describeIntent(effect.intent)}</b>],
          ["Resource", <span class="id">{effect.resourceId}</span>],
          ["Tries", effect.attempts],
        ]}
      />
      <p>Look outside first, at the exchange or the chat. The node believes what you say here.</p>
      <fieldset>
        <legend>Outcome</legend>
        {outcomes.map(([value, title, meaning]) => (
          <label class="choice" key={value}>
            <input
              type="radio"
              name="outcome"
              value={value}
              checked={outcome === value}
              onChange={() => setOutcome(value)}
            />
            <span>
              <b>{title}</b> <span class="meaning">{meaning}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <ReasonField value={reason} onInput={setReason} />
      {outcome === "done" && (
        <label class="field">
          What it is called outside, if known (order id, message id)
          <input
            autocomplete="off"
            maxLength={256}
            value={reference}
            onInput={(event) => setReference(event.currentTarget.value)}
          />
        </label>
      )}
    </ActionDialog>
  );
}
