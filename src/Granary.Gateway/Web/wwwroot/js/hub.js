// The gateway's chat hub: one connection, kept alive, with the errors' codes taken apart.

export class HubError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

// SignalR wraps the hub's "code: sentence" in a sentence of its own.
export function parseError(error) {
  const text = String(error?.message ?? error).replace(/^.*HubException: /s, '');
  const match = /^([a-z_]+): (.*)$/s.exec(text);
  return match ? new HubError(match[1], match[2]) : new HubError('unavailable', text);
}

export class ChatHub {
  #connection;

  constructor(onState) {
    this.#connection = new signalR.HubConnectionBuilder()
      .withUrl('hubs/chat')
      .withAutomaticReconnect({ nextRetryDelayInMilliseconds: retry => Math.min(5000, 250 * 2 ** retry.previousRetryCount) })
      .configureLogging(signalR.LogLevel.None)
      .build();
    this.#connection.onreconnecting(() => onState('lost'));
    this.#connection.onreconnected(() => onState('connected'));
    this.#connection.onclose(() => onState('lost'));
    this.onState = onState;
  }

  async start() {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#connection.start();
        this.onState('connected');
        return;
      } catch {
        this.onState('lost');
        await new Promise(resolve => setTimeout(resolve, Math.min(5000, 250 * 2 ** attempt)));
      }
    }
  }

  models() { return this.#call('Models'); }
  create(model) { return this.#call('Create', { model }); }
  list() { return this.#call('List', 0, 200); }
  history(id) { return this.#call('History', id); }
  remove(id) { return this.#call('Delete', id); }
  stop(id) { return this.#call('Stop', id); }

  // Calls onEvent for each event; resolves at the end of the reply.
  send(sessionId, text, onEvent) {
    return new Promise((resolve, reject) => this.#connection.stream('Send', sessionId, { text }).subscribe({
      next: onEvent,
      complete: resolve,
      error: error => reject(parseError(error)),
    }));
  }

  async #call(method, ...parameters) {
    try {
      return await this.#connection.invoke(method, ...parameters);
    } catch (error) {
      throw parseError(error);
    }
  }
}
