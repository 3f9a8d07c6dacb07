import { BarChart, CustomChart, type CustomSeriesOption, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Range } from '../../harness/measure/measurement.js';
import { html, Markup, visible } from './markup.js';

use([BarChart, CustomChart, LineChart, ScatterChart, GridComponent, SVGRenderer]);

/** A chart is drawn for a desk and for a phone; the style sheet shows the one that fits. */
const WIDTHS = { wide: 1000, narrow: 360 } as const;
const ROW = 22;
/** On a phone a name stands above its bar, or there would be room for the beginnings of names alone. */
const NARROW_ROW = 38;
const AXIS = 26;

function isNarrow(width: number): boolean {
  return width < 500;
}

/** Colours are the page's own variables, so that a chart follows light and dark without a script. */
const COLOUR = {
  text: 'var(--fg)',
  muted: 'var(--muted)',
  line: 'var(--line)',
  true: 'var(--true)',
  false: 'var(--false)',
  empty: 'var(--empty)',
} as const;

export interface Share {
  readonly name: string;
  readonly part: number;
  readonly whole: number;
}

/** A bar for each name: how much of the whole. */
export function shareChart(title: string, shares: readonly Share[]): Markup {
  return figureOf(title, pages(shares).map(sharesDrawn));
}

function sharesDrawn(shares: readonly Share[]): Drawing {
  const share = ({ part, whole }: Share): number => (whole === 0 ? 0 : (part / whole) * 100);
  const option = (width: number): EChartsCoreOption => ({
    ...frame(
      shares.map(({ name }) => name),
      width,
      64,
    ),
    xAxis: { ...valueAxis(width), max: 100, axisLabel: { ...LABEL, color: COLOUR.muted, formatter: '{value}%' } },
    series: [
      {
        ...BAR,
        barGap: '-100%',
        itemStyle: { color: COLOUR.empty },
        data: shares.map(() => 100),
      },
      {
        ...BAR,
        itemStyle: { color: COLOUR.true },
        data: shares.map((each) => share(each)),
      },
      {
        // Invisible; it carries the labels beyond the end of the whole.
        ...BAR,
        barGap: '-100%',
        itemStyle: { color: 'none' },
        data: shares.map(({ part, whole }) => ({
          value: 100,
          label: { show: true, position: 'right', ...LABEL, formatter: () => `${part} of ${whole}` },
        })),
      },
    ],
  });
  return { high: rowsHigh(shares.length), option };
}

export interface Ranged {
  readonly name: string;
  readonly range: Range;
}

/** A dot at the middle of each range, on a line from its low to its high end, on a logarithmic scale. */
export function rangeChart(title: string, ranges: readonly Ranged[], write: (value: number) => string): Markup {
  const positive = ranges.flatMap(({ range: { low, mid, high } }) => [low, mid, high]).filter((value) => value > 0);
  const least = 10 ** Math.floor(Math.log10(Math.min(...positive)));
  const most = 10 ** Math.ceil(Math.log10(Math.max(...positive)));
  const floor = (value: number): number => Math.max(value, least);
  return figure(title, rowsHigh(ranges.length), (width) => ({
    ...frame(
      ranges.map(({ name }) => name),
      width,
      56,
    ),
    xAxis: {
      ...valueAxis(width),
      type: 'log',
      min: least,
      max: most === least ? least * 10 : most,
      axisLabel: { ...LABEL, fontSize: isNarrow(width) ? 9 : 11, color: COLOUR.muted, formatter: write },
    },
    series: [
      {
        type: 'custom',
        ...STILL,
        renderItem: whisker,
        encode: { x: [1, 2], y: 0 },
        data: ranges.map(({ range }, i) => [i, floor(range.low), floor(range.high)]),
      },
      {
        type: 'scatter',
        ...STILL,
        symbolSize: 9,
        itemStyle: { color: COLOUR.false },
        data: ranges.map(({ range }, i) => ({
          value: [floor(range.mid), i],
          label: {
            show: true,
            position: isNarrow(width) ? 'bottom' : 'top',
            distance: isNarrow(width) ? 3 : 1,
            ...LABEL,
            fontSize: 10,
            formatter: () => write(range.mid),
          },
        })),
      },
    ],
  }));
}

const whisker: NonNullable<CustomSeriesOption['renderItem']> = (_, api) => {
  const [x1 = 0, y = 0] = api.coord([api.value(1), api.value(0)]);
  const [x2 = 0] = api.coord([api.value(2), api.value(0)]);
  const style = { stroke: COLOUR.false, lineWidth: 3, opacity: 0.45, lineCap: 'round' } as const;
  return { type: 'line', shape: { x1, y1: y, x2, y2: y }, style };
};

const TRUE_AND_FALSE = html`<ul class="legend"><li class="key-true">true alerts</li><li class="key-false">false alerts</li></ul>`;

export interface Split {
  readonly name: string;
  readonly true: number;
  readonly false: number;
}

export interface Net {
  readonly name: string;
  readonly value: number;
  readonly kind: 'true' | 'false';
}

/** One bar for each name, to the right for what is gained and to the left for what is lost. */
export function netChart(title: string, nets: readonly Net[], write: (value: number) => string): Markup {
  return figure(
    title,
    rowsHigh(nets.length),
    (width) => ({
      ...frame(
        nets.map(({ name }) => name),
        width,
        64,
      ),
      xAxis: { ...valueAxis(width, write), boundaryGap: ['12%', '4%'] },
      series: [
        {
          ...BAR,
          data: nets.map(({ value, kind }) => ({
            value,
            itemStyle: { color: COLOUR[kind] },
            label: {
              show: true,
              position: value < 0 ? 'left' : 'right',
              ...LABEL,
              fontSize: 10,
              formatter: () => write(value),
            },
          })),
        },
      ],
    }),
    TRUE_AND_FALSE,
  );
}

/** Two bars side by side for each name: what it brings that is true, and what is false. */
export function splitChart(title: string, splits: readonly Split[], write: (value: number) => string): Markup {
  const labelled = (value: number): object => ({
    value,
    label: {
      show: value !== 0,
      position: value < 0 ? 'left' : 'right',
      ...LABEL,
      fontSize: 10,
      formatter: () => write(value),
    },
  });
  return figure(
    title,
    rowsHigh(splits.length, 1.4),
    (width) => ({
      ...frame(
        splits.map(({ name }) => name),
        width,
        64,
      ),
      // Room for the labels at the ends of the longest bars.
      xAxis: { ...valueAxis(width, write), boundaryGap: ['12%', '4%'] },
      series: (['true', 'false'] as const).map((kind) => ({
        ...BAR,
        barWidth: 9,
        barGap: '15%',
        itemStyle: { color: COLOUR[kind] },
        data: splits.map((split) => labelled(split[kind])),
      })),
    }),
    TRUE_AND_FALSE,
  );
}

export interface Step {
  readonly entries: number;
  readonly remaining: number;
  readonly lost: number;
}

/** What stays of the noise, and what is lost of the attacks, with each more exception. */
export function curveChart(
  title: string,
  steps: readonly Step[],
  names: { readonly remaining: string; readonly lost: string; readonly entries: string },
  write: (value: number) => string,
): Markup {
  const line = (kind: 'true' | 'false', of: (step: Step) => number, yAxisIndex: number): object => ({
    type: 'line',
    ...STILL,
    yAxisIndex,
    step: kind === 'true' ? 'end' : false,
    symbol: 'circle',
    symbolSize: 5,
    lineStyle: { color: COLOUR[kind], width: 2 },
    itemStyle: { color: COLOUR[kind] },
    data: steps.map((step) => [step.entries, of(step)]),
  });
  const axis = (width: number, right: boolean): object => ({
    ...valueAxis(width, write),
    min: 0,
    ...(right && { splitLine: { show: false }, minInterval: 1, max: Math.max(1, ...steps.map(({ lost }) => lost)) }),
    position: right ? 'right' : 'left',
  });
  return figure(
    title,
    () => 10 * ROW,
    (width) => ({
      animation: false,
      grid: { left: 64, right: 44, top: 12, bottom: AXIS + 4, outerBoundsMode: 'none' },
      xAxis: { ...valueAxis(width), min: 0, minInterval: 1, max: steps.at(-1)?.entries ?? 1 },
      yAxis: [axis(width, false), axis(width, true)],
      series: [line('false', ({ remaining }) => remaining, 0), line('true', ({ lost }) => lost, 1)],
    }),
    html`<ul class="legend"><li class="key-false">${names.remaining} (left)</li><li class="key-true">${names.lost} (right)</li><li class="key-axis">${names.entries} (below)</li></ul>`,
  );
}

const STILL = { animation: false, silent: true, emphasis: { disabled: true } } as const;
const BAR = { type: 'bar', ...STILL, barWidth: 10 } as const;
const LABEL = { color: COLOUR.text, fontSize: 11 } as const;

/** The part that all charts share: names at the left or, on a phone, above; the longest of them cut. */
function frame(names: readonly string[], width: number, right: number): EChartsCoreOption {
  if (isNarrow(width)) return narrowFrame(names, width, right);
  const room = Math.min(Math.floor(width * 0.36), Math.max(...names.map((name) => name.length), 4) * CHARACTER + 16);
  return {
    animation: false,
    grid: { left: room, right, top: 12, bottom: AXIS, outerBoundsMode: 'none' },
    yAxis: {
      type: 'category',
      inverse: true,
      data: names.map((name) => cut(name, (room - 12) / CHARACTER)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: COLOUR.line } },
      axisLabel: { ...LABEL, interval: 0 },
    },
  };
}

function narrowFrame(names: readonly string[], width: number, right: number): EChartsCoreOption {
  return {
    animation: false,
    grid: { left: 12, right, top: 12, bottom: AXIS, outerBoundsMode: 'none' },
    yAxis: {
      type: 'category',
      inverse: true,
      data: names.map((name) => cut(name, (width - 24) / CHARACTER)),
      axisTick: { show: false },
      axisLine: { onZero: false, lineStyle: { color: COLOUR.line } },
      axisLabel: {
        ...LABEL,
        interval: 0,
        inside: true,
        align: 'left',
        verticalAlign: 'bottom',
        margin: 0,
        padding: [0, 0, 6, 0],
      },
    },
  };
}

/** Width that a character of a label takes, somewhat generously: without a browser nobody can measure it. */
const CHARACTER = 6.7;

function cut(name: string, length: number): string {
  // An empty name would be taken for none.
  if (name === '') return '(empty)';
  const characters = [...visible(name)];
  return characters.length <= length ? characters.join('') : `${characters.slice(0, Math.floor(length) - 1).join('')}…`;
}

function valueAxis(width: number, write?: (value: number) => string): object {
  return {
    type: 'value',
    splitNumber: isNarrow(width) ? 3 : 6,
    splitLine: { lineStyle: { color: COLOUR.line } },
    axisLabel: { ...LABEL, color: COLOUR.muted, hideOverlap: true, ...(write && { formatter: write }) },
  };
}

/** The height of as many rows at a width; `thick` where each holds more than one bar. */
function rowsHigh(rows: number, thick = 1): (width: number) => number {
  return (width) => rows * (isNarrow(width) ? NARROW_ROW + (thick - 1) * ROW : thick * ROW);
}

/** Rows of which a drawing fits on a sheet of paper; no browser breaks one. */
const SHEET = 40;

/** Rows parted into as many drawings as paper needs, each of as many. */
function pages<T>(rows: readonly T[]): T[][] {
  const size = Math.ceil(rows.length / Math.ceil(rows.length / SHEET));
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size));
}

interface Drawing {
  /** Height of its rows at a width. */
  high(width: number): number;
  option(width: number): EChartsCoreOption;
}

function figure(title: string, high: Drawing['high'], option: Drawing['option'], legend?: Markup): Markup {
  return figureOf(title, [{ high, option }], legend);
}

function figureOf(title: string, parts: readonly Drawing[], legend?: Markup): Markup {
  const drawings = Object.entries(WIDTHS).map(
    ([name, width]) =>
      html`<div class="${name}">${parts.map(({ high, option }, i) =>
        drawn(nth(title, i, parts.length), width, Math.round(high(width) + AXIS + 16), option(width)),
      )}</div>`,
  );
  return html`<figure class="chart"><figcaption>${title}</figcaption>${legend}<div class="scroll" tabindex="0" role="group" aria-label="${title}">${drawings}</div></figure>`;
}

/** The name of one of several drawings. */
function nth(title: string, index: number, of: number): string {
  return of === 1 ? title : `${title}, part ${index + 1} of ${of}`;
}

function drawn(title: string, width: number, height: number, option: EChartsCoreOption): Markup {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(option);
    return labelled(chart.renderToSVGString({ useViewBox: true }), title);
  } finally {
    // A chart that is not disposed of keeps the process alive.
    chart.dispose();
  }
}

/**
 * The drawing as an image with a name. The page's policy forbids styles of elements, so they are taken out: fonts come
 * from the page's style sheet, and the rest is for a pointer that these charts do not follow. Foreign text is escaped by
 * ECharts, so that nothing in it looks like what is taken out.
 */
function labelled(svg: string, title: string): Markup {
  const bare = svg
    .replace(/<style[^>]*>[\s\S]*?<\/style>/g, '')
    .replace(/ style="font-size:(\d+)px;[^"]*"/g, ' font-size="$1"')
    .replace(/ (class="zr[^"]*"|ecmeta_\w+="[^"]*"|xml:space="preserve"|pointer-events="visible")/g, '');
  return Markup.of(bare.replace(/^<svg/, html`<svg role="img" aria-label="${title}"`.text));
}
