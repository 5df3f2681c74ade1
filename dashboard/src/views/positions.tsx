// Positions, the signals made of them, and what was told on Telegram.
// Must not know how signals are made.
import type { JournalEvent, Position, Signal } from "../api/types";
import { age, dateTime } from "../model/format";
import type { Collection } from "../model/collection";
import { Facts } from "../ui/dialog";
import { useCollection, useNow } from "../ui/node_context";
import { ChoiceFilter, Detail, ListState, ResourceLink, Status, TextFilter, View } from "../ui/parts";
import { setParams, toHash } from "../ui/route";
import { Timeline } from "../ui/timeline";
import { CollectionGrid } from "../ui/collection_grid";
import type { Column } from "../ui/virtual_grid";

const told = /^(signal_|telegram_|effect_|resolved|dead_lettered|requeued|granted|released|failed)/;

const keyOf = (x: { accountId: string; positionId: string }): string =>
  `position:${x.accountId}:${x.positionId}`;

/** Positions change without an event of their own only with their signals. */
const fold = (_: unknown, event: JournalEvent): boolean =>
  told.test(event.kind) && (event.resourceId ?? "position:").startsWith("position:");

type Params = Record<string, string>;

export function Positions({ params }: { params: Params }) {
  const { show = "positions" } = params;
  return show === "signals" ? <Signals params={params} /> : <PositionList params={params} />;
}

interface ToolsProps<T> {
  show: string;
  statuses: string[];
  params: Params;
  list: Collection<T>;
}

function Tools<T>({ show, statuses, params, list }: ToolsProps<T>) {
  return (
    <>
      <label class="filter">
        <span>Show</span>
        <select
          value={show}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setParams({ show: value, status: undefined, open: undefined });
          }}
        >
          <option value="positions">positions</option>
          <option value="signals">signals</option>
        </select>
      </label>
      <TextFilter label="Account" name="accountId" value={params["accountId"] ?? ""} />
      <ChoiceFilter label="Status" name="status" value={params["status"] ?? ""}>
        <option value="">any</option>
        {statuses.map((name) => (
          <option value={name}>{name}</option>
        ))}
      </ChoiceFilter>
      <ListState of={list} />
    </>
  );
}

function PositionList({ params }: { params: Params }) {
  const { accountId = "", status = "", open } = params;
  const query = { accountId, status };
  const positions = useCollection<Position>(JSON.stringify(query), {
    path: "/v1/positions",
    query,
    keyOf,
    fold,
  });
  const now = useNow();
  const { list } = positions;
  const position = open === undefined ? undefined : list.get(open);
  const statuses = ["processing", "completed", "failed"];
  return (
    <View
      title="Positions"
      tools={<Tools show="positions" statuses={statuses} params={params} list={positions} />}
    >
      <div class={open ? "split with-detail" : "split"}>
        <CollectionGrid<Position>
          label="Positions"
          layout="positions"
          columns={positionColumns(now)}
          of={positions}
          openKey={open}
          empty="No position fits."
          onOpen={(chosen) => setParams({ open: keyOf(chosen) })}
        />
        {open && <PositionDetail resourceId={open} position={position} />}
      </div>
    </View>
  );
}

function positionColumns(now: number): Column<Position>[] {
  return [
    { title: "Pair", name: "resource", cell: (x) => <b>{x.pair}</b> },
    { title: "Position", name: "owner id", cell: (x) => x.positionId },
    { title: "Account", name: "account id", cell: (x) => x.accountId },
    { title: "Status", name: "state", cell: (x) => <Status of={x.closedAt ? "closed" : x.status} /> },
    { title: "Profit", name: "amount number", cell: (x) => x.lastKnownProfit ?? "–" },
    { title: "Signal", name: "signal id", cell: (x) => x.signalId ?? "none" },
    { title: "Changed", name: "held number", cell: (x) => `${age(x.updatedAt, now)} ago` },
  ];
}

const notRead = <p>Not among the rows read so far.</p>;

function PositionDetail(props: { resourceId: string; position: Position | undefined }) {
  const { resourceId, position } = props;
  if (!position) return <Detail kind="Position" title={resourceId}>{notRead}</Detail>;
  const { signalId } = position;
  return (
    <Detail kind="Position" title={resourceId}>
      <Facts
        rows={[
          ["Account", position.accountId],
          ["Status", <Status of={position.status} />],
          ["Profit, last known", position.lastKnownProfit],
          ["Signal", signalId && <a href={toHash("positions", { show: "signals", open: signalId })}>{signalId}</a>],
          ["Telegram message", position.telegramMessageId],
          ["Resource", <ResourceLink id={resourceId} />],
          ["Opened", dateTime(position.createdAt)],
          ["Changed", dateTime(position.updatedAt)],
          ["Closed", position.closedAt && dateTime(position.closedAt)],
        ]}
      />
      <Timeline resourceId={resourceId} />
    </Detail>
  );
}

function Signals({ params }: { params: Params }) {
  const { accountId = "", status = "", open } = params;
  const query = { accountId, status };
  const signals = useCollection<Signal>(JSON.stringify(query), {
    path: "/v1/signals",
    query,
    keyOf: (signal) => signal.signalId,
    fold,
  });
  const now = useNow();
  const { list } = signals;
  const signal = open === undefined ? undefined : list.get(open);
  return (
    <View
      title="Signals"
      tools={<Tools show="signals" statuses={["active", "closed"]} params={params} list={signals} />}
    >
      <div class={open ? "split with-detail" : "split"}>
        <CollectionGrid<Signal>
          label="Signals"
          layout="signals"
          columns={signalColumns(now)}
          of={signals}
          openKey={open}
          empty="No signal fits."
          onOpen={(chosen) => setParams({ open: chosen.signalId })}
        />
        {open && <SignalDetail signalId={open} signal={signal} />}
      </div>
    </View>
  );
}

function signalColumns(now: number): Column<Signal>[] {
  return [
    {
      title: "Pair",
      name: "resource",
      cell: (x) => (
        <>
          <b class={x.type === "SELL" ? "sell" : "buy"}>{x.type}</b> {x.pair}
        </>
      ),
    },
    { title: "Entry", name: "price number", cell: (x) => x.entryPrice },
    { title: "Stop loss", name: "stop number", cell: (x) => x.stopLoss ?? "–" },
    { title: "Take profit", name: "target number", cell: (x) => x.takeProfit ?? "–" },
    { title: "Status", name: "state", cell: (x) => <Status of={x.status} /> },
    { title: "Pips", name: "amount number", cell: (x) => x.resultPips ?? "–" },
    { title: "Telegram", name: "signal", cell: (x) => <Status of={x.telegram?.state ?? "off"} /> },
    { title: "Changed", name: "held number", cell: (x) => `${age(x.updatedAt, now)} ago` },
  ];
}

function SignalDetail({ signalId, signal }: { signalId: string; signal: Signal | undefined }) {
  if (!signal) return <Detail kind="Signal" title={signalId}>{notRead}</Detail>;
  const { telegram } = signal;
  return (
    <Detail kind="Signal" title={signal.signalId}>
      <Facts
        rows={[
          ["Pair", `${signal.type} ${signal.pair}`],
          ["Category", signal.category],
          ["Entry", signal.entryPrice],
          ["Stop loss", signal.stopLoss],
          ["Take profit", signal.takeProfit],
          ["Status", <Status of={signal.status} />],
          ["Close price", signal.closePrice],
          ["Pips", signal.resultPips],
          ["Profit", signal.profit],
          ["Telegram", telegram && <Status of={telegram.state} />],
          ["Chat and message", telegram?.messageId && `${telegram.chatId} · ${telegram.messageId}`],
          ["Position", <ResourceLink id={keyOf(signal)} />],
          ["Made", dateTime(signal.createdAt)],
          ["Changed", dateTime(signal.updatedAt)],
        ]}
      />
      <Timeline resourceId={keyOf(signal)} />
    </Detail>
  );
}
