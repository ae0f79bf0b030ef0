// What each control does, and Excel, when it is there.

function start() {
  at("query").addEventListener("input", listFunctions);
  at("back").addEventListener("click", closeCall);
  at("call").addEventListener("submit", insertCall);
  at("call").addEventListener("keydown", event => { if (event.key === "Escape") closeCall(); });
  at("explain-now").addEventListener("click", explain);
  at("price-form").addEventListener("submit", lookUp);
  at("insert-value").addEventListener("click", insertPrice);
  at("insert-call").addEventListener("click", insertPriceCall);
  at("token-form").addEventListener("submit", countSelection);
  at("check-now").addEventListener("click", readChecks);
  at("kind").replaceChildren(...breakeven.KINDS.map(kind => {
    const option = made("option", kind.replace(/_/g, " "));
    option.value = kind;
    return option;
  }));
  listFunctions();
}
async function listModels() {
  if (at("models").childElementCount) return;
  const loaded = await breakeven.answerLater("PRICES_AS_OF", []);
  if (loaded instanceof breakeven.CalcError) return say(loaded.message, true);
  at("models").replaceChildren(...breakeven.models().map(name => {
    const option = made("option");
    option.value = name;
    return option;
  }));
}
start();
document.documentElement.dataset.ready = "true";
if (typeof Office === "object" && Office.onReady) {
  Office.onReady(info => { hasExcel = Boolean(info && info.host === "Excel"); });
}
