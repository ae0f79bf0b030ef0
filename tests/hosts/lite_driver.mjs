// Runs main.py files in Pyodide, as xlwings Lite would, over a stand-in for xlwings' decorators or xlwings itself.
// Each line of input is an order, as JSON: folder of Pyodide, files to write (path: text), code to run. Each line of
// output is what the code leaves in `result`, a JSON text. Pyodide is loaded once; no order finds modules or names of
// the one before it.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

let pyodide, forget;
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  if (!pyodide) {
    const { loadPyodide } = await import(pathToFileURL(order.pyodide + "/pyodide.mjs"));
    pyodide = await loadPyodide({ indexURL: order.pyodide + "/", stdout: text => console.error(text) });
    forget = pyodide.runPython(`
import sys
def forget(modules=frozenset(sys.modules), path=tuple(sys.path)):
    for name in set(sys.modules) - modules:
        del sys.modules[name]
    sys.path[:] = path
forget`);
  }
  forget();
  for (const [path, text] of Object.entries(order.files)) {
    pyodide.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    pyodide.FS.writeFile(path, text);
  }
  const names = pyodide.toPy({});
  pyodide.runPython(order.code, { globals: names });
  console.log(names.get("result"));
}
