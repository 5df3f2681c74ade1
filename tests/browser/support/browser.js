// Chromium, and what every view is held to: no error in the console, nothing
// asked of anybody else, accessible, no wider than the screen.
// Must not know any view.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const executable = process.env.HOLDFAST_CHROMIUM ?? "/usr/bin/chromium";
const pictures = process.env.HOLDFAST_SCREENSHOTS;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A browser with a fresh profile, which talks to nobody but the page. */
export function startBrowser() {
  return chromium.launch({
    executablePath: executable,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** One tab with a session of its own. */
export class Tab {
  errors = [];
  strangers = new Set();

  /** `forgiven`: console errors that belong to the test. */
  static async open(browser, url, { forgiven, ...options } = {}) {
    const tab = new Tab();
    tab.url = url;
    tab.context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    tab.page = await tab.context.newPage();
    tab.page.setDefaultTimeout(20_000);
    tab.page.on("console", (message) => {
      if (message.type() !== "error" && message.type() !== "warning") return;
      const text = `${message.text()} ${message.location().url}`;
      if (!forgiven?.test(text)) tab.errors.push(text);
    });
    tab.page.on("pageerror", (error) => tab.errors.push(String(error)));
    tab.page.on("request", (request) => {
      if (!request.url().startsWith(url) && !/^(blob|data):/.test(request.url()))
        tab.strangers.add(request.url());
    });
    await tab.page.goto(url);
    return tab;
  }

  async go(view) {
    await this.page.goto(`${this.url}/#/${view}`);
    await this.page.locator("main h1").first().waitFor({ state: "attached" });
  }

  row(text) {
    return this.page.locator(".row:not(.gone)", { hasText: text });
  }

  async see(locator) {
    await locator.first().waitFor();
  }

  async gone(locator) {
    await locator.first().waitFor({ state: "hidden" });
  }

  /** A picture for people to look at, when they ask for it. */
  async picture(name) {
    if (!pictures) return;
    mkdirSync(pictures, { recursive: true });
    await this.page.screenshot({ path: `${pictures}/${name}.png` });
  }

  /** What axe finds serious or worse. */
  async checkAccess(what) {
    await this.page.evaluate(axe); // outside of the page's policy
    const found = await this.page.evaluate(async () => {
      const { violations } = await globalThis.axe.run(document, {
        resultTypes: ["violations"],
      });
      return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("\n")}`);
    });
    assert.deepEqual(found, [], `${what} is accessible`);
  }

  /** Nothing is wider than the screen. */
  async checkWidth(what) {
    const { asked, have } = await this.page.evaluate(() => ({
      asked: Math.max(
        document.documentElement.scrollWidth,
        ...[...document.querySelectorAll("main, .grid, .detail, .detail-body, dialog")].map(
          (node) => node.getBoundingClientRect().left + node.scrollWidth,
        ),
      ),
      have: innerWidth,
    }));
    assert.ok(asked <= have, `${what} asks for ${asked} of ${have} pixels`);
  }

  async close() {
    await this.context.close();
    assert.deepEqual(this.errors, [], "the console is empty");
    assert.deepEqual([...this.strangers], [], "nobody else was asked");
  }
}
