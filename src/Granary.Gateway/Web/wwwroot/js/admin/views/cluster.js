// Silos and zones: what they are there for, what they do, and the buttons that empty them.
import { ask, get } from '../api.js';
import { confirmed } from '../dialogs.js';
import { badge, card, el, field, number, table, time } from '../dom.js';

const kinds = { serving: 'good', draining: 'warn', evacuated: 'warn' };

// Sequences that run and wait on a silo, over all models.
function loadOf(silo, models) {
  const replicas = models.flatMap(model => model.replicas).filter(replica => replica.silo === silo.name);
  const sum = what => replicas.reduce((total, replica) => total + replica[what], 0);
  return { running: sum('running'), waiting: sum('waiting') };
}

const tile = (name, value) => el('div', { class: 'tile' }, el('b', {}, number(value)), el('span', {}, name));

function tiles(silos) {
  const sum = what => silos.reduce((total, silo) => total + silo[what], 0);
  return el('div', { class: 'tiles' },
    tile('silos that serve', silos.filter(silo => silo.status === 'active' && silo.state === 'serving').length),
    tile('replies that run', sum('running')),
    tile('requests that wait', sum('waiting')),
    tile('conversations awake', sum('sessions')));
}

function zoneCard(zone, silos, evacuated, act) {
  const isEvacuated = evacuated.includes(zone);
  const inside = silos.filter(silo => silo.zone === zone && silo.status === 'active');
  const button = isEvacuated
    ? el('button', { class: 'primary', 'data-key': `zone:${zone}`, click: () => act(() => ask('POST', `admin/zones/${encodeURIComponent(zone)}/restore`), `Zone ${zone} takes work again.`) }, 'Restore')
    : el('button', { class: 'outline', 'data-key': `zone:${zone}`, click: async () => {
      if (await confirmed(`Evacuate ${zone}?`, 'Everything in this zone moves to the others. Its silos stay up and take nothing until you restore it.', 'Evacuate')) {
        await act(() => ask('POST', `admin/zones/${encodeURIComponent(zone)}/evacuate`), `Zone ${zone} is being evacuated.`);
      }
    } }, 'Evacuate');
  button.setAttribute('aria-label', `${button.textContent} zone ${zone}`);
  return el('li', { class: 'card zone', 'data-zone': zone },
    el('h3', {}, zone, ' ', isEvacuated ? badge('evacuated', 'warn') : badge('takes work', 'good')),
    el('p', { class: 'hint' }, `${inside.length} ${inside.length === 1 ? 'silo' : 'silos'}, ${number(inside.reduce((sum, silo) => sum + silo.sessions, 0))} conversations awake`),
    button);
}

function drainButton(silo, act) {
  if (silo.status !== 'active' || silo.state === 'draining') return '';
  return el('button', { class: 'outline', 'data-key': `silo:${silo.name}`, 'aria-label': `Drain silo ${silo.name}`, click: async () => {
    if (await confirmed(`Drain ${silo.name}?`, 'What it runs moves to other silos, and then its process ends. Start it again to have it back.', 'Drain')) {
      await act(() => ask('POST', `admin/silos/${encodeURIComponent(silo.name)}/drain`), `Silo ${silo.name} is being drained.`);
    }
  } }, 'Drain');
}

// Choosing takes effect at once: no policy can lose a request.
function routingCard(policy, policies, act) {
  const choice = field('Requests find a replica by', {
    'data-key': 'routing',
    value: policy,
    change: event => {
      const name = event.target.value;
      return act(() => ask('PUT', `admin/routing/${encodeURIComponent(name)}`), `Requests find a replica by ${name}.`);
    },
  }, policies.map(name => [name, name]));
  const back = el('button', { class: 'outline', 'data-key': 'routing:configuration', click: () =>
    act(() => ask('DELETE', 'admin/routing'), 'Requests find a replica by what each silo’s configuration says.') }, 'Back to the configuration');
  return card('Routing', choice, el('p', { class: 'hint' }, 'On all silos, until it is changed again, or goes back to what each silo’s configuration says (', el('code', {}, 'Granary:Routing:Policy'), ').'), el('div', { class: 'buttons' }, back));
}

export const cluster = {
  id: 'cluster',
  title: 'Silos and zones',
  isOperators: true,

  async load() {
    const { silos, models, evacuatedZones, routingPolicy, routingPolicies, grains } = await get('api/cluster');
    return { silos: silos.map(silo => ({ ...silo, ...loadOf(silo, models) })), evacuatedZones, routingPolicy, routingPolicies, grains };
  },

  render({ silos, evacuatedZones, routingPolicy, routingPolicies, grains }, { act }) {
    const zones = [...new Set([...silos.filter(silo => silo.status === 'active').map(silo => silo.zone), ...evacuatedZones])].filter(zone => zone).sort();
    return [
      tiles(silos),
      el('ul', { class: 'zones', 'aria-label': 'Zones' }, zones.map(zone => zoneCard(zone, silos, evacuatedZones, act))),
      card('Silos', table('Silos', [
        { title: 'Silo', cell: silo => el('b', {}, silo.name) },
        { title: 'Zone', cell: silo => silo.zone || '–' },
        { title: 'State', cell: silo => silo.status === 'active' ? badge(silo.state, kinds[silo.state] ?? '') : badge(silo.status, 'bad') },
        { title: 'Running', number: true, cell: silo => number(silo.running) },
        { title: 'Waiting', number: true, cell: silo => number(silo.waiting) },
        { title: 'Conversations', number: true, cell: silo => number(silo.sessions) },
        { title: 'Gateway', cell: silo => silo.gatewayUrl || '–' },
        { title: 'Since', cell: silo => time(silo.since) },
        { title: '', cell: silo => drainButton(silo, act) },
      ], silos)),
      routingCard(routingPolicy, routingPolicies, act),
      card('Grains', table('Grains', [
        { title: 'Grain', cell: grain => grain.type },
        { title: 'Activations', number: true, cell: grain => number(grain.activations) },
      ], grains)),
    ];
  },
};
