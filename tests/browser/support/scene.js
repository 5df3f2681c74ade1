// A node, its page, and a browser, for the tests of one file.
// Must not know what is tested.
import { after, before } from "node:test";
import { startBrowser, Tab } from "./browser.js";
import { NodeProcess } from "./node_process.js";

/** Made before the first test of the file, and removed after its last. */
export function scene({ config, environment } = {}) {
  const made = {
    node: undefined,
    /** A new tab, with a session of its own, closed by the test. */
    tab: (options) => Tab.open(made.browser, made.node.url, options),
  };
  before(async () => {
    made.node = await new NodeProcess(config, environment).start();
    made.browser = await startBrowser();
  });
  after(async () => {
    await made.browser?.close();
    await made.node?.remove();
  });
  return made;
}
