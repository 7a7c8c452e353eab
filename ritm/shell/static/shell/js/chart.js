// Draws the columns of a table as a chart: the table stays beside it, and is what those hear who cannot see.
//
//   <script type="module" src="chart.js" id="charts" data-library="echarts.min.js"></script>
//   <figure class="chart" data-chart-of="months" data-chart-columns="a" data-chart-kind="bar" data-chart-unit="%">
//   <table id="months"> … <th data-chart-column="a" data-chart-name="…"> … <td data-value="12.5">
//
// One series per head cell of that column; the rows' heads are the axis. The library comes when a chart comes into sight.
const script = document.getElementById("charts");
const INKS = ["--accent", "--status-slipping", "--status-won_back", "--status-new", "--status-lost"];
const drawn = new Map();
let library;

function load() {
  library ??= new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    tag.src = script.dataset.library;
    tag.onload = () => resolve(window.echarts);
    tag.onerror = reject;
    document.head.append(tag);
  });
  return library;
}

// Tokens are light-dark(oklch(…)): a painted pixel says what that is here and now.
const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
function ink(token) {
  const probe = document.createElement("i");
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = getComputedStyle(probe).color;
  pixel.fillRect(0, 0, 1, 1);
  probe.remove();
  const [r, g, b] = pixel.getImageData(0, 0, 1, 1).data;
  return `rgb(${r}, ${g}, ${b})`;
}

function read(figure) {
  const table = document.getElementById(figure.dataset.chartOf);
  const heads = [...table.tHead.rows].at(-1).cells;
  const rows = [...table.tBodies[0].rows];
  const series = [...heads]
    .map((head, place) => ({ head, place }))
    .filter(({ head }) => head.dataset.chartColumn === figure.dataset.chartColumns)
    .map(({ head, place }) => ({
      name: head.dataset.chartName,
      values: rows.map((row) => {
        const value = row.querySelectorAll("td")[place]?.dataset.value;
        return value === undefined ? null : Number(value);
      }),
    }));
  return { names: rows.map((row) => row.querySelector("th").textContent), series };
}

function options(figure) {
  const { names, series } = read(figure);
  const share = figure.dataset.chartUnit === "%";
  const language = document.documentElement.lang;
  const number = new Intl.NumberFormat(language, share ? { style: "percent", maximumFractionDigits: 0 } : {});
  const text = { color: ink("--text-muted"), fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 };
  const line = { lineStyle: { color: ink("--line") } };
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 150,
    color: INKS.map(ink),
    textStyle: text,
    grid: { left: 4, right: 12, top: 12 + 20 * series.length, bottom: 4, containLabel: true },
    legend: { show: series.length > 1, orient: "vertical", left: 0, top: 0, itemGap: 4, itemWidth: 14, itemHeight: 8, textStyle: text },
    tooltip: {
      // Rich text is drawn: the page's policy allows no inline styles.
      trigger: "axis", renderMode: "richText", backgroundColor: ink("--raised"), borderColor: ink("--line"),
      textStyle: { ...text, color: ink("--text") }, valueFormatter: (value) => (value === null ? "–" : number.format(value)),
    },
    xAxis: { type: "category", data: names, axisLabel: { ...text, hideOverlap: true, alignMinLabel: "left", alignMaxLabel: "right" }, axisLine: line, axisTick: { show: false } },
    yAxis: {
      type: "value", min: 0, max: share ? 1 : undefined, splitLine: line,
      axisLabel: { ...text, formatter: (value) => number.format(value) },
    },
    series: series.map((one) => ({
      type: figure.dataset.chartKind, name: one.name, data: one.values, barMaxWidth: 18, barGap: "10%", symbolSize: 5, lineStyle: { width: 2 },
    })),
  };
}

async function draw(figure) {
  const echarts = await load();
  const place = document.createElement("div");
  place.className = "chart__canvas";
  place.setAttribute("aria-hidden", "true");
  figure.append(place);
  const chart = echarts.init(place);
  chart.setOption(options(figure));
  drawn.set(figure, chart);
  new ResizeObserver(() => chart.resize()).observe(place);
}

function again() {
  for (const [figure, chart] of drawn) chart.setOption(options(figure), true);
}

if (script) {
  const sight = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      sight.unobserve(entry.target);
      draw(entry.target).catch(() => entry.target.remove());
    }
  }, { rootMargin: "200px" });
  for (const figure of document.querySelectorAll("[data-chart-of]")) sight.observe(figure);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
