// What the node calls for help for is on the page while it fires, also on one
// that is opened later; and how soon a page is painted.
import { describe, test } from "node:test";
import { scene } from "../support/scene.js";

const text = "3 wait for trade:A";
const long = { timeoutMs: 600_000 };

describe("alerts", () => {
  const at = scene({ config: () => "[alerts]\nqueue_depth = 2\nresolved_after_s = 1\n" });

  test("one that fires is shown until it is over", async () => {
    const tab = await at.tab();
    await tab.go("overview");
    await tab.see(tab.page.locator(".tile"));
    await at.node.lock("trade:A", long);
    const entries = [];
    for (const ownerId of ["a", "b", "c"])
      entries.push(await at.node.wait("trade:A", { ownerId, ...long }));
    const alert = tab.page.locator(".alerts");
    await tab.see(alert.getByText("queue depth"));
    await tab.see(alert.getByText(text));
    await tab.checkAccess("an alert");
    await tab.picture("alert");
    const later = await at.tab();
    await later.go("overview");
    await later.see(later.page.locator(".alerts").getByText(text));
    const paints = await later.page.evaluate(() =>
      performance.getEntriesByType("paint").map(({ name, startTime }) => `${name} ${Math.round(startTime)} ms`),
    );
    console.log(paints.join(", ")); // told, and not judged
    await later.close();
    for (const { entryId } of entries) await at.node.call("DELETE", `/v1/queue/${entryId}`);
    await tab.gone(alert);
    await tab.close();
  });
});
