// The chat page: which conversation is open, and what happens when a person does something.
import { ChatHub } from './hub.js';
import { addMessage, clearMessages, GrowingReply } from './messages.js';
import { showConversations, toggleSidebar } from './sidebar.js';

const byId = id => document.getElementById(id);
const text = byId('text');
const endings = { length: 'cut at the token limit', cancelled: 'stopped' };
const suggestions = ['Hello', 'What is Kubernetes?', 'Tell me a short story about a fox', 'Make a list of healthy breakfasts'];

let current = null; // id of the open conversation; null before its first message
let answering = null; // id of the conversation that is being answered

const hub = new ChatHub(state => {
  byId('connection').dataset.state = state;
  byId('connection').setAttribute('aria-label', state === 'connected' ? 'connected' : 'connection lost, trying again');
});

function notice(message) {
  byId('notice').textContent = message ?? '';
  byId('notice').hidden = !message;
}

function setAnswering(id) {
  answering = id;
  byId('send').hidden = id !== null;
  byId('stop').hidden = id === null;
}

async function refreshList() {
  const conversations = await hub.list();
  showConversations(conversations, current, { open: id => go(id), remove });
  const open = conversations.find(conversation => conversation.id === current);
  byId('title').textContent = open?.title ?? 'New conversation';
  if (open) byId('model').value = open.model;
  byId('model').disabled = current !== null;
}

// The address holds the open conversation, so that reloading and the back button work.
function go(id) {
  if (location.hash === (id ? `#${id}` : '')) return;
  if (id) location.hash = id;
  else {
    history.pushState(null, '', location.pathname);
    guarded(openFromAddress);
  }
}

async function openFromAddress() {
  const wanted = location.hash.slice(1) || null;
  if (wanted !== null && wanted === current) return;
  current = wanted;
  notice(null);
  clearMessages();
  toggleSidebar(false);
  if (wanted !== null) {
    try {
      const transcript = await hub.history(wanted);
      if (current !== wanted) return;
      clearMessages();
      for (const message of transcript.messages) addMessage(message.role, message.content);
    } catch (error) {
      current = null;
      history.replaceState(null, '', location.pathname);
      notice(error.message);
    }
  }
  await refreshList();
  text.focus();
}

async function remove(conversation) {
  if (!confirm(`Delete “${conversation.title}”?`)) return;
  await guarded(async () => {
    await hub.remove(conversation.id);
    if (conversation.id === current) go(null);
    else await refreshList();
  });
}

async function send(message) {
  notice(null);
  if (current === null) {
    const created = await hub.create(byId('model').value || null);
    current = created.id;
    history.pushState(null, '', `#${created.id}`);
  }

  const session = current;
  addMessage('user', message);
  const reply = new GrowingReply();
  setAnswering(session);
  let reason = '';
  try {
    await hub.send(session, message, event => {
      if (!event.frame) {
        reply.started(event);
        return;
      }

      reply.frame(event.frame);
      reason = endings[event.frame.finishReason] ?? '';
    });
  } catch (error) {
    reason = 'broken off';
    notice(`${error.message} (${error.code})`);
  } finally {
    setAnswering(null);
    reply.finish(reason);
    if (reply.isEmpty) reply.remove();
    await refreshList();
  }
}

async function guarded(action) {
  try {
    await action();
  } catch (error) {
    notice(error.code ? `${error.message} (${error.code})` : 'Something went wrong on this page; reload it.');
  }
}

byId('composer').addEventListener('submit', event => {
  event.preventDefault();
  const message = text.value.trim();
  if (message === '' || answering !== null) return;
  text.value = '';
  guarded(() => send(message));
});

text.addEventListener('keydown', event => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    byId('composer').requestSubmit();
  }
});

document.addEventListener('keydown', event => {
  if (event.key === 'Escape') {
    if (answering !== null) guarded(() => hub.stop(answering));
    else toggleSidebar(false);
  } else if (event.altKey && event.code === 'KeyN') {
    event.preventDefault();
    go(null);
  }
});

byId('stop').addEventListener('click', () => guarded(() => hub.stop(answering)));
byId('new').addEventListener('click', () => {
  toggleSidebar(false);
  go(null);
  text.focus();
});
window.addEventListener('hashchange', () => guarded(openFromAddress));
window.addEventListener('popstate', () => guarded(openFromAddress));

byId('suggestions').append(...suggestions.map(suggestion => {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = suggestion;
  button.addEventListener('click', () => {
    text.value = suggestion;
    byId('composer').requestSubmit();
  });
  return button;
}));

await hub.start();
await guarded(async () => {
  const models = await hub.models();
  byId('model').replaceChildren(...models.map(model => new Option(model.name)));
  await openFromAddress();
});
if (current === null) await guarded(refreshList);
