// The chat page: which conversation is open, and what happens when a person does something.
import { toggleSidebar } from './drawer.js';
import { ChatHub } from './hub.js';
import { askForKey, knownKey } from './key.js';
import { addMessage, clearMessages, countMessages, GrowingReply } from './messages.js';
import { showConversations } from './sidebar.js';

const byId = id => document.getElementById(id);
const text = byId('text');
const endings = { length: 'cut at the token limit', cancelled: 'stopped' };
const suggestions = ['Hello', 'What is Kubernetes?', 'Tell me a short story about a fox', 'Make a list of healthy breakfasts'];

const otherTabs = new BroadcastChannel('granary.answering');

let current = null; // id of the open conversation; null before its first message
let following = null; // the reply that is shown as it grows: an AbortController, whose abort leaves it; null when the open conversation rests

const hub = new ChatHub(state => {
  byId('connection').dataset.state = state;
  byId('connection').setAttribute('aria-label', state === 'connected' ? 'connected' : 'connection lost, trying again');
}, knownKey(), askForKey);

function notice(message) {
  byId('notice').textContent = message ?? '';
  byId('notice').hidden = !message;
}

function setFollowing(controller) {
  following = controller;
  byId('send').hidden = controller !== null;
  byId('stop').hidden = controller === null;
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
  following?.abort();
  setFollowing(null);
  current = wanted;
  notice(null);
  clearMessages();
  toggleSidebar(false);
  if (wanted !== null) {
    try {
      const transcript = await hub.history(wanted);
      if (current !== wanted) return;
      showTranscript(transcript);
    } catch (error) {
      current = null;
      history.replaceState(null, '', location.pathname);
      notice(error.message);
    }
  }
  await refreshList();
  text.focus();
}

// What there is, and the reply that is being given, from its beginning and then live.
function showTranscript(transcript) {
  clearMessages();
  for (const message of transcript.messages) addMessage(message.role, message.content);
  if (transcript.runningTurn === undefined) return;
  const session = transcript.session.id;
  guarded(() => grow((onEvent, signal) => hub.follow(session, transcript.runningTurn, onEvent, signal)));
}

// Something may have been said elsewhere since this page last looked.
async function lookAgain() {
  const session = current;
  if (session === null || following !== null) return;
  const transcript = await hub.history(session);
  if (session !== current || following !== null) return;
  if (transcript.messages.length !== countMessages() || transcript.runningTurn !== undefined) showTranscript(transcript);
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
  await grow(onEvent => hub.send(session, message, onEvent), () => otherTabs.postMessage(session));
}

// Shows a reply from its first event to its end, however many connections that takes.
async function grow(start, onStarted = () => {}) {
  const mine = new AbortController();
  const reply = new GrowingReply();
  setFollowing(mine);
  let reason = '';
  let isStarted = false;
  try {
    await start(event => {
      if (!isStarted) onStarted();
      isStarted = true;
      if (mine.signal.aborted) return;
      if (event.frame) {
        reply.frame(event.frame);
        reason = endings[event.frame.finishReason] ?? '';
      } else {
        reply.started(event);
      }
    }, mine.signal);
  } catch (error) {
    reason = 'broken off';
    if (!mine.signal.aborted) notice(`${error.message} (${error.code})`);
  } finally {
    if (following === mine) setFollowing(null);
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
  if (message === '' || following !== null) return;
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
    if (following !== null) guarded(() => hub.stop(current));
    else toggleSidebar(false);
  } else if (event.altKey && event.code === 'KeyN') {
    event.preventDefault();
    go(null);
  }
});

byId('stop').addEventListener('click', () => guarded(() => hub.stop(current)));
byId('new').addEventListener('click', () => {
  toggleSidebar(false);
  go(null);
  text.focus();
});
otherTabs.addEventListener('message', event => event.data === current && guarded(lookAgain));
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && guarded(lookAgain));
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

await guarded(async () => {
  const models = await hub.models();
  byId('model').replaceChildren(...models.map(model => new Option(model.name)));
  await openFromAddress();
});
if (current === null) await guarded(refreshList);
