"use strict";
const root = document.documentElement;
const theme = document.getElementById("theme");
const isDark = () =>
  root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
const showTheme = () => {
  theme.textContent = isDark() ? "Light" : "Dark";
  theme.setAttribute("aria-pressed", String(isDark()));
};
theme.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  showTheme();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);
showTheme();

const findings = [...document.querySelectorAll(".finding")];
const filters = [...document.querySelectorAll("[data-filter]")];
const search = document.getElementById("search");
const none = document.getElementById("none");
const update = () => {
  const wanted = filters.filter((f) => f.getAttribute("aria-pressed") === "true").map((f) => f.dataset.filter);
  const text = search.value.trim().toLowerCase();
  let shown = 0;
  for (const finding of findings) {
    const visible =
      wanted.includes(finding.dataset.certainty) && finding.textContent.toLowerCase().includes(text);
    finding.hidden = !visible;
    shown += visible;
  }
  none.hidden = shown > 0;
};
for (const filter of filters) {
  filter.addEventListener("click", () => {
    filter.setAttribute("aria-pressed", String(filter.getAttribute("aria-pressed") !== "true"));
    update();
  });
}
search.addEventListener("input", update);
for (const chip of document.querySelectorAll(".chip")) {
  chip.addEventListener("click", () => {
    search.value = chip.dataset.code;
    update();
    const found = findings.find((finding) => !finding.hidden);
    if (found) {
      found.open = true;
      found.scrollIntoView({ block: "center" });
      found.querySelector("summary").focus();
    }
  });
}
update();
