// Opens the pane in Chromium, does what a person would, and prints what was seen.
import { readFileSync } from "node:fs";
import { chromium } from "../../node/node_modules/playwright-core/index.mjs";

const { url, browser: executablePath, pictures } = JSON.parse(readFileSync(0, "utf8"));
const browser = await chromium.launch({
  executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const seen = { errors: [], requests: [] };
async function open(settings = {}, query = "") {
  const context = await browser.newContext({ viewport: { width: 320, height: 640 }, ...settings });
  const page = await context.newPage();
  page.on("pageerror", error => seen.errors.push(String(error)));
  page.on("console", message => { if (message.type() === "error" && !message.text().includes("Content Security Policy")) seen.errors.push(message.text()); });
  page.on("request", request => seen.requests.push(request.url()));
  const started = Date.now();
  await page.goto(`${url}taskpane.html${query}`);
  await page.waitForSelector("html[data-ready]");
  seen.ready = Date.now() - started;
  return page;
}
const text = (page, selector) => page.locator(selector).innerText();
const select = (page, cell) => page.evaluate(address => { stub.workbook.selection = address; }, cell);
const cell = (page, address) => page.evaluate(at => stub.sheets.Model[at], address);
const shot = async (page, name) => { if (pictures) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true }); };

const page = await open();
seen.functions = await page.locator("#functions button").count();
seen.wide = await page.evaluate(() => document.documentElement.scrollWidth);
await shot(page, "functions");
seen.spoken = await page.locator("body").ariaSnapshot();
await page.fill("#query", "break even months");
seen.found = await page.locator("#functions strong").allInnerTexts();
await page.locator("#functions button", { hasText: "FT_BREAKEVEN" }).first().click();
await select(page, "A1");
await page.locator("[aria-label='Take upfront from the selected cells']").click();
await page.fill("#argument-pe_monthly", "315");
await page.fill("#argument-ft_monthly", "-9");
seen.preview = await text(page, "#call-text");
seen.spokenCall = await page.locator("#call").ariaSnapshot();
await shot(page, "call");
await page.fill("#argument-upfront", "12");
await page.waitForFunction(() => document.getElementById("call-check").textContent.length > 20);
seen.bad = await text(page, "#call-check");
await page.fill("#argument-ft_monthly", "9");
await page.waitForFunction(() => document.getElementById("call-check").textContent.startsWith("Gives"));
seen.gives = await text(page, "#call-check");
await select(page, "D1");
await page.keyboard.press("Tab");
await page.locator("#call button.primary").press("Enter");
await page.waitForFunction(() => document.getElementById("status").textContent !== "");
seen.inserted = (await cell(page, "D1")).formula;

await page.locator("#tab-find").press("ArrowRight"); // to Explain, by keyboard
seen.focused = await page.evaluate(() => document.activeElement.id);
for (const [name, at] of [["right", "C1"], ["wrong", "C2"], ["nested", "C3"], ["none", "A1"]]) {
  await select(page, at);
  await page.evaluate(() => { document.getElementById("explained").replaceChildren(); });
  await page.locator("#explain-now").press("Enter");
  await page.waitForFunction(() => document.getElementById("explained").textContent !== "");
  seen[name] = await text(page, "#explained");
  if (name === "wrong") await shot(page, "explain");
}
seen.markup = await page.evaluate(() => [document.querySelectorAll("#explained img").length, window.hacked ?? 0]);

await page.locator("#tab-price").click();
await page.fill("#model", "gpt-4o");
await page.fill("#day", "2024-06-01");
await page.locator("#price-form button").click();
await page.waitForSelector("#price-found .figure");
seen.price = await text(page, "#price-found");
await select(page, "F1");
await page.locator("#insert-value").click();
await page.waitForFunction(() => document.getElementById("status").textContent !== "");
seen.priceCell = [await cell(page, "F1"), await cell(page, "G1")];
await page.locator("#insert-value").click();
await page.waitForSelector("#status.bad");
seen.notEmpty = await text(page, "#status");
await shot(page, "price");
await page.fill("#model", "no such model");
await page.locator("#price-form button").click();
await page.waitForFunction(() => document.getElementById("price-found").textContent.includes("no such model"));
seen.noPrice = await text(page, "#price-found");

await page.locator("#tab-tokens").click();
await select(page, "A5");
await page.fill("#token-model", "gpt-4");
await page.locator("#token-form button").click();
await page.waitForSelector("#counted .figure");
seen.tokens = await text(page, "#counted");
await shot(page, "tokens");

await page.locator("#tab-questions").click();
await page.locator("#check-now").click();
await page.waitForSelector("#asked li");
seen.questions = await text(page, "#asked");
seen.bold = await page.locator("#asked b").count();
await page.locator("#asked button", { hasText: "Price far" }).click();
await page.waitForFunction(() => stub.workbook.selection === "A2");
seen.wentTo = await page.evaluate(() => [stub.workbook.sheet, stub.workbook.selection]);
await page.locator("#asked button", { hasText: "CALL_COST" }).click();
await page.waitForFunction(() => stub.workbook.sheet === "Checks");
seen.wentToRow = await page.evaluate(() => stub.workbook.selection);
await shot(page, "checks");
// What the policy in the page refuses: a script in the page, a question to another server.
seen.policy = await page.evaluate(async () => {
  const script = document.createElement("script");
  script.textContent = "window.injected = 1";
  document.body.append(script);
  const asked = await fetch("https://example.com/").then(() => "answered", () => "refused");
  return [window.injected ?? 0, asked];
});

const phone = await open({ colorScheme: "dark" });
await phone.fill("#query", "price");
await shot(phone, "dark");
await phone.locator("#functions button", { hasText: "CALL_COST" }).first().click();
await shot(phone, "dark-call");

// The functions as Excel on the desktop calls them: a blank cell arrives as 0, its address beside it.
const desktop = await open({}, "?platform=PC");
seen.desktop = await desktop.evaluate(async () => {
  const call = (name, values, addresses) => stub.associated[name](...values, { parameterAddresses: addresses });
  const one = value => [[value]];
  const tried = async work => { try { return await work(); } catch (error) { return error.code + "|" + (error.message ?? ""); } };
  const cost = cached => [one(1000), one(0), one(2), one(0), one(1000), one(cached)];
  const places = last => ["Model!B1", "Model!B1", "Model!B1", "Model!B1", "Model!B1", last];
  stub.sheets.Model.H1 = 0;
  return {
    blank: await tried(() => call("CALL_COST", cost(0), places("Model!H9"))),
    zero: await tried(() => call("CALL_COST", cost(0), places("Model!H1"))),
    unknown: await tried(() => call("CALL_COST", cost(0), places("Nowhere!H1"))),
    left: await tried(() => call("CALL_COST", [...cost(0).slice(0, 5), null], places(null))),
    error: await tried(() => call("FT_BREAKEVEN", [one({ type: "Error", basicValue: "#N/A" }), one(3), one(1)], [])),
    never: await tried(() => call("FT_BREAKEVEN", [one(1), one(1), one(2)], [])),
    spill: await tried(() => call("FT_BREAKEVEN", [[[12], [13]], one(315), [[9], [400]]], [])),
    check: await tried(() => call("FT_CHECK", [one("FT_ROI"), [one(12), one(2), one(1)]], [])),
    tokens: await tried(() => call("TOKEN_COUNT", [one("tiktoken is great!"), one("gpt-4")], [])),
  };
});
seen.associated = await desktop.evaluate(() => Object.keys(stub.associated).length);
await desktop.route("**/data/*", route => route.abort());
seen.unloaded = await desktop.evaluate(async () => {
  try { return await stub.associated.TOKEN_COUNT([["x"]], [["gpt-4o"]], {}); } catch (error) { return `${error.code} ${error.message}`; }
});
await desktop.unroute("**/data/*");
await desktop.route("**/data/r50k*", route => route.fulfill({ body: "another file" }));
seen.another = await desktop.evaluate(async () => {
  try { return await stub.associated.TOKEN_COUNT([["x"]], [["r50k_base"]], {}); } catch (error) { return `${error.code} ${error.message}`; }
});
await browser.close();
process.stdout.write(JSON.stringify(seen));
