// The administration pages: which section is open, for which tenant, and how it stays up to date.
import { toggleSidebar } from '../drawer.js';
import { changeKey, get } from './api.js';
import { el, swap } from './dom.js';
import { views } from './views.js';

const byId = id => document.getElementById(id);
const content = byId('content');
const period = 2000;

let me = null;
let tenants = null; // names of all
let open = null; // { view, tenant, shown }: what is open, and the data that it shows, as text

function notice(message) {
  byId('notice').textContent = message ?? '';
  byId('notice').hidden = !message;
}

function say(message) {
  byId('said').textContent = message ?? '';
  byId('said').hidden = !message;
}

function connected(isConnected) {
  byId('connection').dataset.state = isConnected ? 'connected' : 'lost';
  byId('connection').setAttribute('aria-label', isConnected ? 'up to date' : 'the gateway does not answer, trying again');
}

const mine = () => views.filter(view => !view.isOperators || me.role === 'operator');

// The address holds section and tenant, so that reloading and the back button work.
function readAddress() {
  const [id, tenant] = location.hash.slice(1).split('/').map(decodeURIComponent);
  const view = mine().find(candidate => candidate.id === id) ?? mine()[0];
  return { view, tenant: me.role === 'operator' && tenant ? tenant : me.tenant, shown: null };
}

const addressOf = (view, tenant) => `#${view.id}${view.isTenants ? `/${encodeURIComponent(tenant)}` : ''}`;

function showSections() {
  swap(byId('sections'), ...mine().map(view => el('li', {},
    el('a', { href: addressOf(view, open.tenant), 'aria-current': view === open.view && 'page', 'data-key': view.id }, view.title))));
  byId('who').textContent = `${me.name} · ${me.role} of ${me.tenant}`;
}

// Their names, from as many pages as there are.
async function allTenants() {
  const names = [];
  while (true) {
    const { tenants: page, total } = await get(`admin/tenants?skip=${names.length}`);
    names.push(...page.map(status => status.tenant));
    if (page.length === 0 || names.length >= total) return names;
  }
}

async function showTenants() {
  const isWanted = me.role === 'operator' && open.view.isTenants === true;
  byId('tenant-choice').hidden = !isWanted;
  if (!isWanted) return;
  tenants ??= await allTenants(); // many pages of many tenants, so not with each section that is opened
  const names = [...new Set([...tenants, me.tenant, open.tenant])].sort();
  swap(byId('tenant'), ...names.map(name => el('option', { value: name, selected: name === open.tenant }, name)));
}

async function openFromAddress() {
  open = readAddress();
  if (open.view.id === 'tenants') tenants = null; // where others appear
  open.view.begin?.();
  document.title = `${open.view.title} · Granary administration`;
  byId('title').textContent = open.view.title;
  notice(null);
  say(null);
  showSections();
  toggleSidebar(false);
  swap(content, el('p', { class: 'hint' }, 'Loading …'));
  await Promise.all([refresh(), guarded(showTenants)]);
}

// Asks for what is shown, and paints it where it is not the same as before. A form in which somebody writes is left alone.
async function refresh() {
  const asked = open;
  try {
    const data = await asked.view.load(asked.tenant, me);
    connected(true);
    const shown = JSON.stringify(data);
    if (asked !== open || shown === asked.shown || content.querySelector('form[data-dirty]')) return;
    asked.shown = shown;
    swap(content, ...asked.view.render(data, { tenant: asked.tenant, me, act }));
  } catch (error) {
    if (asked !== open) return;
    connected(error.status !== undefined);
    if (error.status !== undefined) notice(error.message);
  }
}

// Does something, says what was done, and shows what has become of it.
async function act(action, done) {
  await guarded(async () => {
    await action();
    notice(null);
    say(done);
    content.querySelectorAll('form[data-dirty]').forEach(form => form.removeAttribute('data-dirty'));
    open.shown = null;
  });
  await refresh();
}

async function guarded(action) {
  try {
    await action();
  } catch (error) {
    say(null);
    notice(error.status !== undefined ? error.message : 'The gateway does not answer. Try again.');
  }
}

async function start() {
  while (me === null) {
    try {
      me = await get('admin/me');
    } catch (error) {
      connected(error.status !== undefined);
      if (error.status === 403) await changeKey(true);
      else await new Promise(resolve => setTimeout(resolve, period));
    }
  }
  await openFromAddress();
}

content.addEventListener('input', event => event.target.closest('form[data-keep]')?.setAttribute('data-dirty', ''));
byId('tenant').addEventListener('change', event => location.assign(addressOf(open.view, event.target.value)));
byId('other-key').addEventListener('click', async () => {
  await changeKey(false);
  me = null;
  tenants = null;
  await start();
});
window.addEventListener('hashchange', async () => {
  if (me === null) return;
  const before = open.view;
  await openFromAddress();
  if (open.view !== before) byId('title').focus();
});
document.addEventListener('keydown', event => event.key === 'Escape' && toggleSidebar(false));

await start();
while (true) {
  await new Promise(resolve => setTimeout(resolve, period));
  if (document.visibilityState === 'visible' && me !== null) await refresh();
}
