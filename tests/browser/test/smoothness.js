// Ten thousand locks and a hundred events a second: how long frames take,
// and that no more rows are drawn than fit the screen.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fill, stir } from "../support/load.js";
import { scene } from "../support/scene.js";
import { until } from "../support/node_process.js";

const locks = 10_000;
const eventsPerSecond = 100;
const measureMs = 5000;

/** Frame times while the list is scrolled by so many pixels a frame. */
function frames(tab, by) {
  return tab.page.evaluate(
    async ([ms, pixels]) => {
      const times = [];
      let longestTask = 0;
      const tasks = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries())
          longestTask = Math.max(longestTask, duration);
      });
      tasks.observe({ type: "longtask" });
      let last = performance.now();
      const end = last + ms;
      while (last < end) {
        const grid = document.querySelector(".grid");
        if (pixels > 0) grid.scrollTop = (grid.scrollTop + pixels) % grid.scrollHeight;
        const now = await new Promise(requestAnimationFrame);
        times.push(now - last);
        last = now;
      }
      tasks.disconnect();
      times.sort((a, b) => a - b);
      const at = (share) => times[Math.floor(times.length * share)];
      return { frames: times.length, median: at(0.5), p95: at(0.95), p99: at(0.99), longestTask };
    },
    [measureMs, by],
  );
}

describe("smoothness", () => {
  const at = scene();

  test("10,000 locks at 100 events a second", async () => {
    await fill(at.node, locks);
    const load = stir(at.node, eventsPerSecond);
    const tab = await at.tab();
    await tab.go("locks");
    await tab.see(tab.row("fill:"));
    const report = {};
    report["locks, at rest"] = await frames(tab, 0);
    report["locks, scrolling"] = await frames(tab, 120);
    await until("all rows are there", async () => {
      await tab.page.locator(".grid").evaluate((grid) => (grid.scrollTop = grid.scrollHeight));
      const text = await tab.page.locator(".list-state .figure").textContent();
      return Number(text.replace(/\D/g, "")) >= locks && !text.includes("more");
    });
    report["locks, all read, scrolling"] = await frames(tab, 9970);
    const drawn = await tab.page.locator(".row").count();
    assert.ok(drawn < 80, `${drawn} rows are drawn`);
    await tab.go("history");
    await tab.see(tab.row("granted"));
    report["history, following"] = await frames(tab, 0);
    await tab.go("overview");
    await tab.see(tab.page.locator(".tile"));
    report["overview"] = await frames(tab, 0);
    await load.stop();
    console.log(JSON.stringify(report, (_, x) => (typeof x === "number" ? Math.round(x * 10) / 10 : x), 2));
    // Told, and not judged: machines that run tests are busy with other things.
    for (const [what, { frames }] of Object.entries(report)) assert.ok(frames > 1, `${what}: stands still`);
    await tab.close();
  });
});
