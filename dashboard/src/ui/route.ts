// Where one is on the page, kept in the address, so that a view can be
// reloaded, bookmarked and sent to somebody.
// Must not know which views there are.
import { useEffect, useState } from "preact/hooks";

export interface Route {
  view: string;
  params: Record<string, string>;
}

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  return {
    view: path || "overview",
    params: Object.fromEntries(new URLSearchParams(query)),
  };
}

export function toHash(view: string, params: Record<string, string | undefined> = {}): string {
  const given = Object.entries(params).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== "",
  );
  const query = new URLSearchParams(given).toString();
  return `#/${view}${query ? `?${query}` : ""}`;
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const changed = () => setRoute(parseRoute(location.hash));
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return route;
}

/** Changes parameters of the view one is in. */
export function setParams(changes: Record<string, string | undefined>): void {
  const { view, params } = parseRoute(location.hash);
  location.hash = toHash(view, { ...params, ...changes });
}
