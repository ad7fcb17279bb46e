// A unit's page (部门填报页): counts letters, begins with last period's text, warns before what is typed is left behind.
(() => {
  "use strict";
  const all = (query) => Array.from(document.querySelectorAll(query));

  all("textarea[data-counted]").forEach((area) => {
    const shown = document.getElementById(area.dataset.counted);
    const count = () => { shown.textContent = String(Array.from(area.value.trim()).length); };
    area.addEventListener("input", count);
    count();
  });

  all("button[data-begin]").forEach((button) => {
    const area = document.getElementById(button.dataset.into);
    const from = document.getElementById(button.dataset.begin);
    const show = () => { button.hidden = area.value.trim() !== ""; };
    area.addEventListener("input", show);
    button.addEventListener("click", () => {
      area.value = from.textContent.trim();
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    });
    show();
  });

  all("form[data-unsaved]").forEach((form) => {
    let changed = false;
    let sent = false;
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", () => { sent = true; });
    window.addEventListener("beforeunload", (event) => {
      if (changed && !sent) event.preventDefault();
    });
  });
})();
