// Light or dark as Airflow is, whose pages keep that in this origin's storage; else as the system is.
"use strict";
(() => {
  const follow = () => {
    let theme = "";
    try { theme = localStorage.getItem("theme") || ""; } catch { /* a frame without an origin has no storage */ }
    const known = theme === "dark" || theme === "light";
    if (known) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    dispatchEvent(new Event("praxi:theme"));
  };
  follow();
  addEventListener("storage", follow);
})();
