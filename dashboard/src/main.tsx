// Starts the page: makes the models, and lets them run while somebody is
// signed in.
// Must not know any view.
import { render } from "preact";
import { Api } from "./api/client";
import { App } from "./app";
import { Feed } from "./model/feed";
import { Overview } from "./model/overview";
import { SessionModel } from "./model/session";
import { StatsReader } from "./model/stats_reader";
import { NodeContext } from "./ui/node_context";
import { applyTheme } from "./ui/theme";
import "./app.css";

const retryMs = 2000;

const session = new SessionModel();
const token = () => session.token;
const refused = () => session.refused();
const api = new Api(token, refused);
const feed = new Feed(api, token, refused);
const stats = new StatsReader(api);
const overview = new Overview(feed, stats);

async function begin(): Promise<void> {
  try {
    await feed.start();
    await overview.readPast();
  } catch {
    // The node went away, or wants another token: then somebody signs in first.
    if (session.state === "open") setTimeout(() => void begin(), retryMs);
  }
}

let state = session.state;
session.watch(() => {
  if (session.state === "unreachable") setTimeout(() => void session.open(api), retryMs);
  if (session.state === state) return;
  state = session.state;
  if (state === "open") void begin();
  else {
    feed.stop();
    stats.stop();
  }
});
feed.onEvents(() => stats.touch());
feed.watch(() => {
  if (feed.state.kind === "live") stats.touch();
});
setInterval(() => overview.tick(), 1000);
addEventListener("online", () => feed.retryNow());

applyTheme();
render(
  <NodeContext.Provider value={{ api, session, feed, stats, overview }}>
    <App />
  </NodeContext.Provider>,
  document.getElementById("app")!,
);
void session.open(api);
