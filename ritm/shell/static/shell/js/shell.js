// Everything that a page may need from script; each module listens on the document and costs nothing until used.
import "./theme.js";
import "./toasts.js";
