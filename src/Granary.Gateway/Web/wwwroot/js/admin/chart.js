// Stacked columns as SVG. The numbers are in a table beside it; here each column tells its own on hover, and the whole says its range.
import { el, number } from './dom.js';

const width = 900;
const height = 240;
const margin = { top: 12, right: 8, bottom: 26, left: 64 };

function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// The smallest of 1, 2, 4, 6, 8, 10, 20 … that is not below a value.
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 2, 4, 6, 8, 10].map(step => step * power).find(step => step >= value) ?? 1;
}

const short = value => value >= 1e6 ? `${value / 1e6} M` : value >= 1e3 ? `${value / 1e3} k` : `${value}`;

// points: [{ label, values: [a, b, …] }]; names: of the values, from the bottom up.
export function columnChart(points, names) {
  const totals = points.map(point => point.values.reduce((sum, value) => sum + value, 0));
  const top = roundUp(Math.max(...totals, 1));
  const scaleY = value => margin.top + (height - margin.top - margin.bottom) * (1 - value / top);
  const step = (width - margin.left - margin.right) / points.length;
  const labelled = Math.ceil(points.length / 8);

  const grid = [0, 0.25, 0.5, 0.75, 1].map(part => svg('g', { class: 'grid' },
    svg('line', { x1: margin.left, x2: width - margin.right, y1: scaleY(top * part), y2: scaleY(top * part) }),
    svg('text', { x: margin.left - 8, y: scaleY(top * part) + 4, 'text-anchor': 'end' }, short(top * part))));

  const columns = points.map((point, place) => {
    const x = margin.left + place * step;
    let below = 0;
    const bars = point.values.map((value, series) => {
      below += value;
      return svg('rect', { class: `series-${series}`, x: x + step * 0.12, width: step * 0.76, y: scaleY(below), height: scaleY(below - value) - scaleY(below), rx: Math.min(3, step * 0.1) });
    });
    const title = svg('title', {}, `${point.label}: ${point.values.map((value, series) => `${number(value)} ${names[series]}`).join(', ')}`);
    const label = place % labelled === 0 ? [svg('text', { class: 'label', x: x + step / 2, y: height - 8, 'text-anchor': 'middle' }, point.label.slice(5))] : [];
    return svg('g', { class: 'column' }, svg('rect', { class: 'ground', x, width: step, y: margin.top, height: height - margin.top - margin.bottom }), ...bars, ...label, title);
  });

  const sum = totals.reduce((all, total) => all + total, 0);
  return el('figure', { class: 'chart' },
    svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `${number(sum)} in all from ${points[0].label} to ${points.at(-1).label}, at most ${number(Math.max(...totals))} a day` }, ...grid, ...columns),
    el('figcaption', {}, names.map((name, series) => el('span', { class: `key series-${series}` }, name))));
}
