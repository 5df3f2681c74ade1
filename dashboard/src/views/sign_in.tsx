// Asks for a token when the node wants one.
// Must not know what tokens look like.
import { useState } from "preact/hooks";
import { useNode, useObserved } from "../ui/node_context";

export function SignIn() {
  const { api, session } = useNode();
  const { error } = useObserved(session);
  const [token, setToken] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    await session.open(api, token.trim());
    setBusy(false);
  };
  return (
    <main class="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h1>Holdfast</h1>
        <p>This node asks who you are. Paste a token of yours; <code>holdfast token new</code> makes one.</p>
        <label class="field">
          Token
          <input
            type="password"
            autocomplete="off"
            spellcheck={false}
            required
            maxLength={512}
            autofocus
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <p class="refusal" role="alert">
          {error}
        </p>
        <div class="buttons">
          <button type="submit" class="primary" disabled={busy || token.trim() === ""}>
            Sign in
          </button>
        </div>
        <p class="quiet-text">It stays in this browser tab, until you sign out or close it.</p>
      </form>
    </main>
  );
}
