// What a tenant has used, as a chart by day and as a table.
import { download, get } from '../api.js';
import { columnChart } from '../chart.js';
import { card, el, field, number, table } from '../dom.js';

const choice = { days: '30', by: 'model' };

const dayOf = date => date.toISOString().slice(0, 10);

function range() {
  const [first, last] = [new Date(), new Date()];
  first.setUTCDate(first.getUTCDate() - Number(choice.days) + 1);
  return { first, last, query: `from=${dayOf(first)}&to=${dayOf(last)}` };
}

function daysOf({ first, last }) {
  const days = [];
  for (const day = new Date(first); dayOf(day) <= dayOf(last); day.setUTCDate(day.getUTCDate() + 1)) days.push(dayOf(day));
  return days;
}

const parts = ['requests', 'errors', 'promptTokens', 'cachedTokens', 'outputTokens'];

function sums(rows, keyOf) {
  const groups = new Map();
  for (const row of rows) {
    const group = groups.get(keyOf(row)) ?? { name: keyOf(row), ...Object.fromEntries(parts.map(part => [part, 0])) };
    for (const part of parts) group[part] += row[part];
    groups.set(group.name, group);
  }
  return [...groups.values()];
}

const columns = title => [
  { title, cell: group => group.name || 'no key' },
  { title: 'Requests', number: true, cell: group => number(group.requests) },
  { title: 'Errors', number: true, cell: group => number(group.errors) },
  { title: 'Prompt tokens', number: true, cell: group => number(group.promptTokens) },
  { title: 'of these cached', number: true, cell: group => number(group.cachedTokens) },
  { title: 'Output tokens', number: true, cell: group => number(group.outputTokens) },
];

const titles = { model: 'Model', key: 'Key', day: 'Day' };

function choose(name, label, options, act) {
  return field(label, { name, value: choice[name], 'data-key': name, change: event => act(() => { choice[name] = event.target.value; }, null) }, options);
}

export const usage = {
  id: 'usage',
  title: 'Usage',
  isTenants: true,

  async load(tenant) {
    const { rows } = await get(`admin/usage?tenant=${encodeURIComponent(tenant)}&${range().query}`);
    return { rows, ...choice };
  },

  render({ rows }, { tenant, act }) {
    const byDay = new Map(sums(rows, row => row.day).map(group => [group.name, group]));
    const points = daysOf(range()).map(day => ({ label: day, values: [byDay.get(day)?.promptTokens ?? 0, byDay.get(day)?.outputTokens ?? 0] }));
    return [
      el('form', { class: 'line', submit: event => event.preventDefault() },
        choose('days', 'Days', [['7', 'the last 7 days'], ['30', 'the last 30 days'], ['90', 'the last 90 days'], ['366', 'the last year']], act),
        choose('by', 'Sums by', Object.entries(titles).map(([value, text]) => [value, text.toLowerCase()]), act),
        el('button', { class: 'outline', type: 'button', 'data-key': 'csv', click: () => act(() => download(`admin/usage?tenant=${encodeURIComponent(tenant)}&${range().query}&format=csv`, `usage-${tenant}.csv`), 'Saved as CSV.') }, 'Save as CSV')),
      card('Tokens by day, UTC', columnChart(points, ['prompt', 'output'])),
      card(null, table(`Usage by ${choice.by}`, columns(titles[choice.by]), sums(rows, row => row[choice.by]), 'Nothing was used in these days.')),
    ];
  },
};
