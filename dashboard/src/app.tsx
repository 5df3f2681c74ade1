// The frame of the page: where one is, whether the node is heard, who one is.
// Must not know what the views show.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { count, counting, timeOfDay } from "./model/format";
import { NoticeLine } from "./ui/notices";
import { useNode, useNow, useObserved } from "./ui/node_context";
import { useRoute, toHash } from "./ui/route";
import { useTheme } from "./ui/theme";
import { DeadLetters } from "./views/dead_letters";
import { Effects } from "./views/effects";
import { History } from "./views/history";
import { Locks } from "./views/locks";
import { Overview } from "./views/overview";
import { PauseBanner, PauseSwitch } from "./views/pause";
import { Positions } from "./views/positions";
import { Queue } from "./views/queue";
import { SignIn } from "./views/sign_in";
import { Trades } from "./views/trades";

const views: [name: string, title: string][] = [
  ["overview", "Overview"],
  ["locks", "Locks"],
  ["queue", "Queue"],
  ["trades", "Trades"],
  ["positions", "Positions"],
  ["effects", "Effects"],
  ["dead-letters", "Dead letters"],
  ["history", "History"],
];

export function App() {
  const { session, feed } = useNode();
  const { state, error } = useObserved(session);
  const { beganAfter } = useObserved(feed);
  if (state === "needs-token") return <SignIn />;
  if (state === "open" && beganAfter !== undefined) return <Frame />;
  return (
    <main class="sign-in">
      <p role="status">{state === "unreachable" ? `${error} Trying again.` : "Asking the node…"}</p>
    </main>
  );
}

function Frame() {
  const route = useRoute();
  const [theme, toggleTheme] = useTheme();
  const [menuOpen, setMenuOpen] = useState(false);
  useEffect(() => {
    setMenuOpen(false);
    const title = views.find(([name]) => name === route.view)?.[1];
    document.title = title ? `${title} – Holdfast` : "Holdfast";
  }, [route.view]);
  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={skipToMain}>
        Skip to the view
      </a>
      <header class="top">
        <a class="name" href={toHash("overview")}>
          Holdfast
        </a>
        <span class="host">{location.host}</span>
        <Connection />
        <span class="space" />
        <PauseSwitch />
        <button type="button" class="quiet" onClick={toggleTheme}>
          {theme === "dark" ? "Light" : "Dark"}
        </button>
        <Who />
        <button
          type="button"
          class="menu-button"
          aria-expanded={menuOpen}
          aria-controls="views"
          onClick={() => setMenuOpen(!menuOpen)}
        >
          Menu
        </button>
      </header>
      <nav id="views" class={menuOpen ? "views shown" : "views"} aria-label="Views">
        {views.map(([name, title]) => (
          <a key={name} href={toHash(name)} aria-current={route.view === name ? "page" : undefined}>
            {title}
            <ViewCount name={name} />
          </a>
        ))}
      </nav>
      <main id="main" tabIndex={-1}>
        <PauseBanner />
        <LostBanner />
        <GapBanner />
        <ViewOf name={route.view} params={route.params} theme={theme} />
      </main>
      <NoticeLine />
    </div>
  );
}

/** The address is the view's: a plain link would change it. */
function skipToMain(event: Event): void {
  event.preventDefault();
  document.getElementById("main")!.focus();
}

function ViewOf(props: { name: string; params: Record<string, string>; theme: string }) {
  const { name, params } = props;
  const known: Record<string, () => ComponentChildren> = {
    overview: () => <Overview theme={props.theme} />,
    locks: () => <Locks params={params} />,
    queue: () => <Queue params={params} />,
    trades: () => <Trades params={params} />,
    positions: () => <Positions params={params} />,
    effects: () => <Effects params={params} />,
    "dead-letters": () => <DeadLetters params={params} />,
    history: () => <History params={params} />,
  };
  return <>{known[name]?.() ?? <p class="empty">There is no view “{name}”.</p>}</>;
}

/** What there is to look at, beside the name of the view. */
function ViewCount({ name }: { name: string }) {
  const stats = useObserved(useNode().stats).value;
  if (!stats) return null;
  const counts: Record<string, [n: number, tone: string]> = {
    locks: [stats.activeLocks, ""],
    queue: [stats.queueLength, ""],
    effects: [stats.effectsUnknown, "doubt"],
    "dead-letters": [stats.deadLetters, "doubt"],
  };
  const [n, tone] = counts[name] ?? [0, ""];
  return n > 0 ? <span class={`view-count ${tone}`}>{count(n)}</span> : null;
}

function Connection() {
  const { feed } = useNode();
  const { state, lostAtMs } = useObserved(feed);
  useNow();
  if (lostAtMs === undefined) {
    const live = state.kind === "live";
    return (
      <span class={live ? "connection live" : "connection"} role="status">
        {live ? "Live" : "Connecting"}
      </span>
    );
  }
  return (
    <span class="connection lost">
      <span role="status">Not connected</span>
      <button type="button" class="quiet" onClick={() => feed.retryNow()}>
        Retry {state.kind === "waiting" && `(${counting(state.retryAtMs - Date.now())})`}
      </button>
    </span>
  );
}

function Who() {
  const { session } = useObserved(useNode().session);
  const node = useNode();
  if (!session) return null;
  const owner = session.ownerId === undefined ? "" : `, for ${session.ownerId}`;
  return (
    <>
      <span class="who" title={`What you may do: ${session.scope}${owner}`}>
        {session.name} <span class="scope">{session.scope}{owner}</span>
      </span>
      {node.session.hasToken && (
        <button type="button" class="quiet" onClick={() => node.session.refused()}>
          Sign out
        </button>
      )}
    </>
  );
}

/** Figures that nobody keeps up to date must not look as if somebody did. */
function LostBanner() {
  const { lostAtMs, state } = useObserved(useNode().feed);
  if (lostAtMs === undefined) return null;
  const why = state.kind === "waiting" ? ` (${state.why})` : "";
  return (
    <p class="banner lost">
      The node is not heard{why}. This is how things stood at{" "}
      {timeOfDay(new Date(lostAtMs).toISOString()).slice(0, 8)}.
    </p>
  );
}

function GapBanner() {
  const { gap } = useObserved(useNode().feed);
  if (!gap) return null;
  return (
    <p class="banner">
      Events {gap.from} to {gap.oldest - 1} are older than the journal keeps, and were not seen
      here. The lists were read anew.
    </p>
  );
}
