// Opens pages in Chromium, moves inputs as a person does, and prints what they then show.
import { readFileSync } from "node:fs";
import { chromium } from "../../../node/node_modules/playwright-core/index.mjs";

const { browser: executablePath, pages } = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({
  executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const found = [];
for (const { path, moves, picture, settings } of pages) {
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
    await page.locator("#options-part").scrollIntoViewIfNeeded();
    await page.locator("#chart").evaluate(element => element.scrollIntoView());
    await page.screenshot({ path: `${picture}-chart.png` });
  }
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
