// Runs a main.py in Pyodide, as xlwings Lite would, over a stand-in for xlwings' decorators or xlwings itself.
// Input, as JSON on standard input: folder of Pyodide, files to write (path: text), code to run.
// The last line printed is what the code leaves in `result`, a JSON text.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const order = JSON.parse(readFileSync(0, "utf8"));
const { loadPyodide } = await import(pathToFileURL(order.pyodide + "/pyodide.mjs"));
const pyodide = await loadPyodide({ indexURL: order.pyodide + "/" });
for (const [path, text] of Object.entries(order.files)) {
  pyodide.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
  pyodide.FS.writeFile(path, text);
}
pyodide.runPython(order.code);
console.log(pyodide.globals.get("result"));
