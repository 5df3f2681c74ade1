// Positions, the signals made of them, and what was told on Telegram.
// Must not know how signals are made.
import type { JournalEvent, Position, Signal } from "../api/types";
import { age, dateTime } from "../model/format";
import type { Collection } from "../model/collection";
import { Facts } from "../ui/dialog";
import { useCollection, useNow } from "../ui/node_context";
import { ChoiceFilter, Detail, ListState, ResourceLink, Status, View, emptyText } from "../ui/parts";
import { setParams, toHash } from "../ui/route";
import { Timeline } from "../ui/timeline";
import { VirtualGrid, type Column } from "../ui/virtual_grid";

const told = /^(signal_|telegram_|effect_|resolved|dead_lettered|requeued|granted|released|failed)/;

const keyOf = (x: { accountId: string; positionId: string }): string =>
  `position:${x.accountId}:${x.positionId}`;

/** Positions change without an event of their own only with their signals. */
const fold = (_: unknown, event: JournalEvent): boolean =>
  told.test(event.kind) && (event.resourceId ?? "position:").startsWith("position:");

export function Positions({ params }: { params: Record<string, string> }) {
  const { show = "positions", open } = params;
  return show === "signals" ? <Signals open={open} /> : <PositionList open={open} />;
}

function Tools<T>({ show, list }: { show: string; list: Collection<T> }) {
  return (
    <>
      <ChoiceFilter label="Show" name="show" value={show}>
        <option value="positions">positions</option>
        <option value="signals">signals</option>
      </ChoiceFilter>
      <ListState
        state={list.state}
        error={list.error}
        rows={list.list.rows.length}
        hasMore={list.hasMore}
        waiting={list.list.waiting}
      />
    </>
  );
}

function PositionList({ open }: { open: string | undefined }) {
  const positions = useCollection<Position>("positions", {
    path: "/v1/positions",
    query: {},
    keyOf,
    fold,
  });
  const now = useNow();
  const { list } = positions;
  const position = open === undefined ? undefined : list.get(open);
  return (
    <View title="Positions" tools={<Tools show="positions" list={positions} />}>
      <div class={open ? "split with-detail" : "split"}>
        <VirtualGrid<Position>
          label="Positions"
          layout="positions"
          columns={positionColumns(now)}
          list={list}
          openKey={open}
          empty={emptyText(positions.state, "No position has been reported.")}
          onOpen={(chosen) => setParams({ open: keyOf(chosen) })}
          onEnd={() => void positions.loadMore()}
          onHold={(on) => positions.hold(on)}
        />
        {open && position && <PositionDetail resourceId={open} position={position} />}
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
    { title: "Signal", name: "signal id", cell: (x) => x.signalId },
    { title: "Changed", name: "held number", cell: (x) => `${age(x.updatedAt, now)} ago` },
  ];
}

function PositionDetail({ resourceId, position }: { resourceId: string; position: Position }) {
  return (
    <Detail kind="Position" title={`${position.pair} ${position.positionId}`}>
      <Facts
        rows={[
          ["Account", position.accountId],
          ["Status", <Status of={position.status} />],
          ["Profit, last known", position.lastKnownProfit],
          ["Signal", <a href={toHash("positions", { show: "signals", open: position.signalId })}>{position.signalId}</a>],
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

function Signals({ open }: { open: string | undefined }) {
  const signals = useCollection<Signal>("signals", {
    path: "/v1/signals",
    query: {},
    keyOf: (signal) => signal.signalId,
    fold,
  });
  const now = useNow();
  const { list } = signals;
  const signal = open === undefined ? undefined : list.get(open);
  return (
    <View title="Signals" tools={<Tools show="signals" list={signals} />}>
      <div class={open ? "split with-detail" : "split"}>
        <VirtualGrid<Signal>
          label="Signals"
          layout="signals"
          columns={signalColumns(now)}
          list={list}
          openKey={open}
          empty={emptyText(signals.state, "No signal has been made.")}
          onOpen={(chosen) => setParams({ open: chosen.signalId })}
          onEnd={() => void signals.loadMore()}
          onHold={(on) => signals.hold(on)}
        />
        {open && signal && <SignalDetail signal={signal} />}
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

function SignalDetail({ signal }: { signal: Signal }) {
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
