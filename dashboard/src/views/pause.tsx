// Whether new tasks start, to be seen everywhere, and the switch.
// Must not know what tasks there are.
import { useState } from "preact/hooks";
import { ActionDialog } from "../ui/dialog";
import { useMay, useNode, useObserved } from "../ui/node_context";
import { say } from "../ui/notices";

/** Pausing concerns all owners: a token of one owner may not. */
export function PauseSwitch() {
  const { api, stats } = useNode();
  const allowed = useMay();
  const [asking, setAsking] = useState(false);
  const paused = useObserved(stats).value?.paused;
  if (paused === undefined) return null;
  const act = async () => {
    await api.send("POST", paused ? "/v1/resume" : "/v1/pause");
    stats.touch();
    say(paused ? "Tasks start again." : "No new task starts.");
  };
  return (
    <>
      <span class={paused ? "run-state paused" : "run-state"}>{paused ? "Paused" : "Running"}</span>
      {allowed("operate") && (
        <button type="button" onClick={() => setAsking(true)}>
          {paused ? "Resume…" : "Pause…"}
        </button>
      )}
      {asking && (
        <ActionDialog
          title={paused ? "Start tasks again?" : "Start no new tasks?"}
          confirm={paused ? "Resume" : "Pause"}
          danger={!paused}
          act={act}
          onClose={() => setAsking(false)}
        >
          <p>
            {paused
              ? "Trades and other tasks that wait are begun, in their order."
              : "No trade or other task is begun until somebody resumes. What is under way ends; locks of clients, queues and emergencies go on."}
          </p>
        </ActionDialog>
      )}
    </>
  );
}

export function PauseBanner() {
  const paused = useObserved(useNode().stats).value?.paused;
  if (!paused) return null;
  return (
    <p class="banner" role="status">
      This node is paused: no new task starts.
    </p>
  );
}
