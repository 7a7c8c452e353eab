// The gallery's own buttons.
import { toast } from "./toasts.js";

document.querySelector("[data-gallery-toast]")?.addEventListener("click", () => {
  toast({ text: "Клиент отложен до 20 марта", undo: "/_ui/" });
});
