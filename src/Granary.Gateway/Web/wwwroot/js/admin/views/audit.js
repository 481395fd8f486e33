// Who changed what.
import { card, el, table, time } from '../dom.js';
import { pager } from '../pager.js';

const pageSize = 100;
const own = pager('Pages of the tenant’s changes');
const clusters = pager('Pages of the cluster’s changes', 'cluster:');

// What the other columns say already.
const said = new Set(['id', 'tenant', 'createdAt', 'version']);

function text(value) {
  if (value === undefined || value === null || value.length === 0) return 'none';
  return Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

// What differs between before and after, one line a value.
function changes({ before, after }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter(name => !said.has(name));
  return names
    .filter(name => text(before?.[name]) !== text(after?.[name]))
    .map(name => el('div', { class: 'change' }, `${name}: `, before && el('del', {}, text(before[name])), before && ' ', after && el('ins', {}, text(after[name]))));
}

const entries = (caption, list) => table(caption, [
  { title: 'When', cell: entry => time(entry.at) },
  { title: 'Who', cell: entry => el('code', {}, entry.who) },
  { title: 'What', cell: entry => entry.what },
  { title: 'Which', cell: entry => el('code', {}, entry.target) },
  { title: 'Change', cell: entry => el('div', {}, changes(entry)) },
], list, 'Nobody has changed anything.');

export const audit = {
  id: 'audit',
  title: 'Changes',
  isTenants: true,

  begin() {
    own.begin();
    clusters.begin();
  },

  async load(tenant, me) {
    return {
      page: await own.load('admin/audit', tenant, `?tenant=${encodeURIComponent(tenant)}&take=${pageSize}`),
      cluster: me.role === 'operator' ? await clusters.load('admin/audit/cluster', 'cluster', `?take=${pageSize}`) : null,
    };
  },

  render: ({ page, cluster }, { tenant, act }) => [
    card(`Of ${tenant}`, entries(`Changes of ${tenant}`, page.items), own.buttons(page, act)),
    cluster && card('Of silos, zones and models', entries('Changes of silos, zones and models', cluster.items), clusters.buttons(cluster, act)),
  ].filter(part => part),
};
