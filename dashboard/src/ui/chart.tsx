// One chart of the last minutes, on uPlot.
// Must not know what is drawn.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface Line {
  label: string;
  /** A colour of the style sheet, such as "--accent". */
  color: string;
  values: (number | null)[];
}

interface ChartProps {
  title: string;
  lines: Line[];
  /** Seconds since 1970, as many as each line has values. */
  times: number[];
  format(value: number): string;
  theme: string;
}

const height = 132;

function colorOf(node: Element, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  node.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

function optionsOf(node: HTMLElement, props: ChartProps): uPlot.Options {
  const quiet = colorOf(node, "--quiet");
  const grid = { stroke: colorOf(node, "--line"), width: 1 };
  const font = "11px system-ui, sans-serif";
  return {
    width: node.clientWidth,
    height,
    cursor: { y: false, points: { size: 5 } },
    legend: { show: false },
    scales: { y: { range: (_, min, max) => [Math.min(0, min), Math.max(1, max * 1.1)] } },
    axes: [
      {
        stroke: quiet,
        font,
        size: 22,
        grid: { show: false },
        ticks: { show: false },
        values: "{HH}:{mm}",
      },
      {
        stroke: quiet,
        font,
        size: 52,
        space: 34,
        grid,
        ticks: { show: false },
        values: (_, marks) => marks.map((mark) => props.format(mark)),
      },
    ],
    series: [
      {},
      ...props.lines.map((line) => ({
        label: line.label,
        stroke: colorOf(node, line.color),
        width: 1.5,
        points: { show: false },
      })),
    ],
  };
}

/** Its last values stand in the caption: the picture alone says nothing to those who do not see it. */
export function Chart(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  useEffect(() => {
    const node = place.current!;
    plot.current = new uPlot(optionsOf(node, props), dataOf(props), node);
    const observer = new ResizeObserver(() => {
      plot.current!.setSize({ width: node.clientWidth, height });
    });
    observer.observe(node);
    return () => {
      observer.disconnect();
      plot.current!.destroy();
    };
  }, [props.theme]);
  useEffect(() => plot.current?.setData(dataOf(props)), [props.times.at(-1), props.lines]);
  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-title">{props.title}</span>
        {props.lines.map((line) => {
          const last = line.values.at(-1);
          return (
            <span class="chart-key" key={line.label}>
              <i style={{ background: `var(${line.color})` }} />
              {line.label} <b>{last == null ? "–" : props.format(last)}</b>
            </span>
          );
        })}
      </figcaption>
      <div ref={place} aria-hidden="true" />
    </figure>
  );
}

const dataOf = (props: ChartProps): uPlot.AlignedData => [
  props.times,
  ...props.lines.map((line) => line.values),
];
