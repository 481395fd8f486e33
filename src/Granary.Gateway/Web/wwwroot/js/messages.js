// The messages of the open conversation.
import { renderMarkdown } from './markdown.js';

const log = document.getElementById('log');
const list = document.getElementById('messages');
const welcome = document.getElementById('welcome');

export function clearMessages() {
  list.replaceChildren();
  welcome.hidden = false;
}

export const countMessages = () => list.childElementCount;

export function addMessage(role, text = '') {
  welcome.hidden = true;
  const item = document.createElement('li');
  item.className = `message ${role}`;
  const bubble = document.createElement('div');
  bubble.className = 'bubble';
  item.append(bubble);
  list.append(item);
  show(bubble, role, text);
  log.scrollTop = log.scrollHeight;
  return item;
}

function show(bubble, role, text) {
  if (role === 'assistant') bubble.replaceChildren(renderMarkdown(text));
  else bubble.textContent = text;
}

// A reply that grows: rendered at most once a frame, scrolled only for a reader who is at the end.
export class GrowingReply {
  #item = addMessage('assistant');
  #about = document.createElement('div');
  #text = '';
  #tokens = 0;
  #firstToken = 0;
  #origin = '';
  #frame = 0;

  constructor() {
    this.#about.className = 'about';
    this.#item.append(this.#about);
    this.#item.classList.add('busy');
    this.#item.setAttribute('aria-busy', 'true');
  }

  started(event) {
    this.#origin = `${event.model} · ${event.silo} · ${event.zone}`;
    this.#item.dataset.silo = event.silo;
    this.#item.dataset.zone = event.zone;
    this.#schedule();
  }

  frame(frame) {
    this.#firstToken ||= performance.now();
    this.#tokens += frame.tokens.length;
    this.#text += frame.text;
    this.#schedule();
  }

  // End of the reply, with the reason for people: "", "stopped", "cut at the token limit".
  finish(reason) {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#item.classList.remove('busy');
    this.#item.removeAttribute('aria-busy');
    this.#paint(reason);
  }

  get isEmpty() { return this.#text === ''; }

  remove() { this.#item.remove(); }

  #schedule() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint('');
    });
  }

  #paint(reason) {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    show(this.#item.querySelector('.bubble'), 'assistant', this.#text);
    const seconds = (performance.now() - this.#firstToken) / 1000;
    const rate = this.#tokens > 1 ? `${((this.#tokens - 1) / Math.max(seconds, 0.001)).toFixed(0)} tokens/s` : '';
    this.#about.textContent = [this.#origin, `${this.#tokens} tokens`, rate, reason].filter(part => part).join(' · ');
    if (atEnd) log.scrollTop = log.scrollHeight;
  }
}
