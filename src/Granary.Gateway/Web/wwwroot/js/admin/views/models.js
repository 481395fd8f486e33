// The models that are served; operators see where.
import { get } from '../api.js';
import { badge, card, number, table, time } from '../dom.js';

const replicas = status => table(`Replicas of ${status.model.name}`, [
  { title: 'Silo', cell: replica => replica.silo },
  { title: 'Zone', cell: replica => replica.zone },
  { title: 'State', cell: replica => replica.isDraining ? badge('draining', 'warn') : badge('serving', 'good') },
  { title: 'Running', number: true, cell: replica => number(replica.running) },
  { title: 'Waiting', number: true, cell: replica => number(replica.waiting) },
  { title: 'Version', cell: replica => replica.fingerprint.slice(0, 12) },
], status.replicas);

export const models = {
  id: 'models',
  title: 'Models',
  isTenants: true,

  async load(tenant, me) {
    return {
      list: await get(`admin/models?tenant=${encodeURIComponent(tenant)}`),
      where: me.role === 'operator' ? (await get('api/cluster')).models : [],
    };
  },

  render: ({ list, where }, { tenant }) => [
    card(null, table('Models', [
      { title: 'Model', cell: model => model.name },
      { title: 'Context, tokens', number: true, cell: model => number(model.maxPositions) },
      { title: 'Replicas', number: true, cell: model => number(model.replicas) },
      { title: 'Served since', cell: model => time(model.since) },
      { title: `For ${tenant}`, cell: model => model.isAllowed ? badge('allowed', 'good') : badge('not allowed', 'bad') },
    ], list, 'No silo serves a model.')),
    ...where.map(status => card(status.model.name, replicas(status))),
  ],
};
