// What the journal has of one resource, or of one lock of it, oldest first.
// Must not know which view shows it.
import { useEffect, useMemo } from "preact/hooks";
import { describeEvent } from "../model/describe";
import { toneOf, words } from "../model/event_groups";
import { dateTime, later } from "../model/format";
import { History } from "../model/history";
import { useNode, useObserved } from "./node_context";

export function Timeline(props: { resourceId: string; lockId?: string }) {
  const { feed } = useNode();
  const { resourceId, lockId = "" } = props;
  const history = useMemo(
    () => new History(feed, { resourceId, lockId, ownerId: "", kind: "" }),
    [resourceId, lockId],
  );
  useEffect(() => {
    void history.load();
    const end = feed.onEvents((events) => history.fold(events));
    return () => {
      end();
      history.close();
    };
  }, [history]);
  useObserved(history);
  const events = history.list.rows.map((row) => row.value).reverse();
  return (
    <section class="timeline">
      <h3>Timeline</h3>
      {history.state === "failed" && <p class="refusal">{history.error}</p>}
      {history.before > 0 && history.state === "ready" && (
        <button type="button" class="quiet" onClick={() => void history.readOlder()}>
          Look further back
        </button>
      )}
      {history.state === "loading" && <p>Reading…</p>}
      <ol>
        {events.map((event, i) => {
          const previous = events[i - 1];
          const since = previous ? Date.parse(event.at) - Date.parse(previous.at) : 0;
          return (
            <li key={event.seq} class={toneOf(event.kind)}>
              <span class="when" title={dateTime(event.at)}>
                {previous ? later(since) : dateTime(event.at)}
              </span>
              <span class="kind">{words(event.kind)}</span>
              <span class="what">
                {describeEvent(event)}
                {event.actor && <span class="actor"> by {event.actor}</span>}
              </span>
            </li>
          );
        })}
      </ol>
      {history.state === "ready" && events.length === 0 && (
        <p>The journal has nothing of it any more.</p>
      )}
    </section>
  );
}
