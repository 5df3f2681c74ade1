// Who looks at the page, and what he may do. The token lives in the browser's
// session storage alone.
// Must not know what actions there are.
import type { Api } from "../api/client";
import { ApiError, reasonOf } from "../api/client";
import type { Scope, Session } from "../api/types";
import { Observable } from "./observable";

const tokenKey = "holdfast.token";
const order: Scope[] = ["read", "trade", "operate"];

/** May a session of this kind do what needs `scope`, to what is `ownerId`'s? */
export function may(session: Session | undefined, scope: Scope, ownerId?: string): boolean {
  if (!session || order.indexOf(session.scope) < order.indexOf(scope)) return false;
  return session.ownerId === undefined || session.ownerId === ownerId;
}

export class SessionModel extends Observable {
  session: Session | undefined;
  state: "starting" | "needs-token" | "open" | "unreachable" = "starting";
  error = "";

  get token(): string {
    return sessionStorage.getItem(tokenKey) ?? "";
  }

  get hasToken(): boolean {
    return this.token !== "";
  }

  /** Asks the node who this is. */
  async open(api: Api, token?: string): Promise<void> {
    if (token !== undefined) sessionStorage.setItem(tokenKey, token);
    try {
      this.session = await api.get<Session>("/v1/session");
      this.state = "open";
      this.error = "";
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        this.error = token === undefined ? "" : "The node does not know this token.";
        this.refused();
        return;
      }
      this.state = "unreachable";
      this.error = reasonOf(error);
    }
    this.changed();
  }

  /** The node wants a token, or another one. */
  refused(): void {
    sessionStorage.removeItem(tokenKey);
    this.session = undefined;
    this.state = "needs-token";
    this.changed();
  }
}
