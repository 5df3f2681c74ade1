// What was done, told once, also to screen readers.
// Must not know what was done.
import { useEffect } from "preact/hooks";
import { Observable } from "../model/observable";
import { useObserved } from "./node_context";

const shownMs = 6000;

class Notices extends Observable {
  text = "";

  say(text: string): void {
    this.text = text;
    this.changed();
  }
}

const notices = new Notices();

export const say = (text: string): void => notices.say(text);

export function NoticeLine() {
  const { text } = useObserved(notices);
  useEffect(() => {
    if (!text) return undefined;
    const timer = setTimeout(() => notices.say(""), shownMs);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div class={text ? "notice shown" : "notice"} role="status">
      {text}
    </div>
  );
}
