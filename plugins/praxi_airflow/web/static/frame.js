// The report's own page has no origin, so it can't see how Airflow looks: its address says that.
"use strict";
(() => {
  const frame = document.getElementById("report");
  const show = () => {
    const theme = document.documentElement.dataset.theme;
    frame.src = `${location.pathname}${theme ? `#theme=${theme}` : ""}`;
  };
  show();
  addEventListener("praxi:theme", show);
})();
