// What every view needs, and how views follow what changes.
// Must not know any view.
import { createContext } from "preact";
import { useContext, useEffect, useMemo, useReducer } from "preact/hooks";
import type { Api } from "../api/client";
import type { Scope } from "../api/types";
import { Collection, type CollectionOptions } from "../model/collection";
import type { Feed } from "../model/feed";
import type { Observable } from "../model/observable";
import type { Overview } from "../model/overview";
import { may, type SessionModel } from "../model/session";
import type { StatsReader } from "../model/stats_reader";

export interface NodeModels {
  api: Api;
  session: SessionModel;
  feed: Feed;
  stats: StatsReader;
  overview: Overview;
}

export const NodeContext = createContext<NodeModels | undefined>(undefined);

export function useNode(): NodeModels {
  return useContext(NodeContext)!;
}

/** Draws anew whenever the model changes. */
export function useObserved<T extends Observable>(model: T): T {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => model.watch(() => draw(0)), [model]);
  return model;
}

/** The node's time; draws anew each second. */
export function useNow(): number {
  const { feed } = useNode();
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => draw(0), 1000);
    return () => clearInterval(timer);
  }, []);
  return feed.clock.now();
}

export function useMay(): (scope: Scope, ownerId?: string) => boolean {
  const session = useObserved(useNode().session);
  return (scope, ownerId) => may(session.session, scope, ownerId);
}

/** A list that follows events for as long as it is shown; anew with `key`. */
export function useCollection<T>(key: string, options: CollectionOptions<T>): Collection<T> {
  const { api, feed } = useNode();
  const collection = useMemo(() => new Collection<T>(api, options), [key]);
  useEffect(() => {
    void collection.load();
    const ends = [
      feed.onEvents((events) => collection.fold(events)),
      feed.onRestart(() => void collection.load()),
    ];
    return () => {
      for (const end of ends) end();
      collection.close();
    };
  }, [collection]);
  const { kind } = useObserved(feed).state;
  useEffect(() => {
    if (kind === "live" && collection.state === "failed") void collection.load();
  }, [kind, collection]);
  return useObserved(collection);
}
