// Trades, what came of their orders, and how it went.
// Must not know how trades are done.
import type { JournalEvent, Trade } from "../api/types";
import { describeIntent, describeOrder } from "../model/describe";
import { words } from "../model/event_groups";
import { age, dateTime } from "../model/format";
import { Facts } from "../ui/dialog";
import { useCollection, useNow } from "../ui/node_context";
import {
  ChoiceFilter,
  Detail,
  Json,
  ListState,
  ResourceLink,
  Status,
  TextFilter,
  View,
} from "../ui/parts";
import { setParams, toHash } from "../ui/route";
import { Timeline } from "../ui/timeline";
import { CollectionGrid } from "../ui/collection_grid";
import type { Column } from "../ui/virtual_grid";

const statuses = [
  "queued",
  "executing",
  "filled",
  "partially_filled",
  "placed",
  "rejected",
  "failed",
  "in_doubt",
  "cancelled",
];

/** Events after which a list of trades may be another. */
const told = new Set([
  "granted",
  "queued",
  "released",
  "failed",
  "expired",
  "force_released",
  "cancelled",
  "retry_scheduled",
  "in_doubt",
  "resolved",
  "requeued",
  "effect_sending",
  "trade_executed",
  "trade_rejected",
]);

function concerns(event: JournalEvent, resourceId: string, ownerId: string): boolean {
  return (
    told.has(event.kind) &&
    (!resourceId || event.resourceId === resourceId) &&
    (!ownerId || event.ownerId === ownerId)
  );
}

export function Trades({ params }: { params: Record<string, string> }) {
  const { resourceId = "", ownerId = "", status = "", open } = params;
  const filter = { resourceId, ownerId, status };
  const trades = useCollection<Trade>(JSON.stringify(filter), {
    path: "/v1/trades",
    query: filter,
    keyOf: (trade) => trade.tradeId,
    fold: (_, event) => concerns(event, resourceId, ownerId),
  });
  const now = useNow();
  const { list } = trades;
  const trade = open === undefined ? undefined : list.get(open);
  return (
    <View
      title="Trades"
      tools={
        <>
          <TextFilter label="Resource" name="resourceId" value={resourceId} />
          <TextFilter label="Owner" name="ownerId" value={ownerId} />
          <ChoiceFilter label="Status" name="status" value={status}>
            <option value="">any</option>
            {statuses.map((name) => (
              <option value={name}>{words(name)}</option>
            ))}
          </ChoiceFilter>
          <ListState of={trades} />
        </>
      }
    >
      <div class={open ? "split with-detail" : "split"}>
        <CollectionGrid<Trade>
          label="Trades"
          layout="trades"
          columns={columns(now)}
          of={trades}
          openKey={open}
          empty="No trade fits."
          rowClass={(row) => (row.status === "in_doubt" ? "doubt" : "")}
          onOpen={(chosen) => setParams({ open: chosen.tradeId })}
        />
        {open && <TradeDetail tradeId={open} trade={trade} />}
      </div>
    </View>
  );
}

function columns(now: number): Column<Trade>[] {
  return [
    {
      title: "Trade",
      name: "resource",
      cell: (trade) => (
        <>
          <b class={trade.side === "SELL" ? "sell" : "buy"}>{trade.side}</b> {trade.symbol}
          {trade.emergency && <span class="status bad"> emergency</span>}
        </>
      ),
    },
    { title: "Type", name: "type", cell: (trade) => words(trade.type.toLowerCase()) },
    { title: "Amount", name: "amount number", cell: amountOf },
    { title: "Status", name: "state", cell: (trade) => <Status of={trade.status} /> },
    { title: "Executed", name: "doing", cell: (trade) => trade.error ?? describeOrder(trade.order) },
    { title: "Owner", name: "owner id", cell: (trade) => trade.ownerId },
    { title: "Age", name: "held number", cell: (trade) => age(trade.createdAt, now) },
  ];
}

function amountOf(trade: Trade): string {
  const amount = trade.quantity ?? (trade.quoteQuantity ? `${trade.quoteQuantity} quote` : "–");
  return trade.price ? `${amount} at ${trade.price}` : amount;
}

function TradeDetail({ tradeId, trade }: { tradeId: string; trade: Trade | undefined }) {
  if (!trade) return <Detail kind="Trade" title={tradeId}><p>Not among the rows read so far.</p></Detail>;
  const inDoubt = trade.status === "in_doubt" && trade.effectId;
  return (
    <Detail kind="Trade" title={tradeId}>
      {inDoubt && (
        <p class="callout">
          Nobody knows whether this order stands.{" "}
          <a href={toHash("effects", { open: trade.effectId })}>Resolve it</a>
        </p>
      )}
      <Facts
        rows={[
          ["Order", describeIntent(trade)],
          ["Status", <Status of={trade.status} />],
          ["Executed", describeOrder(trade.order)],
          ["Error", trade.error],
          ["Exchange's code", trade.exchangeCode],
          ["Resource", <ResourceLink id={trade.resourceId} />],
          ["Owner", trade.ownerId],
          ["Key", trade.idempotencyKey],
          ["Lock", trade.lockId && <a href={toHash("locks", { status: "any", open: trade.lockId })}>{trade.lockId}</a>],
          ["Effect", trade.effectId],
          ["Asked for", dateTime(trade.createdAt)],
          ["Changed", dateTime(trade.updatedAt)],
        ]}
      />
      <Json title="Order, as the exchange tells" value={trade.order} />
      <Timeline resourceId={trade.resourceId} lockId={trade.lockId} />
    </Detail>
  );
}
