// A tenant's API keys: make, rotate, revoke.
import { ask, get } from '../api.js';
import { confirmed, showSecret } from '../dialogs.js';
import { badge, card, choices, date, el, field, table } from '../dom.js';

const day = 86400;
const roles = ['user', 'tenant-admin', 'operator'];
const usual = { user: ['chat'], 'tenant-admin': ['chat', 'admin'], operator: ['chat', 'admin', 'metrics'] };
const overlaps = [[0, 'at once'], [3600, 'in an hour'], [day, 'in a day'], [7 * day, 'in a week'], [30 * day, 'in 30 days'], [90 * day, 'in 90 days']];

function stateOf(key) {
  if (key.revokedAt) return badge('revoked', 'bad');
  if (key.expiresAt && new Date(key.expiresAt) < new Date()) return badge('expired', 'bad');
  return key.replacedBy ? badge('replaced', 'warn') : badge('active', 'good');
}

const hasEnded = key => key.revokedAt || (key.expiresAt && new Date(key.expiresAt) < new Date());

const shownOnce = made => showSecret(`The key “${made.name}”`, made.key, 'It is shown this once; Granary keeps a hash of it alone.');

function actions(key, act) {
  if (hasEnded(key)) return '';
  const path = `admin/keys/${key.id}`;
  return el('div', { class: 'buttons' },
    !key.replacedBy && el('button', { class: 'outline', 'data-key': `rotate:${key.id}`, 'aria-label': `Rotate ${key.name}`, click: async () => {
      const overlap = field('The old one ends', { name: 'overlap', value: day }, overlaps);
      if (await confirmed(`Rotate “${key.name}”?`, 'A new key takes its place.', 'Rotate', overlap)) {
        const [seconds, when] = overlaps[overlap.querySelector('select').selectedIndex];
        await act(async () => shownOnce(await ask('POST', `${path}/rotate`, { overlapSeconds: seconds })), `The old key ends ${when}.`);
      }
    } }, 'Rotate'),
    el('button', { class: 'outline', 'data-key': `revoke:${key.id}`, 'aria-label': `Revoke ${key.name}`, click: async () => {
      if (await confirmed(`Revoke “${key.name}”?`, 'It opens nothing any more, everywhere within a second; what runs by it is cut.', 'Revoke')) {
        await act(() => ask('DELETE', path), `The key ${key.id} is revoked.`);
      }
    } }, 'Revoke'));
}

function formFor(tenant, me, act) {
  const form = el('form', { class: 'line', 'data-keep': true, submit: event => {
    event.preventDefault();
    const { name, role, days } = form.elements;
    const scopes = [...form.querySelectorAll('[name="scope"]:checked')].map(box => box.value);
    const wish = { tenant, name: name.value.trim(), role: role.value, scopes, ...(days.value && { expiresInSeconds: Math.round(Number(days.value) * day) }) };
    act(async () => shownOnce(await ask('POST', 'admin/keys', wish)), `${tenant} has another key.`);
  } },
  field('Name', { name: 'name', required: true, maxlength: 100, 'data-key': 'name' }),
  field('Role', { name: 'role', value: 'user', 'data-key': 'role', change: event => {
    form.querySelectorAll('[name="scope"]').forEach(box => { box.checked = usual[event.target.value].includes(box.value); });
  } }, roles.slice(0, roles.indexOf(me.role) + 1).map(role => [role, role])),
  choices('Scopes', 'scope', me.scopes, usual.user), // nobody gives what he has not
  field('Ends after days', { name: 'days', type: 'number', min: 1, max: 3650, step: 'any', placeholder: 'never', 'data-key': 'days' }),
  el('button', { class: 'primary', 'data-key': 'create' }, 'Make a key'));
  return form;
}

export const keys = {
  id: 'keys',
  title: 'Keys',
  isTenants: true,

  load: tenant => get(`admin/keys?tenant=${encodeURIComponent(tenant)}`),

  render: (list, { tenant, me, act }) => [
    card('Make a key', formFor(tenant, me, act)),
    card(null, table(`Keys of ${tenant}`, [
      { title: 'Name', cell: key => el('b', {}, key.name) },
      { title: 'Id', cell: key => el('code', {}, key.id) },
      { title: 'Role', cell: key => key.role },
      { title: 'Scopes', cell: key => key.scopes.join(' ') },
      { title: 'Made', cell: key => date(key.createdAt) },
      { title: 'Ends', cell: key => date(key.revokedAt ?? key.expiresAt) },
      { title: 'State', cell: stateOf },
      { title: '', cell: key => actions(key, act) },
    ], [...list].reverse(), 'There is no key yet.')),
  ],
};
