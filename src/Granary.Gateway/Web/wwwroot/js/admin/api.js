// Requests to the admin interface, with the caller's key where the gateway wants one.
import { askForKey, knownKey } from '../key.js';

let key = knownKey();
let asking = null; // one question at a time, however many requests want its answer

export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

// Asks for another key, and resolves when there is one.
export function changeKey(isWrong) {
  asking ??= askForKey(isWrong).then(answer => {
    key = answer;
    asking = null;
  });
  return asking;
}

async function send(method, path, body) {
  while (true) {
    const sent = key;
    const headers = { ...(sent && { Authorization: `Bearer ${sent}` }), ...(body && { 'Content-Type': 'application/json' }) };
    const response = await fetch(`../${path}`, { method, headers, body: body && JSON.stringify(body), cache: 'no-store' });
    if (response.status !== 401) return response;
    if (sent === key) await changeKey(sent !== '');
  }
}

async function refused(response) {
  const problem = await response.json().catch(() => ({}));
  return new Refusal(response.status, problem.detail ?? `The gateway answered with ${response.status}.`);
}

// The answer as JSON; a refusal is thrown, and so is a gateway that is away.
export async function ask(method, path, body) {
  const response = await send(method, path, body);
  if (!response.ok) throw await refused(response);
  return response.json();
}

export const get = path => ask('GET', path);

// A page of a list: what is on it, and the query of the page behind it, if there may be one.
export async function getPage(path) {
  const response = await send('GET', path);
  if (!response.ok) throw await refused(response);
  const next = /<([^>]*)>; rel="next"/.exec(response.headers.get('Link') ?? '')?.[1] ?? null;
  return { items: await response.json(), next };
}

// Saves an answer as a file.
export async function download(path, name) {
  const response = await send('GET', path);
  if (!response.ok) throw await refused(response);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
