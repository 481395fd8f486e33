// Runs one scenario with the stock SignalR client: node signalr.cjs URL SCENARIO. Prints one line of JSON; NODE_PATH says where the client is.
const { HubConnectionBuilder, LogLevel } = require('@microsoft/signalr');

const [url, scenario] = process.argv.slice(2);
const model = 'granary-chat';
const greedy = { temperature: 0, maxTokens: 16 };
// With these penalties the model repeats itself until its limit.
const endless = { text: 'Tell me a short story about a fox', sampling: { temperature: 0, frequencyPenalty: -2, presencePenalty: -2, maxTokens: 1500 } };
const story = { ...endless, sampling: { ...endless.sampling, maxTokens: 300 } };

const connect = async () => {
  const hub = new HubConnectionBuilder().withUrl(`${url}hubs/chat`, { accessTokenFactory: () => process.env.GRANARY_KEY ?? 'none' }).configureLogging(LogLevel.None).build();
  await hub.start();
  return hub;
};

// All events of a stream; onEvent may return true to dispose of it.
const stream = (hub, method, parameters, onEvent = () => false) => new Promise((resolve, reject) => {
  const events = [];
  const subscription = hub.stream(method, ...parameters).subscribe({
    next(event) {
      events.push(event);
      if (onEvent(event, events) === true) {
        subscription.dispose();
        resolve(events);
      }
    },
    complete: () => resolve(events),
    error: reject,
  });
});

const send = (hub, id, message, onEvent) => stream(hub, 'Send', [id, message], onEvent);

const refusal = async (call) => {
  try {
    await call();
    return null;
  } catch (error) {
    return /(?:HubException: )?([a-z_]+): (.*)$/s.exec(error.message)?.[1] ?? `no code: ${error.message}`;
  }
};

const scenarios = {
  listed: async (hub) => ({ sessions: await hub.invoke('List', 0, 500) }),
  async conversation(hub) {
    const models = await hub.invoke('Models');
    const session = await hub.invoke('Create', { model, system: 'Be brief.', title: 'Greetings' });
    const first = await send(hub, session.id, { text: 'Hello', sampling: greedy });
    const second = await send(hub, session.id, { text: 'Thank you', sampling: greedy });
    const history = await hub.invoke('History', session.id);
    const listed = (await hub.invoke('List', 0, 500)).find((item) => item.id === session.id);
    await hub.invoke('Delete', session.id);
    await hub.invoke('Delete', session.id);
    const after = { listed: (await hub.invoke('List', 0, 500)).some((item) => item.id === session.id), history: await refusal(() => hub.invoke('History', session.id)) };
    return { models, session, first, second, history, listed, after };
  },
  async sampling(hub) {
    const session = await hub.invoke('Create', { model });
    const sampling = { choice: ['purple', 'orange'], topLogProbs: 2, minTokens: 1, logitBias: { 5: -100 } };
    const events = await send(hub, session.id, { text: 'Hello', sampling });
    return { events, both: await refusal(() => send(hub, session.id, { text: 'Hello', sampling: { ...sampling, regex: 'a' } })) };
  },
  async stop(hub) {
    const session = await hub.invoke('Create', { model });
    const other = await connect();
    let stopped = null;
    const events = await send(hub, session.id, endless, (event, soFar) => {
      if (soFar.length === 3) stopped = other.invoke('Stop', session.id);
    });
    await stopped;
    await other.invoke('Stop', session.id);
    await other.stop();
    return { events, history: await hub.invoke('History', session.id) };
  },
  async dispose(hub) {
    const session = await hub.invoke('Create', { model });
    const events = await send(hub, session.id, endless, (event, soFar) => soFar.length === 3);
    let history;
    do history = await hub.invoke('History', session.id); while (history.isAnswering);
    return { events, history };
  },
  // The connection goes in the middle; another one follows from where it was.
  async leave(hub) {
    const session = await hub.invoke('Create', { model });
    const events = [];
    await new Promise((resolve) => { send(hub, session.id, { ...story, id: 'mine' }, (event) => events.push(event) === 3 && resolve()).catch(() => {}); });
    await hub.stop();
    const seen = events.length;
    const other = await connect();
    const during = await other.invoke('History', session.id);
    const last = events.at(-1);
    const rest = await stream(other, 'Resume', [session.id, last.turn, last.frame.firstIndex + last.frame.tokens.length]);
    const again = await send(other, session.id, { ...story, id: 'mine' });
    const history = await other.invoke('History', session.id);
    await other.stop();
    return { events: events.slice(0, seen).concat(rest.filter((event) => event.frame)), during, again, history };
  },
  async follow(hub) {
    const session = await hub.invoke('Create', { model });
    const other = await connect();
    let following = null;
    const events = await send(hub, session.id, story, (event, soFar) => {
      if (soFar.length === 3) following = stream(other, 'Resume', [session.id, 0, 0]);
    });
    const followed = await following;
    const later = await stream(other, 'Resume', [session.id, 0, 0]);
    await other.stop();
    return { events, followed, later };
  },
  async busy(hub) {
    const session = await hub.invoke('Create', { model });
    let second = null;
    await send(hub, session.id, endless, (event, soFar) => {
      if (soFar.length === 2) second = refusal(() => send(hub, session.id, { text: 'And?' })).then((code) => hub.invoke('Stop', session.id).then(() => code));
      return false;
    });
    return { second: await second };
  },
  async limited(hub) {
    const session = await hub.invoke('Create', { title: 'Limited' });
    return { code: await refusal(() => send(hub, session.id, { text: 'Hello' })) };
  },
  async refusals(hub) {
    const session = await hub.invoke('Create', {});
    const nobody = '0'.repeat(32);
    return {
      model: session.model,
      unknownModel: await refusal(() => hub.invoke('Create', { model: 'nobody' })),
      nullArgument: await refusal(() => hub.invoke('Create', null)),
      unknownSession: await refusal(() => send(hub, nobody, { text: 'Hello' })),
      malformedSession: await refusal(() => hub.invoke('History', '../x')),
      emptyText: await refusal(() => send(hub, session.id, { text: '' })),
      noReply: await refusal(() => send(hub, session.id, { text: 'Hello', sampling: { maxTokens: 0 } })),
      badSampling: await refusal(() => send(hub, session.id, { text: 'Hello', sampling: { temperature: 9 } })),
      badPage: await refusal(() => hub.invoke('List', 0, 0)),
      longText: await refusal(() => send(hub, session.id, { text: 'x'.repeat(1500000) })),
      stillAlive: (await send(hub, session.id, { text: 'Hello', sampling: greedy })).length > 1,
    };
  },
  async oversized(hub) {
    const closed = new Promise((resolve) => { hub.onclose((error) => resolve(error?.message ?? 'no reason')); });
    hub.invoke('Create', { system: 'x'.repeat(3 << 20) }).catch(() => {});
    return { closed: await closed };
  },
};

(async () => {
  if (scenario === 'refusedConnection') return connect().then(() => ({ error: null }), (error) => ({ error: error.message }));
  const hub = await connect();
  const result = await scenarios[scenario](hub);
  await hub.stop();
  return result;
})().then(
  (result) => { process.stdout.write(JSON.stringify(result), () => process.exit(0)); },
  (error) => { console.error(error); process.exit(1); });
