// Asking before something is changed: what will happen, why, yes or no.
// Must not know what is changed.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { reasonOf } from "../api/client";

interface DialogProps {
  title: string;
  children: ComponentChildren;
  confirm: string;
  /** The act cannot be taken back. */
  danger?: boolean;
  ready?: boolean;
  act(): Promise<void>;
  onClose(): void;
}

/** Stays open, and says why, when the node refuses. */
export function ActionDialog(props: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  useEffect(() => {
    const node = dialog.current!;
    const before = document.activeElement;
    node.showModal();
    return () => {
      node.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const submit = async () => {
    setBusy(true);
    setError("");
    try {
      await props.act();
      props.onClose();
    } catch (why) {
      setError(reasonOf(why));
      setBusy(false);
    }
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h2 id="dialog-title">{props.title}</h2>
        {props.children}
        <p class="refusal" role="alert">
          {error}
        </p>
        <div class="buttons">
          <button type="button" onClick={props.onClose}>
            Keep as it is
          </button>
          <button
            type="submit"
            class={props.danger ? "danger" : "primary"}
            disabled={busy || props.ready === false}
          >
            {props.confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** Why: goes into the journal beside the name of who did it. */
export function ReasonField(props: { value: string; onInput(value: string): void }) {
  return (
    <label class="field">
      Reason, for the journal
      <textarea
        required
        rows={2}
        maxLength={1000}
        value={props.value}
        autofocus
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </label>
  );
}

/** What is known of something; what is not known is left out. */
export function Facts(props: { rows: [name: string, value: ComponentChildren][] }) {
  const known = props.rows.filter(([, value]) => value !== undefined && value !== null && value !== "");
  return (
    <dl class="facts">
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
