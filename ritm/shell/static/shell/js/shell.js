// Everything that a page may need from script; each module listens on the document and costs nothing until used.
import "./theme.js";
import "./toasts.js";
import "./requests.js";
import "./overlays.js";
import "./menus.js";
import "./palette.js";
import "./hotkeys.js";
import "./roving.js";
import "./actions.js";
import "./selection.js";
import "./drops.js";
import "./measures.js";
import "./charts.js";
