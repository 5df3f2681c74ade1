// The node at a glance: numbers of now, fifteen minutes of charts, what
// deserves a look.
// Must not know how numbers are gathered; model/overview.ts does.
import type { ComponentChildren } from "preact";
import type { Alert, JournalEvent, Stats } from "../api/types";
import { describeEvent } from "../model/describe";
import { toneOf, words } from "../model/event_groups";
import { age, count, dateTime, micros, rate, timeOfDay } from "../model/format";
import { windowSeconds, type Overview as Model } from "../model/overview";
import { Chart } from "../ui/chart";
import { useNode, useNow, useObserved } from "../ui/node_context";
import { toHash } from "../ui/route";

/** Rates of now are means of so many seconds. */
const rateSeconds = 10;

export function Overview({ theme }: { theme: string }) {
  const node = useNode();
  const overview = useObserved(node.overview);
  const stats = useObserved(node.stats).value;
  const now = useNow();
  const second = Math.floor(now / 1000);
  return (
    <section class="view overview">
      <h1 class="unseen">Overview</h1>
      <Figures overview={overview} stats={stats} second={second} />
      <FiringAlerts alerts={stats?.alerts ?? []} now={now} />
      <Charts overview={overview} second={second - 1} theme={theme} />
      <Noteworthy events={overview.noteworthy} />
    </section>
  );
}

interface FigureProps {
  label: string;
  value: string;
  note?: ComponentChildren;
  href?: string;
  tone?: "bad" | "doubt" | undefined;
}

function Figure({ label, value, note, href, tone }: FigureProps) {
  const body = (
    <>
      <span class="label">{label}</span>
      <span class="value">{value}</span>
      <span class="note">{note ?? "\u00a0"}</span>
    </>
  );
  const classes = `tile ${tone ?? ""}`;
  return href ? (
    <a class={classes} href={href} data-figure={label}>
      {body}
    </a>
  ) : (
    <div class={classes} data-figure={label}>
      {body}
    </div>
  );
}

function Figures(props: { overview: Model; stats: Stats | undefined; second: number }) {
  const { overview, stats, second } = props;
  const granted = overview.granted.mean(second, rateSeconds);
  const failed = stats ? stats.recent.failed + stats.recent.expired : 0;
  const number = (n: number | undefined) => (n === undefined ? "–" : count(n));
  return (
    <div class="tiles">
      <Figure
        label="Active locks"
        value={number(stats?.activeLocks)}
        note={stats && `${count(stats.resources)} resources`}
        href={toHash("locks")}
      />
      <Figure label="Waiting" value={number(stats?.queueLength)} note="in all queues" href={toHash("queue")} />
      <Figure label="Grants / s" value={rate(granted)} note={`mean of ${rateSeconds} s`} />
      <Figure
        label="Commits / s"
        value={stats ? rate(stats.commit.perSecond) : "–"}
        note={stats && `${rate(stats.commit.opsPerCommit)} ops each`}
      />
      <Figure
        label="Commit p99"
        value={stats ? micros(stats.commit.p99Us) : "–"}
        note={stats && `median ${micros(stats.commit.p50Us)}`}
      />
      <Figure
        label={`Bad ends, ${stats?.recent.windowSeconds ?? 60} s`}
        value={stats ? count(failed) : "–"}
        note="failed or expired"
        href={toHash("locks", { status: "failed" })}
      />
      <Figure
        label="Effects unknown"
        value={number(stats?.effectsUnknown)}
        note={stats && `${count(stats.inDoubt)} locks held`}
        href={toHash("effects")}
        tone={stats?.effectsUnknown ? "doubt" : undefined}
      />
      <Figure
        label="Dead letters"
        value={number(stats?.deadLetters)}
        note="to decide on"
        href={toHash("dead-letters")}
        tone={stats?.deadLetters ? "doubt" : undefined}
      />
    </div>
  );
}

function Charts({ overview, second, theme }: { overview: Model; second: number; theme: string }) {
  const times = Array.from({ length: windowSeconds }, (_, i) => second - windowSeconds + 1 + i);
  const common = { times, theme };
  return (
    <div class="charts">
      <Chart
        {...common}
        title="Per second"
        format={(n) => rate(n)}
        lines={[
          { label: "granted", color: "--accent", values: overview.granted.values(second) },
          { label: "failed or expired", color: "--bad", values: overview.failed.values(second) },
        ]}
      />
      <Chart
        {...common}
        title="Locks"
        format={count}
        lines={[
          { label: "active", color: "--accent", values: overview.activeLocks.values(second) },
          { label: "waiting", color: "--doubt", values: overview.waiting.values(second) },
        ]}
      />
      <Chart
        {...common}
        title="Commits per second"
        format={(n) => rate(n)}
        lines={[{ label: "commits", color: "--accent", values: overview.commits.values(second) }]}
      />
      <Chart
        {...common}
        title="Commit p99"
        format={micros}
        lines={[{ label: "p99", color: "--accent", values: overview.commitP99Us.values(second) }]}
      />
    </div>
  );
}

/** Nothing at all while none fires. */
function FiringAlerts({ alerts, now }: { alerts: Alert[]; now: number }) {
  if (alerts.length === 0) return null;
  return (
    <section class="panel">
      <h2>Alerts firing</h2>
      <ul class="alerts">
        {alerts.map((alert) => (
          <li key={alert.alert}>
            <b>{words(alert.alert)}</b> for {age(alert.since, now)}
            <span class="what"> {alert.text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Noteworthy({ events }: { events: JournalEvent[] }) {
  return (
    <section class="panel">
      <h2>
        Lately <a href={toHash("history")}>all history</a>
      </h2>
      {events.length === 0 ? (
        <p class="quiet-text">Nothing failed, expired, or was done by an operator.</p>
      ) : (
        <ol class="lately">
          {events.slice(0, 14).map((event) => (
            <li key={event.seq} class={toneOf(event.kind)}>
              <time dateTime={event.at} title={dateTime(event.at)}>
                {timeOfDay(event.at).slice(0, 8)}
              </time>
              <span class="kind">{words(event.kind)}</span>
              <span class="id">
                {event.resourceId && (
                  <a href={toHash("history", { resourceId: event.resourceId })}>{event.resourceId}</a>
                )}
              </span>
              <span class="what">
                {describeEvent(event)}
                {event.actor && ` · by ${event.actor}`}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
