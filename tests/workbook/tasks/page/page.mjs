// Opens pages in Chromium, moves inputs as a person does, and prints what they then show.
import { readFileSync } from "node:fs";
import { chromium } from "../../../node/node_modules/playwright-core/index.mjs";

const { browser: executablePath, pages } = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({
  executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const found = [];
for (const { path, moves, picture, settings, weighed } of pages) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...settings });
  const page = await context.newPage();
  const errors = [], requests = [];
  page.on("pageerror", error => errors.push(String(error)));
  page.on("console", message => { if (message.type() === "error") errors.push(message.text()); });
  page.on("request", request => { if (!request.url().startsWith("file:")) requests.push(request.url()); });
  const started = Date.now();
  await page.goto(`file://${path}`);
  await page.waitForSelector("html[data-ready]");
  const seen = { errors, requests, ready: Date.now() - started, settled: await page.evaluate(() => globalThis.page?.isSettled()) };
  seen.difference = await page.evaluate(() => globalThis.page?.difference());
  seen.values = seen.difference ? await page.evaluate(() => { const [s, r, c] = globalThis.page.difference(); const value = globalThis.page.value(s, r, c); return [String(value && value.code || value)]; }) : [];
  seen.before = await page.evaluate(() => globalThis.page.outputs());
  seen.wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (picture) await page.screenshot({ path: `${picture}.png`, fullPage: true });
  if (picture) {
    await page.screenshot({ path: `${picture}-top.png` });
    await page.locator("#chart").evaluate(element => element.scrollIntoView());
    await page.screenshot({ path: `${picture}-chart.png` });
  }
  // What each input does, moved by itself, in the order of the sliders: by the page's public doors, not by its own list.
  if (weighed) seen.order = await page.evaluate(() => [...document.querySelectorAll("input[type=range]")].map(range => {
    const name = range.id.slice("range-".length), input = MODEL.inputs.find(known => known.name === name);
    const outputs = value => { globalThis.page.set(name, value); return globalThis.page.outputs(); };
    const step = input.value ? Math.abs(input.value) / 4 : (input.high - input.low) / 20;
    const ends = [-1, 1].map(sign => input.value + sign * step)
      .map(value => Math.min(input.most ?? Infinity, Math.max(input.least ?? -Infinity, input.whole ? Math.round(value) : value)));
    const seen_ = [...ends, input.value].map(outputs), worth = seen_.map(found => found.out_rec_npv);
    return [name, new Set(seen_.map(found => found.out_recommendation)).size > 1, Math.max(...worth) - Math.min(...worth)];
  }));
  seen.lines = await page.locator("#months polyline").count();
  seen.key = await page.locator("#months-key").innerText();
  if (await page.locator("#more-part summary").isVisible()) await page.locator("#more-part summary").click();
  for (const [name, value, by] of moves || []) {
    const field = page.locator(`#${by === "sliders" ? "range" : "number"}-${name}`);
    if (by === "sliders") await field.evaluate((element, to) => { element.value = to; element.dispatchEvent(new Event("input", { bubbles: true })); }, value);
    else await field.fill(String(value));
  }
  seen.moved = await page.evaluate(() => Object.fromEntries(MODEL.inputs.map(input => [input.name, globalThis.page.value(...input.cell)])));
  seen.after = await page.evaluate(() => globalThis.page.outputs());
  seen.answer = await page.locator("#answer").innerText();
  if (picture && moves) await page.screenshot({ path: `${picture}-moved.png`, fullPage: true });
  if (moves && moves.length && await page.locator("#reset").isEnabled()) {
    await page.locator("#reset").click();
    seen.reset = await page.evaluate(() => globalThis.page.outputs());
  }
  seen.warning = await page.locator("#warning").isVisible();
  seen.text = await page.locator("body").innerText();
  seen.images = await page.locator("img").count();
  seen.hacked = await page.evaluate(() => globalThis.hacked ?? 0);
  found.push(seen);
  await context.close();
}
await browser.close();
process.stdout.write(JSON.stringify(found));
