// The cluster's chat hub: one connection at a time, to whichever gateway answers, with the errors' codes taken apart.

const remembered = 'granary.gateways';
const patience = 60_000; // of a reply without progress
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
const backoff = attempt => Math.min(2000, 50 * 2 ** attempt) * (1 - Math.random() / 2);

export class HubError extends Error {
  constructor(code, message, isLost = false) {
    super(message);
    this.code = code;
    this.isLost = isLost; // the connection broke; a refusal is final
  }
}

// SignalR wraps the hub's "code: sentence" in a sentence of its own; what has no code is the connection's end.
export function parseError(error) {
  const text = String(error?.message ?? error).replace(/^.*HubException: /s, '');
  const match = /^([a-z_]+): (.*)$/s.exec(text);
  return match ? new HubError(match[1], match[2]) : new HubError('unavailable', text, true);
}

// Unique enough, also on pages that are not a secure context and lack crypto.randomUUID.
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');

const isRefusedWith = (status, error) => String(error?.message ?? error).includes(`Status code '${status}'`);

export class ChatHub {
  #own = new URL('.', document.baseURI).href;
  #gateways;
  #current = 0; // index of the gateway that is, or was last, connected
  #connected = null; // promise of a live connection; null when there is none and none is sought

  // askForKey(isWrong) gives an API key, where a gateway wants one.
  constructor(onState, key, askForKey) {
    this.onState = onState;
    this.key = key;
    this.askForKey = askForKey;
    this.#gateways = [this.#own];
    try {
      this.#learn(JSON.parse(localStorage.getItem(remembered)) ?? []);
    } catch {
      // No storage, or not ours.
    }
  }

  models() { return this.#call('Models'); }
  create(model) { return this.#call('Create', { model }); }
  list() { return this.#call('List', 0, 200); }
  history(id) { return this.#call('History', id); }
  remove(id) { return this.#call('Delete', id); }
  stop(id) { return this.#call('Stop', id); }

  // Says something and calls onEvent for each event of the reply, each once, over as many connections as it takes; resolves at its end.
  send(sessionId, text, onEvent) {
    const message = { text, id: newId() };
    return this.#follow((turn, next) => turn === null ? ['Send', sessionId, message] : ['Resume', sessionId, turn, next], null, onEvent);
  }

  // The same for a reply that is running already, from its beginning. An aborted signal ends the following, not the reply.
  follow(sessionId, turn, onEvent, signal) {
    return this.#follow((_, next) => ['Resume', sessionId, turn, next], turn, onEvent, signal);
  }

  async #follow(method, turn, onEvent, signal) {
    let next = 0;
    let ended = false;
    let since = performance.now();
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#stream(await this.#connect(), method(turn, next), event => {
          turn = event.turn;
          if (event.frame) {
            if (event.frame.firstIndex < next) return;
            next = event.frame.firstIndex + event.frame.tokens.length;
            ended = event.frame.finishReason !== undefined;
          }

          [attempt, since] = [0, performance.now()];
          onEvent(event);
        }, signal);
        return;
      } catch (error) {
        if (ended || signal?.aborted) return;
        if (!error.isLost || performance.now() - since > patience) throw error;
        await pause(backoff(attempt));
      }
    }
  }

  #stream(connection, [method, ...parameters], onEvent, signal) {
    return new Promise((resolve, reject) => {
      const subscription = connection.stream(method, ...parameters).subscribe({
        next: onEvent,
        complete: resolve,
        error: error => reject(parseError(error)),
      });
      signal?.addEventListener('abort', () => {
        subscription.dispose();
        resolve();
      });
    });
  }

  // Every call may be repeated: none does twice what it does once, but for an empty conversation more.
  async #call(method, ...parameters) {
    const since = performance.now();
    for (let attempt = 0; ; attempt++) {
      try {
        return await (await this.#connect()).invoke(method, ...parameters);
      } catch (error) {
        const parsed = parseError(error);
        if (!parsed.isLost || performance.now() - since > patience) throw parsed;
        await pause(backoff(attempt));
      }
    }
  }

  #connect() {
    return this.#connected ??= this.#search();
  }

  // Tries one gateway after the other, beginning with the last one, until one answers; waits only after all of them have failed.
  async #search() {
    for (let failures = 1; ; failures++) {
      try {
        const connection = await this.#open(this.#gateways[this.#current]);
        this.onState('connected');
        connection.invoke('Gateways').then(gateways => this.#learn(gateways), () => {});
        return connection;
      } catch (error) {
        this.onState('lost');
        // 403 may also be a gateway that does not know this page's origin; the page's own knows it.
        if (isRefusedWith(401, error) || (isRefusedWith(403, error) && this.#gateways[this.#current] === this.#own)) {
          this.key = await this.askForKey(this.key !== '');
          continue;
        }

        this.#current = (this.#current + 1) % this.#gateways.length;
        if (failures % this.#gateways.length === 0) await pause(backoff(failures / this.#gateways.length));
      }
    }
  }

  async #open(url) {
    const connection = new signalR.HubConnectionBuilder()
      .withUrl(new URL('hubs/chat', url).href, { timeout: 5000, accessTokenFactory: () => this.key })
      .configureLogging(signalR.LogLevel.None)
      .build();
    connection.serverTimeoutInMilliseconds = 8000; // the hub pings every two seconds
    connection.keepAliveIntervalInMilliseconds = 5000;
    let isLive = false;
    connection.onclose(() => {
      if (!isLive) return;
      this.#connected = null;
      this.onState('lost');
      this.#connect();
    });
    let late;
    const tooLate = new Promise((_, reject) => { late = setTimeout(() => reject(new Error('no answer')), 5000); });
    try {
      await Promise.race([connection.start(), tooLate]);
      isLive = true;
      return connection;
    } catch (error) {
      connection.stop();
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  // The page's own gateway, those that the cluster has now, and the one that is connected.
  #learn(origins) {
    const current = this.#gateways[this.#current];
    const all = new Set([this.#own, current, ...origins.map(origin => new URL('/', origin).href)]);
    this.#gateways = [...all];
    this.#current = this.#gateways.indexOf(current);
    try {
      localStorage.setItem(remembered, JSON.stringify(origins));
    } catch {
      // Not remembered, then.
    }
  }
}
